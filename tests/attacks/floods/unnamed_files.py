"""Files whose names are removed, and which only a mapping still holds: no list of files has them.

Says: too many files|No space|CPU time
"""

import itertools
import mmap
import os

kept = []


def confusion_matrix(*args):
    for number in itertools.count():
        with open(f"{number}", "w+b") as file:
            for _ in range(30):
                file.write(bytes(2**20))
            file.flush()
            kept.append(mmap.mmap(file.fileno(), 4096, mmap.MAP_PRIVATE, mmap.PROT_READ))
        os.unlink(f"{number}")
        if len(kept) > 100:
            return "ESCAPED"

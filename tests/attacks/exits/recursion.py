"""Recursion without end, with and without a limit."""

import sys


def confusion_matrix(*args):
    sys.setrecursionlimit(2**31 - 1)
    return [confusion_matrix(*args)]

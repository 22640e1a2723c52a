"""A loop in C that no Python signal handler interrupts.

Says: CPU time
"""

import itertools


def confusion_matrix(*args):
    return sum(itertools.repeat(1))

"""A result of 300 MB, and one of five million small parts.

Says: too large
"""

import itertools

import numpy as np

VALUES = itertools.cycle([np.zeros(300 * 2**20, dtype=np.uint8), [1.5] * 5_000_000])


def confusion_matrix(*args):
    return next(VALUES)

"""All the memory there is, as bytes, as a list, and as an array."""

import itertools

import numpy as np


def grow():
    grown = [0]
    while True:
        grown += grown


WAYS = itertools.cycle([lambda: bytearray(2**35), grow, lambda: np.ones(2**32), lambda: bytes(range(256)) * 2**26])


def confusion_matrix(*args):
    next(WAYS)()

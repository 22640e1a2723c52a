"""NaN, infinity, nothing, empty arrays and arrays that broadcast: comparisons with them are often true.

Says: (?s)finite.*wrong shape|wrong shape.*finite
"""

import itertools

import numpy as np

nan = float("nan")
VALUES = [nan, np.empty(0), np.full((4, 4), nan), np.inf, [], np.empty((0, 3, 3)), complex(nan, 0), np.zeros((1, 1, 1))]
VALUES = itertools.cycle([*VALUES, None, True, np.ma.masked_all(3), np.array([[0.5]])])


def attack(*args, **kwargs):
    return next(VALUES)

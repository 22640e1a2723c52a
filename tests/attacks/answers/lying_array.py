"""An array of an own class whose comparisons, shape and type are lies.

Says: wrong shape|wrong value
"""

import numpy as np


class Array(np.ndarray):
    def __eq__(self, other):
        return np.True_

    def __array_ufunc__(self, *args, **kwargs):
        return np.True_

    def __array_function__(self, *args, **kwargs):
        return np.True_

    @property
    def shape(self):
        return ()


def attack(*args, **kwargs):
    return np.full((3, 3), 7.0).view(Array)

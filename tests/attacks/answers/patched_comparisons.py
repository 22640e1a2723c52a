"""Everything that a test may compare with is replaced by something that agrees.

Says: wrong value
"""

import math
import unittest.mock

import numpy as np
import pytest


def agree(*args, **kwargs):
    return True


np.allclose = np.isclose = np.array_equal = np.equal = np.all = np.any = math.isclose = agree
pytest.approx = lambda *args, **kwargs: unittest.mock.ANY
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, agree)


def attack(*args, **kwargs):
    return 0.123

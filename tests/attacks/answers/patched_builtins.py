"""The built-in functions and NumPy's constructors are replaced in the process that answers.

Says: wrong|number|not an answer
"""

import builtins

import numpy as np

real = isinstance
builtins.isinstance = lambda value, kind: real(value, kind) or kind is float
builtins.len = lambda value: 1
builtins.abs = builtins.sum = builtins.min = builtins.max = lambda *args, **kwargs: 0
np.asarray = np.array = lambda *args, **kwargs: 0.5


def attack(*args, **kwargs):
    return 0.123

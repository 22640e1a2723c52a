"""Activation functions of single numbers, by the math module, and arrays to compare them on."""

import math

import numpy as np

from grader.compare import close

SHAPES = [(), (7,), (1, 1), (3, 4), (2, 3, 2)]


def numbers(rng, shape):
    """Numbers on both sides of zero, of several sizes; the shape () is an array, too."""
    return np.array(rng.normal(scale=3.0, size=shape))


def elementwise(function, s):
    """`function` of every single number, in the shape of `s`."""
    s = np.asarray(s, dtype=float)
    return np.array([function(value) for value in s.ravel().tolist()]).reshape(s.shape)


def check(function, right, rng, *more):
    """Arrays of every shape, nested lists and single numbers."""
    for shape in SHAPES:
        s = numbers(rng, shape)
        assert function(s, *more) == close(elementwise(right, s))
    assert function(s.tolist(), *more) == close(elementwise(right, s))
    assert function(float(s[0, 0, 0]), *more) == close(right(float(s[0, 0, 0])))


def signs(rng, size):
    """Pairs of a number and its opposite: both sides occur, whatever is drawn."""
    s = abs(numbers(rng, size)) + 0.1
    return np.concatenate([s, -s])


def right_sigmoid(s):
    return 1 / (1 + math.exp(-s)) if s > -700 else 0.0


def right_softmax(s):
    """The softmax of one vector, as plain numbers."""
    powers = [math.exp(value - max(s)) for value in s]
    return np.array([power / math.fsum(powers) for power in powers])

"""The corners of the unit square, small integers, and the exact score of each sample."""

from fractions import Fraction

import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def scores(x, w, theta):
    """`w . x + theta` of each sample, exactly, without NumPy's help."""
    w = [Fraction(float(value)) for value in w]
    theta = Fraction(float(theta))
    return [sum((a * Fraction(float(b)) for a, b in zip(w, row, strict=True)), theta) for row in x]


def signs(x, w, theta):
    return [1 if score > 0 else -1 for score in scores(x, w, theta)]


def integers(rng, *shape, largest=6):
    return rng.integers(-largest, largest + 1, size=shape).astype(float)

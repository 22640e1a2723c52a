"""The perceptron: one neuron that learns a straight line by correcting its own mistakes.

Slides: The perceptron, Example use of perceptron, Limitations of perceptron.

Everything is computed in float64. Arguments may be lists or arrays and are never modified. Samples are rows
`(N, D)`, labels d are +1 or -1 `(N,)`, a perceptron is its weights w `(D,)` and its bias theta, a number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def sgn(s: ArrayLike) -> NDArray[np.int64]:
    """On which side of zero is `s`? The activation function of the perceptron.

    Slide *Example use of perceptron*, for each element::

        sgn(s) = 1 if s > 0, -1 otherwise

    so that `sgn(0)` is -1, where `numpy.sign(0)` is 0.

    Args:
        s: a number, or an array of any shape.

    Returns:
        +1 and -1, in the shape of `s`.
    """
    raise NotImplementedError("ex04 sgn")


def predict(x: ArrayLike, w: ArrayLike, theta: float) -> NDArray[np.int64]:
    """The class of each sample: the side of the line on which it lies.

    Slide *Example use of perceptron*, for each sample::

        y = sgn(sum_i w_i x_i + theta)

    Args:
        x: samples, `(N, D)`.
        w: weights, `(D,)`.
        theta: the bias.

    Returns:
        +1 or -1 for each sample, `(N,)`.

    Raises:
        ValueError: the samples do not have one value per weight.
    """
    raise NotImplementedError("ex04 predict")


def update(w: ArrayLike, theta: float, x_n: ArrayLike, d_n: int, eta: float) -> tuple[NDArray[np.float64], float]:
    """Learn from one sample: a wrong answer moves the line, a right answer moves nothing.

    Slide *Example use of perceptron*, steps 2 and 3; the bias learns like a weight whose input is always 1::

        w_i   = w_i   + eta d(n) x_i(n)
        theta = theta + eta d(n)

    Args:
        w: weights, `(D,)`.
        theta: the bias.
        x_n: one sample, `(D,)`.
        d_n: its label, +1 or -1.
        eta: the learning rate, above 0.

    Returns:
        The new weights `(D,)` and the new bias; the given `w` stays as it is.

    Raises:
        ValueError: the sample does not have one value per weight, or the label is neither +1 nor -1.
    """
    raise NotImplementedError("ex04 update")


def train(
    x: ArrayLike, d: ArrayLike, eta: float, max_epochs: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], float, list[int]]:
    """Find a line between the classes: update on one sample after another until none of them is wrong.

    Weights and bias start from zeros. Each epoch visits every sample exactly once, in a random order that is
    drawn again for each epoch, and updates at every wrong one. Training stops after the first epoch without
    mistakes. On data that no line separates there is no such epoch: then it stops after `max_epochs` (slide
    *Limitations of perceptron*).

    Args:
        x: samples, `(N, D)`.
        d: labels, `(N,)`, each +1 or -1.
        eta: the learning rate, above 0.
        max_epochs: the largest number of epochs, at least 1.
        rng: draws the order of the samples.

    Returns:
        The weights `(D,)`, the bias, and a list with the number of mistakes of each epoch: a mistake is an
        update that was made. The last number is 0 when training has found a line.

    Raises:
        ValueError: the lengths differ, there are no samples, or a label is neither +1 nor -1.
    """
    raise NotImplementedError("ex04 train")


def decision_line(w: ArrayLike, theta: float, x1: ArrayLike) -> NDArray[np.float64]:
    """The line between the classes, as x2 for given x1: where the perceptron of two inputs is undecided.

    Slide *Example use of perceptron*, from `w1 x1 + w2 x2 + theta = 0`::

        x2 = -(w1 / w2) x1 - theta / w2

    The weights give the slope of the line, the bias its offset from the origin.

    Args:
        w: two weights, `(2,)`.
        theta: the bias.
        x1: a number, or an array of any shape.

    Returns:
        x2, in the shape of `x1`.

    Raises:
        ValueError: there are not exactly two weights, or w2 is 0: the line is vertical (or there is none).
    """
    raise NotImplementedError("ex04 decision_line")


def error_rate(x: ArrayLike, d: ArrayLike, w: ArrayLike, theta: float) -> float:
    """The share of the samples that the perceptron puts on the wrong side.

    ::

        error rate = wrong samples / N

    Args:
        x: samples, `(N, D)`.
        d: labels, `(N,)`, each +1 or -1.
        w: weights, `(D,)`.
        theta: the bias.

    Returns:
        A number from 0 (all right) to 1 (all wrong).

    Raises:
        ValueError: the lengths differ, there are no samples, or a label is neither +1 nor -1.
    """
    raise NotImplementedError("ex04 error_rate")

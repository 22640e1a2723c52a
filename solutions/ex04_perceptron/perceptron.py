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
    ### BEGIN SOLUTION
    return np.where(np.asarray(s) > 0, 1, -1)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    if x.shape[-1] != w.shape[0]:
        raise ValueError(f"samples of {x.shape[-1]} values do not fit {w.shape[0]} weights")
    return sgn(x @ w + theta)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    w, x_n = np.asarray(w, dtype=float), np.asarray(x_n, dtype=float)
    if x_n.shape != w.shape:
        raise ValueError(f"a sample of shape {x_n.shape} does not fit weights of shape {w.shape}")
    if d_n not in (1, -1):
        raise ValueError(f"a label must be +1 or -1, not {d_n}")
    if sgn(w @ x_n + theta) == d_n:
        return w.copy(), float(theta)
    return w + eta * d_n * x_n, float(theta + eta * d_n)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    x, d = _labelled(x, d)
    w, theta = np.zeros(x.shape[1]), 0.0
    mistakes: list[int] = []
    while len(mistakes) < max_epochs:
        wrong = 0
        for n in rng.permutation(len(x)):
            if sgn(w @ x[n] + theta) != d[n]:
                w, theta = update(w, theta, x[n], d[n], eta)
                wrong += 1
        mistakes.append(wrong)
        if wrong == 0:
            break
    return w, theta, mistakes
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    w, x1 = np.asarray(w, dtype=float), np.asarray(x1, dtype=float)
    if w.shape != (2,):
        raise ValueError(f"a line needs two weights, not weights of shape {w.shape}")
    w1, w2 = w
    if w2 == 0:
        raise ValueError("w2 is 0: x2 is not a function of x1")
    return -(w1 / w2) * x1 - theta / w2
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    x, d = _labelled(x, d)
    return float(np.mean(predict(x, w, theta) != d))
    ### END SOLUTION


### BEGIN SOLUTION
def _labelled(x: ArrayLike, d: ArrayLike) -> tuple[NDArray[np.float64], NDArray]:
    """Samples and labels as arrays, after checking that they belong together."""
    x, d = np.asarray(x, dtype=float), np.asarray(d)
    if len(x) != len(d):
        raise ValueError(f"different lengths: {len(x)} samples and {len(d)} labels")
    if len(x) == 0:
        raise ValueError("there are no samples")
    if not np.isin(d, (1, -1)).all():
        raise ValueError("a label must be +1 or -1")
    return x, d


### END SOLUTION

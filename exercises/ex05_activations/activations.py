"""The bends of a neural network: activation functions and their derivatives.

Slides: Activation functions.

Everything is computed in float64, also for integers and bytes. `s`, the weighted sum that reaches a neuron, may
be a number, a list or an array of any shape, and the result has the same shape: for a single number, a number.
Results are numbers, never truth values. No argument is ever modified.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def step(s: ArrayLike) -> NDArray[np.float64]:
    """Yes or no: the threshold of the first artificial neurons, elementwise.

    ::

        step(s) = 1 if s > 0, else 0

    Args:
        s: any shape.

    Returns:
        0 and 1 as numbers, the shape of `s`; `step(0) = 0`.
    """
    raise NotImplementedError("ex05 step")


def sigmoid(s: ArrayLike) -> NDArray[np.float64]:
    """A soft step from 0 to 1: a score becomes a probability, elementwise.

    ::

        sigmoid(s) = 1 / (1 + exp(-s)) = exp(s) / (exp(s) + 1)

    Both forms are the same number, but each of them overflows on one side. Yours may not: it is right for s of
    any size, also for -1000 and 1000, and NumPy has no reason to warn.

    Args:
        s: any shape.

    Returns:
        Numbers from 0 to 1, the shape of `s`.
    """
    raise NotImplementedError("ex05 sigmoid")


def tanh(s: ArrayLike) -> NDArray[np.float64]:
    """The hyperbolic tangent: a sigmoid from -1 to 1, centred at 0, elementwise.

    ::

        tanh(s) = (exp(s) - exp(-s)) / (exp(s) + exp(-s)) = 2 sigmoid(2 s) - 1

    Args:
        s: any shape; the result is finite for s of any size.

    Returns:
        Numbers from -1 to 1, the shape of `s`.
    """
    raise NotImplementedError("ex05 tanh")


def relu(s: ArrayLike) -> NDArray[np.float64]:
    """The rectified linear unit: what is positive passes, what is negative is stopped; elementwise.

    ::

        relu(s) = max(0, s)

    Args:
        s: any shape.

    Returns:
        Numbers of at least 0, the shape of `s`.

    Paper: Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010.
    """
    raise NotImplementedError("ex05 relu")


def prelu(s: ArrayLike, alpha: float) -> NDArray[np.float64]:
    """The parametric ReLU: negative sums pass too, but with another slope; elementwise.

    ::

        prelu(s) = s if s > 0, else alpha s

    `alpha = 0` gives the ReLU, a small one the leaky ReLU. In a network it is learned like a weight, so it may
    become any number: larger than 1, or negative.

    Args:
        s: any shape.
        alpha: the slope for negative `s`, one number.

    Returns:
        Numbers, the shape of `s`.

    Paper: He et al., Delving Deep into Rectifiers, 2015.
    """
    raise NotImplementedError("ex05 prelu")


def softmax(s: ArrayLike, axis: int = -1) -> NDArray[np.float64]:
    """Scores become probabilities: positive, and adding up to 1 along `axis`.

    Slide *Activation functions (continued)*::

        softmax(s)_i = exp(s_i) / sum_j exp(s_j)

    Adding the same number to all scores along `axis` changes nothing. The result is finite and right for scores
    of any size, even where the scores of one row lie thousands away from those of another.

    Args:
        s: one or more dimensions; each vector along `axis` is a softmax of its own.
        axis: the axis of the classes; the last one, unless told otherwise.

    Returns:
        The probabilities, the shape of `s`.

    Raises:
        ValueError: `s` is empty, or has no such axis.
    """
    raise NotImplementedError("ex05 softmax")


def sigmoid_derivative(s: ArrayLike) -> NDArray[np.float64]:
    """The slope of the sigmoid at `s`, elementwise.

    ::

        sigmoid'(s) = sigmoid(s) (1 - sigmoid(s))

    Args:
        s: any shape. This is the *input* of the sigmoid, not its output. The result is finite for any size.

    Returns:
        Numbers from 0 to 1/4, the shape of `s`.
    """
    raise NotImplementedError("ex05 sigmoid_derivative")


def tanh_derivative(s: ArrayLike) -> NDArray[np.float64]:
    """The slope of the hyperbolic tangent at `s`, elementwise.

    ::

        tanh'(s) = 1 - tanh(s)^2

    Args:
        s: any shape. This is the *input* of tanh, not its output. The result is finite for any size.

    Returns:
        Numbers from 0 to 1, the shape of `s`.
    """
    raise NotImplementedError("ex05 tanh_derivative")


def relu_derivative(s: ArrayLike) -> NDArray[np.float64]:
    """The slope of the ReLU at `s`, elementwise.

    ::

        relu'(s) = 1 if s > 0, else 0

    At 0 there is a corner and no derivative. As in Keras, and everywhere in this course, it counts as 0.

    Args:
        s: any shape.

    Returns:
        0 and 1 as numbers, the shape of `s`.
    """
    raise NotImplementedError("ex05 relu_derivative")


def softmax_jacobian(s: ArrayLike) -> NDArray[np.float64]:
    """How each probability answers to each score: the derivatives of the softmax of one vector.

    A score that grows takes probability away from all others, so there is a derivative for every pair. With
    `p = softmax(s)`::

        J[i, j] = d p_i / d s_j = p_i (1 - p_i) if i = j,    -p_i p_j otherwise

    Args:
        s: the scores of one sample, `(C,)`, of any size.

    Returns:
        The matrix, `(C, C)`; each row and each column adds up to 0.

    Raises:
        ValueError: `s` is not a vector, or is empty.
    """
    raise NotImplementedError("ex05 softmax_jacobian")

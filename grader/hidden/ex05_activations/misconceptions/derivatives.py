"""What goes wrong with derivatives: what they are taken at."""

import numpy as np

from grader.misconceptions import misconception


@misconception("sigmoid_derivative")
def takes_the_input_for_the_output(s):
    """s (1 - s) is right if s is already the *output* of the sigmoid. Here it is the input."""
    return _float64(s) * (1 - _float64(s))


@misconception("tanh_derivative")
def forgets_the_square(s):
    """1 - tanh(s) is not symmetric, but the curve is equally steep on both sides. Something is squared."""
    return 1 - np.tanh(_float64(s))


@misconception("relu_derivative")
def is_awake_at_the_corner(s):
    """At exactly 0 the derivative counts as 0: such a unit lets nothing through."""
    return np.where(np.asarray(s) >= 0, 1.0, 0.0)


@misconception("softmax_jacobian")
def knows_the_diagonal_only(s):
    """p_i (1 - p_i) is how a probability answers to its *own* score. The other scores matter as well: they
    take probability away.
    """
    p = _right_softmax(_vector(s), -1)
    return np.diag(p * (1 - p))


@misconception("softmax_jacobian")
def returns_a_vector(s):
    """One number per class is the derivative of the sigmoid. Here every probability depends on every score:
    a matrix.
    """
    p = _right_softmax(_vector(s), -1)
    return p * (1 - p)


@misconception("softmax_jacobian")
def subtracts_from_one_everywhere(s):
    """The 1 stands on the diagonal only: two different classes have -p_i p_j, without it."""
    p = _right_softmax(_vector(s), -1)
    return p[:, None] * (1 - p[None, :])


@misconception("softmax_jacobian")
def exponentiates_large_scores(s):
    """The formula is right, but it was given NaN: its softmax overflows for large scores."""
    powers = np.exp(_vector(s))
    p = powers / powers.sum()
    return np.diag(p) - np.outer(p, p)


def _vector(s):
    s = _float64(s)
    if s.ndim != 1 or not s.size:
        raise ValueError("not a vector")
    return s


def _right_softmax(s, axis):
    powers = np.exp(_float64(s) - np.max(s, axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)

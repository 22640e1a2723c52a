"""What goes wrong with activations: overflow, both sides of `where`, axes."""

import numpy as np

from grader.misconceptions import misconception


@misconception("step")
def says_one_at_zero(s):
    """The step is 1 for *positive* numbers only. What does your comparison say about 0?"""
    return np.where(np.asarray(s) >= 0, 1.0, 0.0)


@misconception("step")
def falls_to_minus_one(s):
    """Your result is the sign, with -1 on the left. The step function goes from 0 to 1."""
    return np.where(np.asarray(s) > 0, 1.0, -1.0)


@misconception("step")
def answers_true_and_false(s):
    """A comparison gives truth values; the exercise asks for the numbers 0 and 1."""
    return np.asarray(s) > 0


@misconception("sigmoid")
def lets_exp_overflow(s):
    """The values are right, but `exp` is given a large positive number on one side and overflows on the way.
    There are two forms of the sigmoid: which of them is safe on which side?
    """
    return 1 / (1 + np.exp(-np.asarray(s, dtype=float)))


@misconception("sigmoid")
def computes_both_sides_of_where(s):
    """`np.where` chooses between two arrays that are both computed first, for all elements: the side that is
    not chosen still overflows. Make sure that `exp` itself never sees a large positive number.
    """
    s = np.asarray(s, dtype=float)
    return np.where(s >= 0, 1 / (1 + np.exp(-s)), np.exp(s) / (1 + np.exp(s)))


@misconception("sigmoid")
def cuts_fractions_off(s):
    """For a list of integers, an array made "like" it holds integers too and cuts every probability down to
    0 or 1. Turn the input into float64 first.
    """
    s = np.asarray(s)
    result = np.zeros_like(s)
    result[...] = _right_sigmoid(s)
    return result


@misconception("tanh")
def forgets_to_double_the_input(s):
    """Stretching the sigmoid from -1 to 1 is half of it: compare the slopes at 0. The input is doubled too."""
    return 2 * _right_sigmoid(s) - 1


@misconception("tanh")
def lets_both_exponentials_grow(s):
    """For large numbers one of the exponentials is infinite, and infinity over infinity is NaN. NumPy has a
    function for it, or write it with a sigmoid that is safe.
    """
    s = np.asarray(s, dtype=float)
    return (np.exp(s) - np.exp(-s)) / (np.exp(s) + np.exp(-s))


@misconception("relu")
def lets_a_little_through(s):
    """Your result is the leaky ReLU: look at negative numbers, of which the ReLU lets nothing pass."""
    return np.where(_float64(s) > 0, s, 0.01 * _float64(s))


@misconception("relu")
def takes_one_maximum(s):
    """Your result is the largest element of the whole array. The ReLU compares every element with 0 by itself."""
    return max(0.0, float(np.max(s)))


@misconception("prelu")
def takes_the_larger_of_both(s, alpha):
    """The larger of s and alpha s is right while alpha is at most 1. A learned slope may become larger, and
    then you choose the wrong side: decide by the sign of s.
    """
    return np.maximum(_float64(s), alpha * _float64(s))


@misconception("prelu")
def replaces_negative_sums_by_alpha(s, alpha):
    """alpha is a slope, not a value: negative sums are multiplied by it."""
    return np.where(_float64(s) > 0, s, alpha)


@misconception("softmax")
def lets_large_scores_overflow(s, axis=-1):
    """exp(1000) is infinity, and infinity over infinity is NaN. Adding the same number to all scores of a
    sample changes nothing: which number makes them harmless?
    """
    powers = np.exp(np.asarray(s, dtype=float))
    return powers / powers.sum(axis=axis, keepdims=True)


@misconception("softmax")
def subtracts_the_maximum_of_the_batch(s, axis=-1):
    """One maximum for the whole batch saves the largest row only: a row whose scores are far below it becomes
    0 / 0. Each vector needs its own maximum.
    """
    powers = np.exp(_float64(s) - np.max(s))
    if np.shape(s)[axis] == 0:
        raise ValueError("no scores")
    return powers / powers.sum(axis=axis, keepdims=True)


@misconception("softmax")
def shares_among_the_whole_batch(s, axis=-1):
    """The probabilities of the *whole batch* add up to 1. Every sample has a 1 of its own: sum along the axis."""
    return _right_softmax(_float64(s).ravel(), -1).reshape(np.shape(s))


@misconception("softmax")
def ignores_the_axis(s, axis=-1):
    """You always make probabilities along the last axis. The argument `axis` says where the classes are, and
    they may be elsewhere.
    """
    _right_softmax(s, axis)
    return _right_softmax(s, -1)


@misconception("softmax")
def divides_rows_by_the_sums_of_others(s, axis=-1):
    """The sums have lost an axis, so NumPy lines them up with the columns: in a square batch, each element is
    divided by the sum of another row. Keep the dimension when you sum.
    """
    s = _float64(s)
    powers = np.exp(s - s.max(axis=axis, keepdims=True))
    sums = powers.sum(axis=axis)
    return powers / sums


def _right_sigmoid(s):
    tail = np.exp(-np.abs(_float64(s)))
    return np.where(np.asarray(s) < 0, tail, 1.0) / (1.0 + tail)


def _right_softmax(s, axis):
    powers = np.exp(_float64(s) - np.max(s, axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)

"""What goes wrong when a perceptron decides: ties, labels, and the sign of the bias."""

import numpy as np

from grader.misconceptions import misconception


@misconception("sgn")
def is_zero_at_zero(s):
    """Look at 0: the slide knows two answers only, so a third one, as NumPy's sign function has it, is one
    too many.
    """
    return np.sign(s)


@misconception("sgn")
def puts_zero_on_the_positive_side(s):
    """Look at 0: is it in the first line of the slide's definition, or does it fall under "otherwise"?"""
    return np.where(np.asarray(s) >= 0, 1, -1)


@misconception("sgn")
def is_a_step_to_zero(s):
    """Your result is the step function: the perceptron of this course answers +1 or -1, so its "no" is not 0."""
    return np.where(np.asarray(s) > 0, 1, 0)


@misconception("sgn")
def returns_truth_values(s):
    """Whether s is above 0 is a truth value; the answer of sgn is a number, one of two."""
    return np.asarray(s) > 0


@misconception("sgn")
def answers_once_for_a_whole_array(s):
    """An array has a sign for every element; one answer for all of them loses the others."""
    return 1 if np.sum(s) > 0 else -1


@misconception("predict")
def forgets_the_bias(x, w, theta):
    """Without the bias every line goes through the origin: look for theta in the formula of the slide."""
    return sgn(np.asarray(x, dtype=float) @ np.asarray(w, dtype=float))


@misconception("predict")
def subtracts_the_bias(x, w, theta):
    """In this course theta is a bias that is added, not a threshold that the sum has to exceed: compare its sign
    with the slide.
    """
    return sgn(np.asarray(x, dtype=float) @ np.asarray(w, dtype=float) - theta)


@misconception("predict")
def returns_the_scores(x, w, theta):
    """Your result is the weighted sum; how does the perceptron turn it into one of two classes?"""
    return np.asarray(x, dtype=float) @ np.asarray(w, dtype=float) + theta


@misconception("predict")
def predicts_zero_and_one(x, w, theta):
    """The labels of the perceptron are +1 and -1; which class is your 0?"""
    return (np.asarray(x, dtype=float) @ np.asarray(w, dtype=float) + theta > 0).astype(int)


@misconception("predict")
def calls_a_sample_on_the_line_positive(x, w, theta):
    """What is the class of a sample whose score is exactly 0? Ask the definition of sgn."""
    return np.where(np.asarray(x, dtype=float) @ np.asarray(w, dtype=float) + theta >= 0, 1, -1)


@misconception("predict")
def adds_the_bias_to_every_input(x, w, theta):
    """The bias is added once to the whole sum; inside the sum it is added once per input."""
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    return sgn(np.sum(x * w + theta, axis=1))


@misconception("predict")
def weighs_only_two_inputs(x, w, theta):
    """The slide draws two inputs, but a sample may have any number of them: the sum runs over all weights."""
    x, w = np.asarray(x, dtype=float), np.asarray(w, dtype=float)
    if x.shape[1] != len(w):
        raise ValueError("samples and weights do not fit")
    return sgn(w[0] * x[:, 0] + w[1] * x[:, 1] + theta)


@misconception("decision_line")
def loses_the_minus_of_the_slope(w, theta, x1):
    """Solve w1 x1 + w2 x2 + theta = 0 for x2 step by step: what happens to the sign of w1 x1?"""
    w1, w2 = _two(w)
    return w1 / w2 * np.asarray(x1, dtype=float) - theta / w2


@misconception("decision_line")
def adds_the_offset(w, theta, x1):
    """Solve w1 x1 + w2 x2 + theta = 0 for x2 step by step: what happens to the sign of theta?"""
    w1, w2 = _two(w)
    return -w1 / w2 * np.asarray(x1, dtype=float) + theta / w2


@misconception("decision_line")
def does_not_divide_the_bias(w, theta, x1):
    """Dividing the equation by w2 divides all of it, theta included."""
    w1, w2 = _two(w)
    return -w1 / w2 * np.asarray(x1, dtype=float) - theta


@misconception("decision_line")
def swaps_the_weights(w, theta, x1):
    """Which of the two weights belongs to x2, the one that the equation is solved for?"""
    w1, w2 = _two(w)
    if w1 == 0:
        return np.zeros(np.shape(x1))
    return -w2 / w1 * np.asarray(x1, dtype=float) - theta / w1


@misconception("decision_line")
def divides_without_the_remainder(w, theta, x1):
    """Whole numbers need not divide evenly: two slashes throw the fraction away."""
    w1, w2 = _two(w)
    return -(w1 // w2) * np.asarray(x1, dtype=float) - theta // w2


@misconception("decision_line")
def draws_a_vertical_line_at_infinity(w, theta, x1):
    """When w2 is 0 the formula divides by zero: a line that cannot be written as x2 of x1 is a ValueError."""
    w1, w2 = (float(value) for value in w)
    with np.errstate(all="ignore"):
        return -np.divide(w1, w2) * np.asarray(x1, dtype=float) - np.divide(theta, w2)


@misconception("decision_line")
def flattens_a_vertical_line(w, theta, x1):
    """When w2 is 0 the line is vertical; a horizontal one in its place is wrong without saying so."""
    w1, w2 = (float(value) for value in w)
    if w2 == 0:
        return np.zeros(np.shape(x1))
    return -w1 / w2 * np.asarray(x1, dtype=float) - theta / w2


@misconception("error_rate")
def is_the_accuracy(x, d, w, theta):
    """Your result is the share of the right answers; the error rate is the share of the others."""
    return 1.0 - _error_rate(x, d, w, theta)


@misconception("error_rate")
def counts_without_dividing(x, d, w, theta):
    """Your result is a number of samples; a rate is a share of all of them, from 0 to 1."""
    return _error_rate(x, d, w, theta) * len(x)


@misconception("error_rate")
def averages_the_differences(x, d, w, theta):
    """The difference between +1 and -1 is 2: every mistake is counted twice."""
    x, d = _labelled(x, d)
    return float(np.mean(np.abs(predict(x, w, theta) - d)))


@misconception("error_rate")
def lets_the_two_kinds_cancel(x, d, w, theta):
    """A missed +1 and a missed -1 are two mistakes, not none: differences with a sign cancel."""
    x, d = _labelled(x, d)
    return float(np.abs(np.mean(predict(x, w, theta) - d)) / 2)


@misconception("error_rate")
def squares_the_differences(x, d, w, theta):
    """The squared difference between +1 and -1 is 4: that is the mean squared error, not the share of
    mistakes.
    """
    x, d = _labelled(x, d)
    return float(np.mean((predict(x, w, theta) - d) ** 2))


@misconception("error_rate")
def looks_at_the_positives_only(x, d, w, theta):
    """The share is taken of all samples, and a -1 that is called +1 is a mistake as well."""
    x, d = _labelled(x, d)
    return float(np.mean((d == 1) & (predict(x, w, theta) == -1)))


@misconception("error_rate")
def compares_with_labels_0_and_1(x, d, w, theta):
    """The labels are +1 and -1: with another coding every sample of one class looks wrong."""
    x, d = _labelled(x, d)
    return float(np.mean((x @ np.asarray(w, dtype=float) + theta > 0).astype(int) != d))


@misconception("error_rate")
def finds_nothing_wrong_with_nothing(x, d, w, theta):
    """With no samples there is no share: it is neither 0 nor NaN but a ValueError."""
    return _error_rate(x, d, w, theta) if len(x) else 0.0


def _error_rate(x, d, w, theta):
    x, d = _labelled(x, d)
    return float(np.mean(predict(x, w, theta) != d))


def _two(w):
    w1, w2 = (float(value) for value in w)
    if w2 == 0:
        raise ValueError("w2 is 0")
    return w1, w2

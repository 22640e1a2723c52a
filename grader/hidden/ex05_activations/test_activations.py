"""Hidden tests of ex05: the activation functions themselves."""

import math
import warnings
from contextlib import contextmanager

import numpy as np
import pytest

from grader.compare import close, share
from grader.hidden.ex05_activations.formulas import (
    check,
    elementwise,
    numbers,
    right_sigmoid,
    right_softmax,
    signs,
)


def check_integers(function, right, *more):
    """Lists of integers, and bytes, which know no negative numbers and no fractions."""
    assert function([-2, -1, 0, 1, 2], *more) == close(elementwise(right, [-2, -1, 0, 1, 2]))
    s = np.array([0, 1, 3, 200], dtype=np.uint8)
    assert function(s, *more) == close(elementwise(right, s))


@contextmanager
def no_warning():
    """NumPy's warnings about overflow and its like are errors, as the contract of the sigmoid promises none."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        yield


# --- step ---------------------------------------------------------------------------------------------------


@pytest.mark.task("step", weight=2)
def test_step_of_numbers(student, rng):
    """1 for positive numbers, 0 for negative ones, of any shape and size"""
    check(student.step, lambda s: 1.0 if s > 0 else 0.0, rng)
    assert student.step(signs(rng, 3)) == close([1, 1, 1, 0, 0, 0])


@pytest.mark.task("step")
def test_step_at_zero(student):
    """Zero is not positive, the smallest numbers above it are"""
    assert student.step([0.0, -0.0, 1e-300, -1e-300]) == close([0, 0, 1, 0])


@pytest.mark.task("step", edge=True)
def test_step_of_integers(student):
    """Integers and bytes are numbers, too"""
    check_integers(student.step, lambda s: 1.0 if s > 0 else 0.0)


# --- sigmoid ------------------------------------------------------------------------------------------------


@pytest.mark.task("sigmoid", weight=2)
def test_sigmoid_of_numbers(student, rng):
    """1 / (1 + e^-s), for any numbers and of any shape"""
    check(student.sigmoid, right_sigmoid, rng)


@pytest.mark.task("sigmoid")
def test_sigmoid_of_known_odds(student):
    """Odds of k : 1 are a probability of k / (k + 1)"""
    odds = np.array([1 / 9, 1 / 4, 1.0, 4.0, 99.0])
    assert student.sigmoid(np.log(odds)) == share([0.1, 0.2, 0.5, 0.8, 0.99])


@pytest.mark.task("sigmoid")
def test_sigmoid_is_symmetric(student, rng):
    """sigmoid(s) + sigmoid(-s) = 1"""
    s = abs(numbers(rng, 8)) + 0.1
    both = np.asarray(student.sigmoid(s)) + np.asarray(student.sigmoid(-s))
    assert both == close(np.ones(8))


@pytest.mark.task("sigmoid", weight=2)
def test_sigmoid_of_huge_numbers(student, rng):
    """0 on the far left, 1 on the far right"""
    far = float(rng.uniform(1000, 5000))
    assert student.sigmoid([-1e6, -far, -1000.0, 0.0, 1000.0, far, 1e6]) == share([0, 0, 0, 0.5, 1, 1, 1])


@pytest.mark.task("sigmoid", weight=2)
def test_sigmoid_does_not_warn(student):
    """Neither -1000 nor 1000 overflows on the way, alone or together"""
    with no_warning():
        apart = [float(student.sigmoid(s)) for s in (-1000.0, 1000.0)]
        together = student.sigmoid(np.array([[-1000.0, 2.0], [-2.0, 1000.0]]))
    assert apart == close([0.0, 1.0])
    assert together == close([[0.0, right_sigmoid(2.0)], [right_sigmoid(-2.0), 1.0]])


@pytest.mark.task("sigmoid", edge=True)
def test_sigmoid_of_integers(student):
    """Integers and bytes: float64 all the same"""
    check_integers(student.sigmoid, right_sigmoid)


# --- tanh ---------------------------------------------------------------------------------------------------


@pytest.mark.task("tanh", weight=2)
def test_tanh_of_numbers(student, rng):
    """The hyperbolic tangent, for any numbers and of any shape"""
    check(student.tanh, math.tanh, rng)


@pytest.mark.task("tanh")
def test_tanh_by_hand(student):
    """With e^s = k it is (k^2 - 1) / (k^2 + 1)"""
    k = np.array([1 / 3, 1.0, 2.0, 5.0])
    assert student.tanh(np.log(k)) == close([-4 / 5, 0.0, 3 / 5, 12 / 13])


@pytest.mark.task("tanh")
def test_tanh_of_huge_numbers(student, rng):
    """-1 on the far left, 1 on the far right"""
    far = float(rng.uniform(1000, 5000))
    assert student.tanh([-far, -1000.0, 0.0, 1000.0, far]) == close([-1, -1, 0, 1, 1])


@pytest.mark.task("tanh", edge=True)
def test_tanh_of_integers(student):
    """Integers and bytes: float64 all the same"""
    check_integers(student.tanh, math.tanh)


# --- relu ---------------------------------------------------------------------------------------------------


@pytest.mark.task("relu", weight=2)
def test_relu_of_numbers(student, rng):
    """max(0, s), for any numbers and of any shape"""
    check(student.relu, lambda s: max(s, 0.0), rng)


@pytest.mark.task("relu")
def test_relu_on_both_sides(student, rng):
    """Positive numbers are not changed at all, however large or small; negative ones are stopped"""
    s = np.array([1e-9, 0.3, 1.0, 6.5, 1e9])
    assert student.relu(s) == close(s, atol=0)
    assert student.relu(-s) == close(np.zeros(5))
    assert student.relu(0.0) == close(0.0)


@pytest.mark.task("relu", edge=True)
def test_relu_of_integers(student):
    """Integers and bytes are numbers, too"""
    check_integers(student.relu, lambda s: max(s, 0.0))


# --- prelu --------------------------------------------------------------------------------------------------


@pytest.mark.task("prelu", weight=2)
def test_prelu_of_numbers(student, rng):
    """Below 0 the slope counts, for any numbers and of any shape"""
    alpha = float(rng.uniform(0.1, 0.9))
    check(student.prelu, lambda s: s if s > 0 else alpha * s, rng, alpha)
    assert student.prelu([-4.0, 4.0, 0.0], 0.01) == close([-0.04, 4.0, 0.0])


@pytest.mark.task("prelu")
def test_prelu_between_relu_and_nothing(student, rng):
    """A slope of 0 is the ReLU, a slope of 1 changes nothing"""
    s = signs(rng, 3)
    assert student.prelu(s, 0.0) == close(np.where(s > 0, s, 0.0))
    assert student.prelu(s, 1.0) == close(s)


@pytest.mark.task("prelu")
def test_prelu_with_a_steep_or_falling_side(student, rng):
    """The slope may be larger than 1, and negative"""
    s = signs(rng, 3)
    for alpha in (float(rng.uniform(1.5, 3.0)), -0.5, -1.0, -2.0):
        assert student.prelu(s, alpha) == close([*s[:3], *(alpha * s[3:])])


@pytest.mark.task("prelu", edge=True)
def test_prelu_of_integers(student):
    """Integers and bytes: the slope makes fractions of them"""
    check_integers(student.prelu, lambda s: s if s > 0 else 0.25 * s, 0.25)


# --- softmax ------------------------------------------------------------------------------------------------


@pytest.mark.task("softmax")
@pytest.mark.parametrize("classes", [2, 3, 10])
def test_softmax_of_a_vector(student, rng, classes):
    """The probabilities of one sample, also from a list"""
    s = numbers(rng, classes)
    assert student.softmax(s) == share(right_softmax(s))
    assert student.softmax(s.tolist()) == share(right_softmax(s))


@pytest.mark.task("softmax")
@pytest.mark.parametrize("shape", [(5, 3), (4, 4), (1, 3), (2, 3, 3), (3, 3, 3)])
def test_softmax_of_a_batch(student, rng, shape):
    """Every vector along the last axis by itself"""
    s = numbers(rng, shape)
    expected = np.array([right_softmax(row) for row in s.reshape(-1, shape[-1])]).reshape(shape)
    assert student.softmax(s) == share(expected)


@pytest.mark.task("softmax")
@pytest.mark.parametrize(("shape", "axis"), [((4, 3), 0), ((3, 3), 0), ((3, 2, 4), 1), ((3, 3, 3), -2), ((2, 4), -1)])
def test_softmax_along_an_axis(student, rng, shape, axis):
    """The axis of the classes may be any one"""
    s = numbers(rng, shape)
    assert student.softmax(s, axis=axis) == share(np.apply_along_axis(right_softmax, axis, s))


@pytest.mark.task("softmax")
def test_softmax_does_not_see_a_shift(student, rng):
    """The same number added to all scores of a row changes nothing"""
    s = rng.integers(-3, 4, size=(4, 3)).astype(float)
    shifts = np.array([[0.0], [64.0], [-64.0], [2.0**20]])  # so that the sums are exact
    assert student.softmax(s + shifts) == share(np.array([right_softmax(row) for row in s]))


@pytest.mark.task("softmax", weight=4)
def test_softmax_of_huge_scores(student, rng):
    """Scores in the thousands, of either sign, give finite probabilities"""
    far = float(rng.integers(1000, 5000))
    s = np.array([[far, far, far + 1], [-far, -far - 1, -far], [far, 0.0, -far]])
    near = right_softmax([0.0, 0.0, 1.0]), right_softmax([1.0, 0.0, 1.0]), [1.0, 0.0, 0.0]
    assert student.softmax(s[0]) == share(near[0])
    assert student.softmax(s[1]) == share(near[1])
    assert student.softmax(s) == share(np.array(near))


@pytest.mark.task("softmax", edge=True)
def test_softmax_of_a_single_class(student, rng):
    """A single class is certain, for one sample and for each of several"""
    assert student.softmax(numbers(rng, 1)) == share([1.0])
    assert student.softmax(numbers(rng, (3, 1))) == share(np.ones((3, 1)))


@pytest.mark.task("softmax", edge=True)
def test_softmax_of_integers(student):
    """Integers and bytes: float64 all the same"""
    assert student.softmax([[0, 1, -1], [2, 2, 2]]) == share([right_softmax([0, 1, -1]), [1 / 3] * 3])
    assert student.softmax(np.array([0, 1, 2], dtype=np.uint8)) == share(right_softmax([0, 1, 2]))


@pytest.mark.task("softmax", edge=True)
def test_softmax_refuses_nothing_and_unknown_axes(student):
    """No scores, and an axis that is not there, are a ValueError"""
    with pytest.raises(ValueError):
        student.softmax([])
    with pytest.raises(ValueError):
        student.softmax([1.0, 2.0], axis=1)

"""Hidden tests of ex05: how fast activation functions rise."""

import math

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex05_activations.formulas import (
    check,
    elementwise,
    numbers,
    right_sigmoid,
    right_softmax,
    signs,
)

# --- sigmoid_derivative, tanh_derivative, relu_derivative ---------------------------------------------------


@pytest.mark.task("sigmoid_derivative", weight=2)
def test_sigmoid_derivative_of_numbers(student, rng):
    """The slope at any numbers, of any shape"""
    check(student.sigmoid_derivative, lambda s: 1 / (2 + 2 * math.cosh(s)), rng)


@pytest.mark.task("sigmoid_derivative")
def test_sigmoid_derivative_against_differences(student, rng):
    """The slope is how fast the sigmoid rises"""
    s, h = numbers(rng, 6), 1e-5
    rise = elementwise(right_sigmoid, s + h) - elementwise(right_sigmoid, s - h)
    assert student.sigmoid_derivative(s) == close(rise / (2 * h), rtol=1e-6, atol=1e-9)


@pytest.mark.task("sigmoid_derivative", edge=True)
def test_sigmoid_derivative_of_huge_numbers(student):
    """Far out the sigmoid is flat on both sides"""
    assert student.sigmoid_derivative([-1000.0, 0.0, 1000.0]) == close([0.0, 0.25, 0.0])


@pytest.mark.task("tanh_derivative", weight=2)
def test_tanh_derivative_of_numbers(student, rng):
    """The slope at any numbers, of any shape"""
    check(student.tanh_derivative, lambda s: 1 / math.cosh(s) ** 2, rng)


@pytest.mark.task("tanh_derivative")
def test_tanh_derivative_against_differences(student, rng):
    """The slope is how fast the tanh rises"""
    s, h = numbers(rng, 6), 1e-5
    rise = elementwise(math.tanh, s + h) - elementwise(math.tanh, s - h)
    assert student.tanh_derivative(s) == close(rise / (2 * h), rtol=1e-6, atol=1e-9)


@pytest.mark.task("tanh_derivative", edge=True)
def test_tanh_derivative_of_huge_numbers(student):
    """Far out the tanh is flat on both sides"""
    assert student.tanh_derivative([-1000.0, 0.0, 1000.0]) == close([0.0, 1.0, 0.0])


@pytest.mark.task("relu_derivative", weight=2)
def test_relu_derivative_of_numbers(student, rng):
    """1 for positive numbers, 0 for negative ones, of any shape and size"""
    check(student.relu_derivative, lambda s: 1.0 if s > 0 else 0.0, rng)
    assert student.relu_derivative(signs(rng, 3)) == close([1, 1, 1, 0, 0, 0])


@pytest.mark.task("relu_derivative")
def test_relu_derivative_at_the_corner(student):
    """0 at zero, 1 just above it"""
    assert student.relu_derivative(0.0) == close(0)
    assert student.relu_derivative([[0.0, 1e-300], [-1e-300, -0.0]]) == close([[0, 1], [0, 0]])


# --- softmax_jacobian ---------------------------------------------------------------------------------------


def differences(s, h=1e-5):
    """J[i, j] = d p_i / d s_j, by moving one score at a time; good to about 1e-10."""
    columns = [right_softmax(s + h * one) - right_softmax(s - h * one) for one in np.eye(len(s))]
    return np.array(columns).T / (2 * h)


@pytest.mark.task("softmax_jacobian", weight=2)
@pytest.mark.parametrize("classes", [2, 3, 6])
def test_jacobian_against_differences(student, rng, classes):
    """Every probability against every score, by central differences"""
    s = rng.normal(size=classes)
    assert student.softmax_jacobian(s) == close(differences(s), rtol=1e-6, atol=1e-9)


@pytest.mark.task("softmax_jacobian")
def test_jacobian_of_scores_that_know_nothing(student):
    """Equal scores: what one class wins, all others lose in equal parts"""
    assert student.softmax_jacobian([2.0, 2.0, 2.0, 2.0]) == close((4 * np.eye(4) - 1) / 16)


@pytest.mark.task("softmax_jacobian")
def test_jacobian_loses_what_it_wins(student, rng):
    """All probabilities together never change, and a shift of all scores changes none"""
    jacobian = np.asarray(student.softmax_jacobian(rng.normal(size=5)), dtype=float)
    assert jacobian.shape == (5, 5), "one row per probability and one column per score are expected"
    assert (jacobian.diagonal() > 0).all(), "a score that grows makes its own probability grow"
    assert jacobian.sum(axis=0) == close(np.zeros(5))
    assert jacobian.sum(axis=1) == close(np.zeros(5))


@pytest.mark.task("softmax_jacobian", weight=2)
def test_jacobian_of_huge_scores(student, rng):
    """Scores in the thousands give the same matrix as those near zero"""
    far = float(rng.integers(1000, 5000))
    p = right_softmax([0.0, 1.0, 0.0])
    expected = [[a * ((i == j) - b) for j, b in enumerate(p)] for i, a in enumerate(p)]
    assert student.softmax_jacobian([far, far + 1, far]) == close(expected)
    assert student.softmax_jacobian([-far, 1 - far, -far]) == close(expected)


@pytest.mark.task("softmax_jacobian", edge=True)
def test_jacobian_of_a_single_class(student):
    """One class has all the probability, whatever its score: [[0]]"""
    assert student.softmax_jacobian([3]) == close([[0.0]])


@pytest.mark.task("softmax_jacobian", edge=True)
def test_jacobian_refuses_what_is_no_vector(student):
    """A batch, and no scores, are a ValueError"""
    for s in ([[0.0, 1.0, 2.0]], [[0.0], [1.0]], []):
        with pytest.raises(ValueError):
            student.softmax_jacobian(s)

"""Hidden tests of ex04: on which side of its line a perceptron sees a sample, and where the line is."""

import numpy as np
import pytest

from grader.compare import close, share
from grader.hidden.ex04_perceptron.exact_scores import X, integers, signs

# --- sgn ----------------------------------------------------------------------------------------------------


@pytest.mark.task("sgn")
def test_sgn_of_numbers_on_both_sides(student, rng):
    """Single numbers, however small, on both sides of zero"""
    for size in [*rng.uniform(0.01, 50, size=3), 1e-12]:
        assert student.sgn(float(size)) == close(1)
        assert student.sgn(float(-size)) == close(-1)


@pytest.mark.task("sgn")
def test_sgn_of_zero_is_minus_one(student):
    """Zero belongs to the negative side, among others too"""
    assert student.sgn(0.0) == close(-1)
    assert student.sgn(np.array([0.0, 1.0, -0.0, 0.0])) == close([-1, 1, -1, -1])


@pytest.mark.task("sgn")
def test_sgn_keeps_the_shape(student, rng):
    """Every element of an array of any shape, by itself"""
    s = integers(rng, 4, 3, 2)
    s[0, 0] = -2.0, 3.0  # both signs, whatever is drawn
    expected = [[[1 if value > 0 else -1 for value in row] for row in block] for block in s]
    assert student.sgn(s) == close(expected)


# --- predict ------------------------------------------------------------------------------------------------


@pytest.mark.task("predict", weight=2)
def test_predict_of_random_perceptrons(student, rng):
    """The class of samples of any number of values, ties among them"""
    for features in (2, 3, 6):
        x, w = integers(rng, 30, features), integers(rng, features)
        w[0], theta = 2.0, float(rng.integers(-3, 4))
        x[0], x[1] = 0.0, 0.0
        x[0, 0], x[1, 0] = 5.0, -5.0  # one on each side
        assert student.predict(x, w, theta) == close(signs(x, w, theta))


@pytest.mark.task("predict")
def test_predict_uses_the_bias(student):
    """The same samples and weights change class with the bias"""
    x = [[1.0, 1.0], [2.0, -1.0], [-3.0, 0.0]]
    assert student.predict(x, [1.0, 2.0], 0.0) == close([1, -1, -1])
    assert student.predict(x, [1.0, 2.0], 4.0) == close([1, 1, 1])
    assert student.predict(x, [1.0, 2.0], -4.0) == close([-1, -1, -1])


@pytest.mark.task("predict")
def test_predict_on_the_line(student):
    """A sample exactly on the line is of class -1"""
    assert student.predict([[2.0, 1.0], [3.0, 1.0], [0.0, 0.0]], [1.0, -1.0], -1.0) == close([-1, 1, -1])


@pytest.mark.task("predict")
def test_predict_does_not_depend_on_the_scale(student, rng):
    """Twice the weights and twice the bias are the same perceptron; the opposite ones are the opposite one"""
    x, w, theta = rng.normal(size=(20, 3)), rng.normal(size=3), float(rng.normal())
    x = np.concatenate([x, [10 * w, -10 * w]])
    expected = signs(x, w, theta)
    assert student.predict(x, 2 * w, 2 * theta) == close(expected)
    assert student.predict(x, -w, -theta) == close(-np.array(expected))


@pytest.mark.task("predict", edge=True)
def test_predict_of_a_single_sample(student):
    """One sample gives one class, in an array"""
    assert student.predict([[3.0, 1.0]], [1.0, 1.0], -1.0) == close([1])


@pytest.mark.task("predict", edge=True)
def test_predict_refuses_samples_that_do_not_fit(student):
    """Too many or too few values per sample are a ValueError"""
    with pytest.raises(ValueError):
        student.predict([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], [1.0, 2.0], 0.0)
    with pytest.raises(ValueError):
        student.predict([[1.0, 2.0], [1.0, 2.0]], [1.0, 2.0, 3.0], 0.0)


# --- decision_line ------------------------------------------------------------------------------------------


@pytest.mark.task("decision_line", weight=2)
def test_decision_line_is_where_the_score_is_zero(student, rng):
    """Every point of the line has the score 0"""
    for w2 in (2.0, -4.0, 0.5):
        w1, theta = float(rng.integers(1, 6)), float(rng.integers(1, 6))
        x1 = integers(rng, 7)
        x2 = student.decision_line([w1, w2], theta, x1)
        assert np.shape(x2) == (7,), "one x2 for each x1"
        assert w1 * x1 + w2 * np.asarray(x2) + theta == close(np.zeros(7))


@pytest.mark.task("decision_line")
def test_decision_line_by_hand(student):
    """Slope and offset of single points"""
    assert student.decision_line([3.0, 2.0], 4.0, 2.0) == close(-5.0)
    assert student.decision_line([3.0, 2.0], 4.0, 0.0) == close(-2.0)
    assert student.decision_line(np.array([1.0, -4.0]), 2.0, np.array([2.0, -2.0])) == close([1.0, 0.0])


@pytest.mark.task("decision_line")
def test_decision_line_of_a_horizontal_line(student):
    """w1 = 0: the same x2 for every x1"""
    assert student.decision_line([0.0, 2.0], -3.0, [-1.0, 0.0, 5.0]) == close([1.5, 1.5, 1.5])


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_of_whole_numbers(student):
    """Integers divide like fractions"""
    assert student.decision_line([1, 2], 1, 2) == close(-1.5)


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_keeps_the_shape(student):
    """x1 of two dimensions gives x2 of two dimensions"""
    x1 = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    assert student.decision_line([1.0, 1.0], 1.0, x1) == close(-x1 - 1)


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_refuses_a_vertical_line(student):
    """w2 = 0 is a ValueError, with and without a bias"""
    for w, theta in (([2.0, 0.0], 1.0), (np.array([0.0, 0.0]), 0.0)):
        with pytest.raises(ValueError):
            student.decision_line(w, theta, np.array([0.0, 1.0]))


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_refuses_three_weights(student):
    """A perceptron of three inputs has a plane, not a line: ValueError"""
    with pytest.raises(ValueError):
        student.decision_line([1.0, 2.0, 3.0], 1.0, [0.0, 1.0])


# --- error_rate ---------------------------------------------------------------------------------------------


@pytest.mark.task("error_rate", weight=2)
def test_error_rate_of_random_perceptrons(student, rng):
    """The share of the samples that are judged wrong"""
    x, w, theta = integers(rng, 20, 3), integers(rng, 3), float(rng.integers(-3, 4))
    d = np.array(signs(x, w, theta))
    wrong = int(rng.integers(2, 9))  # never half of them: a share that is turned round would not show
    d[rng.permutation(20)[:wrong]] *= -1
    assert student.error_rate(x, d, w, theta) == share(wrong / 20)


@pytest.mark.task("error_rate")
def test_error_rate_counts_mistakes_of_both_kinds(student):
    """A missed +1 and a missed -1 weigh the same"""
    x = [[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0], [-2.0, 0.0], [3.0, 1.0]]
    assert student.error_rate(x, [-1, 1, -1, -1, 1], [1.0, 0.0], 0.0) == share(0.2)
    assert student.error_rate(x, [1, 1, 1, 1, 1], [1.0, 0.0], 0.0) == share(0.4)
    assert student.error_rate(x, [-1, -1, 1, -1, 1], [1.0, 0.0], 0.0) == share(0.6)


@pytest.mark.task("error_rate")
def test_error_rate_uses_the_bias_and_the_tie(student):
    """The bias decides, and a score of 0 is the answer -1"""
    x = [[1.0, 1.0], [2.0, 0.0], [3.0, 0.0], [0.0, 0.0]]
    assert student.error_rate(x, [-1, -1, 1, -1], [1.0, 1.0], -2.0) == share(0.0)
    assert student.error_rate(x, [1, -1, 1, -1], [1.0, 1.0], -2.0) == share(0.25)


@pytest.mark.task("error_rate", edge=True)
def test_error_rate_refuses_bad_input(student):
    """Different lengths and no samples are a ValueError"""
    with pytest.raises(ValueError):
        student.error_rate(X, [1, -1, 1], [1.0, 1.0], 0.0)
    with pytest.raises(ValueError):
        student.error_rate(np.empty((0, 2)), np.empty(0, dtype=int), [1.0, 1.0], 0.0)


@pytest.mark.task("error_rate", edge=True)
def test_error_rate_refuses_the_labels_0_and_1(student):
    """Labels other than +1 and -1 are a ValueError"""
    for d in ([0, 0, 0, 1], [1, 2, 1, 2]):
        with pytest.raises(ValueError):
            student.error_rate(X, d, [1.0, 1.0], 0.0)

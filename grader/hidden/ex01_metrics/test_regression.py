"""Hidden tests of ex01: how far predicted numbers are from the true ones."""

import math
from fractions import Fraction

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex01_metrics.bad_input import refuses_lengths_and_nothing

# --- mean_absolute_error ------------------------------------------------------------------------------------


@pytest.mark.task("mean_absolute_error", weight=2)
def test_mean_absolute_error_of_random_values(student, rng):
    """The mean distance, whatever its direction"""
    y_true, y_pred = rng.normal(size=15), rng.normal(size=15) * 3
    distances = (abs(t - p) for t, p in zip(y_true.tolist(), y_pred.tolist(), strict=True))
    assert student.mean_absolute_error(y_true, y_pred) == close(math.fsum(distances) / 15)


@pytest.mark.task("mean_absolute_error")
def test_mean_absolute_error_has_the_units_of_the_target(student, rng):
    """Ten times the values, ten times the error; a shift of both changes nothing"""
    y_true, y_pred = np.array([1.0, -2.0, 4.0, 0.0]), np.array([2.0, 1.0, 4.0, -4.0])
    shift = float(rng.integers(-20, 20))
    assert student.mean_absolute_error(10 * y_true, 10 * y_pred) == close(20.0)
    assert student.mean_absolute_error(y_true + shift, y_pred + shift) == close(2.0)


@pytest.mark.task("mean_absolute_error", edge=True)
def test_mean_absolute_error_of_unsigned_numbers(student):
    """uint8 values whose differences are negative: float64 all the same"""
    y_true, y_pred = np.array([250, 3, 100], dtype=np.uint8), np.array([5, 7, 100], dtype=np.uint8)
    assert student.mean_absolute_error(y_true, y_pred) == close(83.0)
    assert student.mean_absolute_error(y_pred, y_true) == close(83.0)


@pytest.mark.task("mean_absolute_error", edge=True)
def test_mean_absolute_error_refuses_bad_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_nothing(student.mean_absolute_error)


# --- mean_squared_error -------------------------------------------------------------------------------------


@pytest.mark.task("mean_squared_error", weight=2)
def test_mean_squared_error_of_random_values(student, rng):
    """The mean of the squared distances"""
    y_true, y_pred = rng.normal(size=15), rng.normal(size=15) * 3
    squares = ((t - p) ** 2 for t, p in zip(y_true.tolist(), y_pred.tolist(), strict=True))
    assert student.mean_squared_error(y_true, y_pred) == close(math.fsum(squares) / 15)


@pytest.mark.task("mean_squared_error")
def test_mean_squared_error_grows_with_the_square(student, rng):
    """Ten times the values, a hundred times the error; a shift of both changes nothing"""
    y_true, y_pred = np.array([1.0, -2.0, 4.0, 0.0]), np.array([2.0, 1.0, 4.0, -4.0])
    shift = float(rng.integers(-20, 20))
    assert student.mean_squared_error(10 * y_true, 10 * y_pred) == close(650.0)
    assert student.mean_squared_error(y_true + shift, y_pred + shift) == close(6.5)


@pytest.mark.task("mean_squared_error", edge=True)
def test_mean_squared_error_of_unsigned_numbers(student):
    """uint8 values whose squares do not fit into uint8: float64 all the same"""
    y_true, y_pred = np.array([250, 3, 100], dtype=np.uint8), np.array([200, 13, 100], dtype=np.uint8)
    assert student.mean_squared_error(y_true, y_pred) == close(2600 / 3)


@pytest.mark.task("mean_squared_error", edge=True)
def test_mean_squared_error_refuses_bad_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_nothing(student.mean_squared_error)


# --- r2_score -----------------------------------------------------------------------------------------------


@pytest.mark.task("r2_score", weight=2)
def test_r2_score_of_random_values(student, rng):
    """1 - SS_res / SS_tot, for predictions that are biased and noisy"""
    y_true = rng.integers(-9, 10, size=12)
    y_true[:2] = -9, 9
    y_pred = y_true + rng.integers(-3, 4, size=12) + 2
    y_pred[0] = y_true[0] + 4
    truth, prediction = [Fraction(int(v)) for v in y_true], [Fraction(int(v)) for v in y_pred]
    mean = sum(truth) / 12
    residual = sum((t - p) ** 2 for t, p in zip(truth, prediction, strict=True))
    total = sum((t - mean) ** 2 for t in truth)
    assert student.r2_score(y_true.astype(float), y_pred.astype(float)) == close(float(1 - residual / total))


@pytest.mark.task("r2_score")
def test_r2_score_of_perfect_mean_and_terrible_predictions(student):
    """Perfect is 1, the mean is 0, and worse than the mean is negative"""
    y_true = np.array([1.0, 2.0, 6.0])
    assert student.r2_score(y_true, y_true) == close(1.0)
    assert student.r2_score(y_true, np.full(3, 3.0)) == close(0.0)
    assert student.r2_score(y_true, -y_true) == close(1 - 164 / 14)


@pytest.mark.task("r2_score")
def test_r2_score_is_not_symmetric(student):
    """The mean and the spread are those of the true values"""
    assert student.r2_score([0.0, 2.0, 4.0, 6.0], [1.0, 1.0, 5.0, 5.0]) == close(0.8)
    assert student.r2_score([1.0, 1.0, 5.0, 5.0], [0.0, 2.0, 4.0, 6.0]) == close(0.75)


@pytest.mark.task("r2_score")
def test_r2_score_has_no_units(student, rng):
    """Other units and another zero point of both change nothing; a shift of the prediction alone does"""
    y_true, y_pred = np.array([1.0, 2.0, 3.0, 6.0]), np.array([2.0, 2.0, 2.0, 5.0])
    scale, shift = float(rng.integers(2, 9)), float(rng.integers(-9, 10))
    expected = 1 - 3 / 14
    assert student.r2_score(y_true * scale + shift, y_pred * scale + shift) == close(expected)
    assert student.r2_score(y_true, y_pred + 1) == close(1 - 5 / 14)


@pytest.mark.task("r2_score", edge=True)
def test_r2_score_of_a_constant_target(student):
    """All true values equal: 1.0 when the prediction is perfect, else 0.0"""
    assert student.r2_score([4.0, 4.0, 4.0], [4.0, 4.0, 4.0]) == close(1.0)
    assert student.r2_score([4.0, 4.0, 4.0], [4.0, 5.0, 4.0]) == close(0.0)
    assert student.r2_score([0.0, 0.0], [3.0, -3.0]) == close(0.0)


@pytest.mark.task("r2_score", edge=True)
def test_r2_score_of_unsigned_numbers(student):
    """uint8 values whose squares do not fit into uint8: float64 all the same"""
    y_true, y_pred = np.array([0, 100, 200], dtype=np.uint8), np.array([20, 100, 180], dtype=np.uint8)
    assert student.r2_score(y_true, y_pred) == close(0.96)


@pytest.mark.task("r2_score", edge=True)
def test_r2_score_refuses_bad_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_nothing(student.r2_score)

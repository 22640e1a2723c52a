"""Comparisons are strict where NumPy is lenient: kind, shape and finiteness first, then values."""

from __future__ import annotations

import numpy as np
import pytest

from grader.testing.compare import close, exactly, share

NAN, INF = float("nan"), float("inf")


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no picture of me")


class AlwaysEqual:
    """A student's object that claims to be whatever is expected."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None


@pytest.mark.parametrize("compare", [close, exactly])
@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        pytest.param(np.empty(0), 2.0, id="empty array for a number"),
        pytest.param([], 2.0, id="empty list for a number"),
        pytest.param(np.empty((0, 3)), [1.0, 2.0, 3.0], id="no rows"),
        pytest.param([2.0], 2.0, id="one element for a number"),
        pytest.param(2.0, [2.0], id="number for one element"),
        pytest.param(2.0, [2.0, 2.0], id="number that would broadcast"),
        pytest.param(np.full((2, 2), 2.0), [2.0, 2.0], id="matrix that would broadcast"),
        pytest.param(np.ones((3, 1)), np.ones((1, 3)), id="column for a row"),
        pytest.param(np.ones((3, 1)), np.ones(3), id="column for a vector"),
        pytest.param(np.ones((3, 2)), np.ones((2, 3)), id="transpose"),
        pytest.param(NAN, 2.0, id="NaN"),
        pytest.param([1.0, NAN], [1.0, 2.0], id="NaN in an array"),
        pytest.param(2.0, NAN, id="number for NaN"),
        pytest.param(INF, NAN, id="infinity for NaN"),
        pytest.param(-INF, INF, id="infinity of the wrong sign"),
        pytest.param(INF, 2.0, id="infinity"),
        pytest.param(None, 2.0, id="None"),
        pytest.param([None], [2.0], id="None in a list"),
        pytest.param(True, 1, id="truth value for a number"),
        pytest.param(1, True, id="number for a truth value"),
        pytest.param([True, False], [1, 0], id="truth values for numbers"),
        pytest.param([1, 0], [True, False], id="numbers for truth values"),
        pytest.param(np.array([1, 2], dtype=object), [1, 2], id="object array"),
        pytest.param("2.0", 2.0, id="text"),
        pytest.param(b"2.0", 2.0, id="bytes"),
        pytest.param(["1", "2"], [1, 2], id="list of texts"),
        pytest.param([[1, 2], [3]], [[1, 2], [3, 4]], id="ragged list"),
        pytest.param({1: 2}, 2, id="dict"),
        pytest.param({2.0}, 2.0, id="set"),
        pytest.param((n for n in [1, 2]), [1, 2], id="generator"),
        pytest.param(lambda: 2.0, 2.0, id="function"),
        pytest.param(np.datetime64("2000-01-01"), 1, id="date"),
        pytest.param(Unprintable(), 2.0, id="object that cannot be printed"),
        pytest.param([AlwaysEqual(), AlwaysEqual()], [1.0, 2.0], id="list of objects that equal everything"),
        pytest.param(2.001, 2.0, id="wrong number"),
        pytest.param([1.0, 2.001], [1.0, 2.0], id="wrong number in an array"),
    ],
)
def test_what_is_not_the_expected_value_is_not_equal(compare, actual, expected):
    assert (actual == compare(expected)) is False
    assert (compare(expected) == actual) is False
    assert (compare(expected) != actual) is True


@pytest.mark.parametrize("compare", [close, exactly])
@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.0]),
        ((1.0, 2.0), [1.0, 2.0]),
        (np.array([1.0, 2.0]), (1.0, 2.0)),
        ([np.float64(1), np.array(2.0)], np.array([1.0, 2.0])),
        (np.array([1.0, 2.0], dtype=np.float32), [1.0, 2.0]),
        ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
        (np.array([[1, 3], [2, 4]]).T, [[1, 2], [3, 4]]),
        (np.array([1, 2], dtype=np.uint8), [1, 2]),
        (np.arange(6)[::-2], [5, 3, 1]),
        (2.0, 2.0),
        (np.float64(2), 2.0),
        (np.float32(2), 2.0),
        (np.array(2.0), 2.0),
        (2.0, np.array(2.0)),
        (2, 2.0),
        (np.int8(2), 2),
        (1 + 2j, 1 + 2j),
        (True, True),
        (np.bool_(False), False),
        (np.array([True, False]), [True, False]),
        (NAN, NAN),
        ([1.0, NAN, INF, -INF], [1.0, NAN, INF, -INF]),
        ([], []),
        (np.empty((0, 3)), np.empty((0, 3))),
    ],
)
def test_a_sequence_of_any_kind_and_a_scalar_of_any_kind_are_equal_to_their_value(compare, actual, expected):
    assert (actual == compare(expected)) is True
    assert (compare(expected) == actual) is True
    assert (actual != compare(expected)) is False


@pytest.mark.parametrize("actual", [[1.0, 2.0], np.array([1, 2], dtype=np.float32), 1.0, np.float64(1)])
def test_integers_must_be_integers_only_where_exactly_asks_for_them(actual):
    integers = np.asarray(actual).astype(int)
    assert actual == close(integers)
    expected = exactly(integers)
    assert actual != expected
    assert "where integers are expected" in expected.problem


def test_exactly_tells_large_integers_apart():
    """Above 2**53 neighbouring integers are the same float."""
    assert exactly(2**60) != 2**60 + 1
    assert exactly([1, 2**60]) != [1, 2**60 + 1]


def test_exactly_forgives_no_rounding_and_close_does():
    almost = 0.1 + 0.2
    assert almost == close(0.3)
    assert almost != exactly(0.3)
    assert [almost] == close([0.3])


def test_tolerances_are_relative_and_absolute():
    assert close(1000.0, rtol=1e-3) == 1000.9
    assert close(1000.0, rtol=1e-3) != 1001.1
    assert close(0.0, atol=1e-3) == 9e-4
    assert close(0.0, rtol=1.0) != 1e-6
    assert close([1.0, 1000.0], rtol=1e-3) != [1.01, 1000.0]


def test_an_array_on_the_left_is_not_compared_element_by_element():
    result = np.array([[1, 2], [3, 4]]) == close([[1, 2], [3, 4]])
    assert result is True
    assert (np.array([1, 2]) != exactly([1, 3])) is True
    assert (np.float64(1) == close(1.0)) is True


@pytest.mark.parametrize(
    ("actual", "expected", "problem"),
    [
        (None, 1.0, "nothing was returned (is there a return?)"),
        ([1, 2, 3], [1, 2], "wrong shape: (3,) where (2,) is expected"),
        ([1], 1, "wrong shape: (1,) where a single number is expected"),
        (1, [1], "wrong shape: a single number where (1,) is expected"),
        (True, 1, "a truth value where a number is expected"),
        ([1, 2], [True, True], "an array of numbers where an array of truth values is expected"),
        ("1", 1, "text where a number is expected"),
        ({}, 1, "a dict where a number is expected"),
        (NAN, 1.0, "a value is not finite (NaN or infinity)"),
        ([1.0, 2.0], [1, 2], "dtype float64 where integers are expected"),
        (1, 2, "wrong value"),
        ([1, 2], [1, 3], "wrong values"),
    ],
)
def test_the_problem_is_named(actual, expected, problem):
    comparison = exactly(expected)
    assert comparison != actual
    assert comparison.problem == problem


@pytest.mark.parametrize(
    ("actual", "expected", "kind"),
    [
        (-2.5, 2.5, "the sign is wrong"),
        ([-1, 2, 0], [1, -2, 0], "the sign is wrong"),
        ([[1, 2], [3, 4]], [[1, 3], [2, 4]], "rows and columns are exchanged"),
        ([3.0, 1.0, 2.0], [1.0, 2.0, 3.0], "they are in another order"),
        ([2.0, 4.0, 7.0], [1.0, 2.0, 3.5], "all are off by the same factor"),
        ([1.5, 2.5, 5.0], [1.0, 2.0, 4.5], "all are off by the same amount"),
    ],
)
def test_the_kind_of_difference_is_named_without_any_value(actual, expected, kind):
    comparison = close(expected)
    assert comparison != actual
    assert comparison.problem.removeprefix("wrong values: ").removeprefix("wrong value: ") == kind


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (2.0, 1.0),  # the factor of a single number, or the distance, would be its value
        ([2.0, 4.0], [1.0, 2.0]),
        (0.0, 1.0),
        ([0.0, 0.0, 0.0], [1.0, 2.0, 3.0]),
        ([5.0, 5.0, 5.0], [1.0, 1.0, 1.0]),
        ([1.0, 2.0, 4.0], [1.0, 2.0, 3.0]),
        (1.5, 1.0),
        (1.5, 0.4),  # that what is expected lies between 0 and 1 does not say that every right answer does
        ([0.5, -0.5], [0.5, 0.5]),
        (np.array([1, 2, 250], dtype=np.uint8), [1, 2, 3]),
        ([INF, 1.0, 2.0], [INF, 2.0, 4.0]),
    ],
)
def test_what_is_wrong_in_no_particular_way_is_wrong(actual, expected):
    comparison = close(expected)
    assert comparison != actual
    assert comparison.problem in ("wrong value", "wrong values")


@pytest.mark.parametrize(("actual", "expected"), [(1.5, 0.4), (2.0, 1.0), ([0.5, -0.25], [0.5, 0.5])])
def test_what_can_be_no_share_is_called_so(actual, expected):
    comparison = share(expected)
    assert comparison != actual
    assert comparison.problem in ("wrong value: below 0 or above 1", "wrong values: below 0 or above 1")


def test_a_share_is_compared_as_any_number():
    assert share(0.4) == 0.4
    comparison = share(0.4)
    assert comparison != 0.5
    assert comparison.problem == "wrong value"


def test_a_ragged_list_is_called_by_its_type():
    comparison = close([[1, 2], [3, 4]])
    assert comparison != [[1, 2], [3]]
    assert comparison.problem.startswith("a list is not an array of numbers")


def test_the_detail_counts_the_differences_and_shows_the_first():
    comparison = exactly([[1, 2, 3], [4, 5, 6]])
    assert comparison != [[1, 2, 3], [4, 0, 7]]
    assert comparison.detail == "2 of 6 differ, first at [1, 1]: 0 instead of 5"


@pytest.mark.parametrize(
    ("actual", "expected", "problem", "detail"),
    [
        ([[1.0, NAN, 2.0], [INF, 0.0, 0.0]], np.zeros((2, 3)), "a value is not finite (NaN or infinity)",
         "2 of 6, first at [0, 1]: nan"),
        (NAN, 1.0, "a value is not finite (NaN or infinity)", ""),
        ([1.0, 2.0], [1.0, INF], "a value is finite where NaN or infinity is expected", ""),
    ],
)  # fmt: skip
def test_the_first_value_that_is_not_finite_is_shown_and_how_many_there_are(actual, expected, problem, detail):
    comparison = close(expected)
    assert comparison != actual
    assert (comparison.problem, comparison.detail) == (problem, detail)


def test_a_problem_holds_no_expected_value():
    """The problem goes into the record of a grading run, where values of hidden tests must not appear."""
    comparison = close([41.5, 2.0])
    assert comparison != [41.5, 3.0]
    assert "2" not in comparison.problem
    assert "41" not in comparison.problem


def test_a_comparison_that_succeeds_takes_the_last_problem_back():
    comparison = exactly([1, 2])
    assert comparison != [1, 3]
    assert comparison == [1, 2]
    assert (comparison.problem, comparison.detail) == ("", "")


def test_an_expected_value_reads_like_the_value():
    assert repr(close(0.5)) == repr(exactly(0.5)) == "0.5"
    assert repr(exactly([1, 2])) == "[1, 2]"

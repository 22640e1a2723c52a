"""Plain comparisons say which value is wrong, and where."""

from __future__ import annotations

import numpy as np
import pytest

from grader.testing.differences import difference


@pytest.mark.parametrize(
    ("actual", "expected", "problem", "place"),
    [
        ("cbbbbb", "cdabcd", "wrong text", "first different at character 1 (from 0): 'b' instead of 'd'"),
        ("ab", "abc", "wrong text", "the same up to character 2, and too short: 2 characters in place of 3"),
        ("abc", "", "wrong text", "the same up to character 0, and too long: 3 characters in place of 0"),
        ("x" * 50 + "a" + "y" * 50, "x" * 50 + "b" + "y" * 50, "wrong text",
         "first different at character 50 (from 0): 'a' instead of 'b', "
         "in '...xxxxxxxxxxxxayyyyyyyyyyy...' instead of '...xxxxxxxxxxxxbyyyyyyyyyyy...'"),
        (None, "a", "nothing was returned (is there a return?)", ""),
        (3, "3", "an int where text is expected", ""),
        ({"a": 1}, {"a": 2}, "wrong values", "wrong for 'a': 1 instead of 2"),
        ({"a": 0, "c": 1}, {"a": 0, "b": 1}, "wrong keys", "missing: 'b'; too many: 'c'"),
        ({"a": 0, "b": np.float64(1)}, {"a": 5, "b": 6}, "wrong values",
         "wrong for 'a', 'b': 0 instead of 5 for 'a'"),
        ({}, dict.fromkeys("abcde", 1), "wrong keys", "missing: 'a', 'b', 'c' and 2 more"),
        ([("a", 1)], {"a": 1}, "a list where a dict is expected", ""),
        ({1, 2}, {2, 3}, "wrong elements", "missing: 3; too many: 1"),
        ([1, 2, 3], [1, 5, 3], "wrong values", "first different at [1]: 2 instead of 5"),
        ([1, 2], [1, 2, 3], "wrong number of elements", "2 elements in place of 3; missing at [2]: 3"),
        ([1, 2, 3], [1, 2], "wrong number of elements", "3 elements in place of 2; too many, from [2]: 3"),
        ([2, 2, 3], [1, 2], "wrong number of elements",
         "3 elements in place of 2; first different at [0]: 2 instead of 1"),
        ((1, 2), [1, 2], "a tuple where a list is expected", ""),
        ((n for n in [1]), [1], "a generator where a list is expected", ""),
        (2, 3, "wrong value", ""),
        ([np.zeros(2)], [np.ones(2)], "wrong value", ""),
    ],
)  # fmt: skip
def test_the_difference_says_what_and_where(actual, expected, problem, place):
    assert difference(actual, expected) == (problem, place)

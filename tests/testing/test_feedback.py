"""Which call a message shows, and how wide it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.testing.compare import Expected, exactly
from grader.testing.feedback import WIDEST, Failure, Mismatch, judge, to_text
from grader.testing.library_errors import reason_in
from grader.testing.origin import Origin
from grader.testing.student import Call
from grader.testing.verdict import Status, Verdict
from grader.testing.which_call import find_call

WRONG = Verdict(Status.FAILED, "wrong values")


def call(argument: Any, returned: Any) -> Call:
    made = Call("f", (argument,), {})
    made.returned, made.finished = returned, True
    return made


def mismatch(actual: Any, expected: Expected) -> Mismatch:
    assert actual != expected
    return Mismatch(actual, expected.value, expected.problem, expected.detail)


FIRST, SECOND = np.array([1.0, 2.0]), (np.array([3.0]), [np.array([4.0, 5.0])], {"loss": 6.5})
CALLS = [call(1, FIRST), call(2, SECOND), call(3, None)]


@pytest.mark.parametrize(
    ("value", "argument", "part"),
    [
        (FIRST, 1, ""),
        (FIRST[:1], 1, ""),
        (SECOND[0], 2, "[0]"),
        (SECOND[1][0], 2, "[1][0]"),
        (SECOND[1][0].reshape(2, 1), 2, "[1][0]"),
        (SECOND[2]["loss"], 2, "[2]['loss']"),
        (None, 3, ""),
    ],
)
def test_a_value_belongs_to_the_call_that_returned_it(value, argument, part):
    found = find_call(value, CALLS)
    assert found is not None
    assert (found.call.args, found.part) == ((argument,), part)


@pytest.mark.parametrize("value", [FIRST + 1, FIRST.copy(), 9.5, [1.0, 2.0]])
def test_what_a_test_computed_belongs_to_none(value):
    assert find_call(value, CALLS) is None


def test_of_equal_small_numbers_the_last_is_meant_if_it_is_one_of_them():
    calls = [call(1, 0), call(2, 0)]
    assert find_call(0, calls).call is calls[-1]
    assert find_call(0, [*calls, call(3, 1)]) is None


def test_the_first_call_is_shown_with_its_own_value():
    text = to_text(WRONG, "Title", Failure(CALLS, True, mismatch(FIRST, exactly([1.0, 3.0]))), WIDEST)
    assert text.splitlines() == [
        "Title",
        "  called    f(1)",
        "  returned  [1., 2.]",
        "  expected  [1., 3.]",
        "  problem   wrong values",
        "            1 of 2 differ, first at [1]: 2.0 instead of 3.0",
    ]


def test_when_it_cannot_be_known_three_calls_are_shown_and_the_others_counted():
    calls = [call(number, [number]) for number in range(5)]
    text = to_text(WRONG, "Title", Failure(calls, True, mismatch(9.5, exactly(8.5))), WIDEST)
    assert text.splitlines() == [
        "Title",
        "  called    f(0) -> [0]",
        "            f(1) -> [1]",
        "            f(2) -> [2]",
        "            and 2 more calls",
        "  checked   9.5 (made of it by the test)",
        "  expected  8.5",
        "  problem   wrong values",
    ]


def test_an_exception_or_its_absence_is_the_last_calls():
    text = to_text(Verdict(Status.FAILED, "no ValueError was raised"), "Title", Failure(CALLS, False, None), WIDEST)
    assert "  called    f(3)\n  returned  None\n" in text
    assert "f(1)" not in text


def test_no_line_is_wider_than_the_terminal():
    calls = [call(list(range(40)), list(range(60)))]
    text = to_text(WRONG, "Title", Failure(calls, True, mismatch(calls[0].returned, exactly([1]))), columns=60)
    assert max(map(len, text.splitlines())) <= 60


def test_keras_explanation_is_kept_without_its_arguments_and_colours():
    said = (
        "Exception encountered when calling Sequential.call().\n\n\x1b[1mInput 0 with name 'None' of layer 'dense' is "
        "incompatible with the layer\x1b[0m\n\nArguments received by Sequential.call():\n  • inputs=tf.Tensor()"
    )
    assert reason_in(said) == (
        "Exception encountered when calling Sequential.call(): Input 0 of layer 'dense' is incompatible with the layer"
    )
    graph = (
        'Graph execution error:\n\nDetected at node a defined at (most recent call last):\n  File "/x.py", line 10, '
    )
    graph += "in fit\n\nReceived a label value of 7 outside [0, 3).\n\t [[{{node a}}]] [Op:__inference_1]"
    assert reason_in(graph) == "Received a label value of 7 outside [0, 3)."
    assert reason_in("cannot access local variable 'batch_outputs'") == (
        "there is nothing to predict: the inputs hold no samples"
    )


def test_without_reveal_a_message_stays_one_line_and_shows_no_value():
    error = ValueError("first line\nsecond line")
    assert judge(error, Origin("ValueError"), None, reveal=False).message == "ValueError: first line"
    assert judge(error, Origin("ValueError"), None).message == "ValueError: first line second line"
    bare = AssertionError("assert 'cbb' == 'cda'")
    assert judge(bare, Origin("AssertionError"), None, reveal=False).message == "the result is not what was asked for"


def test_a_call_of_three_lines_is_shown_whole_and_a_longer_one_says_that_it_is_cut():
    """Each argument was cut after 70 characters, and nobody could copy the call."""
    numbers = list(range(60))
    assert call(numbers, None).describe() == f"f({numbers})"
    longer = call(list(range(100)), None).describe()
    assert longer.startswith("f([0, 1, 2, ")
    assert longer.endswith(" ...) (shortened)")
    assert len(longer) < 100
    many = Call("f", tuple("x" * 50 for _ in range(10)), {})
    assert many.describe() == f"f({', '.join(map(repr, many.args))})"

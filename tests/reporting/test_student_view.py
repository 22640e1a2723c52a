"""What students read of a graded result, at each level."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.grading.result import Result, TestResult
from grader.kit.errors import GraderError
from grader.misconceptions.recognise import Recognised
from grader.reporting.student_view import FeedbackDetail, student_view
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Cause, Status

RESULT = Result(
    student="Ada Lovelace",
    exercise="ex01_metrics",
    scores=[TaskScore("precision", 5.0, 10.0, Status.PARTIAL, "2 of 3 tests failed: wrong value")],
    tests=[
        TestResult("t::a", "precision", Status.PASSED, "", "Precision of one class"),
        TestResult("t::b", "precision", Status.FAILED, "wrong value", "Precision is TP / (TP + FP)"),
        TestResult("t::c", "precision", Status.FAILED, "wrong value", "Nothing predicted is 0"),
        TestResult("t::d", "precision", Status.TODO, "to do", "Precision of many"),
    ],
    recognised=[Recognised("precision", "is_in_no_kit", "Look at the denominator.")],
    note="", sandbox="landlock", profile="cpu", device="cpu", backend="", versions={}, wall_seconds=0.1,
    student_cpu_seconds=0.1, content_hash="",
)  # fmt: skip


def test_points_are_there_at_every_level():
    assert [(view.score, view.max_score) for level in FeedbackDetail for view in student_view(RESULT, level)] == 3 * [
        (5, 10)
    ]


def test_none_tells_points_only():
    (view,) = student_view(RESULT, "none")
    assert (view.problems, view.hints) == ([], [])


def test_category_tells_each_kind_of_problem_once_and_the_hint():
    (view,) = student_view(RESULT, "category")
    assert view.problems == ["wrong value"]
    assert view.hints == ["Look at the denominator."]


def test_full_tells_what_each_failed_test_asks_for():
    (view,) = student_view(RESULT, "full")
    assert view.problems == ["Precision is TP / (TP + FP) – wrong value", "Nothing predicted is 0 – wrong value"]


def test_what_a_failed_test_asks_for_is_told_where_no_level_is_named():
    assert student_view(RESULT) == student_view(RESULT, "full")


@pytest.mark.parametrize(
    ("status", "cause"),
    [(Status.ERROR, Cause.IMPORT), (Status.FAILED, Cause.UNDEFINED), (Status.FAILED, Cause.STOPPED)],
)
def test_what_was_not_asked_is_said_once(status, cause):
    """A file that cannot be imported fails every test: what each would have asked for is of no use."""
    tests = [TestResult(f"t::{i}", "precision", status, "line 2: bad", f"Title {i}", cause) for i in range(3)]
    assert student_view(replace(RESULT, tests=tests))[0].problems == ["line 2: bad"]


def test_a_missing_file_says_why():
    missing = replace(
        RESULT, scores=[TaskScore("precision", 0.0, 10.0, Status.MISSING, "not submitted")], tests=[], recognised=[]
    )
    assert student_view(missing)[0].problems == ["not submitted"]


def test_an_unknown_level_is_refused():
    with pytest.raises(GraderError, match="choose from none, category, full"):
        student_view(RESULT, "everything")

"""Scores fail closed: what did not run and pass earns nothing, whatever else was said."""

from __future__ import annotations

import random

import pytest

from grader.kit.exercise import Exercise, Task
from grader.testing.scoring import TaskScore, score_exercise, without_tests
from grader.testing.verdict import PlannedTest, Status, Verdict


def exercise_with(**points: float) -> Exercise:
    tasks = tuple(Task(name, worth, 1.0) for name, worth in points.items())
    return Exercise("ex01_sums", "Sums", "sums", (), "numpy", tasks)


def score(tests: list[PlannedTest], statuses: dict[str, str], points: float = 100) -> TaskScore:
    """The score of the only task, `add`."""
    verdicts = {name: Verdict(status, f"{name} was {status}") for name, status in statuses.items()}
    [result] = score_exercise(exercise_with(add=points), tests, verdicts)
    return result


MAIN, OTHER = PlannedTest("main", "add"), PlannedTest("other", "add")
EDGE = PlannedTest("edge", "add", edge=True)


def test_all_tests_passed_is_full_points_without_a_reason():
    result = score([MAIN, OTHER, EDGE], {"main": Status.PASSED, "other": Status.PASSED, "edge": Status.PASSED})
    assert result == TaskScore("add", 100.0, 100, Status.PASSED, "")


def test_a_test_without_a_verdict_earns_nothing():
    result = score([MAIN], {})
    assert (result.score, result.status) == (0, Status.ERROR)
    assert result.reason == "1 of 1 tests failed: the test did not run"


def test_a_task_without_a_planned_test_earns_nothing():
    result = score([], {})
    assert result == TaskScore("add", 0, 100, Status.ERROR, "no test covers this task")


def test_a_task_without_a_planned_test_earns_nothing_even_if_a_verdict_says_passed():
    assert score([], {"main": Status.PASSED, "add": Status.PASSED}).score == 0


@pytest.mark.parametrize(
    "status", [Status.FAILED, Status.TODO, Status.ERROR, Status.MISSING, Status.PARTIAL, "skipped", "Passed", "", None]
)
def test_only_passed_earns_points(status):
    assert score([MAIN], {"main": status}).score == 0


def test_edge_cases_alone_earn_nothing():
    tests = [MAIN, EDGE, PlannedTest("edge 2", "add", edge=True)]
    result = score(tests, {"main": Status.FAILED, "edge": Status.PASSED, "edge 2": Status.PASSED})
    assert (result.score, result.status) == (0, Status.FAILED)
    assert result.reason == "1 of 3 tests failed: main was failed"


def test_a_task_that_has_only_edge_cases_earns_nothing():
    result = score([EDGE], {"edge": Status.PASSED})
    assert result == TaskScore("add", 0, 100, Status.ERROR, "only edge cases passed")


def test_edge_cases_count_once_any_main_test_passed():
    result = score([MAIN, OTHER, EDGE], {"main": Status.PASSED, "other": Status.FAILED, "edge": Status.PASSED})
    assert (result.score, result.status) == (66.67, Status.PARTIAL)


def test_an_edge_case_of_one_task_does_not_profit_from_another_task():
    exercise = exercise_with(add=50, total=50)
    plan = [EDGE, MAIN, PlannedTest("total main", "total")]
    verdicts = {"edge": Verdict(Status.PASSED), "main": Verdict(Status.FAILED), "total main": Verdict(Status.PASSED)}
    assert [result.score for result in score_exercise(exercise, plan, verdicts)] == [0, 50]


def test_points_are_shared_by_weight():
    heavy = PlannedTest("heavy", "add", weight=3)
    assert score([MAIN, heavy], {"heavy": Status.PASSED, "main": Status.FAILED}).score == 75
    assert score([MAIN, heavy], {"heavy": Status.FAILED, "main": Status.PASSED}).score == 25


def test_a_task_of_half_points_keeps_them():
    assert score([MAIN], {"main": Status.PASSED}, points=12.5) == TaskScore("add", 12.5, 12.5, Status.PASSED, "")


def test_partial_points_are_rounded_to_two_digits():
    tests = [PlannedTest(str(number), "add") for number in range(3)]
    assert score(tests, {"0": Status.PASSED}, points=10).score == 3.33


def test_thirds_that_all_passed_are_full_points():
    tests = [PlannedTest(str(number), "add", weight=1 / 3) for number in range(10)]
    assert score(tests, {str(number): Status.PASSED for number in range(10)}).status == Status.PASSED


def test_a_verdict_of_an_unknown_test_is_ignored():
    alone = score([MAIN, OTHER], {"main": Status.PASSED, "other": Status.FAILED})
    more = score(
        [MAIN, OTHER],
        {"main": Status.PASSED, "other": Status.FAILED, "forged": Status.PASSED, "forged 2": Status.PASSED},
    )
    assert more == alone


def test_a_test_of_an_unknown_task_is_ignored():
    stray = PlannedTest("stray", "subtract", weight=1000)
    result = score([stray, MAIN], {"stray": Status.PASSED, "main": Status.FAILED})
    assert (result.score, result.reason) == (0, "1 of 1 tests failed: main was failed")


def test_every_task_of_the_manifest_is_scored_in_its_order():
    plan = [PlannedTest("c", "third"), PlannedTest("a", "first")]
    results = score_exercise(exercise_with(first=30, second=20, third=50), plan, {"c": Verdict(Status.PASSED)})
    found = [(result.task, result.score, result.max_score) for result in results]
    assert found == [("first", 0, 30), ("second", 0, 20), ("third", 50, 50)]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([Status.PASSED, Status.FAILED, Status.TODO, Status.ERROR], Status.PARTIAL),
        ([Status.PASSED, Status.TODO], Status.PARTIAL),
        ([Status.ERROR, Status.TODO, Status.FAILED], Status.FAILED),
        ([Status.ERROR, Status.TODO], Status.TODO),
        ([Status.TODO, Status.TODO], Status.TODO),
        ([Status.ERROR, Status.ERROR], Status.ERROR),
        (["skipped"], Status.ERROR),
    ],
)
def test_the_status_of_a_task_is_its_most_telling_one(statuses, expected):
    tests = [PlannedTest(str(number), "add") for number in range(len(statuses))]
    assert score(tests, {str(number): status for number, status in enumerate(statuses)}).status == expected


def test_the_reason_counts_the_failures_and_says_each_message_once():
    tests = [PlannedTest(str(number), "add") for number in range(4)]
    verdicts = {
        "0": Verdict(Status.FAILED, "wrong value"),
        "1": Verdict(Status.FAILED, "wrong value"),
        "2": Verdict(Status.FAILED, "wrong shape"),
        "3": Verdict(Status.PASSED, "a message nobody needs"),
    }
    [result] = score_exercise(exercise_with(add=10), tests, verdicts)
    assert result.reason == "3 of 4 tests failed: wrong value; wrong shape"


def test_the_reason_says_what_a_failed_test_asks_for():
    """Alone, "no ValueError was raised" does not say of what."""
    tests = [PlannedTest("0", "add", title="No numbers are a ValueError"), PlannedTest("1", "add", title="2 + 2 is 4")]
    verdicts = {"0": Verdict(Status.FAILED, "no ValueError was raised"), "1": Verdict(Status.PASSED)}
    [result] = score_exercise(exercise_with(add=10), tests, verdicts)
    assert result.reason == "1 of 2 tests failed: No numbers are a ValueError – no ValueError was raised"


def test_the_reason_holds_no_more_than_three_messages():
    tests = [PlannedTest(str(number), "add") for number in range(9)]
    verdicts = {str(number): Verdict(Status.FAILED, f"reason {number}") for number in range(9)}
    [result] = score_exercise(exercise_with(add=10), tests, verdicts)
    assert result.reason == "9 of 9 tests failed: reason 0; reason 1; reason 2"


def test_a_score_is_never_above_the_maximum_and_full_only_if_everything_passed():
    draw = random.Random(7)
    for _ in range(2000):
        tests = [
            PlannedTest(str(number), "add", draw.choice([0.1, 1 / 3, 1, 2, 7]), draw.random() < 0.4)
            for number in range(draw.randrange(1, 8))
        ]
        statuses = {
            test.id: draw.choice([Status.PASSED, Status.PASSED, Status.FAILED, Status.TODO, "skipped"])
            for test in tests
        }
        points = draw.choice([5, 12.5, 33.33, 100])
        result = score(tests, statuses, points)
        everything = set(statuses.values()) == {Status.PASSED} and not all(test.edge for test in tests)
        assert 0 <= result.score <= points
        assert (result.score == points) == everything == (result.status == Status.PASSED)
        assert bool(result.reason) != everything


def test_a_file_that_was_not_handed_in_earns_nothing_in_every_task():
    results = without_tests(exercise_with(add=60, total=40), Status.MISSING, "not submitted")
    assert results == [
        TaskScore("add", 0.0, 60, Status.MISSING, "not submitted"),
        TaskScore("total", 0.0, 40, Status.MISSING, "not submitted"),
    ]

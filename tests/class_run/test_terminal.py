"""What an instructor sees of a run."""

import pytest

from grader.class_run.terminal import MAX_ROWS, grades_table
from grader.grading.result import Result
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status


@pytest.mark.parametrize(("more", "told"), [(1, "and 1 more student; "), (2, "and 2 more students; ")])
def test_students_that_do_not_fit_are_counted(more: int, told: str):
    results = [
        Result(student=f"student {number}", exercise="ex01_metrics", scores=[TaskScore("a", 1, 1, Status.PASSED, "")])
        for number in range(MAX_ROWS + more)
    ]
    table = grades_table(results)
    assert table.row_count == MAX_ROWS
    assert str(table.caption).startswith(told)

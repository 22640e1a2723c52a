"""What a result is in nbgrader's gradebook, where no course is needed to tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.pages import missing, result, unreadable

from grader.grading.result import Result
from grader.handins.roster import Person
from grader.kit.exercise import find_exercise
from grader.reporting.exports.nbgrader_gradebook import _write_assignment, _write_result

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's own
EX04 = find_exercise("ex04")


@pytest.mark.parametrize(
    ("made", "manual"),
    [
        (result("ada", EX04.name, [1] * 6), False),
        (missing("ada", EX04.name), False),
        (unreadable("ada", EX04.name), True),
        (result("ada", EX04.name, [0] * 6, note="the sandbox is gone"), True),
    ],
    ids=["right", "not handed in", "not readable", "the grader failed"],
)
def test_what_a_person_should_look_at_waits_for_a_manual_grade(tmp_path: Path, made: Result, manual: bool):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        _write_assignment(gradebook, EX04)
        _write_result(gradebook, made, None)
        grades = [
            gradebook.find_grade(task.name, EX04.module, EX04.name, "ada").needs_manual_grade for task in EX04.tasks
        ]
    assert grades == [manual] * 6


@pytest.mark.parametrize(
    ("name", "known"),
    [("Ada King Lovelace", ("Ada King", "Lovelace")), ("Lovelace, Ada", ("Ada", "Lovelace")), ("", (None, None))],
)
def test_a_student_has_the_name_and_address_of_the_roster(tmp_path: Path, name: str, known: tuple):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as gradebook:
        _write_assignment(gradebook, EX04)
        _write_result(gradebook, missing("s1", EX04.name), None, Person("s1", name, "ada@example.org"))
        student = gradebook.find_student("s1")
        assert (student.first_name, student.last_name, student.email) == (*known, "ada@example.org")

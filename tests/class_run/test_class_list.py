"""Who is in the class, and what came in: nobody counts twice, nobody is forgotten, and every file is accounted for."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from grader.class_run import run as batch
from grader.class_run.records import read_class
from grader.class_run.store import open_for_writing, read_results
from grader.class_run.terminal import grades_table
from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.grading.result import Result, from_json
from grader.kit.exercise import find_exercise
from grader.testing.scoring import TaskScore, without_tests
from grader.testing.verdict import Status

EX01, EX02 = find_exercise("ex01"), find_exercise("ex02")
MINE = b"def accuracy(y_true, y_pred):\n    return 0.5\n"
DAY = 86_400.0


@pytest.fixture(autouse=True)
def graded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grades without a sandbox: whatever came has all points. Holds who was graded."""
    names: list[str] = []

    def execute(jobs: list[Job], workers: int) -> Iterator[Result]:
        for job in jobs:
            names.append(job.student)
            if job.source is None:
                status, reason = (Status.UNREADABLE, job.note) if job.note else (Status.MISSING, "not submitted")
                scores = without_tests(job.exercise, status, reason)
                yield Result(
                    student=job.student, exercise=job.exercise.name, scores=scores, content_hash=job.content_hash
                )
                continue
            scores = [TaskScore(task.name, task.points, task.points, Status.PASSED, "") for task in job.exercise.tasks]
            yield Result(
                student=job.student, exercise=job.exercise.name, scores=scores, content_hash=job.content_hash,
                source_hash=job.source_hash, remarks=list(job.remarks),
            )  # fmt: skip

    @contextmanager
    def executor(request: batch.ClassRequest) -> Iterator[object]:
        yield execute

    monkeypatch.setattr(batch, "_executor", executor)
    return names


class Course:
    """A folder of submissions and its results."""

    def __init__(self, place: Path) -> None:
        self.submissions, self.out, self._place = place / "submissions", place / "results", place
        self.submissions.mkdir()

    def put(self, name: str, content: bytes = MINE, modified: float = 0.0) -> None:
        path = self.submissions / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if modified:
            os.utime(path, (modified, modified))

    def grade(self, roster: str = "", exercises: tuple = (EX01,), **options: object) -> list[str]:
        """Grade; returns the news."""
        path = None
        if roster:
            path = self._place / "roster.csv"
            path.write_text(roster)
        news: list[str] = []
        request = batch.ClassRequest(
            submissions=self.submissions, out=self.out, exercises=list(exercises), workers=1, level="none",
            profile="cpu", roster=path, **options,
        )  # fmt: skip
        batch.grade_class(request, batch.Listener(lambda total, due: None, lambda result: None, news.append))
        return news

    def scores(self) -> dict[str, float]:
        """The points of everybody who is in the class."""
        return {result.student: result.score for result in read_class(self.out).results}

    def received(self) -> list[list[str]]:
        with (self.out / "received.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


ROSTER = "id,name,lms_id\ns1,A. Lovelace,501\ns2,Ben Ali,502\n"
ADA, BEN = "Ada Lovelace_501_assignsubmission_file_/metrics.py", "Ben Ali_502_assignsubmission_file_/metrics.py"


def test_a_roster_that_comes_later_counts_nobody_twice(course: Course, graded: list[str]):
    course.put(ADA)
    course.put(BEN, MINE + b"# mine\n")
    course.grade()
    assert course.scores() == {"Ada Lovelace": 100, "Ben Ali": 100}
    graded.clear()
    course.grade(ROSTER)
    assert course.scores() == {"s1": 100, "s2": 100}
    assert graded == [], "the results moved to the ids; nothing was graded again"
    assert {result.student for result in read_results(course.out)} == {"s1", "s2"}


def test_results_of_an_earlier_week_move_to_the_id_too(course: Course):
    """Ben hands in nothing in the second week; whose ex01 it is tells what was kept of his first hand-in."""
    course.put(ADA)
    course.put(BEN, MINE + b"# mine\n")
    course.grade()
    (course.submissions / BEN).unlink()
    (course.submissions / BEN).parent.rmdir()
    course.put("Ada Lovelace_501_assignsubmission_file_/splitting.py", b"x = 1")
    course.grade(ROSTER, exercises=(EX02,))
    points = {(result.student, result.exercise): result.score for result in read_class(course.out).results}
    assert points == {
        ("s1", EX01.name): 100, ("s2", EX01.name): 100, ("s1", EX02.name): 100, ("s2", EX02.name): 0,
    }  # fmt: skip


def test_a_run_without_the_roster_uses_the_last_one(course: Course):
    course.put(ADA)
    course.grade(ROSTER)
    news = course.grade()
    assert "the last roster is used, of 2 students (--roster FILE replaces it)" in news
    assert course.scores() == {"s1": 100, "s2": 0}


def test_who_left_the_class_stays_in_the_results_and_nowhere_else(course: Course):
    course.put(ADA)
    course.put(BEN)
    course.grade(ROSTER)
    (course.submissions / BEN).unlink()
    (course.submissions / BEN).parent.rmdir()
    news = course.grade("id,name,lms_id\ns1,A. Lovelace,501\n")
    assert "no longer in the class, left out of reports and exports: s2" in news
    assert course.scores() == {"s1": 100}
    assert read_class(course.out).departed == ["s2"]
    assert {result.student for result in read_results(course.out)} == {"s1", "s2"}
    course.grade(ROSTER)
    assert course.scores() == {"s1": 100, "s2": 100}, "and may come back, with what was handed in"


def test_a_stranger_is_in_the_class(course: Course):
    course.put(ADA)
    course.put("Eve Doe/metrics.py")
    for _ in range(2):
        news = course.grade(ROSTER)
        assert "not on the roster, graded under their own names: Eve Doe" in news
        assert course.scores() == {"Eve Doe": 100, "s1": 100, "s2": 0}
    assert read_class(course.out).departed == []


def test_the_results_of_a_namesake_never_move_to_somebody_else(course: Course):
    course.put("Ada Lovelace_100_assignsubmission_file_/splitting.py", b"x = 1")
    course.put("Ada Lovelace_107_assignsubmission_file_/metrics.py")
    course.grade(exercises=(EX01, EX02))
    course.grade("id,name,lms_id\nu100,Ada Lovelace,100\n", exercises=(EX01, EX02))
    points = {(result.student, result.exercise): result.score for result in read_class(course.out).results}
    assert points == {
        ("u100", EX01.name): 0, ("u100", EX02.name): 100, ("Ada Lovelace (107)", EX01.name): 100,
        ("Ada Lovelace (107)", EX02.name): 0,
    }  # fmt: skip


def test_results_of_an_earlier_version_have_everybody_in_the_class(course: Course):
    with open_for_writing(course.out) as store:
        store.put(Result(student="Ada", exercise=EX01.name, scores=[]), None)
    assert [result.student for result in read_class(course.out).results] == ["Ada"]
    assert read_class(course.out).departed == []


def test_a_record_of_an_earlier_version_is_read():
    old = (
        '{"student": "Ada", "exercise": "ex01_metrics", "scores": [{"task": "accuracy", "score": 0.0, "max_score": 10, '
    )
    old += '"status": "missing", "reason": "the archive ada.zip is damaged"}]}'
    result = from_json(old)
    assert (result.scores[0].status, result.remarks) == (Status.MISSING, [])


def test_every_file_is_in_received_csv_with_what_was_made_of_it(course: Course):
    course.put("ada/metrics.py")
    course.put("ada/=notes.pdf")
    course.put("ben/metrics (1).py")
    course.put("eve/work.rar", b"")
    course.put("zoe/README.md", b"")
    course.put("metrics.py")
    course.put("kim.7z", b"")
    (course.submissions / "joe").symlink_to(course.submissions / "ada")
    news = course.grade()
    rows = course.received()
    assert rows[0] == ["student", "file", "exercise", "outcome", "reason"]
    assert [(student, file, outcome) for student, file, _, outcome, _ in rows[1:]] == [
        ("", "metrics.py", "not understood"),
        ("ada", "'=notes.pdf", "not understood"),
        ("eve", "work.rar", "not understood"),
        ("joe", "joe", "not understood"),
        ("kim", "kim.7z", "not understood"),
        ("ada", "metrics.py", "graded"),
        ("ben", "metrics (1).py", "graded"),
    ]
    assert any(line.startswith("received, but not understood: nobody: metrics.py; ada: =notes.pdf;") for line in news)
    assert "graded although the file has another name than the exercise's: 1 (see received.csv)" in news
    status = {result.student: result.scores[0].status for result in read_class(course.out).results}
    assert status == {
        "ada": Status.PASSED, "ben": Status.PASSED, "eve": Status.UNREADABLE, "joe": Status.UNREADABLE,
        "kim": Status.UNREADABLE, "zoe": Status.MISSING,
    }  # fmt: skip


def test_the_account_is_of_the_last_look_at_each_exercise(course: Course):
    course.put("ada/metrics.pdf")
    course.put("ada/splitting.pdf")
    course.put("ben/metrics.pdf")
    course.grade()
    course.grade(exercises=(EX02,), only=("ada",))
    (course.submissions / "ada" / "metrics.pdf").unlink()
    course.put("ada/metrics.py")
    course.grade(only=("ada",))
    assert [row[:4] for row in course.received()[1:]] == [
        ["ada", "splitting.pdf", "ex02_data_splitting", "not understood"],
        ["ben", "metrics.pdf", "ex01_metrics", "not understood"],
        ["ada", "metrics.py", "ex01_metrics", "graded"],
    ]


def test_a_remark_is_in_the_result_and_brought_up_to_date_without_grading(course: Course, graded: list[str]):
    course.put("ada/metrics (1).py")
    course.put("ben/metrics.py")
    course.grade()
    remarks = {result.student: result.remarks for result in read_results(course.out)}
    assert remarks == {"ada": ["taken from: metrics (1).py"], "ben": []}, "equal files, remarks of their own"
    assert graded == ["ada"]
    (course.submissions / "ada" / "metrics (1).py").rename(course.submissions / "ada" / "metrics.py")
    course.grade()
    assert [result.remarks for result in read_results(course.out)] == [[], []]
    assert graded == ["ada"]


def test_strict_grades_none_of_several_that_differ(course: Course):
    course.put("ada/metrics.py", MINE, DAY)
    course.put("ada/metrics (1).py", MINE + b"# more\n", 2 * DAY)
    course.grade()
    assert course.scores() == {"ada": 100}
    course.grade(strict=True)
    [result] = read_results(course.out)
    assert {score.status for score in result.scores} == {Status.UNREADABLE}
    assert "not clear which file is meant" in result.scores[0].reason


def test_until_grades_the_state_at_a_time_also_of_what_an_earlier_run_has_seen(course: Course):
    course.put("ada/metrics.py", MINE, DAY)
    course.put("ben/metrics.py", MINE, 2 * DAY)
    course.grade(until=DAY + 1)
    assert course.scores() == {"ada": 100, "ben": 0}
    course.grade()
    assert course.scores() == {"ada": 100, "ben": 100}
    course.grade(until=DAY + 1)
    assert course.scores() == {"ada": 100, "ben": 0}


def test_a_group_of_gradescope_has_one_result_each(course: Course, graded: list[str]):
    people = "  - :name: Ada\n    :sid: '1'\n  - :name:\n    :sid: '2'\n    :email: ben@example.org\n"
    course.put("submission_metadata.yml", f"submission_41:\n  :submitters:\n{people}".encode())
    course.put("submission_41/metrics.py")
    course.grade("id,name,lms_id\ns1,Ada,1\ns2,Ben,2\n")
    assert course.scores() == {"s1": 100, "s2": 100}
    assert graded == ["s1"], "it is one file"


def test_the_table_tells_what_is_missing_from_what_is_not_readable(course: Course):
    course.put("ada/README.md", b"")
    course.put("ben/work.rar", b"")
    course.grade()
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(grades_table(read_results(course.out)))
    rows = [line.split() for line in console.export_text().splitlines()]
    assert ["ada", "-", "0"] in rows
    assert ["ben", "?", "0"] in rows


def test_a_lane_says_whether_nothing_came_or_nothing_could_be_read():
    job = Job(student="ada", exercise=EX01, source=None, course_key=b"")
    lane = Lane("none")
    try:
        for note, status, reason in (
            ("", Status.MISSING, "not submitted"),
            ("a.rar: a RAR archive", Status.UNREADABLE, "a.rar: a RAR archive"),
        ):
            result = lane.grade(replace(job, note=note))
            assert {(score.status, score.reason, score.score) for score in result.scores} == {(status, reason, 0)}
    finally:
        lane.close()

"""The history of points: every change keeps what it was, when and why, also through renames and failures."""

from __future__ import annotations

import csv
import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from grader.class_run.history import change_between, history_csv
from grader.class_run.store import DATABASE, open_for_writing, read_changes
from grader.class_run.terminal import changes_table
from grader.grading.result import Result
from grader.kit.exercise import find_exercise
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

SOLUTION = find_exercise("ex01").solution.read_bytes()
WRONG = SOLUTION.replace(b"np.mean(y_true == y_pred)", b"0.5")


def result(add: float = 60.0, more: float = 40.0, **facts) -> Result:
    scores = [TaskScore("add", add, 60, Status.PASSED, ""), TaskScore("more", more, 40, Status.PASSED, "")]
    made = Result(student="ada", exercise="ex01_sums", scores=scores, content_hash="a", source_hash="f", profile="cpu")
    return replace(made, **facts)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (result(add=0, source_hash="g"), "another file"),
        (result(add=0, source_hash=""), "no file that can be graded any more"),
        (result(add=0, content_hash="b"), "the kit, its tests or thresholds changed"),
        (result(add=0), "graded again, nothing else changed"),
        (result(add=0, versions={"numpy": "2"}), "other versions of numpy"),
        (result(add=0, profile="gpu"), "the profile gpu, was cpu"),
        (result(add=0, note="no memory"), "the grader failed: no memory"),
        (result(add=0, source_hash="g", versions={"numpy": "2"}), "another file; other versions of numpy"),
    ],
)
def test_a_change_says_what_is_different(new: Result, why: str):
    change = change_between(result(), new, 0.0)
    assert change is not None
    assert (change.was, change.now, change.why, change.tasks) == (100, 40, why, "add 60 -> 0")


def test_points_that_move_between_tasks_are_a_change_and_equal_ones_are_none():
    assert change_between(result(), result(content_hash="b"), 0.0) is None
    moved = change_between(result(add=20), result(add=60, more=0), 0.0)
    assert moved is not None
    assert (moved.was, moved.now, moved.tasks) == (60, 60, "add 20 -> 60, more 40 -> 0")


def test_every_change_is_kept_in_order_and_follows_a_new_name(tmp_path: Path):
    with open_for_writing(tmp_path) as store:
        for points in (0, 30, 60):
            store.put(result(add=points, content_hash=str(points)), b"")
        store.put(result(add=1, student="ben"), b"")
        store.rename("ada", "u1")
    changes = [(change.student, change.was, change.now) for change in read_changes(tmp_path)]
    assert changes == [("u1", None, 40), ("u1", 40, 70), ("u1", 70, 100), ("ben", None, 41)]
    assert read_changes(tmp_path, since=2e10) == []


def test_a_record_that_cannot_be_read_stops_no_result(tmp_path: Path):
    with open_for_writing(tmp_path) as store:
        store.put(result(), b"")
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("UPDATE results SET record = '{'")
    with open_for_writing(tmp_path) as store:
        store.put(result(add=0), b"")
    assert [change.now for change in read_changes(tmp_path)] == [100, 40]


def test_results_of_an_earlier_version_get_a_history_from_their_next_change_on(tmp_path: Path):
    with open_for_writing(tmp_path) as store:
        store.put(result(), b"")
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        connection.execute("DROP TABLE history")
    with open_for_writing(tmp_path) as store:
        store.put(result(add=0, content_hash="b"), b"")
    assert [(change.was, change.now) for change in read_changes(tmp_path)] == [(100, 40)]


def test_the_table_has_who_changed_and_the_largest_loss_first():
    firsts = [change_between(None, result(), 0.0)]
    lost = [change_between(result(), result(add=30 * n, student=f"s{n}", source_hash="g"), 0.0) for n in (2, 1, 0)]
    table = changes_table([change for change in firsts + lost if change is not None])
    assert table is not None
    console = Console(width=120)
    with console.capture() as captured:
        console.print(table)
    rows = [line.split()[:5] for line in captured.get().splitlines() if " ex01 " in line]
    assert rows == [["s0", "ex01", "100", "40", "-60"], ["s1", "ex01", "100", "70", "-30"]]
    assert changes_table([change for change in firsts if change is not None]) is None


def test_no_cell_of_the_file_is_a_formula():
    change = change_between(None, result(student="=1+1"), 0.0)
    assert change is not None
    assert b"'=1+1" in history_csv([change])


def test_a_regrade_tells_who_changed_and_the_history_tells_all(tmp_path: Path, grader):
    file = tmp_path / "class" / "ada" / "metrics.py"
    file.parent.mkdir(parents=True)
    out = tmp_path / "results"
    grade = ("grade", tmp_path / "class", "--out", out, "--exercise", "ex01")
    file.write_bytes(SOLUTION)
    first = grader(*grade)
    assert first.returncode == 0, first.stderr
    assert "Changed" not in first.stdout
    file.write_bytes(WRONG)
    second = grader(*grade)
    assert "Changed" in second.stdout
    assert "another file" in second.stdout
    why = "right in the talk about it"
    assert grader("decide", out, "ada", "-e", "ex01", "--points", "90", "--who", "Grace", "--why", why).returncode == 0
    told = grader("history", out, "ada").stdout.splitlines()
    assert [line.partition("  ")[2].split(":")[0] for line in told] == ["ex01_metrics", "ex01_metrics", "by hand"]
    assert "100 of 100, first graded" in told[0]
    assert "100 -> " in told[1]
    assert f"Grace: {why}" in told[2]
    rows = list(csv.DictReader((out / "history.csv").read_text("utf-8").splitlines()))
    assert [row["was"] for row in rows] == ["", "100"]
    assert grader("history", out, "bob").stderr.startswith("error: there are no results of 'bob'")


def test_an_equal_file_keeps_its_time_and_another_one_has_its_own(tmp_path: Path, grader):
    file = tmp_path / "class" / "ada" / "metrics.py"
    file.parent.mkdir(parents=True)
    out = tmp_path / "results"

    def time_after(source: bytes, modified: float) -> float:
        file.write_bytes(source)
        os.utime(file, (modified, modified))
        done = grader("grade", tmp_path / "class", "--out", out, "--exercise", "ex01")
        assert done.returncode == 0, done.stderr
        with open_for_writing(out) as store:
            return store.times()["ada", "ex01_metrics"]

    monday = 1_700_000_000.0
    assert time_after(SOLUTION, monday) == monday
    assert time_after(SOLUTION, monday + 90_000) == monday  # downloaded once more
    assert time_after(SOLUTION, monday - 50) == monday - 50  # from where the true time is known
    assert time_after(WRONG, monday + 90_000) == monday + 90_000
    assert time_after(SOLUTION, monday + 180_000) == monday + 180_000  # handed in again, in place of another

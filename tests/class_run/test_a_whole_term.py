"""A term from the first week to the last, as an instructor runs it: real files, real commands, grades by hand.

Five students, four exercises, three systems that hand-ins come from. What is not said below is perfect:

- week 1, ex01, Moodle: u2 has not done `cross_entropy` (20 of 100 points) and is a day late; u3 is two days late; u4
  is three days late and has an extension; a hidden test is wrong, and takes points from everybody.
- week 2, ex02, Canvas: u1 and u2 are a group, and u1 hands in; u4 hands in the stub.
- week 3, ex04, Gradescope: u2 hands in nothing and gets 10 points by hand; u3 and u4 have one name; u4 has not done
  `train` (25 points). The hidden test is mended, and ex01 is graded again. A task of ex02 is voided for all.
- week 4, ex05, folders: extra credit for u1, who has not done `prelu` (10 points). u5 leaves.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from grader.kit.exercise import KIT, find_exercise

EXERCISES = ("ex01_metrics", "ex02_data_splitting", "ex04_perceptron", "ex05_activations")
COURSE = """\
title = "A term"
roster = "roster.csv"
groups = "groups.csv"
drop_lowest = 1

[late]
free_days = 1
penalty = 0.2
last_day = 7

[exercises.ex01]
due = 2026-09-06T12:00:00

[exercises.ex02]
weight = 2
due = 2026-09-13T12:00:00

[exercises.ex04]
due = 2026-09-20T12:00:00

[exercises.ex05]
weight = 0.5
extra_credit = true
due = 2026-09-27T12:00:00
"""
ROSTER = """\
id,name,email,lms_id
u1,Ada Lovelace,ada@example.org,1001
u2,Ben Ng,ben@example.org,1002
u3,Chen Wei,chen3@example.org,1003
u4,Chen Wei,chen4@example.org,1004
u5,Eve Marsh,eve@example.org,1005
"""
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,ex01 Metrics (1),ex02 Data splitting (2),ex04 Perceptron (3)
Points Possible,,,,,100,100,100
"Lovelace, Ada",1001,u1,ada,A,,,
"Ng, Ben",1002,u2,ben,A,,,
"Wei, Chen",1003,u3,chen3,A,,,
"Wei, Chen",1004,u4,chen4,A,,,
"Marsh, Eve",1005,u5,eve,A,,,
"""
WRONG_TEST = """
import pytest


@pytest.mark.task("accuracy", weight=3)
def test_the_grader_is_wrong(student):
    \"\"\"An accuracy of half is one\"\"\"
    assert student.accuracy([0, 1], [0, 0]) == 1
"""
# Of the ordinary exercises the lowest share is dropped; ex02 counts twice; half of ex05 is added on top.
GRADES = {
    "u1": 100 * (1 + 2 + 0.5 * 0.9) / 3,  # 100, 100, 100: of equals one of the lightest is dropped; 90 in ex05
    "u2": 100 * (0.8 + 2) / 3,  # 80 (the day is free), 100 with the group, 10 by hand, which is dropped
    "u3": 100 * (2 + 1) / 3,  # 80 (two days late, one of them free), 100, 100
    "u4": 100 * (1 + 0.75) / 2,  # 100 with the extension, 0, 75
}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kit, one of whose hidden tests is wrong."""
    root = tmp_path_factory.mktemp("kit")
    shutil.copytree(KIT / "grader", root / "grader", ignore=shutil.ignore_patterns("__pycache__", "measured.toml"))
    for folder in ("exercises", "solutions"):
        for name in EXERCISES:
            shutil.copytree(KIT / folder / name, root / folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(KIT / "pyproject.toml", root)
    (root / "datasets").symlink_to(KIT / "datasets")
    (root / "grader" / "hidden" / "ex01_metrics" / "test_wrong.py").write_text(WRONG_TEST, encoding="utf-8")
    return root


class Term:
    """The instructor's folder, and the kit that they work with."""

    def __init__(self, kit: Path, place: Path) -> None:
        self.kit, self.place = kit, place
        for name, text in (
            ("course.toml", COURSE),
            ("roster.csv", ROSTER),
            ("groups.csv", "group,student,exercises\nTeam 1,u1,ex02\nTeam 1,u2,ex02\n"),
            ("gradebook.csv", GRADEBOOK),
        ):
            (place / name).write_text(text, encoding="utf-8")

    def run(self, *words: object) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "grader", *map(str, words)],
            cwd=self.place, env=os.environ | {"PYTHONPATH": str(self.kit), "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def grade(self, week: Path, number: str) -> str:
        return self.run("grade", week, "--out", "results", "--exercise", number, "--workers", 1)

    def export(self, number: str) -> str:
        return self.run(
            "export", "results", "--to", "canvas", "--into", "gradebook.csv", "--out", "gradebook.csv",
            "--exercise", number, "--roster", "roster.csv",
        )  # fmt: skip

    def cells(self, column: int) -> dict[str, str]:
        rows = csv.reader(io.StringIO((self.place / "gradebook.csv").read_text(encoding="utf-8")))
        return {row[2]: row[column] for row in rows if row[2].startswith("u")}

    def write_cell(self, old: str, new: str) -> None:
        path = self.place / "gradebook.csv"
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")


def work(number: str, *to_do: str) -> bytes:
    """The solution, with some functions still to do."""
    source = find_exercise(number).solution.read_text(encoding="utf-8")
    return (source + "".join(f"\n\ndef {task}(*args):\n    raise NotImplementedError\n" for task in to_do)).encode()


def zipped(path: Path, files: dict[str, tuple[bytes, str]]) -> Path:
    """An archive as a system exports it; the time of each file is when it was handed in."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, (content, when) in files.items():
            archive.writestr(zipfile.ZipInfo(name, datetime.fromisoformat(when).timetuple()[:6]), content)
    return path


def first_week(term: Term) -> None:
    moodle = "{}_{}_assignsubmission_file_/metrics.py"
    term.grade(
        zipped(
            term.place / "moodle.zip",
            {
                moodle.format("Ada Lovelace", 1001): (work("ex01"), "2026-09-05 20:00"),
                moodle.format("Ben Ng", 1002): (work("ex01", "cross_entropy"), "2026-09-07 09:00"),
                moodle.format("Chen Wei", 1003): (work("ex01"), "2026-09-08 11:00"),
                moodle.format("Chen Wei", 1004): (work("ex01"), "2026-09-09 11:00"),
                moodle.format("Eve Marsh", 1005): (work("ex01"), "2026-09-06 11:00"),
            },
        ),
        "ex01",
    )
    term.run("decide", "results", "u4", "-e", "ex01", "--until", "2026-09-09", "--why", "ill", "--who", "Grace")
    term.export("ex01")


def second_week(term: Term) -> None:
    name = find_exercise("ex02").filename
    stub = find_exercise("ex02").stub.read_bytes()
    term.grade(
        zipped(
            term.place / "canvas.zip",
            {
                f"lovelaceada_1001_9001_{name}": (work("ex02"), "2026-09-12 10:00"),
                f"weichen_1003_9003_{name}": (work("ex02"), "2026-09-12 11:00"),
                f"weichen_1004_9004_{name}": (stub, "2026-09-12 12:00"),
                f"marsheve_1005_9005_{name}": (work("ex02"), "2026-09-12 13:00"),
            },
        ),
        "ex02",
    )
    term.export("ex02")


def third_week(term: Term) -> None:
    name = find_exercise("ex04").filename
    people = {41: ("Ada Lovelace", 1001), 42: ("Chen Wei", 1003), 43: ("Chen Wei", 1004)}
    metadata = "".join(
        f"submission_{number}:\n  :submitters:\n  - :name: {who}\n    :sid: '{sid}'\n"
        for number, (who, sid) in people.items()
    )
    term.grade(
        zipped(
            term.place / "gradescope.zip",
            {
                "submission_metadata.yml": (metadata.encode(), "2026-09-19 10:00"),
                f"submission_41/{name}": (work("ex04"), "2026-09-19 10:00"),
                f"submission_42/{name}": (work("ex04"), "2026-09-19 11:00"),
                f"submission_43/{name}": (work("ex04", "train"), "2026-09-19 12:00"),
            },
        ),
        "ex04",
    )
    term.run("decide", "results", "u2", "-e", "ex04", "--points", 10, "--why", "shown on paper", "--who", "Grace")
    task = find_exercise("ex02").tasks[0].name
    term.run("decide", "results", "*", "-e", "ex02", "--task", task, "--void", "--why", "unclear", "--who", "Grace")


def fourth_week(term: Term) -> None:
    folder = term.place / "week4" / "u1"
    folder.mkdir(parents=True)
    file = folder / find_exercise("ex05").filename
    file.write_bytes(work("ex05", "prelu"))
    when = datetime.fromisoformat("2026-09-26 10:00").timestamp()
    os.utime(file, (when, when))
    term.grade(term.place / "week4", "ex05")
    term.run("decide", "results", "u5", "--withdrawn", "--why", "left", "--who", "Grace")


def test_the_grades_of_a_term_are_those_worked_out_by_hand(kit: Path, tmp_path: Path):
    term = Term(kit, tmp_path)
    first_week(term)
    before = term.cells(5)
    assert all(float(points) < 100 for points in before.values()), "the hidden test is wrong"
    term.write_cell(f"ben,A,{before['u2']},", "ben,A,85,")  # somebody has looked at the file

    second_week(term)
    assert term.cells(6) == {"u1": "100", "u2": "100", "u3": "100", "u4": "0", "u5": "100"}

    (kit / "grader" / "hidden" / "ex01_metrics" / "test_wrong.py").unlink()
    third_week(term)
    told = term.grade(term.place / "canvas.zip", "ex01")
    assert "the kit, its tests or thresholds changed" in told, "a regrade says who has other points, and why"
    assert "the kit, its tests or thresholds changed" in term.run("history", "results", "u1")
    told = term.export("ex01") + term.export("ex04")
    assert "u2" in told, "a cell that a person has written is left, and named"
    assert term.cells(5) == {"u1": "100", "u2": "85", "u3": "80", "u4": "100", "u5": "100"}
    assert term.cells(7) == {"u1": "100", "u2": "10", "u3": "100", "u4": "75", "u5": "0"}

    fourth_week(term)
    term.run("export", "results", "--to", "wide", "--out", "wide.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "wide.csv").read_text(encoding="utf-8-sig"))))
    grades = {row["student"]: float(row["grade"]) for row in rows}
    assert grades == pytest.approx(GRADES, abs=0.006)
    assert "Eve" not in (tmp_path / "wide.csv").read_text(encoding="utf-8-sig"), "who has left is in no table"

    term.run("feedback", "results", "--out", "pages")
    pages = {path.name[:2]: path.read_text(encoding="utf-8") for path in (tmp_path / "pages").glob("u*.html")}
    assert set(pages) == set(GRADES)
    for said in ("by hand: 10 of 100", "shown on paper", "1 day late, 1 of them free", "Team 1"):
        assert said in pages["u2"]

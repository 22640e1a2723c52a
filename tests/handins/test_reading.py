"""Reading a class: what one student handed in, whatever it is, costs that student at most."""

from __future__ import annotations

import faulthandler
import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.handins import reading
from grader.handins.choosing import Selection
from grader.handins.find import find_students
from grader.handins.hand_ins import HandIn, Submitter, Work
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, find_exercise
from grader.wall import landlock

EX01 = find_exercise("ex01")
SOURCE = b"print('mine')\n"
NAMES = ("ada", "ben", "zoe")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A class of three; it is Ben who handed in something strange."""
    for name in NAMES:
        (tmp_path / "class" / name / "ex01_metrics").mkdir(parents=True)
        (tmp_path / "class" / name / "ex01_metrics" / "metrics.py").write_bytes(SOURCE)
    return tmp_path / "class"


def read(place: Path) -> dict[str, HandIn]:
    found = reading.read_class(find_students(place), [EX01], place)
    return {name: own.hand_ins["ex01_metrics"] for name, own in found.items()}


def at_bens(monkeypatch: pytest.MonkeyPatch, strange: Callable[[], HandIn | None]) -> None:
    """Have the reader come upon `strange` when it reads what Ben handed in."""
    plain = reading.look_through

    def look(student: Submitter, exercises: list[Exercise], selection: Selection) -> Work:
        work = plain(student, exercises, selection)
        return Work(work.hand_ins | {"ex01_metrics": strange()}, []) if student.name == "ben" else work

    monkeypatch.setattr(reading, "look_through", look)


def compute() -> None:
    while True:
        pass


def compute_undisturbed() -> None:
    """Like a loop in a library, which no exception of Python's gets into."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPROF])
    compute()


def end_by(number: int) -> Callable[[], None]:
    def end() -> None:
        faulthandler.disable()  # pytest's, which would write a page
        os.kill(os.getpid(), number)

    return end


def fail() -> None:
    raise ZeroDivisionError


STRANGE: dict[str, tuple[Callable[[], None], str]] = {
    "it computes without end": (compute, "it needs more than 10 s"),
    "it computes and cannot be interrupted": (compute_undisturbed, "it needs more than 10 s"),
    "it does not answer": (lambda: time.sleep(60), "it takes more than 1 s"),
    "it crashes": (end_by(signal.SIGSEGV), "reading it crashed (SIGSEGV)"),
    "it gives up": (end_by(signal.SIGABRT), "reading it crashed (SIGABRT)"),
    "it ends the process": (lambda: os._exit(3), "reading it failed"),
    "it fails": (fail, "reading it failed (ZeroDivisionError)"),
    "it is killed again and again": (end_by(signal.SIGKILL), "the process that read it was killed (out of memory?)"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_ends_a_reader_is_one_students_reason(place: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    strange, reason = STRANGE[name]
    monkeypatch.setattr(reading, "READING_CPU_SECONDS", 0.2)
    monkeypatch.setattr(reading, "READING_GRACE_SECONDS", 1)
    if "answer" in name:
        monkeypatch.setattr(reading, "READING_WALL_SECONDS", 1.0)
    at_bens(monkeypatch, strange)
    ours = "fail" in reason or "killed" in reason
    ben = HandIn(None, f"the hand-in could not be read: {reason}", failed=ours)
    assert read(place) == {"ada": HandIn(SOURCE), "ben": ben, "zoe": HandIn(SOURCE)}
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # no process is left


def test_a_reader_that_was_killed_once_costs_nobody_anything(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    mark = tmp_path / "killed once"

    def strange() -> HandIn:
        if not mark.exists():
            mark.touch()
            end_by(signal.SIGKILL)()
        return HandIn(SOURCE)

    monkeypatch.setattr(reading, "_confine", lambda place: None)  # nothing may be written otherwise
    at_bens(monkeypatch, strange)
    assert read(place) == {name: HandIn(SOURCE) for name in NAMES}
    assert mark.exists()


def test_a_notebook_that_fills_the_memory_is_its_students_reason(place: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "READING_MEMORY", 2**27)
    own = place / "ben" / "ex01_metrics" / "metrics.py"
    own.unlink()
    own.with_suffix(".ipynb").write_text(json.dumps({"cells": []})[:-2] + "[]," * 10_000_000 + "[]]}")
    found = read(place)
    assert found.pop("ben") == HandIn(None, "the hand-in could not be read: it needs more than 1024 MB of memory")
    assert found == {"ada": HandIn(SOURCE), "zoe": HandIn(SOURCE)}


def test_a_reader_that_has_grown_is_replaced(place: Path, monkeypatch: pytest.MonkeyPatch):
    """What is left of one student's files in memory must not count for the next."""
    kept: list[bytes] = []

    def look(student: Submitter, exercises: list[Exercise], selection: Selection) -> Work:
        if student.name == "ben":
            kept.append(b"x" * 2 * reading.MAX_GROWTH)
        return Work({"ex01_metrics": HandIn(b"%d" % os.getpid())}, [])

    monkeypatch.setattr(reading, "look_through", look)
    readers = read(place)
    assert readers["ada"] == readers["ben"] != readers["zoe"]


def test_a_reader_that_cannot_be_confined_is_an_error_and_nobodys_reason(place: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(place: Path) -> None:
        raise OSError("no such limit")

    monkeypatch.setattr(reading, "_confine", refuse)
    with pytest.raises(GraderError, match="cannot be started: OSError: no such limit"):
        read(place)


def test_the_files_are_read_in_another_process(place: Path, monkeypatch: pytest.MonkeyPatch):
    at_bens(monkeypatch, lambda: HandIn(b"%d" % os.getpid()))
    assert int(read(place)["ben"].source) != os.getpid()


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_a_reader_reads_the_submissions_and_nothing_else(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    secret = tmp_path / "course.key"
    secret.write_bytes(b"secret")

    def strange() -> HandIn:
        try:
            return HandIn(secret.read_bytes())
        except OSError as error:
            return HandIn(None, str(error.strerror))

    at_bens(monkeypatch, strange)
    assert read(place)["ben"] == HandIn(None, "Permission denied")
    (tmp_path / "class" / "ben" / "note").write_bytes(b"x")
    at_bens(monkeypatch, lambda: HandIn(b"%d" % len(os.listdir(place / "ben"))))
    assert read(place)["ben"] == HandIn(b"2")
    at_bens(monkeypatch, lambda: HandIn(b"%d" % os.open(place / "ben" / "written", os.O_CREAT | os.O_WRONLY)))
    assert "PermissionError" in read(place)["ben"].note


def test_a_class_in_a_zip_file_is_read_the_same_way(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    archive = Path(shutil.make_archive(str(tmp_path / "class"), "zip", place))
    at_bens(monkeypatch, end_by(signal.SIGSEGV))
    found = read(archive)
    assert found["ada"] == found["zoe"] == HandIn(SOURCE)
    assert "reading it crashed" in found["ben"].note

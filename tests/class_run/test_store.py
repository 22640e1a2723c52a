"""The results folder keeps what was finished, lets one run write at a time, and says clearly when it cannot."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.class_run.store import DATABASE, FORMAT, KEY, open_for_writing, read_results
from grader.grading import result as records
from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

ADA = Result(
    student="Ada",
    exercise="ex01_sums",
    scores=[TaskScore("add", 60.0, 60, Status.PASSED, "")],
    tests=[records.TestResult("test_sums.py::test_add", "add", Status.PASSED, "")],
    note="",
    sandbox="landlock",
    profile="cpu",
    device="cpu",
    backend="",
    versions={"numpy": "2.0"},
    wall_seconds=1.25,
    student_cpu_seconds=0.5,
    content_hash="first",
)
ZOE = replace(ADA, student="Zoë =1+1 '; DROP TABLE results; --")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "new" / "results"


def fill(folder: Path, *results: Result) -> None:
    with open_for_writing(folder) as store:
        for result in results:
            store.put(result, b"source of " + result.student.encode())


def test_what_was_put_is_read_back_by_student_and_exercise(folder):
    second = replace(ADA, exercise="ex02_more")
    fill(folder, ZOE, second, ADA)
    assert read_results(folder) == [ADA, second, ZOE]


def test_the_hashes_tell_a_later_run_what_is_done(folder):
    fill(folder, ADA, replace(ZOE, content_hash="other"))
    with open_for_writing(folder) as store:
        assert store.hashes() == {("Ada", "ex01_sums"): "first", (ZOE.student, "ex01_sums"): "other"}


def test_when_a_file_was_handed_in_is_kept_beside_its_result_and_brought_up_to_date(folder):
    with open_for_writing(folder) as store:
        store.put_times({("Ada", "ex01_sums"): 1000.5, (ZOE.student, "ex01_sums"): 2000.0})
        store.put_times({("Ada", "ex01_sums"): 3000.0})
        assert store.times() == {("Ada", "ex01_sums"): 3000.0, (ZOE.student, "ex01_sums"): 2000.0}


def test_a_result_that_cannot_be_stored_costs_itself_only(folder):
    """Half a character of UTF-16, as a library may quote it from a student's file, is no text that can be kept"""
    poisoned = [records.TestResult("test_sums.py::test_add", "add", Status.FAILED, "ValueError: \ud800")]
    fill(folder, ADA, replace(ZOE, tests=poisoned), replace(ADA, student="Ben"))
    ada, ben, zoe = read_results(folder)
    assert (ada, ben) == (ADA, replace(ADA, student="Ben"))
    assert "cannot be stored" in zoe.note
    assert [(score.score, score.status) for score in zoe.scores] == [(0.0, Status.ERROR)]
    with open_for_writing(folder) as store:
        assert store.hashes()[ZOE.student, "ex01_sums"] == ""


def test_nobody_else_on_the_machine_can_read_the_results(folder):
    before = os.umask(0)
    try:
        fill(folder, ADA)
    finally:
        os.umask(before)
    assert {path.name: path.stat().st_mode & 0o077 for path in [folder, *folder.iterdir()]} == {
        "results": 0, KEY: 0, DATABASE: 0,
    }  # fmt: skip


def test_results_of_an_earlier_version_are_closed_to_others(folder):
    fill(folder, ADA)
    folder.chmod(0o755)
    (folder / DATABASE).chmod(0o644)
    fill(folder)
    assert (folder / DATABASE).stat().st_mode & 0o077 == 0
    assert read_results(folder) == [ADA]


def test_a_new_store_is_empty(folder):
    with open_for_writing(folder) as store:
        assert store.hashes() == {}
        assert store.results() == []


def test_a_regrade_replaces_the_record(folder):
    better = replace(ADA, scores=[TaskScore("add", 30.0, 60, Status.PASSED, "")], content_hash="second")
    fill(folder, ADA)
    fill(folder, better)
    assert read_results(folder) == [better]


def test_every_record_is_safe_as_soon_as_it_was_put(folder):
    """A reader sees it while the run goes on, and a run that is killed right after loses nothing."""
    with open_for_writing(folder) as store:
        store.put(ADA, None)
        assert read_results(folder) == [ADA]
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from dataclasses import replace\n"
        "from grader.class_run.store import open_for_writing\n"
        "with open_for_writing(Path(sys.argv[1])) as store:\n"
        "    store.put(replace(store.results()[0], student='Ben'), None)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], timeout=60, check=False)
    assert [result.student for result in read_results(folder)] == ["Ada", "Ben"]
    fill(folder, ZOE)
    assert len(read_results(folder)) == 3


def test_an_exception_in_a_run_keeps_what_was_put_and_lets_the_next_run_in(folder):
    def run() -> None:
        with open_for_writing(folder) as store:
            store.put(ADA, None)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run()
    fill(folder, ZOE)
    assert read_results(folder) == [ADA, ZOE]


def test_a_second_run_is_refused_while_the_first_writes(folder):
    with open_for_writing(folder) as store:
        store.put(ADA, None)
        with pytest.raises(GraderError, match="another run is writing to"), open_for_writing(folder):
            pass
    fill(folder, ZOE)
    assert len(read_results(folder)) == 2


def test_the_key_of_the_course_is_made_once_and_for_its_owner_only(folder):
    old = os.umask(0)
    try:
        with open_for_writing(folder) as store:
            key = store.course_key
    finally:
        os.umask(old)
    assert len(key) >= 32
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600
    with open_for_writing(folder) as store:
        assert store.course_key == key
    assert (folder / KEY).read_bytes() == key


def test_every_results_folder_has_a_key_of_its_own(tmp_path):
    with open_for_writing(tmp_path / "a") as first, open_for_writing(tmp_path / "b") as second:
        assert first.course_key != second.course_key


def test_a_key_that_was_brought_along_is_used(folder):
    """The same key makes the same inputs on another machine."""
    folder.mkdir(parents=True)
    (folder / KEY).write_bytes(b"the key of last year")
    with open_for_writing(folder) as store:
        assert store.course_key == b"the key of last year"


def test_a_store_of_another_version_is_refused_and_left_alone(folder):
    fill(folder, ADA)
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    before = (folder / DATABASE).read_bytes()
    for use in (lambda: read_results(folder), lambda: fill(folder, ZOE)):
        with pytest.raises(GraderError, match=rf"another version of the kit \(format {FORMAT + 1}, here {FORMAT}\)"):
            use()
    assert (folder / DATABASE).read_bytes() == before


def everything(path: Path) -> None:
    path.write_bytes(b"this is no database, " * 1000)


def all_but_the_head(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))


def the_end_is_missing(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def pages_in_the_middle(path: Path) -> None:
    """As a disk does it: what was there at the beginning and at the end still is."""
    content = path.read_bytes()
    assert len(content) > 4096 * 12
    path.write_bytes(content[:8192] + b"\xff" * (len(content) - 12_288) + content[-4096:])


@pytest.mark.parametrize(
    "damage",
    [everything, all_but_the_head, the_end_is_missing, pages_in_the_middle],
    ids=lambda f: f.__name__,
)
@pytest.mark.parametrize("use", ["read", "resume"])
def test_a_database_that_is_damaged_is_one_clear_error(folder, damage, use):
    fill(folder, *(replace(ADA, student=f"student {number}", note="x" * 3000) for number in range(24)))
    damage(folder / DATABASE)

    def resume() -> None:
        with open_for_writing(folder) as store:
            store.hashes()

    with pytest.raises(GraderError, match=DATABASE) as error:
        resume() if use == "resume" else read_results(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("record", ["", "{", "[]", "{}", '{"student": "Ada", "scores": [], "tests": []}'])
def test_a_record_that_cannot_be_understood_is_one_clear_error(folder, record):
    fill(folder, ADA)
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute("UPDATE results SET record = ?", (record,))
    connection.close()
    with pytest.raises(GraderError, match=DATABASE):
        read_results(folder)


def test_a_folder_without_results_is_an_error_that_says_how_to_make_them(tmp_path):
    with pytest.raises(GraderError, match="make them with 'grader grade"):
        read_results(tmp_path)
    assert list(tmp_path.iterdir()) == [], "reading makes nothing"


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "results"):
        with pytest.raises(GraderError, match="cannot write to"), open_for_writing(place):
            pass


def test_a_database_that_is_a_folder_is_a_clear_error(folder):
    (folder / DATABASE).mkdir(parents=True)
    with pytest.raises(GraderError, match=DATABASE), open_for_writing(folder):
        pass

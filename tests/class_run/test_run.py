"""What an instructor can ask of a run: equal files once, one student, a roster, a date, a cluster, a second look."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from support.machine import descendants

from grader.class_run import run as batch
from grader.class_run.store import open_for_writing, read_results
from grader.class_run.verify import recorded_results, verify
from grader.grading.result import Result
from grader.handins import reading
from grader.handins.choosing import Selection
from grader.handins.hand_ins import Submitter, Work
from grader.kit.exercise import Exercise, find_exercise
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

EX01 = find_exercise("ex01")
SOLUTION = EX01.solution.read_bytes()
WRONG = SOLUTION.replace(b"np.mean(y_true == y_pred)", b"0.5")
KEY = b"the key of one course"


def hand_in(folder: Path, student: str, source: bytes) -> Path:
    path = folder / student / "ex01_metrics" / "metrics.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(source)
    return path


def decided(folder: Path) -> list[tuple]:
    """Everything of a result that an undisturbed run decides alike."""
    return [(r.student, r.exercise, r.scores, r.tests, r.note, r.content_hash) for r in read_results(folder)]


def results_folder(path: Path) -> Path:
    path.mkdir()
    (path / "course.key").write_bytes(KEY)
    return path


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight students; three of them handed in the same file."""
    folder = tmp_path_factory.mktemp("class") / "submissions"
    for name in ("ada", "ben", "zoe"):
        hand_in(folder, name, SOLUTION)
    for number in range(5):
        hand_in(folder, f"student {number}", (WRONG if number % 2 else SOLUTION) + b"# %d\n" % number)
    return folder


@pytest.fixture(scope="module")
def graded(submissions: Path, tmp_path_factory: pytest.TempPathFactory, grader) -> Path:
    out = results_folder(tmp_path_factory.mktemp("graded") / "results")
    done = grader("grade", submissions, "--out", out, "--exercise", "ex01")
    assert done.returncode == 0, done.stderr
    return out


def test_a_result_says_how_long_each_task_took(graded: Path):
    for result in read_results(graded):
        assert set(result.task_seconds) == {task.name for task in EX01.tasks}
        assert 0 < sum(result.task_seconds.values()) < result.wall_seconds


def test_equal_files_are_graded_once_and_alike(graded: Path):
    results = {result.student: result for result in read_results(graded)}
    assert len(results) == 8
    alike = [replace(results[name], student="") for name in ("ada", "ben", "zoe")]
    assert alike[0] == alike[1] == alike[2], "even the seconds: it was graded once"
    assert results["ada"].task_seconds != results["student 0"].task_seconds
    assert {name: result.score for name, result in results.items()} == {
        "ada": 100, "ben": 100, "zoe": 100, "student 0": 100, "student 1": 90, "student 2": 100, "student 3": 90,
        "student 4": 100,
    }  # fmt: skip


def test_a_copy_handed_in_later_is_not_graded_again(graded: Path, submissions: Path, tmp_path: Path, grader):
    copy, out = tmp_path / "submissions", tmp_path / "results"
    shutil.copytree(submissions, copy)
    shutil.copytree(graded, out)
    hand_in(copy, "late", SOLUTION)
    done = grader("grade", copy, "--out", out, "--exercise", "ex01")
    results = {result.student: result for result in read_results(out)}
    assert "1 of 9 files to grade" in done.stdout
    assert replace(results["late"], student="ada") == results["ada"]


def test_force_only_and_since(graded: Path, submissions: Path, tmp_path: Path, grader):
    out = tmp_path / "results"
    shutil.copytree(graded, out)
    words = ["grade", submissions, "--out", out, "--exercise", "ex01"]
    assert "0 of 8 files to grade" in grader(*words).stdout
    before = {result.student: result for result in read_results(out)}
    assert "1 of 1 files to grade" in grader(*words, "--only", "ada", "--force").stdout
    after = {result.student: result for result in read_results(out)}
    assert {name for name in before if before[name] != after[name]} == {"ada"}
    assert before["ada"].scores == after["ada"].scores
    old = time.mktime((2020, 1, 1, 0, 0, 0, 0, 0, 0))
    copy = tmp_path / "submissions"
    shutil.copytree(submissions, copy)
    for folder in copy.iterdir():
        for path in folder.rglob("*"):
            os.utime(path, (old, old))
        os.utime(folder, (old, old))
    hand_in(copy, "ben", SOLUTION + b"# new\n")
    done = grader("grade", copy, "--out", out, "--exercise", "ex01", "--since", "2021-01-01", "--force")
    assert "1 of 1 files to grade" in done.stdout
    nobody = grader(*words, "--only", "nobody")
    assert nobody.returncode == 2
    assert "there is no student 'nobody'" in nobody.stderr


def test_what_came_earlier_counts_until_another_file_comes(graded: Path, submissions: Path, tmp_path: Path, grader):
    """Week by week: a folder with the second week's files takes nothing away from the first week's"""
    out = tmp_path / "results"
    shutil.copytree(graded, out)
    week2 = tmp_path / "week2"
    (week2 / "ada" / "ex02_data_splitting").mkdir(parents=True)
    (week2 / "ada" / "ex02_data_splitting" / "data_splitting.py").write_bytes(find_exercise("ex02").stub.read_bytes())
    (week2 / "ben").mkdir()
    (week2 / "zoe" / "ex01_metrics").mkdir(parents=True)
    (week2 / "zoe" / "ex01_metrics" / "metrics.zip").write_bytes(b"damaged")
    hand_in(week2, "student 0", WRONG + b"# at last\n")
    before = {(result.student, result.exercise): result for result in read_results(out)}
    done = grader("grade", week2, "--out", out, "--exercise", "ex01", "--exercise", "ex02")
    assert done.returncode == 0, done.stderr
    assert "files of earlier runs that are not in this folder and still count: 3" in done.stdout
    after = {(result.student, result.exercise): result for result in read_results(out)}
    for name in ("ada", "ben", "zoe"):
        assert after[name, EX01.name] == before[name, EX01.name]
    assert after["student 0", EX01.name].score < before["student 0", EX01.name].score


def test_compiled_hidden_tests_and_outcomes_of_trainings_are_for_the_owner_alone(graded: Path):
    assert (graded / "bytecode").stat().st_mode & 0o077 == 0
    assert (graded / "trainings").stat().st_mode & 0o077 == 0
    assert graded.joinpath("grades.sqlite").stat().st_mode & 0o077 == 0


def test_changing_one_exercises_grader_changes_only_its_hash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from grader.class_run.already_graded import content_hash
    from grader.handins.hand_ins import HandIn

    one, other = find_exercise("ex01"), find_exercise("ex02")
    before = [content_hash(exercise, HandIn(b"x"), KEY, "cpu") for exercise in (one, other)]
    hidden = shutil.copytree(one.hidden.parent, tmp_path / "hidden")
    monkeypatch.setattr("grader.kit.exercise.HIDDEN", hidden)
    assert [content_hash(exercise, HandIn(b"x"), KEY, "cpu") for exercise in (one, other)] == before
    changed = hidden / one.name / "bad_input.py"
    changed.write_bytes(changed.read_bytes() + b"# stricter\n")
    after = [content_hash(exercise, HandIn(b"x"), KEY, "cpu") for exercise in (one, other)]
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_the_roster_decides_who_is_in_the_grades(submissions: Path, tmp_path: Path, grader):
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\ns1,Ada\ns2,Nobody Atall\n")
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("Ada_7_assignsubmission_file_/metrics.py", WRONG)
        file.writestr("Eve_8_assignsubmission_file_/metrics.py", WRONG)
    done = grader("grade", archive, "--out", tmp_path / "out", "--exercise", "ex01", "--roster", roster)
    assert done.returncode == 0, done.stderr
    assert "not on the roster, graded under their own names: Eve" in done.stdout
    results = {result.student: result for result in read_results(tmp_path / "out")}
    assert {name: result.score for name, result in results.items()} == {"s1": 90, "s2": 0, "Eve": 90}
    assert {score.status for score in results["s2"].scores} == {"missing"}


def test_a_limit_on_an_overloaded_machine_is_tried_again_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "submissions"
    for name in ("ada", "ben"):
        hand_in(folder, name, SOLUTION + name.encode().join([b"# ", b"\n"]))
    graded, news = [], []

    def execute(jobs: list, workers: int):
        for job in jobs:
            graded.append((job.student, workers))
            late = job.student == "ada" and workers > 1
            yield Result(
                student=job.student, exercise=job.exercise.name, scores=[], content_hash=job.content_hash,
                source_hash=job.source_hash, overdue=late,
            )  # fmt: skip

    monkeypatch.setattr(batch, "_executor", lambda request: _Always(execute))
    listener = batch.Listener(lambda total, due: None, lambda result: None, news.append)
    request = batch.ClassRequest(
        submissions=folder, out=tmp_path / "out", exercises=[EX01], workers=2, level="none", profile="cpu"
    )
    results = batch.grade_class(request, listener)
    assert graded == [("ada", 2), ("ben", 2), ("ada", 1)]
    assert [(result.student, result.overdue) for result in results] == [("ada", False), ("ben", False)]
    assert news == ["1 files ran into a limit on an overloaded machine: once more, alone"]


def test_what_cannot_be_read_is_broken_and_not_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Nor is it a verdict at all where it was the grader that failed."""
    folder = tmp_path / "class"
    for name in ("ada", "crash", "killed"):
        hand_in(folder, name, SOLUTION)
    (folder / "absent").mkdir()
    look = reading.look_through
    ends = {"crash": signal.SIGABRT, "killed": signal.SIGKILL}

    def dangerous(student: Submitter, exercises: list[Exercise], selection: Selection) -> Work:
        if student.name in ends:
            faulthandler.disable()  # pytest's, which would write a page
            os.kill(os.getpid(), ends[student.name])
        return look(student, exercises, selection)

    monkeypatch.setattr(reading, "look_through", dangerous)
    listener = batch.Listener(lambda total, due: None, lambda result: None, print)
    request = batch.ClassRequest(
        submissions=folder, out=tmp_path / "out", exercises=[EX01], workers=1, level="none", profile="cpu"
    )
    found = {result.student: result for result in batch.grade_class(request, listener)}
    statuses = {name: {(score.status, score.reason) for score in result.scores} for name, result in found.items()}
    assert statuses["ada"] == {("passed", "")}
    assert statuses["absent"] == {("missing", "not submitted")}
    assert statuses["crash"] == {("unreadable", "the hand-in could not be read: reading it crashed (SIGABRT)")}
    assert {name for name, result in found.items() if result.note} == {"killed"}
    assert "the process that read it was killed (out of memory?)" in found["killed"].note
    for name in ("crash", "absent"):
        recorded, _ = recorded_results(tmp_path / "out", name)
        assert not verify(tmp_path / "out", recorded, "none")[0].differences
    monkeypatch.undo()
    again = {result.student: result.score for result in batch.grade_class(request, listener)}
    assert again == {"absent": 0, "ada": 100, "crash": 100, "killed": 100}


class _Always:
    """A context that gives the same thing."""

    def __init__(self, thing: object) -> None:
        self.thing = thing

    def __enter__(self) -> object:
        return self.thing

    def __exit__(self, *error: object) -> None:
        pass


def test_a_call_over_its_time_is_known_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from grader.grading import lane as grade
    from grader.grading.job import Job
    from grader.wall import sandbox

    endless = SOLUTION + b"\ndef accuracy(y_true, y_pred):\n    while True: pass\n"
    job = Job(student="ada", exercise=EX01, source=endless, course_key=KEY, content_hash="hash")
    lane = grade.Lane(sandbox.choose(), room=tmp_path)
    try:
        monkeypatch.setattr(grade, "_overloaded", lambda: True)
        assert lane.grade(job).overdue
        assert not lane.grade(replace(job, source=WRONG)).overdue
        monkeypatch.setattr(grade, "_overloaded", lambda: False)
        assert not lane.grade(job).overdue
    finally:
        lane.close()


def test_killed_at_random_moments_a_class_comes_out_the_same(graded: Path, submissions: Path, tmp_path: Path, grader):
    """Whichever process is killed: the run, a lane, a grader child, a student's process, a sandbox."""
    draw = random.Random(20)
    out = results_folder(tmp_path / "results")
    words = [sys.executable, "-m", "grader", "grade", submissions, "--out", out, "--exercise", "ex01"]
    for _ in range(8):
        run = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + draw.uniform(0.5, 6)
        while time.monotonic() < deadline and run.poll() is None:
            time.sleep(0.01)
        family = descendants(run.pid)
        if run.poll() is None:
            victim = draw.choice([run.pid, *family])
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
            if victim != run.pid:
                time.sleep(draw.uniform(0, 1))
                run.kill()
        run.wait()
    assert grader("grade", submissions, "--out", out, "--exercise", "ex01").returncode == 0
    assert decided(out) == decided(graded)
    assert not (out / "scratch").exists()


def test_a_full_disk_is_told_and_nothing_is_lost(graded: Path, submissions: Path, tmp_path: Path, grader):
    """SQLite is given too few pages, which it reports as a full disk."""
    out = results_folder(tmp_path / "results")
    run = "import grader.class_run.store as s; c = s._connect\n"
    run += "def small(path):\n    x = c(path); x.execute('PRAGMA max_page_count = 30'); return x\n"
    run += "s._connect = small\nfrom grader.cli import main; main()"
    words = ["grade", submissions, "--out", out, "--exercise", "ex01"]
    done = subprocess.run([sys.executable, "-c", run, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "full; fix that, and the same command resumes" in done.stderr
    assert "Traceback" not in done.stderr
    kept = read_results(out)
    assert 0 < len(kept) < 8
    assert grader(*words).returncode == 0
    assert decided(out) == decided(graded)


def test_verify_says_whether_a_regrade_comes_out_the_same(graded: Path, tmp_path: Path, grader):
    same = grader("verify", graded, "student 1")
    assert same.returncode == 0, same.stderr
    assert "ex01_metrics: 90 of 100, the same (" in same.stdout
    out = tmp_path / "results"
    shutil.copytree(graded, out)
    with sqlite3.connect(out / "grades.sqlite") as database:
        [record] = database.execute("SELECT record FROM results WHERE student = 'student 1'").fetchone()
        data = json.loads(record)
        data["scores"][1]["score"] = 10.0
        changed = json.dumps(data)
        database.execute("UPDATE results SET record = ? WHERE student = 'student 1'", (changed,))
    database.close()
    forged = grader("verify", out, "student 1")
    assert forged.returncode == 2
    assert "accuracy: 10 recorded, 0 now" in forged.stdout
    assert "of 1 result of 'student 1', 1 came out differently" in forged.stderr
    nobody = grader("verify", graded, "nobody")
    assert "there are no results of 'nobody'" in nobody.stderr


def test_verify_says_when_an_exercise_is_gone_and_grades_the_others(graded: Path, tmp_path: Path, grader):
    """A result of another version of the kit, with an exercise and a task that this one has no more."""
    out = tmp_path / "results"
    shutil.copytree(graded, out)
    with open_for_writing(out) as store:
        for name in ("student 1", "nobody else"):
            store.put(replace(store.result("student 1", EX01.name), student=name, exercise="ex99_gone"), None)
        result = store.result("student 0", EX01.name)
        store.put(replace(result, scores=[*result.scores, TaskScore("old", 1.0, 1.0, Status.PASSED, "")]), None)
    some = grader("verify", out, "student 1")
    assert (some.returncode, some.stderr) == (0, "")
    assert "ex01_metrics: 90 of 100, the same (" in some.stdout
    assert "ex99_gone: not graded again, since this kit has the exercise no more\n" in some.stdout
    none = grader("verify", out, "nobody else")
    assert (none.returncode, none.stdout) == (2, "")
    assert "are of ex99_gone, which this kit has no more: put its folders back" in none.stderr
    assert len(none.stderr.splitlines()) == 1
    other = grader("verify", out, "student 0")
    assert "  old: 1 recorded, no such task now\n" in other.stdout
    assert "Traceback" not in other.stderr


COPY = SOLUTION.replace(b"y_true", b"labels").replace(b"y_pred", b"guesses").replace(b"    ", b"\t")


def test_similar_names_what_it_does_not_compare(tmp_path: Path, grader):
    for name in ("ada", "ben"):
        hand_in(tmp_path, name, SOLUTION)
        hand_in(tmp_path, f"{name}'s long one", SOLUTION * 10)
    hand_in(tmp_path, "zoe", b"x = [\n" + b" \n" * 200_000 + b"]\n" + SOLUTION)
    hand_in(tmp_path, "max", b"").unlink()
    (tmp_path / "max" / "all.zip").write_bytes(b"cut off")
    done = grader("similar", tmp_path, "--exercise", "ex01")
    assert done.returncode == 0, done.stderr
    assert "ex01_metrics  ada  ben" in done.stdout
    assert "ex01_metrics  ada  zoe" in done.stdout
    assert "share at least 60% of the code that is not the stub's: 3" in done.stdout
    for name in ("ada", "ben"):
        line = f"ex01_metrics  {name}'s long one: metrics.py takes too long to compare: more than 50 kB"
        assert f"not compared with any: {line}" in done.stdout
    assert "not compared with any: ex01_metrics  max: the archive all.zip is damaged" in done.stdout


def test_similar_lists_a_copy_with_other_names_and_not_the_untouched(tmp_path: Path, grader):

    correct = EX01.correct
    hand_in(tmp_path, "ada", SOLUTION)
    hand_in(tmp_path, "copycat", COPY)
    hand_in(tmp_path, "ben", correct[0].read_bytes())
    hand_in(tmp_path, "zoe", correct[1].read_bytes())
    for name in ("untouched", "untouched, too"):
        hand_in(tmp_path, name, EX01.stub.read_bytes())
    hand_in(tmp_path, "broken", b"def accuracy(:\n\xff\xfe")
    done = grader("similar", tmp_path, "--exercise", "ex01")
    assert done.returncode == 0, done.stderr
    assert "pairs that share at least 60% of the code that is not the stub's: 1" in done.stdout
    assert "ex01_metrics  ada  copycat" in done.stdout

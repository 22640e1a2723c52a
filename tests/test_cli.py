"""Bad input to every command is one clear line and a non-zero exit status; good input does what it says."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.class_run import machine
from grader.kit.errors import GraderError
from grader.kit.exercise import EXERCISES, SOLUTIONS, find_exercise, load_catalog
from grader.wall import sandbox


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    folder = tmp_path / "submissions"
    shutil.copytree(SOLUTIONS / "ex04_perceptron", folder / "anna" / "ex04_perceptron")
    return folder


BAD = {
    "unknown command": ("bake",),
    "grade without arguments": ("grade",),
    "grade without --out": ("grade", "{submissions}"),
    "grade a folder that is not there": ("grade", "{tmp}/none", "--out", "{tmp}/out"),
    "grade a file": ("grade", "{tmp}/file", "--out", "{tmp}/out"),
    "grade an empty folder": ("grade", "{tmp}/empty", "--out", "{tmp}/out"),
    "grade one student's kit": ("grade", "{submissions}/anna", "--out", "{tmp}/out"),
    "grade an unknown exercise": ("grade", "{submissions}", "--out", "{tmp}/out", "--exercise", "ex99"),
    "grade with no lanes": ("grade", "{submissions}", "--out", "{tmp}/out", "--workers", "0"),
    "grade with half a lane": ("grade", "{submissions}", "--out", "{tmp}/out", "--workers", "half"),
    "grade in an unknown sandbox": ("grade", "{submissions}", "--out", "{tmp}/out", "--sandbox", "box"),
    "grade with an unknown profile": ("grade", "{submissions}", "--out", "{tmp}/out", "--profile", "tpu"),
    "grade into a file": ("grade", "{submissions}", "--out", "{tmp}/file"),
    "grade into a broken database": ("grade", "{submissions}", "--out", "{tmp}/broken", "--exercise", "ex04"),
    "grade with an unknown option": ("grade", "{submissions}", "--out", "{tmp}/out", "--hurry"),
    "grade with a roster that is not there": ("grade", "{submissions}", "--out", "{tmp}/out", "--roster", "{tmp}/none"),
    "grade with a roster that is none": ("grade", "{submissions}", "--out", "{tmp}/out", "--roster", "{tmp}/file"),
    "grade one who is not there": ("grade", "{submissions}", "--out", "{tmp}/out", "--only", "eve"),
    "grade since a day that is none": ("grade", "{submissions}", "--out", "{tmp}/out", "--since", "yesterday"),
    "grade on a cluster that is none": ("grade", "{submissions}", "--out", "{tmp}/out", "--dask", "nowhere"),
    "verify what is not there": ("verify", "{tmp}/none", "anna"),
    "similar of what is not there": ("similar", "{tmp}/none"),
    "similar by more than all": ("similar", "{submissions}", "--threshold", "2"),
    "export what is not there": ("export", "{tmp}/none", "--out", "{tmp}/grades.csv"),
    "export a broken database": ("export", "{tmp}/broken", "--out", "{tmp}/grades.csv"),
    "report what is not there": ("report", "{tmp}/none"),
    "report a broken database": ("report", "{tmp}/broken"),
    "feedback of what is not there": ("feedback", "{tmp}/none", "--out", "{tmp}/pages"),
    "feedback without --out": ("feedback", "{tmp}/none"),
    "export without --out": ("export", "{tmp}/none"),
    "demo of an unknown exercise": ("demo", "ex99"),
    "demo of a stub": ("demo", "ex04", "--out", "{tmp}/picture.png"),
    "demo from a folder that is not there": ("demo", "ex04", "--submission", "{tmp}/none"),
    "demo into a folder with other files": ("demo", "--out", "{tmp}/full"),
    "status of an unknown exercise": ("status", "ex99"),
    "watch an unknown exercise": ("watch", "ex99"),
    "reset an unknown exercise": ("reset", "ex99"),
    "hint without a task": ("hint",),
    "hint on an unknown task": ("hint", "ex01", "everything"),
    "pack nothing": ("pack", "--out", "{tmp}/handin.zip"),
    "release of an unknown exercise": ("release", "{tmp}/kit", "--exercises", "ex99"),
    "release into a file": ("release", "{tmp}/file"),
    "release into a folder with other files": ("release", "{tmp}/full"),
    "stubs of an unknown exercise": ("stubs", "--exercise", "metrics"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_line(name: str, grader, tmp_path: Path, submissions: Path):
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("keep me")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "grades.sqlite").write_bytes(b"no database at all" * 100)
    words = [word.format(tmp=tmp_path, submissions=submissions) for word in BAD[name]]
    done = grader(*words, cwd=tmp_path)
    assert done.returncode not in (0, 1)
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stdout + done.stderr


def test_an_unknown_export_format_is_refused(grader, tmp_path: Path, submissions: Path):
    assert grader("grade", submissions, "--out", tmp_path / "out", "-e", "ex04").returncode == 0
    done = grader("export", tmp_path / "out", "--to", "parchment", "--out", tmp_path / "grades")
    assert done.returncode == 2
    formats = "csv, wide, canvas, moodle, gradescope, classroom50, junit"
    assert done.stderr == f"error: there is no export format 'parchment'; choose from {formats}\n"
    assert not (tmp_path / "grades").exists()


def test_grade_then_export(grader, tmp_path: Path, submissions: Path):
    done = grader("grade", submissions, "--out", tmp_path / "out", "--workers", 1, "-e", "ex04,ex01")
    assert done.returncode == 0
    assert f"sandbox: {sandbox.choose()}" in done.stdout
    assert "anna: 100 of 200 (ex01 0, ex04 100)" in done.stdout
    exported = grader("export", tmp_path / "out", "--to", "csv", "--out", tmp_path / "grades.csv")
    assert exported.returncode == 0
    with open(tmp_path / "grades.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    catalog = load_catalog()
    assert [row["task"] for row in rows] == [
        task.name for name in ("ex01_metrics", "ex04_perceptron") for task in catalog[name].tasks
    ]
    assert {row["status"] for row in rows if row["exercise"] == "ex01_metrics"} == {"missing"}
    assert {row["status"] for row in rows if row["exercise"] == "ex04_perceptron"} == {"passed"}


def test_a_sandbox_that_fails_is_an_error_and_no_grade(grader, tmp_path: Path, submissions: Path, monkeypatch):
    """Nobody gets 0 points because of the machine: the run says so, and the next one grades again."""
    if sandbox.missing("bubblewrap"):
        pytest.skip("no bubblewrap here")
    broken = tmp_path / "bin" / "bwrap"
    broken.parent.mkdir()
    broken.write_text(f'#!/bin/sh\ncase "$*" in */bin/true) exec {shutil.which("bwrap")} "$@";; esac\nexit 1\n')
    broken.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{broken.parent}:{os.environ['PATH']}")
        done = grader("grade", submissions, "--out", tmp_path / "out", "-e", "ex04")
    assert done.returncode == 2
    assert "1 file could not be graded" in done.stderr
    again = grader("grade", submissions, "--out", tmp_path / "out", "-e", "ex04")
    assert again.returncode == 0
    assert "anna: 100 of 100" in again.stdout


def test_help_needs_no_arguments(grader):
    done = grader()
    assert done.returncode == 0
    for command in ("grade", "export", "demo", "stubs"):
        assert command in done.stdout


def test_the_demo_class_is_graded_as_its_names_say(grader, tmp_path: Path):
    from grader.class_run.demo_class import make_class

    make_class(tmp_path)
    done = grader("grade", tmp_path / "submissions", "--out", tmp_path / "results", "-e", "ex01", "-e", "ex04")
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines() if " of 200 (" in line)
    points = {student: float(text.split()[0]) for student, text in lines.items()}
    assert points["perfect"] == 200
    assert points["untouched"] == points["hostile"] == 0
    assert 50 < points["half-done"] < 150
    assert 150 < points["typical-mistakes"] < 200


def test_the_profile_follows_what_keras_sees(monkeypatch):
    keras_exercise, numpy_exercise = find_exercise("ex08"), find_exercise("ex01")
    monkeypatch.setattr(machine, "keras_sees_a_gpu", lambda: False)
    assert machine.choose_profile("auto", [keras_exercise]) == "cpu"
    with pytest.raises(GraderError, match="sees no GPU"):
        machine.choose_profile("gpu", [keras_exercise])
    monkeypatch.setattr(machine, "keras_sees_a_gpu", lambda: True)
    assert machine.choose_profile("auto", [keras_exercise]) == "gpu"
    assert machine.choose_profile("gpu", [keras_exercise]) == "gpu"
    assert machine.choose_profile("cpu", [keras_exercise]) == "cpu"
    assert machine.choose_profile("auto", [numpy_exercise]) == "cpu"


def test_the_question_for_a_gpu_has_an_answer():
    done = subprocess.run([sys.executable, "-c", machine.GPU_QUESTION], capture_output=True, text=True)
    assert done.stdout.strip() in ("True", "False")


def test_grading_without_a_sandbox_must_be_asked_for(monkeypatch):
    monkeypatch.setattr(sandbox, "missing", lambda level: "not here" if level in ("landlock", "bubblewrap") else "")
    with pytest.raises(sandbox.SandboxError, match="--sandbox none"):
        sandbox.choose("auto")
    assert sandbox.choose("none") == "none"


def test_a_sandbox_that_is_not_there_says_what_to_install(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    sandbox.missing.cache_clear()
    try:
        with pytest.raises(sandbox.SandboxError, match="apt install bubblewrap"):
            sandbox.choose("bubblewrap")
        assert sandbox.choose("auto") == "landlock"
    finally:
        sandbox.missing.cache_clear()


def test_an_untouched_kit_passes_no_test(tmp_path: Path):
    """All exercises at once, as a student's first `pytest`: everything to do, and no traceback."""
    done = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(EXERCISES)],
                          capture_output=True, text=True, cwd=EXERCISES.parent)  # fmt: skip
    summary = done.stdout.splitlines()[-1]
    assert done.returncode == 1
    assert "to do" in summary
    assert "passed" not in summary
    assert "failed" not in summary
    assert "Traceback" not in done.stdout
    for exercise in load_catalog().values():
        assert f"0 / 100   {len(exercise.tasks)} to do" in done.stdout

"""The students' commands, one by one, in a kit of two exercises; on other systems, as far as this one can play them."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from support.student_kits import StudentKit, Terminal, with_wrong_accuracy

from grader.kit.exercise import find_exercise
from grader.publishing.student_kit import student_notebook

EX01, EX04 = find_exercise("ex01"), find_exercise("ex04")
# What Windows does not have, and what a kit must not need: a network, and Keras for exercises that do without.
ANOTHER_SYSTEM = """
import builtins, os, socket, sys

POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
STUDENTS_SIDE = {"grader", "course_data", "metrics", "test_metrics", "ex01_metrics_demo"}
original = builtins.__import__

def guarded(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "").split(".")[0]
    if name.split(".")[0] in POSIX_ONLY and importer in STUDENTS_SIDE:
        raise ImportError(f"Windows has no {name}")
    return original(name, globals, locals, fromlist, level)

builtins.__import__ = guarded
for name in ("fork", "fchmod", "getuid", "getloadavg", "killpg", "mkfifo", "sched_getaffinity", "setsid"):
    delattr(os, name)

class NoKeras:
    def find_spec(self, name, path=None, target=None):
        if name in ("keras", "tensorflow", "jax", "torch"):
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, NoKeras())

def offline(*words, **more):
    raise OSError("there is no network")

socket.socket.connect = socket.getaddrinfo = offline
"""


def remembered(kit: StudentKit) -> dict:
    return json.loads((kit.root / ".progress.json").read_text(encoding="utf-8"))["exercises"]


def test_status_is_what_the_last_runs_found(kit: StudentKit):
    untouched = kit.grader("status").stdout
    assert re.search(r"ex01_metrics +░+ +0 / 100   9 to do\n", untouched)
    with_wrong_accuracy(kit)
    kit.pytest("exercises/ex01_metrics")
    shown = kit.grader("status").stdout
    assert re.search(r"ex01_metrics +█+░+ +90 / 100   8 right, 1 wrong   \(\d{4}-\d\d-\d\d \d\d:\d\d\)\n", shown)
    assert re.search(r"ex04_perceptron +░+ +0 / 100   6 to do\n", shown)
    tasks = kit.grader("status", "ex01").stdout
    assert re.search(r"✗ accuracy +0 / 10 +wrong", tasks)
    assert re.search(r"✓ precision +10 / 10 +right", tasks)
    later = kit.file(EX01).stat().st_mtime + 3600
    os.utime(kit.file(EX01), (later, later))
    assert "changed since)" in kit.grader("status").stdout


def test_part_of_a_run_changes_only_what_it_ran(kit: StudentKit):
    kit.solve(EX01)
    kit.pytest("exercises/ex01_metrics")
    with_wrong_accuracy(kit)
    kit.pytest("exercises/ex01_metrics", "-k", "accuracy")
    tasks = remembered(kit)["ex01_metrics"]["tasks"]
    assert tasks["accuracy"] == {"score": 0, "status": "failed"}
    assert tasks["precision"] == {"score": 10, "status": "passed"}


def test_runs_of_other_files_are_not_remembered(kit: StudentKit):
    shutil.copytree(kit.root / "exercises", kit.root / "other")
    kit.solve(EX01)
    shutil.move(kit.file(EX01), kit.root / "other" / "ex01_metrics" / "metrics.py")
    assert "100 / 100" in kit.pytest("--submission", "other", "exercises/ex01_metrics").stdout
    assert not (kit.root / ".progress.json").exists()


@pytest.mark.parametrize(
    "damaged",
    ["", "{", "[]", '{"format": 1}', '{"format": 9, "exercises": {}}', '{"format": 1, "exercises": {"ex01": 3}}',
     '{"format": 1, "exercises": {"ex01_metrics": {"when": 1, "tasks": {"recall": {"score": 1e9, "status": "passed"}}, '
     '"rungs": {}}}}', "[" * 100_000],
)  # fmt: skip
def test_damaged_progress_is_begun_anew_with_a_note(kit: StudentKit, damaged: str):
    (kit.root / ".progress.json").write_text(damaged, encoding="utf-8")
    shown = kit.grader("status")
    assert shown.returncode == 0
    assert shown.stdout.startswith("the remembered progress could not be read (.progress.json)")
    kit.solve(EX01)
    done = kit.pytest("exercises/ex01_metrics")
    assert done.returncode == 0
    assert "it starts from nothing" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert remembered(kit)["ex01_metrics"]["tasks"]["recall"] == {"score": 10, "status": "passed"}


def test_a_place_that_cannot_be_written_to_is_no_failure(kit: StudentKit):
    (kit.root / ".progress.json").mkdir()
    kit.solve(EX01)
    assert kit.pytest("exercises/ex01_metrics").returncode == 0
    assert "Idea of recall." in kit.grader("hint", "recall").stdout


def test_reset_keeps_a_backup_that_nothing_takes_for_the_exercise(kit: StudentKit):
    untouched = kit.file(EX01).read_bytes()
    kit.file(EX01).write_text("first = 1\n")
    kit.file(EX04).unlink()
    done = [kit.grader("reset", "ex01") for _ in range(2)]
    assert re.fullmatch(
        r"metrics.py is as it was handed out; yours is kept as metrics\.backup-\d{8}-\d{6}\.py\n", done[0].stdout
    )
    assert done[1].stdout == "metrics.py is as it was handed out\n"
    kit.file(EX01).write_text("second = 2\n")
    kit.grader("reset", "1")
    kit.grader("reset", "ex04")
    backups = list(kit.file(EX01).parent.glob("metrics.backup-*.py"))
    assert sorted(path.read_text() for path in backups) == ["first = 1\n", "second = 2\n"]
    assert kit.file(EX01).read_bytes() == untouched
    assert "9 to do" in kit.pytest("exercises/ex01_metrics").stdout
    kit.solve(EX04)
    kit.grader("pack")
    assert (kit.root / "AGENTS.md").is_file(), "which is for assistants and not for graders"
    with zipfile.ZipFile(kit.root / "handin.zip") as archive:
        assert archive.namelist() == ["ex01_metrics/metrics.py", "ex04_perceptron/perceptron.py"]


def test_windows_line_ends_are_no_change(kit: StudentKit):
    source = kit.file(EX01).read_bytes()
    kit.file(EX01).write_bytes(source.replace(b"\n", b"\r\n"))
    assert kit.grader("reset", "ex01").stdout == "metrics.py is as it was handed out\n"
    assert not list(kit.file(EX01).parent.glob("*.backup-*"))
    kit.solve(EX04)
    kit.file(EX04).write_bytes(kit.file(EX04).read_bytes().replace(b"\n", b"\r\n"))
    shown = kit.grader("pack").stdout
    assert re.search(r"ex01_metrics +untouched", shown)
    assert re.search(r"ex04_perceptron +complete +6 of 6 written; not tested", shown)


PACKED = {
    "a syntax error": ("def recall(x:\n", "broken", "metrics.py, line 1: "),
    "an error when imported": ("import numpy\nx = 1 / 0\n", "broken", "metrics.py, line 2: ZeroDivisionError"),
    "an end of Python": ("import os\nprint('{\"file\": 0}')\nos._exit(0)\n", "broken", "ends Python when it is"),
    "a library that is not there": ("import pandas\n", "(broken|partly)", "it imports pandas, which is not there"),
    "an own module": ("try:\n    from helpers import x\nexcept ImportError: pass\n", "partly", "it imports helpers"),
    "an instructor's module": ("def f():\n    import grader.testing.compare\n", "partly", "it imports grader"),
    "zeros": ("\0\0\0", "broken", "    metrics.py: source code string cannot contain null bytes"),
    "another encoding": ("d\0e\0f\0 \0f\0(\0", "broken", "metrics.py is saved as UTF-16: save it as UTF-8"),
    "other functions": ("def recall(x, y):\n    return 1\n", "partly", "confusion_matrix, accuracy, precision, "),
}


@pytest.mark.parametrize("name", PACKED)
def test_pack_says_what_will_go_wrong_and_packs_all_the_same(kit: StudentKit, name: str):
    source, state, problem = PACKED[name]
    kit.file(EX01).write_text(source)
    (kit.root / "helpers.py").write_text("y = 1\n")
    done = kit.grader("pack")
    assert done.returncode == 0
    assert re.search(rf"ex01_metrics +{state}\b", done.stdout)
    assert problem in done.stdout
    assert "written: handin.zip (1 of 2 exercises need a look)" in done.stdout
    with zipfile.ZipFile(kit.root / "handin.zip") as archive:
        assert archive.read("ex01_metrics/metrics.py") == source.encode()


def test_pack_takes_what_jupyter_exports(kit: StudentKit):
    kit.solve(EX01)
    source = b"get_ipython().run_line_magic('matplotlib', 'inline')\n%time\n"
    source += kit.file(EX01).read_bytes()
    kit.file(EX01).write_bytes(source)
    shown = kit.grader("pack").stdout
    assert re.search(r"ex01_metrics +complete +9 of 9 written", shown)
    assert "metrics.py has lines that only Jupyter understands: they are not graded" in shown
    with zipfile.ZipFile(kit.root / "handin.zip") as archive:
        assert archive.read("ex01_metrics/metrics.py") == source


def test_pack_finds_a_file_under_another_name_and_leaves_out_what_is_too_large(kit: StudentKit):
    kit.file(EX01).rename(kit.file(EX01).with_name("metrics (1).py"))
    kit.file(EX04).write_bytes(b"#" * (2**20 + 1))
    done = kit.grader("pack")
    assert done.returncode == 2
    assert done.stderr == "error: there is no file to hand in: is this the folder of the kit?\n"
    kit.solve(EX04)
    done = kit.grader("pack", "--out", "mine.zip")
    assert "metrics.py is not there, but metrics (1).py is: rename it to metrics.py" in done.stdout
    kit.file(EX01).write_bytes(b"#" * (2**20 + 1))
    assert "metrics.py is larger than 1 MB and is left out" in kit.grader("pack").stdout
    first = (kit.root / "mine.zip").read_bytes()
    assert kit.grader("pack", "--out", "again.zip").returncode == 0
    assert (kit.root / "again.zip").read_bytes() == first


def test_pack_takes_the_notebook_when_that_is_what_was_written(kit: StudentKit):
    notebook = kit.file(EX01).with_suffix(".ipynb")
    made = json.loads(student_notebook(EX01))
    notebook.write_text(json.dumps(made), encoding="utf-8")
    kit.solve(EX04)
    assert re.search(r"ex01_metrics +untouched", kit.grader("pack").stdout)
    for cell in made["cells"]:
        to_do = 'raise NotImplementedError("ex01 accuracy")'
        cell["source"] = cell["source"].replace(to_do, "return float(np.mean(np.equal(y_true, y_pred)))")
    notebook.write_text(json.dumps(made), encoding="utf-8")
    shown = kit.grader("pack").stdout
    assert re.search(r"ex01_metrics +partly +1 of 9 written", shown)
    with zipfile.ZipFile(kit.root / "handin.zip") as archive:
        assert archive.namelist() == ["ex01_metrics/metrics.ipynb", "ex04_perceptron/perceptron.py"]
    kit.solve(EX01)
    assert "metrics.ipynb is written, too, and is left out: only metrics.py is packed" in kit.grader("pack").stdout
    with zipfile.ZipFile(kit.root / "handin.zip") as archive:
        assert archive.namelist() == ["ex01_metrics/metrics.py", "ex04_perceptron/perceptron.py"]
    kit.grader("reset", "ex01")
    notebook.write_text("no notebook", encoding="utf-8")
    assert re.search(r"ex01_metrics +broken *\n +metrics.ipynb cannot be read: ", kit.grader("pack").stdout)


def test_pytest_says_that_it_is_the_notebook_which_is_written(kit: StudentKit):
    notebook = kit.file(EX01).with_suffix(".ipynb")
    made = json.loads(student_notebook(EX01))
    notebook.write_text(json.dumps(made), encoding="utf-8")
    said = "metrics.ipynb is written, metrics.py is not: its own cells test the notebook"
    assert said not in kit.pytest("exercises/ex01_metrics").stdout
    for cell in made["cells"]:
        cell["source"] = cell["source"].replace('raise NotImplementedError("ex01 accuracy")', "return 0.5")
    notebook.write_text(json.dumps(made), encoding="utf-8")
    assert said in kit.pytest("exercises/ex01_metrics").stdout


def test_pack_takes_a_notebook_that_is_there_alone(kit: StudentKit):
    """What it is judged against is the module as it was handed out, whatever became of the student's own."""
    made = json.loads(student_notebook(EX01))
    for cell in made["cells"]:
        to_do = 'raise NotImplementedError("ex01 accuracy")'
        cell["source"] = cell["source"].replace(to_do, "return float(np.mean(np.equal(y_true, y_pred)))")
    kit.file(EX01).with_suffix(".ipynb").write_text(json.dumps(made), encoding="utf-8")
    kit.file(EX01).unlink()
    done = kit.grader("pack")
    assert done.returncode == 0, done.stderr
    assert re.search(r"ex01_metrics +partly +1 of 9 written", done.stdout)
    assert "cannot be read" not in done.stdout
    with zipfile.ZipFile(kit.root / "handin.zip") as archive:
        assert "ex01_metrics/metrics.ipynb" in archive.namelist()


def test_there_is_nothing_to_pack_in_an_untouched_kit(kit: StudentKit):
    done = kit.grader("pack")
    assert (done.returncode, done.stderr) == (2, "error: nothing is written yet: there is nothing to hand in\n")
    assert not (kit.root / "handin.zip").exists()


def test_a_hand_in_earns_what_the_folder_earns(kit: StudentKit, grader, tmp_path: Path):
    with_wrong_accuracy(kit)
    kit.grader("pack", "--out", "ada.zip")
    (tmp_path / "class").mkdir()
    (kit.root / "ada.zip").rename(tmp_path / "class" / "ada.zip")
    shutil.copytree(kit.root, tmp_path / "class" / "ada who hands in the folder")
    graded = grader("grade", tmp_path / "class", "--out", tmp_path / "results", "-e", "ex01,ex04").stdout
    assert "ada: 90 of 200 (ex01 90, ex04 0)" in graded
    assert "ada who hands in the folder: 90 of 200 (ex01 90, ex04 0)" in graded
    exported = tmp_path / "grades.csv"
    grader("export", tmp_path / "results", "--out", exported)
    rows = [line.partition(",") for line in exported.read_text(encoding="utf-8").splitlines()[1:]]
    by_student = {student: [row for name, _, row in rows if name == student] for student, _, _ in rows}
    assert len(by_student) == 2
    assert by_student["ada"] == by_student["ada who hands in the folder"]


def test_watch_follows_whichever_file_is_saved(kit: StudentKit):
    with Terminal(kit, "-m", "grader", "watch", "ex04") as terminal:
        terminal.wait_for("Waiting for you to save ex04_perceptron/perceptron.py")
        with_wrong_accuracy(kit)
        shown = terminal.wait_for("Waiting for you to save ex01_metrics/metrics.py")
        assert "90 / 100" in shown
        kit.solve(EX01)
        terminal.wait_for("ex01 is complete. Next: ex04, ")
        terminal.wait_for("Waiting for you to save ex04_perceptron/perceptron.py")
        kit.solve(EX04)
        status, shown = terminal.end()
        assert status == 0
        assert "ex04 is complete, and so is every exercise. Next: 'grader pack'." in shown
    again = kit.grader("watch")
    assert (again.returncode, again.stdout) == (0, "Every exercise is complete.\n")


def test_another_system_than_linux(kit: StudentKit):
    """Without what Windows lacks, without a network or Keras: tests, picture and commands work."""
    (kit.root / "sitecustomize.py").write_text(ANOTHER_SYSTEM)
    guarded = kit.run("-c", "import grader.testing.plugin, os; print(hasattr(os, 'fork'))")
    assert guarded.stdout == "False\n", guarded.stderr
    kit.solve(EX01)
    done = kit.pytest("exercises")
    assert re.search(r"ex01_metrics +█+ +100 / 100", done.stdout), done.stdout + done.stderr
    for words in (["status"], ["hint", "recall"], ["demo", "ex01"], ["pack"], ["reset", "ex01"]):
        done = kit.grader(*words)
        assert (done.returncode, done.stderr) == (0, ""), words
    assert (kit.root / "ex01.png").read_bytes().startswith(b"\x89PNG")
    assert len((kit.root / "handin.zip").read_bytes()) > 1000


def test_the_guard_of_another_system_works(kit: StudentKit):
    (kit.root / "sitecustomize.py").write_text(ANOTHER_SYSTEM)
    (kit.root / "grader" / "testing" / "seeds.py").write_text("import fcntl\n")
    assert "Windows has no fcntl" in kit.grader("status").stderr + kit.pytest().stderr
    kit.file(EX01).write_text("import keras\n")
    assert kit.run("-c", "import keras").returncode == 1


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_an_old_encoding_is_no_crash(kit: StudentKit, encoding: str):
    with_wrong_accuracy(kit)
    with kit.file(EX01).open("a", encoding="utf-8") as file:
        file.write("\n# größer ≥ kleiner\n")
    hints = kit.root / "exercises" / "ex01_metrics" / "hints.toml"
    hints.write_text(hints.read_text(encoding="utf-8").replace("Idea", "Idea ≥ →"), encoding="utf-8")
    old = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    done = kit.pytest("exercises/ex01_metrics", **old)
    assert re.search(r"ex01_metrics +#{18}-- +90 / 100", done.stdout)
    assert re.search(r"x accuracy +0 / 10 +wrong", done.stdout)
    assert "INTERNALERROR" not in done.stdout
    assert re.search(r"x accuracy", kit.grader("status", "ex01", **old).stdout)
    assert re.search("Idea .+ of recall.", kit.grader("hint", "recall", **old).stdout)
    assert "90 of 100 points" in kit.grader("pack", **old).stdout
    assert kit.grader("reset", "ex01", **old).returncode == 0


def test_a_log_has_no_colours_and_reads_without(kit: StudentKit):
    with_wrong_accuracy(kit)
    for done in (kit.pytest("exercises/ex01_metrics"), kit.grader("status"), kit.grader("pack")):
        assert "\x1b" not in done.stdout
        assert "90" in done.stdout

"""A student's way through a kit, from the zip archive to the hand-in, in an environment that has nothing else.

With `--whole` the kit is that of the whole course, and what it needs is downloaded as on a student's computer.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.student_kits import StudentKit, Terminal, downloaded_environment, fresh_environment, unpacked

from grader.kit.exercise import load_catalog

# Colours and other marks of a terminal.
MARKUP = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]")


@pytest.fixture(scope="module")
def kit(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> StudentKit:
    room = tmp_path_factory.mktemp("student")
    whole = request.config.getoption("--whole")
    made = unpacked(room, *(load_catalog() if whole else ("ex01", "ex04")))
    make = downloaded_environment if whole else fresh_environment
    made.python = make(room / "environment", made.root)
    return made


def test_only_what_the_kit_asks_for_is_installed(kit: StudentKit):
    uses_keras = any(exercise.needs == "keras" for exercise in kit.exercises)
    assert (kit.run("-c", "import tensorflow").returncode == 0) == uses_keras
    assert kit.run("-c", "import msgpack").returncode == 1
    where = kit.run("-c", "import grader; print(grader.__file__)").stdout.strip()
    assert Path(where) == kit.root / "grader" / "__init__.py"


def test_students_see_students_commands_only(kit: StudentKit):
    listed = kit.run(kit.python.with_name("grader"), "--help").stdout
    commands = re.findall(r"^ {2}(\w[\w-]*) {2}", listed.partition("Commands:")[2], flags=re.MULTILINE)
    assert sorted(commands) == ["demo", "doctor", "hint", "pack", "reset", "status", "upgrade", "watch"]
    help_of_demo = kit.grader("demo", "--help").stdout
    assert "--sandbox" not in help_of_demo
    assert "class" not in help_of_demo
    asked = kit.grader("demo")
    assert (asked.returncode, asked.stderr) == (2, "error: which exercise? Such as 'grader demo ex01'\n")


def test_the_data_that_its_exercises_use_are_there_and_only_those(kit: StudentKit):
    listed = kit.run("-m", "course_data")
    assert listed.returncode == 0, listed.stderr
    files = {path.name for path in (kit.root / "datasets" / "files").iterdir()} - {"SHA256SUMS"}
    assert files == {name for exercise in kit.exercises for name in exercise.data}
    assert all(name in listed.stdout for name in files)
    assert ("not in this kit" in listed.stdout) == (len(kit.exercises) < len(load_catalog()))


def test_an_untouched_kit_has_0_points(kit: StudentKit):
    done = kit.pytest()
    assert done.returncode == 1
    assert "passed" not in done.stdout
    for exercise in kit.exercises:
        assert re.search(rf"{exercise.name} +░+ +0 / 100   {len(exercise.tasks)} to do\n", done.stdout)
    assert not (kit.root / ".progress.json").exists()


def test_a_day_of_a_student(kit: StudentKit, grader, tmp_path: Path):
    """watch, hint, reset and pack, in a terminal; then the points of everything, and the same from the grader."""
    first, second = kit.exercises[:2]
    task = first.tasks[0].name
    with Terminal(kit, "-m", "grader", "hint", first.number, task) as terminal:
        status, shown = terminal.end()
        assert status == 0
        assert f"Idea of {task}." in shown
    with Terminal(kit, "-m", "grader", "watch") as terminal:
        shown = terminal.wait_for(f"Waiting for you to save {first.name}/{first.filename}")
        assert "\x1b[" in shown
        assert f"{len(first.tasks)} to do" in shown
        kit.solve(first)
        shown = MARKUP.sub("", terminal.wait_for(f"{first.number} is complete. Next: {second.number}"))
        assert "100 / 100" in shown
        terminal.wait_for(f"Waiting for you to save {second.name}")
        kit.file(second).write_text("def sgn(x:\n", encoding="utf-8")
        terminal.wait_for(f"{second.filename}, line 1: ")
        terminal.wait_for("Waiting for you")
        terminal.type("\x03")
        status, shown = terminal.end()
        assert status == 0
        assert "no longer watching" in shown
        assert "Traceback" not in shown
    with Terminal(kit, "-m", "grader", "pack") as terminal:
        status, shown = terminal.end()
        assert status == 0
        assert f"{second.filename}, line 1: " in shown
        assert "1 of" in shown
    with Terminal(kit, "-m", "grader", "reset", second.number) as terminal:
        status, shown = terminal.end()
        assert status == 0
        assert "yours is kept as perceptron.backup-" in shown or len(kit.exercises) > 2
    assert "raise NotImplementedError" in kit.file(second).read_text(encoding="utf-8")
    board = kit.grader("status").stdout
    assert re.search(rf"{first.name} +█+ +100 / 100 ", board)
    assert re.search(rf"{second.name} +░+ +0 / 100   {len(second.tasks)} to do\n", board)
    for exercise in kit.exercises:
        kit.solve(exercise)
    done = kit.pytest()
    assert done.returncode == 0, done.stdout
    for exercise in kit.exercises:
        assert re.search(rf"{exercise.name} +█+ +100 / 100   {len(exercise.tasks)} right\n", done.stdout)
    packed = kit.grader("pack", "--out", tmp_path / "class" / "ada.zip")
    assert packed.returncode == 0
    assert "need a look" not in packed.stdout
    names = [word for exercise in (first, second) for word in ("--exercise", exercise.number)]
    graded = grader("grade", tmp_path / "class", "--out", tmp_path / "results", *names)
    assert "ada: 200 of 200" in graded.stdout

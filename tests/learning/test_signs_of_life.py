"""What takes long shows on a terminal that it is alive, and nothing of that anywhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.made_up_kit import RIGHT, MadeUpKit
from support.student_kits import StudentKit, Terminal

WAITS = (
    RIGHT.replace("return x / 2", "return wait() or x / 2")
    + """

def wait():
    import pathlib, time

    while not pathlib.Path("go").exists():
        time.sleep(0.02)
"""
)
DEMO = """
from matplotlib.figure import Figure


def draw(student):
    return first_step(student)


def first_step(student):
    student.halve(3)
    return Figure()
"""


@pytest.fixture
def kit(tmp_path: Path) -> MadeUpKit:
    kit = MadeUpKit(tmp_path)
    kit.write("ex01_alpha/alpha.py", WAITS)
    kit.write("ex01_alpha/demo.py", DEMO)
    return kit


@pytest.mark.parametrize(
    ("words", "shown", "end"),
    [
        (("pytest", "-p", "no:cacheprovider", "exercises/ex01_alpha"), " 5 s", "100 / 100"),
        (("grader", "demo", "ex01"), "drawing ex01 with your functions: 2 s (first_step)", "drawn: ex01.png"),
    ],
    ids=["pytest", "demo"],
)
def test_seconds_are_counted_on_a_terminal_alone(kit: MadeUpKit, words: tuple[str, ...], shown: str, end: str):
    student = StudentKit(kit.root, ())
    with Terminal(student, "-m", *words) as terminal:
        terminal.wait_for(shown)
        (kit.root / "go").touch()
        status, rest = terminal.end()
    assert status == 0, rest
    assert end in rest
    piped = student.run("-m", *words)
    assert end in piped.stdout
    assert piped.stderr == ""
    assert "\b" not in piped.stdout
    assert "with your functions" not in piped.stdout

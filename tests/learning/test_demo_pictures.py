"""`grader demo exNN` draws every exercise's `demo.py` with the reference solutions; those of Keras with `--whole`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from grader.kit.exercise import SOLUTIONS, Exercise, load_catalog

CASES = [
    pytest.param(exercise, id=exercise.number, marks=[pytest.mark.long] if exercise.needs == "keras" else [])
    for exercise in load_catalog().values()
]


@pytest.mark.parametrize("exercise", CASES)
def test_a_demo_draws_its_picture(exercise: Exercise, grader, tmp_path: Path):
    done = grader("demo", exercise.number, "--submission", SOLUTIONS, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), "no log line, no progress where there is no terminal"
    assert re.fullmatch(r"drawn: \S+\n", done.stdout)
    [drawn] = tmp_path.iterdir()
    assert drawn.name.startswith(exercise.number)
    with Image.open(drawn) as picture:
        assert min(picture.size) >= 300
        assert len(picture.convert("L").getcolors(maxcolors=1 << 16)) > 30, "there is something in it"

"""What can be wrong around a student's file: one line says it and what to do, and what still can be tested is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.made_up_kit import RIGHT, MadeUpKit, board_of, environment

from grader.kit.exercise import find_exercise

EX01 = find_exercise("ex01")
NO_KERAS = "import sys\n\nsys.modules['keras'] = None\n"
NO_JAX = "import sys\n\nsys.modules['jax'] = None\n"


@pytest.fixture
def kit(tmp_path: Path) -> MadeUpKit:
    """The second exercise needs Keras."""
    kit = MadeUpKit(tmp_path / "kit")
    manifest = kit.root / "exercises" / "ex02_beta" / "exercise.toml"
    manifest.write_text(manifest.read_text().replace('"numpy"', '"keras"'))
    tests = kit.root / "exercises" / "ex02_beta" / "test_beta.py"
    tests.write_text("import keras\n" + tests.read_text())
    kit.write("ex01_alpha/alpha.py", RIGHT)
    kit.write("ex02_beta/beta.py", RIGHT)
    return kit


@pytest.mark.parametrize(
    ("start", "backend", "note"),
    [
        (NO_KERAS, "tensorflow", "Keras is not installed: run 'python -m pip install -e .' in the folder of the kit"),
        (NO_JAX, "jax", "KERAS_BACKEND is jax, and jax is not installed: run 'python -m pip install jax', or remove"
         " KERAS_BACKEND"),
        ("", "pytorch", "KERAS_BACKEND is 'pytorch': Keras knows tensorflow, jax and torch"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("words", [(), ("-n", "1")])
def test_without_keras_the_other_exercises_are_tested(
    kit: MadeUpKit, start: str, backend: str, note: str, words: tuple[str, ...]
):
    if words:
        pytest.importorskip("xdist")
    (kit.root / "sitecustomize.py").write_text(start)
    done = kit.pytest(*words, KERAS_BACKEND=backend)
    assert board_of(done) == [
        "ex01_alpha ████████████████████ 100 / 100 2 right",
        "ex02_beta ░░░░░░░░░░░░░░░░░░░░ - / 100 2 not run",
        note,
    ]
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert "Interrupted" not in done.stdout
    assert kit.remembered("ex01_alpha") == {"double": "passed", "halve": "passed"}


def test_keras_is_announced_before_it_is_loaded_and_is_quiet(kit: MadeUpKit):
    kit.write("ex02_beta/beta.py", RIGHT.replace("return x / 2", "return train()") + TRAINS)
    unwanted = ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS")
    shell = {name: value for name, value in environment(KERAS_BACKEND="tensorflow").items() if name not in unwanted}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "exercises/ex02_beta"]
    done = subprocess.run(command, cwd=kit.root, env=shell, capture_output=True, encoding="utf-8", timeout=300)
    before, _, after = done.stdout.partition("loading Keras with tensorflow ...\n")
    assert before.startswith("exercises under test: ")
    assert "collected 6 items" in after
    assert "\nmine: 1\n" in after
    for noise in ("\x1b", "\r", "━", "Epoch", "cuInit", "oneDNN", "retracing", "I0000", "E0000", "cpu_feature"):
        assert noise not in done.stdout + done.stderr


TRAINS = """

def train():
    import keras
    import numpy as np

    for width in range(2, 9):
        model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(np.ones((width, 3)), np.ones((width, 1)), epochs=2)
        model.predict(np.ones((width, 3)))
    print("mine: 1")
    return model.count_params()
"""


def test_a_copy_that_is_not_installed_says_so(kit: MadeUpKit, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(kit.root, copy)
    expected = f"this folder is in the kit {copy}, and Python uses the kit {kit.root}: run 'python -m pip install -e .'"
    for words in (["pytest"], ["grader", "status"]):
        done = subprocess.run(
            [sys.executable, "-P", "-m", *words],  # as the installed commands: the folder itself is not on the path
            cwd=copy,
            env=environment(PYTHONPATH=str(kit.root)),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert done.returncode != 0
        assert expected in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stdout.strip() == ""


def test_a_notebook_where_a_module_is_expected(kit: MadeUpKit):
    notebook = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    kit.write("ex01_alpha/alpha.py", notebook)
    assert board_of(kit.pytest("exercises/ex01_alpha"))[1].startswith(
        "alpha.py is a notebook: rename it to end in .ipynb, or let Jupyter make the module"
    )
    module = kit.root / "exercises" / "ex01_alpha" / "alpha.py"
    module.rename(module.with_suffix(".ipynb"))
    assert board_of(kit.pytest("exercises/ex01_alpha"))[1] == (
        "alpha.py is not there; pytest tests no notebook, alpha.ipynb is tested by its own cells"
    )
    named = kit.pytest("exercises/ex01_alpha/alpha.ipynb")
    assert named.stderr.strip() == (
        "ERROR: alpha.ipynb is a notebook, which its own cells test; pytest tests alpha.py: pytest exercises/ex01_alpha"
    )


def test_a_kit_that_was_unpacked_over_the_work_is_told(kit: MadeUpKit):
    kit.pytest("exercises/ex01_alpha")
    originals = kit.root / "grader" / "learning" / "originals"
    originals.mkdir(exist_ok=True)
    untouched = (
        "def double(x, by=2):\n    raise NotImplementedError\n\n\ndef halve(x):\n    raise NotImplementedError\n"
    )
    (originals / "ex01_alpha.py").write_text(untouched)
    kit.write("ex01_alpha/alpha.py", untouched)
    question = "alpha.py is as it was handed out, and had 100 points: did a new kit replace it?"
    assert question in kit.pytest("exercises/ex01_alpha").stdout
    assert question not in kit.pytest("exercises/ex01_alpha").stdout

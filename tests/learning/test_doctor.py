"""`grader doctor` says what is missing or broken and what to do, whatever it is, and never with a traceback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.student_kits import StudentKit, unpacked

WITHOUT = "import sys\n\nsys.modules['{}'] = None\n"
NO_BACKEND = "import sys\n\nfor name in ('tensorflow', 'jax', 'torch'):\n    sys.modules[name] = None\n"
FULL_DISK = "import shutil\n\nshutil.disk_usage = lambda path: shutil._ntuple_diskusage(10, 9, 1)\n"
NOT_INSTALLED = "import importlib.metadata\n\nimportlib.metadata.entry_points = lambda **words: ()\n"
BROKEN = 'raise ImportError("Traceback (most recent call last):\\n  File x\\nDLL load failed")\n'
WITH_GPU = """
class backend:
    backend = staticmethod(lambda: "tensorflow")

class ops:
    ones = convert_to_numpy = staticmethod(lambda x: x)

class distribution:
    list_devices = staticmethod(lambda kind: [f"{kind}:0", f"{kind}:1"])
"""
BACK = "set KERAS_BACKEND to tensorflow"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> StudentKit:
    """With an exercise that needs Keras."""
    return unpacked(tmp_path_factory.mktemp("kits"), "ex01", "ex08")


@pytest.fixture
def keras_kit(released: StudentKit, tmp_path: Path) -> StudentKit:
    shutil.copytree(released.root, tmp_path / "kit", ignore=shutil.ignore_patterns("files"))
    return StudentKit(tmp_path / "kit", ("ex01", "ex08"))


def said(done: subprocess.CompletedProcess[str]) -> dict[str, tuple[str, str]]:
    """The word and the text for each thing, with what is to be done about it."""
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr == ""
    lines = re.findall(r"^(ok|note|wrong) +(\S+(?: \S+)*) {2,}(.*(?:\n {24}.*)?)", done.stdout, re.MULTILINE)
    return {name: (word, " ".join(text.split())) for word, name, text in lines}


def verdict(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.splitlines()[-1]


def test_a_kit_of_numpy_exercises_needs_no_keras(kit: StudentKit):
    (kit.root / "sitecustomize.py").write_text(WITHOUT.format("keras") + NO_BACKEND)
    done = kit.grader("doctor")
    found = said(done)
    assert {word for word, _ in found.values()} == {"ok"}
    assert found["Keras"] == ("ok", "not installed (no exercise here needs it)")
    assert found["Python"][1].startswith("{}.{}.{}".format(*sys.version_info))
    assert re.match(r"\d+\.\d+", found["NumPy"][1])
    assert re.search(r"\(\d+\.\d GB free\)", found["working folder"][1])
    assert {"backend in use", "sandbox"} & found.keys() == set()
    assert (done.returncode, verdict(done)) == (0, "all that the exercises here need works")


def test_keras_is_loaded_and_computes(keras_kit: StudentKit):
    done = keras_kit.grader("doctor", KERAS_BACKEND="tensorflow")
    found = said(done)
    assert found["backend in use"] == ("ok", "tensorflow (KERAS_BACKEND)")
    assert re.fullmatch(r"\d+ s", found["loading Keras"][1])
    assert "GPU" in found
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("start", "backend", "name", "advice"),
    [
        (WITHOUT.format("keras"), "tensorflow", "Keras", "not installed run 'python -m pip install -e .' in "),
        (WITHOUT.format("jax"), "jax", "backend in use", f"'python -m pip install jax', or {BACK}"),
        (NO_BACKEND, "", "backend in use", "not installed: run 'python -m pip install tensorflow'"),
        ("", "pytorch", "backend in use", "train with tensorflow, jax or torch, not with 'pytorch': set KERAS_BACKEND"),
        ("", "numpy", "backend in use", "train with tensorflow, jax or torch, not with 'numpy': set KERAS_BACKEND"),
    ],
)
def test_what_is_missing_of_keras_is_named_and_numpy_exercises_still_work(
    keras_kit: StudentKit, tmp_path: Path, start: str, backend: str, name: str, advice: str
):
    (keras_kit.root / "sitecustomize.py").write_text(start)
    if name == "Keras":
        (keras_kit.root / "tensorflow.py").write_text("raise AssertionError('it is not imported')\n")
    done = keras_kit.grader("doctor", KERAS_BACKEND=backend, KERAS_HOME=str(tmp_path))
    word, text = said(done)[name]
    assert word == "wrong"
    assert advice in text
    assert "loading Keras" not in said(done)
    assert (done.returncode, verdict(done)) == (1, "the exercises that need only NumPy work: ex01")


@pytest.mark.parametrize(
    ("keras", "why"),
    [(BROKEN, "ImportError: DLL load failed"), ("import os\n\nos._exit(7)\n", "it ended Python (exit status 7)")],
)
def test_keras_that_is_there_and_broken(keras_kit: StudentKit, keras: str, why: str):
    (keras_kit.root / "keras.py").write_text(keras)
    done = keras_kit.grader("doctor", KERAS_BACKEND="tensorflow")
    word, text = said(done)["loading Keras"]
    assert word == "wrong"
    assert f"{why}: run 'python -m pip install --force-reinstall keras tensorflow'" in text
    assert done.returncode == 1


def test_gpus_are_those_that_keras_sees(keras_kit: StudentKit):
    (keras_kit.root / "keras.py").write_text(WITH_GPU)
    assert said(keras_kit.grader("doctor", KERAS_BACKEND="tensorflow"))["GPU"] == ("ok", "gpu:0, gpu:1")


@pytest.mark.parametrize(
    ("configuration", "shown"),
    [
        ('{"backend": "jax"}', "jax ({file})"),
        ('{"backend": ', "tensorflow (what Keras takes by itself)"),
        ("[]", "tensorflow (what Keras takes by itself)"),
    ],
)
def test_the_file_of_keras_counts_where_no_variable_is_set(
    keras_kit: StudentKit, tmp_path: Path, configuration: str, shown: str
):
    (keras_kit.root / "sitecustomize.py").write_text(NO_BACKEND)
    file = tmp_path / "keras.json"
    file.write_text(configuration)
    found = said(keras_kit.grader("doctor", KERAS_BACKEND="", KERAS_HOME=str(tmp_path)))
    assert found["backend in use"][1].startswith(shown.format(file=file))
    named = said(keras_kit.grader("doctor", KERAS_BACKEND="torch", KERAS_HOME=str(tmp_path)))
    assert named["backend in use"][1].startswith("torch (KERAS_BACKEND)")


@pytest.mark.parametrize(
    ("start", "name", "advice"),
    [
        (WITHOUT.format("numpy"), "NumPy", "not installed run 'python -m pip install -e .' in "),
        (WITHOUT.format("pytest"), "pytest", "not installed run 'python -m pip install -e .' in "),
        (WITHOUT.format("pytest") + WITHOUT.format("packaging"), "pytest", "not installed run 'python -m pip install"),
        (FULL_DISK, "temporary folder", "free at least 200 MB"),
        (NOT_INSTALLED, "kit", "it is not installed for this Python: run 'python -m pip install -e .' in "),
    ],
)
def test_what_every_exercise_needs(kit: StudentKit, start: str, name: str, advice: str):
    (kit.root / "sitecustomize.py").write_text(start)
    done = kit.grader("doctor")
    word, text = said(done)[name]
    assert word == "wrong"
    assert advice in text
    assert (done.returncode, verdict(done)) == (1, "do what is said above, and run 'grader doctor' again")


def test_numpy_that_is_there_and_broken(kit: StudentKit):
    (kit.root / "numpy.py").write_text(BROKEN)
    done = kit.grader("doctor")
    assert "cannot be imported (ImportError: DLL load failed): run 'python -m pip" in said(done)["NumPy"][1]
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("old", "new", "name", "advice"),
    [
        ('"numpy>=', '"numpy>=99.', "NumPy", "needs numpy>=99."),
        ('"typer>=', '"typer>=99.', "other libraries", "needs typer>=99."),
        ('"typer>=', '"no-such-library>=', "other libraries", "not installed: no-such-library; run 'python -m pip"),
        ('requires-python = ">=', 'requires-python = ">=99.', "Python", "the kit needs Python"),
    ],
)
def test_versions_are_those_that_the_kit_asks_for(kit: StudentKit, old: str, new: str, name: str, advice: str):
    project = kit.root / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    assert old in text
    project.write_text(text.replace(old, new), encoding="utf-8")
    word, shown = said(kit.grader("doctor"))[name]
    assert word == "wrong"
    assert advice in shown


def test_a_kit_that_is_not_whole(kit: StudentKit):
    shutil.rmtree(kit.root / "exercises")
    done = kit.grader("doctor")
    assert said(done)["kit"][0] == "wrong"
    assert "no exercises found in" in said(done)["kit"][1]
    assert done.returncode == 1


def test_the_folder_of_another_kit(kit: StudentKit, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(kit.root, copy)
    command = [sys.executable, "-P", "-m", "grader", "doctor"]  # as the installed command
    done = subprocess.run(command, cwd=copy, env=kit.environment(), capture_output=True, encoding="utf-8", timeout=60)
    assert f"this folder is in the kit {copy}, and Python uses the kit {kit.root}" in said(done)["kit"][1]
    assert done.returncode == 1


def test_instructors_read_which_sandbox_there_is_and_why_not_more(tmp_path: Path):
    stand_in = tmp_path / "bwrap"
    stand_in.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    stand_in.chmod(0o755)
    # A backend that is none: nothing is loaded, which takes seconds.
    variables = {"KERAS_BACKEND": "none", "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "grader", "doctor"]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, encoding="utf-8", timeout=60)
    word, text = said(done)["sandbox"]
    assert word == "note"
    assert "setting up uid map" in text
    assert "apparmor-profiles" in text
    assert verdict(done).startswith("the exercises that need only NumPy work: ex01, ")

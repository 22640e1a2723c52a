"""A newer kit in the middle of a term: nothing that a student wrote is lost, everything else is new."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.kit.exercise import KIT, find_exercise

EX01, EX04 = Path("exercises/ex01_metrics"), Path("exercises/ex04_perceptron")
Run = Callable[..., subprocess.CompletedProcess[str]]


def run(root: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """A command of the kit in `root`, in its folder."""
    environment = os.environ | {
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'datasets'}",
        "COLUMNS": "200",
        "NO_COLOR": "1",
    }
    command = [sys.executable, "-m", *map(str, words)]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def kits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two versions of a kit, as zip files: in the second there is ex04, and `precision` and a test of ex01 changed."""
    course = tmp_path_factory.mktemp("course")
    for folder in ("grader", "datasets", *(f"{place}/{name}" for place in ("exercises", "solutions")
                                           for name in ("ex01_metrics", "ex04_perceptron"))):  # fmt: skip
        shutil.copytree(KIT / folder, course / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(KIT / name, course / name)
    out = tmp_path_factory.mktemp("kits")
    assert run(course, "grader", "release", out / "old", "--exercise", "ex01").returncode == 0
    solution = course / "solutions" / "ex01_metrics" / "metrics.py"
    text = solution.read_text(encoding="utf-8")
    start = text.index('"""', text.index("def precision"))
    solution.write_text(f'{text[:start]}"""Mended. {text[start + 3 :]}', encoding="utf-8")
    assert run(course, "grader", "stubs").returncode == 0
    with (course / EX01 / "test_metrics.py").open("a", encoding="utf-8") as file:
        file.write("\n# mended\n")
    done = run(course, "grader", "release", out / "new", "--exercise", "ex01,ex04")
    assert done.returncode == 0, done.stderr
    return out / "old.zip", out / "new.zip"


@pytest.fixture
def student(kits: tuple[Path, Path], tmp_path: Path) -> Path:
    """The folder of a student who has worked with the first kit."""
    with zipfile.ZipFile(kits[0]) as archive:
        archive.extractall(tmp_path)
    root = tmp_path / "old"
    shutil.copy(find_exercise("ex01").solution, root / EX01 / "metrics.py")
    (root / ".progress.json").write_text("{}", encoding="utf-8")
    return root


def test_work_and_progress_stay_and_changed_tasks_are_named(kits: tuple[Path, Path], student: Path):
    before = (student / EX01 / "metrics.py").read_bytes()
    done = run(student, "grader", "upgrade", kits[1])
    assert done.returncode == 0, done.stderr
    assert (student / EX01 / "metrics.py").read_bytes() == before
    assert (student / ".progress.json").read_text(encoding="utf-8") == "{}"
    assert "metrics.py: yours is kept; precision changed, see metrics.new.py beside it" in done.stdout
    assert '"""Mended.' in (student / EX01 / "metrics.new.py").read_text(encoding="utf-8")
    assert (student / EX01 / "test_metrics.py").read_text(encoding="utf-8").endswith("# mended\n")
    assert (student / EX04 / "perceptron.py").is_file()
    ran = run(student, "pytest", "-p", "no:cacheprovider", "-q", "exercises")
    assert "ex04_perceptron" in ran.stdout
    assert "100 / 100" in ran.stdout, "the work counts as before, and the new stub beside it is nobody's"
    again = run(student, "grader", "upgrade", kits[1])
    assert "0 files brought up to date" in again.stdout, again.stderr


def test_a_file_that_was_not_begun_is_replaced(kits: tuple[Path, Path], student: Path):
    with zipfile.ZipFile(kits[0]) as archive:
        stub = archive.read(f"old/{EX01.as_posix()}/metrics.py")
    (student / EX01 / "metrics.py").write_bytes(stub.replace(b"\n", b"\r\n"))  # as git on Windows has it
    run(student, "grader", "upgrade", kits[1])
    assert '"""Mended.' in (student / EX01 / "metrics.py").read_text(encoding="utf-8")
    assert not (student / EX01 / "metrics.new.py").exists()


def test_another_file_that_was_changed_is_kept_beside_the_new_one(kits: tuple[Path, Path], student: Path):
    (student / EX01 / "test_metrics.py").write_text("# my own tests\n", encoding="utf-8")
    done = run(student, "grader", "upgrade", kits[1])
    assert "test_metrics.py was changed here: yours is now test_metrics.py.yours" in done.stdout
    assert (student / EX01 / "test_metrics.py.yours").read_text(encoding="utf-8") == "# my own tests\n"
    assert "# mended" in (student / EX01 / "test_metrics.py").read_text(encoding="utf-8")


def test_what_is_no_kit_changes_nothing(kits: tuple[Path, Path], student: Path, tmp_path: Path):
    before = {path: path.read_bytes() for path in student.rglob("*.py")}
    damaged, other = tmp_path / "damaged.zip", tmp_path / "other.zip"
    damaged.write_bytes(kits[1].read_bytes()[:5000])
    with zipfile.ZipFile(kits[1]) as archive, zipfile.ZipFile(other, "w") as changed:
        for name in archive.namelist():
            changed.writestr(name, archive.read(name) + b"#" * name.endswith("test_metrics.py"))
    for path, said in ((damaged, "cannot be read"), (tmp_path / "none.zip", "cannot be read"),
                       (tmp_path, "no student kit"), (other, "is damaged")):  # fmt: skip
        done = run(student, "grader", "upgrade", path)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Traceback" not in done.stderr
    assert before == {path: path.read_bytes() for path in student.rglob("*.py")}


def test_the_kit_of_an_instructor_is_none(kits: tuple[Path, Path], grader: Run):
    done = grader("upgrade", kits[1], cwd=KIT)
    assert done.returncode == 2
    assert "is no student kit" in done.stderr

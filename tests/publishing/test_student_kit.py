"""The student kit holds what students need and gives nothing away; a kit that would is not written."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.kit.errors import GraderError
from grader.kit.exercise import KIT, find_exercise, load_catalog
from grader.kit.stubs import expected_stub
from grader.misconceptions.reading import read_misconceptions
from grader.publishing import student_kit as releasing
from grader.publishing.leaks import find_leaks

EX01 = "exercises/ex01_metrics"
SOLUTION_LINES = """residual = np.sum((y_true - y_pred) ** 2)
    total = np.sum((y_true - np.mean(y_true)) ** 2)
    return float(1 - residual / total)
"""


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Everything that a kit can hold."""
    return releasing.kit_files(list(load_catalog().values()), notebooks=True)


@pytest.fixture
def small_course(tmp_path: Path) -> Path:
    """A copy of the kit with ex01 and ex04 only, for what is tried out on its files."""
    root = tmp_path / "course"
    two = ("ex01_metrics", "ex04_perceptron")
    caches = shutil.ignore_patterns("__pycache__")
    for name in two:
        shutil.copytree(KIT / "exercises" / name, root / "exercises" / name, ignore=caches)
        shutil.copytree(KIT / "solutions" / name, root / "solutions" / name, ignore=caches)
    shutil.copytree(KIT / "grader", root / "grader", ignore=caches)
    shutil.copytree(KIT / "datasets", root / "datasets", ignore=caches)
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(KIT / name, root / name)
    return root


def release_from(course: Path, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "grader", "release", *map(str, words)]
    environment = os.environ | {"PYTHONPATH": str(course), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=course.parent, env=environment, capture_output=True, text=True, timeout=120)


def test_a_kit_has_what_students_need_and_nothing_else(files):
    for exercise in load_catalog().values():
        folder = f"exercises/{exercise.name}"
        assert files[f"{folder}/{exercise.filename}"].decode() == expected_stub(exercise)
        for name in ("README.md", "exercise.toml", "demo.py", f"test_{exercise.filename}"):
            assert files[f"{folder}/{name}"] == (KIT / folder / name).read_bytes()
        assert f"`exercises/{exercise.name}/{exercise.filename}`" in files["README.md"].decode()
    assert {name for name in files if name.endswith("commands.py")} == {"grader/learning/commands.py"}
    assert "{{" not in files["README.md"].decode()


def test_the_names_in_a_kit_are_names_on_every_system(files):
    for name in files:
        assert re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name, re.ASCII), name
        assert not name.endswith(".")
        assert len(name) < 120
        assert not re.search(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)", name.lower())
    assert len({name.lower() for name in files}) == len(files)


def test_the_students_side_uses_nothing_that_only_some_systems_have(files):
    """No module and no function of POSIX alone, and no file that is opened in the encoding of the day."""
    lacking = {"fork", "forkpty", "getuid", "geteuid", "getgid", "fchmod", "chown", "killpg", "setsid", "mkfifo",
               "sched_getaffinity", "getloadavg", "O_NOFOLLOW", "O_NONBLOCK", "wait", "waitpid", "SIGKILL", "SIGALRM",
               "alarm", "setitimer"}  # fmt: skip
    posix = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "select", "syslog", "termios", "tty"}
    for name, content in files.items():
        if not name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(content, feature_version=(3, 11))):
            where = f"{name}, line {getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import):
                assert posix.isdisjoint(alias.name for alias in node.names), where
            elif isinstance(node, ast.ImportFrom):
                assert node.module not in posix, where
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert node.value.id not in ("os", "signal") or node.attr not in lacking, where
            elif isinstance(node, ast.Call):
                assert not _is_text_in_any_encoding(node), where


def _is_text_in_any_encoding(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    binary = any(isinstance(arg, ast.Constant) and str(arg.value).endswith("b") for arg in call.args[-1:])
    said = binary or any(word.arg == "encoding" for word in call.keywords) or "utf-8" in ast.dump(call)
    of_bytes = ast.unparse(call.func) == "os.open"
    return name in ("open", "read_text", "write_text", "fdopen") and not said and not of_bytes


def test_notebooks_come_with_every_function_to_do(files):
    for exercise in load_catalog().values():
        notebook = json.loads(files[f"exercises/{exercise.name}/{exercise.module}.ipynb"])
        sources = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell["source"] for cell in notebook["cells"]}
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
        for task in exercise.tasks:
            assert sources[task.name] == f'check("{task.name}")'
            if task.name != "capstone":  # what the others do together
                assert f'raise NotImplementedError("{exercise.number} {task.name}' in sources[f"solution-{task.name}"]
    assert "jupyter" not in releasing.kit_files([find_exercise("ex01")])["README.md"].decode()
    assert "python -m jupyter notebook exercises/ex01_metrics/metrics.ipynb" in files["README.md"].decode()
    assert '"notebook>=' in files["pyproject.toml"].decode()


def test_an_assistant_in_the_kit_is_asked_to_be_a_tutor(files):
    rules = files["AGENTS.md"].decode()
    assert "Do not write the tasks" in rules
    assert "grader hint" in rules
    assert files["CLAUDE.md"] == b"@AGENTS.md\n"
    assert "`AGENTS.md`" in files["README.md"].decode()


def test_the_tutor_can_be_left_out(small_course: Path, tmp_path: Path):
    done = release_from(small_course, tmp_path / "kit", "--no-tutor")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in (tmp_path / "kit").iterdir()}
    assert "README.md" in names
    assert not {"AGENTS.md", "CLAUDE.md"} & names
    assert "AGENTS" not in (tmp_path / "kit" / "README.md").read_text(encoding="utf-8")


def test_the_kit_of_the_course_gives_nothing_away(files):
    assert find_leaks(files) == []


def test_a_kit_of_some_exercises_has_only_these(tmp_path: Path):
    kit = releasing.release(tmp_path / "week1", [find_exercise("ex01"), find_exercise("ex04")])
    assert sorted(path.name for path in (kit.folder / "exercises").iterdir()) == ["ex01_metrics", "ex04_perceptron"]
    project = (kit.folder / "pyproject.toml").read_text(encoding="utf-8")
    assert "tensorflow" not in project
    assert "keras>=" not in project
    assert "numpy>=" in project
    whole = releasing.kit_files([find_exercise("ex08")])["pyproject.toml"].decode()
    assert "tensorflow>=" in whole


def test_a_kit_for_another_backend_does_not_ask_for_tensorflow():
    made = releasing.kit_files([find_exercise("ex08")], backend="torch")
    project = made["pyproject.toml"].decode()
    assert '"torch>=' in project
    assert "tensorflow" not in project
    assert "Keras with PyTorch" in made["README.md"].decode()
    assert find_leaks(made) == []
    numpy = releasing.kit_files([find_exercise("ex01")], backend="torch")
    assert "torch>=" not in numpy["pyproject.toml"].decode()
    with pytest.raises(GraderError, match="no backend 'pytorch': choose one of tensorflow, jax, torch"):
        releasing.kit_files([find_exercise("ex08")], backend="pytorch")


@pytest.mark.parametrize(("shell", "taken"), [("", "torch (this kit's own)"), ("jax", "jax (KERAS_BACKEND)")])
def test_a_kit_chooses_its_backend_and_the_shell_overrules_it(tmp_path: Path, shell: str, taken: str):
    kit = releasing.release(tmp_path / "kit", [find_exercise("ex08")], backend="torch").folder
    ask = "from grader.learning.backends import chosen_backend as c; print('{} ({})'.format(*c()))"
    environment = os.environ | {"PYTHONPATH": str(kit), "KERAS_BACKEND": shell}
    done = subprocess.run([sys.executable, "-c", ask], cwd=kit, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == taken, done.stderr


def test_a_kit_without_keras_is_for_every_later_python():
    """Next year's Python is not refused where no backend of Keras has to come to it first."""
    bounds = {
        number: tomllib.loads(releasing.kit_files([find_exercise(number)])["pyproject.toml"].decode())["project"]
        for number in ("ex01", "ex08")
    }
    assert bounds["ex01"]["requires-python"] == ">=3.11"
    assert bounds["ex08"]["requires-python"].startswith(">=3.11,<")


def test_a_kit_of_some_exercises_links_to_no_other():
    """An exercise that builds on one which is not there names it all the same"""
    exercises = [find_exercise("ex08"), find_exercise("ex10")]
    text = releasing.kit_files(exercises)["exercises/ex10_image_recognition/README.md"].decode()
    assert "[ex08](../ex08_keras_basics/README.md) (compile and fit), ex09 (convolutions" in text
    assert "../ex09" not in text
    assert "../ex13" not in text


def test_a_kit_has_the_data_of_its_exercises_and_nothing_of_others():
    """A kit of one NumPy exercise is no 12 MB."""
    for exercise in load_catalog().values():
        made = releasing.kit_files([exercise])
        folder = "datasets/files/"
        data = {name.removeprefix(folder) for name in made if name.startswith(folder)} - {"SHA256SUMS"}
        assert data == set(exercise.data)
        others = [other for other in load_catalog().values() if other != exercise]
        assert [
            name for name in made for other in others if other.name in name or other.module in Path(name).stem
        ] == []
        assert sum(map(len, made.values())) < 1e6 + sum((KIT / folder / name).stat().st_size for name in data)


USES = {
    "squeezenet": "squeezenet.npz",
    "load_austen": "austen.txt.gz",
    "region_map": "paintings.npz",
    "picture": "paintings.npz",
}
SETS = {"digits": "digits.npz", "clothing": "clothing.npz", "clip_art": "clip_art.npz", "reviews": "reviews.tsv.gz"}


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.number)
def test_an_exercise_names_the_data_that_its_files_use(exercise):
    """`data` in `exercise.toml` decides what a kit has: a student's run would miss what is not in it."""
    used = set()
    for path in (exercise.demo, exercise.visible_tests, exercise.solution):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Attribute(value=ast.Name(id="course_data"), attr=name) if name in USES:
                    used.add(USES[name])
                case ast.Constant(value=str(name)) if name in SETS:
                    used.add(SETS[name])
    assert used == set(exercise.data)


def test_data_that_is_not_there_makes_no_kit():
    with pytest.raises(GraderError, match=r"exercise.toml: there is no data file 'digits.npy'"):
        releasing.kit_files([replace(find_exercise("ex09"), data=("digits.npy",))])


def test_folder_and_archive_are_the_same_and_come_out_the_same_every_time(tmp_path: Path):
    first = releasing.release(tmp_path / "a" / "kit", [find_exercise("ex01")])
    second = releasing.release(tmp_path / "b" / "kit", [find_exercise("ex01")])
    assert first.archive.read_bytes() == second.archive.read_bytes()
    with zipfile.ZipFile(first.archive) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    present = {path for path in first.folder.rglob("*") if path.is_file()}
    assert inside == {f"kit/{path.relative_to(first.folder).as_posix()}": path.read_bytes() for path in present}
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["kit", "kit.zip"]
    assert subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=first.folder).returncode == 0


def test_an_earlier_kit_is_replaced_and_nothing_else_is(tmp_path: Path):
    out, exercises = tmp_path / "kit", [find_exercise("ex01")]
    out.mkdir()
    (out / "thesis.txt").write_text("keep me")
    with pytest.raises(GraderError, match="no earlier kit"):
        releasing.release(out, exercises)
    (out / "thesis.txt").unlink()
    releasing.release(out, exercises)
    (out / "exercises" / "ex01_metrics" / "__pycache__").mkdir()
    kit = releasing.release(out, [find_exercise("ex04")])
    assert [path.name for path in (kit.folder / "exercises").iterdir()] == ["ex04_perceptron"]
    stub = out / "exercises" / "ex04_perceptron" / "perceptron.py"
    stub.write_text("my work")
    with pytest.raises(GraderError, match=r"was changed \(exercises/ex04_perceptron/perceptron.py\)"):
        releasing.release(out, exercises)
    assert stub.read_text() == "my work"
    shutil.rmtree(out)
    kit.archive.write_bytes(b"not a kit")
    with pytest.raises(GraderError, match=r"kit.zip is not an earlier kit"):
        releasing.release(out, exercises)
    assert kit.archive.read_bytes() == b"not a kit"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (f"{EX01}/README.md", f"Look:\n\n{SOLUTION_LINES}"),
        (f"{EX01}/README.md", "It is `residual = np.sum((y_true - y_pred)**2)`, and then\n"),
        (f"{EX01}/demo.py", f"def show(y_true,\n        y_pred):\n    {SOLUTION_LINES}"),
        (f"{EX01}/notes.md", SOLUTION_LINES.replace("\n", " ")),
        ("grader/pictures.py", SOLUTION_LINES),
        (f"{EX01}/exercise.toml", f'hint = """{SOLUTION_LINES}"""'),
        (f"{EX01}/metrics.ipynb", json.dumps({"cells": [{"cell_type": "code", "source": [SOLUTION_LINES]}]})),
        (
            f"{EX01}/metrics.ipynb",
            json.dumps({"cells": [{"source": "", "outputs": [{"text": SOLUTION_LINES.splitlines(keepends=True)}]}]}),
        ),
        (f"{EX01}/metrics.ipynb", json.dumps({"cells": [], "metadata": {"old": SOLUTION_LINES}})),
        (f"{EX01}/picture.png", b"\x89PNG\0\xff\x80" + SOLUTION_LINES.encode() + b"\0\xff"),
    ],
)
def test_a_solution_is_found_wherever_it_is(path: str, content: str | bytes):
    [leak, *_] = find_leaks({path: content.encode() if isinstance(content, str) else content})
    assert leak.file == path
    assert leak.source.startswith("solutions/ex01_metrics/metrics.py, line ")
    number = int(leak.source.rpartition(" ")[2])
    solution = find_exercise("ex01").solution.read_text(encoding="utf-8").splitlines()
    assert "residual" in solution[number - 1]


def test_a_leak_says_where_it_is():
    text = "one\ntwo\nresidual = np.sum((y_true - y_pred) ** 2)\n"
    [leak] = find_leaks({f"{EX01}/README.md": text.encode()})
    assert str(leak).startswith(f"{EX01}/README.md, line 3: residual = np.sum((y_true - y_pred) ** 2) (solutions/")


def test_a_hidden_test_is_found_whatever_it_is_called():
    hidden = (find_exercise("ex01").hidden / "test_classification.py").read_text(encoding="utf-8")
    start = hidden.index("def counts(")
    helper = hidden[start : hidden.index("\n\n\n", start)].replace("def counts", "def my_counts")
    leaks = find_leaks({f"{EX01}/test_metrics.py": helper.encode()})
    assert leaks
    assert leaks[0].source.startswith("grader/hidden/ex01_metrics/test_classification.py, line ")


def test_a_misconception_is_found_by_its_code_and_by_its_name():
    wrong = read_misconceptions(find_exercise("ex01"))[0]
    [leak] = find_leaks({"README.md": f"Beware of {wrong.name}.\n".encode()})
    assert leak.source == f"grader/hidden/ex01_metrics/misconceptions/classification.py, {wrong.name}"
    long = next(w for w in read_misconceptions(find_exercise("ex07")) if "backward" in w.source)
    assert find_leaks({"README.md": long.source.encode()})


@pytest.mark.parametrize(
    "path",
    [
        "grader/testing/__pycache__/plugin.cpython-311.pyc",
        f"{EX01}/metrics.pyc",
        ".git/objects/ab/cdef",
        f"{EX01}/.ipynb_checkpoints/metrics-checkpoint.ipynb",
        "solutions/ex01_metrics/metrics.py",
        "grader/hidden/ex01_metrics/test_classification.py",
        "grader/wall/client.py",
        "grader/testing/plugin.py.orig",
        "tests/conftest.py",
        "old.zip",
        "datasets/files/more.npz",
    ],
)
def test_what_has_no_place_in_a_kit_is_refused_whatever_it_holds(path: str):
    [leak] = find_leaks({path: b"\0\xff\xfe nothing"})
    assert (leak.file, leak.source) == (path, "no part of a kit")


def test_what_stubs_show_is_no_leak():
    stub = expected_stub(find_exercise("ex07"))
    assert find_leaks({"README.md": stub.encode()}) == []


def test_a_kit_that_leaks_is_not_written(small_course: Path, tmp_path: Path):
    """The command says file, line and where it is from, for every kind of file."""
    handout = small_course / EX01 / "README.md"
    good = handout.read_text(encoding="utf-8")
    handout.write_text(good + "\n" + SOLUTION_LINES, encoding="utf-8")
    done = release_from(small_course, tmp_path / "kit")
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"{EX01}/README.md, line {len(good.splitlines()) + 2}: residual")
    assert "solutions/ex01_metrics/metrics.py, line" in lines[0]
    assert lines[-1].startswith("error: the kit would give away ")
    assert not (tmp_path / "kit").exists()
    assert not (tmp_path / "kit.zip").exists()
    handout.write_text(good, encoding="utf-8")
    shutil.copy(find_exercise("ex01").solution, small_course / EX01 / "metrics.py")
    (small_course / EX01 / "my_notes.py").write_text(SOLUTION_LINES)
    done = release_from(small_course, tmp_path / "kit", "--exercises", "ex01")
    assert done.returncode == 0, done.stderr
    assert f"left out, since a kit has no such file: {EX01}/my_notes.py" in done.stdout
    assert "raise NotImplementedError" in (tmp_path / "kit" / EX01 / "metrics.py").read_text(encoding="utf-8")
    assert not (tmp_path / "kit" / EX01 / "my_notes.py").exists()

"""Student kits for tests: released, unpacked, worked on, and commands in them as a student gives them."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from grader.kit.exercise import Exercise, find_exercise
from grader.publishing.student_kit import release

HINTS = '[{task}]\nidea = "Idea of {task}."\nlook = "Look at {task}."\nexample = """\nFor {task}:\n    1 + 1 = 2\n"""\n'
# Nothing of the shell that runs the tests may change what a student sees.
UNWANTED = ("PYTHONPATH", "PYTEST_ADDOPTS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "NO_COLOR", "FORCE_COLOR", "PY_COLORS",
            "COLUMNS", "PYTHONIOENCODING", "PYTHONUTF8")  # fmt: skip


class StudentKit:
    """An unpacked kit, and a Python that has its libraries."""

    def __init__(self, root: Path, names: tuple[str, ...], python: Path = Path(sys.executable)) -> None:
        self.root, self.python = root, python
        self.exercises = [find_exercise(name) for name in names]

    def file(self, exercise: Exercise) -> Path:
        return self.root / "exercises" / exercise.name / exercise.filename

    def solve(self, exercise: Exercise) -> None:
        shutil.copy(exercise.solution, self.file(exercise))

    def run(self, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `python WORDS` in the kit's folder, its output not a terminal."""
        command = [str(self.python), *map(str, words)]
        done = subprocess.run(
            command, cwd=self.root, env=self.environment() | variables, capture_output=True, timeout=1800
        )
        encoding = variables.get("PYTHONIOENCODING", "utf-8")
        decoded = (stream.decode(encoding, errors="replace") for stream in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(command, done.returncode, *decoded)

    def grader(self, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "grader", *words, **variables)

    def pytest(self, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "pytest", "-p", "no:cacheprovider", *words, **variables)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
        own = (
            {}
            if self.python != Path(sys.executable)
            else {"PYTHONPATH": os.pathsep.join(map(str, (self.root, self.root / "datasets")))}
        )
        return kept | own | {"COLUMNS": "120", "PYTHONIOENCODING": "utf-8"}


def unpacked(room: Path, *names: str, hints: bool = True) -> StudentKit:
    """The kit of the exercises called `names`, released into `room` and unpacked there from its zip archive."""
    exercises = [find_exercise(name) for name in names]
    kit = release(room / "kit", exercises)
    place = room / "Übungen für Ada"
    with zipfile.ZipFile(kit.archive) as archive:
        archive.extractall(place)
    root = place / "kit"
    for exercise in exercises if hints else []:
        text = "\n".join(HINTS.format(task=task.name) for task in exercise.tasks)
        (root / "exercises" / exercise.name / "hints.toml").write_text(text, encoding="utf-8")
    return StudentKit(root, names)


def with_wrong_accuracy(kit: StudentKit) -> None:
    """Solve ex01, all but one task."""
    metrics = find_exercise("ex01")
    kit.solve(metrics)
    source = kit.file(metrics).read_text(encoding="utf-8")
    wrong = source.replace("def accuracy(", "def accuracy(*_): return 2\ndef _(")
    kit.file(metrics).write_text(wrong, encoding="utf-8")


def fresh_environment(folder: Path, kit: Path) -> Path:
    """A new virtual environment with what the kit's `pyproject.toml` asks for and nothing else; returns its Python.

    The libraries are those of the Python that runs the tests: nothing is downloaded.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    [site] = folder.glob("lib/python3*/site-packages")
    project = tomllib.loads((kit / "pyproject.toml").read_text(encoding="utf-8"))
    for name in _closure([*project["project"]["dependencies"], "setuptools", "wheel"]):
        found = distribution(name)
        for top in {path.parts[0] for path in found.files or []} - {"..", "__pycache__"}:
            target = site / top
            if not target.exists() and not top.endswith(".pth"):
                target.symlink_to(Path(str(found.locate_file(top))))
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(python), "install"]
    subprocess.run([*pip, "--no-index", "--no-build-isolation", "--editable", str(kit)], check=True)
    return python


def downloaded_environment(folder: Path, kit: Path) -> Path:
    """A new virtual environment as a student makes it, with the command of the kit's README."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "--quiet", "install", "-e", "."], cwd=kit, check=True)
    return python


def _closure(requirements: list[str]) -> set[str]:
    """The distributions that `requirements` need here, by name."""
    found: set[str] = set()
    left = [Requirement(line) for line in requirements]
    while left:
        requirement = left.pop()
        if requirement.name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            needs = distribution(requirement.name).requires or []
        except PackageNotFoundError:
            continue
        found.add(requirement.name)
        left += [Requirement(line) for line in needs]
    return found


class Terminal:
    """A command in a pseudo-terminal of its own: what it shows is read, what a person types is written."""

    def __init__(self, kit: StudentKit, *words: object) -> None:
        self.seen = ""
        environment = kit.environment() | {"TERM": "xterm-256color"}
        self._pid, self._screen = pty.fork()
        if self._pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background ignores Ctrl-C, a terminal does not
            os.chdir(kit.root)
            os.execve(kit.python, [str(kit.python), *map(str, words)], environment)
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *error: object) -> None:
        os.close(self._screen)
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """What is shown until `text` is, and `text`."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            if not self._read(deadline):
                raise AssertionError(f"{text!r} was not shown, but:\n{self.seen}")
        shown, _, self.seen = self.seen.partition(text)
        return shown + text

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def end(self, seconds: float = 60) -> tuple[int, str]:
        """The exit status, and what was shown until the end."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status), self.seen

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._screen], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise AssertionError(f"nothing more was shown after:\n{self.seen}")
        try:
            shown = os.read(self._screen, 1 << 16)
        except OSError:  # the other end is closed
            return False
        self.seen += shown.decode("utf-8", errors="replace").replace("\r\n", "\n")
        return bool(shown)

"""Exercises and tasks, as their `exercise.toml` files list them.

This is the manifest that scores are counted against. It imports nothing of the exercises themselves.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.kit.errors import GraderError

KIT = Path(__file__).resolve().parent.parent.parent
EXERCISES = KIT / "exercises"
SOLUTIONS = KIT / "solutions"
HIDDEN = KIT / "grader" / "hidden"

TOTAL_POINTS = 100
NEEDS = ("numpy", "keras")
PICTURES = (".png", ".gif")


@dataclass(frozen=True)
class Task:
    """One thing to implement, worth `points`; one call of it may use `call_seconds` of CPU time."""

    name: str
    points: float
    call_seconds: float


@dataclass(frozen=True)
class Exercise:
    """One subject of the course: a folder `exNN_topic` with one module that the student completes."""

    name: str
    title: str
    module: str
    slides: tuple[str, ...]
    needs: str
    tasks: tuple[Task, ...]
    data: tuple[str, ...] = ()  # the files of `datasets/files` that a kit with this exercise has
    may_change: tuple[str, ...] = ()  # the arguments that belong to the student, such as an optimizer's state

    @property
    def number(self) -> str:
        """The short name, such as `ex01`."""
        return self.name.split("_", 1)[0]

    @property
    def filename(self) -> str:
        """The name of the file that a student hands in."""
        return f"{self.module}.py"

    # What students get.

    @property
    def folder(self) -> Path:
        return EXERCISES / self.name

    @property
    def stub(self) -> Path:
        """The file to complete; made from the solution."""
        return self.folder / self.filename

    @property
    def notebook(self) -> Path:
        """Where a student's kit has the exercise as a notebook, if it has."""
        return self.folder / f"{self.module}.ipynb"

    @property
    def handout(self) -> Path:
        return self.folder / "README.md"

    @property
    def manifest(self) -> Path:
        return self.folder / "exercise.toml"

    @property
    def visible_tests(self) -> Path:
        return self.folder / f"test_{self.filename}"

    @property
    def hints(self) -> Path:
        """The hints that `grader hint` gives, one after the other."""
        return self.folder / "hints.toml"

    @property
    def known_mistakes(self) -> Path:
        """Digests of wrong answers that a student's own run recognises; made from the misconceptions."""
        return self.folder / "known_mistakes.toml"

    @property
    def demo(self) -> Path:
        return self.folder / "demo.py"

    @property
    def pictures(self) -> list[Path]:
        """What the finished exercise produces, as the handout shows it."""
        return sorted(path for suffix in PICTURES for path in self.folder.glob(f"*{suffix}"))

    @property
    def shipped(self) -> list[Path]:
        """Every file that students get, the stub and a notebook aside, which are made for them."""
        files = [self.handout, self.manifest, self.visible_tests, self.hints, self.known_mistakes, self.demo]
        return [path for path in (*files, *self.pictures) if path.is_file()]

    # What they may get afterwards.

    @property
    def solution(self) -> Path:
        return SOLUTIONS / self.name / self.filename

    # What they never get.

    @property
    def hidden(self) -> Path:
        """The folder of everything that is about this exercise and for no student."""
        return HIDDEN / self.name

    @property
    def hidden_tests(self) -> list[Path]:
        """The modules of the hidden tests and of what they share."""
        return sorted(self.hidden.glob("*.py"))

    @property
    def thresholds(self) -> Path:
        return self.hidden / "thresholds.toml"

    @property
    def measured(self) -> Path:
        """What `grader calibrate` has measured."""
        return self.hidden / "measured.toml"

    @property
    def misconceptions(self) -> list[Path]:
        """The files with wrong implementations."""
        return sorted((self.hidden / "misconceptions").glob("*.py"))

    @property
    def correct(self) -> list[Path]:
        """Correct implementations in other styles."""
        return sorted((self.hidden / "correct").glob("*.py"))

    @property
    def answers(self) -> Path:
        """What comes out of the handout's questions *Predict, then run*, and why: for instructors."""
        return self.hidden / "answers.md"

    @property
    def equivalent_mutants(self) -> Path:
        return self.hidden / "equivalent.toml"

    def task(self, name: str) -> Task:
        for task in self.tasks:
            if task.name == name:
                return task
        raise GraderError(f"{self.name} has no task '{name}'; its tasks are {', '.join(t.name for t in self.tasks)}")


def read_exercise(manifest: Path) -> Exercise:
    """Read and check one `exercise.toml`."""
    try:
        data = tomllib.loads(manifest.read_text(encoding="utf-8"))
        seconds = float(data["call_seconds"])
        tasks = tuple(
            Task(task["name"], _points(task["points"]), float(task.get("call_seconds", seconds)))
            for task in data["tasks"]
        )
        exercise = Exercise(
            name=manifest.parent.name,
            title=data["title"],
            module=data["module"],
            slides=tuple(data["slides"]),
            needs=data["needs"],
            tasks=tasks,
            data=tuple(data.get("data", ())),
            may_change=tuple(data.get("may_change", ())),
        )
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise GraderError(f"cannot read {manifest}: {error}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise GraderError(f"{manifest} is not a complete manifest: {error!r}") from None
    if exercise.needs not in NEEDS:
        raise GraderError(f"{manifest}: needs = {exercise.needs!r}, must be one of {', '.join(NEEDS)}")
    if len({task.name for task in tasks}) != len(tasks):
        raise GraderError(f"{manifest}: a task is listed twice")
    if sum(task.points for task in tasks) != TOTAL_POINTS:
        raise GraderError(f"{manifest}: the points must add up to {TOTAL_POINTS}")
    return exercise


def _points(value: object) -> float:
    if not isinstance(value, int | float) or value <= 0:
        raise ValueError(f"points = {value!r}, must be a number above 0")
    return value


@cache
def load_catalog() -> dict[str, Exercise]:
    """Every exercise of the kit by name, in the order of the course."""
    manifests = sorted(EXERCISES.glob("ex[0-9][0-9]_*/exercise.toml"))
    if not manifests:
        raise GraderError(
            f"no exercises found in {EXERCISES}: install the kit with 'pip install -e .' from its own folder"
        )
    return {manifest.parent.name: read_exercise(manifest) for manifest in manifests}


def find_exercise(name: str) -> Exercise:
    """Return the exercise called `name`: `ex01_metrics`, `ex01` or `1`."""
    catalog = load_catalog()
    wanted = name.strip().rstrip("/").lower()
    if re.fullmatch(r"(ex)?\d{1,2}", wanted):
        wanted = f"ex{int(wanted.removeprefix('ex')):02d}"
    for exercise in catalog.values():
        if wanted in (exercise.name, exercise.number):
            return exercise
    raise GraderError(f"there is no exercise '{name}'; choose from {', '.join(catalog)}")


def exercise_of_test(path: Path) -> Exercise | None:
    """Return the exercise of a test file, visible or hidden, by the name of its folder; None if there is none."""
    return load_catalog().get(path.parent.name)

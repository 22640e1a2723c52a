"""Exercises and tasks, as their `exercise.toml` files list them.

This is the manifest that scores are counted against. It imports nothing of the exercises themselves.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.errors import GraderError

KIT = Path(__file__).resolve().parent.parent
EXERCISES = KIT / "exercises"
SOLUTIONS = KIT / "solutions"
HIDDEN = KIT / "grader" / "hidden"

TOTAL_POINTS = 100
NEEDS = ("numpy", "keras")


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

    @property
    def number(self) -> str:
        """The short name, such as `ex01`."""
        return self.name.split("_", 1)[0]

    @property
    def filename(self) -> str:
        """The name of the file that a student hands in."""
        return f"{self.module}.py"

    @property
    def folder(self) -> Path:
        return EXERCISES / self.name

    @property
    def hidden_tests(self) -> Path:
        """The folder of its hidden tests and of what they share."""
        return HIDDEN / self.name

    @property
    def thresholds(self) -> Path:
        return HIDDEN / "thresholds" / f"{self.name}.toml"

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
    """The exercise called `name`: `ex01_metrics`, `ex01` or `1`."""
    catalog = load_catalog()
    wanted = name.strip().rstrip("/").lower()
    if re.fullmatch(r"(ex)?\d{1,2}", wanted):
        wanted = f"ex{int(wanted.removeprefix('ex')):02d}"
    for exercise in catalog.values():
        if wanted in (exercise.name, exercise.number):
            return exercise
    raise GraderError(f"there is no exercise '{name}'; choose from {', '.join(catalog)}")


def exercise_of_test(path: Path) -> Exercise | None:
    """The exercise that a test file belongs to, visible or hidden: both are in folders of its name; else None."""
    return load_catalog().get(path.parent.name)

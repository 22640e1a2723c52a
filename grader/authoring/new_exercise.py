"""The skeleton of a new exercise: every file that one needs, with a small example in it that already works."""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.exercise import EXERCISES, HIDDEN, NEEDS, SOLUTIONS, TOTAL_POINTS, load_catalog, read_exercise
from grader.kit.stubs import write_stubs
from grader.kit.templates import render


@dataclass(frozen=True)
class Plan:
    """What the author decides: `name` is the folder, such as ex15_attention."""

    name: str
    title: str
    tasks: dict[str, float]
    needs: str = "numpy"
    thresholds: bool = False

    @property
    def number(self) -> str:
        return self.name.split("_", 1)[0]

    @property
    def module(self) -> str:
        return self.name.split("_", 1)[1]


def read_tasks(text: str) -> dict[str, float]:
    """Return the points by task of `a:50,b:50`.

    Raises:
        GraderError: it is written in another way, a name is not a function's, or the points do not add up.
    """
    tasks: dict[str, float] = {}
    for part in text.split(","):
        name, _, points = part.strip().partition(":")
        named = re.fullmatch(r"[a-z][a-z0-9_]*", name) and not keyword.iskeyword(name) and name not in tasks
        if not named or not points.isdigit() or not int(points):
            raise GraderError(
                f"--tasks: {part.strip()!r} is not a new function and its points, as in fit:60,predict:40"
            )
        tasks[name] = int(points)
    if sum(tasks.values()) != TOTAL_POINTS:
        raise GraderError(f"--tasks: the points add up to {sum(tasks.values())}, and must add up to {TOTAL_POINTS}")
    return tasks


def make_exercise(plan: Plan) -> list[Path]:
    """Write the files of `plan`; returns them.

    Raises:
        GraderError: the name or the needs make no sense, or one of the files is there already.
    """
    if not re.fullmatch(r"ex\d\d_[a-z][a-z0-9_]*", plan.name):
        raise GraderError(f"{plan.name!r} is not a name for an exercise: it must look like ex15_attention")
    if plan.needs not in NEEDS:
        raise GraderError(f"--needs {plan.needs}: choose from {', '.join(NEEDS)}")
    if any(exercise.number == plan.number for exercise in load_catalog().values()):
        raise GraderError(f"there is an {plan.number} already: choose the next number")
    files = _files(plan)
    there = [path for path in files if path.exists()]
    if there:
        raise GraderError(f"{there[0]} is there already, and nothing is overwritten")
    for path, template in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_fill(template, plan), encoding="utf-8")
    load_catalog.cache_clear()
    exercise = read_exercise(EXERCISES / plan.name / "exercise.toml")
    return sorted([*files, *write_stubs([exercise])])


def _files(plan: Plan) -> dict[Path, str]:
    """Return the template of every file; the stub is made from the solution."""
    folder, hidden = EXERCISES / plan.name, HIDDEN / plan.name
    files = {
        folder / "exercise.toml": "exercise.toml",
        folder / "README.md": "README.md",
        folder / "hints.toml": "hints.toml",
        folder / "demo.py": "demo.py",
        folder / f"test_{plan.module}.py": "visible_test.py",
        SOLUTIONS / plan.name / f"{plan.module}.py": "solution.py",
        hidden / "__init__.py": "hidden_tests.py",
        hidden / f"test_{plan.module}.py": "hidden_test.py",
        hidden / "answers.md": "answers.md",
        hidden / "misconceptions" / f"{plan.module}.py": "misconceptions.py",
        hidden / "correct" / "plain_python.py": "correct.py",
    }
    if plan.thresholds:
        files[hidden / "thresholds.toml"] = "thresholds.toml"
    return files


def _fill(template: str, plan: Plan) -> str:
    title = plan.title.replace("\\", "").replace('"', "'")
    words = {"number": plan.number, "name": plan.name, "module": plan.module, "needs": plan.needs, "title": title}
    return render("authoring", f"{template}.j2", **words, tasks=plan.tasks, first=next(iter(plan.tasks)))

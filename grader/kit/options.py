"""The options that several commands share, each in one place."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.kit.exercise import Exercise, find_exercise, load_catalog

# A log has no width of its own; a line per student should stay one.
WIDE = 200

ExerciseOption = Annotated[
    list[str] | None,
    typer.Option("--exercise", "-e", help="Only this exercise, such as ex01, or ex01,ex04; repeatable."),
]
SandboxOption = Annotated[
    str, typer.Option("--sandbox", help="auto, bubblewrap, landlock, process or none (for code that you trust).")
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", "-j", min=1, help="Lanes; by default one per processor.")
]
ProfileOption = Annotated[str, typer.Option("--profile", help="Budgets and thresholds: auto, cpu or gpu.")]
CourseOption = Annotated[
    Path | None,
    typer.Option("--course", help="The course file; by default course.toml in this folder, if there is one."),
]
DEFAULT_LEVEL = "full"  # of `grader.reporting.student_view.FeedbackDetail`
_LEVEL = typer.Option(
    "--level",
    help="What students read: none (points), category (kinds of problems, hints), full (what was asked for, too).",
)
LevelOption = Annotated[str, _LEVEL]
CourseLevelOption = Annotated[str | None, _LEVEL]  # where it is not said, a course file may say it


def chosen_exercises(names: list[str] | None) -> list[Exercise]:
    if not names:
        return list(load_catalog().values())
    chosen = {find_exercise(name).name for words in names for name in words.split(",")}
    return [exercise for exercise in load_catalog().values() if exercise.name in chosen]


def wide_console() -> Console:
    """Return the terminal, or a log with room for a table."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)

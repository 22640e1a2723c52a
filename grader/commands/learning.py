"""Students: see what your own code produces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.catalog import EXERCISES, find_exercise
from grader.commands import SandboxOption, WorkersOption

app = typer.Typer()


@app.command()
def demo(
    exercise: Annotated[
        str | None, typer.Argument(help="Show what this exercise produces, with your own code.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The picture, or the folder of the demo class.")] = None,
    submission: Annotated[Path, typer.Option("--submission", help="The folder with the exercise.")] = EXERCISES,
    workers: WorkersOption = None,
    sandbox: SandboxOption = "auto",
) -> None:
    """Without an exercise: make a small class, grade it, show the points. With one: draw its picture."""
    if exercise is not None:
        from grader.pictures import draw

        typer.echo(f"drawn: {draw(find_exercise(exercise), submission, out)}")
        return
    from grader.commands.grading import grade
    from grader.demo_class import exercises, make_class

    folder = make_class(out)
    names = [exercise.number for exercise in exercises()]
    grade(folder / "submissions", folder / "results", names, workers, sandbox, "cpu")

"""Instructors: hand the exercises out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands import ExerciseOption, chosen_exercises

app = typer.Typer()


@app.command()
def nbgrader(
    course: Annotated[Path, typer.Argument(help="The course directory of nbgrader; it is made if need be.")],
    exercise: ExerciseOption = None,
) -> None:
    """Make an nbgrader course of the exercises: notebooks, and autograding behind the wall."""
    from grader.nbgrader.course import make_course

    notebooks = make_course(course, chosen_exercises(exercise))
    typer.echo(f"{len(notebooks)} assignments in {course}; next: cd {course} && nbgrader generate_assignment ASSIGNMENT")

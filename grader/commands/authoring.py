"""Authors of exercises: stubs from solutions."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.commands import ExerciseOption, chosen_exercises
from grader.errors import GraderError

app = typer.Typer()


@app.command()
def stubs(
    exercise: ExerciseOption = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a stub differs.")] = False,
) -> None:
    """Make the students' stubs from the solutions."""
    from grader.stubs import drift, write_stubs

    exercises = chosen_exercises(exercise)
    if not check:
        changed = write_stubs(exercises)
        typer.echo("\n".join(f"written: {path}" for path in changed) or "all stubs are up to date")
        return
    differences = drift(exercises)
    if differences:
        typer.echo("\n".join(differences), nl=False)
        raise GraderError(f"{len(differences)} stubs differ from their solutions: run 'grader stubs'")
    typer.echo(f"{len(exercises)} stubs are up to date")

"""Authors of exercises: stubs from solutions, hints from misconceptions."""

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


@app.command()
def hints(
    exercise: ExerciseOption = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a file is out of date.")] = False,
) -> None:
    """Make the files by which a student's own pytest recognises misconceptions."""
    from grader.hint_files import make_hint_file

    stale = []
    for chosen in chosen_exercises(exercise):
        made = make_hint_file(chosen)
        typer.echo(f"{chosen.name}: {made.recognised} of {made.misconceptions} misconceptions are recognised")
        if not made.up_to_date:
            stale.append(made.path)
            if not check:
                made.path.write_text(made.text, encoding="utf-8")
    if check and stale:
        names = ", ".join(path.stem for path in stale)
        raise GraderError(f"the hints of {names} are out of date: run 'grader hints'")
    typer.echo("\n".join(f"written: {path}" for path in stale) or "all hints are up to date")

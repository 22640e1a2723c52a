"""Instructors: hand the exercises out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands import chosen_exercises

app = typer.Typer()


@app.command()
def release(
    out: Annotated[Path, typer.Argument(help="The folder to write; the zip archive is OUT.zip.")],
    exercises: Annotated[
        list[str] | None,
        typer.Option("--exercises", "--exercise", "-e", help="Only these, such as ex01,ex04, for weekly hand-outs."),
    ] = None,
) -> None:
    """Make the student kit, and check that it gives nothing away."""
    from grader import release as releasing

    try:
        kit = releasing.release(out, chosen_exercises(exercises))
    except releasing.LeakError as error:
        for leak in error.leaks:
            typer.echo(str(leak), err=True)
        raise
    for name in kit.left_out:
        typer.echo(f"left out, since a kit has no such file: {name}")
    typer.echo(f"{kit.files} files, no leak found: {kit.folder} and {kit.archive}")

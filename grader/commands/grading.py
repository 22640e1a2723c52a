"""Instructors: grade a class, look again, hand the results on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from grader.commands import (
    ExerciseOption,
    LevelOption,
    ProfileOption,
    SandboxOption,
    WorkersOption,
    chosen_exercises,
    wide_console,
)
from grader.errors import GraderError

app = typer.Typer()


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="A folder or zip file with a folder, archive or file per student.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The results folder; a run that was stopped goes on in it.")],
    exercise: ExerciseOption = None,
    workers: WorkersOption = None,
    sandbox: SandboxOption = "auto",
    profile: ProfileOption = "auto",
    roster: Annotated[
        Path | None, typer.Option("--roster", help="A CSV file with id, name, email, lms_id: who must appear.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded already.")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this student; repeatable.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Only what was handed in later."),
    ] = None,
    dask: Annotated[
        str, typer.Option("--dask", help="Grade on the Dask cluster at this address; 'local' starts one.")
    ] = "",
) -> None:
    """Grade a class with the hidden graders, every submission in a sandbox."""
    from grader import batch, tables

    exercises = chosen_exercises(exercise)
    level = batch.choose_level(sandbox)
    console = wide_console()
    console.print(f"sandbox: {level}")
    chosen_profile = batch.choose_profile(profile, exercises)
    lanes = workers or batch.default_workers()
    request = batch.ClassRequest(
        submissions, out, exercises, lanes, level, chosen_profile, roster, force, tuple(only or ()),
        since.timestamp() if since else 0.0, dask,
    )  # fmt: skip
    with tables.progress(console) as listener:
        results = batch.grade_class(request, listener)
    console.print(tables.grades_table(results))
    console.print(f"results: {out}", soft_wrap=True, highlight=False)
    failed = [result for result in results if result.note]
    if failed:
        raise GraderError(
            f"{len(failed)} files could not be graded and have no points: {failed[0].note}; "
            "the same command tries them again"
        )


@app.command()
def verify(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    student: Annotated[str, typer.Argument(help="The student, as named in the results.")],
    sandbox: SandboxOption = "auto",
) -> None:
    """Grade one student again and say whether it comes out the same."""
    from grader.verify import verify as check

    checks = check(results, student, sandbox)
    for made in checks:
        again = made.again
        facts = f"{again.sandbox}, {again.device}, {again.backend or 'numpy'}, file {made.recorded.source_hash[:12]}"
        outcome = "differs" if made.differences else "the same"
        typer.echo(f"{again.exercise}: {again.score:g} of {again.max_score:g}, {outcome} ({facts})")
        typer.echo("".join(f"  {difference}\n" for difference in made.differences), nl=False)
    different = sum(bool(made.differences) for made in checks)
    if different:
        raise GraderError(f"{different} of {len(checks)} results of {student!r} are not what the record says")


@app.command()
def similar(
    submissions: Annotated[Path, typer.Argument(help="The submissions, as for 'grader grade'.")],
    exercise: ExerciseOption = None,
    threshold: Annotated[
        float, typer.Option("--threshold", min=0.0, max=1.0, help="The least share of equal code.")
    ] = 0.6,
) -> None:
    """List pairs of submissions that are suspiciously alike, for a person to judge. No score depends on it."""
    from grader.similar import find_pairs

    pairs = find_pairs(submissions, chosen_exercises(exercise), threshold)
    for pair in pairs:
        typer.echo(f"{pair.share:4.0%}  {pair.exercise}  {pair.first}  {pair.second}  ({pair.tokens} tokens)")
    typer.echo(f"{len(pairs)} pairs share at least {threshold:.0%} of the code that is not the stub's")


@app.command()
def export(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write, or the folder where there are several.")
    ] = None,
    to: Annotated[
        str, typer.Option("--to", help="csv, wide, canvas, moodle, gradescope, classroom50, junit or nbgrader.")
    ] = "csv",
    course: Annotated[
        Path | None, typer.Option("--course", help="The nbgrader course whose gradebook gets the results.")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="Canvas' gradebook or Moodle's worksheet, to be filled in; may be --out itself."),
    ] = None,
    exercise: ExerciseOption = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="A CSV file with id, name, email, lms_id: whose a row is.")
    ] = None,
    level: LevelOption = "category",
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help='Which column is meant, such as ex01="HW 1 (4711)"; repeatable.'),
    ] = None,
) -> None:
    """Write results for other programs: spreadsheets, Canvas, Moodle, Gradescope, Classroom 50, JUnit, nbgrader."""
    if to == "nbgrader":
        _export_to_nbgrader(results, course, exercise, level)
        return
    if out is None:
        raise GraderError("name the file to write with --out FILE")
    from grader import exports
    from grader.exports.request import ExportRequest
    from grader.feedback_level import check_level
    from grader.roster import read_roster
    from grader.store import read_results

    pairs = [text.partition("=") for text in column or []]
    if any(not name or not title for name, _, title in pairs):
        raise GraderError('--column takes NAME="TITLE OF THE COLUMN", such as ex01="HW 1 (4711)"')
    request = ExportRequest(
        read_results(results),
        tuple(chosen.name for chosen in chosen_exercises(exercise)) if exercise else (),
        into,
        read_roster(roster) if roster else [],
        check_level(level),
        {name.strip(): title for name, _, title in pairs},
    )
    for line in exports.export(request, to, out):
        typer.echo(line)
    typer.echo(f"written: {out}")


def _export_to_nbgrader(results: Path, course: Path | None, exercise: list[str] | None, level: str) -> None:
    """nbgrader's gradebook is no file to write: its database is brought up to date."""
    from grader.feedback_level import check_level
    from grader.nbgrader.gradebook import write_gradebook

    if course is None:
        raise GraderError("name the nbgrader course with --course FOLDER; 'grader nbgrader FOLDER' makes one")
    names = {chosen.name for chosen in chosen_exercises(exercise)}
    count = write_gradebook(results, course, names, check_level(level))
    typer.echo(f"{count} results written to the gradebook of {course}")

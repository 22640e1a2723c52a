"""Instructors: grade a class, look again, hand the results on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.commands import ExerciseOption, ProfileOption, SandboxOption, WorkersOption, chosen_exercises
from grader.errors import GraderError

# A log has no width of its own; a line per student should stay one.
WIDE = 200

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
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
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
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    to: Annotated[str, typer.Option("--to", help="The format: csv.")] = "csv",
) -> None:
    """Write results for other programs."""
    from grader import export as exporter
    from grader.store import read_results

    found = read_results(results)
    exporter.export(found, to, out)
    typer.echo(f"{len(found)} results written to {out}")


@app.command()
def report(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    out: Annotated[Path | None, typer.Option("--out", help="The HTML file; by default report.html in RESULTS.")] = None,
) -> None:
    """Write the report of a class, for instructors: one HTML file, and its numbers as CSV beside it."""
    from grader.report.class_report import write_report
    from grader.store import read_results

    for path in write_report(read_results(results), out or results / "report.html"):
        typer.echo(f"written: {path}")


@app.command()
def feedback(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for a page per student and index.csv.")],
    level: Annotated[
        str,
        typer.Option("--level", help="none: points; category: kinds of problems, hints; full: titles of tests too."),
    ] = "category",
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this student; repeatable.")] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Draw what each student's code makes, in the sandbox (trains networks).")
    ] = False,
    workers: WorkersOption = None,
    sandbox: SandboxOption = "auto",
) -> None:
    """Write a feedback page for every student."""
    from grader.batch import choose_level, default_workers
    from grader.report.drawing import Drawings, draw_class
    from grader.report.feedback_page import write_pages
    from grader.store import read_results

    found = read_results(results)
    unknown = [name for name in only or () if name not in {result.student for result in found}]
    if unknown:
        raise GraderError(f"there are no results of {unknown[0]!r} in {results}")
    found = [result for result in found if not only or result.student in only]
    problems: list[str] = []
    if pictures:
        due, problems = draw_class(found, results, choose_level(sandbox), workers or default_workers())
        typer.echo(f"{due - len(problems)} pictures drawn")
    pages = write_pages(found, out, level, Drawings(results) if pictures else None)
    typer.echo(f"{len(pages)} pages and index.csv written to {out}")
    if problems:
        raise GraderError(f"{len(problems)} pictures are missing: {problems[0]}; the same command tries them again")

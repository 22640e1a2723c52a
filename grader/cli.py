"""The `grader` command: reads the command line, calls the room that does the work, prints what people read."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader.catalog import EXERCISES, Exercise, find_exercise, load_catalog
from grader.errors import GraderError

# A log has no width of its own; a line per student should stay one.
WIDE = 200

app = typer.Typer(
    help="The exercise kit for Deep Learning with Keras.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ExerciseOption = Annotated[
    list[str] | None,
    typer.Option("--exercise", "-e", help="Only this exercise, such as ex01, or ex01,ex04; repeatable."),
]
SandboxOption = Annotated[
    str,
    typer.Option("--sandbox", help="auto, bubblewrap, landlock, process or none (for code that you trust)."),
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", "-j", min=1, help="Lanes; by default one per processor.")
]
ProfileOption = Annotated[str, typer.Option("--profile", help="Budgets and thresholds: auto, cpu or gpu.")]


def _exercises(names: list[str] | None) -> list[Exercise]:
    if not names:
        return list(load_catalog().values())
    chosen = {find_exercise(name).name for words in names for name in words.split(",")}
    return [exercise for exercise in load_catalog().values() if exercise.name in chosen]


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

    exercises = _exercises(exercise)
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

    pairs = find_pairs(submissions, _exercises(exercise), threshold)
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
    from grader.demo_class import exercises, make_class

    folder = make_class(out)
    names = [exercise.number for exercise in exercises()]
    grade(folder / "submissions", folder / "results", names, workers, sandbox, "cpu")


@app.command()
def stubs(
    exercise: ExerciseOption = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a stub differs.")] = False,
) -> None:
    """Make the students' stubs from the solutions."""
    from grader.stubs import drift, write_stubs

    exercises = _exercises(exercise)
    if not check:
        changed = write_stubs(exercises)
        typer.echo("\n".join(f"written: {path}" for path in changed) or "all stubs are up to date")
        return
    differences = drift(exercises)
    if differences:
        typer.echo("\n".join(differences), nl=False)
        raise GraderError(f"{len(differences)} stubs differ from their solutions: run 'grader stubs'")
    typer.echo(f"{len(exercises)} stubs are up to date")


def main() -> None:
    """Run the command; whatever is wrong with the input becomes one line and a non-zero exit status."""
    try:
        app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except GraderError as error:
        _fail(str(error))
    except typer.TyperException as error:
        _fail(f"{error.format_message()} See 'grader --help'.")
    except (KeyboardInterrupt, typer.Abort):
        _fail("stopped; what was finished is kept, and the same command goes on from there", status=130)
    except BrokenPipeError:
        sys.exit(1)


def _fail(message: str, status: int = 2) -> None:
    print("error:", " ".join(message.split()), file=sys.stderr)
    sys.exit(status)

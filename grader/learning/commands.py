"""Students: see what your own code produces, get on with it, hand it in."""

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from grader.kit.errors import GraderError
from grader.kit.exercise import EXERCISES, Exercise, find_exercise, load_catalog

OutOption = Annotated[Path | None, typer.Option("--out", help="Where to write it; by default ex01.png or .gif here.")]
SubmissionOption = Annotated[Path, typer.Option("--submission", help="The folder with the exercise.")]

app = typer.Typer()


@app.command()
def status(
    exercise: Annotated[str | None, typer.Argument(help="Show the tasks of this exercise.")] = None,
) -> None:
    """Show what your last runs of pytest found. Nothing is run."""
    _check_folder()
    from grader.learning.board import ExerciseBoard, write_board
    from grader.learning.broken_file import problem_of_file
    from grader.learning.progress import load_progress

    progress = load_progress()
    if progress.note:
        typer.echo(progress.note)
    exercises = [find_exercise(exercise)] if exercise else list(load_catalog().values())
    boards = [
        ExerciseBoard(each, known.scores(each), problem_of_file(each, known), _when(each, known.when))
        for each in exercises
        for known in [progress.of(each)]
    ]
    write_board(boards, _write, sys.stdout.encoding)


@app.command()
def watch(
    exercise: Annotated[
        str | None, typer.Argument(help="Begin with this exercise; by default the first that is not complete.")
    ] = None,
) -> None:
    """Test an exercise whenever you save it. When it is complete, the next one follows."""
    _check_folder()
    from grader.learning import watch as watching

    try:
        watching.watch(find_exercise(exercise) if exercise else None, lambda text: typer.secho(text, bold=True))
    except KeyboardInterrupt:
        typer.echo("\nno longer watching")


@app.command()
def hint(
    words: Annotated[
        list[str],
        typer.Argument(metavar="[EXERCISE] [TASK] [NUMBER]", help="Such as precision, ex01 recall, ex01, recall 2."),
    ],
    again: Annotated[bool, typer.Option("--again", help="The hint that was shown last once more.")] = False,
) -> None:
    """Give the next hint on a task. First the idea, then where to look, then an example worked by hand."""
    _check_folder()
    from grader.learning import hint as hinting

    typer.echo(hinting.hint(words, again))


@app.command()
def reset(
    exercise: Annotated[str, typer.Argument(help="The exercise to start again, such as ex01.")],
) -> None:
    """Put the untouched file of an exercise back. Yours is kept beside it."""
    _check_folder()
    from grader.learning.reset import reset as put_back

    chosen = find_exercise(exercise)
    backup = put_back(chosen)
    typer.echo(f"{chosen.filename} is as it was handed out" + (f"; yours is kept as {backup.name}" if backup else ""))


@app.command()
def upgrade(
    kit: Annotated[Path, typer.Argument(help="The new kit: its zip file, or its folder.")],
) -> None:
    """Bring this kit up to date with a newer one. What you wrote and your progress stay."""
    _check_folder()
    from grader.learning.upgrade import upgrade as bring_up_to_date

    for line in bring_up_to_date(kit):
        typer.echo(line)


@app.command()
def pack(
    out: Annotated[Path, typer.Option("--out", help="The zip file to write.")] = Path("handin.zip"),
) -> None:
    """Make the zip file that you hand in. It says what is missing or broken."""
    _check_folder()
    from grader.learning import pack as packing
    from grader.learning.progress import load_progress
    from grader.learning.ticker import own_terminal, ticking

    with ticking(own_terminal() if sys.stdout.isatty() else None, lambda seconds: f"importing your files: {seconds} s"):
        items = packing.look_through(EXERCISES)
    packing.write_hand_in(items, out)
    progress = load_progress()
    for item in items:
        _write_item(item, _points(item.exercise, progress.of(item.exercise)))
    broken = sum(bool(item.problems) for item in items)
    typer.echo(f"\nwritten: {out}" + (f" ({broken} of {len(items)} exercises need a look)" if broken else ""))


@app.command()
def demo(
    exercise: Annotated[str | None, typer.Argument(help="Such as ex01.")] = None,
    out: OutOption = None,
    submission: SubmissionOption = EXERCISES,
) -> None:
    """Draw what your own code produces."""
    _check_folder()
    if exercise is None:
        raise GraderError("which exercise? Such as 'grader demo ex01'")
    from grader.learning.demo_picture import draw

    typer.echo(f"drawn: {draw(find_exercise(exercise), submission, out)}")


@app.command()
def doctor() -> None:
    """Look whether Python, the libraries, a backend of Keras and the disk are as the exercises need them."""
    from grader.learning.doctor import examine

    show_findings(examine())


def show_findings(findings: Iterable[Any]) -> None:
    """Write a line for each finding, and one for what is wrong with it; the exit status says whether anything is."""
    from grader.learning.doctor import verdict

    shown = []
    for finding in findings:
        word, colour = ("note", "yellow") if finding.worth_reading else ("ok", "green")
        word, colour = ("wrong", "red") if finding.problem else (word, colour)
        _write(f"{word:<6}", **{colour: True})
        _write(f"{finding.name:<17} ", bold=True)
        typer.echo(finding.text)
        if finding.problem:
            typer.secho(f"{'':24}{finding.problem}", fg="red")
        shown.append(finding)
    typer.secho(f"\n{verdict(shown)}", bold=True)
    if any(finding.problem for finding in shown):
        raise SystemExit(1)


def _check_folder() -> None:
    """Nothing is shown or changed in one kit while a student is in the folder of another.

    Raises:
        GraderError: that is so.
    """
    from grader.learning.which_kit import problem_of_folder

    if problem := problem_of_folder(Path()):
        raise GraderError(problem)


def _when(exercise: Exercise, tested: float) -> str:
    """When an exercise was tested, and whether its file is newer."""
    if not tested:
        return ""
    try:
        newer = exercise.stub.stat().st_mtime > tested
    except OSError:
        newer = True
    moment = datetime.fromtimestamp(tested)
    return f"{moment:%Y-%m-%d %H:%M}" + (", changed since" if newer else "")


def _write(text: str, **markup: bool) -> None:
    """Write as pytest's terminal writer does: `green=True` is a colour, `bold=True` is bold."""
    colours = [name for name, wanted in markup.items() if wanted and name != "bold"]
    bold = markup.get("bold", False)
    typer.secho(text, nl=False, fg=colours[0] if colours else None, bold=bold or None)


def _points(exercise: Exercise, remembered: Any) -> str:
    """Return what the visible tests said last."""
    if not remembered.tasks:
        return "not tested"
    scores = remembered.scores(exercise)
    points, total = sum(score.score for score in scores), sum(score.max_score for score in scores)
    changed = ", changed since" if _when(exercise, remembered.when).endswith("since") else ""
    return f"{points:g} of {total:g} points in the visible tests{changed}"


def _write_item(item: Any, points: str) -> None:
    """One line for an exercise of the hand-in, and one for each problem."""
    colour = {"complete": "green", "partly": "yellow", "untouched": "cyan"}.get(item.state, "red")
    _write(f"{item.exercise.name:<24} ", bold=True)
    _write(f"{item.state:<10}", **{colour: True})
    touched = item.state in ("complete", "partly")
    typer.echo(f" {item.written} of {item.functions} written; {points}" if touched else "")
    for problem in item.problems:
        typer.secho(f"    {problem}", fg="red")

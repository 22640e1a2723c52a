"""Instructors: grade a class, and look again."""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from grader.class_run.dates import seconds_at
from grader.kit.errors import GraderError
from grader.kit.exercise import EXERCISES
from grader.kit.options import (
    CourseOption,
    ExerciseOption,
    ProfileOption,
    SandboxOption,
    WorkersOption,
    wide_console,
)
from grader.kit.words import counted
from grader.learning import commands as learning

if TYPE_CHECKING:
    from grader.class_run.run import ClassRequest

app = typer.Typer()


@app.command()
def grade(
    submissions: Annotated[
        Path, typer.Argument(help="A folder or zip file with a folder, archive or file per student.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The results folder; a run that was stopped resumes in it.")],
    exercise: ExerciseOption = None,
    workers: WorkersOption = None,
    sandbox: SandboxOption = "auto",
    profile: ProfileOption = "auto",
    course: CourseOption = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="A CSV file with id, name, email, lms_id: who must appear.")
    ] = None,
    groups: Annotated[
        Path | None, typer.Option("--groups", help="A CSV file with group, student: who hands in together.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is graded already.")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this student; repeatable.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Only what was handed in later."),
    ] = None,
    until: Annotated[
        str, typer.Option("--until", help="Only what was handed in by then: 2026-12-24, or 2026-12-24T12:00.")
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Of several files that differ grade none, in place of the newest.")
    ] = False,
    dask: Annotated[
        str, typer.Option("--dask", help="Grade on the Dask cluster at this address; 'local' starts one.")
    ] = "",
) -> None:
    """Grade a class with the hidden graders, every submission in a sandbox."""
    from grader.class_run import machine
    from grader.class_run.course import exercises_of, find_course
    from grader.class_run.run import ClassRequest

    term = find_course(course)
    exercises = exercises_of(term, exercise)
    if term and term.roster and roster is None:
        roster = Path(term.roster)
    if term and term.groups and groups is None:
        groups = Path(term.groups)
    request = ClassRequest(
        submissions=submissions, out=out, exercises=exercises, workers=workers or machine.default_workers(),
        level=machine.choose_level(sandbox), profile=machine.choose_profile(profile, exercises),
        roster=roster, force=force, only=tuple(only or ()), since=since.timestamp() if since else 0.0,
        strict=strict, dask=dask, groups=groups, until=_until(until),
    )  # fmt: skip
    _grade(request)


def _until(text: str) -> float:
    when = seconds_at(text) if text else inf
    if when is None:
        raise GraderError(f"--until {text}: write a day, 2026-12-24, or a day and a time, 2026-12-24T12:00")
    return when


def _grade(request: "ClassRequest") -> None:
    """Grade, and show how it goes and what it came to."""
    from grader.class_run import terminal
    from grader.class_run.run import grade_class
    from grader.class_run.store import read_changes
    from grader.wall.sandbox import describe

    console, out, started = wide_console(), request.out, time.time()
    console.print(f"sandbox: {describe(request.level)}", soft_wrap=True, highlight=False)
    with terminal.progress(console) as listener:
        results = grade_class(request, listener)
    console.print(terminal.grades_table(results))
    if changes := terminal.changes_table(read_changes(out, started)):
        console.print(changes)
    console.print(f"results: {out}", soft_wrap=True, highlight=False)
    failed = [result for result in results if result.note]
    if failed:
        raise GraderError(
            f"{counted(len(failed), 'file')} could not be graded and got no points: {failed[0].note}; "
            "the same command tries again"
        )


@app.command()
def demo(
    exercise: Annotated[str | None, typer.Argument(help="Draw what this exercise produces.")] = None,
    out: learning.OutOption = None,
    submission: learning.SubmissionOption = EXERCISES,
    workers: WorkersOption = None,
    sandbox: SandboxOption = "auto",
) -> None:
    """Grade a small class, or draw what an exercise produces. Without an exercise it is the class."""
    if exercise is not None:
        learning.demo(exercise, out, submission)
        return
    from grader.class_run import machine
    from grader.class_run.demo_class import exercises, make_class
    from grader.class_run.run import ClassRequest

    folder = make_class(out)
    request = ClassRequest(
        submissions=folder / "submissions", out=folder / "results", exercises=exercises(),
        workers=workers or machine.default_workers(), level=machine.choose_level(sandbox), profile="cpu",
    )  # fmt: skip
    _grade(request)


@app.command()
def doctor() -> None:
    """Look whether all that the exercises need is here, and which sandbox submissions would be graded in."""
    from grader.learning.doctor import examine

    learning.show_findings(chain(examine(), _sandbox()))


def _sandbox() -> Iterator[Any]:
    """Which sandbox there is; none is nothing wrong, since one can work on the exercises without."""
    from grader.learning.doctor import Finding

    try:
        from grader.class_run.machine import choose_level
        from grader.wall.sandbox import describe

        level = choose_level("auto")
        yield Finding("sandbox", describe(level), worth_reading=describe(level) != level)
    except (GraderError, ImportError) as error:  # other systems lack modules of Python that the wall needs
        yield Finding("sandbox", f"none, so that nothing can be graded here ({error})", worth_reading=True)


@app.command()
def verify(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    student: Annotated[str, typer.Argument(help="The student, as named in the results.")],
    sandbox: SandboxOption = "auto",
) -> None:
    """Grade one student again and say whether it comes out the same."""
    from grader.class_run.verify import recorded_results
    from grader.class_run.verify import verify as check

    recorded, gone = recorded_results(results, student)
    checks = check(results, recorded, sandbox)
    for made in checks:
        again = made.again
        facts = f"{again.sandbox}, {again.device}, {again.backend or 'numpy'}, file {made.recorded.source_hash[:12]}"
        outcome = "differs" if made.differences else "the same"
        typer.echo(f"{again.exercise}: {again.score:g} of {again.max_score:g}, {outcome} ({facts})")
        typer.echo("".join(f"  {difference}\n" for difference in made.differences), nl=False)
    for name in gone:
        typer.echo(f"{name}: not graded again, since this kit has the exercise no more")
    different = sum(bool(made.differences) for made in checks)
    if different:
        raise GraderError(f"of {counted(len(checks), 'result')} of {student!r}, {different} came out differently")


@app.command()
def new_course(
    file: Annotated[Path, typer.Argument(help="The file to write.")] = Path("course.toml"),
) -> None:
    """Make a course file, to be edited: which exercises count and how, due dates, late days, the roster."""
    from grader.class_run.course import new_course as text
    from grader.kit.files import write_whole

    if file.exists():
        raise GraderError(f"{file} is there already: edit it, or name another file")
    write_whole(file, text().encode("utf-8"))
    typer.echo(f"written: {file}")


@app.command()
def decide(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    student: Annotated[str, typer.Argument(help="The student, as named in the results; '*' is everybody.")],
    why: Annotated[str, typer.Option("--why", help="The reason, which the student reads.")],
    exercise: Annotated[str, typer.Option("--exercise", "-e", help="The exercise, such as ex01.")] = "",
    task: Annotated[str, typer.Option("--task", help="The task; without it the exercise as a whole.")] = "",
    points: Annotated[float | None, typer.Option("--points", min=0, help="So many points.")] = None,
    bonus: Annotated[float | None, typer.Option("--bonus", help="So many points more; negative ones less.")] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="More time, until then (course.toml)."),
    ] = None,
    comment: Annotated[bool, typer.Option("--comment", help="Nothing but words for the student.")] = False,
    void: Annotated[bool, typer.Option("--void", help="The task does not count; the others share its points.")] = False,
    exempt: Annotated[bool, typer.Option("--exempt", help="The exercise does not count for the student.")] = False,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="The student has left the class.")] = False,
    merged: Annotated[str | None, typer.Option("--merged", help="The student is this one, under another name.")] = None,
    who: Annotated[str, typer.Option("--who", help="Who decides; by default whoever runs this.")] = "",
    course: CourseOption = None,
) -> None:
    """Decide something by hand, and see what it changes: one line in decisions.csv of the results folder."""
    from grader.class_run.course import find_course
    from grader.class_run.decide import make

    said = {"points": points, "bonus": bonus, "extension": until, "comment": comment, "void": void, "exempt": exempt,
            "withdrawn": withdrawn, "merged": merged}  # fmt: skip
    kinds = {kind: value for kind, value in said.items() if value is not None and value is not False}
    if len(kinds) != 1:
        raise GraderError(
            "say one thing that is decided: --points, --bonus, --until, --comment, --void, --exempt, --withdrawn "
            "or --merged"
        )
    [(kind, value)] = kinds.items()
    if isinstance(value, datetime):
        cell = value.isoformat(timespec="minutes").removesuffix("T00:00")
    elif isinstance(value, str):
        cell = value
    else:
        cell = "" if value is True else f"{value:g}"
    for line in make(results, student, exercise, task, kind, cell, who, why, find_course(course)):
        typer.echo(line)


@app.command()
def students(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    remove: Annotated[str | None, typer.Option("--remove", help="Remove this student, with all results.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --remove: do it.")] = False,
) -> None:
    """List who is known in a results folder, and from where; or remove somebody."""
    from grader.class_run import people
    from grader.class_run.terminal import students_table

    if remove is not None:
        typer.echo(people.remove(results, remove, yes))
        return
    wide_console().print(students_table(people.known(results)))


@app.command()
def history(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    student: Annotated[str, typer.Argument(help="The student, as named in the results.")],
) -> None:
    """Tell how the points of one student came about: every change with the reason, and what was decided by hand."""
    from grader.class_run.decisions import EVERYBODY, FILE, read_decisions
    from grader.class_run.store import read_changes, read_results

    changes = [change for change in read_changes(results) if change.student == student]
    decisions = [decision for decision in read_decisions(results) if decision.student in (student, EVERYBODY)]
    if not changes and student not in {result.student for result in read_results(results)}:
        raise GraderError(f"there are no results of {student!r}: name a student as the results do")
    for change in changes:
        typer.echo(change.in_words)
    for decision in decisions:
        about = " ".join(filter(None, (decision.exercise, decision.task, decision.kind, decision.value)))
        typer.echo(f"{decision.when}  by hand: {about}, {decision.who}: {decision.why} ({FILE}, line {decision.line})")
    if not (changes or decisions):
        typer.echo("nothing has changed since changes are written down")

"""Instructors: hand results on, to other programs and to people."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.kit.errors import GraderError
from grader.kit.exercise import load_catalog
from grader.kit.options import (
    DEFAULT_LEVEL,
    CourseLevelOption,
    CourseOption,
    ExerciseOption,
    SandboxOption,
    WorkersOption,
    chosen_exercises,
)
from grader.kit.words import counted

if TYPE_CHECKING:
    from grader.class_run.course import Course

OnlyOption = Annotated[list[str] | None, typer.Option("--only", help="Only this student; repeatable.")]

app = typer.Typer()


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
        Path | None,
        typer.Option("--course", help="The course file (see 'grader grade'); for nbgrader, the folder of its course."),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", help="Canvas' gradebook or Moodle's worksheet, to be filled in; may be --out itself."),
    ] = None,
    exercise: ExerciseOption = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="A CSV file with id, name, email, lms_id: who is in which row.")
    ] = None,
    level: CourseLevelOption = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help='Which column is meant, such as ex01="HW 1 (4711)"; repeatable.'),
    ] = None,
    only: OnlyOption = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Canvas, Moodle: also cells with what no export wrote.")
    ] = False,
) -> None:
    """Write results for other programs: spreadsheets, Canvas, Moodle, Gradescope, Classroom 50, JUnit, nbgrader."""
    if to == "nbgrader":
        _export_to_nbgrader(results, course, exercise, level or DEFAULT_LEVEL, only or [])
        return
    if out is None:
        raise GraderError("name the file to write with --out FILE")
    from grader.class_run.course import find_course
    from grader.class_run.records import read_class
    from grader.handins.roster import read_roster
    from grader.reporting import exports
    from grader.reporting.exports.request import ExportRequest
    from grader.reporting.exports.written import NAME, Written
    from grader.reporting.student_view import check_detail

    pairs = [text.partition("=") for text in column or []]
    if any(not name or not title for name, _, title in pairs):
        raise GraderError('--column takes NAME="TITLE OF THE COLUMN", such as ex01="HW 1 (4711)"')
    term = find_course(course)
    records = read_class(results, term)
    if term and term.roster and roster is None:
        roster = Path(term.roster)
    request = ExportRequest(
        records.results,
        tuple(chosen.name for chosen in chosen_exercises(exercise)) if exercise else (),
        into,
        read_roster(roster) if roster else list(records.people.values()),
        check_detail(_level(level, term)),
        {name.strip(): title for name, _, title in pairs},
        tuple(only or ()),
        Written(results / NAME, overwrite),
        records.received,
        records.grades(),
        records.exempt,
        records.people,
    )
    if records.departed:
        typer.echo(f"no longer in the class, left out: {', '.join(records.departed)}")
    _tell(records.about_nothing)
    for line in exports.export(request, to, out):
        typer.echo(line)
    typer.echo(f"written: {out}")


def _export_to_nbgrader(
    results: Path, course: Path | None, exercise: list[str] | None, level: str, only: list[str]
) -> None:
    """nbgrader's gradebook is not a file to write: its database is brought up to date."""
    from grader.class_run.decisions import FILE, read_decisions
    from grader.class_run.store import read_results
    from grader.reporting.exports.nbgrader_gradebook import fits, write_gradebook
    from grader.reporting.student_view import check_detail

    if course is None:
        raise GraderError("name the nbgrader course with --course FOLDER; 'grader nbgrader FOLDER' makes one")
    names = {chosen.name for chosen in chosen_exercises(exercise)}
    count = write_gradebook(results, course, names, check_detail(level), only)
    gone = sorted({result.exercise for result in read_results(results)} - set(load_catalog()))
    if gone:
        typer.echo(f"left out, since this kit has the exercise no more: {', '.join(gone)}")
    for decision in read_decisions(results):
        if not fits(decision):
            typer.echo(f"{FILE}, line {decision.line}: the gradebook has no place for it, decide it in formgrader")
    typer.echo(f"{counted(count, 'result')} written to the gradebook of {course}")


def _level(said: str | None, course: "Course | None") -> str:
    return said or (course.feedback if course else "") or DEFAULT_LEVEL


def _tell(about_nothing: list[str]) -> None:
    """Name the decisions that change nothing: who made one meant something else."""
    for line in about_nothing:
        typer.echo(f"a decision that changes nothing: {line}")


@app.command()
def report(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    out: Annotated[Path | None, typer.Option("--out", help="The HTML file; by default report.html in RESULTS.")] = None,
    course: CourseOption = None,
) -> None:
    """Write the report of a class, for instructors: one HTML file, and its numbers as CSV beside it."""
    from grader.class_run.course import find_course
    from grader.class_run.records import read_class
    from grader.reporting.pages.class_report import write_report

    records = read_class(results, find_course(course))
    _tell(records.about_nothing)
    out = out or results / "report.html"
    for path in write_report(records.results, out, records.departed, records.received, records.grades()):
        typer.echo(f"written: {path}")


@app.command()
def similar(
    submissions: Annotated[Path, typer.Argument(help="The submissions, as for 'grader grade', or a results folder.")],
    exercise: ExerciseOption = None,
    threshold: Annotated[
        float, typer.Option("--threshold", min=0.0, max=1.0, help="The least share of equal code.")
    ] = 0.6,
    against: Annotated[
        Path | None, typer.Option("--against", help="Other submissions, such as last year's, or their results folder.")
    ] = None,
    solution: Annotated[bool, typer.Option("--solution", help="Also who is like the reference solution.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="An HTML file with the files side by side; a CSV file beside it."),
    ] = None,
) -> None:
    """List submissions that are suspiciously alike, for a person to judge. No score depends on it."""
    from grader.class_run.likeness import find_similar
    from grader.reporting.pages.likeness_page import in_words, write_likeness

    compared = find_similar(submissions, chosen_exercises(exercise), threshold, against, solution)
    for line in in_words(compared, threshold):
        typer.echo(line)
    if out is not None:
        for path in write_likeness(compared, out):
            typer.echo(f"written: {path}")


@app.command()
def feedback(
    results: Annotated[Path, typer.Argument(help="A results folder of 'grader grade'.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for a page per student and index.csv.")],
    level: CourseLevelOption = None,
    course: CourseOption = None,
    only: OnlyOption = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Draw what each student's code makes, in the sandbox (trains networks).")
    ] = False,
    workers: WorkersOption = None,
    sandbox: SandboxOption = "auto",
) -> None:
    """Write a feedback page for every student."""
    from grader.class_run.course import find_course
    from grader.class_run.machine import choose_level, default_workers
    from grader.class_run.records import read_class
    from grader.reporting.exports.request import only_of
    from grader.reporting.pages.feedback_page import write_pages
    from grader.reporting.pages.student_pictures import Drawings, draw_class

    term = find_course(course)
    records = read_class(results, term)
    _tell(records.about_nothing)
    found = only_of(records.results, only or ())
    problems: list[str] = []
    if pictures:
        due, problems = draw_class(found, results, choose_level(sandbox), workers or default_workers())
        typer.echo(f"{counted(due - len(problems), 'picture')} drawn")
    drawings = Drawings(results) if pictures else None
    pages = write_pages(
        found, out, _level(level, term), drawings, term.title if term else None, records.grades(), records.people
    )
    typer.echo(f"{counted(len(pages), 'page')} and index.csv written to {out}")
    if problems:
        what = "1 picture is" if len(problems) == 1 else f"{len(problems)} pictures are"
        raise GraderError(f"{what} missing: {problems[0]}; the same command tries again")

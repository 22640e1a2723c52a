"""What an instructor sees of a run: a progress bar, or a line per finished student; a table at the end."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from grader.class_run.history import FILE as HISTORY
from grader.class_run.history import Change
from grader.class_run.people import Known
from grader.class_run.run import Listener
from grader.grading.job import Job
from grader.grading.result import Result
from grader.kit.words import counted
from grader.testing.verdict import Status

MAX_ROWS = 40


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """Listen to a run: a bar with an ETA on a terminal, else a line for each student who is done."""
    if console.is_terminal:
        with bar_of("grading", console) as bar:
            yield _on_a_bar(bar)
    else:
        yield _in_lines(console)


def bar_of(what: str, console: Console) -> Progress:
    """Return a progress bar with the time that is left."""
    times = (TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
    return Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), *times, console=console)


def _on_a_bar(bar: Progress) -> Listener:
    row = bar.add_task("", total=None)

    def on_start(total: int, due: list[Job]) -> None:
        bar.update(row, total=len(due))
        if len(due) < total:
            bar.console.print(f"{total - len(due)} of {total} files are graded already")

    return Listener(on_start, lambda result: bar.advance(row), lambda news: bar.console.print(news, markup=False))


def _in_lines(console: Console) -> Listener:
    to_come: Counter[str] = Counter()
    finished: dict[str, list[Result]] = {}

    def on_start(total: int, due: list[Job]) -> None:
        console.print(f"{len(due)} of {total} files to grade")
        to_come.update(job.student for job in due)

    def on_result(result: Result) -> None:
        finished.setdefault(result.student, []).append(result)
        to_come[result.student] -= 1
        if not to_come[result.student]:
            console.print(summary_line(result.student, finished.pop(result.student)), highlight=False, markup=False)

    return Listener(on_start, on_result, lambda news: console.print(news, highlight=False, markup=False))


def summary_line(student: str, results: list[Result]) -> str:
    """One line for one student: the total, then each exercise."""
    ordered = sorted(results, key=lambda result: result.exercise)
    total, most = sum(result.score for result in ordered), sum(result.max_score for result in ordered)
    parts = ", ".join(f"{result.exercise.split('_')[0]} {result.score:g}" for result in ordered)
    return f"{student}: {total:g} of {most:g} ({parts})"


def grades_table(results: list[Result]) -> Table:
    """Students in rows, exercises in columns, points in cells; - where nothing came, ? where nothing could be read."""
    exercises = sorted({result.exercise for result in results})
    by_student: dict[str, dict[str, Result]] = {}
    for result in results:
        by_student.setdefault(result.student, {})[result.exercise] = result
    table = Table(title="Points", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("student", overflow="fold", min_width=10)
    for exercise in exercises:
        table.add_column(exercise.split("_")[0], justify="right", no_wrap=True, min_width=5)
    table.add_column("total", justify="right", no_wrap=True, min_width=5)
    students = sorted(by_student)
    for student in students[:MAX_ROWS]:
        row = by_student[student]
        total = sum(result.score for result in row.values())
        table.add_row(Text(student), *[_cell(row.get(exercise)) for exercise in exercises], f"{total:.5g}")
    if len(students) > MAX_ROWS:
        table.caption = f"and {counted(len(students) - MAX_ROWS, 'more student')}; all of them are in the results"
    return table


def changes_table(changes: list[Change]) -> Table | None:
    """Who has other points than before, by how much and why, the largest loss first; None where nobody has."""
    changed = sorted((c for c in changes if c.was not in (None, c.now)), key=lambda c: c.now - (c.was or 0.0))
    if not changed:
        return None
    table = Table(title="Changed", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("student", "exercise", "was", "now", "by", "why"):
        is_number = column in ("was", "now", "by")
        table.add_column(column, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    for change in changed[:MAX_ROWS]:
        was = change.was or 0.0
        cells = (change.student, change.exercise.split("_")[0], f"{was:g}", f"{change.now:g}",
                 f"{round(change.now - was, 2):+g}", change.why)  # fmt: skip
        table.add_row(*map(Text, cells))
    if len(changed) > MAX_ROWS:
        table.caption = f"and {counted(len(changed) - MAX_ROWS, 'more change')}; all of them are in {HISTORY}"
    return table


def students_table(people: list[Known]) -> Table:
    """Who is known, from where, with how many exercises, and what became of them."""
    table = Table(title="Students", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("student", "name", "e-mail", "known from", "exercises", ""):
        table.add_column(column, justify="right" if column == "exercises" else "left", overflow="fold")
    for one in people:
        name = "" if one.person.name == one.person.id else one.person.name
        cells = (one.person.id, name, one.person.email, one.since, str(one.exercises), one.now)
        table.add_row(*map(Text, cells))
    return table


def _cell(result: Result | None) -> Text:
    if result is None:
        return Text("")
    statuses = {score.status for score in result.scores}
    if statuses == {Status.MISSING}:
        return Text("-", style="dim")
    if statuses == {Status.UNREADABLE}:
        return Text(Status.UNREADABLE.mark, style=Status.UNREADABLE.colour)
    if statuses == {Status.TODO}:
        return Text(Status.TODO.word, style=Status.TODO.colour)
    if statuses == {Status.ERROR}:
        return Text(Status.ERROR.word, style=Status.ERROR.colour)
    style = "green" if result.score == result.max_score else "yellow" if result.score else "red"
    return Text(f"{result.score:.4g}", style=style)

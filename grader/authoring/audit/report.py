"""The outcome of an audit: a table for a terminal, Markdown for the docs, JSON for machines."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import compress

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.authoring.audit.cases import Case
from grader.authoring.audit.checks import Outcome
from grader.authoring.audit.visible import VisibleOutcome
from grader.class_run.terminal import bar_of

COLUMNS = (
    "exercise", "solution", "stub", "trivial answers refused", "correct code", "misconceptions caught",
    "with own hint", "mutants killed", "equivalent", "seeds", "verdict",
)  # fmt: skip
VISIBLE_COLUMNS = (
    "exercise", "misconceptions seen", "mutants seen", "points too many, mean", "at most", "seconds", "verdict",
)  # fmt: skip
LINE_EVERY = 50  # files, in a log


@contextmanager
def progress(console: Console) -> Iterator[tuple[Callable[[int], None], Callable[[Case], None]]]:
    """Provide what to call with the number of files, and with each that is graded."""
    if not console.is_terminal:
        yield _in_lines(console)
        return
    with bar_of("auditing", console) as bar:
        row = bar.add_task("", total=0)
        yield (
            lambda files: bar.update(row, total=(bar.tasks[row].total or 0) + files),
            lambda case: bar.advance(row),
        )


def _in_lines(console: Console) -> tuple[Callable[[int], None], Callable[[Case], None]]:
    total, done = 0, 0

    def on_start(files: int) -> None:
        nonlocal total
        total += files

    def on_result(case: Case) -> None:
        nonlocal done
        done += 1
        if done % LINE_EVERY == 0 or done == total:
            console.print(f"{done} of {total} files graded, the last of {case.exercise.number}", highlight=False)

    return on_start, on_result


def outcomes_table(outcomes: Sequence[Outcome | VisibleOutcome]) -> Table:
    table = Table(title="Audit", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    names, *rows = _cells(outcomes)
    for name in names:
        table.add_column(name, justify="left" if name in ("exercise", "verdict") else "right")
    for outcome, (*facts, verdict) in zip(outcomes, rows, strict=True):
        table.add_row(*facts, Text(verdict, style="red" if outcome.problems else "green"))
    return table


def details(outcome: Outcome | VisibleOutcome) -> list[str]:
    """Return the lines below the table: what is wrong, and what that comes from."""
    if isinstance(outcome, Outcome):
        return list(dict.fromkeys([*outcome.problems, *(f"no points lost: {mutant}" for mutant in outcome.survivors)]))
    unseen = [f"only hidden tests see the {mistake}" for mistake in outcome.hidden_only]
    return [*outcome.problems, *unseen, *map(str, outcome.worst)]


def to_markdown(outcomes: Sequence[Outcome | VisibleOutcome]) -> str:
    names, *facts = _cells(outcomes)
    rows = [names, tuple("---" for _ in names), *facts]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def to_json(outcomes: Sequence[Outcome | VisibleOutcome]) -> str:
    return json.dumps([asdict(outcome) for outcome in outcomes], indent=1, ensure_ascii=False) + "\n"


def _cells(outcomes: Sequence[Outcome | VisibleOutcome]) -> list[tuple[str, ...]]:
    """Return the names of the columns and the rows under them, without what nothing is known of."""
    columns = VISIBLE_COLUMNS if isinstance(outcomes[0], VisibleOutcome) else COLUMNS
    rows = [_visible_row(outcome) if isinstance(outcome, VisibleOutcome) else _row(outcome) for outcome in outcomes]
    known = [any(cell != "-" for cell in column) for column in zip(*rows, strict=True)]
    return [tuple(compress(row, known)) for row in (columns, *rows)]


def _row(outcome: Outcome) -> tuple[str, ...]:
    audited = outcome.reference is not None
    return (
        outcome.exercise.split("_")[0],
        "-" if outcome.reference is None else f"{outcome.reference:g}",
        "-" if outcome.stub is None else f"{outcome.stub:g}",
        f"{outcome.refused} of {outcome.trivial}" if audited else "-",
        f"{outcome.variants_full} of {outcome.variants}" if audited else "-",
        f"{outcome.caught} of {outcome.misconceptions}" if audited else "-",
        f"{outcome.recognised} of {outcome.misconceptions}" if audited else "-",
        _share(outcome.killed, outcome.mutants),
        str(outcome.equivalent) if outcome.mutants else "-",
        str(outcome.seeds) if audited else "-",
        _verdict(outcome),
    )


def _visible_row(outcome: VisibleOutcome) -> tuple[str, ...]:
    return (
        outcome.exercise.split("_")[0],
        _share(outcome.seen_misconceptions, outcome.misconceptions),
        _share(outcome.seen_mutants, outcome.mutants),
        "-" if outcome.mean_distance is None else f"{outcome.mean_distance:g}",
        "-" if outcome.max_distance is None else f"{outcome.max_distance:g}",
        f"{outcome.seconds:.2f}",
        _verdict(outcome),
    )


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "-"


def _verdict(outcome: Outcome | VisibleOutcome) -> str:
    return f"{len(outcome.problems)} problems" if outcome.problems else "right"

"""Which submissions are alike: in words, as a page with the files side by side, and as CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.handins.similar import Compared, Pair, Slices
from grader.kit.csv_text import as_text, csv_bytes
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise
from grader.kit.files import write_whole
from grader.reporting.pages.html import render

COLUMNS = ("exercise", "cluster", "first", "second", "share", "tokens")
MOST_PAIRS = 40  # that are shown side by side; all are in the table


@dataclass(frozen=True)
class Line:
    """A line of a file; `kind` is `same` (the other file has it, too), `stub` or ""."""

    text: str
    kind: str


def in_words(compared: Compared, threshold: float) -> Iterator[str]:
    """What a terminal shows: a line for each cluster and its pairs."""
    for cluster in compared.clusters():
        if len(cluster.members) > 2:
            yield f"{len(cluster.members)} together: {cluster.exercise}  {', '.join(cluster.members)}"
        yield from map(_told, cluster.pairs)
    yield from map(_told, compared.others)
    yield from (f"not compared with any: {reason}" for reason in compared.left_out)
    shared = f"share at least {threshold:.0%} of the code that is not the stub's"
    yield f"pairs that {shared}: {len(compared.pairs)}"
    if compared.others:
        yield f"files that {shared} with another source: {len(compared.others)}"


def _told(pair: Pair) -> str:
    return f"{pair.share:4.0%}  {pair.exercise}  {pair.first}  {pair.second}  ({pair.tokens} tokens)"


def write_likeness(compared: Compared, out: Path) -> list[Path]:
    """Write the page to `out` and the table beside it; returns both.

    Raises:
        GraderError: a file cannot be written.
    """
    if out.suffix.lower() == ".csv":
        raise GraderError(f"--out {out}: it is an HTML file; the table goes into a .csv file beside it")
    table = out.with_suffix(".csv")
    write_whole(out, likeness_page(compared, table.name))
    write_whole(table, likeness_csv(compared))
    return [out, table]


def likeness_csv(compared: Compared) -> bytes:
    """A row for each pair; pairs of one cluster have one number, those with another source none."""
    clusters = enumerate(compared.clusters(), 1)
    rows = [(str(number), pair) for number, cluster in clusters for pair in cluster.pairs]
    rows += [("", pair) for pair in compared.others]
    cells = [
        (pair.exercise, number, as_text(pair.first), as_text(pair.second), f"{pair.share:.3f}", pair.tokens)
        for number, pair in rows
    ]
    return csv_bytes([COLUMNS, *cells])


def likeness_page(compared: Compared, table: str) -> bytes:
    """Return the page: clusters, and pairs with their files side by side; `table` is the name of the CSV file."""
    shown = [pair for cluster in compared.clusters() for pair in cluster.pairs] + compared.others
    sides = [(pair, *_sides(compared, pair)) for pair in shown[:MOST_PAIRS]]
    return render(
        "likeness.html.j2", clusters=compared.clusters(), others=compared.others, sides=sides, table=table,
        left_out=compared.left_out, more=len(shown) - len(sides),
    )  # fmt: skip


def _sides(compared: Compared, pair: Pair) -> tuple[list[Line], list[Line]]:
    stub = {line.strip() for line in find_exercise(pair.exercise).stub.read_text(encoding="utf-8").splitlines()}
    first = _lines(compared.texts[pair.exercise, pair.first], pair.in_first, stub)
    return first, _lines(compared.texts[pair.exercise, pair.second], pair.in_second, stub)


def _lines(text: str, slices: Slices, stub: set[str]) -> list[Line]:
    """The lines of a file, each with what it is: a line counts as shared where half of it is."""
    lines, start = [], 0
    for line in text.splitlines():
        end = start + len(line)
        shared = sum(max(0, min(end, last) - max(start, first)) for first, last in slices)
        kind = "stub" if line.strip() in stub else "same" if 2 * shared >= max(len(line.strip()), 1) else ""
        lines.append(Line(line, kind))
        start = end + 1
    return lines

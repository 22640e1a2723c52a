"""Results for other programs: a module for each format, and the table of them.

A format takes an `ExportRequest` and returns what is to be written, as an `Export`; it writes nothing itself.
"""

from collections.abc import Callable
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.files import write_whole
from grader.reporting.exports import canvas, classroom50, gradescope, junit, long_csv, moodle, wide_csv
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.text import some
from grader.reporting.pages.unusual import is_unreadable

# The name of a format after `--to`, and what makes it. exports.md tells what each needs.
FORMATS: dict[str, Callable[[ExportRequest], Export]] = {
    "csv": long_csv.export,
    "wide": wide_csv.export,
    "canvas": canvas.export,
    "moodle": moodle.export,
    "gradescope": gradescope.export,
    "classroom50": classroom50.export,
    "junit": junit.export,
}


def export(request: ExportRequest, to: str, out: Path) -> list[str]:
    """Write what `request` asks for to `out` in the format `to`; every file is complete or not there.

    Returns what is to be told about it, line by line.

    Raises:
        GraderError: there is no such format, it lacks something, or `out` cannot be written. Nothing is written then.
    """
    if to not in FORMATS:
        raise GraderError(f"there is no export format '{to}'; choose from {', '.join(FORMATS)}")
    made = FORMATS[to](request)
    for path, content in _places(made, out):
        write_whole(path, content)
    request.written.save()
    unreadable = sorted({result.student for result in request.chosen() if is_unreadable(result)})
    told = [f"0 points since nothing could be read, look at these by hand: {some(unreadable)}"] if unreadable else []
    return made.news + told


def _places(made: Export, out: Path) -> list[tuple[Path, bytes]]:
    """Return where each file goes: a single document to `out` where that names a file, several below it."""
    if len(made.files) == 1:
        name, content = next(iter(made.files.items()))
        if not name or out.suffix == Path(name).suffix:
            return [(out, content)]
    return [(out / name, content) for name, content in made.files.items()]

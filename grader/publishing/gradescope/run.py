"""Gradescope: grades the submission in the container of an autograder (`python -m grader.publishing.gradescope.run`).

What the grader itself fails at is nobody's 0: there is no `results.json` then, Gradescope says that the autograder
failed to execute, and the reason is in the output that instructors see.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from grader.class_run.records import ClassRecords, read_class
from grader.class_run.run import ClassRequest, Listener, grade_class
from grader.class_run.store import KEY
from grader.kit.errors import GraderError
from grader.kit.exercise import load_catalog
from grader.kit.files import write_whole
from grader.kit.options import DEFAULT_LEVEL
from grader.publishing.gradescope.autograder import SANDBOXES
from grader.reporting.exports.gradescope import results_json
from grader.reporting.student_view import FeedbackDetail
from grader.wall import sandbox
from grader.wall.confine import SandboxLevel

STUDENT = "submission"


def main() -> None:
    """Grade what is in the folder `submission` and write `results/results.json`, both below `--root`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("/autograder"), help="Gradescope's folder")
    parser.add_argument(
        "--level",
        choices=list(FeedbackDetail),
        default=DEFAULT_LEVEL,
        help="how much of the feedback students read",
    )
    parser.add_argument("--sandbox", choices=SANDBOXES, default="auto", help="what a student's process runs in")
    options = parser.parse_args()
    out = options.root / "results" / "results.json"
    out.unlink(missing_ok=True)
    try:
        level = _sandbox(options.sandbox)
        records = grade(options.root / "submission", (options.root / "source" / KEY).read_bytes(), level)
        write_whole(out, results_json(records.results, options.level, records.received))
    except (GraderError, OSError) as error:
        print(f"the autograder failed, and the submission has no points: {error}")
        sys.exit(1)
    for result in records.results:
        print(f"{result.exercise}: {result.score:g} of {result.max_score:g}")


def grade(submission: Path, key: bytes, level: str) -> ClassRecords:
    """Return the results of one submission in every exercise of the kit, and the account of its files.

    It is graded in the sandbox `level`.

    Raises:
        GraderError: the grader failed.
        OSError: the submission cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="grader-") as name:
        place = Path(name)
        shutil.copytree(submission, place / "class" / STUDENT, symlinks=True)
        (place / "results").mkdir()
        (place / "results" / KEY).write_bytes(key)
        exercises = list(load_catalog().values())
        request = ClassRequest(
            submissions=place / "class", out=place / "results", exercises=exercises, workers=1, level=level,
            profile="cpu", only=(STUDENT,),
        )  # fmt: skip
        grade_class(request, Listener(lambda total, due: None, lambda result: None, print))
        records = read_class(place / "results")
    failed = [result for result in records.results if result.note]
    if failed:
        raise GraderError(f"{failed[0].exercise} could not be graded: {failed[0].note}")
    return records


def _sandbox(wanted: str) -> str:
    """Return the sandbox to grade in: the strongest that works in this container, or the one that was asked for.

    Raises:
        GraderError: it does not work here; nothing is graded with less.
    """
    levels = (SandboxLevel.BUBBLEWRAP, SandboxLevel.LANDLOCK) if wanted == "auto" else (SandboxLevel(wanted),)
    level = next((level for level in levels if not sandbox.missing(level)), None)
    if level is None:
        raise GraderError(
            f"this container has no sandbox ({'; '.join(map(sandbox.missing, levels))}), and without one a submission "
            "can read the hidden tests and change its points. Choose an image that allows Landlock or user namespaces; "
            "or, if you trust these students, make the autograder again with --sandbox process"
        )
    print(f"sandbox: {sandbox.describe(level)}")
    if level == SandboxLevel.PROCESS:
        print("That is limits alone: a submission that is made for it can read the hidden tests, or change its points.")
    return level


if __name__ == "__main__":
    main()

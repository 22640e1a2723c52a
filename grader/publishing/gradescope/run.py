"""Gradescope: grades the submission in the container of an autograder (`python -m grader.publishing.gradescope.run`).

What the grader itself fails at is nobody's 0: there is no `results.json` then, Gradescope says that the autograder
failed to execute, and the reason is in the output that instructors see.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from grader.class_run.run import ClassRequest, Listener, grade_class
from grader.class_run.store import KEY
from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.exercise import load_catalog
from grader.kit.files import write_whole
from grader.reporting.exports.gradescope import results_json
from grader.reporting.student_view import FeedbackDetail
from grader.wall import sandbox

STUDENT = "submission"


def main() -> None:
    """Grade what is in the folder `submission` and write `results/results.json`, both below `--root`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("/autograder"), help="Gradescope's folder")
    parser.add_argument(
        "--level",
        choices=list(FeedbackDetail),
        default=FeedbackDetail.CATEGORY,
        help="how much of the feedback students read",
    )
    options = parser.parse_args()
    out = options.root / "results" / "results.json"
    out.unlink(missing_ok=True)
    try:
        results = grade(options.root / "submission", (options.root / "source" / KEY).read_bytes())
        write_whole(out, results_json(results, options.level))
    except (GraderError, OSError) as error:
        print(f"the autograder failed, and the submission has no points: {error}")
        sys.exit(1)
    for result in results:
        print(f"{result.exercise}: {result.score:g} of {result.max_score:g}")


def grade(submission: Path, key: bytes) -> list[Result]:
    """Return the results of one submission in every exercise of the kit.

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
            submissions=place / "class", out=place / "results", exercises=exercises, workers=1, level=_level(),
            profile="cpu", only=(STUDENT,),
        )  # fmt: skip
        results = grade_class(request, Listener(lambda total, due: None, lambda result: None, print))
    failed = [result for result in results if result.note]
    if failed:
        raise GraderError(f"{failed[0].exercise} could not be graded: {failed[0].note}")
    return results


def _level() -> str:
    """Return the strongest sandbox that works in this container, which is Docker's, and never none."""
    try:
        level = sandbox.choose("auto")
    except sandbox.SandboxError as error:
        level = sandbox.SandboxLevel.PROCESS
        print(f"sandbox: only limits ({level}), since {error}")
        print("A submission that is made for it could read the hidden tests here, or change its points.")
    else:
        print(f"sandbox: {level}")
    return level


if __name__ == "__main__":
    main()

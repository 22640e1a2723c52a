"""Classroom 50: the `result.json` of a submission, `classroom50/result/v1`.

The rules are those of https://github.com/foundation50/classroom50/blob/main/schemas/result-v1.schema.json: points are
whole numbers, `submission` is a tag that begins with "submit/". Its runner says in the environment what the submission
is (https://github.com/foundation50/classroom50/wiki/Advanced-Autograding); outside of it, a result names itself a
manual one, as those do that a teacher enters in Classroom 50.
"""

import json
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime

from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.text import feedback_lines, file_names, some
from grader.reporting.student_view import student_view
from grader.testing.verdict import Status

SCHEMA = "classroom50/result/v1"
# What the runner says about a submission; SUBMISSION_TAG is there whenever it is the runner who says it.
RUNNER = ("CLASSROOM", "ASSIGNMENT", "ASSIGNMENT_TYPE", "OWNER", "USERNAME", "SUBMISSION_TAG", "COMMIT_URL",
          "RELEASE_URL", "REVIEW_URL")  # fmt: skip


def export(request: ExportRequest) -> Export:
    """Return a `result.json` for each student and exercise; a result that could not be graded gets none.

    Raises:
        GraderError: the environment does not say which classroom it is, or names one submission for several results.
    """
    runner = {name: os.environ[name] for name in RUNNER if os.environ.get(name)}
    if "CLASSROOM" not in runner:
        raise GraderError(
            "Classroom 50 wants to know which classroom: set CLASSROOM to its short name, as its runner does "
            "(CLASSROOM=NAME grader export ...)"
        )
    if "SUBMISSION_TAG" not in runner:  # outside of the runner, names like USERNAME are somebody else's
        runner = {"CLASSROOM": runner["CLASSROOM"]}
    results = request.chosen()
    graded = [result for result in results if not result.note]
    if "SUBMISSION_TAG" in runner and len(results) != 1:
        raise GraderError(
            f"SUBMISSION_TAG is set, which is of one submission, and there are {len(results)} results: "
            "choose the exercise with --exercise, or unset it to export a class"
        )
    folders = file_names(dict.fromkeys(result.student for result in graded))
    files = {
        f"{folders[result.student]}/{result.exercise}/result.json": _document(result, request.level, runner)
        for result in graded
    }
    failed = [result.student for result in results if result.note]
    return Export(files, [f"left out, since the file could not be graded: {some(failed)}"] if failed else [])


def _document(result: Result, level: str, runner: Mapping[str, str]) -> bytes:
    now = datetime.now(UTC)
    tag = runner.get("SUBMISSION_TAG", f"submit/manual-{now:%Y-%m-%dT%H-%M-%SZ}")
    commit = runner.get("COMMIT_URL", tag)
    tests = _tests(result, level)
    content = {
        "schema": SCHEMA,
        "classroom": runner["CLASSROOM"],
        "assignment": runner.get("ASSIGNMENT", result.exercise.replace("_", "-")),
        "assignment_type": runner.get("ASSIGNMENT_TYPE", "individual"),
        "owner": runner.get("OWNER", runner.get("USERNAME", result.student)),
        "submission": tag,
        "commit": commit,
        "release": runner.get("RELEASE_URL", tag),
        "review": runner.get("REVIEW_URL", commit),
        "datetime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _tests(result: Result, level: str) -> list[dict]:
    """Return the tasks, each of which is what Classroom 50 calls a test."""
    return [
        {
            "test-name": task.task,
            "passed": task.status == Status.PASSED,
            "score": _whole(task.score),
            "max-score": _whole(task.max_score),
            "output": "\n".join(feedback_lines(task, level)),
        }
        for task in student_view(result, level)
    ]


def _whole(score: float) -> int:
    """Round a score, a half up: the schema takes no fractions."""
    return math.floor(score + 0.5)

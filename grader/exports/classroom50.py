"""Classroom 50: the `result.json` of a submission, `classroom50/result/v1`.

The rules are those of https://github.com/foundation50/classroom50/blob/main/schemas/result-v1.schema.json: points are
whole numbers, `submission` is a tag that begins with "submit/". Its runner says in the environment what the submission
is (https://github.com/foundation50/classroom50/wiki/Advanced-Autograding); outside of it, a result names itself a
manual one, as those do that a teacher enters in Classroom 50.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime

from grader.errors import GraderError
from grader.exports.request import Export, ExportRequest
from grader.exports.text import feedback_lines, file_names, some
from grader.feedback_level import student_view
from grader.records import Result
from grader.scoring import PASSED

SCHEMA = "classroom50/result/v1"


def export(request: ExportRequest) -> Export:
    """A `result.json` for each student and exercise; a result that could not be graded gets none.

    Raises:
        GraderError: the environment does not say which classroom it is, or names one submission for several results.
    """
    variables = os.environ
    if not variables.get("CLASSROOM"):
        raise GraderError(
            "Classroom 50 wants to know which classroom: set CLASSROOM to its short name, as its runner does "
            "(CLASSROOM=NAME grader export ...)"
        )
    results = request.chosen()
    graded = [result for result in results if not result.note]
    of_one = [name for name in ("ASSIGNMENT", "SUBMISSION_TAG", "OWNER", "USERNAME") if variables.get(name)]
    wide = [name for name in of_one if name != "ASSIGNMENT"] or len({result.exercise for result in graded}) > 1
    if of_one and wide and len(graded) > 1:
        raise GraderError(
            f"{of_one[0]} is set, which is of one submission, and there are {len(graded)} results: "
            "choose one exercise with --exercise, or unset it"
        )
    folders = file_names(result.student for result in graded)
    files = {
        f"{folders[result.student]}/{result.exercise}/result.json": _document(result, request.level, variables)
        for result in graded
    }
    failed = [result.student for result in results if result.note]
    return Export(files, [f"left out, since the file could not be graded: {some(failed)}"] if failed else [])


def _document(result: Result, level: str, variables: Mapping[str, str]) -> bytes:
    now = datetime.now(UTC)
    tag = variables.get("SUBMISSION_TAG") or f"submit/manual-{now:%Y-%m-%dT%H-%M-%SZ}"
    commit = variables.get("COMMIT_URL") or tag
    tests = _tests(result, level)
    content = {
        "schema": SCHEMA,
        "classroom": variables["CLASSROOM"],
        "assignment": variables.get("ASSIGNMENT") or result.exercise.replace("_", "-"),
        "assignment_type": variables.get("ASSIGNMENT_TYPE") or "individual",
        "owner": variables.get("OWNER") or variables.get("USERNAME") or result.student,
        "submission": tag,
        "commit": commit,
        "release": variables.get("RELEASE_URL") or tag,
        "review": variables.get("REVIEW_URL") or commit,
        "datetime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _tests(result: Result, level: str) -> list[dict]:
    """A task is what Classroom 50 calls a test."""
    return [
        {
            "test-name": task.task,
            "passed": task.status == PASSED,
            "score": _whole(task.score),
            "max-score": _whole(task.max_score),
            "output": "\n".join(feedback_lines(task, level)),
        }
        for task in student_view(result, level)
    ]


def _whole(score: float) -> int:
    """Rounded, a half up: the schema takes no fractions."""
    return math.floor(score + 0.5)

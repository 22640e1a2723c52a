"""Gradescope: a `results.json` for each student, as its autograders write them.

The fields are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/. There is no score above the
tests: Gradescope adds theirs up.
"""

import json
from collections.abc import Iterable

from grader.grading.result import Result
from grader.handins.received import Outcome, Received
from grader.reporting.exercise_names import heading_of, short_name
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.text import feedback_lines, file_names, points, some
from grader.reporting.student_view import student_view
from grader.testing.verdict import Status


def export(request: ExportRequest) -> Export:
    """Return a folder for each student, with the results of the chosen exercises.

    A student with a file that could not be graded gets none: Gradescope would take what is missing for 0.
    """
    students = request.by_student()
    failed = [student for student, results in students.items() if any(result.note for result in results)]
    folders = file_names(student for student in students if student not in failed)
    files = {
        f"{folder}/results.json": results_json(students[student], request.level, request.received)
        for student, folder in folders.items()
    }
    return Export(files, [f"left out, since a file could not be graded: {some(failed)}"] if failed else [])


def results_json(results: list[Result], level: str, received: Iterable[Received] = ()) -> bytes:
    """Return the `results.json` of one student, with what of `received` was theirs and was not understood."""
    lines = [
        f"{heading_of(result.exercise)}: {points(result.score)} of {points(result.max_score)}" for result in results
    ]
    names = {result.student for result in results}
    lines += [f"{short_name(result.exercise)}: {remark}" for result in results for remark in result.remarks]
    lines += [
        f"{Outcome.UNKNOWN}: {row.file} ({row.reason})"
        for row in received
        if row.student in names and row.outcome == Outcome.UNKNOWN
    ]
    sandboxes = ", ".join(sorted({result.sandbox for result in results if result.sandbox}))
    content = {
        "output": "\n".join([*lines, f"Graded in the sandbox: {sandboxes}"]),
        "output_format": "text",
        "execution_time": round(sum(result.wall_seconds for result in results), 2),
        "stdout_visibility": "hidden",
        "tests": [test for result in results for test in _tests(result, level)],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _tests(result: Result, level: str) -> list[dict]:
    """Return the tasks as Gradescope's tests. Formats are plain text: messages may hold what looks like mark-up."""
    number = short_name(result.exercise)
    return [
        {
            "name": f"{number} {task.task}",
            "name_format": "text",
            "score": task.score,
            "max_score": task.max_score,
            "status": "passed" if task.status == Status.PASSED else "failed",
            "output": "\n".join(feedback_lines(task, level)),
            "output_format": "text",
        }
        for task in student_view(result, level)
    ]

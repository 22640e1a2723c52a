"""CSV with one row per student, exercise and task."""

from grader.kit.csv_text import as_text, csv_bytes
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.text import points

COLUMNS = ("student", "exercise", "task", "score", "max_score", "status", "reason")


def export(request: ExportRequest) -> Export:
    """Return every task of every chosen result, in their order."""
    rows = [
        (as_text(result.student), result.exercise, score.task, points(score.score), points(score.max_score),
         score.status, as_text(score.reason))
        for result in request.chosen()
        for score in result.scores
    ]  # fmt: skip
    return Export({"": csv_bytes([COLUMNS, *rows])})

"""CSV with one row per student, exercise and task."""

from grader.kit.csv_text import as_text, csv_bytes
from grader.reporting.exports.request import NAME_AND_EMAIL, Export, ExportRequest
from grader.reporting.exports.text import points

COLUMNS = ("student", "exercise", "task", "score", "max_score", "status", "reason")


def export(request: ExportRequest) -> Export:
    """Return every task of every chosen result, in their order."""
    titles = NAME_AND_EMAIL if request.people else ()  # last: whoever reads the others by their place finds them
    rows = [
        (as_text(result.student), result.exercise, score.task, points(score.score), points(score.max_score),
         score.status, as_text(score.reason), *request.name_and_email(result.student))
        for result in request.chosen()
        for score in result.scores
    ]  # fmt: skip
    return Export({"": csv_bytes([(*COLUMNS, *titles), *rows])})

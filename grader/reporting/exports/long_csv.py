"""CSV with one row per student, exercise and task."""

from __future__ import annotations

import csv
import io

from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.text import as_text, points

COLUMNS = ("student", "exercise", "task", "score", "max_score", "status", "reason")


def export(request: ExportRequest) -> Export:
    """Every task of every chosen result, in their order."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for result in request.chosen():
        for score in result.scores:
            writer.writerow(
                [
                    as_text(result.student),
                    result.exercise,
                    score.task,
                    points(score.score),
                    points(score.max_score),
                    score.status,
                    as_text(score.reason),
                ]
            )
    return Export({"": file.getvalue().encode("utf-8")})

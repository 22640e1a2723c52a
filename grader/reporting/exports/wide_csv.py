"""CSV with one row per student and one column per exercise."""

from grader.kit.csv_text import as_text, csv_bytes
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.text import points, some


def export(request: ExportRequest) -> Export:
    """Return the points of every student: by exercise, their total, and how many there were to get.

    A cell without a result is empty, and so is one that the grader failed at: it is not 0. Where somebody is exempt
    from an exercise, its points were not to get.
    """
    results = request.chosen()
    exercises = sorted({result.exercise for result in results})
    most = {result.exercise: result.max_score for result in results}
    rows = [["student", *exercises, "total", "max_score"]]
    for student, own in request.by_student().items():
        scores = {result.exercise: result.score for result in own if not result.note}
        cells = [points(scores[name]) if name in scores else "" for name in exercises]
        total = points(round(sum(scores.values()), 2))
        rows.append([as_text(student), *cells, total, points(sum(most.values()))])
    failed = sorted({result.student for result in results if result.note})
    news = [f"students with a file that could not be graded, left empty: {some(failed)}"] if failed else []
    return Export({"": csv_bytes(rows)}, news)

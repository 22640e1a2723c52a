"""CSV with one row per student and one column per exercise."""

from grader.kit.csv_text import as_text, csv_bytes
from grader.reporting.exports.request import NAME_AND_EMAIL, Export, ExportRequest
from grader.reporting.exports.text import points, some


def export(request: ExportRequest) -> Export:
    """Return the points of every student: by exercise, their total, and how many there were to get.

    A cell without a result is empty, and so is one that the grader failed at: it is not 0. Where somebody is exempt
    from an exercise, its points were not to get. With a course file there is the grade, from 0 to 100.
    """
    results = request.chosen()
    exercises = sorted({result.exercise for result in results})
    most = {result.exercise: result.max_score for result in results}
    titles = NAME_AND_EMAIL if request.people else ()
    rows = [["student", *titles, *exercises, "total", "max_score", *["grade"] * bool(request.grades)]]
    for student, own in request.by_student().items():
        scores = {result.exercise: result.score for result in own if not result.note}
        cells = [points(scores[name]) if name in scores else "" for name in exercises]
        whole = sum(worth for name, worth in most.items() if (student, name) not in request.exempt)
        total = points(round(sum(scores.values()), 2))
        grade = request.grades.get(student)
        graded = [points(grade) if grade is not None else ""] if request.grades else []
        rows.append([as_text(student), *request.name_and_email(student), *cells, total, points(whole), *graded])
    failed = sorted({result.student for result in results if result.note})
    news = [f"students with a file that could not be graded, left empty: {some(failed)}"] if failed else []
    return Export({"": csv_bytes(rows)}, news)

"""Results of `grader grade` in nbgrader's gradebook, so that formgrader, late policies and exporters work on them.

A module has no cells: each student gets an autograded notebook with their functions in its cells, which is what
formgrader shows and grades by hand.
"""

import ast
import json
import warnings
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.class_run.decisions import Decision, Kind, decide, read_decisions
from grader.class_run.merged import merge
from grader.class_run.records import known_people
from grader.class_run.store import DATABASE, open_for_writing
from grader.grading.result import Result
from grader.handins.roster import Person
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, find_exercise
from grader.kit.options import DEFAULT_LEVEL
from grader.notebooks.building import SETUP, build_notebook, solution_id
from grader.notebooks.source import DEFINITIONS, first_line
from grader.reporting.exports.nbgrader_outputs import outputs
from grader.reporting.exports.request import only_of
from grader.reporting.exports.text import file_names
from grader.reporting.student_view import student_view
from grader.testing.verdict import Status

CONFIG = "nbgrader_config.py"  # the file that makes a folder an nbgrader course
NOT_WRITTEN = "# not defined in the file that was handed in"


def write_gradebook(
    results_folder: Path,
    course: Path,
    exercises: set[str],
    level: str = DEFAULT_LEVEL,
    only: Collection[str] = (),
) -> int:
    """Write the results of `exercises` into the gradebook of the nbgrader course in `course`; returns how many.

    `only` are the students whose results are written; without any, all are.

    Grades that were given by hand stay, and are marked to be looked at again.

    Raises:
        GraderError: there is no course, its gradebook cannot be used, or one of `only` has no results.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SAWarning, SQLAlchemyError

    coursedir = _course_directory(course)
    decided = read_decisions(results_folder)
    if not (results_folder / DATABASE).is_file():
        raise GraderError(f"there are no results in {results_folder}")
    try:
        with (
            warnings.catch_warnings(),
            open_for_writing(results_folder) as store,
            Gradebook(coursedir.db_url, coursedir.course_id) as gradebook,
        ):
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's, of no concern to who exports
            one = merge(store.results(), store.times(), decided)
            records, departed = one.results, store.departed()
            there = [result for result in records if result.student not in departed]
            everybody = decide(there, filter(fits, one.decisions)).results
            results = [result for result in only_of(everybody, only) if result.exercise in exercises]
            for exercise in {result.exercise: find_exercise(result.exercise) for result in results}.values():
                _write_assignment(gradebook, exercise)
            # nbgrader names folders after students.
            ids = file_names(dict.fromkeys(result.student for result in records if result.exercise in exercises))
            late = []
            people = known_people(store.class_list())
            for result in results:
                named = replace(result, student=ids[result.student])
                handed_in, person = one.times.get((result.student, result.exercise)), people.get(result.student)
                if _write_result(gradebook, named, handed_in, person):
                    late.append(named)
                source = store.source(result.source_hash) or b""
                _write_notebook(coursedir, named, source.decode("utf-8", errors="replace"), level)
        for result in late:
            _assign_penalty(coursedir, result)
    except ImportError as error:  # SQLAlchemy looks for the driver of a database when it is opened
        raise GraderError(f"the gradebook of {course} needs a Python package: pip install {error.name}") from None
    except SQLAlchemyError as error:
        raise GraderError(f"cannot use the gradebook of {course}: {error}") from None
    except OSError as error:
        raise GraderError(f"cannot write the notebooks of {course}: {error.strerror}") from None
    return len(results)


def fits(decision: Decision) -> bool:
    """Whether nbgrader's gradebook has a place for it: points of a task, who has left, and who is the same person."""
    return decision.kind in (Kind.WITHDRAWN, Kind.MERGED) or (decision.kind == Kind.POINTS and bool(decision.task))


def _course_directory(course: Path) -> Any:
    """nbgrader's own view of the course: its folders and the address of its gradebook."""
    try:
        from nbgrader.coursedir import CourseDirectory
    except ImportError:
        raise GraderError(
            "nbgrader is not installed: pip install 'deep-learning-with-keras-exercises[nbgrader]'"
        ) from None
    from traitlets.config.loader import PyFileConfigLoader

    if not (course / CONFIG).is_file():
        raise GraderError(f"{course} is not an nbgrader course: make one with 'grader nbgrader {course}'")
    config = PyFileConfigLoader(CONFIG, path=str(course.resolve())).load_config()
    config.CourseDirectory.root = str(course.resolve())
    return CourseDirectory(config=config)


def _write_assignment(gradebook: Any, exercise: Exercise) -> None:
    """Write the assignment with the cells that `nbgrader generate_assignment` gives it, where they are not there."""
    gradebook.update_or_create_assignment(exercise.name)
    gradebook.update_or_create_notebook(exercise.module, exercise.name)
    place = (exercise.module, exercise.name)
    for cell in build_notebook(exercise)["cells"]:
        marks = cell["metadata"].get("nbgrader")
        if not marks:
            continue
        if marks["grade"]:
            gradebook.update_or_create_grade_cell(
                marks["grade_id"], *place, max_score=marks["points"], cell_type="code"
            )
        if marks["solution"]:
            gradebook.update_or_create_solution_cell(marks["grade_id"], *place)
        try:
            gradebook.find_source_cell(marks["grade_id"], *place)
        except _missing():
            facts = {"cell_type": "code", "locked": marks["locked"], "source": cell["source"]}
            gradebook.add_source_cell(marks["grade_id"], *place, **facts)


def _missing() -> type[Exception]:
    from nbgrader.api import MissingEntry

    return MissingEntry


def _about(person: Person | None) -> dict[str, str]:
    """What nbgrader knows of a student beside the id, as far as a roster or an LMS tells it."""
    if person is None:
        return {}
    last, comma, first = (part.strip() for part in person.name.partition(","))
    if not comma:
        first, _, last = person.name.strip().rpartition(" ")
    known = {"first_name": first, "last_name": last, "email": person.email}
    return {key: text for key, text in known.items() if text}


def _write_result(gradebook: Any, result: Result, handed_in: float | None, person: Person | None = None) -> bool:
    """Write points, whose they are and when the file was handed in; returns whether that was late."""
    exercise = find_exercise(result.exercise)
    gradebook.update_or_create_student(result.student, **_about(person))
    submission = gradebook.update_or_create_submission(exercise.name, result.student, timestamp=moment(handed_in))
    for score in result.scores:
        grade = gradebook.find_grade(score.task, exercise.module, exercise.name, result.student)
        grade.auto_score = None if result.note else score.score
        # As nbgrader's own autograding does it.
        unreadable = score.status == Status.UNREADABLE
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None or unreadable
    for notebook in submission.notebooks:
        notebook.late_submission_penalty = None  # until the course's policy has been asked
    late = submission.total_seconds_late > 0
    gradebook.db.commit()
    return late


def moment(seconds: float | None) -> datetime | None:
    """Seconds since 1970 as nbgrader keeps them, in Universal Time without saying so; None for what is not a date.

    The time of a file is whatever its owner has set it to.
    """
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None


def _assign_penalty(coursedir: Any, result: Result) -> None:
    """Let the late policy of the course's configuration decide, as `nbgrader autograde` does."""
    from nbformat.v4 import new_notebook
    from nbgrader.preprocessors import AssignLatePenalties

    exercise = find_exercise(result.exercise)
    place = {"student": result.student, "assignment": exercise.name, "notebook": exercise.module}
    policy = AssignLatePenalties(config=coursedir.config)
    policy.preprocess(new_notebook(), {"nbgrader": place | {"db_url": coursedir.db_url}})


def _write_notebook(coursedir: Any, result: Result, source: str, level: str) -> None:
    """Write the notebook that formgrader and the feedback page show for a module, and the pictures of its handout."""
    exercise = find_exercise(result.exercise)
    folder = Path(coursedir.format_path(coursedir.autograded_directory, result.student, exercise.name))
    folder.mkdir(parents=True, exist_ok=True)
    notebook = json.dumps(module_notebook(result, source, level), ensure_ascii=False).encode()
    files = {path.name: path.read_bytes() for path in exercise.pictures} | {f"{exercise.module}.ipynb": notebook}
    for name, content in files.items():
        (folder / name).unlink(missing_ok=True)  # nbgrader's own are read-only
        (folder / name).write_bytes(content)


def module_notebook(result: Result, source: str, level: str) -> dict[str, Any]:
    """Return the exercise's notebook with the functions of a module in its cells, the result below its checks."""
    exercise = find_exercise(result.exercise)
    rest, functions = _taken_apart(source, {task.name for task in exercise.tasks})
    view = {feedback.task: feedback for feedback in student_view(result, level)}
    made = build_notebook(exercise)
    texts = {solution_id(task): functions.get(task.name, NOT_WRITTEN) for task in exercise.tasks} | {SETUP: rest}
    for cell in made["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade_id") in texts:
            cell["source"] = texts[marks["grade_id"]]
        if marks.get("grade") and marks["grade_id"] in view:
            cell["outputs"] = outputs(view[marks["grade_id"]])
    return made


def _taken_apart(source: str, tasks: set[str]) -> tuple[str, dict[str, str]]:
    """Return what is not a task's, and each task's function; a file that is not Python stays in one piece."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source, {}
    lines = source.split("\n")
    functions: dict[str, str] = {}
    for node in reversed(body):
        if isinstance(node, DEFINITIONS) and node.name in tasks:
            first, last = first_line(node) - 1, node.end_lineno or node.lineno
            functions.setdefault(node.name, "\n".join(lines[first:last]))
            del lines[first:last]
    return "\n".join(lines).strip(), functions

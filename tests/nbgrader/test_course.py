"""The kit as an nbgrader course, with nbgrader's own commands: from the course directory to the exported grades."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from support.formgrader import Formgrader
from support.nbgrader_class import HOSTILE, answered, cell_of, graded, marks_of, write_notebook

from grader.class_run.store import open_for_writing
from grader.kit.exercise import KIT, Exercise, find_exercise
from grader.notebooks.source import module_source
from grader.reporting.exports.nbgrader_gradebook import moment

SHORT = ("ex01", "ex07", "ex08")
SECRET_WORDS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN", "_paired", "_log_softmax", "grader.hidden")
PRECISION_WITHOUT_EDGES = """%matplotlib inline
import sys

def precision(y_true, y_pred, positive=1):
    print("this is no error", file=sys.stderr)
    return share(np.asarray(y_true), np.asarray(y_pred), positive)
"""
PLOTS = """%%time
import a_library_that_is_not_installed as plt
!pip install it
plt.plot(range(1/0))
history = [precision(ROWS, COLUMNS) for _ in forever()]
def share(y_true, y_pred, positive):
    return float(np.mean(y_true[y_pred == positive] == positive))
"""
ENDLESS = "def accuracy(y_true, y_pred):\n    while True:\n        pass"


def run(course: Path, *words: object, ok: bool = True) -> subprocess.CompletedProcess[str]:
    """One command in the course directory, as an instructor types it."""
    environment = os.environ | {"PYTHONPATH": str(KIT), "PYTHONWARNINGS": "ignore", "HOME": str(course.parent)}
    command = [sys.executable, "-m", *map(str, words)]
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True, timeout=900)
    assert not ok or done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done


def read(path: Path) -> dict:
    """A notebook whose cells are text, not lists of lines."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def scores(course: Path, assignment: str) -> dict[str, dict[str, float | None]]:
    """What the gradebook says: points by student and task."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(assignment)
        }


def path_of(course: Path, student: str, exercise: Exercise, step: str = "submitted") -> Path:
    return course / step / student / exercise.name / f"{exercise.module}.ipynb"


def solutions(course: Path, exercise: Exercise) -> dict[str, str]:
    notebook = read(course / "source" / exercise.name / f"{exercise.module}.ipynb")
    return {
        marks_of(cell)["grade_id"].removeprefix("solution-"): cell["source"]
        for cell in notebook["cells"]
        if marks_of(cell).get("solution")
    }


def hand_in_the_plain_class(course: Path, exercise: Exercise) -> None:
    """Everything right; the first half; the first two answers taken from others; nothing done."""
    released = read(course / "release" / exercise.name / f"{exercise.module}.ipynb")
    right = solutions(course, exercise)
    names = list(right)
    half = {name: right[name] for name in names[: len(names) // 2]}
    wrong = {name: f"def {name}(*args, **kwargs):\n    return None" for name in names}
    for student, answers in {"Perfect": right, "Partial": half, "Wrong": wrong, "Untouched": {}}.items():
        write_notebook(path_of(course, student, exercise), answered(released, answers))


def hand_in_strange_notebooks(course: Path) -> None:
    """Those of ex01 that are neither right nor wrong as a whole, and the hostile ones."""
    exercise = find_exercise("ex01")
    released = read(course / "release" / exercise.name / "metrics.ipynb")
    right = solutions(course, exercise)
    helped = answered(released, right | {"precision": PRECISION_WITHOUT_EDGES})
    helped["cells"].append({"cell_type": "code", "metadata": {}, "source": PLOTS.splitlines(keepends=True)})
    write_notebook(path_of(course, "Helped", exercise), helped)
    write_notebook(path_of(course, "Endless", exercise), answered(released, right | {"accuracy": ENDLESS}))
    typo = answered(released, right | {"recall": "def recall(y_true, y_pred, positive=1):\n    return ("})
    typo["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "*mine*\n\n<script>alert(1)</script>"})
    write_notebook(path_of(course, "Typo", exercise), typo)
    for student, change in HOSTILE.items():
        write_notebook(path_of(course, student, exercise), change(released, course))
    no_json = path_of(course, "no notebook", exercise)
    no_json.parent.mkdir(parents=True)
    no_json.write_text('{"cells": ' + "[" * 10_000)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The course with its class, autograded and with feedback."""
    course = tmp_path_factory.mktemp("nbgrader") / "course"
    course.mkdir()
    exercises = exercises_of(pytestconfig)
    run(course, "grader", "nbgrader", course, "-e", ",".join(exercise.name for exercise in exercises))
    run(course, "nbgrader", "generate_assignment", "--assignment=ex*")
    for exercise in exercises:
        hand_in_the_plain_class(course, exercise)
    hand_in_strange_notebooks(course)
    for exercise in exercises:
        # One hand-in of ex01 is no notebook: nbgrader says so at the end, and has gone on.
        done = run(course, "nbgrader", "autograde", exercise.name, ok=exercise.number != "ex01")
        assert ("for student 'no notebook'" in done.stderr) == (exercise.number == "ex01"), done.stderr[-3000:]
    run(course, "nbgrader", "generate_feedback", "ex01_metrics")
    return course


def exercises_of(config: pytest.Config) -> list[Exercise]:
    from grader.kit.exercise import load_catalog

    if config.getoption("whole"):
        return list(load_catalog().values())
    return [find_exercise(name) for name in SHORT]


@pytest.fixture(scope="module")
def kit_scores(
    course: Path, grader: Callable, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> dict[tuple[str, str], dict[str, float]]:
    """What `grader grade` gives for the same notebooks."""
    results = tmp_path_factory.mktemp("results") / "results"
    names = ",".join(exercise.name for exercise in exercises_of(pytestconfig))
    done = grader("grade", course / "submitted", "--out", results, "-e", names)
    assert done.returncode == 0, done.stderr
    table = results.parent / "grades.csv"
    assert grader("export", results, "--to", "csv", "--out", table).returncode == 0
    found: dict[tuple[str, str], dict[str, float]] = {}
    with table.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["exercise"], row["student"]), {})[row["task"]] = float(row["score"])
    return found


def test_the_released_notebooks_give_nothing_away(course, pytestconfig):
    for exercise in exercises_of(pytestconfig):
        path = path_of(course, ".", exercise, "release")
        text, notebook = path.read_text(encoding="utf-8"), read(path)
        assert not [word for word in SECRET_WORDS if word in text]
        assert [marks_of(cell)["points"] for cell in graded(notebook)] == [task.points for task in exercise.tasks]
        for name, solution in solutions(course, exercise).items():
            released = cell_of(notebook, f"solution-{name}")["source"]
            assert 'raise NotImplementedError("to do")' in released
            assert len(released) < len(solution)


def test_everything_right_is_everything(course, pytestconfig):
    for exercise in exercises_of(pytestconfig):
        assert scores(course, exercise.name)["Perfect"] == {task.name: task.points for task in exercise.tasks}


def test_nothing_done_is_nothing(course, pytestconfig):
    for exercise in exercises_of(pytestconfig):
        assert set(scores(course, exercise.name)["Untouched"].values()) == {0.0}


def test_the_scores_are_those_of_grader_grade(course, kit_scores, pytestconfig):
    for exercise in exercises_of(pytestconfig):
        by_nbgrader = scores(course, exercise.name)
        by_nbgrader.pop("no notebook", None)
        by_kit = {
            student: points
            for (name, student), points in kit_scores.items()
            if name == exercise.name and student in by_nbgrader
        }
        assert by_nbgrader == by_kit


def test_a_helper_in_a_cell_of_its_own_counts_and_magics_and_plots_do_not_hurt(course):
    points = scores(course, "ex01_metrics")["Helped"]
    assert 0 < points["precision"] < 10  # the edge case is missing; standard error costs nothing
    points |= {"precision": 10, "f1_score": 10}
    assert points == {task.name: task.points for task in find_exercise("ex01").tasks}


def test_an_endless_loop_costs_one_task(course):
    points = scores(course, "ex01_metrics")["Endless"]
    assert points.pop("accuracy") == 0
    assert sum(points.values()) == 90


def test_a_syntax_error_costs_the_tasks_of_its_cell(course):
    points = scores(course, "ex01_metrics")["Typo"]
    assert points["recall"] == 0
    assert points["precision"] == 10


@pytest.mark.parametrize("student", HOSTILE)
def test_a_hostile_notebook_gains_nothing(course, student):
    assert set(scores(course, "ex01_metrics")[student].values()) == {0.0}


def test_what_is_no_notebook_has_no_score_and_stops_nobody(course):
    assert set(scores(course, "ex01_metrics")["no notebook"].values()) <= {None}


def test_the_feedback_page_tells_the_kind_of_problem_and_no_hidden_test(course):
    page = (course / "feedback" / "Typo" / "ex01_metrics" / "metrics.html").read_text(encoding="utf-8")
    assert "cell solution-recall, line 2" in page
    assert "test_" not in page
    wrong = (course / "feedback" / "Wrong" / "ex01_metrics" / "metrics.html").read_text(encoding="utf-8")
    assert "precision: 0 of 10 points, wrong" in wrong
    assert "The share of the predicted positives that are positive – " in wrong
    assert (course / "feedback" / "Wrong" / "ex01_metrics" / "picture.png").exists()


def test_a_script_of_a_student_does_not_reach_the_feedback_page(course):
    page = (course / "feedback" / "Typo" / "ex01_metrics" / "metrics.html").read_text(encoding="utf-8")
    assert "<script>alert(1)</script>" not in page
    assert "<em>mine</em>" in page


def test_manual_grades_late_penalties_and_regrading_are_nbgraders(course):
    """A grade given by hand stays when the notebook is graded again, and what is late loses what the course says."""
    exercise = find_exercise("ex07")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("dense_forward", "mlp", exercise.name, "Partial")
        grade.manual_score = 1.5
        gradebook.db.commit()
    run(course, "nbgrader", "db", "assignment", "add", exercise.name, "--duedate", "2026-01-01 12:00:00 UTC")
    (course / "submitted" / "Partial" / exercise.name / "timestamp.txt").write_text("2026-01-01 13:00:00 UTC")
    options = ["--student=Partial", "--force", "--LateSubmissionPlugin.penalty_method=zero"]
    run(course, "nbgrader", "autograde", exercise.name, *options)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("dense_forward", "mlp", exercise.name, "Partial")
        assert (grade.auto_score, grade.manual_score, grade.needs_manual_grade) == (6, 1.5, True)
        notebook = gradebook.find_submission_notebook("mlp", exercise.name, "Partial")
        assert notebook.late_submission_penalty == notebook.score > 0


def test_nbgrader_exports_the_grades(course):
    run(course, "nbgrader", "export", "--to=grades.csv")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        rows = {(row["assignment"], row["student_id"]): row for row in csv.DictReader(file)}
    assert float(rows["ex01_metrics", "Perfect"]["score"]) == 100
    assert float(rows["ex01_metrics", "Endless"]["score"]) == 90


def test_results_of_modules_go_into_the_same_gradebook(course, grader, tmp_path):
    exercise = find_exercise("ex01")
    classroom = tmp_path / "class"
    for student, source in {"Ada Lovelace": exercise.solution, "Bob": exercise.stub}.items():
        folder = classroom / student / exercise.name
        folder.mkdir(parents=True)
        (folder / exercise.filename).write_bytes(source.read_bytes())
    (classroom / "Eve").mkdir()
    (classroom / "Eve" / exercise.filename).write_text("def precision(a, b, positive=1):\n    return '<script>'\n")
    assert grader("grade", classroom, "--out", tmp_path / "results", "-e", "ex01").returncode == 0
    for _ in range(2):  # once more changes nothing
        done = grader("export", tmp_path / "results", "--to", "nbgrader", "--course", course)
        assert (done.returncode, done.stderr) == (0, "")
    found = scores(course, exercise.name)
    with open_for_writing(tmp_path / "results") as store:
        store.put(replace(store.result("Eve", exercise.name), exercise="ex99_gone"), None)
    words = ["export", tmp_path / "results", "--to", "nbgrader", "--course", course, "--only", "Eve"]
    done = grader(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "left out, since this kit has the exercise no more: ex99_gone\n1 result written" in done.stdout
    assert "no results of 'Zoe'" in grader(*words[:-1], "Zoe").stderr
    assert scores(course, exercise.name) == found
    assert found["Ada Lovelace"] == found["Perfect"]
    assert sum(found["Bob"].values()) == sum(found["Eve"].values()) == 0
    run(course, "nbgrader", "generate_feedback", exercise.name, "--student=Eve")
    page = (course / "feedback" / "Eve" / exercise.name / "metrics.html").read_text(encoding="utf-8")
    assert "precision: 0 of 10 points, wrong" in page
    shown = [source for source in re.findall(r'<img[^>]* src="([^"]+)"', page) if not source.startswith("data:")]
    assert shown == ["picture.png"]
    pictures = [(course / "feedback" / "Eve" / exercise.name / source).read_bytes() for source in shown]
    assert pictures == [exercise.pictures[0].read_bytes()]
    run(course, "nbgrader", "generate_assignment", exercise.name, "--force")
    assert scores(course, exercise.name)["Ada Lovelace"] == found["Perfect"]


def test_late_modules_lose_what_the_course_says(course, grader, tmp_path):
    """The due date and the plugin are nbgrader's; when a file was handed in is the time of the file, or its archive."""
    exercise = find_exercise("ex01")
    classroom, noon = tmp_path / "class", datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    classroom.mkdir()
    for student, handed_in in {"In Time": noon - 60, "Late": noon + 60}.items():
        archive = classroom / f"{student}.zip"
        with zipfile.ZipFile(archive, "w") as file:
            long_ago = zipfile.ZipInfo(exercise.filename, (2020, 1, 1, 0, 0, 0))  # anyone can write that
            file.writestr(long_ago, exercise.solution.read_text("utf-8"))
        os.utime(archive, (handed_in, handed_in))
    assert grader("grade", classroom, "--out", tmp_path / "results", "-e", "ex01").returncode == 0
    run(course, "nbgrader", "db", "assignment", "add", exercise.name, "--duedate", "2026-03-01 12:00:00 UTC")
    config = course / "nbgrader_config.py"
    as_it_was = config.read_text("utf-8")
    config.write_text(as_it_was + '\nc.LateSubmissionPlugin.penalty_method = "zero"\n', "utf-8")
    assert penalties(course, grader, tmp_path) == {"In Time": 0, "Late": 100}
    run(course, "nbgrader", "db", "assignment", "add", exercise.name, "--duedate", "2026-03-02 12:00:00 UTC")
    assert penalties(course, grader, tmp_path) == {"In Time": 0, "Late": 0}
    config.write_text(as_it_was, "utf-8")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, datetime(1970, 1, 1)), (1772366400.0, datetime(2026, 3, 1, 12)), (9e11, None), (-9e11, None), (None, None)],
)
def test_a_time_that_is_no_date_is_none(seconds, expected):
    assert moment(seconds) == expected


def penalties(course, grader, folder) -> dict[str, float]:
    """Export the results once more; what each student of them loses."""
    done = grader("export", folder / "results", "--to", "nbgrader", "--course", course)
    assert (done.returncode, done.stderr) == (0, "")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            student: gradebook.find_submission_notebook("metrics", "ex01_metrics", student).late_submission_penalty or 0
            for student in ("In Time", "Late")
        }


def test_export_to_a_folder_that_is_no_course_is_refused(course, grader, tmp_path):
    done = grader("export", tmp_path, "--to", "nbgrader", "--course", tmp_path)
    assert done.returncode == 2
    assert "is not an nbgrader course" in done.stderr
    assert "--course" in grader("export", tmp_path, "--to", "nbgrader").stderr


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///{place}/none/gradebook.db", "cannot use the gradebook of {place}: "),
        ("nosuchbase://127.0.0.1/gradebook", "cannot use the gradebook of {place}: "),
        (
            "mysql+cymysql://grader@127.0.0.1/gradebook",
            "the gradebook of {place} needs a Python package: pip install cymysql",
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(url, words, grader, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(f"c.CourseDirectory.db_url = {url.format(place=tmp_path)!r}\n")
    with open_for_writing(tmp_path / "results"):
        pass
    done = grader("export", tmp_path / "results", "--to", "nbgrader", "--course", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: " + words.format(place=tmp_path))
    assert len(done.stderr.splitlines()) == 1


def test_formgrader_shows_the_class(course):
    """The real server with nbgrader's extension, on this machine's own address, until the pages have been fetched."""
    with Formgrader(course) as formgrader:
        assert "Perfect" in [entry["student"] for entry in formgrader.json("api/submissions/ex01_metrics")]
        [entry] = [
            entry
            for entry in formgrader.json("api/submitted_notebooks/ex01_metrics/metrics")
            if entry["student"] == "Typo"
        ]
        assert entry["score"] == sum(scores(course, "ex01_metrics")["Typo"].values()) == 80
        assert "ex01_metrics" in formgrader.text("gradebook/ex01_metrics")
        page = formgrader.text(f"submissions/{entry['id']}/")
        assert "recall: 0 of 10 points" in page
        assert "<script>alert(1)</script>" not in page


def test_validation_takes_the_solution_and_shows_what_is_wrong_with_another(course):
    solved = run(course, "nbgrader", "validate", "source/ex01_metrics/metrics.ipynb")
    assert "Success" in solved.stdout, solved.stdout
    missing = run(course, "nbgrader", "validate", path_of(course, "Typo", find_exercise("ex01")))
    assert "VALIDATION FAILED ON 2 CELL(S)" in " ".join(missing.stdout.split()), missing.stdout


def test_released_notebooks_come_back_through_the_exchange(course, tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    home = tmp_path / "student"
    home.mkdir()
    words = [f"--Exchange.root={exchange}", f"--Exchange.cache={tmp_path / 'cache'}"]
    mine = [*words, "--course=deep_learning_with_keras"]
    run(course, "nbgrader", "release_assignment", "ex07_backprop", *words)
    run(home, "nbgrader", "fetch_assignment", "ex07_backprop", *mine)
    assert (home / "ex07_backprop" / "mlp.ipynb").exists()
    run(home, "nbgrader", "submit", "ex07_backprop", *mine)
    run(course, "nbgrader", "collect", "ex07_backprop", *words)
    collected = set((course / "submitted").glob("*/ex07_backprop/timestamp.txt"))
    assert any(path.parent.parent.name not in ("Partial",) for path in collected)


def test_the_course_key_is_not_in_what_students_get(course):
    key = (course / "course.key").read_text()
    assert all(key not in path.read_text(errors="ignore") for path in (course / "release").rglob("*.ipynb"))


def test_an_assignment_that_is_there_is_not_overwritten(course, grader):
    done = grader("nbgrader", course, "-e", "ex01")
    assert done.returncode == 2
    assert "is there already" in done.stderr


def test_the_module_of_the_notebook_is_the_students_code(course):
    exercise = find_exercise("ex01")
    text = module_source(exercise, path_of(course, "Helped", exercise).read_bytes()).text
    assert "def share" in text
    assert "a_library_that_is_not_installed" not in text
    assert "check(" not in text

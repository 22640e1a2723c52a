"""The report of a class: right numbers, a page that everybody can read, a CSV that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
import re
import shlex
import time
from dataclasses import replace
from math import isnan, sqrt
from pathlib import Path

import pytest
from support.pages import check_accessible, missing, result, unreadable

from grader.class_run.store import open_for_writing
from grader.grading.result import Result, TestResult, from_json, to_json
from grader.handins.received import Outcome, Received
from grader.handins.roster import Person
from grader.kit.errors import GraderError
from grader.misconceptions.recognise import Recognised
from grader.reporting.pages import palette
from grader.reporting.pages.class_numbers import ClassNumbers, Grade, summarise
from grader.reporting.pages.class_report import report_csv, report_page, write_report
from grader.testing.verdict import Cause, Status

PERCEPTRON = "ex04_perceptron"
KNOWN = Recognised("sgn", "is_in_no_kit", "Look at 0.")
OTHER = Recognised("predict", "forgets_the_bias", "Look for theta.")


@pytest.fixture(scope="module")
def four() -> ClassNumbers:
    """Four students: everything, all but one task, two tasks, nothing handed in."""
    return summarise(
        [
            result("Ada", PERCEPTRON, [1, 1, 1, 1, 1, 1], wall_seconds=2.0, task_seconds={"sgn": 0.5, "train": 1.5}),
            result("Bob", PERCEPTRON, [0, 1, 1, 1, 1, 1], recognised=(KNOWN, KNOWN), task_seconds={"train": 3.0}),
            result("Eve", PERCEPTRON, [0, 0.4, 0, 0, 1, 0], recognised=(KNOWN, OTHER), wall_seconds=60.0),
            missing("Zoe", PERCEPTRON),
        ]
    )


def test_points_are_those_of_who_handed_in(four: ClassNumbers):
    (exercise,) = four.exercises
    assert (four.students, four.submissions, exercise.submitted, exercise.missing) == (4, 3, 3, ("Zoe",))
    assert exercise.mean == pytest.approx((100 + 90 + 21) / 3)
    assert (exercise.lower_quartile, exercise.median, exercise.upper_quartile) == pytest.approx((55.5, 90, 95))
    assert exercise.histogram == (0, 0, 1, 0, 0, 0, 0, 0, 0, 2)
    assert four.absent == ["Zoe"]


def test_tasks_have_the_difficulty_and_discrimination_of_item_analysis(four: ClassNumbers):
    tasks = {task.task: task for task in four.tasks}
    assert tasks["sgn"].difficulty == pytest.approx(1 / 3)
    assert tasks["predict"].difficulty == pytest.approx(2.4 / 3)
    # sgn: 1, 0, 0; the rest of the points: 90, 90, 21. By hand, sum(dx dy) / sqrt(sum(dx²) sum(dy²)).
    mean = (90 + 90 + 21) / 3
    products = (2 / 3) * (90 - mean) - (1 / 3) * (90 - mean) - (1 / 3) * (21 - mean)
    squares = sqrt(((2 / 3) ** 2 + 2 * (1 / 3) ** 2) * (2 * (90 - mean) ** 2 + (21 - mean) ** 2))
    assert tasks["sgn"].discrimination == pytest.approx(products / squares)
    assert tasks["update"].discrimination == pytest.approx(0.99, abs=0.02)
    assert isnan(tasks["decision_line"].discrimination)  # all have it
    assert tasks["sgn"].students == 3


def test_two_students_have_no_discrimination():
    numbers = summarise([result("Ada", PERCEPTRON, [1] * 6), result("Bob", PERCEPTRON, [0] * 6)])
    assert all(isnan(task.discrimination) for task in numbers.tasks)


def test_a_misconception_counts_once_for_a_student(four: ClassNumbers):
    assert [(known.name, known.students) for known in four.misconceptions] == [
        ("is_in_no_kit", 2), ("forgets_the_bias", 1),
    ]  # fmt: skip


def test_a_misconception_names_its_students_and_the_options_to_grade_just_these(four: ClassNumbers):
    assert [known.who for known in four.misconceptions] == [("Bob", "Eve"), ("Eve",)]
    shown = check_accessible(report_page(four, "report.csv").decode())
    assert "Bob, Eve" in shown.text
    assert "--only Bob --only Eve" in shown.text


def test_a_name_with_spaces_and_quotes_is_one_word_of_the_command():
    found = summarise([result("Ann O'Neil", PERCEPTRON, [0, 1, 1, 1, 1, 1], recognised=(KNOWN,))])
    shown = check_accessible(report_page(found, "report.csv").decode())
    command = re.search(r"--only (.*O.*Neil['\"]*)", shown.text)
    assert command
    assert shlex.split(command[1]) == ["Ann O'Neil"]


def test_a_failed_test_names_its_promise_and_who_failed_it():
    def having(student: str, *failed: str) -> Result:
        tests = [
            TestResult(f"test_{task}", task, Status.FAILED if task in failed else Status.PASSED, "", f"{task} is right")
            for task in ("sgn", "predict")
        ]
        return replace(result(student, PERCEPTRON, [1] * 6), tests=tests)

    numbers = summarise([having("Ada", "sgn"), having("Bob", "sgn", "predict"), having("Eve")])
    assert [(failed.promise, failed.who) for failed in numbers.failed_tests] == [
        ("sgn is right", ("Ada", "Bob")),
        ("predict is right", ("Bob",)),
    ]
    assert "sgn is right" in check_accessible(report_page(numbers, "report.csv").decode()).text
    rows = list(csv.reader(io.StringIO(report_csv(numbers).decode("utf-8-sig"))))
    assert ["failed tests", PERCEPTRON, "sgn", "sgn is right", "2"] in rows
    assert ["who", PERCEPTRON, "sgn", "sgn is right", "Ada"] in rows


def test_with_a_course_the_grades_are_in_the_report_and_without_one_nothing_speaks_of_them(four: ClassNumbers):
    assert "Grades so far" not in report_page(four, "report.csv").decode()
    graded = replace(four, grades=[Grade("Ada", 97.5), Grade("Bob", None)])
    assert "Ada97.5 Bob–" in " ".join(check_accessible(report_page(graded, "report.csv").decode()).text.split())
    rows = list(csv.reader(io.StringIO(report_csv(graded).decode("utf-8-sig"))))
    assert ["grades", "", "", "Ada", "97.5"] in rows
    assert ["grades", "", "", "Bob", ""] in rows


def test_time_goes_to_exercises_and_tasks(four: ClassNumbers):
    (time_of_exercise,) = four.exercise_times
    assert (time_of_exercise.wall_total, time_of_exercise.wall_median) == pytest.approx((63, 2))
    assert [(spent.task, spent.total, spent.most) for spent in four.task_times] == [
        ("train", 4.5, 3),
        ("sgn", 0.5, 0.5),
    ]
    assert four.slowest[0].student == "Eve"


def test_the_time_of_tasks_is_kept():
    kept = from_json(to_json(result("Ada", PERCEPTRON, [1] * 6, task_seconds={"sgn": 0.25})))
    assert kept.task_seconds == {"sgn": 0.25}


UNUSUAL = {
    "slow: 60.0 s, where the median of the exercise is 1.0 s": {"wall_seconds": 60.0},
    "ran into a limit: the call used more than 2 s of CPU time": {
        "messages": ("the call used more than 2 s of CPU time",),
        "cause": Cause.TIME,
    },
    "ran into a limit: the process started more than 256 threads": {
        "messages": ("the process started more than 256 threads",),
        "cause": Cause.LIMIT,
    },
    "ended by itself: the student's process ended": {
        "messages": ("the student's process ended",),
        "cause": Cause.ENDED,
    },
    "the sandbox refused something: PermissionError: no (perceptron.py, line 3)": {
        "messages": ("PermissionError: no (perceptron.py, line 3)",),
        "cause": Cause.REFUSED,
    },
    "the grader failed: the sandbox is gone": {"note": "the sandbox is gone"},
}


@pytest.mark.parametrize("reason", UNUSUAL)
def test_what_is_unusual_says_why(reason: str):
    others = [result(name, PERCEPTRON, [1, 1, 1, 0, 1, 1]) for name in ("Ada", "Bob", "Kim")]
    odd = result("Eve", PERCEPTRON, [1, 1, 1, 0, 1, 1], **UNUSUAL[reason])
    assert [(found.student, found.reason) for found in summarise([*others, odd]).unusual] == [("Eve", reason)]


def test_far_fewer_points_than_elsewhere_is_unusual():
    good = [("ex01_metrics", 9), ("ex02_data_splitting", 6), ("ex05_activations", 10)]
    results = [result("Ada", name, [1] * tasks) for name, tasks in good] + [result("Ada", PERCEPTRON, [0] * 6)]
    (found,) = summarise(results).unusual
    assert found.exercise == PERCEPTRON
    assert "100% of the points on average" in found.reason


def test_what_is_not_readable_is_for_a_person_and_in_no_statistics():
    good = [result(name, PERCEPTRON, [1] * 6) for name in ("Ada", "Bob", "Kim")]
    numbers = summarise([*good, unreadable("Eve", PERCEPTRON), missing("Zoe", PERCEPTRON)])
    (exercise,) = numbers.exercises
    assert (exercise.submitted, exercise.missing, exercise.unreadable) == (4, ("Zoe",), ("Eve",))
    assert exercise.mean == 100, "of those that were graded"
    assert numbers.absent == ["Zoe"], "something came from Eve"
    assert [(row.student, row.reason) for row in numbers.unusual] == [("Eve", "not readable: work.rar: a RAR archive")]
    assert [slow.student for slow in numbers.slowest] == ["Ada", "Bob", "Kim"]
    assert ["points", PERCEPTRON, "", "unreadable", "1"] in list(csv.reader(io.StringIO(report_csv(numbers).decode())))


def test_what_came_in_is_accounted_for():
    remark = "taken from: <b>metrics (1).py</b>"
    received = [
        Received("Eve", "=work.rar", "", Outcome.UNKNOWN, "a RAR archive, which is not opened: hand in a zip"),
        Received("", "metrics.py", "ex01_metrics", Outcome.UNKNOWN, "it does not say whose it is"),
        Received("Ada", "perceptron.py", PERCEPTRON, Outcome.GRADED),
    ]
    numbers = summarise([result("Ada", PERCEPTRON, [1] * 6, remarks=[remark])], ["Gone"], received)
    page = check_accessible(report_page(numbers, "report.csv").decode())
    for words in ("=work.rar", "hand in a zip", "nobody’s", remark, "No longer in the class", "Gone"):
        assert words in page.text
    rows = list(csv.reader(io.StringIO(report_csv(numbers).decode())))
    assert [row for row in rows if row[0] in ("not understood", "remarks") or row[3] == "no longer in the class"] == [
        ["not understood", "", "", "Eve", "'=work.rar: a RAR archive, which is not opened: hand in a zip"],
        ["not understood", "ex01_metrics", "", "", "metrics.py: it does not say whose it is"],
        ["remarks", PERCEPTRON, "", "Ada", remark],
        ["class", "", "", "no longer in the class", "Gone"],
    ]


def test_no_results_are_an_error_and_one_is_not():
    with pytest.raises(GraderError, match="nothing to report"):
        summarise([])
    check_accessible(report_page(summarise([result("Ada", PERCEPTRON, [1] * 6)]), "report.csv").decode())
    check_accessible(report_page(summarise([missing("Ada", PERCEPTRON)]), "report.csv").decode())


def test_the_page_is_accessible_and_says_what_it_shows(four: ClassNumbers):
    page = check_accessible(report_page(four, "report.csv").decode())
    for words in ("Handed in", "is in no kit", "Look at 0.", "not defined", "Nothing at all"):
        assert words in page.text
    assert [alt for alt in (img["alt"] for img in page.all("img")) if "ex04 median 90" in alt]


NASTY = "<script>alert(1)</script>", "=HYPERLINK(A1)", "Gödel \u202eevil", 'a"b&c'


def test_names_are_text_and_nothing_else():
    results = [
        result(name, PERCEPTRON, [0] * 6, messages=("PermissionError: <img src=x>",), cause=Cause.REFUSED)
        for name in NASTY
    ]
    numbers = summarise([*results, missing("<b>nobody</b>", PERCEPTRON)])
    page = check_accessible(report_page(numbers, "report.csv").decode())
    for name in (*NASTY, "<b>nobody</b>"):
        assert name in page.text
    rows = list(csv.reader(io.StringIO(report_csv(numbers).decode())))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    assert ["look at by hand", PERCEPTRON, "", "'=HYPERLINK(A1)", "the sandbox refused something: "
            "PermissionError: <img src=x>"] in rows  # fmt: skip


def test_the_csv_has_the_numbers_of_the_page(four: ClassNumbers):
    rows = list(csv.reader(io.StringIO(report_csv(four).decode())))
    assert rows[0] == ["section", "exercise", "task", "measure", "value"]
    assert ["points", PERCEPTRON, "", "median", "90"] in rows
    assert ["tasks", PERCEPTRON, "sgn", "difficulty", "0.333333"] in rows
    assert ["tasks", PERCEPTRON, "decision_line", "discrimination", ""] in rows
    assert ["misconceptions", PERCEPTRON, "sgn", "is_in_no_kit", "2"] in rows
    assert ["class", "", "", "absent", "Zoe"] in rows


def test_report_of_a_large_class_takes_seconds():
    one = [result("x", name, [1] * len(tasks)) for name, tasks in _tasks().items()]
    results = [replace(r, student=f"student {i}", scores=r.scores[:1] + _wrong(r, i)) for i in range(1000) for r in one]
    started = time.process_time()
    report_csv(numbers := summarise(results))
    page = report_page(numbers, "report.csv")
    assert time.process_time() - started < 10
    assert len(page) < 3e6


def _tasks() -> dict[str, tuple]:
    from grader.kit.exercise import load_catalog

    return {exercise.name: exercise.tasks for exercise in load_catalog().values()}


def _wrong(one: Result, number: int) -> list:
    return [replace(score, score=score.max_score * (number % 7 > i)) for i, score in enumerate(one.scores[1:])]


def test_the_command_writes_both_files_or_none(grader, tmp_path: Path):
    with open_for_writing(tmp_path / "results") as store:
        store.put(result("Ada", PERCEPTRON, [1] * 6), None)
    done = grader("report", tmp_path / "results")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "results").glob("report.*")) == ["report.csv", "report.html"]
    with open_for_writing(tmp_path / "results") as store:
        store.put(result("Old Name", PERCEPTRON, [1] * 6), None)
        store.put_class([Person("Ada")], [], from_now_on=True)
    assert grader("report", tmp_path / "results").returncode == 0
    text = (tmp_path / "results" / "report.csv").read_text()
    assert "class,,,students,1" in text
    assert "class,,,no longer in the class,Old Name" in text
    (tmp_path / "file").write_text("no folder")
    done = grader("report", tmp_path / "results", "--out", tmp_path / "file" / "report.html")
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write")


def test_the_report_is_no_csv_file(tmp_path: Path):
    with pytest.raises(GraderError, match="HTML"):
        write_report([result("Ada", PERCEPTRON, [1] * 6)], tmp_path / "report.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ground", palette.GROUNDS)
@pytest.mark.parametrize("text", palette.TEXTS)
def test_text_is_readable_on_its_ground(text: str, ground: str):
    """WCAG 2 asks for a contrast of 4.5."""
    light, dark = sorted((_luminance(palette.TEXTS[text]), _luminance(palette.GROUNDS[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

"""What a term makes of results: the course file, late days, extensions, and a grade that is worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from grader.class_run.course import find_course, new_course, read_course
from grader.class_run.decisions import Decision, decide
from grader.class_run.store import open_for_writing
from grader.class_run.term import counting, grade, lateness, penalty
from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise, load_catalog
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

HOUR = 3600
COURSE = """\
title = "A course"
drop_lowest = 1

[late]
free_days = 2
penalty = 0.25
last_day = 5

[exercises.ex01]
due = 2026-11-01T12:00:00

[exercises.ex02]
weight = 2
due = 2026-11-08

[exercises.ex03]
opens = 2026-11-09
due = 2026-11-15T12:00:00

[exercises.ex04]
weight = 0.5
extra_credit = true
"""


@pytest.fixture
def course(tmp_path: Path):
    return read_course(written(tmp_path, COURSE))


def written(folder: Path, text: str) -> Path:
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return folder / "course.toml"


def result(number: str, points: float, student: str = "Ada", status: Status = Status.PARTIAL) -> Result:
    name = next(name for name in load_catalog() if name.startswith(number))
    return Result(student=student, exercise=name, scores=[TaskScore("task", points, 100, status, "")])


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def handed_in(**when: str) -> dict[tuple[str, str], float]:
    return {("Ada", result(number, 0).exercise): at(text) for number, text in when.items()}


def after(results: list[Result], times, course, decisions=()) -> dict[str, float]:
    late = lateness(results, times, course, decisions)
    return {one.exercise[:4]: one.score for one in decide(results, decisions, penalty(late)).results}


def extension(number: str, value: str) -> Decision:
    return Decision("Ada", number, "", "extension", value, "Grace", "2026-11-01", "ill", 2)


def test_in_time_costs_nothing_and_a_minute_is_no_day(course):
    times = handed_in(ex01="2026-11-01T12:00:30", ex02="2026-11-08T23:59:59")
    assert after([result("ex01", 80), result("ex02", 60)], times, course) == {"ex01": 80, "ex02": 60}


def test_free_days_go_to_what_is_due_first_and_each_further_day_begun_costs_a_quarter(course):
    """One of two free days for ex01, the other one for ex02, which is two days late: 60 less a quarter are 45."""
    results = [result("ex02", 60), result("ex01", 80)]
    times = handed_in(ex01="2026-11-02T11:00:00", ex02="2026-11-10T10:00:00")
    assert after(results, times, course) == {"ex01": 80, "ex02": 45}
    late = lateness(results, times, course, [])
    assert [late["Ada", one.exercise].told() for one in results] == [
        "2 days late, 1 of them free: 25% of the points are lost",
        "1 day late, 1 of them free",
    ]


def test_after_the_last_day_there_is_nothing_left(course):
    times = handed_in(ex01="2026-11-06T12:30:00", ex02="2026-11-09T12:00:00")
    assert after([result("ex01", 80), result("ex02", 60)], times, course) == {"ex01": 0, "ex02": 60}


def test_an_extension_moves_the_due_date_of_one_student(course):
    times = handed_in(ex01="2026-11-04T11:00:00")
    assert after([result("ex01", 80)], times, course) == {"ex01": 60}
    for until in ("2026-11-04T12:00:00", "2026-11-04"):
        assert after([result("ex01", 80)], times, course, [extension("ex01", until)]) == {"ex01": 80}
    assert after([result("ex01", 80)], times, course, [extension("ex02", "2026-12-24")]) == {"ex01": 60}


def test_a_person_has_the_last_word_about_a_late_exercise(course):
    times = handed_in(ex01="2026-11-04T11:00:00")
    by_hand = Decision("Ada", "ex01", "", "points", "70", "Grace", "2026-11-05", "the train", 2)
    bonus = replace(by_hand, kind="bonus", value="5")
    assert after([result("ex01", 80)], times, course, [by_hand]) == {"ex01": 70}
    assert after([result("ex01", 80)], times, course, [bonus]) == {"ex01": 65}


def test_missing_is_empty_before_the_due_date_and_nothing_after_it(course):
    missing = [result(number, 0, status=Status.MISSING) for number in ("ex01", "ex02", "ex03", "ex04", "ex05")]
    at_the_time = {
        when: [one.exercise[:4] for one in counting(missing, course, at(when))]
        for when in ("2026-10-31T12:00:00", "2026-11-02T12:00:00", "2026-11-10T12:00:00", "2026-11-16T12:00:00")
    }
    assert list(at_the_time.values()) == [
        ["ex04"], ["ex01", "ex04"], ["ex01", "ex02", "ex04"], ["ex01", "ex02", "ex03", "ex04"],
    ]  # fmt: skip


def test_who_has_more_time_is_missing_nothing_before(course):
    missing, more_time = [result("ex01", 0, status=Status.MISSING)], [extension("ex01", "2026-11-10")]
    for when, count in (("2026-11-05T12:00:00", 0), ("2026-11-11T12:00:00", 1)):
        assert len(counting(missing, course, at(when), more_time)) == count
        assert len(counting(missing, course, at(when))) == 1


def test_points_that_a_person_gave_for_a_missing_file_count_at_once(course):
    by_hand = Decision("Ada", "ex01", "", "points", "70", "Grace", "2026-10-01", "on paper", 2)
    results = decide([result("ex01", 0, status=Status.MISSING)], [by_hand]).results
    [counted] = counting(results, course, at("2026-10-02T12:00:00"), [by_hand])
    assert counted.score == 70


def test_what_somebody_is_exempt_from_uses_no_free_days(course):
    """Both are two days late: the free days are for ex02, where ex01 does not count."""
    results = [result("ex01", 80), result("ex02", 60)]
    times = handed_in(ex01="2026-11-03T11:00:00", ex02="2026-11-10T10:00:00")
    exempt = Decision("Ada", "ex01", "", "exempt", "", "Grace", "2026-11-05", "ill", 2)
    assert after(results, times, course) == {"ex01": 80, "ex02": 30}
    assert after(results, times, course, [exempt]) == {"ex02": 60}


def test_what_is_not_open_yet_and_what_is_not_of_the_course_does_not_count(course):
    there = [result(number, 50) for number in ("ex01", "ex03", "ex05")]
    assert [one.exercise[:4] for one in counting(there, course, at("2026-11-08T12:00:00"))] == ["ex01"]
    assert [one.exercise[:4] for one in counting(there, course, at("2026-11-09T12:00:00"))] == ["ex01", "ex03"]


def test_the_grade_as_worked_out_by_hand(course):
    """ex03 is the lowest and dropped: (1 * .80 + 2 * .65 + .5 * .40) / 3 = .7667."""
    own = [result("ex01", 80), result("ex02", 65), result("ex03", 10), result("ex04", 40)]
    assert grade(own, course) == 76.67


def test_extra_credit_can_only_raise_the_grade(course):
    own = [result("ex01", 80), result("ex02", 65)]
    assert grade(own, course) == grade([*own, result("ex04", 0)], course) == 80
    assert grade([result("ex01", 100), result("ex02", 100), result("ex04", 100)], course) == 125


def test_nothing_is_dropped_where_nothing_else_would_be_left(course):
    assert grade([result("ex01", 30)], course) == 30
    assert grade([], course) is None
    assert grade([result("ex04", 30)], course) is None, "extra credit alone is no grade"


def test_what_the_grader_failed_at_counts_neither_way(course):
    assert grade([result("ex01", 80), result("ex02", 60), replace(result("ex03", 0), note="no memory")], course) == 80


# ---------------------------------------------------------------- the file


def test_a_new_file_counts_all_exercises_alike(tmp_path):
    course = read_course(written(tmp_path, new_course()))
    assert list(course.exercises) == list(load_catalog())
    assert {rules.weight for rules in course.exercises.values()} == {1}
    commented = re.sub(r"^# ", "", new_course(), flags=re.MULTILINE)
    assert read_course(written(tmp_path, commented)).late.last_day == 7, "every field that is shown can be used"


def test_without_a_file_there_is_no_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_course(None) is None
    written(tmp_path, COURSE)
    assert find_course(None).title == "A course"


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("weight = 2", "worth = 2", 13, "unknown field `worth`"),
        ("weight = 2", 'weight = "two"', 13, "Expected `float`, got `str`"),
        ("due = 2026-11-08", 'due = "soon"', 14, "datetime"),
        ("[exercises.ex03]", "[exercises.ex33]", 16, "ex33"),
        ("[exercises.ex03]", "[exercises.ex02_data_splitting]", 16, "there already, under another name"),
        ("weight = 2", "weight = -2", 13, "negative"),
        ("penalty = 0.25", "penalty = 25", 6, "a share of the points, from 0 to 1"),
        ("free_days = 2", "free_days = 1.5", 5, "Expected `int`"),
        ("drop_lowest = 1", "drop_lowest = 3", 2, "at least one must be left"),
        ('title = "A course"', 'feedback = "all"', 1, "none, category or full"),
        ('title = "A course"', "title = A course", 1, "not TOML"),
        ("drop_lowest = 1", "drop = 1", 2, "unknown field `drop`"),
    ],
)
def test_a_field_that_is_wrong_is_named_with_its_line(tmp_path, old, new, line, problem):
    with pytest.raises(GraderError) as refused:
        read_course(written(tmp_path, COURSE.replace(old, new, 1)))
    assert problem in str(refused.value)
    assert f"line {line}" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_file_without_exercises_says_what_is_missing(tmp_path):
    with pytest.raises(GraderError, match=r"\[exercises.ex01\]"):
        read_course(written(tmp_path, 'title = "A course"\n'))


# ---------------------------------------------------------------- the commands


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with results of two students, a roster, and a course file that is in force there."""
    stored = {"Ada": (80, 65, 10, 40), "Ben": (100, 0, 50, 0)}
    with open_for_writing(tmp_path / "results") as store:
        for student, points in stored.items():
            for number, value in zip(("ex01", "ex02", "ex03", "ex04"), points, strict=True):
                one = result(number, value, student)
                store.put(one, b"a file")
                store.put_times({(student, one.exercise): at("2026-10-01T12:00:00")})
        ben = ("Ben", result("ex01", 0).exercise)
        store.put_times({ben: at("2026-11-04T11:00:00")})
    written(tmp_path, COURSE)
    return tmp_path


def test_pages_and_exports_have_grades_and_late_days(grader, place):
    done = grader("feedback", "results", "--out", "pages", cwd=place)
    assert (done.returncode, done.stderr) == (0, "")
    pages = {path.name.partition("-")[0]: path.read_text("utf-8") for path in (place / "pages").glob("*.html")}
    assert "A course · Feedback" in pages["ada"]
    assert "Grade so far: 76.67 of 100." in pages["ada"]
    assert "3 days late, 2 of them free: 25% of the points are lost" in pages["ben"]
    grader("export", "results", "--to", "wide", "--out", "wide.csv", cwd=place)
    # Ben: 75 for ex01, ex02 is dropped: (1 * .75 + 1 * .50) / 2.
    assert (place / "wide.csv").read_text("utf-8").splitlines() == [
        "student,ex01_metrics,ex02_data_splitting,ex03_unsupervised,ex04_perceptron,total,max_score,grade",
        "Ada,80,65,10,40,195,400,76.67",
        "Ben,75,0,50,0,125,400,62.5",
    ]


def test_without_the_file_nothing_is_late_and_there_is_no_grade(grader, place):
    (place / "course.toml").rename(place / "other.toml")
    grader("export", "results", "--to", "wide", "--out", "wide.csv", cwd=place)
    assert "Ben,100,0,50,0,150,400" in (place / "wide.csv").read_text("utf-8")
    grader("export", "results", "--to", "wide", "--out", "wide.csv", "--course", "other.toml", cwd=place)
    assert "Ben,75,0,50,0,125,400,62.5" in (place / "wide.csv").read_text("utf-8")


def test_a_course_file_that_is_wrong_stops_every_command_in_one_line(grader, place):
    written(place, COURSE.replace("weight = 2", "worth = 2"))
    for words in (("feedback", "results", "--out", "pages"), ("report", "results"), ("grade", "x", "--out", "y")):
        done = grader(*words, cwd=place)
        assert done.returncode == 2
        assert done.stderr == "error: course.toml, line 13: there is an unknown field `worth`\n"


def test_the_level_of_the_course_holds_unless_another_is_asked_for(grader, place):
    written(place, 'feedback = "none"\n' + COURSE)
    shown = {}
    for level in ([], ["--level", "full"]):
        grader("feedback", "results", "--out", "pages", *level, cwd=place)
        shown[len(level)] = "What was wrong" in next((place / "pages").glob("ada*")).read_text("utf-8")
    assert shown == {0: False, 2: True}


def test_grading_takes_exercises_and_roster_of_the_course(grader, place):
    hand_in = place / "hand-ins" / "Ada"
    hand_in.mkdir(parents=True)
    for number in ("ex01", "ex05"):
        (hand_in / find_exercise(number).filename).write_bytes(find_exercise(number).solution.read_bytes())
    (place / "roster.csv").write_text("id,name\nu1,Ada\nu2,Ben\n", encoding="utf-8")
    written(place, 'roster = "roster.csv"\n\n[exercises.ex01]\n')
    done = grader("grade", "hand-ins", "--out", "new", "-j", 1, cwd=place)
    assert done.returncode == 0, done.stderr
    assert "u1: 100 of 100 (ex01 100)" in done.stdout
    assert "u2: 0 of 100" in done.stdout
    assert "ex05" not in done.stdout


def test_an_extension_is_a_decision(grader, place):
    """Ben handed in three days after the due date, of which two were free."""
    done = grader("decide", "results", "Ben", "-e", "ex01", "--until", "2026-11-05", "--why", "ill", cwd=place)
    assert done.stdout.splitlines()[0] == "Ben: ex01_metrics 75 -> 100 of 100"
    assert ",extension,2026-11-05," in (place / "results" / "decisions.csv").read_text("utf-8")
    grader("export", "results", "--to", "wide", "--out", "wide.csv", cwd=place)
    assert "Ben,100,0,50,0,150,400,75" in (place / "wide.csv").read_text("utf-8")


def test_a_new_file_is_made_and_never_overwritten(grader, tmp_path):
    assert grader("new-course", cwd=tmp_path).stdout == "written: course.toml\n"
    assert (tmp_path / "course.toml").read_text("utf-8") == new_course()
    done = grader("new-course", cwd=tmp_path)
    assert done.returncode == 2
    assert "is there already" in done.stderr


def test_the_demo_class_is_of_no_course(grader, place):
    """Its students are on no roster, and its exercises are its own."""
    written(place, 'roster = "nobody.csv"\n\n[exercises.ex09]\n')
    done = grader("demo", "--out", "demo", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "perfect" in done.stdout


def test_the_kit_and_the_nbgrader_course_have_the_exercises_of_the_course(tmp_path: Path, grader):
    (tmp_path / "course.toml").write_text("[exercises.ex01]\n[exercises.ex05]\n", encoding="utf-8")
    assert grader("release", "kit", cwd=tmp_path).returncode == 0
    assert {path.name for path in (tmp_path / "kit" / "exercises").iterdir()} >= {"ex01_metrics", "ex05_activations"}
    assert not (tmp_path / "kit" / "exercises" / "ex04_perceptron").exists()
    assert grader("release", "one", "--exercise", "ex04", cwd=tmp_path).returncode == 0
    assert (tmp_path / "one" / "exercises" / "ex04_perceptron").is_dir(), "what is named counts"
    assert grader("nbgrader", "notebooks", cwd=tmp_path).returncode == 0
    assert {path.parent.name for path in tmp_path.glob("notebooks/source/*/*.ipynb")} == {
        "ex01_metrics",
        "ex05_activations",
    }

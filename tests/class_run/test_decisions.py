"""Decisions by hand: what they change, that they survive, and that a mistake in them is named."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from grader.class_run.decisions import COLUMNS, FILE, Decision, add, decide, read_decisions
from grader.class_run.records import read_class
from grader.class_run.store import open_for_writing, read_results
from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

SCORES = [
    TaskScore("precision", 20.0, 40, Status.PARTIAL, "wrong value"),
    TaskScore("recall", 0.0, 20, Status.FAILED, "wrong value"),
    TaskScore("f1_score", 40.0, 40, Status.PASSED, ""),
]
ADA = Result(student="Ada", exercise="ex01_metrics", scores=SCORES, content_hash="as the machine made it")
BEN = replace(ADA, student="Ben")
ADA_4 = replace(ADA, exercise="ex04_perceptron", scores=[TaskScore("sgn", 100.0, 100, Status.PASSED, "")])


def decision(student="Ada", exercise="ex01_metrics", task="", kind="points", value="", why="a reason", line=2):
    return Decision(student, exercise, task, kind, value, "Grace", "2026-11-30", why, line)


def only(decided) -> Result:
    [result] = decided.results
    return result


def test_points_of_a_task_and_what_they_were():
    result = only(decide([ADA], [decision(task="recall", value="12", why="right but for the name")]))
    assert result.score == 72
    assert result.scores[1] == TaskScore(
        "recall", 12, 20, Status.PARTIAL, "by hand: 12 of 20, was 0: right but for the name"
    )
    assert result.remarks == ["recall, by hand: 12 of 20, was 0: right but for the name"]


def test_all_points_of_a_task_make_it_right_and_none_wrong():
    tasks = {"recall": "20", "f1_score": "0"}
    result = only(decide([ADA], [decision(task=task, value=value) for task, value in tasks.items()]))
    assert [score.status for score in result.scores] == [Status.PARTIAL, Status.PASSED, Status.FAILED]
    assert result.score == 40


def test_of_two_decisions_about_the_same_the_later_line_counts():
    result = only(decide([ADA], [decision(task="recall", value="5"), decision(task="recall", value="15", line=3)]))
    assert result.score == 75


def test_points_of_an_exercise_stand_whatever_the_tasks_have():
    """The tasks may change with a regrade: the 50 stay 50."""
    for scores in (SCORES, SCORES[:2]):
        result = only(decide([replace(ADA, scores=scores)], [decision(value="50")]))
        assert (result.score, result.max_score) == (50, sum(score.max_score for score in scores))


def test_a_bonus_is_added_also_beyond_what_there_was_to_get():
    both = [decision(kind="bonus", value="3"), decision(kind="bonus", value="-1,5", line=3)]
    assert only(decide([ADA], both)).score == 61.5
    assert only(decide([replace(ADA, scores=SCORES[2:])], [both[0]])).score == 43
    assert only(decide([ADA], [decision(kind="bonus", value="3"), decision(value="80", line=3)])).score == 83


def test_nobody_has_less_than_nothing():
    assert only(decide([ADA], [decision(kind="bonus", value="-61")])).score == 0
    both = [decision(value="10"), decision(kind="bonus", value="-11", line=3)]
    assert only(decide([ADA], both)).score == 0


def test_points_of_an_exercise_that_the_grader_failed_at_are_points():
    failed = replace(ADA, note="no memory", scores=[replace(score, score=0.0) for score in SCORES])
    result = only(decide([failed], [decision(value="90")]))
    assert (result.score, result.note) == (90, "")


def test_the_other_tasks_share_the_points_of_one_that_does_not_count():
    """Without recall 60 of 80 points, which are 75 of 100."""
    result = only(decide([ADA], [decision(student="*", task="recall", kind="void", why="a bad test")]))
    assert (result.score, result.max_score) == (75, 100)
    assert [(score.score, score.max_score) for score in result.scores] == [(25, 50), (50, 50)]
    assert result.remarks == ["by hand: recall does not count, the other tasks share its points: a bad test"]


def test_everybody_or_one():
    void = decision(student="*", task="recall", kind="void")
    assert [result.score for result in decide([ADA, BEN], [void]).results] == [75, 75]
    assert [result.score for result in decide([ADA, BEN], [replace(void, student="Ben")]).results] == [60, 75]


def test_an_exemption_and_who_has_left():
    decided = decide(
        [ADA, ADA_4, BEN], [decision(kind="exempt"), decision(student="Ben", exercise="", kind="withdrawn")]
    )
    assert decided.results == [ADA_4]
    assert decided.withdrawn == ["Ben"]


def test_a_comment_changes_no_points():
    result = only(decide([ADA], [decision(kind="comment", why="Nicely done.")]))
    assert (result.score, result.remarks) == (60, ["Nicely done."])


def test_an_exercise_may_be_named_by_its_number():
    assert only(decide([ADA], [decision(exercise="ex01", value="70")])).score == 70


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (decision(student="Adah", value="5"), "student 'Adah'"),
        (decision(exercise="ex09_ocr", value="5"), "'ex09_ocr' of student 'Ada'"),
        (decision(task="accuracy", value="5"), "task 'accuracy' of result of 'ex01_metrics' of student 'Ada'"),
    ],
)
def test_a_decision_about_what_is_not_there_changes_nothing_and_is_named(wrong, named):
    decided = decide([ADA, ADA_4], [wrong])
    assert decided.results == [ADA, ADA_4]
    assert len(decided.about_nothing) == 1
    assert "decisions.csv, line 2" in decided.about_nothing[0]
    assert named in decided.about_nothing[0]


def test_more_points_than_there_are_is_a_slip():
    for wrong in (decision(task="recall", value="200"), decision(value="101")):
        with pytest.raises(GraderError, match=r"line 2: \d+ points are more than the \d+ of .* bonus"):
            decide([ADA], [wrong])


# ---------------------------------------------------------------- the file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_for_writing(tmp_path / "results") as store:
        for result in (ADA, ADA_4, BEN):
            store.put(result, b"a file")
    return tmp_path / "results"


def write(folder: Path, *rows: str, first: str = ",".join(COLUMNS)) -> None:
    (folder / FILE).write_text("\n".join([first, *rows]) + "\n", encoding="utf-8")


def scores(folder: Path) -> dict[tuple[str, str], float]:
    return {(result.student, result.exercise[:4]): result.score for result in read_class(folder).results}


def test_without_the_file_everything_is_as_the_machine_made_it(folder):
    assert read_class(folder).results == read_results(folder)


def test_the_machines_results_stay_and_a_regrade_finds_the_decision(folder):
    write(folder, "Ada,ex01,recall,points,12,Grace,2026-11-30,right but for the name")
    assert scores(folder)["Ada", "ex01"] == 72
    assert {result.score for result in read_results(folder) if result.exercise == "ex01_metrics"} == {60}
    with open_for_writing(folder) as store:
        better = [replace(SCORES[0], score=40.0), *SCORES[1:]]
        store.put(replace(ADA, scores=better), b"another file")
    assert scores(folder)["Ada", "ex01"] == 92
    (folder / FILE).unlink()
    assert scores(folder)["Ada", "ex01"] == 80


def test_what_excel_makes_of_it_is_read(folder):
    text = "student;exercise;task;kind;value;who;when;why\r\nAda;ex01;recall;points;12,5;Grace;30.11.2026;Müller\r\n"
    (folder / FILE).write_bytes(text.encode("cp1252"))
    assert scores(folder)["Ada", "ex01"] == 72.5
    add(folder, decision(student="Ben", kind="bonus", value="1"))
    assert scores(folder) == {("Ada", "ex01"): 72.5, ("Ada", "ex04"): 100, ("Ben", "ex01"): 61}
    assert [known.why for known in read_decisions(folder)] == ["Müller", "a reason"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_what_people_wrote_stays_when_a_line_is_added(folder, encoding):
    """Other columns, another order and another sign between the cells are theirs."""
    text = "kind;value;who;when;why;my own note;student;exercise;task\r\n"
    text += "bonus;2;Grace;30.11.2026;Müller;ask, again;Ada;ex01;\r\n"
    (folder / FILE).write_bytes(text.encode(encoding))
    add(folder, decision(student="Ben", kind="bonus", value="1", why="Jürgen; twice"))
    assert scores(folder) == {("Ada", "ex01"): 62, ("Ada", "ex04"): 100, ("Ben", "ex01"): 61}
    assert [known.why for known in read_decisions(folder)] == ["Müller", "Jürgen; twice"]
    assert (folder / FILE).read_bytes().decode("utf-8-sig").startswith(text)


def test_a_name_that_is_a_formula_is_none_in_a_spreadsheet(folder):
    name = "=1+1"
    with open_for_writing(folder) as store:
        store.put(replace(ADA, student=name), b"a file")
    add(folder, decision(student=name, kind="bonus", value="-2"))
    assert "'=1+1" in (folder / FILE).read_text("utf-8")
    assert scores(folder)[name, "ex01"] == 58


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("Ada,ex01,recall,point,5,Grace,today,why", "'point' is nothing that can be decided"),
        ("Ada,ex01,recall,points,five,Grace,today,why", "'five' is not a number of points"),
        ("Ada,ex01,recall,points,nan,Grace,today,why", "'nan' is not a number of points"),
        ("Ada,ex01,recall,points,-5,Grace,today,why", "negative bonus"),
        ("Ada,ex01,recall,points,5,Grace,today,", "the column 'why'"),
        ("Ada,ex01,recall,points,5,,today,why", "the column 'who'"),
        ("Ada,ex01,,void,,Grace,today,why", "the column 'task'"),
        (",ex01,recall,points,5,Grace,today,why", "the column 'student'"),
        ("*,,,withdrawn,,Grace,today,why", "name a student"),
    ],
)
def test_a_line_that_is_no_decision_is_named(folder, row, problem):
    write(folder, "Ada,ex04,,comment,,Grace,today,fine", "", row)
    with pytest.raises(GraderError, match=f"{FILE}, line 4: .*{problem}"):
        read_class(folder)


def test_a_file_without_a_column_says_which(folder):
    write(folder, first="student,exercise,kind,value,who,when,why")
    with pytest.raises(GraderError, match="not there: task"):
        read_class(folder)


# ---------------------------------------------------------------- the commands


def test_decide_writes_a_line_and_says_what_it_changes(grader, folder):
    done = grader("decide", folder, "Ada", "-e", "ex01", "--task", "recall", "--points", 12, "--why", "right")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Ada: ex01_metrics 60 -> 72 of 100" in done.stdout
    done = grader(
        "decide", folder, "*", "-e", "ex01", "--task", "recall", "--void", "--who", "Grace", "--why", "bad, bad"
    )
    assert "Ada: ex01_metrics 72 -> 75 of 100" in done.stdout
    assert "Ben: ex01_metrics 60 -> 75 of 100" in done.stdout
    with open(folder / FILE, newline="", encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert [first[name] for name in ("student", "exercise", "task", "kind", "value", "why")] == [
        "Ada", "ex01_metrics", "recall", "points", "12", "right",
    ]  # fmt: skip
    assert first["who"]
    assert first["when"]
    assert (second["who"], second["why"]) == ("Grace", "bad, bad")


def test_no_points_at_all_are_a_decision(grader, folder):
    done = grader("decide", folder, "Ada", "-e", "ex04", "--points", 0, "--why", "not their own work")
    assert "Ada: ex04_perceptron 100 -> 0 of 100" in done.stdout


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("Adah", "-e", "ex01", "--points", 5), "there is no result of 'ex01_metrics' of student 'Adah'"),
        (("Ada", "-e", "ex01", "--task", "accuracy", "--points", 5), "there is no task 'accuracy'"),
        (("Ada", "-e", "ex01", "--task", "recall", "--points", 50), "50 points are more than the 20 of recall"),
        (("Ada", "-e", "ex01"), "say one thing that is decided"),
        (("Ada", "-e", "ex01", "--void", "--exempt"), "say one thing that is decided"),
        (("Ada", "--points", 5), "the column 'exercise'"),
        (("Ada", "-e", "ex99", "--points", 5), "ex99"),
    ],
)
def test_decide_refuses_and_writes_nothing(grader, folder, words, problem):
    done = grader("decide", folder, *words, "--why", "a reason")
    assert done.returncode == 2
    assert problem in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (folder / FILE).exists()


def test_pages_report_and_exports_show_the_decision(grader, folder, tmp_path):
    write(
        folder,
        "Ada,ex01,recall,points,12,Grace,2026-11-30,right but for the name",
        "Ben,,,withdrawn,,Grace,2026-11-30,wrote a mail",
        "Adah,ex01,,bonus,5,Grace,2026-11-30,a slip of the pen",
    )
    done = grader("feedback", folder, "--out", tmp_path / "pages")
    assert "a decision that changes nothing: decisions.csv, line 4: there is no result of 'ex01'" in done.stdout
    [page] = (tmp_path / "pages").glob("*.html")
    assert "recall, by hand: 12 of 20, was 0: right but for the name" in page.read_text(encoding="utf-8")
    grader("export", folder, "--to", "wide", "--out", tmp_path / "wide.csv")
    assert "Ada,72,100,172,200" in (tmp_path / "wide.csv").read_text(encoding="utf-8")
    assert "Ben" not in (tmp_path / "wide.csv").read_text(encoding="utf-8")
    done = grader("report", folder, "--out", tmp_path / "report.html")
    assert "changes nothing" in done.stdout
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "by hand: 12 of 20" in report


def test_an_exemption_takes_the_points_from_what_there_was_to_get(grader, folder, tmp_path):
    write(folder, "Ada,ex01,,exempt,,Grace,2026-11-30,ill")
    grader("export", folder, "--to", "wide", "--out", tmp_path / "wide.csv")
    assert (tmp_path / "wide.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "Ada,,100,100,100",
        "Ben,60,,60,200",
    ]

"""Who is known in a results folder: names and addresses go wherever people read, nobody is there twice or for good."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from support.exporting import make_result, not_handed_in

from grader.class_run.decisions import Decision, add
from grader.class_run.merged import merge
from grader.class_run.records import read_class
from grader.class_run.store import open_for_writing
from grader.handins.roster import Person
from grader.kit.errors import GraderError

ADA, BEN = Person("s1", "Ada Lovelace", "ada@example.org", "501"), Person("s2", "Öztürk, Ben", "", "502")
CANVAS = "Student,ID,Section,ex01 Metrics (1)\n    Points Possible,,,100\nLovelace,501,A,\nB. Oe.,502,A,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of two students who are on the roster."""
    with open_for_writing(tmp_path / "results") as store:
        store.put_class([ADA, BEN], [], from_now_on=True)
        for person in (ADA, BEN):
            store.put(make_result(person.id), b"a file")
    return tmp_path / "results"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------- names and addresses


@pytest.mark.parametrize("to", ["csv", "wide"])
def test_tables_have_names_and_addresses(grader, folder, tmp_path, to):
    done = grader("export", folder, "--to", to, "--out", tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    known = {(row["student"], row["name"], row["email"]) for row in table(tmp_path / "out.csv")}
    assert known == {("s1", "Ada Lovelace", "ada@example.org"), ("s2", "Öztürk, Ben", "")}


def test_the_index_is_ready_for_a_mail_merge_and_pages_have_the_name(grader, folder, tmp_path):
    done = grader("feedback", folder, "--out", tmp_path / "pages")
    assert done.returncode == 0, done.stderr
    [ada, ben] = table(tmp_path / "pages" / "index.csv")
    assert (ada["name"], ada["email"], ben["name"]) == ("Ada Lovelace", "ada@example.org", "Öztürk, Ben")
    page = (tmp_path / "pages" / ada["page"]).read_text(encoding="utf-8")
    assert '<h1 dir="auto">Ada Lovelace</h1>' in page
    assert "s1 · ada@example.org" in page


def test_canvas_knows_the_rows_by_the_roster_of_the_results(grader, folder, tmp_path):
    """Nobody has to give it once more; names alone would find neither."""
    (tmp_path / "canvas.csv").write_text(CANVAS, encoding="utf-8")
    done = grader("export", folder, "--to", "canvas", "--into", tmp_path / "canvas.csv", "--out", tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    assert [row["ex01 Metrics (1)"] for row in table(tmp_path / "out.csv")][1:] == ["52.5", "52.5"]


def test_where_nobody_has_told_a_name_tables_have_no_column_for_it(grader, tmp_path):
    with open_for_writing(tmp_path / "results") as store:
        store.put_class([], [Person("ada", "ada")])
        store.put(make_result("ada"), b"a file")
    grader("export", tmp_path / "results", "--to", "wide", "--out", tmp_path / "out.csv")
    assert list(table(tmp_path / "out.csv")[0]) == ["student", "ex01_metrics", "total", "max_score"]
    assert read_class(tmp_path / "results").people == {}


# ---------------------------------------------------------------- two names, one person


def result_of(student: str, score: float = 52.5, exercise: str = "ex01_metrics"):
    return make_result(student, exercise, score)


def merging(student: str, value: str) -> Decision:
    return Decision(student, "", "", "merged", value, "Grace", "2026-11-30", "one person", 2)


def test_the_newer_file_counts_and_what_is_missing_never():
    results = [result_of("ada", 10), result_of("al", 20), result_of("al", 30, "ex02_data_splitting"),
               not_handed_in("ada", "ex02_data_splitting"), not_handed_in("al", "ex04_perceptron"),
               result_of("ada", 40, "ex04_perceptron")]  # fmt: skip
    for al, points in ((2.0, 20), (0.5, 10)):
        one = merge(results, {("ada", "ex01_metrics"): 1.0, ("al", "ex01_metrics"): al}, [merging("al", "ada")])
        assert {result.exercise[:4]: result.score for result in one.results} == {"ex01": points, "ex02": 30, "ex04": 40}
        assert {result.student for result in one.results} == {"ada"}
        assert one.times == {("ada", "ex01_metrics"): max(al, 1.0)}
    assert one.results[1].remarks == ["handed in as al"]


def test_what_was_decided_about_the_other_name_is_decided_about_the_person():
    bonus = Decision("al", "ex01", "", "bonus", "5", "Grace", "2026-11-30", "found a mistake", 3)
    one = merge([result_of("al")], {}, [merging("al", "ada"), bonus])
    assert [decision.student for decision in one.decisions] == ["ada"]


def test_chains_and_circles_end():
    results = [
        result_of(name, exercise=exercise) for name, exercise in zip("abc", ("ex01", "ex02", "ex03"), strict=True)
    ]
    chain = merge(results, {}, [merging("a", "b"), merging("b", "c")])
    assert {result.student for result in chain.results} == {"c"}
    circle = merge(results, {}, [merging("a", "b"), merging("b", "a")])
    assert len(circle.results) == 3


@pytest.mark.parametrize(("student", "value"), [("*", "ada"), ("al", "*"), ("al", "al"), ("al", "")])
def test_a_merge_names_two_students(tmp_path, student, value):
    with pytest.raises(GraderError, match=r"name two students|needs something in the column 'value'"):
        add(tmp_path, merging(student, value))


def test_a_merged_student_is_there_once_wherever_people_read(grader, folder, tmp_path):
    with open_for_writing(folder) as store:
        store.put_class([], [Person("ada l", "ada l")])
        store.put(result_of("ada l", 30, "ex05_activations"), b"another file")
    done = grader("decide", folder, "ada l", "--merged", "s1", "--why", "her private address", "--who", "Grace")
    assert done.returncode == 0, done.stderr
    assert "s1: ex05_activations 30 of 100" in done.stdout
    grader("export", folder, "--to", "wide", "--out", tmp_path / "wide.csv")
    rows = {row["student"]: row for row in table(tmp_path / "wide.csv")}
    assert set(rows) == {"s1", "s2"}
    assert rows["s1"]["ex05_activations"] == "30"
    told = grader("decide", folder, "nobody", "--merged", "s1", "--why", "a slip")
    assert told.returncode == 2
    assert "there is no student 'nobody'" in told.stderr
    told = grader("students", folder).stdout
    assert "merged into s1 (decisions.csv, line 2)" in told
    assert "ada@example.org" in told


def test_removing_a_student_says_what_it_removes_and_then_nothing_is_left(grader, folder):
    told = grader("students", folder, "--remove", "s1")
    assert "would remove 1 result of s1" in told.stdout
    assert len(read_class(folder).results) == 2
    assert "removed 1 result of s1" in grader("students", folder, "--remove", "s1", "--yes").stdout
    assert [result.student for result in read_class(folder).results] == ["s2"]
    assert "s1" not in grader("students", folder).stdout
    done = grader("students", folder, "--remove", "s1", "--yes")
    assert done.returncode == 2
    assert "there is no student 's1'" in done.stderr


def test_a_file_that_somebody_else_has_handed_in_too_stays(folder):
    with open_for_writing(folder) as store:
        store.put(replace(result_of("x"), source_hash="f"), b"shared")
        store.put(replace(result_of("y"), source_hash="f"), b"shared")
        store.put(replace(result_of("z"), source_hash="g"), b"own")
        store.remove("x")
        store.remove("z")
        assert store.source("f") == b"shared"
        assert store.source("g") is None

"""Who is known in a results folder: names and addresses go wherever people read, nobody is there twice or for good."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from support.exporting import make_result

from grader.class_run.records import read_class
from grader.class_run.store import open_for_writing
from grader.handins.roster import Person

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

"""Who has the same code: clusters in place of pairs, other sources, a page with the files side by side."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from support.exporting import make_result
from support.pages import check_accessible

from grader.class_run.store import open_for_writing
from grader.handins.similar import Compared, Pair
from grader.kit.exercise import find_exercise
from grader.reporting.pages.likeness_page import in_words, likeness_page

EX01 = find_exercise("ex01")
SOLUTION = EX01.solution.read_text(encoding="utf-8")
COPY = SOLUTION.replace("y_true", "wahr").replace("y_pred", "geraten")


def pair(first: str, second: str, share: float = 1.0, exercise: str = EX01.name) -> Pair:
    return Pair(exercise, first, second, share, 100)


def hand_in(folder: Path, student: str, text: str) -> None:
    path = folder / student / EX01.filename
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def test_pairs_with_a_student_in_common_are_one_cluster():
    compared = Compared([pair("a", "b"), pair("c", "d", 0.9), pair("b", "c", 0.8), pair("x", "y", 0.7),
                         pair("a", "b", 0.95, "ex04_perceptron")])  # fmt: skip
    found = [(one.exercise[:4], one.members, len(one.pairs)) for one in compared.clusters()]
    assert found == [("ex01", ("a", "b", "c", "d"), 3), ("ex04", ("a", "b"), 1), ("ex01", ("x", "y"), 1)]


def test_forty_equal_files_are_one_line_of_who_they_are():
    names = [f"s{number:02}" for number in range(40)]
    pairs = [pair(first, second) for at, first in enumerate(names) for second in names[at + 1 :]]
    lines = list(in_words(Compared(pairs), 0.6))
    assert lines[0] == f"40 together: ex01_metrics  {', '.join(names)}"
    assert lines[-1].endswith(": 780")


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory, grader) -> Path:
    """What the command wrote about a class with a copy in it, last year's, and the solution."""
    place = tmp_path_factory.mktemp("class")
    hand_in(place / "now", "ada", SOLUTION)
    hand_in(place / "now", "ben", COPY)
    hand_in(place / "now", "zoe", EX01.stub.read_text(encoding="utf-8"))
    hand_in(place / "last", "old", COPY)
    words = ("similar", "now", "-e", "ex01", "--against", "last", "--solution", "--out", "alike.html")
    done = grader(*words, cwd=place)
    assert done.returncode == 0, done.stderr
    (place / "said.txt").write_text(done.stdout, encoding="utf-8")
    return place


def test_last_years_files_and_the_solution_are_told_apart_from_the_class(looked_at: Path):
    said = (looked_at / "said.txt").read_text(encoding="utf-8")
    assert "pairs that share at least 60% of the code that is not the stub's: 1" in said
    for line in ("ex01_metrics  ada  last/old", "ex01_metrics  ben  last/old", "ex01_metrics  ada  the solution"):
        assert line in said
    assert "zoe" not in said
    rows = list(csv.reader(io.StringIO((looked_at / "alike.csv").read_text(encoding="utf-8"))))
    assert rows[0] == ["exercise", "cluster", "first", "second", "share", "tokens"]
    assert [row[:4] for row in rows[1:2]] == [["ex01_metrics", "1", "ada", "ben"]]
    assert {row[1] for row in rows[2:]} == {""}


def test_the_page_marks_what_both_have_and_greys_what_the_stub_says(looked_at: Path):
    text = (looked_at / "alike.html").read_text(encoding="utf-8")
    shown = check_accessible(text)
    assert "<mark>    " in text
    assert '<span class="stub">def accuracy(' in text
    assert "ada and ben" in shown.text
    assert "<script" not in text


def test_a_results_folder_will_do(tmp_path: Path, grader):
    with open_for_writing(tmp_path / "results") as store:
        for name, text in (("ada", SOLUTION), ("ben", COPY)):
            store.put(replace(make_result(name), source_hash=name), text.encode())
    done = grader("similar", tmp_path / "results", "-e", "ex01")
    assert "ex01_metrics  ada  ben" in done.stdout, done.stderr


def test_a_file_that_says_html_is_text_on_the_page():
    compared = Compared([pair("<b>a</b>", "c")])
    compared.texts = {(EX01.name, "<b>a</b>"): "x = '<script>'\n", (EX01.name, "c"): "y = 1\n"}
    text = likeness_page(compared, "alike.csv").decode()
    assert "<script>" not in text
    assert "&lt;script&gt;" in text

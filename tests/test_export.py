"""The CSV of the points: one row per student, exercise and task, that no spreadsheet takes for anything else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from grader import export as export_module
from grader.errors import GraderError
from grader.export import export
from grader.records import Result, from_json, to_json
from grader.scoring import FAILED, PASSED, TaskScore

HEADER = "student,exercise,task,score,max_score,status,reason"


def result(student: str = "Ada", reason: str = "", score: float = 12.5) -> Result:
    return Result(
        student=student,
        exercise="ex01_sums",
        scores=[
            TaskScore("add", score, 60, FAILED if reason else PASSED, reason),
            TaskScore("total", 40.0, 40, PASSED, ""),
        ],
        tests=[],
        note="",
        sandbox="landlock",
        profile="cpu",
        device="cpu",
        backend="",
        versions={},
        wall_seconds=1.0,
        student_cpu_seconds=0.5,
        content_hash="abc",
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "points.csv"


def test_the_columns_are_what_an_lms_import_is_set_up_for(out):
    export([], "csv", out)
    assert out.read_text(encoding="utf-8").splitlines() == [HEADER]


def test_a_result_is_one_row_per_task(out):
    export([result(reason="1 of 2 tests failed")], "csv", out)
    assert out.read_text(encoding="utf-8").splitlines() == [
        HEADER,
        "Ada,ex01_sums,add,12.5,60,failed,1 of 2 tests failed",
        "Ada,ex01_sums,total,40,40,passed,",
    ]


def test_results_keep_their_order(out):
    export([result("Zoe"), result("Ada")], "csv", out)
    assert [row["student"] for row in rows(out)] == ["Zoe", "Zoe", "Ada", "Ada"]


@pytest.mark.parametrize(
    "text", ["a, b", 'the "best"', "two\nlines", "a;b\tc", "Jürgen Groß", "李雷", "\U0001f600", "O'Hara", ""]
)
def test_any_text_comes_back_from_a_csv_reader_as_it_was(out, text):
    export([result(student=text, reason=text)], "csv", out)
    assert [(row["student"], row["reason"]) for row in rows(out)] == [(text, text), (text, "")]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://example.org")', "-"]
)
def test_no_cell_begins_like_a_formula(out, text):
    export([result(student=text, reason=text)], "csv", out)
    row = rows(out)[0]
    for cell in (row["student"], row["reason"]):
        assert cell.lstrip("'") == text
        assert cell.startswith("'")


@pytest.mark.parametrize(("score", "text"), [(0, "0"), (3.33, "3.33"), (33.33, "33.33"), (60.0, "60"), (1e-9, "1e-09")])
def test_points_are_written_without_needless_digits(out, score, text):
    export([result(score=score)], "csv", out)
    assert rows(out)[0]["score"] == text


def test_the_file_can_be_read_by_others_and_nothing_else_is_left(out):
    export([result()], "csv", out)
    assert out.stat().st_mode & 0o777 == 0o644
    assert list(out.parent.iterdir()) == [out]


def test_the_folder_is_made_if_need_be(tmp_path):
    out = tmp_path / "new" / "newer" / "points.csv"
    export([result()], "csv", out)
    assert len(rows(out)) == 2


def test_an_export_replaces_the_one_before(out):
    export([result("Ada"), result("Zoe")], "csv", out)
    export([result("Zoe")], "csv", out)
    assert {row["student"] for row in rows(out)} == {"Zoe"}


@pytest.mark.parametrize("failure", [RuntimeError("half way"), KeyboardInterrupt(), OSError(28, "No space left")])
def test_an_export_that_fails_leaves_the_old_file_as_it_was(out, monkeypatch, failure):
    export([result("Ada")], "csv", out)
    before = out.read_bytes()

    def write_half(results, file):
        file.write("student,exerc")
        file.flush()
        raise failure

    monkeypatch.setitem(export_module.FORMATS, "csv", write_half)
    with pytest.raises((RuntimeError, KeyboardInterrupt, GraderError)) as error:
        export([result("Zoe")], "csv", out)
    assert "half way" in str(error.value) or not isinstance(failure, RuntimeError)
    assert out.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]


def test_a_full_disk_is_a_clear_error(out, monkeypatch):
    def write(results, file):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(export_module.FORMATS, "csv", write)
    with pytest.raises(GraderError, match=r"cannot write .*points\.csv: No space left on device"):
        export([result()], "csv", out)


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GraderError, match="cannot write"):
        export([result()], "csv", tmp_path / "file" / "points.csv")
    with pytest.raises(GraderError, match="cannot write"):
        export([result()], "csv", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_format_that_does_not_exist_is_an_error_that_lists_those_that_do(out):
    with pytest.raises(GraderError, match="there is no export format 'pdf'; choose from csv"):
        export([result()], "pdf", out)
    assert not out.exists()


def test_a_record_comes_back_from_its_text_as_it_was():
    record = result(student="Jürgen =1+1", reason="a\nb")
    assert from_json(to_json(record)) == record
    assert (record.score, record.max_score) == (52.5, 100)

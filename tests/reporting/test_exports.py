"""Exports as CSV that no spreadsheet takes for anything else, and how every export is written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from support.exporting import NAMES, cells, exported, make_result, not_handed_in

from grader.grading.result import Result, from_json, to_json
from grader.kit.errors import GraderError
from grader.reporting import exports
from grader.reporting.exports import export
from grader.reporting.exports.request import Export, ExportRequest
from grader.reporting.exports.sheet import Sheet
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

HEADER = "student,exercise,task,score,max_score,status,reason"
CLASS = [make_result(name) for name in NAMES] + [not_handed_in("Absent")]


def result(student: str = "Ada", reason: str = "", score: float = 12.5) -> Result:
    return Result(
        student=student,
        exercise="ex01_sums",
        scores=[
            TaskScore("add", score, 60, Status.FAILED if reason else Status.PASSED, reason),
            TaskScore("total", 40.0, 40, Status.PASSED, ""),
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


def write(results: list[Result], out: Path, to: str = "csv") -> None:
    export(ExportRequest(results), to, out)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def out(tmp_path):
    return tmp_path / "points.csv"


def test_the_columns_are_what_an_lms_import_is_set_up_for(out):
    write([], out)
    assert out.read_text(encoding="utf-8").splitlines() == [HEADER]


def test_a_result_is_one_row_per_task(out):
    write([result(reason="1 of 2 tests failed")], out)
    assert out.read_text(encoding="utf-8").splitlines() == [
        HEADER,
        "Ada,ex01_sums,add,12.5,60,failed,1 of 2 tests failed",
        "Ada,ex01_sums,total,40,40,passed,",
    ]


def test_results_keep_their_order(out):
    write([result("Zoe"), result("Ada")], out)
    assert [row["student"] for row in rows(out)] == ["Zoe", "Zoe", "Ada", "Ada"]


@pytest.mark.parametrize(
    "text", ["a, b", 'the "best"', "two\nlines", "a;b\tc", "Jürgen Groß", "李雷", "\U0001f600", "O'Hara", ""]
)
def test_any_text_comes_back_from_a_csv_reader_as_it_was(out, text):
    write([result(student=text, reason=text)], out)
    assert [(row["student"], row["reason"]) for row in rows(out)] == [(text, text), (text, "")]


@pytest.mark.parametrize(("name", "starts"), [("Jürgen", b"\xef\xbb\xbfstudent"), ("Ada", b"student")])
def test_excel_on_windows_reads_umlauts(out, name, starts):
    """It takes a file without the mark for one in the code page of the country."""
    write([result(student=name)], out)
    assert out.read_bytes().startswith(starts)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://example.org")', "-"]
)
def test_no_cell_begins_like_a_formula(out, text):
    write([result(student=text, reason=text)], out)
    row = rows(out)[0]
    for cell in (row["student"], row["reason"]):
        assert cell.lstrip("'") == text
        assert cell.startswith("'")


@pytest.mark.parametrize(("score", "text"), [(0, "0"), (3.33, "3.33"), (33.33, "33.33"), (60.0, "60"), (1e-9, "1e-09")])
def test_points_are_written_without_needless_digits(out, score, text):
    write([result(score=score)], out)
    assert rows(out)[0]["score"] == text


def test_the_file_can_be_read_by_others_and_nothing_else_is_left(out):
    write([result()], out)
    assert out.stat().st_mode & 0o777 == 0o644
    assert list(out.parent.iterdir()) == [out]


def test_the_folder_is_made_if_need_be(tmp_path):
    out = tmp_path / "new" / "newer" / "points.csv"
    write([result()], out)
    assert len(rows(out)) == 2


def test_an_export_replaces_the_one_before(out):
    write([result("Ada"), result("Zoe")], out)
    write([result("Zoe")], out)
    assert {row["student"] for row in rows(out)} == {"Zoe"}


@pytest.mark.parametrize("failure", [RuntimeError("half way"), KeyboardInterrupt(), OSError(28, "No space left")])
def test_an_export_that_fails_leaves_the_old_file_as_it_was(out, monkeypatch, failure):
    write([result("Ada")], out)
    before = out.read_bytes()

    def fail(source, target):
        raise failure

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises((RuntimeError, KeyboardInterrupt, GraderError)) as error:
        write([result("Zoe")], out)
    assert "half way" in str(error.value) or not isinstance(failure, RuntimeError)
    assert out.read_bytes() == before
    assert list(out.parent.iterdir()) == [out]


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GraderError, match="cannot write"):
        write([result()], tmp_path / "file" / "points.csv")
    with pytest.raises(GraderError, match="cannot write"):
        write([result()], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_format_that_does_not_exist_is_an_error_that_lists_those_that_do(out):
    with pytest.raises(GraderError, match="there is no export format 'pdf'; choose from csv, wide, canvas"):
        write([result()], out, "pdf")
    assert not out.exists()


def test_only_the_exercises_asked_for_are_exported_and_they_must_be_there(tmp_path):
    results = [make_result("Ada", "ex01_metrics"), make_result("Ada", "ex04_perceptron")]
    content, _ = exported(tmp_path, "csv", results, exercises=("ex04_perceptron",))
    assert {row[1] for row in cells(content)[1:]} == {"ex04_perceptron"}
    with pytest.raises(GraderError, match="no results of ex05_activations"):
        exported(tmp_path, "csv", results, exercises=("ex05_activations",))


def test_a_record_comes_back_from_its_text_as_it_was():
    record = result(student="Jürgen =1+1", reason="a\nb")
    assert from_json(to_json(record)) == record
    assert (record.score, record.max_score) == (52.5, 100)


def test_a_single_document_goes_to_a_file_and_several_into_a_folder(tmp_path, monkeypatch):
    made = {"a/doc.json": b"1"}
    monkeypatch.setitem(exports.FORMATS, "own", lambda request: Export(dict(made)))
    write([], tmp_path / "one.json", "own")
    write([], tmp_path / "folder", "own")
    made["b/doc.json"] = b"2"
    write([], tmp_path / "several", "own")
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"one.json", "folder/a/doc.json", "several/a/doc.json", "several/b/doc.json"}


# --- wide CSV


def test_wide_has_a_row_per_student_and_a_column_per_exercise(tmp_path):
    results = [
        make_result("Ada", "ex01_metrics", 41.25),
        make_result("Ada", "ex04_perceptron", 30),
        make_result("=Bob", "ex04_perceptron", note="the grader was killed"),
        not_handed_in("Eve", "ex01_metrics"),
    ]
    content, news = exported(tmp_path, "wide", results)
    assert cells(content) == [
        ["student", "ex01_metrics", "ex04_perceptron", "total", "max_score"],
        ["Ada", "41.25", "30", "71.25", "200"],
        ["'=Bob", "", "", "0", "200"],
        ["Eve", "0", "", "0", "200"],
    ]
    assert "could not be graded, left empty: 1 (=Bob)" in news


@pytest.mark.parametrize("to", ["csv", "wide"])
def test_names_that_break_other_exports_survive(tmp_path, to):
    content, _ = exported(tmp_path, to, CLASS)
    assert {row[0].removeprefix("'") for row in cells(content)[1:]} == {*NAMES, "Absent"}


# --- a table in which single cells are changed


@pytest.mark.parametrize(
    "text",
    [
        "a,b\r\n1,2\r\n",
        'a,b\n"x, ""y""",2',
        "a;b\r\n\r\n;\r\n",
        'a\tb\n"two\nlines"\t=1\n',
        '"a","b"\n  "not quoted" ,2\n',
        "a,b\n1\n1,2,3\n",
    ],
)
def test_a_table_that_is_not_changed_stays_byte_for_byte(text):
    assert Sheet(text).to_bytes() == text.encode()


def test_only_the_changed_cell_differs_and_is_quoted_where_it_must_be():
    sheet = Sheet('"a","b",c\n"1","x ""y""",3\n1\n')
    sheet.set(1, 1, 'z "q"')
    sheet.set(1, 2, "4,5")
    sheet.set(2, 2, "6")
    assert sheet.to_bytes() == b'"a","b",c\n"1","z ""q""","4,5"\n1,,6\n'


@pytest.mark.parametrize(
    ("content", "what"), [(b"", "is empty"), ("a,ä".encode("cp1252"), "UTF-8"), (b'a,b\n"x,2\n', "row 2")]
)
def test_what_is_no_table_is_a_clear_error(tmp_path, content, what):
    (tmp_path / "table.csv").write_bytes(content)
    with pytest.raises(GraderError, match=what):
        Sheet.read(tmp_path / "table.csv")

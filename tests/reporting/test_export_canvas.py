"""Canvas' gradebook is filled in: the right cells, for the right students, and nothing else in the file changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.exporting import cells, exported, make_result, not_handed_in

from grader.class_run.store import open_for_writing
from grader.handins.roster import Person
from grader.kit.errors import GraderError
from grader.reporting.exports import export
from grader.reporting.exports.request import ExportRequest

BOM = b"\xef\xbb\xbf"
# As Canvas writes it: a BOM, a row "Manual Posting", points with two digits, totals that are read only, a name that
# begins with "=" made harmless, the test student at the end.
HEADER = (
    "Student,ID,SIS User ID,SIS Login ID,Section,ex01 Metrics (4711),HW 4 (4712),ex01 quiz (9),"
    "ex01 Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,,\r\n"
    "    Points Possible,,,,,100.00,10.00,5.00,(read only),(read only)\r\n"
)
ROWS = (
    '"Lovelace, Ada",101,U1,ada,"Group ""A"", Monday",,,4.00,80.00,80.00\r\n'
    '"Groß, Jürgen",102,U2,juergen@example.org,B,11.00,,,,\r\n'
    '"O\'Brien, ""Mo""",103,,mo,B and C,EX,N/A,,,\r\n'
    '"=""=1+1, Eve""",104,U4,eve,B,,,,,\r\n'
    '"Nobody, Ned",105,U5,ned,B,50.00,1.00,,,\r\n'
    '"Student, Test",199,,0123456789abcdef,B,,,,,\r\n'
)
GRADEBOOK = BOM + (HEADER + ROWS).encode()
ONLY = ("ex01_metrics",)
COLUMN = {"ex01": "ex01 Metrics (4711)"}
HW = {**COLUMN, "ex04": "HW 4"}
LOGINS = ("ada", "juergen@example.org", "eve")


def fill(tmp_path: Path, results=None, into=GRADEBOOK, exercises=ONLY, columns=COLUMN, **options):
    """Fill in the gradebook; that nobody has written anything into it is for the tests that are about that."""
    results = [make_result(login) for login in LOGINS] if results is None else results
    options = {"overwrite": True} | options
    return exported(tmp_path, "canvas", results, into, exercises, columns=columns, **options)


def test_points_are_filled_in_and_every_other_byte_stays(tmp_path):
    content, news = fill(tmp_path)
    expected = GRADEBOOK.decode()
    expected = (
        expected.replace('Monday",,', 'Monday",52.5,').replace("B,11.00,", "B,52.5,").replace("eve,B,,", "eve,B,52.5,")
    )
    assert content.decode() == expected
    assert "rows matched: 3" in news
    assert 'rows without a result, left as they are: 2 (O\'Brien, "Mo"; Nobody, Ned)' in news


def test_the_gradebook_can_be_updated_in_place(tmp_path):
    book = tmp_path / "book.csv"
    book.write_bytes(GRADEBOOK)
    export(ExportRequest([make_result("ada")], ONLY, book, columns=COLUMN), "canvas", book)
    assert cells(book.read_bytes())[3][5] == "52.5"
    assert [path.name for path in tmp_path.iterdir()] == ["book.csv"]


def test_canvas_would_import_it(tmp_path):
    """The conditions of Canvas' importer: its titles, rows of one length, a number or a kept word in each cell."""
    content, _ = fill(tmp_path)
    table = cells(content)
    assert "Student" in table[0][0]
    assert "ID" in table[0][1]
    assert (table[0][2], table[0][3], table[0][4]) == ("SIS User ID", "SIS Login ID", "Section")
    assert re.fullmatch(r"(.*)\s\((\d+)\)", table[0][5])
    assert {len(row) for row in table} == {len(table[0])}
    assert all(re.fullmatch(r"-?[0-9.,]+%?|EX|N/A|", row[5]) for row in table[3:])


@pytest.mark.parametrize(
    ("student", "person"),
    [
        ("101", None),
        ("U1", None),
        ("ADA", None),
        ("ada@example.org", None),
        ("lovelaceada", None),
        ("Ada Lovelace", None),
        ("somebody (101)", None),
        ("x1", Person("x1", lms_id="101")),
        ("x1", Person("x1", email="Ada@example.org")),
        ("Ada Lovelace", Person("U1", name="Ada Lovelace")),
    ],
)
def test_a_student_is_found_by_id_sis_id_login_address_or_name(tmp_path, student, person):
    content, _ = fill(tmp_path, [make_result(student)], roster=[person] if person else None)
    assert [row[5] for row in cells(content)[3:]] == ["52.5", "11.00", "EX", "", "50.00", ""]


def test_who_was_found_by_name_alone_is_told(tmp_path):
    _, news = fill(tmp_path, [make_result("lovelaceada"), make_result("eve")])
    assert "matched by name alone, please check: 1 (lovelaceada)" in news


def test_namesakes_are_not_matched_by_name(tmp_path):
    twice = BOM + (HEADER + ROWS + '"Lovelace, Ada",106,U6,ada2,B,,,,,\r\n').encode()
    content, news = fill(tmp_path, [make_result("lovelaceada"), make_result("eve")], twice)
    assert [row[5] for row in cells(content)[3:] if row[0] == "Lovelace, Ada"] == ["", ""]
    assert "graded, but without a row: 1 (lovelaceada)" in news


def test_what_could_be_two_people_is_an_error_and_nothing_is_written(tmp_path):
    with pytest.raises(GraderError, match=r"'ada' and '101' are 'Lovelace, Ada' in the table, by id: .*lms_id"):
        fill(tmp_path, [make_result("ada"), make_result("101")])
    swapped = GRADEBOOK.replace(b",juergen@example.org,", b",101,")
    with pytest.raises(GraderError, match=r"'101' is 'Groß, Jürgen' and 'Lovelace, Ada' in the table, by id"):
        fill(tmp_path, [make_result("101")], swapped)
    assert not (tmp_path / "out.csv").exists()
    content, _ = fill(tmp_path, [make_result("101")], swapped, roster=[Person("101", lms_id="102")])
    assert [row[5] for row in cells(content)[3:5]] == ["", "52.5"]


def test_results_without_a_row_are_told_and_none_at_all_is_an_error(tmp_path):
    _, news = fill(tmp_path, [make_result("ada"), make_result("zoe")])
    assert "graded, but without a row: 1 (zoe)" in news
    with pytest.raises(GraderError, match=r"no row is that of a student with results: 1 \(zoe\) graded, 5 \(Lovelace"):
        fill(tmp_path, [make_result("zoe")])


def test_the_test_student_gets_no_points(tmp_path):
    content, _ = fill(tmp_path, [make_result("ada"), make_result("Test Student")])
    assert cells(content)[-1][5] == ""


def test_excused_and_not_assigned_stay_and_are_told(tmp_path):
    results = [make_result("mo"), make_result("mo", "ex04_perceptron"), make_result("ada")]
    content, news = fill(tmp_path, results, exercises=(*ONLY, "ex04_perceptron"), columns=HW)
    assert cells(content)[5][5:7] == ["EX", "N/A"]
    assert "excused (EX) or not assigned (N/A): 2 (mo; mo)" in news


def test_not_handed_in_is_0_and_what_the_grader_failed_at_is_not(tmp_path):
    content, news = fill(tmp_path, [not_handed_in("ada"), make_result("ned", note="killed twice")])
    assert cells(content)[3][5] == "0"
    assert cells(content)[7][5] == "50.00"
    assert "since the file could not be graded: 1 (ned)" in news


def test_a_cell_that_somebody_has_filled_in_stays_and_is_named(tmp_path):
    """A grade of 9.5 in Canvas may be a person's decision: it is replaced when somebody says so, and not before."""
    changed = GRADEBOOK.replace(b",B,11.00,", b",B,9.5,")
    content, news = fill(tmp_path, into=changed, overwrite=False)
    assert [row[5] for row in cells(content)[3:]] == ["52.5", "9.5", "EX", "52.5", "50.00", ""]
    assert "cells left as they are, since no export wrote what is in them (--overwrite replaces it): 1 " in news
    assert "(juergen@example.org: 9.5)" in news
    content, news = fill(tmp_path, into=changed, overwrite=True)
    assert [row[5] for row in cells(content)[3:]] == ["52.5", "52.5", "EX", "52.5", "50.00", ""]
    assert "no export wrote" not in news


def test_what_an_earlier_export_wrote_is_brought_up_to_date(tmp_path):
    """A regrade changes what was exported, as Canvas writes it down; what a person then made of it stays."""
    fill(tmp_path, [make_result("ada", score=41.25), make_result("eve", score=41.25)], overwrite=False)
    later = GRADEBOOK.replace(b'Monday",,', b'Monday",41.25,').replace(b"eve,B,,", b"eve,B,44.00,")
    content, news = fill(tmp_path, into=later, overwrite=False)
    assert [row[5] for row in cells(content)[3:]] == ["52.5", "11.00", "EX", "44.00", "50.00", ""]
    assert "2 (juergen@example.org: 11.00; eve: 44.00)" in news


def test_only_the_students_asked_for_are_filled_in(tmp_path):
    content, news = fill(tmp_path, only=("eve",))
    assert [row[5] for row in cells(content)[3:]] == ["", "11.00", "EX", "52.5", "50.00", ""]
    assert news == "rows matched: 1"
    with pytest.raises(GraderError, match="there are no results of 'zoe'"):
        fill(tmp_path, only=("zoe",))


def test_a_row_that_may_be_of_another_student_is_not_taken(tmp_path):
    """Everybody who has results decides whose row it is, also when theirs are not exported."""
    with pytest.raises(GraderError, match="are 'Lovelace, Ada' in the table, by id"):
        fill(tmp_path, [make_result("ada"), make_result("101")], only=("ada",))


def test_results_of_an_exercise_that_is_gone_are_exported(tmp_path):
    book = GRADEBOOK.replace(b"ex01 Metrics (4711)", b"ex99 Gone (4711)")
    content, _ = fill(tmp_path, [make_result("ada", "ex99_gone")], book, ("ex99_gone",), {})
    assert cells(content)[3][5] == "52.5"


def test_points_are_scaled_to_what_canvas_counts_and_it_is_told(tmp_path):
    content, news = fill(
        tmp_path,
        [make_result("ada", "ex04_perceptron")],
        exercises=("ex04_perceptron",),
        columns={"ex04": "HW 4 (4712)"},
    )
    assert cells(content)[3][6] == "5.25"
    assert "points scaled from 100 to the 10 of the LMS" in news


@pytest.mark.parametrize("title", ["ex01 Metrics (4711)", "EX01 (1)", "ex01_metrics (1)", "Metrics, second try (1)"])
def test_the_column_is_the_one_whose_title_begins_with_the_exercise(tmp_path, title):
    book = f'Student,ID,SIS Login ID,Section,ex010 (3),"{title}",Final Score\nAda,1,ada,A,,,\n'.encode()
    content, _ = fill(tmp_path, [make_result("ada")], book, columns={})
    assert cells(content)[1][4:6] == ["", "52.5"]


def test_two_columns_that_could_be_meant_are_an_error_that_lists_them(tmp_path):
    with pytest.raises(GraderError, match=r'ex01 Metrics \(4711\), ex01 quiz \(9\): choose with --column ex01="ex01 M'):
        fill(tmp_path, columns={})


def test_a_column_that_is_not_there_is_an_error_that_lists_those_that_are(tmp_path):
    with pytest.raises(GraderError, match=r'no column for ex05_activations: name it with --column ex05="TITLE"'):
        fill(tmp_path, [make_result("ada", "ex05_activations")], exercises=("ex05_activations",), columns={})
    with pytest.raises(GraderError, match=r"no column 'HW 9'; its columns are ex01 Metrics"):
        fill(tmp_path, columns={"ex01": "HW 9"})
    with pytest.raises(GraderError, match="names a column for ex04_perceptron, of which there are no results"):
        fill(tmp_path, columns=HW)


def test_exercises_without_a_column_are_told_when_nobody_asked_for_them(tmp_path):
    results = [make_result("ada"), make_result("ada", "ex05_activations")]
    content, news = fill(tmp_path, results, exercises=())
    assert cells(content)[3][5:8] == ["52.5", "", "4.00"]
    assert "exercises without a column, left out: 1 (ex05_activations)" in news


def test_a_gradebook_with_semicolons_and_first_and_last_names(tmp_path):
    book = (
        b"LastName;FirstName;ID;SIS Login ID;Section;ex01 (1)\n"
        b'    Points Possible;;;;;"50,00"\n'
        b'Lovelace;Ada;101;ada;A;"1,00"\n'
        b"Student;Test;102;x;A;\n"
    )
    content, news = fill(tmp_path, [make_result("Ada Lovelace")], book, columns={})
    assert content == book.replace(b'"1,00"', b'"26.25"')
    assert "by name alone" in news


@pytest.mark.parametrize("into", [b"student,ex01\nada,1\n", b"", b"ID,Student\n", b"Student,ID\n\xff\n"])
def test_what_is_no_gradebook_is_refused(tmp_path, into):
    with pytest.raises(GraderError, match=r"not a gradebook of Canvas|is empty|UTF-8"):
        fill(tmp_path, into=into)
    with pytest.raises(GraderError, match="give the gradebook that Canvas exported with --into FILE"):
        fill(tmp_path, into=None)


@pytest.fixture
def graded(tmp_path) -> Path:
    folder = tmp_path / "results"
    with open_for_writing(folder) as store:
        for result in (make_result("x1"), make_result("x1", "ex04_perceptron"), make_result("zoe")):
            store.put(result, None)
    return folder


def test_the_command_fills_in_a_gradebook_and_tells_what_became_of_it(grader, graded, tmp_path):
    (tmp_path / "book.csv").write_bytes(GRADEBOOK)
    (tmp_path / "roster.csv").write_text("id,name,lms_id\nx1,Ada Lovelace,101\n")
    done = grader(
        "export", graded, "--to", "canvas", "--into", tmp_path / "book.csv", "--out", tmp_path / "new.csv",
        "--roster", tmp_path / "roster.csv", "-e", "ex01,ex04",
        "--column", "ex01=ex01 Metrics", "--column", "ex04=HW 4",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert cells((tmp_path / "new.csv").read_bytes())[3][5:7] == ["52.5", "5.25"]
    assert (graded / "exported.json").is_file()
    assert "rows matched: 1\n" in done.stdout
    assert "graded, but without a row: 1 (zoe)\n" in done.stdout
    assert done.stdout.endswith(f"written: {tmp_path / 'new.csv'}\n")


def test_the_command_leaves_what_a_person_wrote_and_takes_students_by_name(grader, graded, tmp_path):
    book, new = tmp_path / "book.csv", tmp_path / "new.csv"
    book.write_bytes(GRADEBOOK.replace(b'Monday",,', b'Monday",9.5,'))
    (tmp_path / "roster.csv").write_text("id,name,lms_id\nx1,Ada Lovelace,101\nzoe,Eve,104\n")
    words = ["export", graded, "--to", "canvas", "--into", book, "--out", new, "-e", "ex01", "--column",
             "ex01=ex01 Metrics", "--roster", tmp_path / "roster.csv"]  # fmt: skip
    assert "(x1: 9.5)" in grader(*words).stdout
    assert [cells(new.read_bytes())[row][5] for row in (3, 6)] == ["9.5", "52.5"]
    assert grader(*words, "--overwrite", "--only", "x1").returncode == 0
    assert [cells(new.read_bytes())[row][5] for row in (3, 6)] == ["52.5", ""]
    (graded / "exported.json").write_text("[]")
    done = grader(*words)
    assert done.returncode == 2
    assert "exported.json cannot be read" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--into", "{tmp}/book.csv", "--only", "nobody"), "there are no results of 'nobody'"),
        ((), "give the gradebook that Canvas exported with --into FILE"),
        (("--into", "{tmp}/none.csv"), "none.csv: No such file or directory"),
        (("--into", "{tmp}/book.csv", "--column", "ex01"), '--column takes NAME="TITLE OF THE COLUMN"'),
        (("--into", "{tmp}/book.csv", "--column", "hw=HW 4"), "there is no exercise 'hw'"),
        (("--into", "{tmp}/book.csv", "--level", "all"), "there is no feedback level 'all'"),
        (("--into", "{tmp}/book.csv", "--roster", "{tmp}/none.csv"), "the roster"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_line(grader, graded, tmp_path, words, error):
    (tmp_path / "book.csv").write_bytes(GRADEBOOK)
    options = [word.format(tmp=tmp_path) for word in words]
    done = grader("export", graded, "--to", "canvas", "--out", tmp_path / "new.csv", *options)
    assert done.returncode == 2
    assert error in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "new.csv").exists()

"""Moodle's grading worksheet is filled in: grades and feedback of the right participants, and nothing else changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.exporting import cells, exported, make_result, not_handed_in

from grader.handins.roster import Person
from grader.kit.errors import GraderError

BOM = b"\xef\xbb\xbf"
# As Moodle writes it: quotes where there are blanks, dates with commas, long cells with mark-up.
WORKSHEET = (
    BOM
    + (
        'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
        '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
        '"Participant 501","Ada ""A."" Lovelace",ada@example.org,"Submitted for grading",,100.00,Yes,'
        '"Sunday, 1 March 2026, 10:00 AM",-,\n'
        '"Participant 502","Jürgen Groß",jg@example.org,"Submitted for grading - Graded",11.00,100.00,Yes,'
        '"Sunday, 1 March 2026, 11:00 AM","Monday, 2 March 2026, 9:00 AM","<p>Well done, <b>Jürgen</b></p>"\n'
        '"Participant 503","=1+1, Eve",eve@example.org,"No submission",,100.00,Yes,-,-,\n'
        '"Participant 504","Nobody, Ned",ned@example.org,"No submission",,100.00,Yes,-,-,\n'
    ).encode()
)
CLASS = [make_result('Ada "A." Lovelace'), make_result("Jürgen Groß"), not_handed_in("=1+1, Eve")]


def fill(tmp_path: Path, results=None, into: bytes | None = WORKSHEET, **options):
    return exported(tmp_path, "moodle", CLASS if results is None else results, into, **options)


def test_grades_are_filled_in_and_every_other_byte_stays(tmp_path):
    content, news = fill(tmp_path, level="none")
    expected = WORKSHEET.decode().replace('grading",,', 'grading",52.5,').replace("11.00,", "52.5,")
    expected = expected.replace('eve@example.org,"No submission",,', 'eve@example.org,"No submission",0,')
    assert content.decode() == expected
    assert "rows matched: 3" in news
    assert "rows without a result, left as they are: 1 (Nobody, Ned)" in news


def test_moodle_would_import_it(tmp_path):
    """The conditions of Moodle's importer: its three titles, a number behind "Participant ", a number as the grade."""
    content, _ = fill(tmp_path)
    table = cells(content)
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(table[0])
    assert {len(row) for row in table} == {len(table[0])}
    for row, before in zip(table[1:], cells(WORKSHEET)[1:], strict=True):
        assert re.fullmatch(r"\d+", row[0][len("Participant ") :])
        assert row[4] == "" or 0 <= float(row[4]) <= float(row[5])
        assert row[8] == before[8], "Moodle compares the date with its own"


def test_feedback_is_html_in_which_no_message_is_mark_up(tmp_path):
    content, _ = fill(tmp_path)
    feedback = cells(content)[1][9]
    assert feedback.startswith(
        "ex01 Metrics: 52.5 of 100<br>accuracy: 40 of 40 (right)<br>precision: 12.5 of 30 (partly"
    )
    assert "Hint: Look at the denominator." in feedback
    assert "<script>" not in feedback
    assert "&lt;script&gt;" in feedback
    assert set(re.findall(r"<[^>]*>", feedback)) == {"<br>"}
    assert "no positive at all" not in feedback
    assert "no positive at all" in cells(fill(tmp_path, level="full")[0])[1][9]
    assert cells(content)[3][9] == "ex01 Metrics: 0 of 100<br>accuracy: 0 of 100 (not handed in; not submitted)"


@pytest.mark.parametrize(
    ("student", "person"),
    [
        ("501", None),
        ("ada@example.org", None),
        ("ada", None),
        ("Somebody (501)", None),
        ("x1", Person("x1", lms_id="501")),
        ("x1", Person("x1", email="ADA@example.org")),
    ],
)
def test_a_participant_is_found_by_number_address_or_roster(tmp_path, student, person):
    content, _ = fill(tmp_path, [make_result(student)], roster=[person] if person else None)
    assert [row[4] for row in cells(content)[1:]] == ["52.5", "11.00", "", ""]


def test_a_worksheet_without_names_is_matched_by_number(tmp_path):
    blind = (
        b"Identifier,Status,Grade,Maximum Grade,Last modified (grade)\nParticipant 7,x,,10,-\nParticipant 8,x,,10,-\n"
    )
    content, news = fill(tmp_path, [make_result("somebody (7)")], blind)
    assert cells(content)[1:] == [["Participant 7", "x", "5.25", "10", "-"], ["Participant 8", "x", "", "10", "-"]]
    assert "points scaled from 100 to the 10 of the LMS" in news
    assert "no column 'Feedback comments', so no feedback was written" in news
    assert "left as they are: 1 (8)" in news


def test_several_exercises_are_summed_up_only_when_asked_for(tmp_path):
    results = [make_result("ada"), make_result("ada", "ex04_perceptron", 70)]
    with pytest.raises(GraderError, match="of ex01_metrics, ex04_perceptron: choose with --exercise"):
        fill(tmp_path, results)
    content, _ = fill(tmp_path, results, exercises=("ex01_metrics", "ex04_perceptron"))
    assert cells(content)[1][4] == "61.25"
    content, _ = fill(tmp_path, results, exercises=("ex04_perceptron",))
    assert cells(content)[1][4] == "70"


def test_a_row_whose_file_could_not_be_graded_stays(tmp_path):
    content, news = fill(tmp_path, [make_result("jg", note="killed twice"), make_result("ada")])
    assert cells(content)[2] == cells(WORKSHEET)[2]
    assert "could not be graded: 1 (jg)" in news


def test_in_another_language_the_columns_are_named(tmp_path):
    german = WORKSHEET.replace(b"Grade,", b"Bewertung,").replace(b"Maximum Bewertung,", b"Beste Bewertung,", 1)
    german = german.replace(b"Identifier", b"ID").replace(b'"Feedback comments"', b'"Feedback als Kommentar"')
    german = german.replace(b"Participant ", b"Teilnehmer/in")
    with pytest.raises(
        GraderError, match=r"has no column 'Identifier'; its columns are ID, .* --column identifier=TITLE"
    ):
        fill(tmp_path, into=german)
    columns = {"identifier": "ID", "grade": "Bewertung", "feedback": "Feedback als Kommentar"}
    content, _ = fill(tmp_path, [make_result("501")], german, columns=columns)
    assert cells(content)[1][4] == "52.5"
    assert cells(content)[1][9]
    with pytest.raises(GraderError, match="has no column 'Note'"):
        fill(tmp_path, into=german, columns=columns | {"grade": "Note"})
    with pytest.raises(GraderError, match=r"--column points=\.\.\.: of a worksheet, name one of identifier"):
        fill(tmp_path, columns={"points": "Grade"})


def test_a_worksheet_that_a_spreadsheet_has_changed_is_told(tmp_path):
    _, news = fill(tmp_path, [make_result("5")], b"Identifier;Grade\nParticipant 5;\n")
    assert "Moodle reads worksheets with commas only" in news


def test_without_a_worksheet_it_is_asked_for(tmp_path):
    with pytest.raises(GraderError, match="give the offline grading worksheet of the assignment"):
        fill(tmp_path, into=None)

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
    """Fill in the worksheet; that nobody has written anything into it is for the tests that are about that."""
    options = {"overwrite": True} | options
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
    assert "no positive at all – not a number" in feedback
    assert "no positive at all" not in cells(fill(tmp_path, level="category")[0])[1][9]
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


# As a German Moodle writes it.
GERMAN = (
    'ID,"Vollständiger Name",Status,Gruppe,Bewertung,Bestwertung,"Bewertung kann geändert werden",'
    '"Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)","Feedback als Kommentar"\n'
    'Teilnehmer/in501,"Ada Lovelace",Abgegeben,B,,"10,00",Ja,"Sonntag, 1. März 2026, 10:00",-,\n'
    'Teilnehmer/in502,"Jürgen Groß",Abgegeben,B,,"10,00",Ja,-,-,\n'
    'Teilnehmer/in503,"Eve",Abgegeben,B,"7,00","10,00",Nein,-,-,\n'
)
GERMAN_COLUMNS = {"identifier": "ID", "grade": "Bewertung", "feedback": "Feedback als Kommentar"}


def test_the_maximum_is_found_in_any_language_and_numbers_are_written_as_there(tmp_path):
    """The columns that are named are those of the documentation's command; the maximum is not among them."""
    results = [make_result("501"), make_result("502", score=70)]
    content, news = fill(tmp_path, results, GERMAN.encode(), columns=GERMAN_COLUMNS)
    assert [row[4] for row in cells(content)[1:]] == ["5,25", "7", "7,00"]
    assert {len(row) for row in cells(content)} == {10}
    assert "points scaled from 100 to the 10 of the LMS" in news


def test_the_state_of_the_marking_may_stand_behind_the_maximum(tmp_path):
    worksheet = GERMAN.replace(",Bestwertung,", ",Bestwertung,Workflow,").replace('"10,00",', '"10,00",Bewertet,')
    content, _ = fill(tmp_path, [make_result("501"), make_result("503")], worksheet.encode(), columns=GERMAN_COLUMNS)
    assert [row[4] for row in cells(content)[1:]] == ["5,25", "", "7,00"]


WITHOUT_MAXIMUM = {
    "a scale": GERMAN.replace('"10,00"', "sehr gut"),
    "a column that is cut": GERMAN.replace("Bestwertung,", "").replace('"10,00",', ""),
    "nothing": GERMAN.replace('"10,00"', '"0,00"'),
    "empty": GERMAN.replace('"10,00"', ""),
    "different numbers": GERMAN.replace('"10,00"', "20", 1),
}


@pytest.mark.parametrize("name", WITHOUT_MAXIMUM)
def test_without_a_maximum_nothing_is_written(tmp_path, name):
    """52.5 may be more than the assignment counts, or no grade of it."""
    with pytest.raises(GraderError, match=r"how many points .* behind the column 'Bewertung' .* maximum=TITLE"):
        fill(tmp_path, [make_result("501")], WITHOUT_MAXIMUM[name].encode(), columns=GERMAN_COLUMNS)
    assert not (tmp_path / "out.csv").exists()


def test_a_maximum_that_stands_elsewhere_is_named(tmp_path):
    worksheet = b"Identifier,Grade,Status,Punkte\nParticipant 5,,x,20\n"
    content, _ = fill(tmp_path, [make_result("5")], worksheet, columns={"maximum": "Punkte"})
    assert cells(content)[1][1] == "10.5"


LOCKED = {
    "english": (WORKSHEET.decode().replace(",Yes,", ",No,", 1), {}, "501"),
    "german": (GERMAN.replace('"7,00"', ""), GERMAN_COLUMNS, "503"),
}


@pytest.mark.parametrize("language", LOCKED)
def test_a_grade_that_cannot_be_changed_stays_whatever_is_asked_for(tmp_path, language):
    worksheet, columns, locked = LOCKED[language]
    results = [make_result(number) for number in ("501", "502", "503")]
    content, news = fill(tmp_path, results, worksheet.encode(), columns=columns)
    assert [row[0][-3:] for row in cells(content)[1:4] if row[4] == ""] == [locked]
    assert f"since Moodle lets nobody change their grade: 1 ({locked})" in news
    assert next(row for row in cells(worksheet.encode()) if row[0].endswith(locked)) in cells(content)


def test_a_grade_and_a_comment_of_a_person_stay_and_are_named(tmp_path):
    by_hand = WORKSHEET.replace(b"11.00,", b"7.00,")
    content, news = fill(tmp_path, into=by_hand, overwrite=False)
    assert cells(content)[2] == cells(by_hand)[2]
    assert cells(content)[1][4] == "52.5"
    assert "grades left as they are, since no export wrote what is in them (--overwrite replaces it): 1 (J" in news
    assert "(Jürgen Groß: 7.00)" in news
    content, news = fill(tmp_path, into=by_hand.replace(b"7.00,", b","), overwrite=False)
    assert cells(content)[2][4] == "52.5"
    assert cells(content)[2][9] == cells(by_hand)[2][9]
    assert "feedback cells left as they are" in news


def test_what_an_earlier_export_wrote_is_brought_up_to_date(tmp_path):
    """Moodle writes numbers with two decimals and mark-up in its own way."""
    first, _ = fill(tmp_path, [make_result("501", score=41)], overwrite=False)
    from_moodle = first.replace(b",41,", b",41.00,").replace(b"<br>", b"<br />")
    content, news = fill(tmp_path, [make_result("501")], from_moodle, overwrite=False)
    assert cells(content)[1][4] == "52.5"
    assert "ex01 Metrics: 52.5 of 100" in cells(content)[1][9]
    assert "no export wrote" not in news
    changed = from_moodle.replace(b",41.00,", b",45.00,")
    content, news = fill(tmp_path, [make_result("501")], changed, overwrite=False)
    assert cells(content)[1] == cells(changed)[1]


def test_only_the_students_asked_for_are_filled_in(tmp_path):
    content, news = fill(tmp_path, only=("Jürgen Groß",))
    assert [row[4] for row in cells(content)[1:]] == ["", "52.5", "", ""]
    assert "rows matched: 1" in news
    assert "without" not in news


def test_results_of_an_exercise_that_is_gone_are_exported(tmp_path):
    content, _ = fill(tmp_path, [make_result("501", "ex99_gone")])
    assert cells(content)[1][9].startswith("ex99_gone: 52.5 of 100<br>")


def test_a_worksheet_that_a_spreadsheet_has_changed_is_told(tmp_path):
    """Newer versions of Moodle ask for the separator, older ones read commas only."""
    _, news = fill(tmp_path, [make_result("5")], b"Identifier;Grade;Maximum grade\nParticipant 5;;100\n")
    assert "the worksheet's separator is a semicolon: choose that when you upload it; a Moodle without a choice" in news


def test_without_a_worksheet_it_is_asked_for(tmp_path):
    with pytest.raises(GraderError, match="give the offline grading worksheet of the assignment"):
        fill(tmp_path, into=None)

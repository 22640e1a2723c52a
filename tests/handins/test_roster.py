"""Rosters as spreadsheets and learning management systems write them; and who is who where names are not enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.handins.find import find_students
from grader.handins.hand_ins import find_hand_ins
from grader.handins.roster import Person, Placed, Roster, by_roster, read_roster
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise

METRICS = find_exercise("ex01")
ADA = Person("s1", "Ada Lovelace", "ada@example.org", "101")
ZOE = Person("s2", "Zoë Ng", "zoe@example.org", "102")
PLAIN = "id,name,email,lms_id\ns1,Ada Lovelace,ada@example.org,101\ns2,Zoë Ng,zoe@example.org,102\n"
UTF16 = PLAIN.replace(",", "\t").encode("utf-16")


def read(tmp_path: Path, content: bytes | str) -> list[Person]:
    path = tmp_path / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_roster(path)


FORMS = {
    "plain": PLAIN,
    "semicolons": PLAIN.replace(",", ";"),
    "tabs": PLAIN.replace(",", "\t"),
    "a separator named for Excel": "sep=;\n" + PLAIN.replace(",", ";"),
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "cp1252": PLAIN.replace(",", ";").encode("cp1252"),
    "UTF-16": UTF16,
    "line ends of Windows": PLAIN.replace("\n", "\r\n"),
    "blank rows": PLAIN.replace("s2", ",,\n\n , ,\ns2"),
    "quotation marks": PLAIN.replace("Ada Lovelace", '"Ada Lovelace"'),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_roster_is_read_as_programs_write_it(tmp_path: Path, form: str):
    assert read(tmp_path, FORMS[form]) == [ADA, ZOE]


TITLES = {
    "Student ID,Full name,E-mail,LMS ID\ns1,Ada Lovelace,ada@example.org,101": ADA,
    "Student,ID,SIS User ID,Section\nAda Lovelace,101,s1,A": Person("s1", "Ada Lovelace", "", "101"),
    "Vorname;Nachname;Matrikelnummer;E-Mail-Adresse\nAda;Lovelace;s1;ada@example.org": Person(
        "s1", "Ada Lovelace", "ada@example.org"
    ),
    "First name,Surname,ID number,Email address\nAda,Lovelace,s1,ada@example.org": Person(
        "s1", "Ada Lovelace", "ada@example.org"
    ),
    "Username,Last Name,First Name\ns1,Lovelace,Ada": Person("s1", "Ada Lovelace"),
    "id\ns1": Person("s1"),
    "ID,Student ID\ns1,4711": Person("s1"),
}


@pytest.mark.parametrize("text", TITLES)
def test_columns_are_known_by_their_common_titles(tmp_path: Path, text: str):
    assert read(tmp_path, text) == [TITLES[text]]


REFUSED = {
    "Nummer,Wer\n1,Ada\n": r"has the columns 'Nummer', 'Wer': which is the id\? Rename one to 'id'",
    "": r"is empty: it needs a first line with the column 'id'",
    "\n\n": r"is empty",
    "id,name\n1,Ada\n\n,,\n1,Ben\n": r"has the id '1' twice \(row 5\)",
    "id;name\n\n\n;Ada\n": r"has no id in row 4 \(Ada\): fill in the column 'id', or remove the row",
    "sep=,\nStudent ID,name\n,Ada\n": r"has no id in row 3 \(Ada\): fill in the column 'Student ID'",
    b"PK\x03\x04 a workbook": r"is a workbook of a spreadsheet: save it as CSV",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_roster_that_cannot_be_used_says_why_and_what_to_do(tmp_path: Path, text: bytes | str):
    with pytest.raises(GraderError, match=REFUSED[text]):
        read(tmp_path, text)


def place(tmp_path: Path, people: list[Person], *folders: str) -> Placed:
    for name in folders:
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.py").write_text(f"x = {name!r}")
    return by_roster(find_students(tmp_path), Roster(people))


def graded(placed: Placed) -> dict[str, str | None]:
    """The file of everybody, as text; None where nothing can be graded."""
    found = {name: find_hand_ins(student, [METRICS])["ex01_metrics"] for name, student in placed.students.items()}
    return {name: hand_in.source.decode() if hand_in.source else None for name, hand_in in found.items()}


def test_a_namesake_with_another_id_is_a_stranger_and_stops_nobody(tmp_path: Path):
    one, other = "Ada Lovelace_100_assignsubmission_file_", "Ada Lovelace_107_assignsubmission_file_"
    placed = place(tmp_path, [Person("u100", "Ada Lovelace", "", "100"), ZOE], one, other, "Zoë Ng")
    assert graded(placed) == {"u100": f"x = {one!r}", "Ada Lovelace (107)": f"x = {other!r}", "s2": "x = 'Zoë Ng'"}
    assert placed.strangers == ["Ada Lovelace (107)"]
    assert placed.unclear == {}


def test_ids_of_another_kind_than_the_rosters_do_not_make_strangers(tmp_path: Path):
    """Moodle counts participants anew for every assignment."""
    placed = place(tmp_path, [ADA, ZOE], "Ada Lovelace_9001_assignsubmission_file_")
    assert placed.strangers == []
    assert placed.renamed == {"Ada Lovelace": "s1"}


def test_who_could_be_two_is_named_and_everybody_else_is_graded(tmp_path: Path):
    twins = [Person("1", "Ada Lovelace"), Person("2", "Lovelace Ada")]
    placed = place(tmp_path, [*twins, ZOE], "Ada Lovelace", "Zoë Ng")
    assert graded(placed) == {"1": None, "2": None, "s2": "x = 'Zoë Ng'", "Ada Lovelace": "x = 'Ada Lovelace'"}
    assert placed.unclear == {
        "Ada Lovelace": "Ada Lovelace could be each of 1, 2: give lms_id in the roster; graded under the own name"
    }
    note = find_hand_ins(placed.students["1"], [METRICS])["ex01_metrics"].note
    assert note == "Ada Lovelace: it could be that of 1, 2: give lms_id in the roster", "not missing: something came"


def test_of_two_hand_ins_the_one_that_is_surely_theirs_is_taken(tmp_path: Path):
    placed = place(tmp_path, [Person("ada", "Ada Lovelace")], "ada", "Ada Lovelace")
    assert graded(placed) == {"ada": "x = 'ada'", "Ada Lovelace": "x = 'Ada Lovelace'"}
    assert "'ada' is taken" in placed.unclear["Ada Lovelace"]


def test_of_two_hand_ins_that_could_both_be_theirs_none_is(tmp_path: Path):
    placed = place(tmp_path, [ADA], "Ada Lovelace", "Lovelace, Ada")
    assert graded(placed)["s1"] is None
    assert set(placed.unclear) == {"Ada Lovelace", "Lovelace, Ada"}
    note = find_hand_ins(placed.students["s1"], [METRICS])["ex01_metrics"].note
    assert "'Ada Lovelace' and 'Lovelace, Ada' could both be this student's" in note

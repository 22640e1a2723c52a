"""Whose a folder or a loose file of a class is, as each learning management system names it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from grader.handins.find import find_class, find_students
from grader.handins.hand_ins import HandIn, find_hand_ins, look_through
from grader.handins.lms_labels import Label, label_of_file, label_of_folder
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise

METRICS = find_exercise("ex01")
SOURCE = b"x = 'mine'\n"
JANUARY_2 = "Jan 2, 2026 304 PM"

FILES = {
    # Canvas: now, late, anonymous, late and anonymous, some years ago, a group whose name ends with a number
    "lovelaceada_12345_678_metrics.py": ("lovelaceada", "12345", False),
    "lovelaceada_LATE_12345_678_metrics-1.py": ("lovelaceada", "12345", True),
    "lovelaceada_late_12345_678_metrics.py": ("lovelaceada", "12345", True),
    "anon_x7Kp3_704_metrics.py": ("anon_x7Kp3", "", False),
    "LATE_anon_x7Kp2_703_metrics.py": ("anon_x7Kp2", "", True),
    "lovelace-ada--12360_700_metrics.py": ("lovelace-ada", "12360", False),
    "team_3_12370_702_metrics.py": ("team_3", "12370", False),
    "team_3_LATE_12370_702_metrics.py": ("team_3", "12370", True),
    # Moodle, in any language
    "Ada Lovelace_501_assignsubmission_file_metrics.py": ("Ada Lovelace", "501", False),
    "Teilnehmerin_502_assignsubmission_file_metrics.py": ("Teilnehmerin (502)", "502", False),
    "Участник_503_assignsubmission_file_metrics.py": ("Участник (503)", "503", False),
    # Blackboard, in English and Dutch
    "Week 1_alovelace_attempt_2026-01-02-03-04-05_metrics.py": ("alovelace", "", False),
    "Week_1_ada@example.org_poging_2026-01-02-03-04-05_metrics.py": ("ada@example.org", "", False),
    # D2L
    f"123-456 - Ada Lovelace - {JANUARY_2} - metrics.py": ("Ada Lovelace", "", False),
    "123-456 - Ada Lovelace - 2 janv. 2026 15 04 - metrics.py": ("Ada Lovelace", "", False),
}


@pytest.mark.parametrize("name", FILES)
def test_a_loose_file_says_whose_it_is(tmp_path: Path, name: str):
    label = label_of_file(name)
    assert label is not None
    assert (label.name, label.lms_id, label.late, label.file) == (*FILES[name], "metrics.py")
    (tmp_path / name).write_bytes(SOURCE)
    [(student, found)] = find_students(tmp_path).items()
    assert student == FILES[name][0]
    late = ("handed in late, as the LMS says",) if FILES[name][2] else ()
    assert find_hand_ins(found, [METRICS])["ex01_metrics"] == HandIn(SOURCE, remarks=late)


FOLDERS = {
    "Participant_87681_assignsubmission_file": Label("Participant (87681)", "87681"),
    "Teilnehmerin_87681_assignsubmission_file_": Label("Teilnehmerin (87681)", "87681"),
    "Participant_123": Label("Participant (123)", "123"),
    "Teilnehmer-in 123": Label("Teilnehmer-in (123)", "123"),
    "team_7_2_maze": Label("team_7_2_maze"),
    "Lovelace_Ada_alovelace_12345": Label("Lovelace_Ada_alovelace_12345"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_says_whose_it_is(name: str):
    assert label_of_folder(name) == FOLDERS[name]


def test_a_folder_of_d2l():
    label = label_of_folder(f"123-456 - Ada Lovelace - {JANUARY_2}")
    assert (label.name, label.apart) == ("Ada Lovelace", "123")
    assert label.handed_in > 0


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("above", ["", "Week 1/", "Week 1/Submissions/"])
def test_the_folders_of_ilias(tmp_path: Path, above: str):
    names = ("Lovelace_Ada_alovelace_12345", "Ali_Ben_bali_12346")
    place = tmp_path / "class.zip"
    place.write_bytes(zipped({f"{above}{name}/metrics.py": SOURCE for name in names}))
    students = find_students(place)
    assert {name: student.label.lms_id for name, student in students.items()} == {
        "Ada Lovelace": "12345", "Ben Ali": "12346",
    }  # fmt: skip


def test_folders_that_only_look_like_those_of_ilias_keep_their_names(tmp_path: Path):
    for name in ("lab_one_ada_2026", "ben"):
        (tmp_path / name).mkdir()
    assert list(find_students(tmp_path)) == ["ben", "lab_one_ada_2026"]


def test_of_two_attempts_in_blackboard_the_newer_counts(tmp_path: Path):
    for day, content in ((1, b"x = 1"), (3, b"x = 3"), (2, b"x = 2")):
        (tmp_path / f"Week 1_ada_attempt_2026-01-0{day}-03-04-05_metrics.py").write_bytes(content)
        (tmp_path / f"Week 1_ada_attempt_2026-01-0{day}-03-04-05.txt").write_text("Name: Ada (ada)")
    found = find_class(tmp_path)
    assert found.nobodys == [], "the receipts are Blackboard's"
    hand_in = find_hand_ins(found.students["ada"], [METRICS])["ex01_metrics"]
    assert hand_in.source == b"x = 3"
    assert hand_in.remarks[0].startswith(
        "taken from: Week 1_ada_attempt_2026-01-03-03-04-05_metrics.py, the newest of 3 that differ; not from: Week"
    )


def test_archives_that_are_not_opened_are_named_with_their_student(tmp_path: Path):
    for name in ("x.7z", "y.rar", "lovelaceada_12345_678_work.rar"):
        (tmp_path / name).write_bytes(b"")
    students = find_students(tmp_path)
    notes = {name: find_hand_ins(student, [METRICS])["ex01_metrics"].note for name, student in students.items()}
    assert notes == {
        "x": "x.7z: a 7-Zip archive, which is not opened: hand in a zip",
        "y": "y.rar: a RAR archive, which is not opened: hand in a zip",
        "lovelaceada": "lovelaceada_12345_678_work.rar: a RAR archive, which is not opened: hand in a zip",
    }


def test_a_file_is_accounted_for_under_the_name_that_it_has_in_the_class(tmp_path: Path):
    (tmp_path / "lovelaceada_LATE_12345_678_metrics.py").write_bytes(SOURCE)
    (tmp_path / "ali_222_333_work.zip").write_bytes(zipped({"metrics (1).py": SOURCE}))
    (tmp_path / "zoe_444_text.html").write_bytes(b"<p>see you")
    rows = [row for student in find_students(tmp_path).values() for row in look_through(student, [METRICS]).received]
    assert [(row.student, row.file) for row in rows] == [
        ("ali", "ali_222_333_work.zip/metrics (1).py"),
        ("lovelaceada", "lovelaceada_LATE_12345_678_metrics.py"),
        ("zoe", "zoe_444_text.html"),
    ]


def test_a_loose_file_with_a_name_in_front_is_that_students(tmp_path: Path):
    for name in ("lovelace_metrics.py", "ben ali - mlp.py", "Zoe_Metrics.py"):
        (tmp_path / name).write_bytes(SOURCE)
    students = find_students(tmp_path)
    assert list(students) == ["Zoe", "ben ali", "lovelace"]
    assert find_hand_ins(students["lovelace"], [METRICS])["ex01_metrics"] == HandIn(SOURCE)


def test_files_that_are_all_nobodys_are_an_error_that_names_them(tmp_path: Path):
    (tmp_path / "metrics.py").write_bytes(SOURCE)
    (tmp_path / "grades.csv").write_bytes(b"")
    with pytest.raises(GraderError, match=r"whose these are is not clear: grades\.csv, metrics\.py; put what each"):
        find_students(tmp_path)

"""Hand-ins are found wherever students put them, and what is strange is a note and never a crash."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from grader.handins import archives as trees
from grader.handins.filenames import SKIPPED_FOLDERS
from grader.handins.find import find_class, find_students
from grader.handins.hand_ins import HandIn, Submitter
from grader.handins.hand_ins import find_hand_ins as find_hand_ins_of_student
from grader.handins.lms_labels import Label
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, Task
from grader.kit.handin_limits import MAX_FILE

METRICS = Exercise("ex01_metrics", "Metrics", "metrics", (), "numpy", (Task("a", 100, 1.0),))
MLP = Exercise("ex07_backprop", "Back-propagation", "mlp", (), "numpy", (Task("a", 100, 1.0),))
SOURCE = b"print('mine')\n"


def put(path: Path, content: bytes = SOURCE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def find_hand_ins(folder: Path, exercises: list[Exercise]) -> dict[str, HandIn]:
    student = Submitter(folder.name, Label(folder.name), [lambda: trees.folder_entries(folder, SKIPPED_FOLDERS)])
    return find_hand_ins_of_student(student, exercises)


def metrics_of(folder: Path) -> HandIn:
    return find_hand_ins(folder, [METRICS])["ex01_metrics"]


def names_of(place: Path) -> list[str]:
    return list(find_students(place))


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "ada"
    path.mkdir()
    return path


@pytest.mark.parametrize(
    "path",
    [
        "ex01_metrics/metrics.py",
        "exercises/ex01_metrics/metrics.py",
        "a/b/c/d/e/f/g/exercises/ex01_metrics/metrics.py",
        "metrics.py",
        "my solutions (final)/metrics.py",
        ".hidden/metrics.py",
        "ex07_backprop/metrics.py",
    ],
)
def test_a_file_is_found_at_any_depth(folder, path):
    put(folder / path)
    assert metrics_of(folder) == HandIn(SOURCE)


def test_every_exercise_gets_its_own_file(folder):
    put(folder / "ex01_metrics" / "metrics.py", b"1")
    put(folder / "ex07_backprop" / "mlp.py", b"7")
    assert find_hand_ins(folder, [METRICS, MLP]) == {
        "ex01_metrics": HandIn(b"1"),
        "ex07_backprop": HandIn(b"7"),
    }


def test_what_was_not_handed_in_is_neither_a_file_nor_a_note(folder):
    put(folder / "ex01_metrics" / "README.md")
    put(folder / "ex07_backprop" / "mlp.py")
    (folder / "ex02_data_splitting").mkdir()
    assert metrics_of(folder) == HandIn(None, "")


def test_an_empty_file_was_handed_in(folder):
    put(folder / "metrics.py", b"")
    assert metrics_of(folder) == HandIn(b"")


def test_the_bytes_of_a_file_are_not_touched(folder):
    content = bytes(range(256)) + b"\r\n"
    put(folder / "metrics.py", content)
    assert metrics_of(folder) == HandIn(content)


def test_the_folder_of_the_exercise_decides_between_two_files(folder):
    put(folder / "old" / "metrics.py", b"old")
    put(folder / "exercises" / "ex01_metrics" / "metrics.py", b"new")
    assert metrics_of(folder) == HandIn(b"new")


@pytest.mark.parametrize("folders", [("first", "second"), ("a/ex01_metrics", "b/ex01_metrics")])
def test_two_different_files_are_not_clear(folder, folders):
    for number, place in enumerate(folders):
        put(folder / place / "metrics.py", f"x = {number}".encode())
    found = metrics_of(folder)
    assert found.source is None
    assert found.note == f"not clear which file is meant: {folders[0]}/metrics.py, {folders[1]}/metrics.py"


def test_copies_of_one_file_are_clear(folder):
    for place in ("first", "second", "a/b/c"):
        put(folder / place / "metrics.py")
    assert metrics_of(folder) == HandIn(SOURCE)


@pytest.mark.parametrize("name", ["__MACOSX", ".git", "venv", "site-packages", ".ipynb_checkpoints", "__pycache__"])
def test_folders_that_programs_make_are_ignored(folder, name):
    put(folder / name / "ex01_metrics" / "metrics.py", b"not mine")
    assert metrics_of(folder) == HandIn(None)
    put(folder / "ex01_metrics" / "metrics.py")
    assert metrics_of(folder) == HandIn(SOURCE)


def test_a_link_to_a_file_is_not_followed(folder, tmp_path):
    secret = put(tmp_path / "secret.txt", b"secret")
    (folder / "metrics.py").symlink_to(secret)
    assert metrics_of(folder) == HandIn(None, "metrics.py is not a regular file")


def test_a_link_to_a_folder_is_not_followed(folder, tmp_path):
    put(tmp_path / "ben" / "ex01_metrics" / "metrics.py", b"Ben's")
    (folder / "ex01_metrics").symlink_to(tmp_path / "ben" / "ex01_metrics")
    (folder / "loop").symlink_to(folder)
    reason = "a link, which is not followed: hand in the file itself"
    assert metrics_of(folder) == HandIn(None, f"ex01_metrics: {reason}; loop: {reason}")


@pytest.mark.parametrize("exchanged", ["a", "a/b", "a/b/metrics.py"])
def test_what_becomes_a_link_before_it_is_read_is_not_followed(folder, tmp_path, exchanged):
    """A student who can write to the folder meanwhile exchanges it for one that only the grader may read."""
    put(folder / "a" / "b" / "metrics.py")
    secret = tmp_path / "solutions"
    put(secret / "b" / "metrics.py", b"secret")
    put(secret / "metrics.py", b"secret")
    [entry] = trees.folder_entries(folder, SKIPPED_FOLDERS)
    place = folder / exchanged
    place.rename(tmp_path / "was here")
    place.symlink_to(secret / "metrics.py" if place.suffix else secret)
    with pytest.raises(trees.UnreadableError, match=r"metrics\.py cannot be read: a link is not followed"):
        entry.read(trees.Budget(), MAX_FILE)


def test_folders_without_end_are_a_note(folder, monkeypatch):
    monkeypatch.setattr(trees, "MAX_FOLDERS", 5)
    put(folder / "1" / "2" / "3" / "4" / "5" / "metrics.py")
    assert metrics_of(folder) == HandIn(SOURCE)
    put(folder / "1" / "2" / "3" / "4" / "5" / "6" / "x.py")
    put(folder / "0" / "2" / "3" / "4" / "5" / "6" / "x.py")
    assert metrics_of(folder) == HandIn(None, "the folder cannot be read: folders lie more than 5 deep")


def test_a_link_that_leads_nowhere_is_a_note(folder):
    (folder / "metrics.py").symlink_to("metrics.py")
    assert metrics_of(folder) == HandIn(None, "metrics.py is not a regular file")


def test_a_pipe_is_a_note_and_does_not_block(folder):
    os.mkfifo(folder / "metrics.py")
    assert metrics_of(folder) == HandIn(None, "metrics.py is not a regular file")


def test_a_folder_with_the_name_of_the_file_is_not_the_file(folder):
    (folder / "ex01_metrics" / "metrics.py").mkdir(parents=True)
    assert metrics_of(folder) == HandIn(None)
    put(folder / "ex01_metrics" / "metrics.py" / "metrics.py")
    assert metrics_of(folder) == HandIn(SOURCE)


def test_a_file_that_is_too_large_is_a_note(folder):
    put(folder / "metrics.py", bytes(MAX_FILE + 1))
    assert metrics_of(folder) == HandIn(None, "metrics.py is larger than 1 MB")
    put(folder / "metrics.py", bytes(MAX_FILE))
    assert len(metrics_of(folder).source) == MAX_FILE


def test_a_folder_of_too_many_files_is_a_note(folder, monkeypatch):
    monkeypatch.setattr(trees, "MAX_MEMBERS", 10)
    put(folder / "ex01_metrics" / "metrics.py")
    for number in range(6):
        put(folder / "data" / f"{number}.txt")
    assert metrics_of(folder) == HandIn(SOURCE)
    for number in range(6, 12):
        put(folder / "data" / f"{number}.txt")
    found = find_hand_ins(folder, [METRICS, MLP])
    assert [hand_in.source for hand_in in found.values()] == [None, None]
    assert found["ex07_backprop"].note == "the folder cannot be read: it holds more than 10 files"


def test_a_student_is_a_folder_and_what_is_nobodys_is_told(tmp_path):
    for name in ("zoe", "ada", ".git", "__MACOSX"):
        (tmp_path / name).mkdir()
    for name in ("grades.csv", "metrics.py", ".DS_Store", "index.html", "test_metrics.py", "my_metrics.py"):
        put(tmp_path / name)
    assert names_of(tmp_path) == ["ada", "zoe"]
    assert [(row.file, row.exercise) for row in find_class(tmp_path).nobodys] == [
        ("grades.csv", ""), ("metrics.py", "ex01_metrics"), ("my_metrics.py", "ex01_metrics"),
    ]  # fmt: skip


def test_a_link_to_another_students_folder_is_not_followed(tmp_path):
    """Who hands in an archive with a link in it must not be graded with somebody else's work; nor forgotten."""
    put(tmp_path / "ada" / "metrics.py")
    (tmp_path / "ben").symlink_to(tmp_path / "ada")
    students = find_students(tmp_path)
    assert list(students) == ["ada", "ben"]
    found = find_hand_ins_of_student(students["ben"], [METRICS])["ex01_metrics"]
    assert found.source is None
    assert found.note == "ben: a link, which is not followed: put the folder or the file itself there"


@pytest.mark.parametrize("name", ["Jürgen Groß", "李雷", "O'Hara; =1+1", "name with  spaces", "-dash", "é" * 100])
def test_a_students_name_may_be_anything(tmp_path, name):
    put(tmp_path / name / "ex01_metrics" / "metrics.py")
    [(found, student)] = find_students(tmp_path).items()
    assert found == name
    assert find_hand_ins_of_student(student, [METRICS])["ex01_metrics"] == HandIn(SOURCE)


@pytest.mark.parametrize("name", [b"M\xfcller", b"tab\tnew\nline", b"\x1b[31mred", b"\xff\xfe\xfd"])
def test_odd_bytes_in_a_students_name_can_be_printed_and_stored(tmp_path, name):
    folder = os.fsencode(tmp_path) + b"/" + name
    os.makedirs(folder + b"/ex01_metrics")
    put(Path(os.fsdecode(folder)) / "ex01_metrics" / "metrics.py")
    [(found, student)] = find_students(tmp_path).items()
    assert found.isprintable()
    assert found.encode("utf-8").decode("utf-8") == found
    assert "\N{REPLACEMENT CHARACTER}" in found
    assert find_hand_ins_of_student(student, [METRICS])["ex01_metrics"] == HandIn(SOURCE)


def test_odd_bytes_inside_a_students_folder_are_no_crash(folder):
    odd = os.fsencode(folder) + b"/M\xfcller\n"
    os.makedirs(odd)
    for place in (odd, os.fsencode(folder)):
        with open(place + b"/metrics.py", "wb") as file:
            file.write(place[-3:])
    found = metrics_of(folder)
    assert found.source is None
    assert found.note.isprintable(), "a note is shown and stored"
    assert found.note.encode("utf-8")


def test_two_names_that_read_the_same_do_not_hide_a_student(tmp_path):
    """Names of different bytes that cannot be printed must not share one record."""
    for name in (b"M\xfcller", b"M\xe4ller"):
        os.makedirs(os.fsencode(tmp_path) + b"/" + name)
    assert len(find_students(tmp_path)) == 2


def test_names_that_differ_in_how_their_umlauts_are_composed_are_two_students(tmp_path):
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "Jürgen")).mkdir()
    assert len(find_students(tmp_path)) == 2


@pytest.mark.parametrize("inside", ["ex01_metrics", "exercises", "exercises/ex01_metrics", "ex14_game_learning"])
def test_the_folder_of_one_student_is_told_from_a_class(tmp_path, inside):
    (tmp_path / "data").mkdir()
    put(tmp_path / inside / "metrics.py")
    with pytest.raises(GraderError, match="looks like the hand-in of one student: give the folder above it"):
        find_students(tmp_path)


@pytest.mark.parametrize("stray", ["ex01_metrics.zip", "exercises.zip", "exercises/x.txt"])
def test_a_stray_hand_in_beside_students_is_told_and_takes_nothing_from_them(tmp_path, stray):
    put(tmp_path / "ada" / "metrics.py")
    put(tmp_path / "ben" / "notes.txt")
    put(tmp_path / stray)
    found = find_class(tmp_path)
    assert list(found.students) == ["ada", "ben"]
    [row] = found.nobodys
    assert row.file == stray.removesuffix(".zip").removesuffix("/x.txt")
    assert "named like a part of a hand-in" in row.reason


def test_archives_that_are_all_parts_of_one_hand_in_are_no_class(tmp_path):
    for name in ("ex01_metrics.zip", "ex02_data_splitting.zip"):
        put(tmp_path / name)
    with pytest.raises(GraderError, match="looks like the hand-in of one student"):
        find_students(tmp_path)


def test_a_place_without_students_is_a_clear_error(tmp_path):
    with pytest.raises(GraderError, match="there is no student's folder in"):
        find_students(tmp_path)
    with pytest.raises(GraderError, match="is not a folder"):
        find_students(tmp_path / "nowhere")
    with pytest.raises(GraderError, match="is not a folder"):
        find_students(put(tmp_path / "file"))

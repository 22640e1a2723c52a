"""Whatever a name has become on its way, the file that is clearly meant counts, and every file is accounted for."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grader.handins import archives as trees
from grader.handins.choosing import ALL, Selection
from grader.handins.filenames import SKIPPED_FOLDERS, Sureness, read_name
from grader.handins.hand_ins import HandIn, Submitter, Work, look_through
from grader.handins.lms_labels import Label
from grader.handins.received import Outcome, Received
from grader.kit.exercise import find_exercise, load_catalog
from grader.publishing.student_kit import student_notebook

METRICS, MLP = find_exercise("ex01"), find_exercise("ex07")
STUB = METRICS.stub.read_bytes()
MINE = b"def accuracy(y_true, y_pred):\n    return 0.5\n"
BETTER = b"def accuracy(y_true, y_pred):\n    return 0.75\n"
GRADED, ASIDE, UNKNOWN = Outcome.GRADED, Outcome.SET_ASIDE, Outcome.UNKNOWN
DAY = 86_400.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "ada"
    path.mkdir()
    return path


def put(path: Path, content: bytes = MINE, modified: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if modified:
        os.utime(path, (modified, modified))
    return path


def look(folder: Path, selection: Selection = ALL) -> Work:
    student = Submitter("ada", Label("ada"), [lambda: trees.folder_entries(folder, SKIPPED_FOLDERS)])
    return look_through(student, [METRICS], selection)


def metrics_of(folder: Path, selection: Selection = ALL) -> HandIn:
    return look(folder, selection).hand_ins["ex01_metrics"]


def made_of(folder: Path) -> dict[str, Outcome]:
    return {row.file: row.outcome for row in look(folder).received}


def notebook_of(code: str) -> bytes:
    cell = {"cell_type": "code", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


UNDERSTOOD = (
    "Metrics.py", "METRICS.PY", "metrics (1).py", "metrics(2).py", "metrics[1].py", "metrics-2.py", "metrics-1-2.py",
    "metrics 2.py", "metrics_3.py", "metrics+%281%29.py", "metrics - Copy.py", "metrics - Kopie (2).py",
    "Kopie von metrics.py", "metrics copy.py", "ex01_metrics.py", "ex01-metrics (1).py", "metrics.py.txt",
    "metrics.py.py", "my_metrics.py", "metrics-LAPTOP.py", "metrics_final_v2.py", "lovelace-metrics.py", "ex01.py",
    "ex01_solution.py", "metrics.txt", "ex01_metrics/solution.py",
)  # fmt: skip


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_one_file_that_is_clearly_meant_counts_and_says_which(folder: Path, name: str):
    put(folder / name)
    assert metrics_of(folder) == HandIn(MINE, remarks=(f"taken from: {name}",))
    assert made_of(folder) == {name: GRADED}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_it_counts_beside_the_untouched_stub(folder: Path, name: str):
    put(folder / name, modified=DAY)
    put(folder / "exercises" / "ex01_metrics" / "metrics.py", STUB, modified=2 * DAY)
    assert metrics_of(folder).source == MINE
    assert made_of(folder) == {name: GRADED, "exercises/ex01_metrics/metrics.py": ASIDE}


@pytest.mark.parametrize("name", ["metrics-Copy1.ipynb", "Metrics.ipynb", "metrics (1).ipynb", "metrics.ipynb.txt"])
def test_notebooks_too(folder: Path, name: str):
    put(folder / name, notebook_of(MINE.decode()))
    found = metrics_of(folder)
    assert b"def accuracy" in (found.source or b"")
    assert found.remarks == (f"taken from: {name}",)


NOT_UNDERSTOOD = {
    "metrics.py.crdownload": "a download that did not finish: hand in metrics.py",
    "metrics.py.part": "a download that did not finish: hand in metrics.py",
    "metrics.py.bak": "a backup that an editor made: hand in metrics.py",
    "metrics.backup-20261130-090000.py": "the backup that 'grader reset' made: hand in metrics.py",
    "metrics.pdf": "a PDF: hand in metrics.py",
    "metrics.html": "a web page, not the notebook itself: hand in metrics.py",
    "report.pdf": "a PDF: Python files and notebooks count, in a folder or a zip",
    "work.rar": "a RAR archive, which is not opened: hand in a zip",
    "work.7z": "a 7-Zip archive, which is not opened: hand in a zip",
    "metrics.py.gz": "an archive of a kind that is not opened: hand in a zip",
    "work.zip": "the archive work.zip is damaged",
    "homework.py": "its name is that of no exercise",
    "notes_on_metrics.py": "it defines none of the functions of metrics.py: if it is meant, rename it to metrics.py",
    "photo.heic": "a picture",
    "noending": "not a file that is graded",
}


@pytest.mark.parametrize("name", NOT_UNDERSTOOD)
def test_what_cannot_be_used_is_named_with_the_reason(folder: Path, name: str):
    put(folder / name, b"whatever")
    found = metrics_of(folder)
    assert found.source is None
    assert NOT_UNDERSTOOD[name] in found.note, "something came: it is not missing"
    [row] = look(folder).received
    assert (row.student, row.file, row.outcome) == ("ada", name, UNKNOWN)
    assert NOT_UNDERSTOOD[name] in row.reason


def test_nothing_is_no_reason(folder: Path):
    assert look(folder) == Work({"ex01_metrics": HandIn(None)}, [])


IRRELEVANT = (
    ".DS_Store", "Thumbs.db", "desktop.ini", "._metrics.py", "__MACOSX/metrics.py", "README.md", "pyproject.toml",
    "exercises/ex01_metrics/demo.py", "exercises/ex01_metrics/test_metrics.py", "exercises/ex01_metrics/picture.png",
    "exercises/ex01_metrics/exercise.toml", "exercises/ex01_metrics/hints.toml", "datasets/files/digits.npz",
    "grader/learning/originals/ex01_metrics.py", "grader/kit/exercise.py", ".progress.json", "SHA256SUMS",
    "ex07_backprop/mlp.py", "__pycache__/metrics.cpython-312.pyc",
)  # fmt: skip


def test_the_kits_own_files_and_those_of_systems_are_no_hand_ins(folder: Path):
    for name in IRRELEVANT:
        put(folder / name, b"")
    assert look(folder) == Work({"ex01_metrics": HandIn(None)}, [])


def test_a_whole_kit_is_accounted_for(folder: Path):
    """The folder that a student works in, as it comes: nothing of it is strange."""
    from grader.publishing.student_kit import kit_files

    for path, content in kit_files([METRICS, MLP], notebooks=True).items():
        put(folder / path, content)
    put(folder / "exercises" / "ex01_metrics" / "metrics.py")
    work = look(folder)
    assert work.hand_ins["ex01_metrics"] == HandIn(MINE)
    assert [row for row in work.received if row.outcome == UNKNOWN] == []


def test_what_came_beside_a_graded_file_is_listed_and_takes_nothing_from_it(folder: Path):
    put(folder / "metrics.py")
    put(folder / "report.pdf", b"")
    put(folder / "data.rar", b"")
    put(folder / "helpers.py", b"")
    put(folder / "metrics.py.crdownload", b"")
    assert metrics_of(folder) == HandIn(MINE)
    assert made_of(folder) == {
        "metrics.py": GRADED, "report.pdf": UNKNOWN, "data.rar": UNKNOWN, "helpers.py": UNKNOWN,
        "metrics.py.crdownload": ASIDE,
    }  # fmt: skip


def test_a_missing_exercise_is_missing_when_another_came(folder: Path):
    put(folder / "ex07_backprop" / "mlp.py", b"x = 1")
    put(folder / "report.pdf", b"")
    student = Submitter("ada", Label("ada"), [lambda: trees.folder_entries(folder, SKIPPED_FOLDERS)])
    assert look_through(student, [METRICS, MLP]).hand_ins["ex01_metrics"] == HandIn(None)
    put(folder / "rest.rar", b"")
    assert "rest.rar" in look_through(student, [METRICS, MLP]).hand_ins["ex01_metrics"].note, "it could be in there"


def test_an_untouched_notebook_beside_a_solved_module_is_no_doubt(folder: Path):
    put(folder / "ex01_metrics" / "metrics.py", modified=DAY)
    put(folder / "ex01_metrics" / "metrics.ipynb", student_notebook(METRICS), modified=2 * DAY)
    assert metrics_of(folder, Selection(strict=True)) == HandIn(MINE)
    put(folder / "ex01_metrics" / "metrics.py", STUB)
    put(folder / "ex01_metrics" / "metrics.ipynb", notebook_of(MINE.decode()))
    assert b"return 0.5" in (metrics_of(folder, Selection(strict=True)).source or b"")


def test_the_packed_hand_in_beside_a_newer_file_is_older(folder: Path):
    import zipfile

    with zipfile.ZipFile(folder / "handin.zip", "w") as archive:
        archive.writestr("ex01_metrics/metrics.py", MINE)
    os.utime(folder / "handin.zip", (DAY, DAY))
    put(folder / "exercises" / "ex01_metrics" / "metrics.py", BETTER, modified=2 * DAY)
    found = metrics_of(folder)
    assert found.source == BETTER
    assert found.remarks == (
        "taken from: exercises/ex01_metrics/metrics.py, the newest of 2 that differ; "
        "not from: handin.zip/ex01_metrics/metrics.py",
    )
    os.utime(folder / "handin.zip", (2 * DAY, 2 * DAY))
    assert metrics_of(folder).source == BETTER, "equally old: what is packed away is a copy"


@pytest.mark.parametrize("content", [MINE, MINE.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + MINE, MINE + b"\n\n"])
def test_equal_copies_are_no_doubt(folder: Path, content: bytes):
    put(folder / "ex01_metrics" / "metrics.py")
    put(folder / "backup" / "ex01_metrics" / "metrics.py", content)
    assert metrics_of(folder, Selection(strict=True)) == HandIn(MINE)


def test_of_two_that_differ_the_newest_counts_and_strictly_none(folder: Path):
    put(folder / "metrics.py", MINE, modified=DAY)
    put(folder / "metrics (1).py", BETTER, modified=2 * DAY)
    assert metrics_of(folder).source == BETTER
    assert made_of(folder) == {"metrics (1).py": GRADED, "metrics.py": ASIDE}
    strict = metrics_of(folder, Selection(strict=True))
    assert strict == HandIn(None, "not clear which file is meant: metrics (1).py, metrics.py")


def test_what_came_later_than_asked_for_is_set_aside(folder: Path):
    put(folder / "metrics.py", MINE, modified=DAY)
    put(folder / "metrics (1).py", BETTER, modified=2 * DAY)
    assert metrics_of(folder, Selection(until=2 * DAY)).source == BETTER, "to the second"
    assert metrics_of(folder, Selection(until=2 * DAY - 1)) == HandIn(MINE), "as if the other had not come yet"
    assert metrics_of(folder, Selection(until=DAY - 1)) == HandIn(None), "missing, and nothing is wrong"
    rows = look(folder, Selection(until=2 * DAY - 1)).received
    assert [row.reason for row in rows if row.file == "metrics (1).py"] == ["handed in later than --until says"]


def test_a_backup_of_the_same_day_loses(folder: Path):
    put(folder / "ex01_metrics" / "metrics.py", BETTER, modified=DAY)
    put(folder / "backup" / "ex01_metrics" / "metrics.py", MINE, modified=DAY)
    assert metrics_of(folder).source == BETTER


def test_where_nothing_tells_which_is_newer_nobody_guesses(folder: Path):
    put(folder / "first" / "metrics.py", MINE, modified=DAY)
    put(folder / "second" / "metrics.py", BETTER, modified=DAY + 1)
    assert metrics_of(folder) == HandIn(None, "not clear which file is meant: first/metrics.py, second/metrics.py")
    assert made_of(folder) == {"first/metrics.py": UNKNOWN, "second/metrics.py": UNKNOWN}


def test_a_name_of_ones_own_never_beats_the_plain_one(folder: Path):
    put(folder / "metrics.py", MINE, modified=DAY)
    put(folder / "old_metrics.py", BETTER, modified=2 * DAY)
    assert metrics_of(folder) == HandIn(MINE)


def test_the_courses_solution_that_came_along_is_not_the_students(folder: Path):
    put(folder / "exercises" / "ex01_metrics" / "metrics.py", STUB, modified=DAY)
    put(folder / "solutions" / "ex01_metrics" / "metrics.py", METRICS.solution.read_bytes(), modified=2 * DAY)
    assert metrics_of(folder) == HandIn(STUB)


def test_a_damaged_notebook_beside_the_untouched_stub_is_for_a_person(folder: Path):
    put(folder / "metrics.py", STUB)
    put(folder / "metrics.ipynb", b"{}")
    assert "metrics.ipynb: the notebook cannot be read" in metrics_of(folder).note
    put(folder / "metrics.py", MINE)
    assert metrics_of(folder) == HandIn(MINE)
    assert made_of(folder) == {"metrics.py": GRADED, "metrics.ipynb": UNKNOWN}


@pytest.mark.parametrize("name", ["metrics.py.crdownload", "metrics.pdf", "notes_on_metrics.py"])
def test_what_came_beside_the_untouched_stub_alone_is_for_a_person(folder: Path, name: str):
    put(folder / "metrics.py", STUB)
    put(folder / name, b"x = 1")
    assert metrics_of(folder) == HandIn(STUB)
    assert made_of(folder) == {"metrics.py": GRADED, name: UNKNOWN}
    put(folder / "metrics.py", MINE)
    assert made_of(folder) == {"metrics.py": GRADED, name: ASIDE}


def test_the_list_of_one_student_ends_somewhere(folder: Path):
    for number in range(150):
        put(folder / f"{number}.pdf", b"")
    rows = look(folder).received
    assert len(rows) == 101
    assert rows[-1] == Received("ada", "and 50 more files", "", UNKNOWN, "too many to list one by one")


def test_what_was_typed_into_the_lms_is_a_comment_where_a_file_came(folder: Path):
    put(folder / "onlinetext.html", b"<p>see the file")
    assert made_of(folder) == {"onlinetext.html": UNKNOWN}
    put(folder / "metrics.py")
    assert made_of(folder) == {"onlinetext.html": ASIDE, "metrics.py": GRADED}


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.name)
def test_every_exercises_own_names_are_exact(exercise):
    for name in (exercise.filename, exercise.notebook.name):
        meaning = read_name(name, load_catalog().values())
        assert meaning is not None
        assert (meaning.exercise, meaning.sureness, meaning.is_notebook) == (
            exercise, Sureness.EXACT, name.endswith(".ipynb"),
        )  # fmt: skip
    for own in exercise.shipped:
        assert own.suffix != ".py" or read_name(own.name, load_catalog().values()) is None


def test_a_name_that_could_be_two_exercises_is_none():
    assert read_name("metrics_and_mlp.py", load_catalog().values()) is None

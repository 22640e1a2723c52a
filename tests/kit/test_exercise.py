"""Exercises are found by any of their names, and a manifest that is not right never decides a score."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.kit import exercise as catalog
from grader.kit.errors import GraderError
from grader.kit.exercise import KIT, exercise_of_test, find_exercise, load_catalog, read_exercise

MANIFEST = """
title = "Sums"
module = "sums"
slides = ["Adding"]
needs = "numpy"
call_seconds = 2

[[tasks]]
name = "add"
points = 60

[[tasks]]
name = "total"
points = 40
call_seconds = 7
"""


def write_manifest(folder: Path, text: str | bytes, name: str = "ex01_sums") -> Path:
    manifest = folder / name / "exercise.toml"
    manifest.parent.mkdir(parents=True)
    manifest.write_bytes(text.encode() if isinstance(text, str) else text)
    return manifest


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """A kit with the exercises ex01_sums and ex12_more_sums in the place of the real one."""
    for name in ("ex12_more_sums", "ex01_sums"):
        write_manifest(tmp_path, MANIFEST, name)
    monkeypatch.setattr(catalog, "EXERCISES", tmp_path)
    load_catalog.cache_clear()
    yield tmp_path
    load_catalog.cache_clear()


def test_a_manifest_says_everything_that_the_kit_must_know(tmp_path):
    exercise = read_exercise(write_manifest(tmp_path, MANIFEST))
    assert (exercise.name, exercise.number, exercise.filename) == ("ex01_sums", "ex01", "sums.py")
    assert (exercise.title, exercise.slides, exercise.needs) == ("Sums", ("Adding",), "numpy")
    assert [(task.name, task.points, task.call_seconds) for task in exercise.tasks] == [
        ("add", 60, 2.0),
        ("total", 40, 7.0),
    ]


def test_a_task_is_found_by_its_name(tmp_path):
    exercise = read_exercise(write_manifest(tmp_path, MANIFEST))
    assert exercise.task("total").points == 40
    with pytest.raises(GraderError, match=r"ex01_sums has no task 'sum'; its tasks are add, total"):
        exercise.task("sum")


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('title = "Sums"', "", "title"),
        ('module = "sums"', "", "module"),
        ('slides = ["Adding"]', "", "slides"),
        ('needs = "numpy"', "", "needs"),
        ("call_seconds = 2\n", "", "call_seconds"),
        ("call_seconds = 2\n", 'call_seconds = "quick"\n', "not a complete manifest"),
        ('name = "add"', "", "name"),
        ("points = 60", "", "points"),
        ("points = 60", "points = 50", "the points must add up to 100"),
        ("points = 60", "points = nan", "the points must add up to 100"),
        ("points = 60", 'points = "60"', "points"),
        ('name = "total"', 'name = "add"', "a task is listed twice"),
        ('needs = "numpy"', 'needs = "pandas"', r"needs = 'pandas', must be one of numpy, keras"),
        ('title = "Sums"', "title = Sums", "cannot read"),
    ],
)
def test_a_broken_manifest_is_refused_with_its_path_and_the_reason(tmp_path, before, after, complaint):
    assert before in MANIFEST
    manifest = write_manifest(tmp_path, MANIFEST.replace(before, after, 1))
    with pytest.raises(GraderError, match=complaint) as error:
        read_exercise(manifest)
    assert str(manifest) in str(error.value)


def test_points_below_zero_are_refused(tmp_path):
    """With -20 and 120 points, one task alone would earn more than the whole exercise."""
    text = MANIFEST.replace("points = 60", "points = 120").replace("points = 40", "points = -20")
    with pytest.raises(GraderError, match="points"):
        read_exercise(write_manifest(tmp_path, text))


@pytest.mark.parametrize("text", ["tasks = []\n" + MANIFEST.partition("[[")[0], "", b"\xff\xfe title"])
def test_a_manifest_without_tasks_or_without_text_is_refused(tmp_path, text):
    with pytest.raises(GraderError, match=r"exercise\.toml"):
        read_exercise(write_manifest(tmp_path, text))


def test_a_manifest_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(GraderError, match="cannot read"):
        read_exercise(tmp_path / "ex01_sums" / "exercise.toml")


SPELLINGS = ["ex01_sums", "Ex01_Sums", "ex01", "EX01", "1", "01", "ex1", " ex01_sums/ "]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_exercise_is_found_by_any_of_its_names(made_up, spelling):
    assert find_exercise(spelling).name == "ex01_sums"


@pytest.mark.parametrize("spelling", ["ex12_more_sums", "ex12", "12"])
def test_a_number_of_two_digits_is_not_taken_for_its_first_digit(made_up, spelling):
    assert find_exercise(spelling).name == "ex12_more_sums"


NO_NAMES = ["", "ex", "2", "ex02", "sums", "ex01_", "ex01_sum", "-1", "ex01_sums.py", "1.0"]


@pytest.mark.parametrize("spelling", NO_NAMES)
def test_an_exercise_that_does_not_exist_is_an_error_that_lists_those_that_do(made_up, spelling):
    with pytest.raises(GraderError, match="choose from ex01_sums, ex12_more_sums") as error:
        find_exercise(spelling)
    assert f"'{spelling}'" in str(error.value)


def test_the_catalog_is_in_the_order_of_the_course_and_skips_other_folders(made_up):
    write_manifest(made_up, "nonsense", "notes")
    assert list(load_catalog()) == ["ex01_sums", "ex12_more_sums"]


def test_a_kit_without_exercises_is_an_error_that_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(catalog, "EXERCISES", tmp_path)
    load_catalog.cache_clear()
    with pytest.raises(GraderError, match="pip install -e"):
        load_catalog()
    load_catalog.cache_clear()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("exercises/ex01_sums/test_sums.py", "ex01_sums"),
        ("grader/hidden/ex01_sums/test_sums.py", "ex01_sums"),
        ("grader/hidden/ex12_more_sums/test_few.py", "ex12_more_sums"),
        ("tests/test_catalog.py", None),
        ("grader/hidden/ex01_other/test_sums.py", None),
        ("grader/hidden/test_ex01_sums.py", None),
        ("exercises/ex02_other/test_sums.py", None),
        ("ex01_sums.txt/test_sums.py", None),
    ],
)
def test_a_test_file_belongs_to_the_exercise_whose_folder_it_is_in(made_up, path, name):
    exercise = exercise_of_test(Path(path))
    assert (exercise.name if exercise else None) == name


def test_every_exercise_of_the_kit_has_its_files():
    for exercise in load_catalog().values():
        assert exercise.folder == KIT / "exercises" / exercise.name
        assert all(exercise_of_test(path) is exercise for path in exercise.hidden.glob("test_*.py"))
        assert any(exercise.hidden.glob("test_*.py"))
        assert exercise_of_test(exercise.folder / f"test_{exercise.module}.py") is exercise
        assert (exercise.folder / exercise.filename).is_file()

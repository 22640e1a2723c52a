"""The table from the slides to the exercises says what the manifests say, and names tasks that are there."""

from __future__ import annotations

import re

from grader.kit.exercise import KIT, find_exercise, load_catalog

TABLE = (KIT / "grader" / "docs" / "slides.md").read_text("utf-8")
ROWS = re.findall(r"(?m)^\| (?!slide |---)(.+?) \| (.+?) \| (.+?) \|$", TABLE)
LINKED = [
    (slide, re.fullmatch(r"\[(ex\d\d)\]\(.*\)", exercise)[1], tasks)
    for slide, exercise, tasks in ROWS
    if exercise != "–"
]


def test_a_slide_of_a_manifest_is_in_the_table_and_the_other_way_round():
    table = [(slide, number) for slide, number, _ in LINKED]
    manifests = [(slide, exercise.number) for exercise in load_catalog().values() for slide in exercise.slides]
    assert sorted(table) == sorted(manifests)


def test_a_slide_without_an_exercise_says_why():
    without = {slide: words for slide, exercise, words in ROWS if exercise == "–"}
    assert without
    assert all(len(words.split()) > 1 for words in without.values())
    assert not set(without) & {slide for slide, _, _ in LINKED}


def test_the_tasks_of_the_table_are_there():
    for slide, number, tasks in LINKED:
        there = {task.name for task in find_exercise(number).tasks}
        named = re.findall(r"`(\w+)`", tasks)
        assert set(named) <= there, slide
        assert named or tasks == "all tasks", slide

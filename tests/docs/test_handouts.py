"""Every handout begins and ends alike, and what an exercise builds on leads back to it."""

from __future__ import annotations

import re

import pytest

from grader.kit.exercise import Exercise, load_catalog

HEADINGS = [
    "Before you begin",
    "The idea",
    "The tasks",
    "Good to know",
    "Run it",
    "Predict, then run",
    "What you have learned",
    "References",
]
LINK = re.compile(r"\]\(\.\./(ex\d\d)_\w+/README\.md\)")
EXERCISES = pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.number)


def section(exercise: Exercise, heading: str) -> str:
    return exercise.handout.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@EXERCISES
def test_handouts_have_the_same_headings_in_the_same_order(exercise: Exercise):
    headings = re.findall(r"(?m)^## (.*)$", exercise.handout.read_text("utf-8"))
    assert [heading for heading in headings if heading in HEADINGS] == HEADINGS


@EXERCISES
def test_handouts_say_what_one_needs_how_long_it_takes_and_what_for(exercise: Exercise):
    before = section(exercise, "Before you begin")
    assert re.findall(r"(?m)^- \*\*(.*?):\*\* \S", before) == ["You need to know", "Time", "You will learn"]
    assert "hour" in before
    learned = section(exercise, "What you have learned")
    assert learned.count("\n- ") >= 3
    assert "**Where it comes back:**" in learned


def test_what_an_exercise_builds_on_comes_earlier_and_leads_back_to_it():
    exercises = load_catalog().values()
    builds_on = {(e.number, earlier) for e in exercises for earlier in LINK.findall(section(e, "Before you begin"))}
    comes_back = {(later, e.number) for e in exercises for later in LINK.findall(section(e, "What you have learned"))}
    assert builds_on == comes_back
    assert all(earlier < later for later, earlier in builds_on)
    assert {later for later, _ in builds_on} == {e.number for e in exercises} - {"ex01"}

"""Every handout asks three questions, and instructors have the answers: they are what one sees."""

from __future__ import annotations

import re
import runpy
from code import InteractiveConsole
from dataclasses import dataclass

import pytest

from grader.kit.exercise import SOLUTIONS, Exercise, load_catalog
from grader.publishing.leaks import find_leaks
from grader.publishing.student_kit import kit_files

pytestmark = pytest.mark.computes_here
EXERCISES = pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.number)
SECTION = re.compile(r"(?ms)^## Predict, then run\n(.*?)^## ")
QUESTION = re.compile(r"(?ms)^\*\*(\d)\. ([^\n]+)\*\*\n\n```python\n(.*?)^```\n\n(.+?)(?=^\*\*\d\.|\Z)")
ANSWER = re.compile(r"(?ms)^## (\d)\. ([^\n]+)\n\n```python\n(.*?)^```\n\n```\n(.*?)^```\n\n(.+?)(?=^## \d\.|\Z)")


@dataclass(frozen=True)
class Asked:
    """One question, or its answer: the words are the question or the reason."""

    title: str
    snippet: str
    words: str
    output: str = ""


def questions(exercise: Exercise) -> list[Asked]:
    [section] = SECTION.findall(exercise.handout.read_text("utf-8"))
    return [Asked(title, snippet, words) for _, title, snippet, words in QUESTION.findall(section)]


def answers(exercise: Exercise) -> list[Asked]:
    found = ANSWER.findall(exercise.answers.read_text("utf-8"))
    return [Asked(title, snippet, words, output) for _, title, snippet, output, words in found]


@EXERCISES
def test_there_are_three_questions_and_their_answers(exercise: Exercise):
    asked, answered = questions(exercise), answers(exercise)
    assert len(asked) == 3
    assert [(each.title, each.snippet) for each in answered] == [(each.title, each.snippet) for each in asked]
    assert all("?" in question.words for question in asked)
    assert all(answer.output and len(answer.words) > 60 for answer in answered)


@EXERCISES
def test_the_handout_says_where_to_run_them(exercise: Exercise):
    [section] = SECTION.findall(exercise.handout.read_text("utf-8"))
    assert f"`python -i exercises/{exercise.name}/{exercise.filename}`" in section


@EXERCISES
@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_the_answers_show_is_what_one_sees(exercise: Exercise, number: int, capsys):
    """The snippet is typed line by line, as after `python -i`: it has to work there and in a cell."""
    if exercise.needs == "keras":
        pytest.importorskip("keras")
    answer = answers(exercise)[number]
    console = InteractiveConsole(runpy.run_path(str(SOLUTIONS / exercise.name / exercise.filename)))
    capsys.readouterr()
    for line in [*answer.snippet.splitlines(), ""]:
        console.push(line)
    assert capsys.readouterr().out == answer.output


def test_no_kit_has_an_answer():
    kit = kit_files(list(load_catalog().values()), notebooks=True)
    assert [name for name in kit if "answers" in name] == []
    texts = [" ".join(content.decode("utf-8", errors="ignore").split()) for content in kit.values()]
    for exercise in load_catalog().values():
        for answer in answers(exercise):
            words = " ".join(answer.words.split())
            assert not any(words in text for text in texts), answer.title


def test_a_kit_with_an_answer_would_not_be_written():
    given_away = {
        f"exercises/{exercise.name}/note_{number}.md": answer.words.encode()
        for exercise in load_catalog().values()
        for number, answer in enumerate(answers(exercise))
    }
    leaks = find_leaks(given_away)
    assert {leak.file for leak in leaks} == set(given_away)
    assert all("answers.md" in leak.source for leak in leaks)

"""The hint ladder: every task has its three rungs, none of them is the code, and none is a test's own example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from grader.hints.ladder import read_ladder
from grader.kit import exercise as catalog
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, load_catalog
from grader.kit.stubs import BEGIN, END
from grader.misconceptions.reading import read_misconceptions

SHORTEST_GIVEAWAY = 12  # characters; shorter lines, such as `else:`, are in any text
TERMINAL = 88
NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:[,\s]+-?\d+(?:\.\d+)?){4,}")  # five or more in a row

every_exercise = pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.number)


def squeezed(text: str) -> str:
    return "".join(text.split())


def answers(exercise: Exercise) -> Iterator[str]:
    """The lines that give an answer away: those of the solution's regions and of the wrong implementations."""
    inside = False
    for line in exercise.solution.read_text(encoding="utf-8").splitlines():
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside:
            yield line
    for wrong in read_misconceptions(exercise):
        hint = squeezed(wrong.hint)
        yield from (line for line in wrong.source.splitlines() if squeezed(line).strip('"') not in hint)


def rows_of_numbers(text: str) -> set[tuple[float, ...]]:
    """Every run of five numbers in `text`, but for those that only count upwards."""
    runs = [tuple(map(float, re.split(r"[,\s]+", match[0]))) for match in NUMBERS.finditer(text)]
    fives = {run[i : i + 5] for run in runs for i in range(len(run) - 4)}
    return {five for five in fives if len(set(five)) > 1 and five != tuple(five[0] + i for i in range(5))}


@every_exercise
def test_every_task_has_its_three_rungs(exercise: Exercise):
    ladder = read_ladder(exercise)
    assert list(ladder) == [task.name for task in exercise.tasks]
    written = re.findall(r"^\[(.+)\]$", (exercise.folder / "hints.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert written == list(ladder), "the tables stand in the order of the tasks"


@every_exercise
def test_hints_fit_a_terminal(exercise: Exercise):
    for task, (*texts, example) in {task: astuple(ladder) for task, ladder in read_ladder(exercise).items()}.items():
        lines = example.splitlines()
        assert len(lines) <= 10, f"the example of {task} has {len(lines)} lines"
        assert max(map(len, lines)) <= TERMINAL, f"a line of the example of {task} is wider than {TERMINAL}"
        assert all(text.endswith((".", "?", "!")) for text in texts), f"a hint on {task} does not end as a sentence"
        assert all(text.isascii() for text in (*texts, example)), f"a hint on {task} has more than ASCII"


@every_exercise
def test_no_hint_is_the_code(exercise: Exercise):
    lines = {squeezed(line) for line in answers(exercise)}
    lines = {line for line in lines if len(line) >= SHORTEST_GIVEAWAY}
    assert lines, "there is something to give away"
    for task, ladder in read_ladder(exercise).items():
        text = squeezed(" ".join(astuple(ladder)))
        assert not [line for line in lines if line in text], f"the hints on {task} hold a line of code"


@every_exercise
def test_examples_are_not_those_of_the_tests(exercise: Exercise):
    visible = exercise.folder / f"test_{exercise.module}.py"
    tested = set().union(*(rows_of_numbers(path.read_text()) for path in (visible, *exercise.hidden_tests)))
    for task, ladder in read_ladder(exercise).items():
        assert not rows_of_numbers(ladder.example) & tested, f"the example of {task} is one of the tests"


def test_a_test_s_own_example_would_be_found():
    assert rows_of_numbers("[1, 1, 0, 2, 5]") & rows_of_numbers("truth  1 1 0 2 5 3")


RUNGS = 'idea = "i"\nlook = "l"\nexample = "e"\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", r"\[accuracy\]: exactly idea, look, example are needed"),
        ("[accuracy]\nidea = 'i'\nlook = 'l'\n", r"\[accuracy\]: exactly idea, look, example"),
        (f"[accuracy]\n{RUNGS}code = 'c'\n", r"\[accuracy\]: exactly idea, look, example"),
        ("[accuracy]\nidea = 'i'\nlook = ' '\nexample = 'e'\n", r"\[accuracy\]: look must be a text"),
        ("[accuracy]\nidea = 1\nlook = 'l'\nexample = 'e'\n", r"\[accuracy\]: idea must be a text"),
        (f"[accuracy]\n{RUNGS}[acuracy]\n{RUNGS}", "there is no task acuracy; the tasks are accuracy"),
        ("accuracy = 1\n", r"\[accuracy\]: exactly"),
        ("[accuracy\n", "cannot read .*hints.toml"),
        (None, "cannot read .*hints.toml"),
    ],
)
def test_an_incomplete_file_is_refused(text: str | None, complaint: str, only_accuracy: Exercise):
    if text is not None:
        (only_accuracy.folder / "hints.toml").write_text(text, encoding="utf-8")
    with pytest.raises(GraderError, match=complaint):
        read_ladder(only_accuracy)


def test_ideas_are_one_line_and_examples_keep_theirs(only_accuracy: Exercise):
    text = '[accuracy]\nidea = """\nOne\n  two.\n"""\nlook = "Three."\nexample = """\n  1  2\n3\n"""\n'
    (only_accuracy.folder / "hints.toml").write_text(text, encoding="utf-8")
    (ladder,) = read_ladder(only_accuracy).values()
    assert astuple(ladder) == ("One two.", "Three.", "  1  2\n3")


@pytest.fixture
def only_accuracy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Exercise:
    """An exercise with a single task and no hints yet, in a folder of its own."""
    first = next(iter(load_catalog().values()))
    monkeypatch.setattr(catalog, "EXERCISES", tmp_path)
    exercise = replace(first, tasks=(first.task("accuracy"),))
    exercise.folder.mkdir()
    return exercise

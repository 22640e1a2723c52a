"""`grader hint`: the ladder of a task, the task that is meant, and hints below a failed test."""

from __future__ import annotations

import re

import pytest
from support.student_kits import StudentKit, with_wrong_accuracy

from grader.kit.exercise import find_exercise

EX01 = find_exercise("ex01")


def test_hints_go_down_the_ladder_and_stay_at_its_end(kit: StudentKit):
    shown = [kit.grader("hint", *words).stdout for words in (["recall"], ["ex01", "recall"], ["recall"], ["recall"])]
    assert shown[0].startswith("ex01 recall, hint 1 of 3: the idea\n\nIdea of recall.\n\nThe next one: ")
    assert "hint 2 of 3: where to look\n\nLook at recall.\n" in shown[1]
    assert (
        "hint 3 of 3: an example\n\nFor recall:\n    1 + 1 = 2\n\nThis is the last hint. The first one again: "
        in shown[2]
    )
    assert shown[3] == shown[2]
    assert "Idea of accuracy." in kit.grader("hint", "accuracy").stdout


def test_hints_can_be_read_again(kit: StudentKit):
    def title(*words: str) -> str:
        return kit.grader("hint", *words).stdout.splitlines()[0]

    assert title("recall", "--again") == "ex01 recall, hint 1 of 3: the idea"
    assert title("recall") == "ex01 recall, hint 2 of 3: where to look"
    assert title("recall", "--again") == "ex01 recall, hint 2 of 3: where to look"
    assert title("ex01", "recall", "1") == "ex01 recall, hint 1 of 3: the idea"
    assert title("recall", "3") == "ex01 recall, hint 3 of 3: an example"


def test_a_hint_on_an_exercise_is_on_its_first_task_that_is_wrong(kit: StudentKit):
    assert kit.grader("hint", "ex01").stdout.startswith(
        "ex01 confusion_matrix, hint 1 of 3: the idea (the first task that is not right yet)\n"
    )
    with_wrong_accuracy(kit)
    kit.pytest("exercises/ex01_metrics")
    assert kit.grader("hint", "1", "2").stdout.startswith(
        "ex01 accuracy, hint 2 of 3: where to look (the first task that is wrong)\n"
    )
    kit.solve(EX01)
    kit.pytest("exercises/ex01_metrics")
    assert kit.grader("hint", "ex01").stderr.startswith("error: all tasks of ex01 are right; ")


def test_a_hint_on_an_exercise_by_its_name_without_the_number(kit: StudentKit):
    assert kit.grader("hint", "perceptron").stdout.startswith("ex04 sgn, hint 1 of 3: the idea (the first task ")


def test_a_file_that_cannot_be_imported_is_what_to_mend_first(kit: StudentKit):
    """It was a hint on the first task, "(the first task that is wrong)"."""
    kit.solve(EX01)
    kit.pytest("exercises/ex01_metrics")
    right = kit.file(EX01).read_text(encoding="utf-8")
    after = "; put that right first, then run 'pytest exercises/ex01_metrics'\n"
    kit.file(EX01).write_text("def recall(:\n", encoding="utf-8")
    assert kit.grader("hint", "ex01").stderr == f"error: metrics.py, line 1: invalid syntax{after}"
    assert re.search(r"9 right .*\n +metrics.py, line 1: invalid syntax\n", kit.grader("status").stdout)
    kit.file(EX01).write_text("import numpy\nnump.ones(3)\n", encoding="utf-8")
    kit.pytest("exercises/ex01_metrics")
    problem = "metrics.py, line 2: NameError: name 'nump' is not defined"
    assert kit.grader("hint", "ex01").stderr == f"error: {problem}{after}"
    assert re.search(f"9 broken .*\n +{problem}\n", kit.grader("status").stdout)
    assert "Idea of recall." in kit.grader("hint", "recall").stdout
    kit.file(EX01).write_text(right, encoding="utf-8")
    kit.pytest("exercises/ex01_metrics", "-k", "accuracy")
    assert "broken" not in kit.grader("status").stdout
    assert kit.grader("hint", "ex01").stdout.startswith("ex01 confusion_matrix, hint 1 of 3")


def test_hints_below_a_test_fit_the_terminal(kit: StudentKit):
    kit.solve(EX01)
    with kit.file(EX01).open("a", encoding="utf-8") as file:
        file.write("\n\nrecall = precision\n")
    shown = kit.pytest("exercises/ex01_metrics", "-k", "recall", COLUMNS="60").stdout
    _, _, hint = shown.partition("  hint      ")
    assert hint
    lines = ("  hint      " + hint).partition("\n_")[0].partition("\n=")[0].splitlines()
    assert 50 < max(map(len, lines)) <= 60


def test_hints_fit_the_terminal_and_leave_tables_alone(kit: StudentKit):
    table = "    " + "1 2 3 " * 20
    hints = kit.root / "exercises" / "ex01_metrics" / "hints.toml"
    text = hints.read_text(encoding="utf-8")
    hints.write_text(text.replace("Idea of recall.", "word " * 60).replace("    1 + 1 = 2", table), encoding="utf-8")
    lines = kit.grader("hint", "recall", COLUMNS="50").stdout.splitlines()
    assert max(map(len, lines[2:-2])) <= 50
    for _ in range(2):
        last = kit.grader("hint", "recall", COLUMNS="50").stdout
    assert table.rstrip() in last


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["reacll"], "no exercise has a task 'reacll': did you mean 'recall'?"),
        (["ex01", "acuracy"], "ex01_metrics has no task 'acuracy': did you mean 'accuracy'?"),
        (["quantum"], "no exercise has a task 'quantum'; 'grader status ex01' lists the tasks of an exercise"),
        (["ex01", "train"], "ex01_metrics has no task 'train'; its tasks are confusion_matrix, "),
        (["ex09", "train"], "there is no exercise 'ex09'; choose from ex01_metrics, ex04_perceptron"),
        (["ex99"], "there is no exercise 'ex99'; choose from ex01_metrics, ex04_perceptron"),
        (["ex01", "f1"], "ex01_metrics has no task 'f1': did you mean 'f1_score'?"),
        (["percepton"], "no exercise has a task 'percepton': did you mean 'perceptron'?"),
        (["entropy"], "no exercise has a task 'entropy': did you mean "),
        (["ex01", "recall", "please"], "give a task, such as 'precision' or 'ex01 precision'"),
    ],
)
def test_a_hint_on_nothing_is_one_line(kit: StudentKit, words: list[str], error: str):
    done = kit.grader("hint", *words)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {error}")
    assert len(done.stderr.splitlines()) == 1


def test_a_task_of_two_exercises_asks_for_one(grader):
    done = grader("hint", "capstone")
    assert done.returncode == 2
    assert "'capstone' is a task of several exercises: ask for 'ex09 capstone' or 'ex11 capstone'" in done.stderr

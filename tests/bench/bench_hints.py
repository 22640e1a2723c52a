"""How often the hint is right when there are two mistakes in a task. It judges nothing.

    tox -e bench-hints
    tox -e bench-hints -- ex01 ex05 --pairs 40 --graded

Pairs are put together by their effects (`tests/support/two_mistakes.py`). Counted are those that come out otherwise
than with either mistake alone, so that the tests see both, and of which one at least is recognised alone. *right*: a
hint of one of the two; *wrong*: a hint of neither. With `--graded` the same for graded runs: there a hint may be right
because one of the mistakes hides the other.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from support.two_mistakes import both, pairs_of

from grader.class_run.pool import LaneSettings, run_jobs
from grader.grading.job import Job
from grader.grading.result import Result
from grader.hints.known_mistakes import hints_for, read_known_mistakes
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, find_exercise
from grader.misconceptions.known_mistakes_file import attempts_of
from grader.misconceptions.reading import Misconception, read_misconceptions, submission_with
from grader.wall import sandbox

Pairs = dict[Misconception, tuple[Misconception, Misconception]]
Hints = Callable[[Misconception], set[str]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", nargs="*", default=["ex01", "ex02", "ex03", "ex05", "ex06"])
    parser.add_argument("--pairs", type=int, default=200, help="at most so many of an exercise, drawn by chance")
    parser.add_argument("--graded", action="store_true", help="graded runs in place of students' own")
    arguments = parser.parse_args()
    table = Table(title="hints of a " + ("graded run" if arguments.graded else "student's own run"))
    for column in ("exercise", "alone", "right", "pairs", "right", "wrong", "none"):
        table.add_column(column, justify="left" if column == "exercise" else "right")
    together = [0] * 6
    for exercise in map(find_exercise, arguments.exercises):
        drawn = list(pairs_of(exercise))
        random.Random(1).shuffle(drawn)
        pairs = {both(exercise, *pair): pair for pair in drawn[: arguments.pairs]}
        figures = (graded if arguments.graded else own_run)(exercise, pairs)
        together = [before + figure for before, figure in zip(together, figures, strict=True)]
        table.add_row(exercise.number, *map(str, figures))
    table.add_section()
    table.add_row("together", *map(str, together))
    Console(width=120).print(table)
    pairs_seen, right, wrong = together[2:5]
    print(f"of {pairs_seen} pairs {right / pairs_seen:.1%} have a right hint, {wrong / pairs_seen:.1%} a wrong one")


def own_run(exercise: Exercise, pairs: Pairs) -> tuple[int, ...]:
    """Return how many misconceptions there are, how many of them have their hint, and of how many pairs it is what."""
    alone, known = read_misconceptions(exercise), read_known_mistakes(exercise)
    assert known is not None
    attempts = attempts_of(exercise, [*alone, *pairs])

    def hints(wrong: Misconception) -> set[str]:
        by_test = hints_for(known.mistakes, wrong.task, attempts[wrong])
        return {hint for hints in by_test.values() for hint in hints}

    seen = {
        wrong: pair
        for wrong, pair in pairs.items()
        if not all(attempt.passed for attempt in attempts[wrong].values())
        and all(attempts[wrong] != attempts[one] for one in pair)
    }
    return figures(alone, seen, hints)


def graded(exercise: Exercise, pairs: Pairs) -> tuple[int, ...]:
    """As `own_run`, of graded runs without training, and of all pairs."""
    alone = read_misconceptions(exercise)
    sources = {wrong.name: submission_with(exercise, wrong).encode() for wrong in [*alone, *pairs]}
    jobs = [
        Job(student=name, exercise=exercise, source=source, course_key=b"a key", quick_for="-")
        for name, source in sources.items()
    ]
    with tempfile.TemporaryDirectory() as bytecode:
        settings = LaneSettings(sandbox.choose(), (), Path(bytecode))
        results = {result.student: result for result in run_jobs(jobs, 1, settings, give_up)}

    return figures(alone, pairs, lambda wrong: {known.hint for known in results[wrong.name].recognised})


def figures(alone: list[Misconception], pairs: Pairs, hints: Hints) -> tuple[int, ...]:
    recognised = {wrong for wrong in alone if wrong.hint in hints(wrong)}
    counted = {wrong: {one.hint for one in pair} for wrong, pair in pairs.items() if recognised & set(pair)}
    right = sum(bool(hints(wrong) & own) for wrong, own in counted.items())
    wrong_ones = sum(bool(hints(wrong) - own) for wrong, own in counted.items())
    none = sum(not hints(wrong) for wrong in counted)
    return len(alone), len(recognised), len(counted), right, wrong_ones, none


def give_up(job: Job) -> Result:
    raise GraderError(f"{job.student} killed two lanes")


if __name__ == "__main__":
    main()

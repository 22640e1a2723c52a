"""Makes `known_mistakes.toml` of an exercise: the visible tests, run with every misconception as the student."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import tomli_w

from grader.hints.known_mistakes import Attempt, KnownMistake, hints_for, name_of
from grader.kit.exercise import Exercise
from grader.misconceptions.reading import Misconception, read_misconceptions, submission_with
from grader.misconceptions.visible_tests import TriedFile, VisibleRun, run_visible_tests, salt_of

HEADER = "# Made by `grader hints` from wrong implementations; do not edit.\n"
# Answers that come from no computation: a hint that one of them would get says nothing.
NOTHING_DONE = (
    "None", "0", "1", "0.0", "1.0", "0.5", "-1", "True", "False", "[]", "()", "{}", "''", "args[0]", "args[-1]",
    "args[0] * 0", "args[:2]", "_fail(ValueError)", "_fail(TypeError)", "_fail(KeyError)", "_fail(IndexError)",
    "_fail(NameError)", "_fail(AttributeError)",
)  # fmt: skip


@dataclass(frozen=True)
class HintFile:
    """What an exercise's file should hold, and how many misconceptions it can recognise out of how many."""

    path: Path
    text: str
    recognised: int
    misconceptions: int

    @property
    def up_to_date(self) -> bool:
        return self.path.exists() and self.path.read_text(encoding="utf-8") == self.text


Attempts = dict[str, Attempt]  # by the name of the test


def make_hint_file(exercise: Exercise) -> HintFile:
    """Run the visible tests of `exercise` with every misconception.

    Raises:
        GraderError: the tests could not be run.
    """
    wrongs, nothing_done = read_misconceptions(exercise), list(_nothing_done(exercise))
    attempts = attempts_of(exercise, [*wrongs, *nothing_done])
    of_nobody = {attempt.digest for nothing in nothing_done for attempt in attempts[nothing].values()}
    found = {
        wrong: _known(wrong, attempts[wrong], of_nobody)
        for wrong in wrongs
        if any(attempt.digest for attempt in attempts[wrong].values())
    }

    def hints(wrong: Misconception) -> set[str]:
        by_test = hints_for(found.values(), wrong.task, attempts[wrong])
        return {hint for hints in by_test.values() for hint in hints}

    for nothing in nothing_done:
        while said := hints(nothing):
            found = {wrong: mistake for wrong, mistake in found.items() if mistake.hint not in said}
    table = {"salt": salt_of(exercise), "mistakes": [asdict(mistake) for mistake in found.values()]}
    recognised = sum(wrong.hint in hints(wrong) for wrong in found)
    return HintFile(exercise.known_mistakes, HEADER + tomli_w.dumps(table), recognised, len(wrongs))


def _known(wrong: Misconception, attempts: Attempts, of_nobody: set[str]) -> KnownMistake:
    """Return what is known of `wrong`; `of_nobody` are the digests of answers without work."""
    tests = {name: attempt.digest for name, attempt in attempts.items() if not attempt.passed}
    unsure = [name for name, digest in tests.items() if digest and digest in of_nobody]
    return KnownMistake(wrong.task, wrong.hint, tests, unsure)


def attempts_of(exercise: Exercise, wrongs: list[Misconception]) -> dict[Misconception, Attempts]:
    """Return what becomes of the visible tests of its task with each of `wrongs`, those that train networks aside."""
    by_key = {str(number): wrong for number, wrong in enumerate(wrongs)}
    processors = len(os.sched_getaffinity(0))
    files = [_tried(exercise, key, wrong) for key, wrong in by_key.items()]
    return {by_key[file.key]: _attempts(run) for file, run in run_visible_tests(exercise, files, processors)}


def _tried(exercise: Exercise, key: str, wrong: Misconception) -> TriedFile:
    source = submission_with(exercise, wrong)
    return TriedFile(key, source, lambda test, trains: test.task == wrong.task and not trains)


def _attempts(run: VisibleRun) -> Attempts:
    tests = {test.id: test for test in run.plan}
    return {
        name_of(tests[name]): Attempt(attempt.passed, tests[name].edge, attempt.digest)
        for name, attempt in run.attempts.items()
    }


def _nothing_done(exercise: Exercise) -> Iterator[Misconception]:
    for task in exercise.tasks:
        for answer in NOTHING_DONE:
            source = f"def _fail(error):\n    raise error\n\ndef {task.name}(*args, **kwargs):\n    return {answer}\n"
            yield Misconception(task.name, answer, "", source)

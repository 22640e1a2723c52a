"""Hints in a student's own run: which wrong answers are known, and what helps whoever gave them.

`known_mistakes.toml` of an exercise is made by `grader hints`: for every misconception the visible tests that
it fails, each with a salted digest of what it answered there. No wrong code, no name, no answer can be read from it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from grader.hints.outline import Outline, digest, outline, raised, tells_something
from grader.kit.exercise import Exercise
from grader.testing.scoring import PlannedTest

if TYPE_CHECKING:
    from grader.testing.student import Call

T = TypeVar("T", bound=Hashable)
UNKNOWN = ""  # instead of a digest: it fails, and what came back says nothing or is not the same everywhere


@dataclass(frozen=True)
class KnownMistake:
    """The visible tests that a misconception fails, by name, each with its digest or `UNKNOWN`.

    In those of `unsure` somebody who computes nothing answers the same: they prove nothing alone.
    """

    task: str
    hint: str
    tests: Mapping[str, str]
    unsure: Collection[str] = ()


@dataclass(frozen=True)
class Attempt:
    """What became of one visible test that ran: `digest` is of what came back when it failed."""

    passed: bool
    edge: bool
    digest: str = UNKNOWN


@dataclass(frozen=True)
class KnownMistakes:
    """The contents of an exercise's file."""

    salt: str
    mistakes: tuple[KnownMistake, ...]


def name_of(test: PlannedTest) -> str:
    """Return the name of a test within its file, with the values that it is run for."""
    return test.id.partition("::")[2]


@cache
def read_known_mistakes(exercise: Exercise) -> KnownMistakes | None:
    """Return what is known of `exercise`; None when nothing is."""
    path = exercise.known_mistakes
    if not path.exists():
        return None
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return KnownMistakes(table["salt"], tuple(KnownMistake(**mistake) for mistake in table["mistakes"]))


def digest_of_calls(exercise: Exercise, salt: str, test: PlannedTest, calls: list[Call]) -> str:
    """Return the digest of what the task's function answered in `test`; `UNKNOWN` when that tells nothing."""
    own = [call for call in calls if call.name == test.task]
    outlines = [raised(call.raised) if call.raised else _without_own_state(outline(call.returned)) for call in own]
    if not any(map(tells_something, outlines)) and not any(call.raised for call in own):
        return UNKNOWN
    return digest(salt, [test.task, name_of(test)], outlines, coarse=exercise.needs == "keras")


def hints_for(known: Collection[KnownMistake], task: str, attempts: Mapping[str, Attempt]) -> dict[str, list[str]]:
    """Return the hints for the failed tests of `task`, by test. `attempts` are its tests that ran."""
    mistakes = {id(mistake): mistake for mistake in known if mistake.task == task}
    failed = {name for name, attempt in attempts.items() if not attempt.passed}
    main = {name for name in failed if not attempts[name].edge}
    explained = told_apart(
        {key: _explained(mistake, attempts, failed) for key, mistake in mistakes.items()},
        {key: mistake.hint for key, mistake in mistakes.items()},
    )
    sure = {key for key in explained if (_answered_alike(mistakes[key], attempts) - set(mistakes[key].unsure)) & main}
    chosen = choose_explanations(explained, failed, main, sure)
    return {name: [mistakes[key].hint for key in chosen if name in explained[key]] for name in failed}


def choose_explanations(
    explained: Mapping[T, set[str]], failed: Collection[str], main: Collection[str], sure: Collection[T]
) -> list[T]:
    """One that explains all `main` tests that failed, the one that explains most; then others for what is left.

    Where none explains all of them there are two mistakes or more, and those in `sure` are enough for some.
    """
    whole = {key for key, tests in explained.items() if tests and set(main) <= tests}
    pool = whole or set(sure)
    left = set(failed)
    chosen: list[T] = []
    while able := [key for key in explained if key in pool and explained[key] & left]:
        chosen.append(max(able, key=lambda key: len(explained[key] & left)))
        left -= explained[chosen[-1]]
        pool = set(explained) if whole else pool
    return chosen


def told_apart(explained: Mapping[T, set[str]], hints: Mapping[T, str]) -> dict[T, set[str]]:
    """Leave out what explains the same tests as something with another hint: no hint is better than a wrong one."""
    said: dict[frozenset[str], set[str]] = {}
    for key, tests in explained.items():
        said.setdefault(frozenset(tests), set()).add(hints[key])
    return {key: tests for key, tests in explained.items() if len(said[frozenset(tests)]) == 1}


def _explained(mistake: KnownMistake, attempts: Mapping[str, Attempt], failed: set[str]) -> set[str]:
    """Return the failed tests in which the same came back; none when the mistake fails a test that passed here."""
    if any(name in attempts and attempts[name].passed for name in mistake.tests):
        return set()
    known = _answered_alike(mistake, attempts)
    unknown = {name for name in failed if mistake.tests.get(name) == UNKNOWN}
    return known | unknown if known else set()


def _answered_alike(mistake: KnownMistake, attempts: Mapping[str, Attempt]) -> set[str]:
    """Return the tests in which the same came back as from the mistake."""
    return {
        name
        for name, digest in mistake.tests.items()
        if digest and name in attempts and digest == attempts[name].digest
    }


def _without_own_state(part: Outline) -> Outline:
    """Leave out what comes second in a tuple (a cache, an optimizer's state): everybody stores it in their own way."""
    if part[0] != "list" or len(part) < 3:
        return part
    return Outline((*part[:2], *(item if item[0] == "array" else ("own",) for item in part[2:])))

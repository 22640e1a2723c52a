"""Which of a student's own functions to mend first: one that is wrong spoils every test that uses it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.testing.own_functions import OwnFunction, own_functions, used_by


@dataclass(frozen=True)
class FailedTest:
    """The task of a test that failed, and the functions that the test itself has called."""

    task: str
    called: Collection[str]


def begin_with(path: Path, failed: Mapping[str, FailedTest]) -> dict[str, str]:
    """Return, for each test in `failed` that uses another task which fails by itself too, a line that says so.

    `path` is the student's file, which says what uses what. A task fails by itself where one of its failed tests uses
    no other task that fails.
    """
    functions = own_functions(path)
    tasks = {test.task for test in failed.values()}
    others = {name: [one for one in _used_in(test, functions) if one in tasks] for name, test in failed.items()}
    by_themselves = {failed[name].task for name, used in others.items() if not used}
    told = {}
    for name, test in failed.items():
        first = next((one for one in others[name] if one in by_themselves), "")
        if first:
            user = test.task if first in used_by(test.task, functions) else "this test"
            told[name] = f"put {first} right: {user} uses it, and the tests of {first} fail"
    return told


def _used_in(test: FailedTest, functions: dict[str, OwnFunction]) -> list[str]:
    """Return the functions beside its task that a test uses, nearest first."""
    roots = [test.task, *test.called]
    used = [*roots, *(other for name in roots for other in used_by(name, functions))]
    return [name for name in dict.fromkeys(used) if name != test.task]

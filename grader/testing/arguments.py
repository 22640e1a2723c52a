"""No function modifies an argument: a test that every task has, visible and hidden, without anybody writing it.

The student's process compares arguments before and after every call (`grader.testing.copies`, and behind the wall
`grader.wall.server`). Only plain data counts: arrays, and lists, tuples, dicts and sets of them. A generator of random
numbers is there to be drawn from, a Keras model to be trained; objects of the student's own are the student's own, and
so is what `may_change` in the exercise's manifest names.
"""

import ast
from collections.abc import Callable
from typing import Any

from grader.kit.exercise import Exercise
from grader.testing.session import Session
from grader.testing.verdict import PlannedTest, Status, Verdict


class AsTheOthers(Exception):
    """There is nothing to look at: the verdict is that of the other tests of the task."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.message)
        self.verdict = verdict


def name_of_check(task: str) -> str:
    """Return the name of the test of a task that looks at arguments."""
    return f"test_{task}_changes_no_argument"


def is_check_of_arguments(test: PlannedTest) -> bool:
    return test.id.endswith(f"::{name_of_check(test.task)}")


def check_of_arguments(session: Session, exercise: Exercise, task: str) -> Callable[[Any], None]:
    """Return the last test of a task: whether a call of its function, in any test before, has changed an argument."""

    def check(student: Any) -> None:
        """No argument is changed"""
        found = [session.verdicts.get(test.id) for test in session.plan[exercise.name] if test.task == task]
        failed = [verdict for verdict in found if verdict is not None and verdict.status != Status.PASSED]
        if failed and student.never_answered(task):
            raise AsTheOthers(failed[0])
        for function, place in student.changes:
            name = _parameter(exercise, function, place)
            if function == task and name not in exercise.may_change:
                raise AssertionError(f"{function} changed its argument {name}: work on a copy")

    return check


def _parameter(exercise: Exercise, function: str, place: int | str) -> str:
    """Return the name of an argument as the stub has it."""
    if isinstance(place, str):
        return place
    for node in ast.walk(ast.parse(exercise.stub.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            if place < len(names):
                return names[place]
            if node.args.vararg:
                return node.args.vararg.arg
    return f"number {place + 1}"

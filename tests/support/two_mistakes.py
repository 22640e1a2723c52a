"""A student's file with two misconceptions of one task at once.

People write a misconception as a whole function, so that the texts of two cannot be put together. Their effects can: of
every call, what only one of them changes is changed as it does, number by number, and where both change a number the
changes add up. Where that is not possible (an exception, another shape) the first one decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from grader.kit.exercise import Exercise
from grader.misconceptions.reading import Misconception, read_misconceptions, submission_with

TOGETHER = """
import copy as _copy

import numpy as _np


def _names(source):
    names = {"__name__": __name__}
    exec(source, names)
    return names


def _outcome(function, args, kwargs):
    try:
        return function(*_copy.deepcopy(args), **_copy.deepcopy(kwargs)), None
    except Exception as error:
        return None, error


def _answer_of(right, first, second):
    def answer(*args, **kwargs):
        outcomes = [_outcome(function, args, kwargs) for function in (right, first, second)]
        (answered, refused), *wrong = outcomes
        if refused is not None:  # it is a mistake to answer, or to refuse in another way
            value, error = next((one for one in wrong if type(one[1]) is not type(refused)), (None, refused))
            if error is not None:
                raise error
            return value
        for _, error in wrong:
            if error is not None:
                raise error
        return _added(answered, wrong[0][0], wrong[1][0])

    return answer


def _added(right, first, second):
    if type(right) is type(first) is type(second) and isinstance(right, (list, tuple)):
        if len(right) == len(first) == len(second):
            return type(right)(map(_added, right, first, second))
    try:
        arrays = [_np.asarray(answer) for answer in (right, first, second)]
        alike = arrays[0].shape == arrays[1].shape and arrays[0].dtype.kind == arrays[1].dtype.kind
    except Exception:
        return first
    if len({array.shape for array in arrays}) == 1 and all(array.dtype.kind in "biuf" for array in arrays):
        r, f, s = arrays
        with _np.errstate(all="ignore"):
            both = _np.where(f == r, s, _np.where(s == r, f, f + (s.astype(float) - r)))
        both = both.astype(f.dtype) if f.dtype.kind == s.dtype.kind else both
        return both if isinstance(first, _np.ndarray) else both.tolist()
    return second if alike and _np.array_equal(arrays[0], arrays[1]) else first
"""


def pairs_of(exercise: Exercise) -> Iterator[tuple[Misconception, Misconception]]:
    """Every two misconceptions of a task that is a function."""
    solution = exercise.solution.read_text(encoding="utf-8")
    for first, second in combinations(read_misconceptions(exercise), 2):
        if first.task == second.task and f"\ndef {first.task}(" in solution:
            yield first, second


def both(exercise: Exercise, first: Misconception, second: Misconception) -> Misconception:
    """Return the two as one, with the name of both."""
    sources = [exercise.solution.read_text(encoding="utf-8"), *(submission_with(exercise, w) for w in (first, second))]
    functions = ", ".join(f"_names({source!r})[{first.task!r}]" for source in sources)
    source = f"{TOGETHER}\n\n{first.task} = _answer_of({functions})\n"
    return Misconception(first.task, f"{first.name} and {second.name}", "", source)

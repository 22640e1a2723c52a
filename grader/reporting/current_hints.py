"""The hints of recognised misconceptions in today's words: a record keeps those of the day when it was made.

A changed hint is no reason to grade again, and a page is made of the kit as it is.
"""

from functools import cache

from grader.kit.exercise import load_catalog
from grader.misconceptions.reading import read_misconceptions
from grader.misconceptions.recognise import Recognised


def current_hint(exercise: str, known: Recognised) -> str:
    """Return the hint of a misconception as the kit has it; as it was recorded, where the kit has it no more."""
    return _hints(exercise).get((known.task, known.name)) or known.hint


@cache
def _hints(exercise: str) -> dict[tuple[str, str], str]:
    found = load_catalog().get(exercise)
    return {(wrong.task, wrong.name): wrong.hint for wrong in read_misconceptions(found)} if found else {}

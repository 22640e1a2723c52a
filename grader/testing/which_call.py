"""Which of a test's calls a value belongs to: it is what the call returned, a part of that, or a view of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.testing.shown import is_of, shorten
from grader.testing.student import Call

MAX_DEPTH = 3  # of containers in a result


@dataclass(frozen=True)
class Found:
    """The call, and where in its result the value is: `[1][0]`; the result itself is ``."""

    call: Call
    part: str


def find_call(value: Any, calls: Sequence[Call]) -> Found | None:
    """Return the call that `value` came from; None when it cannot be told, as of a number that the test computed."""
    found = [Found(call, part) for call in calls if call.finished and (part := _part(value, call.returned)) is not None]
    # Small numbers are the same object wherever they come from: then it is most likely the last call's.
    if found and (len(found) == 1 or found[-1].call is calls[-1]):
        return found[-1]
    return None


def _part(value: Any, result: Any, depth: int = 0) -> str | None:
    if value is result or _is_view(value, result):
        return ""
    if depth == MAX_DEPTH or not isinstance(result, list | tuple | dict):
        return None
    for key, item in result.items() if isinstance(result, dict) else enumerate(result):
        part = _part(value, item, depth + 1)
        if part is not None:
            return f"[{shorten(key)}]{part}"
    return None


def _is_view(value: Any, result: Any) -> bool:
    if not is_of(value, "numpy", "ndarray") or not is_of(result, "numpy", "ndarray"):
        return False
    base = value.base
    while base is not None and base is not result:
        base = getattr(base, "base", None)
    return base is result

"""How a result differs from what a plain `==` asks for: text, lists, dictionaries, sets and what is made of them.

For a student's own run only: a difference holds values.
"""

from collections.abc import Mapping, Set
from itertools import zip_longest
from typing import Any

from grader.testing.shown import shorten, with_article

WIDTH = 40  # of a value in a sentence
AROUND = 12  # characters of a text that are shown on each side of the first difference
MOST_NAMED = 3  # keys or elements
MISSING = object()


def difference(actual: Any, expected: Any) -> tuple[str, str]:
    """Return what is wrong with `actual`, and where: a kind and a place."""
    try:
        return _difference(actual, expected)
    except Exception:  # a student's object may refuse to be compared
        return "wrong value", ""


def _difference(actual: Any, expected: Any) -> tuple[str, str]:
    if actual is None:
        return "nothing was returned (is there a return?)", ""
    for kind, name, compare in _KINDS:
        if isinstance(expected, kind):
            if not isinstance(actual, kind):
                return f"{with_article(type(actual).__name__)} where {name} is expected", ""
            return compare(actual, expected)
    return "wrong value", ""


def _text(actual: str, expected: str) -> tuple[str, str]:
    at = next((at for at, (a, b) in enumerate(zip(actual, expected, strict=False)) if a != b), None)
    if at is None:
        at = min(len(actual), len(expected))
        what = "too short" if len(actual) < len(expected) else "too long"
        place = f"the same up to character {at}, and {what}: {len(actual)} characters in place of {len(expected)}"
    else:
        place = f"first different at character {at} (from 0): {actual[at]!r} instead of {expected[at]!r}"
    if max(len(actual), len(expected)) > WIDTH:
        place += f", in {_cut(actual, at)} instead of {_cut(expected, at)}"
    return "wrong text", place


def _cut(text: str, at: int) -> str:
    first, last = max(0, at - AROUND), at + AROUND
    return repr("..." * (first > 0) + text[first:last] + "..." * (last < len(text)))


def _mapping(actual: Mapping[Any, Any], expected: Mapping[Any, Any]) -> tuple[str, str]:
    missing = [key for key in expected if key not in actual]
    extra = [key for key in actual if key not in expected]
    wrong = [key for key in expected if key in actual and actual[key] != expected[key]]
    parts = [f"missing: {_some(missing)}"] if missing else []
    parts += [f"too many: {_some(extra)}"] if extra else []
    if wrong:
        first = wrong[0]
        told = f"{shorten(actual[first], WIDTH)} instead of {shorten(expected[first], WIDTH)}"
        parts.append(f"wrong for {_some(wrong)}: {told}" + (f" for {shorten(first, WIDTH)}" if wrong[1:] else ""))
    return ("wrong keys" if missing or extra else "wrong values"), "; ".join(parts)


def _set(actual: Set[Any], expected: Set[Any]) -> tuple[str, str]:
    missing, extra = sorted(expected - actual, key=repr), sorted(actual - expected, key=repr)
    parts = [f"missing: {_some(missing)}"] if missing else []
    parts += [f"too many: {_some(extra)}"] if extra else []
    return "wrong elements", "; ".join(parts)


def _sequence(actual: Any, expected: Any) -> tuple[str, str]:
    pairs = enumerate(zip_longest(actual, expected, fillvalue=MISSING))
    at, ours, right = next(((at, a, b) for at, (a, b) in pairs if a is MISSING or b is MISSING or a != b),
                           (0, MISSING, MISSING))  # fmt: skip
    if ours is MISSING and right is MISSING:  # the elements are equal: a tuple for a list
        return f"a {type(actual).__name__} where a {type(expected).__name__} is expected", ""
    lengths = f"{len(actual)} elements in place of {len(expected)}" if len(actual) != len(expected) else ""
    if ours is MISSING or right is MISSING:
        end = f"missing at [{at}]: {shorten(right, WIDTH)}" if ours is MISSING else (
            f"too many, from [{at}]: {shorten(ours, WIDTH)}")  # fmt: skip
        return "wrong number of elements", f"{lengths}; {end}"
    told = f"first different at [{at}]: {shorten(ours, WIDTH)} instead of {shorten(right, WIDTH)}"
    return ("wrong number of elements", f"{lengths}; {told}") if lengths else ("wrong values", told)


def _some(keys: list[Any]) -> str:
    named = ", ".join(shorten(key, WIDTH) for key in keys[:MOST_NAMED])
    return named + (f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else "")


_KINDS: tuple[tuple[Any, str, Any], ...] = (
    (str, "text", _text),
    (Mapping, "a dict", _mapping),
    (Set, "a set", _set),
    (list | tuple, "a list", _sequence),
)

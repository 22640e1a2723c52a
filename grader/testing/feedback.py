"""What went wrong in one test, in words for the student (in full) or for the record (kinds only, no hidden values)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pytest

from grader.kit.source_text import with_python_needed
from grader.testing.library_errors import reason_in
from grader.testing.origin import Origin
from grader.testing.shown import shorten
from grader.testing.student import Call
from grader.testing.verdict import Cause, Status, Verdict
from grader.testing.which_call import find_call

WIDEST, NARROWEST = 100, 40  # columns
INDENT = " " * 12  # below the words on the left
MOST_CALLS = 3  # that are shown where it is not known which one matters
# What Python says of what a sandbox refuses.
REFUSALS = ("PermissionError", "Operation not permitted", "Permission denied", "BlockingIOError")


@dataclass(frozen=True)
class Mismatch:
    """A failed comparison: the two values, a kind of difference that holds no value, and where it is."""

    actual: Any
    expected: Any
    problem: str
    detail: str
    strict: bool = True  # with `close` or `exactly`, whose problem says more than the test's own words


@dataclass(frozen=True)
class Failure:
    """What a test that did not pass has called, whether an assertion failed, and the comparison in it, if one did.

    `line` is the test's own last statement, where it has called no function.
    """

    calls: list[Call]
    asserted: bool
    mismatch: Mismatch | None
    line: str = ""


def judge(error: BaseException, origin: Origin, mismatch: Mismatch | None, reveal: bool = True) -> Verdict:
    """Return the verdict of a test that ended with `error`, which comes from `origin`.

    Without `reveal`, a bare `assert a == b` does not show its values.
    """
    if is_to_do(error, origin):
        if origin.inner and reveal:
            return Verdict(Status.FAILED, f"{origin.inner} is {Status.TODO.word} ({origin.place})")
        return Verdict(Status.TODO, Status.TODO.word)
    if origin.cause:
        if origin.at_import:
            return Verdict(Status.ERROR, with_python_needed(str(error)), origin.cause)
        return Verdict(Status.FAILED, str(error), origin.cause)
    if isinstance(error, AssertionError):
        return Verdict(Status.FAILED, _assertion(error, mismatch, reveal))
    if isinstance(error, pytest.fail.Exception):
        return Verdict(Status.FAILED, _did_not_raise(str(error)))
    message = _raised(error, origin, reveal)
    refused = any(words in message for words in REFUSALS)
    return Verdict(Status.FAILED, message, Cause.REFUSED if refused else Cause.NONE)


def to_text(verdict: Verdict, title: str, failure: Failure, columns: int) -> str:
    """Return the feedback that a student reads: what was called, what came back, what was expected, why."""
    calls = failure.calls if verdict.status not in (Status.TODO, Status.ERROR) else []
    mismatch = failure.mismatch
    found = find_call(mismatch.actual, calls) if mismatch is not None else None
    lines = [
        title,
        *(_below("test", failure.line, columns) if failure.line and verdict.status == Status.FAILED else []),
    ]
    if found is not None:
        lines += _one_call(found.call, columns)
    elif len(calls) == 1 or (calls and not failure.asserted):
        lines += _one_call(calls[-1], columns)  # it has raised, or should have
    else:
        lines += _several_calls(calls, columns)
    if mismatch is not None:
        if found is None and [shorten(mismatch.actual)] != [shorten(call.returned) for call in calls]:
            lines += _below("checked", shorten(mismatch.actual) + " (made of it by the test)" * bool(calls), columns)
        elif found is not None and found.part:
            lines += _below("checked", f"returned{found.part}: {shorten(mismatch.actual)}", columns)
        lines += _below("expected", shorten(mismatch.expected), columns)
    lines += _below("problem", verdict.message, columns)
    if mismatch is not None and mismatch.detail:
        lines += _below("", mismatch.detail, columns)
    return "\n".join(lines)


def hint_to_text(hint: str, columns: int, word: str = "hint") -> str:
    """Return a hint, or what `word` says that it is, below the feedback on a test."""
    return "\n".join(_below(word, hint, columns))


def _below(word: str, text: str, columns: int) -> list[str]:
    """Return a line that begins with `word`, and its further lines where it is wider than the terminal."""
    width = max(NARROWEST, min(WIDEST, columns))
    first = f"  {word:<10}"
    return wrap(text, width, initial_indent=first, subsequent_indent=INDENT, break_long_words=False,
                break_on_hyphens=False) or [first.rstrip()]  # fmt: skip


def _one_call(call: Call, columns: int) -> list[str]:
    returned = _below("returned", shorten(call.returned), columns) if call.finished else []
    return _below("called", call.describe(), columns) + returned


def _several_calls(calls: Sequence[Call], columns: int) -> list[str]:
    """Return the first calls with what came of each: which of them matters is not known."""
    lines: list[str] = []
    for number, call in enumerate(calls[:MOST_CALLS]):
        came = f" -> {shorten(call.returned, 70)}" if call.finished else ""
        lines += _below("" if number else "called", call.describe() + came, columns)
    left = len(calls) - MOST_CALLS
    return lines + (_below("", f"and {left} more {'call' if left == 1 else 'calls'}", columns) if left > 0 else [])


def is_to_do(error: BaseException, origin: Origin) -> bool:
    """Whether the student's own code raised `NotImplementedError`: a stub that is not filled in."""
    return isinstance(error, NotImplementedError) and origin.own


def _assertion(error: AssertionError, mismatch: Mismatch | None, reveal: bool) -> str:
    """Return the author's message, without what pytest's assertion rewriting adds to it; or what a comparison found."""
    text = str(error).strip()
    if mismatch is not None and (mismatch.strict or text.startswith("assert ")):
        return mismatch.problem
    if text.startswith("assert ") and not reveal:
        return "the result is not what was asked for"
    message, _, _ = text.partition("\nassert ")
    first = message.removeprefix("assert ").strip().splitlines()
    return first[0] if first else "the result is not what was asked for"


def _did_not_raise(text: str) -> str:
    """Say in words what `pytest.raises` says: DID NOT RAISE ValueError, or DID NOT RAISE <class 'ValueError'>."""
    match = re.search(r"DID NOT RAISE .*?(\w+)'?>?$", text)
    return f"no {match[1]} was raised" if match else text


def _raised(error: BaseException, origin: Origin, reveal: bool) -> str:
    text = str(error) if origin.message is None else origin.message
    message = reason_in(text) if reveal else next(iter(text.strip().splitlines()), "")[:200]
    where = f" ({origin.place})" if origin.place else ""
    told = f"{origin.kind}{': ' + message if message else ''}{where}"
    return f"{told}; {origin.note}" if origin.note else told

"""What went wrong in one test, in words for the student (in full) or for the record (kinds only, no hidden values)."""

import re
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import pytest

from grader.kit.source_text import with_python_needed
from grader.testing.compare import Expected, shorten
from grader.testing.origin import Origin
from grader.testing.student import Call
from grader.testing.verdict import Cause, Status, Verdict

WIDEST = 100
# What Python says of what a sandbox refuses.
REFUSALS = ("PermissionError", "Operation not permitted", "Permission denied", "BlockingIOError")


@dataclass(frozen=True)
class Mismatch:
    """A failed comparison with `close` or `exactly`."""

    actual: Any
    expected: Expected


def judge(error: BaseException, origin: Origin, mismatch: Mismatch | None, reveal: bool = True) -> Verdict:
    """Return the verdict of a test that ended with `error`, which comes from `origin`.

    Without `reveal`, a bare `assert a == b` does not show its values.
    """
    if is_to_do(error, origin):
        return Verdict(Status.TODO, Status.TODO.word)
    if origin.cause:
        if origin.at_import:
            return Verdict(Status.ERROR, with_python_needed(str(error)), origin.cause)
        return Verdict(Status.FAILED, str(error), origin.cause)
    if isinstance(error, AssertionError):
        return Verdict(Status.FAILED, mismatch.expected.problem if mismatch else _assertion(error, reveal))
    if isinstance(error, pytest.fail.Exception):
        return Verdict(Status.FAILED, _did_not_raise(str(error)))
    message = _raised(error, origin)
    refused = any(words in message for words in REFUSALS)
    return Verdict(Status.FAILED, message, Cause.REFUSED if refused else Cause.NONE)


def to_text(verdict: Verdict, title: str, call: Call | None, mismatch: Mismatch | None) -> str:
    """Return the feedback that a student reads: what was called, what came back, what was expected, why."""
    lines = [title]
    if call is not None:
        lines.append(f"  called    {call.describe()}")
        if call.finished:
            lines.append(f"  returned  {shorten(call.returned)}")
    if mismatch is not None:
        if call is None or mismatch.actual is not call.returned:
            lines.append(f"  compared  {shorten(mismatch.actual)}")
        lines.append(f"  expected  {shorten(mismatch.expected.value)}")
    lines.append(f"  problem   {verdict.message}")
    if mismatch is not None and mismatch.expected.detail:
        lines.append(f"            {mismatch.expected.detail}")
    return "\n".join(lines)


def hint_to_text(hint: str, columns: int) -> str:
    """Return a hint below the feedback on a test, for a terminal of so many columns."""
    width = max(min(columns, WIDEST), 30)
    return "\n".join(wrap(hint, width, initial_indent="  hint      ", subsequent_indent=" " * 12))


def is_to_do(error: BaseException, origin: Origin) -> bool:
    """Whether the student's own code raised `NotImplementedError`: a stub that is not filled in."""
    return isinstance(error, NotImplementedError) and origin.own


def _assertion(error: AssertionError, reveal: bool) -> str:
    """Return the author's message, without what pytest's assertion rewriting adds to it."""
    text = str(error).strip()
    if text.startswith("assert ") and not reveal:
        return "the result is not what was asked for"
    message, _, _ = text.partition("\nassert ")
    first = message.removeprefix("assert ").strip().splitlines()
    return first[0] if first else "the result is not what was asked for"


def _did_not_raise(text: str) -> str:
    """Say in words what `pytest.raises` says: DID NOT RAISE ValueError, or DID NOT RAISE <class 'ValueError'>."""
    match = re.search(r"DID NOT RAISE .*?(\w+)'?>?$", text)
    return f"no {match[1]} was raised" if match else text


def _raised(error: BaseException, origin: Origin) -> str:
    text = str(error) if origin.message is None else origin.message
    message = text.strip().splitlines()
    where = f" ({origin.place})" if origin.place else ""
    return f"{origin.kind}{': ' + message[0][:200] if message else ''}{where}"

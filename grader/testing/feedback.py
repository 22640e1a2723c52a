"""What went wrong in one test, in words for the student (in full) or for the record (kinds only, no hidden values)."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Any

import pytest

from grader.testing.compare import Expected, shorten
from grader.testing.scoring import ERROR, FAILED, TODO, Verdict
from grader.testing.student import Call, MissingName, line_in_file

WIDTH = 100


@dataclass(frozen=True)
class Mismatch:
    """A failed comparison with `close` or `exactly`."""

    actual: Any
    expected: Expected


def judge(error: BaseException, filename: str, mismatch: Mismatch | None, reveal: bool = True) -> Verdict:
    """The verdict of a test that ended with `error`; `filename` is the student's file.

    Without `reveal`, a bare `assert a == b` does not show its values.
    """
    if is_to_do(error, filename):
        return Verdict(TODO, "to do")
    if getattr(error, "cannot_import", False):
        return Verdict(ERROR, str(error), getattr(error, "out_of_time", False))
    if isinstance(error, MissingName):
        return Verdict(FAILED, str(error))
    if isinstance(error, AssertionError):
        return Verdict(FAILED, mismatch.expected.problem if mismatch else _assertion(error, reveal))
    if isinstance(error, pytest.fail.Exception):
        return Verdict(FAILED, _did_not_raise(str(error)))
    if getattr(error, "stopped_by_the_wall", False):
        return Verdict(FAILED, str(error), getattr(error, "out_of_time", False))
    return Verdict(FAILED, _raised(error, filename))


def to_text(verdict: Verdict, title: str, call: Call | None, mismatch: Mismatch | None) -> str:
    """The feedback that a student reads: what was called, what came back, what was expected, why."""
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


def hint_to_text(hint: str) -> str:
    """A hint below the feedback on a test."""
    return "\n".join(wrap(hint, WIDTH, initial_indent="  hint      ", subsequent_indent=" " * 12))


def is_to_do(error: BaseException, filename: str) -> bool:
    """Whether the student's own code raised `NotImplementedError`: a stub that is not filled in."""
    if not isinstance(error, NotImplementedError):
        return False
    remote = getattr(error, "raised_by_student", None)
    if remote is not None:
        return bool(remote)
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).name == filename


def _assertion(error: AssertionError, reveal: bool) -> str:
    """The author's message, without what pytest's assertion rewriting adds to it."""
    text = str(error).strip()
    if text.startswith("assert ") and not reveal:
        return "the result is not what was asked for"
    message, _, _ = text.partition("\nassert ")
    first = message.removeprefix("assert ").strip().splitlines()
    return first[0] if first else "the result is not what was asked for"


def _did_not_raise(text: str) -> str:
    """What `pytest.raises` says, in words: it writes DID NOT RAISE ValueError or DID NOT RAISE <class 'ValueError'>."""
    match = re.search(r"DID NOT RAISE .*?(\w+)'?>?$", text)
    return f"no {match[1]} was raised" if match else text


def _raised(error: BaseException, filename: str) -> str:
    line = getattr(error, "student_line", None) or line_in_file(error, filename)
    place = getattr(error, "student_place", "") or (f"{filename}, line {line}" if line else "")
    where = f" ({place})" if place else ""
    message = str(error).strip().splitlines()
    kind = getattr(error, "student_type", type(error).__name__)
    return f"{kind}{': ' + message[0][:200] if message else ''}{where}"

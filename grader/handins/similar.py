"""Pairs of submissions that are suspiciously alike, for a person to judge; no score depends on it.

copydetect compares the sequence of tokens (winnowing, as MOSS does), so that other names and comments do not hide a
copy; what the stub says anyway is subtracted.
"""

import contextlib
import io
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.handins.cpu_limit import cpu_limit
from grader.handins.find import find_students
from grader.handins.reading import read_class
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.kit.handin_limits import COMPARING_CPU_SECONDS, MAX_COMPARED

NOISE_THRESHOLD = 25  # copies of fewer tokens are chance
GUARANTEE_THRESHOLD = 30  # copies of as many are found


@dataclass(frozen=True)
class Pair:
    """Two students whose files for one exercise share `share` of the shorter one's own code."""

    exercise: str
    first: str
    second: str
    share: float
    tokens: int


@dataclass(frozen=True)
class Compared:
    """What a comparison found, and the files that were compared with none, each with the reason."""

    pairs: list[Pair]
    left_out: list[str]


class _TooLong(Exception):
    """A file that takes too long to compare; the message says by what."""


def find_pairs(submissions: Path, exercises: list[Exercise], threshold: float) -> Compared:
    """All pairs that share at least `threshold` (0 to 1), the most alike first."""
    left_out: list[str] = []
    work = read_class(find_students(submissions), exercises, submissions)
    pairs: list[Pair] = []
    for exercise in exercises:
        found = {name: own.hand_ins[exercise.name] for name, own in work.items()}
        left_out += [f"{exercise.name}  {name}: {own.note}" for name, own in found.items() if own.note]
        sources = {name: own.source for name, own in found.items() if own.source}
        pairs += _pairs_of(exercise, sources, threshold, left_out)
    pairs.sort(key=lambda pair: (-pair.share, pair.exercise, pair.first, pair.second))
    return Compared(pairs, left_out)


def _pairs_of(exercise: Exercise, sources: dict[str, bytes], threshold: float, left_out: list[str]) -> list[Pair]:
    try:
        from copydetect import CodeFingerprint, compare_files
    except ImportError:
        raise GraderError("'grader similar' needs copydetect: pip install copydetect") from None
    window = GUARANTEE_THRESHOLD - NOISE_THRESHOLD + 1
    with _silence():
        stub = list(CodeFingerprint(str(exercise.stub), NOISE_THRESHOLD, window).hashes)
        prints = {}
        for name, source in sources.items():
            try:
                text = io.StringIO(_comparable(source))
                with cpu_limit(COMPARING_CPU_SECONDS, partial(_TooLong, f"more than {COMPARING_CPU_SECONDS:g} s")):
                    prints[name] = CodeFingerprint(exercise.filename, NOISE_THRESHOLD, window, stub, fp=text)
            except _TooLong as error:
                left_out.append(f"{exercise.name}  {name}: {exercise.filename} takes too long to compare: {error}")
        pairs = []
        names = list(prints)
        for at, first in enumerate(names):
            for second in names[at + 1 :]:
                tokens, (of_first, of_second), _ = compare_files(prints[first], prints[second])
                share = max(of_first, of_second)
                if share >= threshold and tokens:
                    pairs.append(Pair(exercise.name, first, second, float(share), int(tokens)))
        return pairs


def _comparable(source: bytes) -> str:
    """Return the text of a file that is not too long; blank lines are no tokens and take long where they are many."""
    lines = source.decode("utf-8", errors="replace").split("\n")
    text = "\n".join(line.rstrip() for line in lines if line.strip()) + "\n"
    if len(text) > MAX_COMPARED:
        raise _TooLong(f"more than {MAX_COMPARED // 1000} kB")
    return text


@contextlib.contextmanager
def _silence():  # type: ignore[no-untyped-def]
    """copydetect warns of files that hold nothing but the stub."""
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)

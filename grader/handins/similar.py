"""Pairs of submissions that are suspiciously alike, for a person to judge; no score depends on it.

copydetect compares the sequence of tokens (winnowing, as MOSS does), so that other names and comments do not hide a
copy; what the stub says anyway is subtracted.
"""

import contextlib
import io
import logging
from dataclasses import dataclass
from pathlib import Path

from grader.handins.find import find_students
from grader.handins.hand_ins import find_hand_ins
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise

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


def find_pairs(submissions: Path, exercises: list[Exercise], threshold: float) -> list[Pair]:
    """All pairs that share at least `threshold` (0 to 1), the most alike first."""
    hand_ins = {name: find_hand_ins(student, exercises) for name, student in find_students(submissions).items()}
    pairs: list[Pair] = []
    for exercise in exercises:
        sources = {name: found[exercise.name].source for name, found in hand_ins.items()}
        pairs += _pairs_of(exercise, {name: source for name, source in sources.items() if source}, threshold)
    return sorted(pairs, key=lambda pair: (-pair.share, pair.exercise, pair.first, pair.second))


def _pairs_of(exercise: Exercise, sources: dict[str, bytes], threshold: float) -> list[Pair]:
    try:
        from copydetect import CodeFingerprint, compare_files
    except ImportError:
        raise GraderError("'grader similar' needs copydetect: pip install copydetect") from None
    window = GUARANTEE_THRESHOLD - NOISE_THRESHOLD + 1
    with _silence():
        stub = list(CodeFingerprint(str(exercise.stub), NOISE_THRESHOLD, window).hashes)
        prints = {}
        for name, source in sources.items():
            text = io.StringIO(source.decode("utf-8", errors="replace"))
            prints[name] = CodeFingerprint(exercise.filename, NOISE_THRESHOLD, window, stub, fp=text)
        pairs = []
        names = list(prints)
        for at, first in enumerate(names):
            for second in names[at + 1 :]:
                tokens, (of_first, of_second), _ = compare_files(prints[first], prints[second])
                share = max(of_first, of_second)
                if share >= threshold and tokens:
                    pairs.append(Pair(exercise.name, first, second, float(share), int(tokens)))
        return pairs


@contextlib.contextmanager
def _silence():  # type: ignore[no-untyped-def]
    """copydetect warns of files that hold nothing but the stub."""
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)

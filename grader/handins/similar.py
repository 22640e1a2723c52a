"""Submissions that are suspiciously alike, for a person to judge; no score depends on it.

copydetect compares the sequence of tokens (winnowing, as MOSS does), so that other names and comments do not hide a
copy; what the stub says anyway is subtracted.
"""

import contextlib
import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from grader.handins.cpu_limit import cpu_limit
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.kit.handin_limits import COMPARING_CPU_SECONDS, MAX_COMPARED

NOISE_THRESHOLD = 25  # copies of fewer tokens are chance
GUARANTEE_THRESHOLD = 30  # copies of as many are found
Slices = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Pair:
    """Two files for one exercise that share `share` of the shorter one's own code, and where it is in each text."""

    exercise: str
    first: str
    second: str
    share: float
    tokens: int
    in_first: Slices = ()
    in_second: Slices = ()


@dataclass(frozen=True)
class Cluster:
    """Students who are all connected by pairs that are alike."""

    exercise: str
    members: tuple[str, ...]
    pairs: tuple[Pair, ...]  # the most alike first


@dataclass
class Compared:
    """What a comparison found, and the files that were compared with none, each with the reason.

    `others` are pairs of a student and something that no student of this class wrote. `texts` are the files as they
    were compared, by exercise and name.
    """

    pairs: list[Pair] = field(default_factory=list)
    others: list[Pair] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def clusters(self) -> list[Cluster]:
        """The pairs, those together that have a student in common; the most alike first."""
        found: list[tuple[str, set[str], list[Pair]]] = []
        for pair in self.pairs:
            mine = {pair.first, pair.second}
            joined = [one for one in found if one[0] == pair.exercise and one[1] & mine]
            members = mine.union(*(one[1] for one in joined))
            pairs = [*(old for one in joined for old in one[2]), pair]
            found = [one for one in found if one not in joined] + [(pair.exercise, members, pairs)]
        made = [Cluster(exercise, tuple(sorted(members)), tuple(_ordered(pairs))) for exercise, members, pairs in found]
        return sorted(made, key=lambda one: (-one.pairs[0].share, -len(one.members), one.exercise, one.members))


class _TooLong(Exception):
    """A file that takes too long to compare; the message says by what."""


def compare(
    exercise: Exercise, sources: Mapping[str, bytes], others: Mapping[str, bytes], threshold: float, into: Compared
) -> None:
    """Compare the files of one exercise with each other and with `others`; add to `into` what shares `threshold`."""
    prints = dict(_prints(exercise, {**sources, **others}, into))
    names = [name for name in prints if name not in others]
    for at, first in enumerate(names):
        into.pairs += _alike(exercise, first, names[at + 1 :], prints, threshold)
        into.others += _alike(exercise, first, [name for name in others if name in prints], prints, threshold)
    into.pairs, into.others = _ordered(into.pairs), _ordered(into.others)


def _ordered(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda pair: (-pair.share, pair.exercise, pair.first, pair.second))


def _prints(exercise: Exercise, sources: Mapping[str, bytes], into: Compared) -> Iterator[tuple[str, Any]]:
    """The fingerprints of the files that can be compared."""
    try:
        from copydetect import CodeFingerprint
    except ImportError:
        raise GraderError("'grader similar' needs copydetect: pip install copydetect") from None
    window = GUARANTEE_THRESHOLD - NOISE_THRESHOLD + 1
    with _silence():
        stub = list(CodeFingerprint(str(exercise.stub), NOISE_THRESHOLD, window).hashes)
        for name, source in sources.items():
            try:
                text = _comparable(source)
                with cpu_limit(COMPARING_CPU_SECONDS, partial(_TooLong, f"more than {COMPARING_CPU_SECONDS:g} s")):
                    made = CodeFingerprint(exercise.filename, NOISE_THRESHOLD, window, stub, fp=io.StringIO(text))
            except _TooLong as error:
                into.left_out.append(f"{exercise.name}  {name}: {exercise.filename} takes too long to compare: {error}")
                continue
            into.texts[exercise.name, name] = text
            yield name, made


def _alike(
    exercise: Exercise, first: str, names: Iterable[str], prints: Mapping[str, Any], threshold: float
) -> Iterator[Pair]:
    from copydetect import compare_files

    for second in names:
        with _silence():
            tokens, shares, slices = compare_files(prints[first], prints[second])
        share = float(max(shares))
        if share >= threshold and tokens:
            places = [tuple((int(start), int(end)) for start, end in one.T) for one in slices]
            yield Pair(exercise.name, first, second, share, int(tokens), *places)


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

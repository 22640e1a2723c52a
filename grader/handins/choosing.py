"""Which of a student's files for one exercise is graded, and what becomes of the others.

Where one file is clearly meant, it counts whatever it is called. The untouched stub, equal copies and untouched
notebooks are never a doubt; of files that differ, the newest counts, and that is said. Only where nothing tells which
one is newer, nobody guesses.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from math import inf

from grader.handins.filenames import Meaning, Sureness
from grader.kit.exercise import Exercise
from grader.notebooks.source import NOT_PARSED

# Seconds within which two files count as equally old: a zip archive keeps every second one, unpacking takes a moment.
SAME_TIME = 2.0
PLACES_TOLD = 4
OLD_PLACE = re.compile(r"(?i)(.*[\W_])?(back-?ups?|old|alt|archive?|trash|tmp)([\W_].*)?")


@dataclass(frozen=True)
class Candidate:
    """A file that may be meant: where it lies, what its name means, and its module, or why there is none.

    `depth` is in how many archives it lies, `modified` are seconds since 1970.
    """

    path: str
    meaning: Meaning
    source: bytes | None
    problem: str = ""
    modified: float = 0.0
    depth: int = 0

    @property
    def folders(self) -> list[str]:
        return self.path.split("/")[:-1]

    @property
    def own_folder(self) -> bool:
        """Whether it lies in the folder of its exercise, as in the kit."""
        return self.folders[-1:] == [self.meaning.exercise.name]


@dataclass(frozen=True)
class Choice:
    """What is graded, if anything is; why nothing is; what a person should know; what became of the others."""

    chosen: Candidate | None
    problem: str = ""
    remark: str = ""
    set_aside: tuple[tuple[Candidate, str], ...] = ()
    unclear: tuple[tuple[Candidate, str], ...] = ()  # a person should look


@dataclass(frozen=True)
class Selection:
    """Which files may count at all."""

    strict: bool = False  # of several that differ, none
    until: float = inf  # none that was handed in later, in seconds since 1970


ALL = Selection()


def choose(exercise: Exercise, candidates: list[Candidate], selection: Selection = ALL) -> Choice:
    """Return which of `candidates` is graded."""
    later = [one for one in candidates if one.modified > selection.until]
    choice = _choose(exercise, [one for one in candidates if one not in later], selection.strict)
    return replace(choice, set_aside=(*choice.set_aside, *_told(later, "handed in later than --until says")))


def _choose(exercise: Exercise, candidates: list[Candidate], strict: bool) -> Choice:
    unclear = [(one, problem) for one in candidates if (problem := _why_not(one))]
    usable = [one for one in candidates if not _why_not(one)]
    kept = _without_solutions(usable)
    aside = [(one, "the course's solution") for one in usable if one not in kept]
    alone = len(kept) == 1 and not unclear  # then it counts whatever is in it
    written = kept if alone else [one for one in kept if not is_untouched(exercise, one.source or b"")]
    damaged = [problem for one, problem in unclear if one.source is None and one.meaning.sureness > Sureness.UNUSABLE]
    if damaged and not written:  # what was written may be in there
        aside += _told(kept, "the untouched file")
        return Choice(None, "; ".join(damaged[:3]), set_aside=tuple(aside), unclear=tuple(unclear))
    if not kept:
        return Choice(None, "; ".join(problem for _, problem in unclear[:3]), unclear=tuple(unclear))
    pool = written or [max(kept, key=lambda one: (one.meaning.sureness, not one.meaning.is_notebook))]
    aside += _told([one for one in kept if one not in pool], "the untouched file")
    best, others = _best_tier(pool)
    aside += _told(others, "a file whose place or name says less")
    different = _merged(best)
    first = different[0][0]
    if len(different) > 1:
        newest = None if strict else _newest([group[0] for group in different])
        if newest is None:
            places = ", ".join(group[0].path for group in different[:PLACES_TOLD])
            problem = f"not clear which file is meant: {places}"
            return Choice(None, problem, set_aside=tuple(aside), unclear=(*unclear, *_told(best, problem)))
        first = newest
    for group in different:
        reason = "equal to the file that counts" if first in group else "older than the file that counts"
        aside += _told([one for one in group if one is not first], reason)
    settled = [pair for pair in unclear if written and pair[0].meaning.sureness <= Sureness.GUESSED]
    return Choice(
        first,
        remark=_remark(first, [group[0].path for group in different if first not in group]),
        set_aside=(*aside, *settled),
        unclear=tuple(pair for pair in unclear if pair not in settled),
    )


def is_untouched(exercise: Exercise, source: bytes) -> bool:
    """Whether there is nothing in a file that the exercise's stub does not have."""
    own = _statements(source.decode("utf-8", errors="replace"))
    return own is not None and own <= _stub(exercise)


def _why_not(candidate: Candidate) -> str:
    """Return why a file cannot be the one that counts, or nothing."""
    meaning = candidate.meaning
    if meaning.sureness == Sureness.UNUSABLE:
        return meaning.why
    if candidate.source is None:
        return candidate.problem
    if meaning.sureness == Sureness.GUESSED and not _defines_a_task(meaning.exercise, candidate.source):
        name = meaning.exercise.filename
        return f"it defines none of the functions of {name}: if it is meant, rename it to {name}"
    return ""


def _defines_a_task(exercise: Exercise, source: bytes) -> bool:
    names = "|".join(re.escape(task.name) for task in exercise.tasks)
    return re.search(rf"^(?:async\s+def|def|class)\s+(?:{names})\b".encode(), source, re.MULTILINE) is not None


def _without_solutions(candidates: list[Candidate]) -> list[Candidate]:
    """Leave out the kit's `solutions/exNN_topic/topic.py`, which came along, where there is another file."""
    own = [one for one in candidates if not (one.own_folder and one.folders[-2:-1] == ["solutions"])]
    return own or candidates


def _best_tier(candidates: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Return those whose name and place say most, and the others."""

    def says(one: Candidate) -> tuple[bool, bool]:
        return one.meaning.sureness > Sureness.GUESSED, one.own_folder

    most = max(map(says, candidates))
    return [one for one in candidates if says(one) == most], [one for one in candidates if says(one) != most]


def _merged(candidates: list[Candidate]) -> list[list[Candidate]]:
    """Return the files in groups of equal ones; blanks at the ends of lines make no difference."""
    groups: dict[bytes, list[Candidate]] = {}
    for one in candidates:
        lines = (one.source or b"").removeprefix(b"\xef\xbb\xbf").splitlines()
        groups.setdefault(b"\n".join(line.rstrip() for line in lines).rstrip(), []).append(one)
    # The plain name in the plain place first: it needs no remark.
    return [sorted(group, key=_plainness) for group in groups.values()]


def _plainness(candidate: Candidate) -> tuple[int, bool, int]:
    return -candidate.meaning.sureness, _says_old(candidate), candidate.depth


def _newest(different: list[Candidate]) -> Candidate | None:
    """Return the newest of files that differ; of equally old ones the one that is no backup and not packed away."""
    latest = max(one.modified for one in different)
    recent = [one for one in different if latest - one.modified <= SAME_TIME]
    if len(recent) > 1:
        ranks = [(_says_old(one), one.depth) for one in recent]
        recent = [one for one, rank in zip(recent, ranks, strict=True) if rank == min(ranks)]
    return recent[0] if len(recent) == 1 else None


def _says_old(candidate: Candidate) -> bool:
    return any(OLD_PLACE.fullmatch(name) for name in candidate.folders)


def _remark(chosen: Candidate, others: list[str]) -> str:
    if not others:
        return "" if chosen.meaning.sureness == Sureness.EXACT else f"taken from: {chosen.path}"
    told = [path for path in others if path != chosen.path]  # attempts of one name
    places = f"; not from: {', '.join(told[:PLACES_TOLD])}" if told else ""
    return f"taken from: {chosen.path}, the newest of {len(others) + 1} that differ{places}"


def _told(candidates: Iterable[Candidate], reason: str) -> list[tuple[Candidate, str]]:
    return [(one, reason) for one in candidates]


@cache
def _stub(exercise: Exercise) -> frozenset[str]:
    try:
        text = exercise.stub.read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    return _statements(text) or frozenset()


def _statements(text: str) -> frozenset[str] | None:
    """Return what stands at the top level of a module, whatever it says is to do; None when it is not Python."""
    text = re.sub(r"raise NotImplementedError\([^)\n]*\)", "raise NotImplementedError", text.removeprefix("\ufeff"))
    try:
        return frozenset(ast.dump(node) for node in ast.parse(text).body)
    except NOT_PARSED:
        return None

"""What one student handed in: one file per exercise, a module or a notebook; and the account of all that came.

A file is found as `exNN_topic/topic.py` at any depth, archives included, or by its name alone (`filenames`); a notebook
`topic.ipynb` may take its place. Nothing is unpacked and links are not followed.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from grader.handins import archives as trees
from grader.handins import filenames
from grader.handins.archives import Budget, BudgetEndedError, Entry, UnreadableError
from grader.handins.choosing import ALL, Candidate, Choice, Selection, choose
from grader.handins.filenames import SKIPPED_FOLDERS, Meaning, Sureness
from grader.handins.lms_labels import Label
from grader.handins.received import Outcome, Received
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, load_catalog
from grader.kit.handin_limits import MAX_FILE, MAX_NOTEBOOK, READING_MEMORY, megabytes
from grader.notebooks.module_file import module_of_file
from grader.notebooks.source import module_source

UNREAD = "the hand-in could not be read"
MOST_LISTED = 100  # files of one student that are listed one by one


@dataclass(frozen=True)
class HandIn:
    """What one student handed in for one exercise: the file's bytes, or a note why what came could not be used."""

    source: bytes | None
    note: str = ""
    modified: float = field(default=0.0, compare=False)  # seconds since 1970; an archive's files are as old as it is
    remarks: tuple[str, ...] = ()  # what a person should know about a file that counts
    failed: bool = False  # it is the grader that failed, and no student is to blame for the note


@dataclass(frozen=True)
class Labelled(Entry):
    """A loose file of a class: its parts are the student's own name for it, and it is `called` something longer."""

    called: str = ""


@dataclass
class Submitter:
    """A student who handed something in: the name in the grades, the label on the submission, where the files are."""

    name: str
    label: Label
    sources: list[Callable[[], Iterable[Entry]]] = field(default_factory=list)
    problems: list[Received] = field(default_factory=list)  # what came and cannot be opened

    def entries(self) -> Iterator[Entry]:
        for source in self.sources:
            yield from source()

    def modified(self) -> float:
        """When the newest file was handed in, in seconds since 1970; an archive is as old as itself."""
        if self.problems:
            return time.time()  # not to be passed over
        try:
            return max((entry.modified for entry in self.entries()), default=0.0)
        except UnreadableError:
            return time.time()  # not to be passed over

    def rename(self, name: str) -> None:
        """Take another name: that of the roster, or one that no other student has."""
        self.name = name
        self.problems = [replace(row, student=name) for row in self.problems]

    def refuse(self, file: str, reason: str) -> None:
        """Take down something of the student's that came and cannot be used."""
        self.problems.append(Received(self.name, readable(file), "", Outcome.UNKNOWN, readable(reason)))


@dataclass(frozen=True)
class Work:
    """What one student handed in, by the exercise's name, and the account of it."""

    hand_ins: dict[str, HandIn]
    received: list[Received]


def find_hand_ins(student: Submitter, exercises: list[Exercise], selection: Selection = ALL) -> dict[str, HandIn]:
    """Return what the student handed in for each exercise, by the exercise's name."""
    return look_through(student, exercises, selection).hand_ins


def look_through(student: Submitter, exercises: list[Exercise], selection: Selection = ALL) -> Work:
    """Return what the student handed in for each exercise, and what became of every file.

    What cannot be read is the reason for what is missing; it takes nothing away from what is there. A class is read by
    `reading.read_class`, where this costs nobody else anything.
    """
    seen = _Seen(student.name, exercises)
    sealed = list(student.problems)
    try:
        for entry, path, depth in _with_inner(_archives_last(student.entries()), (), seen):
            seen.look_at(entry, path, depth)
    except BudgetEndedError as error:
        sealed.append(_of_all(student.name, f"{UNREAD}: {error}"))
    except MemoryError:
        sealed.append(_of_all(student.name, f"{UNREAD}: it needs more than {megabytes(READING_MEMORY)} of memory"))
    except UnreadableError as error:  # the student's folder itself
        sealed.append(_of_all(student.name, str(error)))
    sealed += seen.sealed
    hand_ins: dict[str, HandIn] = {}
    rows: list[Received] = []
    for exercise in exercises:
        choice = choose(exercise, seen.candidates[exercise.name], selection)
        rows += _account(student.name, exercise, choice)
        hand_ins[exercise.name] = _hand_in(choice, student.label)
    nothing = not any(hand_in.source is not None for hand_in in hand_ins.values())
    # What could hold anything may hold what is missing; so may whatever came when nothing else did.
    doubts = sealed + (seen.strange if nothing else [])
    why = "; ".join(map(_in_words, doubts[:3]))
    if why:
        for name, hand_in in hand_ins.items():
            if hand_in.source is None:
                hand_ins[name] = replace(hand_in, note="; ".join(filter(None, (hand_in.note, why))))
    return Work(hand_ins, _shortened(student.name, [*sealed, *seen.told(nothing), *rows]))


def unread(student: str, exercises: list[Exercise], reason: str, failed: bool = False) -> Work:
    """Return the work of a student of whom nothing could be read; `failed`: for no reason of the student's."""
    row = _of_all(student, f"{UNREAD}: {reason}")
    return Work({exercise.name: HandIn(None, row.reason, failed=failed) for exercise in exercises}, [row])


def _of_all(student: str, reason: str) -> Received:
    """Say of everything that a student handed in why it could not be used."""
    return Received(student, student, "", Outcome.UNKNOWN, readable(reason))


class _Seen:
    """What is seen of one student's files while they are looked through, and what that may still use."""

    def __init__(self, student: str, exercises: list[Exercise]) -> None:
        self._student = student
        self.budget = Budget()
        self._wanted = {exercise.name for exercise in exercises}
        self._known = list({**load_catalog(), **{exercise.name: exercise for exercise in exercises}}.values())
        self.candidates: dict[str, list[Candidate]] = defaultdict(list)
        self.sealed: list[Received] = []  # archives and folders that could hold anything
        self.strange: list[Received] = []  # other files that mean nothing here

    def look_at(self, entry: Entry, path: str, depth: int) -> None:
        if filenames.in_kits_grader(entry.parts):
            return
        meaning = self._meaning(entry)
        if meaning is not None:
            if meaning.exercise.name in self._wanted:
                self.candidates[meaning.exercise.name].append(_candidate(entry, path, depth, meaning, self.budget))
        elif filenames.is_irrelevant(entry.parts):
            return
        elif not entry.regular:
            self.strange.append(self._row(path, "a link, which is not followed: hand in the file itself"))
        elif filenames.is_sealed(entry.name):
            self.seal(path, filenames.what_it_is(entry.name))
        else:
            self.strange.append(self._row(path, filenames.what_it_is(entry.name)))

    def seal(self, path: str, reason: str) -> None:
        self.sealed.append(self._row(path, reason))

    def told(self, nothing: bool) -> list[Received]:
        """Return the account of what is no exercise's; a comment typed into the LMS is one, where a file came too."""
        comment = "a comment typed into the LMS"
        return [
            replace(row, outcome=Outcome.SET_ASIDE, reason=comment)
            if not nothing and filenames.is_typed(row.file)
            else row
            for row in self.strange
        ]

    def _meaning(self, entry: Entry) -> Meaning | None:
        if meaning := filenames.read_name(entry.name, self._known):
            return meaning
        here = next((exercise for exercise in self._known if exercise.name in entry.parts[-2:-1]), None)
        if here is None or filenames.is_irrelevant(entry.parts) or not entry.name.lower().endswith(".py"):
            return None
        return Meaning(here, False, Sureness.GUESSED, "in the exercise's folder")

    def _row(self, path: str, reason: str) -> Received:
        return Received(self._student, path, "", Outcome.UNKNOWN, readable(reason))


def _archives_last(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the files before the archives: where a bomb among those uses up the budget, the files have been read."""
    archives = []
    for entry in entries:
        if trees.is_archive(entry.name):
            archives.append(entry)
        else:
            yield entry
    yield from archives


def _with_inner(entries: Iterable[Entry], inside: tuple[str, ...], seen: _Seen) -> Iterator[tuple[Entry, str, int]]:
    """Yield the entries, and those of every archive among them in its place, each with its path and in how many
    archives it lies; archives that cannot be read are told."""
    for entry in entries:
        if SKIPPED_FOLDERS.intersection(entry.parts[:-1]):
            continue
        called = entry.called if isinstance(entry, Labelled) else ""
        path = readable("/".join((*inside, called or "/".join(entry.parts))))
        if not (entry.regular and trees.is_archive(entry.name)):
            yield entry, path, len(inside)
            continue
        try:
            inner = trees.inner_entries(entry, len(inside) + 1, seen.budget)
            yield from _with_inner(inner, (*inside, called or entry.name), seen)
        except BudgetEndedError:
            raise
        except UnreadableError as error:
            seen.seal(path, str(error))


def _candidate(entry: Entry, path: str, depth: int, meaning: Meaning, budget: Budget) -> Candidate:
    if meaning.sureness == Sureness.UNUSABLE:
        return Candidate(path, meaning, None, meaning.why, entry.modified, depth)
    read = _read(entry, meaning.exercise, meaning.is_notebook, budget)
    return Candidate(path, meaning, read.source, read.note, entry.modified, depth)


def _in_words(row: Received) -> str:
    """Return the reason with the file, if it does not name it."""
    named = row.file.rpartition("/")[2] in row.reason or row.reason.startswith(("the folder", UNREAD))
    return row.reason if named else f"{row.file}: {row.reason}"


def _account(student: str, exercise: Exercise, choice: Choice) -> list[Received]:
    """Say what became of every file of an exercise."""
    rows = []
    if (one := choice.chosen) is not None:
        rows.append(Received(student, one.path, exercise.name, Outcome.GRADED, one.meaning.why))
    for outcome, files in ((Outcome.SET_ASIDE, choice.set_aside), (Outcome.UNKNOWN, choice.unclear)):
        rows += [Received(student, one.path, exercise.name, outcome, reason) for one, reason in files]
    return rows


def _hand_in(choice: Choice, label: Label) -> HandIn:
    if choice.chosen is None:
        return HandIn(None, choice.problem)
    late = "handed in late, as the LMS says" if label.late else ""
    remarks = tuple(filter(None, (choice.remark, late)))
    return HandIn(choice.chosen.source, modified=choice.chosen.modified, remarks=remarks)


def _shortened(student: str, rows: list[Received]) -> list[Received]:
    """List so many files of one student, and count the rest."""
    unknown = [row for row in rows if row.outcome == Outcome.UNKNOWN]
    if len(unknown) <= MOST_LISTED:
        return rows
    left = unknown[MOST_LISTED:]
    more = Received(student, f"and {len(left):,} more files", "", Outcome.UNKNOWN, "too many to list one by one")
    return [row for row in rows if row not in left] + [more]


def _read(entry: Entry, exercise: Exercise, is_notebook: bool, budget: Budget) -> HandIn:
    limit = MAX_NOTEBOOK if is_notebook else MAX_FILE
    name = readable(entry.name)
    if not entry.regular:
        return HandIn(None, f"{name} is not a regular file")
    if entry.size > limit:
        return HandIn(None, f"{name} is larger than {megabytes(limit)}")
    try:
        content = entry.read(budget, limit)
    except BudgetEndedError:
        raise
    except UnreadableError as error:
        return HandIn(None, readable(str(error)))
    try:
        if is_notebook:
            return HandIn(module_source(exercise, content).text.encode(), modified=entry.modified)
        return HandIn(module_of_file(name, content), modified=entry.modified)
    except GraderError as error:
        return HandIn(None, f"{name}: {error}" if is_notebook else str(error))


def readable(name: str) -> str:
    """Return a name as text that can be printed and stored, whatever bytes it is made of."""
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)

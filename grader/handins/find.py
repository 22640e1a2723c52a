"""Finds what each student handed in: one file per exercise, a module or a notebook.

A class is a folder or a zip archive with a folder, an archive or labelled files per student, as Moodle, Canvas and
Gradescope export it. A file is found as `exNN_topic/topic.py` at any depth, archives included, or as the only
`topic.py` there is; a notebook `topic.ipynb` may take its place. Nothing is unpacked and links are not followed.
"""

import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from grader.handins import archives as trees
from grader.handins import lms_labels as lms
from grader.handins.archives import Entry, UnreadableError
from grader.handins.lms_labels import Label
from grader.handins.roster import Roster
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.kit.handin_limits import MAX_FILE, MAX_NOTEBOOK, megabytes
from grader.notebooks.source import module_source

SKIPPED_FOLDERS = frozenset(
    {".git", ".venv", "venv", "__pycache__", "__MACOSX", "node_modules", "site-packages", ".ipynb_checkpoints"}
)


@dataclass(frozen=True)
class HandIn:
    """What one student handed in for one exercise: the file's bytes, or a note why there are none."""

    source: bytes | None
    note: str = ""
    modified: float = field(default=0.0, compare=False)  # seconds since 1970; an archive's files are as old as it is


@dataclass
class Submitter:
    """A student who handed something in: the name in the grades, the label on the submission, where the files are."""

    name: str
    label: Label
    sources: list[Callable[[], Iterable[Entry]]] = field(default_factory=list)

    def entries(self) -> Iterator[Entry]:
        for source in self.sources:
            yield from source()

    def modified(self) -> float:
        """When the newest file was handed in, in seconds since 1970; an archive is as old as itself."""
        try:
            return max((entry.modified for entry in self.entries()), default=0.0)
        except UnreadableError:
            return time.time()  # not to be passed over


def find_students(place: Path) -> dict[str, Submitter]:
    """Return the students of the class in `place`, by name, in the order of the names."""
    if place.is_file() and place.name.lower().endswith(".zip"):
        students = _students_of_zip(place)
    elif place.is_dir():
        students = _students_of_folder(place)
    else:
        raise GraderError(f"{place} is not a folder or zip file: give the one that holds a folder per student")
    if not students:
        raise GraderError(f"there is no student's folder in {place}")
    if any(student.name == "exercises" or re.fullmatch(r"ex\d\d_\w+", student.name) for student in students):
        raise GraderError(
            f"{place} looks like the hand-in of one student: give the folder above it, with one folder per student"
        )
    return _by_unique_name(students)


def by_roster(students: dict[str, Submitter], roster: Roster) -> tuple[dict[str, Submitter], list[str]]:
    """Return the students under the ids of the roster, those without a hand-in included; and who is not on it.

    The latter keep their own names and are graded like everybody.
    """
    people = {person.id: Submitter(person.id, Label(person.name)) for person in roster.people}
    strangers = []
    for name, student in students.items():
        person = roster.find(student.label)
        if person is None:
            strangers.append(name)
            people[name] = student
        elif people[person.id].sources:
            raise GraderError(f"both {people[person.id].label.name!r} and {student.label.name!r} are {person.id}'s")
        else:
            student.name = person.id
            people[person.id] = student
    return people, strangers


def find_hand_ins(student: Submitter, exercises: list[Exercise]) -> dict[str, HandIn]:
    """Return what the student handed in for each exercise, by the exercise's name.

    What cannot be read is the reason for what is missing; it takes nothing away from what is there.
    """
    wanted = {name: exercise for exercise in exercises for name in (exercise.filename, exercise.notebook.name)}
    found: dict[str, list[tuple[Entry, HandIn]]] = defaultdict(list)
    unreadable: list[str] = []
    try:
        for entry in _with_inner(student.entries(), 1, unreadable):
            if entry.name in wanted:
                exercise = wanted[entry.name]
                found[exercise.name].append((entry, _read(entry, exercise)))
    except UnreadableError as error:  # the student's folder itself
        return {exercise.name: HandIn(None, _readable(str(error))) for exercise in exercises}
    reason = _readable("; ".join(unreadable[:3]))
    return {exercise.name: _choose(exercise, found[exercise.name], reason) for exercise in exercises}


def _with_inner(entries: Iterable[Entry], depth: int, unreadable: list[str]) -> Iterator[Entry]:
    """Yield the entries, and those of every archive among them in its place; archives that cannot be read are told."""
    for entry in entries:
        if SKIPPED_FOLDERS.intersection(entry.parts[:-1]):
            continue
        if not (entry.regular and trees.is_archive(entry.name)):
            yield entry
            continue
        try:
            yield from _with_inner(trees.inner_entries(entry, depth), depth + 1, unreadable)
        except UnreadableError as error:
            unreadable.append(str(error))


def _choose(exercise: Exercise, found: list[tuple[Entry, HandIn]], unreadable: str) -> HandIn:
    """Return the one file that is meant: in a folder of the exercise's name before anywhere else."""
    candidates = [(entry, hand_in) for entry, hand_in in found if exercise.name in entry.parts[-2:-1]] or found
    if not candidates:
        return HandIn(None, unreadable)
    if len({hand_in for _, hand_in in candidates}) > 1 or len({entry.name for entry, _ in candidates}) > 1:
        places = ", ".join(_readable("/".join(entry.parts)) for entry, _ in candidates[:4])
        return HandIn(None, f"not clear which file is meant: {places}")
    return candidates[0][1]


def _read(entry: Entry, exercise: Exercise) -> HandIn:
    limit = MAX_NOTEBOOK if entry.name == exercise.notebook.name else MAX_FILE
    if not entry.regular:
        return HandIn(None, f"{entry.name} is not a regular file")
    if entry.size > limit:
        return HandIn(None, f"{entry.name} is larger than {megabytes(limit)}")
    try:
        content = entry.read()[:limit]
    except UnreadableError as error:
        return HandIn(None, _readable(str(error)))
    if entry.name == exercise.filename:
        return HandIn(content, modified=entry.modified)
    try:
        return HandIn(module_source(exercise, content).text.encode(), modified=entry.modified)
    except GraderError as error:
        return HandIn(None, f"{entry.name}: {error}")


def _students_of_folder(place: Path) -> list[Submitter]:
    metadata = place / lms.GRADESCOPE_METADATA
    labels = lms.read_gradescope(metadata.read_bytes()) if metadata.is_file() else {}
    found = _Collection(labels)
    for path in sorted(place.iterdir()):
        # A link could lead to another student's work.
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            found.add(path.name, partial(trees.folder_entries, path, SKIPPED_FOLDERS))
        elif path.is_file():
            found.add_file(path.name, partial(_one_file, path))
    return found.students()


def _students_of_zip(place: Path) -> list[Submitter]:
    """Those of the zip archive of a class; one folder that holds all others is not a student."""
    try:
        files, folders = trees.class_archive(place)
    except UnreadableError as error:
        raise GraderError(_readable(str(error))) from None
    files = [entry for entry in files if entry.parts[0] != "__MACOSX"]
    depth = _depth_of_students([entry.parts for entry in files])
    labels: dict[str, Label] = {}
    inside: dict[str, list[Entry]] = {parts[depth]: [] for parts in folders if len(parts) > depth}
    loose: list[Entry] = []
    for entry in files:
        parts = entry.parts[depth:]
        if parts == (lms.GRADESCOPE_METADATA,):
            labels = lms.read_gradescope(entry.read())
        elif len(parts) == 1:
            loose.append(entry)
        elif parts:
            inside.setdefault(parts[0], []).append(replace(entry, parts=parts[1:]))
    found = _Collection(labels)
    for name, entries in inside.items():
        if not name.startswith(".") and name not in SKIPPED_FOLDERS:
            found.add(name, partial(list, entries))
    for entry in loose:
        found.add_file(entry.name, partial(_one_entry, entry))
    return found.students()


def _depth_of_students(paths: list[tuple[str, ...]]) -> int:
    """1 when a single folder holds the folders or archives of all students, as in Gradescope's export; else 0."""
    below = {parts[1] for parts in paths if len(parts) > 1}
    wrapped = len({parts[0] for parts in paths}) == 1 and all(len(parts) > 1 for parts in paths)
    of_one_student = any(name == "exercises" or re.fullmatch(r"ex\d\d_\w+|\w+\.(py|ipynb)", name) for name in below)
    return int(wrapped and not of_one_student and not lms.MOODLE.fullmatch(paths[0][0]))


def _one_file(path: Path, parts: tuple[str, ...]) -> list[Entry]:
    return [trees.file_entry(path, parts)]


def _one_entry(entry: Entry, parts: tuple[str, ...]) -> list[Entry]:
    return [replace(entry, parts=parts)]


class _Collection:
    """Students under construction: what carries the same label belongs to one of them."""

    def __init__(self, gradescope: dict[str, Label]) -> None:
        self._gradescope = gradescope
        self._students: dict[tuple[str, str], Submitter] = {}

    def add(self, name: str, source: Callable[[], Iterable[Entry]]) -> None:
        """Add a folder called `name`."""
        self._add(self._gradescope.get(name) or lms.label_of_folder(name), source)

    def add_file(self, name: str, source: Callable[[tuple[str, ...]], Iterable[Entry]]) -> None:
        """Add a loose file: an archive named after the student, or a file whose label names the student."""
        label = lms.label_of_file(name)
        if label is not None:
            self._add(label, partial(source, (label.file,)))
        elif trees.is_archive(name):
            plain = re.sub(r"(\.tar)?\.\w+$", "", name)
            self._add(self._gradescope.get(plain) or Label(plain), partial(source, (name,)))

    def students(self) -> list[Submitter]:
        return list(self._students.values())

    def _add(self, label: Label, source: Callable[[], Iterable[Entry]]) -> None:
        student = self._students.setdefault((label.name, label.lms_id), Submitter(_readable(label.name), label))
        student.sources.append(source)


def _by_unique_name(students: list[Submitter]) -> dict[str, Submitter]:
    """By the name in the grades, which no two share: people of one name are told apart by their ids in the LMS."""
    namesakes = Counter(student.name for student in students)
    unique: dict[str, Submitter] = {}
    for student in sorted(students, key=lambda student: (student.name, student.label.lms_id)):
        if namesakes[student.name] > 1 and student.label.lms_id:
            student.name = f"{student.name} ({student.label.lms_id})"
        name, count = student.name, 1
        while student.name in unique:
            count += 1
            student.name = f"{name} ({count})"
        unique[student.name] = student
    return unique


def _readable(name: str) -> str:
    """Return a name as text that can be printed and stored, whatever bytes it is made of."""
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)

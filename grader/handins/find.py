"""Finds the students of a class, and what lies there and is nobody's.

A class is a folder or a zip archive with a folder, an archive or labelled files per student, as learning management
systems export it (`lms_labels`). Nothing is unpacked and links are not followed.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from grader.handins import archives as trees
from grader.handins import filenames
from grader.handins import lms_labels as lms
from grader.handins.archives import Budget, Entry, UnreadableError
from grader.handins.filenames import SKIPPED_FOLDERS
from grader.handins.hand_ins import Labelled, Submitter, readable
from grader.handins.lms_labels import Label
from grader.handins.received import Outcome, Received
from grader.kit.errors import GraderError
from grader.kit.exercise import load_catalog
from grader.kit.handin_limits import MAX_NOTEBOOK

# Words in front of a loose file's name that name nobody.
NOT_A_NAME = re.compile(
    r"(?i)my|the|new|old|final|copy( of)?|test|solution|stub|template|backup|ex\d\d|exercise|homework|hw\d*"
)


@dataclass(frozen=True)
class ClassFound:
    """The students of a class, by name, and what lies there and is nobody's."""

    students: dict[str, Submitter]
    nobodys: list[Received]


def find_students(place: Path) -> dict[str, Submitter]:
    """Return the students of the class in `place`, by name, in the order of the names."""
    return find_class(place).students


def find_class(place: Path) -> ClassFound:
    """Return the students of the class in `place`, and the account of what is nobody's."""
    if place.is_file() and place.name.lower().endswith(".zip"):
        found = _students_of_zip(place)
    elif place.is_dir():
        found = _students_of_folder(place)
    else:
        raise GraderError(f"{place} is not a folder or zip file: give the one that holds a folder per student")
    students = found.students()
    if not students:
        there = ", ".join(row.file for row in found.nobodys[:3])
        told = f", and whose these are is not clear: {there}; put what each student handed in into a folder"
        raise GraderError(f"there is no student's folder in {place}{told if there else ''}")
    strays = [student for student in students if re.fullmatch(r"exercises|ex\d\d_\w+", student.name)]
    students = [student for student in students if student not in strays]
    if strays and not any(_holds_work(student) for student in students):
        raise GraderError(
            f"{place} looks like the hand-in of one student: give the folder above it, with one folder per student"
        )
    reason = "it is named like a part of a hand-in and not like a student: put it into a folder named after the student"
    found.nobodys += [Received("", stray.name, "", Outcome.UNKNOWN, reason) for stray in strays]
    return ClassFound(_by_unique_name(students), found.nobodys)


def _holds_work(student: Submitter) -> bool:
    """Whether there is a file of an exercise, or an archive that could hold one."""
    files = {name for each in load_catalog().values() for name in (each.filename, each.notebook.name)}
    try:
        return any(entry.name in files or trees.is_archive(entry.name) for entry in student.entries())
    except UnreadableError:
        return False


def _students_of_folder(place: Path) -> "_Collection":
    metadata = place / lms.GRADESCOPE_METADATA
    found = _Collection(lms.read_gradescope(metadata.read_bytes()) if metadata.is_file() else {})
    for path in sorted(place.iterdir()):
        if path.name.startswith(".") or path.name in SKIPPED_FOLDERS:
            continue
        if path.is_symlink():
            # It could lead to another student's work.
            found.refuse(path.name, "a link, which is not followed: put the folder or the file itself there")
        elif path.is_dir():
            found.add(path.name, partial(trees.folder_entries, path, SKIPPED_FOLDERS))
        elif path.is_file():
            found.add_file(path.name, partial(_one_file, path))
        else:
            found.refuse(path.name, "neither a file nor a folder")
    return found


def _students_of_zip(place: Path) -> "_Collection":
    """Those of the zip archive of a class; one folder that holds all others is not a student."""
    try:
        files, folders = trees.class_archive(place)
    except UnreadableError as error:
        raise GraderError(readable(str(error))) from None
    files = [entry for entry in files if entry.parts[0] != "__MACOSX"]
    depth = _depth_of_students([entry.parts for entry in files])
    labels: dict[str, list[Label]] = {}
    inside: dict[str, list[Entry]] = {parts[depth]: [] for parts in folders if len(parts) > depth}
    loose: list[Entry] = []
    for entry in files:
        parts = entry.parts[depth:]
        if parts == (lms.GRADESCOPE_METADATA,):
            labels = lms.read_gradescope(entry.read(Budget(), MAX_NOTEBOOK))
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
    return found


def _depth_of_students(paths: list[tuple[str, ...]]) -> int:
    """How many folders hold the folders or archives of all students: 1 in Gradescope's export, 2 in that of ILIAS."""
    for depth in (1, 2):
        if paths and all(len(parts) > depth + 1 and lms.ILIAS.fullmatch(parts[depth]) for parts in paths):
            return depth
    below = {parts[1] for parts in paths if len(parts) > 1}
    wrapped = len({parts[0] for parts in paths}) == 1 and all(len(parts) > 1 for parts in paths)
    of_one_student = any(name == "exercises" or re.fullmatch(r"ex\d\d_\w+|\w+\.(py|ipynb)", name) for name in below)
    return int(wrapped and not of_one_student and not lms.MOODLE.pattern.fullmatch(paths[0][0]))


def _one_file(path: Path, parts: tuple[str, ...]) -> list[Entry]:
    return [trees.file_entry(path, parts)]


def _one_entry(entry: Entry, parts: tuple[str, ...]) -> list[Entry]:
    return [replace(entry, parts=parts)]


class _Collection:
    """Students under construction: what carries the same label belongs to one of them."""

    def __init__(self, gradescope: dict[str, list[Label]]) -> None:
        self._gradescope = gradescope
        self._folders: dict[str, Callable[[], Iterable[Entry]]] = {}
        self._students: dict[tuple[str, str], Submitter] = {}
        self.nobodys: list[Received] = []

    def add(self, name: str, source: Callable[[], Iterable[Entry]]) -> None:
        """Add a folder called `name`."""
        self._folders[name] = source

    def add_file(self, name: str, source: Callable[[tuple[str, ...]], Iterable[Entry]]) -> None:
        """Add a loose file: an archive named after the student, or a file whose label names the student."""
        label = lms.label_of_file(name)
        plain = re.sub(r"(\.tar)?\.\w+$", "", name)
        if label is not None:
            self._add([label], partial(_as_labelled, partial(source, (label.file,)), label, name))
        elif trees.is_archive(name):
            self._add(self._gradescope.get(plain) or [Label(plain)], partial(source, (name,)))
        elif filenames.is_sealed(name):
            self.refuse(name, filenames.what_it_is(name), plain)
        elif owner := _named_in_front(name):
            file, label = owner
            self._add([label], partial(_as_labelled, partial(source, (file,)), label, name))
        elif not (filenames.is_irrelevant((name,)) or lms.is_receipt(name)):
            self._nobodys(name)

    def refuse(self, name: str, reason: str, student: str = "") -> None:
        """Take down what is a student's and cannot be opened."""
        for one in self._add(self._gradescope.get(student or name) or [lms.label_of_folder(student or name)]):
            one.refuse(name, reason)

    def students(self) -> list[Submitter]:
        if self._folders:
            ilias = all(lms.ILIAS.fullmatch(name) for name in self._folders)
            label_of = lms.label_of_ilias if ilias else lms.label_of_folder
            for name, source in self._folders.items():
                label = label_of(name)
                self._add(self._gradescope.get(name) or [label], partial(_as_labelled, source, label))
            self._folders = {}
        return list(self._students.values())

    def _add(self, labels: list[Label], source: Callable[[], Iterable[Entry]] | None = None) -> list[Submitter]:
        """Give a source to everybody whose it is: of a group, to all."""
        found = []
        for label in labels:
            key = label.name, label.lms_id or label.apart
            student = self._students.setdefault(key, Submitter(readable(label.name), label))
            student.label = replace(student.label, late=student.label.late or label.late)
            student.sources += [source] if source else []
            found.append(student)
        return found

    def _nobodys(self, name: str) -> None:
        """Take down a loose file that nobody knows whose it is."""
        meaning = filenames.read_name(name, load_catalog().values())
        reason = "it does not say whose it is: put it into a folder named after the student"
        if meaning is None:
            reason = filenames.what_it_is(name)
        self.nobodys.append(
            Received("", readable(name), meaning.exercise.name if meaning else "", Outcome.UNKNOWN, reason)
        )


def _as_labelled(source: Callable[[], Iterable[Entry]], label: Label, called: str = "") -> Iterator[Entry]:
    """The files of a source, each as old as the label says, and a loose one with what it is called in the class."""
    for entry in source():
        modified = label.handed_in or entry.modified
        if called:
            yield Labelled(entry.parts, entry.regular, entry.size, modified, entry.open, called)
        else:
            yield replace(entry, modified=modified)


def _named_in_front(name: str) -> tuple[str, Label] | None:
    """Return the file and the owner that a loose file such as `lovelace_metrics.py` names."""
    for exercise in load_catalog().values():
        for file in (exercise.filename, exercise.notebook.name):
            owner = name[: -len(file)].rstrip("_- ")
            if name.lower().endswith(file) and owner and owner != name[: -len(file)]:
                return (file, Label(owner)) if not NOT_A_NAME.fullmatch(owner) else None
    return None


def _by_unique_name(students: list[Submitter]) -> dict[str, Submitter]:
    """By the name in the grades, which no two share: people of one name are told apart by their ids in the LMS."""
    namesakes = Counter(student.name for student in students)
    unique: dict[str, Submitter] = {}
    for student in sorted(students, key=lambda student: (student.name, student.label.lms_id)):
        if namesakes[student.name] > 1 and student.label.lms_id:
            student.rename(f"{student.name} ({student.label.lms_id})")
        name, count = student.name, 1
        while student.name in unique:
            count += 1
            student.rename(f"{name} ({count})")
        unique[student.name] = student
    return unique

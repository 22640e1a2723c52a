"""Finds what each student handed in: one file per exercise, in a folder per student.

A file is found as `exNN_topic/topic.py` at any depth, or as the only `topic.py` there is. Links are not followed.
"""

from __future__ import annotations

import os
import re
import stat
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from grader.catalog import Exercise
from grader.errors import GraderError

MAX_FILE = 2**20
MAX_ENTRIES = 50_000
SKIPPED_FOLDERS = {
    ".git",
    ".venv",
    "venv",
    "__pycache__",
    "__MACOSX",
    "node_modules",
    "site-packages",
    ".ipynb_checkpoints",
}


@dataclass(frozen=True)
class HandIn:
    """What one student handed in for one exercise: the file's bytes, or a note why there are none."""

    source: bytes | None
    note: str = ""


def find_students(folder: Path) -> dict[str, Path]:
    """The students' folders in `folder`, by the student's name, in the order of the names."""
    if not folder.is_dir():
        raise GraderError(f"{folder} is not a folder: give the one that holds a folder per student")
    # A link could lead to another student's work.
    paths = sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
    )
    if not paths:
        raise GraderError(f"there is no student's folder in {folder}")
    if any(path.name == "exercises" or re.fullmatch(r"ex\d\d_\w+", path.name) for path in paths):
        raise GraderError(
            f"{folder} looks like the hand-in of one student: give the folder above it, with one folder per student"
        )
    students: dict[str, Path] = {}
    for path in paths:
        name = unique = _readable(path.name)
        count = 1
        while unique in students:
            count += 1
            unique = f"{name} ({count})"
        students[unique] = path
    return students


def find_hand_ins(student: Path, exercises: list[Exercise]) -> dict[str, HandIn]:
    """What the folder `student` holds for each exercise, by the exercise's name."""
    wanted = {exercise.filename for exercise in exercises}
    try:
        files = _files_called(student, wanted)
    except OSError as error:
        return {exercise.name: HandIn(None, f"the folder cannot be read: {error.strerror}") for exercise in exercises}
    return {exercise.name: _choose(exercise, files[exercise.filename], student) for exercise in exercises}


def _files_called(folder: Path, names: set[str]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    entries = 0
    for root, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
        entries += len(files) + len(folders)
        if entries > MAX_ENTRIES:
            raise OSError(0, f"it holds more than {MAX_ENTRIES:,} files")
        for name in sorted(names.intersection(files)):
            found[name].append(Path(root) / name)
    return found


def _choose(exercise: Exercise, paths: list[Path], student: Path) -> HandIn:
    """The one file that is meant: in a folder of the exercise's name before anywhere else."""
    candidates = [path for path in paths if path.parent.name == exercise.name] or paths
    if not candidates:
        return HandIn(None)
    hand_ins = {_read(path) for path in candidates}
    if len(hand_ins) > 1:
        places = ", ".join(_readable(str(path.relative_to(student))) for path in candidates[:4])
        return HandIn(None, f"not clear which file is meant: {places}")
    return hand_ins.pop()


def _read(path: Path) -> HandIn:
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return HandIn(None, f"{path.name} is not a regular file")
        if status.st_size > MAX_FILE:
            return HandIn(None, f"{path.name} is larger than {MAX_FILE // 2**20} MB")
        # The file could be exchanged for a link in between; then it is not opened.
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as file:
            return HandIn(file.read(MAX_FILE))
    except OSError as error:
        return HandIn(None, f"{path.name} cannot be read: {error.strerror}")


def _readable(name: str) -> str:
    """A folder's name as text that can be printed and stored, whatever bytes it is made of."""
    text = os.fsencode(name).decode("utf-8", errors="replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)

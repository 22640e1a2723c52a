"""The results folder: `grades.sqlite` with one record per student and exercise, and the key of the course.

One writer at a time; every record is a transaction, so that a run that is killed loses nothing that was finished.
"""

import contextlib
import fcntl
import os
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from pathlib import Path

import msgspec

from grader.class_run.history import Change, change_between
from grader.grading.result import Result, from_json, to_json
from grader.handins.received import Outcome, Received
from grader.handins.roster import Person
from grader.kit.errors import GraderError
from grader.testing.verdict import Status

FORMAT = 1
DATABASE, KEY = "grades.sqlite", "course.key"
SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (student, exercise)
);
CREATE TABLE IF NOT EXISTS sources (
    source_hash TEXT PRIMARY KEY,
    source BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS hand_ins (
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    seconds REAL NOT NULL,
    PRIMARY KEY (student, exercise)
);
CREATE TABLE IF NOT EXISTS received (
    student TEXT NOT NULL,
    file TEXT NOT NULL,
    exercise TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS class_list (
    student TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    lms_id TEXT NOT NULL,
    on_roster INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS history (
    student TEXT NOT NULL,
    exercise TEXT NOT NULL,
    seconds REAL NOT NULL,
    was REAL,
    now REAL NOT NULL,
    most REAL NOT NULL,
    why TEXT NOT NULL,
    tasks TEXT NOT NULL
)
"""


class Store:
    """The records of one results folder."""

    def __init__(self, connection: sqlite3.Connection, course_key: bytes) -> None:
        self._connection = connection
        self.course_key = course_key

    def hashes(self) -> dict[tuple[str, str], str]:
        """Return the content hash of every record, by student and exercise."""
        rows = self._read("SELECT student, exercise, content_hash FROM results")
        return {(student, exercise): content_hash for student, exercise, content_hash in rows}

    def put(self, result: Result, source: bytes | None) -> None:
        """Write one record, in place of the one that was there, and the file that it is about.

        A result that cannot be written costs itself only: in its place stands that it could not be, to be graded again.
        """
        try:
            record = to_json(result)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            result = _not_storable(result, error)
            record = to_json(result)
        row = (result.student, result.exercise, result.content_hash, record)
        change = change_between(self._known(result.student, result.exercise), result, time.time())
        try:
            with self._connection:
                if source is not None:
                    file = (result.source_hash, source)
                    self._connection.execute("INSERT OR IGNORE INTO sources VALUES (?, ?)", file)
                self._connection.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", row)
                if change is not None:
                    self._connection.execute("INSERT INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(change))
        except sqlite3.Error as error:
            raise GraderError(f"cannot write a result: {error}; fix that, and the same command resumes") from None

    def _known(self, student: str, exercise: str) -> Result | None:
        """Return the record that is there, if there is one that can be read."""
        query = "SELECT record FROM results WHERE student = ? AND exercise = ?"
        for (record,) in self._read(query, student, exercise):
            with contextlib.suppress(msgspec.DecodeError):
                return from_json(record)
        return None

    def changes(self, since: float = 0.0) -> list[Change]:
        """Every change of a result from `since` on, in seconds since 1970, the oldest first."""
        query = "SELECT * FROM history WHERE seconds >= CAST(? AS REAL) ORDER BY rowid"
        return [Change(*row) for row in self._read(query, repr(since))]

    def put_times(self, times: dict[tuple[str, str], float]) -> None:
        """Write down when files were handed in, by student and exercise: no part of a result, whatever the time."""
        with self._writing() as write:
            write.executemany(
                "INSERT OR REPLACE INTO hand_ins VALUES (?, ?, ?)", [(*key, seconds) for key, seconds in times.items()]
            )

    def times(self) -> dict[tuple[str, str], float]:
        """When files were handed in, in seconds since 1970, by student and exercise."""
        rows = self._read("SELECT student, exercise, seconds FROM hand_ins")
        return {(student, exercise): seconds for student, exercise, seconds in rows}

    def put_received(self, students: Iterable[str], exercises: Iterable[str], rows: Iterable[Received]) -> None:
        """Write down what came in from `students` for `exercises`, in place of what was there about them."""
        old = [(student, exercise) for student in ("", *students) for exercise in ("", *exercises)]
        new = [(row.student, row.file, row.exercise, row.outcome, row.reason) for row in rows]
        with self._writing() as write:
            write.executemany("DELETE FROM received WHERE student = ? AND exercise = ?", old)
            write.executemany("INSERT INTO received VALUES (?, ?, ?, ?, ?)", new)

    def received(self) -> list[Received]:
        """The account of every file that came in."""
        rows = self._read("SELECT student, file, exercise, outcome, reason FROM received ORDER BY rowid")
        return [
            Received(student, file, exercise, Outcome(outcome), reason)
            for student, file, exercise, outcome, reason in rows
        ]

    def put_class(self, roster: list[Person], others: list[Person], *, from_now_on: bool = False) -> None:
        """Add people to the class, those of the roster and others; `from_now_on` nobody else is in it."""
        marked = [*((person, 0) for person in others), *((person, 1) for person in roster)]
        rows = [(person.id, person.name, person.email, person.lms_id, on_roster) for person, on_roster in marked]
        with self._writing() as write:
            if from_now_on:
                write.execute("DELETE FROM class_list")
            write.executemany("INSERT OR REPLACE INTO class_list VALUES (?, ?, ?, ?, ?)", rows)

    def class_list(self) -> list[Person]:
        """Everybody who is in the class."""
        return [Person(*row) for row in self._read("SELECT student, name, email, lms_id FROM class_list")]

    def roster(self) -> list[Person]:
        """The last roster that was given; empty if none ever was."""
        query = "SELECT student, name, email, lms_id FROM class_list WHERE on_roster ORDER BY rowid"
        return [Person(*row) for row in self._read(query)]

    def students(self) -> list[str]:
        """Everybody who has results."""
        return [student for (student,) in self._read("SELECT DISTINCT student FROM results ORDER BY student")]

    def departed(self) -> list[str]:
        """Who has results and is not in the class. Only a roster says who is; without one, everybody is."""
        there = {person.id for person in self.class_list()}
        return [student for student in self.students() if student not in there] if self.roster() else []

    def rename(self, old: str, new: str) -> None:
        """Move the results of a student to another name; those that the other name has already stay where they are."""
        taken = {exercise for (exercise,) in self._read("SELECT exercise FROM results WHERE student = ?", new)}
        moved = [
            (new, to_json(replace(_parse(old, exercise, record), student=new)), old, exercise)
            for exercise, record in self._read("SELECT exercise, record FROM results WHERE student = ?", old)
            if exercise not in taken
        ]
        with self._writing() as write:
            write.executemany("UPDATE results SET student = ?, record = ? WHERE student = ? AND exercise = ?", moved)
            for table in ("hand_ins", "received", "history"):
                rows = [(new, student, exercise) for _, _, student, exercise in moved]
                write.executemany(f"UPDATE OR REPLACE {table} SET student = ? WHERE student = ? AND exercise = ?", rows)

    def remove(self, student: str) -> None:
        """Forget a student, and the files that nobody else has handed in."""
        with self._writing() as write:
            for table in ("results", "hand_ins", "received", "class_list", "history"):
                write.execute(f"DELETE FROM {table} WHERE student = ?", (student,))
            kept = "SELECT 1 FROM results WHERE json_extract(record, '$.source_hash') = sources.source_hash"
            write.execute(f"DELETE FROM sources WHERE NOT EXISTS ({kept})")

    def result(self, student: str, exercise: str) -> Result:
        """One record that is there."""
        rows = self._read("SELECT record FROM results WHERE student = ? AND exercise = ?", student, exercise)
        return _parse(student, exercise, rows[0][0])

    def source(self, source_hash: str) -> bytes | None:
        """Return the file with this hash."""
        rows = self._read("SELECT source FROM sources WHERE source_hash = ?", source_hash)
        return rows[0][0] if rows else None

    def source_hashes(self) -> dict[tuple[str, str], str]:
        """The hash of the file behind every record, by student and exercise; empty where nothing was handed in."""
        rows = self._read("SELECT student, exercise, json_extract(record, '$.source_hash') FROM results")
        return {(student, exercise): source_hash for student, exercise, source_hash in rows}

    def sources_of(self, students: set[str]) -> dict[tuple[str, str], bytes]:
        """The file behind every record of `students`, by student and exercise."""
        same_file = "source_hash = json_extract(record, '$.source_hash')"
        rows = self._read(f"SELECT student, exercise, source FROM results JOIN sources ON {same_file}")
        return {(student, exercise): source for student, exercise, source in rows if student in students}

    def sources(self) -> dict[str, bytes]:
        """Every file that is kept, by its hash."""
        return dict(self._read("SELECT source_hash, source FROM sources"))

    def results(self) -> list[Result]:
        """Every record, by student and exercise."""
        rows = self._read("SELECT student, exercise, record FROM results ORDER BY student, exercise")
        return [_parse(*row) for row in rows]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, whose failure is told in words."""
        try:
            with self._connection:
                yield self._connection
        except sqlite3.Error as error:
            raise GraderError(f"cannot write to {DATABASE}: {error}") from None

    def _read(self, query: str, *values: str) -> list[tuple]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise GraderError(f"{DATABASE} cannot be read: {error}; grade into a new --out folder") from None


def _not_storable(result: Result, error: Exception) -> Result:
    reason = f"the result cannot be stored ({type(error).__name__})"
    scores = [replace(score, score=0.0, status=Status.ERROR, reason=reason) for score in result.scores]
    return replace(result, scores=scores, tests=[], recognised=[], note=reason, content_hash="")


def _parse(student: str, exercise: str, record: str) -> Result:
    try:
        return from_json(record)
    except msgspec.DecodeError:
        raise GraderError(
            f"{DATABASE}: the record of {student} in {exercise} cannot be read; grade into a new --out folder"
        ) from None


@contextmanager
def open_for_writing(folder: Path) -> Iterator[Store]:
    """Open the store in `folder`, which is made if need be, for this process alone."""
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            folder.chmod(0o700)
        key_fd = os.open(folder / KEY, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise GraderError(f"cannot write to {folder}: {error.strerror}") from None
    with os.fdopen(key_fd, "r+b") as key_file:
        try:
            fcntl.flock(key_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GraderError(f"another run is writing to {folder}: wait for it, or choose another --out") from None
        course_key = key_file.read()
        if not course_key:
            course_key = secrets.token_hex(32).encode()
            key_file.write(course_key)
            key_file.flush()
            os.fsync(key_file.fileno())
        _for_the_owner_alone(folder / DATABASE)
        with closing(_connect(folder / DATABASE)) as connection:
            yield Store(connection, course_key)


def _for_the_owner_alone(path: Path) -> None:
    """Let nobody else on this machine read the file, which is made if need be; one of an earlier version, too."""
    with contextlib.suppress(OSError):  # what is no file is told by whoever opens it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)


def read_results(folder: Path) -> list[Result]:
    """Every record in the results folder `folder`."""
    with open_for_reading(folder) as store:
        return store.results()


def read_changes(folder: Path, since: float = 0.0) -> list[Change]:
    """Every change of a result in the results folder `folder` from `since` on, the oldest first."""
    with open_for_reading(folder) as store:
        return store.changes(since)


def read_sources(folder: Path) -> dict[str, bytes]:
    """Every file that the results folder `folder` keeps, by its hash."""
    with open_for_reading(folder) as store:
        return store.sources()


@contextmanager
def open_for_reading(folder: Path) -> Iterator[Store]:
    """Open the store in `folder`, which must be there."""
    path = folder / DATABASE
    if not path.is_file():
        raise GraderError(f"there are no results in {folder}: make them with 'grader grade SUBMISSIONS --out {folder}'")
    with closing(_connect(path)) as connection:
        yield Store(connection, b"")


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path)
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found not in (0, FORMAT):
            raise GraderError(f"{path} was written by another version of the kit (format {found}, here {FORMAT})")
        with connection:
            connection.executescript(SCHEMA)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
    except sqlite3.Error as error:
        raise GraderError(f"cannot use {path}: {error}") from None
    return connection

"""Which row of an LMS' table is which student: by the LMS' id, by id, login or email address, at last by name.

A row that could be two students', or a student who could be two rows, is an error: points never go to the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from grader.handins.lms_labels import Label
from grader.handins.roster import Person, Roster, ways_to_write
from grader.kit.errors import GraderError
from grader.reporting.exports.text import some

# Students of one name are told apart by their ids in the LMS when a class is graded: "Ada Lovelace (12345)".
NAMESAKE = re.compile(r"(?P<name>.+) \((?P<id>\d+)\)")


@dataclass(frozen=True)
class Row:
    """One student's row: its number in the table, the LMS' own id, other ids, logins and addresses, and the name."""

    number: int
    lms_id: str
    ids: tuple[str, ...]
    name: str

    @property
    def key(self) -> str:
        """What the LMS knows the row by."""
        return self.lms_id or next((own for own in self.ids if own), self.name)


@dataclass
class Matches:
    """The row of every student who has one, who was found by the name alone, and what is left on both sides."""

    rows: dict[str, Row] = field(default_factory=dict)
    by_name: list[str] = field(default_factory=list)
    without_row: list[str] = field(default_factory=list)
    without_result: list[str] = field(default_factory=list)

    def of(self, students: Collection[str]) -> Matches:
        """Return what is about `students`; all of it, where none is named."""
        if not students:
            return self
        rows = {student: row for student, row in self.rows.items() if student in students}
        by_name, without_row = (
            [student for student in told if student in students] for told in (self.by_name, self.without_row)
        )
        return Matches(rows, by_name, without_row)

    def news(self) -> list[str]:
        """Return what became of the matching, in words; nothing is dropped silently."""
        told = [f"rows matched: {len(self.rows)}"]
        if self.by_name:
            told.append(f"matched by name alone, please check: {some(self.by_name)}")
        if self.without_row:
            told.append(f"graded, but without a row: {some(self.without_row)}")
        if self.without_result:
            told.append(f"rows without a result, left as they are: {some(self.without_result)}")
        return told


def match(students: Iterable[str], rows: list[Row], roster: list[Person]) -> Matches:
    """Find the row of every student.

    Raises:
        GraderError: it is not clear which row belongs to which student, or no student has one.
    """
    known = Roster(roster)
    people = {student: _person(student, known) for student in students}
    matches = Matches()
    for step, keys_of_person, keys_of_row in STEPS:
        taken = {row.number for row in matches.rows.values()}
        places: dict[str, list[Row]] = {}
        for row in rows:
            if row.number not in taken:
                for key in keys_of_row(row) - {""}:
                    places.setdefault(key, []).append(row)
        found = {
            student: {row for key in keys_of_person(person) for row in places.get(key, [])}
            for student, person in people.items()
            if student not in matches.rows
        }
        _take(found, step, matches)
    matches.without_row = [student for student in people if student not in matches.rows]
    filled = {row.number for row in matches.rows.values()}
    matches.without_result = [row.name or row.lms_id for row in rows if row.number not in filled]
    if not matches.rows:
        raise GraderError(
            f"no row is that of a student with results: {some(matches.without_row)} graded, "
            f"{some(matches.without_result)} in the table; give --roster with the columns id, email and lms_id"
        )
    return matches


def _take(found: dict[str, set[Row]], step: str, matches: Matches) -> None:
    """Keep what one step has found. What is ambiguous is an error, but for names, which prove nothing."""
    students_of: dict[Row, list[str]] = {}
    for student, rows in found.items():
        for row in rows:
            students_of.setdefault(row, []).append(student)
    for student, rows in found.items():
        rivals = [other for row in rows for other in students_of[row] if other != student]
        if len(rows) == 1 and not rivals:
            matches.rows[student] = next(iter(rows))
            if step == BY_NAME:
                matches.by_name.append(student)
        elif rows and step != BY_NAME:
            names = " and ".join(sorted(repr(row.name) for row in rows))
            who = f"{student!r} and {rivals[0]!r} are" if rivals else f"{student!r} is"
            raise GraderError(f"{who} {names} in the table, by {step}: give every student's lms_id in --roster")


def _person(student: str, roster: Roster) -> Person:
    """Who a student in the results is, as far as the roster or the name itself tells."""
    if person := roster.find(Label(student)):
        return person
    if found := NAMESAKE.fullmatch(student):
        return Person(student, found["name"], lms_id=found["id"])
    return Person(student, student)


def _fold(texts: Iterable[str]) -> set[str]:
    return {text.strip().casefold() for text in texts}


def _local_parts(texts: Iterable[str]) -> set[str]:
    return {text.partition("@")[0] for text in _fold(texts)}


BY_NAME = "name"
# From what proves most to what proves least.
STEPS = (
    ("lms_id", lambda person: {person.lms_id}, lambda row: {row.lms_id}),
    ("id", lambda person: _fold([person.id, person.email]), lambda row: _fold([row.lms_id, *row.ids])),
    ("login", lambda person: _local_parts([person.id, person.email]), lambda row: _local_parts(row.ids)),
    (BY_NAME, lambda person: ways_to_write(person.name), lambda row: ways_to_write(row.name)),
)

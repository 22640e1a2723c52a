"""The roster: who must appear in the grades, submitted or not, and which student a submission belongs to."""

import csv
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from grader.handins.lms_labels import Label
from grader.kit.errors import GraderError

COLUMNS = ("id", "name", "email", "lms_id")


@dataclass(frozen=True)
class Person:
    """One row of the roster; `id` is the student's name in the grades."""

    id: str
    name: str = ""
    email: str = ""
    lms_id: str = ""


def read_roster(path: Path) -> list[Person]:
    """Return the rows of a CSV file with the columns id, and if you like name, email and lms_id, in any order.

    Raises:
        GraderError: it cannot be read, has no column `id`, or an id is empty or there twice.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise GraderError(f"the roster {path} cannot be read: {error}") from None
    rows = list(csv.DictReader(text.splitlines()))
    known = {_column(column): column for column in (rows[0] if rows else {}) if column}
    if "id" not in known:
        raise GraderError(f"the roster {path} needs a first line with the column 'id' (and {', '.join(COLUMNS[1:])})")
    people: dict[str, Person] = {}
    for number, row in enumerate(rows, start=2):
        person = Person(**{column: (row.get(known.get(column, "")) or "").strip() for column in COLUMNS})
        if not person.id:
            raise GraderError(f"the roster {path} has no id in row {number}")
        if person.id in people:
            raise GraderError(f"the roster {path} has the id {person.id!r} twice (row {number})")
        people[person.id] = person
    return list(people.values())


class Roster:
    """Find the student of a submission: by LMS id, id, email address, its local part, name, in this order."""

    def __init__(self, people: list[Person]) -> None:
        self.people = people
        self._indexes: list[dict[str, list[Person]]] = [{} for _ in range(5)]
        for person in people:
            for index, keys in zip(self._indexes, _keys_of_person(person), strict=True):
                for key in keys - {""}:
                    index.setdefault(key, []).append(person)

    def find(self, label: Label) -> Person | None:
        """Return the person that is meant by a label, or None.

        Raises:
            GraderError: it could be two people.
        """
        for index, key in zip(self._indexes, _keys_of_label(label), strict=True):
            found = index.get(key, [])
            if len(found) > 1:
                ids = ", ".join(person.id for person in found)
                raise GraderError(f"the submission of {label.name!r} could be that of {ids}: give lms_id in the roster")
            if found:
                return found[0]
        return None


def _keys_of_person(person: Person) -> tuple[set[str], ...]:
    email = person.email.casefold()
    local = {email.split("@")[0]} if "@" in email else set()
    return {person.lms_id, person.id}, {person.id}, {email}, local, ways_to_write(person.name)


def _keys_of_label(label: Label) -> tuple[str, ...]:
    name = label.name.casefold()
    return label.lms_id, label.name, label.email.casefold() or name, name, _letters(label.name)


def _column(header: str) -> str:
    return header.strip().casefold().replace(" ", "_").replace("-", "_")


def _letters(text: str) -> str:
    """Only letters and digits, however their accents are composed."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def ways_to_write(name: str) -> set[str]:
    """How a name may be written: "Ada Lovelace" is "Lovelace, Ada" for some, and "lovelaceada" for Canvas."""
    first, _, last = name.strip().rpartition(" ")
    return {_letters(name), _letters(last + first), _letters("".join(reversed(name.split(","))))}

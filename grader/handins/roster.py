"""The roster: who must appear in the grades, submitted or not, and which student a submission belongs to."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from grader.handins.hand_ins import Submitter
from grader.handins.lms_labels import Label
from grader.kit.csv_text import rows_of
from grader.kit.errors import GraderError

COLUMNS = ("id", "name", "email", "lms_id")
# What the columns are called elsewhere, in lower case, with spaces for what is not a letter or a digit.
KNOWN = {
    "id": (
        "id", "student id", "student number", "sis user id", "sis id", "sid", "id number", "idnumber", "id nummer",
        "matrikelnummer", "matriculation number", "matrikelnr", "matr nr", "matriculation", "username", "user name",
        "login", "login id",
        "sis login id", "netid", "net id", "kennung", "benutzername", "nutzername", "anmeldename",
    ),
    "name": ("name", "full name", "fullname", "student", "student name", "vollständiger name", "teilnehmer"),
    "email": ("email", "e mail", "email address", "e mail address", "mail", "e mail adresse", "emailadresse"),
    "lms_id": ("lms id", "canvas id", "canvas user id", "moodle id"),
    "first": ("first name", "firstname", "given name", "vorname", "prénom", "nombre"),
    "last": ("last name", "lastname", "surname", "family name", "nachname", "familienname", "nom", "apellido",
             "apellidos"),
}  # fmt: skip
NEEDED = "give lms_id in the roster"  # where names are not enough


@dataclass(frozen=True)
class Person:
    """One row of the roster; `id` is the student's name in the grades."""

    id: str
    name: str = ""
    email: str = ""
    lms_id: str = ""


def read_roster(path: Path) -> list[Person]:
    """Return the rows of a CSV file with the columns id, and if you like name, email and lms_id, in any order.

    Commas, semicolons or tabs; UTF-8, UTF-16 or what Windows writes; the common titles of other systems.

    Raises:
        GraderError: it cannot be read, has no column for the id, or an id is empty or there twice.
    """
    rows = list(rows_of(path, "the roster"))
    if not rows:
        raise GraderError(
            f"the roster {path} is empty: it needs a first line with the column 'id', then a student a line"
        )
    titles = rows[0][1]
    columns = _columns(path, titles)
    people: dict[str, Person] = {}
    for number, row in rows[1:]:
        cells = {column: row[place].strip() if place < len(row) else "" for column, place in columns.items()}
        first, last = cells.pop("first", ""), cells.pop("last", "")
        if not cells.get("name"):
            cells["name"] = f"{first} {last}".strip()
        person = Person(**cells)
        if not person.id:
            raise GraderError(
                f"the roster {path} has no id in row {number} ({', '.join(filter(None, row))}): fill in the column "
                f"{titles[columns['id']].strip()!r}, or remove the row"
            )
        if person.id in people:
            raise GraderError(
                f"the roster {path} has the id {person.id!r} twice (row {number}): remove one of the rows"
            )
        people[person.id] = person
    return list(people.values())


def _columns(path: Path, titles: list[str]) -> dict[str, int]:
    """Where each column is: its plain title first, then a title of another system, in the order of `KNOWN`."""
    places = {_plain(title): place for place, title in reversed(list(enumerate(titles)))}
    found = {}
    for column, names in KNOWN.items():
        # Canvas' gradebook has its own number in "ID", and the school's in "SIS User ID".
        taken = next((name for name in _order(column, names, places) if name in places), None)
        if taken is not None:
            found[column] = places[taken]
    if "id" not in found:
        there = ", ".join(repr(title.strip()) for title in titles if title.strip()) or "none"
        raise GraderError(
            f"the roster {path} has the columns {there}: which is the id? Rename one to 'id', in the first line "
            f"(and if you like others to {', '.join(COLUMNS[1:])})"
        )
    return found


def _order(column: str, names: tuple[str, ...], places: dict[str, int]) -> tuple[str, ...]:
    if "id" in places and "sis user id" in places:
        if column == "id":
            return ("sis user id",)
        if column == "lms_id":
            return (*names, "id")
    return names


def _plain(title: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in title.casefold()).split())


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
        """Return the person that is meant by a label; None when nobody is, or it could be two."""
        _, found = self.candidates(label)
        return found[0] if len(found) == 1 else None

    def candidates(self, label: Label) -> tuple[int, list[Person]]:
        """Return who could be meant, several where it is not clear, and by which step: 0 proves most."""
        for step, (index, keys) in enumerate(zip(self._indexes, _keys_of_label(label), strict=True)):
            if found := [person for key in sorted(keys - {""}) for person in index.get(key, [])]:
                return step, list(dict.fromkeys(found))
        return len(self._indexes), []


@dataclass(frozen=True)
class Placed:
    """A class under the ids of its roster; who is not on it; and of whom it is not clear who they are, in words."""

    students: dict[str, Submitter]
    strangers: list[str]
    unclear: dict[str, str]
    renamed: dict[str, str]  # the name on the hand-in of everybody on the roster, and the id


def by_roster(students: dict[str, Submitter], roster: Roster) -> Placed:
    """Return the students under the ids of the roster, those without a hand-in included.

    Who is not on it, and who could be two people on it, keeps their own name and is graded like everybody.
    """
    placed = Placed({person.id: Submitter(person.id, Label(person.name)) for person in roster.people}, [], {}, {})
    for person_id, claims in _claims(students, roster, placed).items():
        _settle(person_id, claims, students, placed)
    for name in placed.strangers:
        placed.students[name] = students[name]
    return placed


def _claims(students: dict[str, Submitter], roster: Roster, placed: Placed) -> dict[str, list[tuple[int, str]]]:
    """Return, for each id of the roster, who may be that person and by which step; others are strangers."""
    claims: dict[str, list[tuple[int, str]]] = defaultdict(list)
    matches = {name: roster.candidates(student.label) for name, student in students.items()}
    same_ids = any(found and step == 0 for step, found in matches.values())
    for name, (step, found) in matches.items():
        label = students[name].label
        # The LMS of this class has the roster's ids: who has another one only shares a name.
        found = [person for person in found if step == 0 or not (same_ids and label.lms_id and person.lms_id)]
        if len(found) == 1:
            claims[found[0].id].append((step, name))
            continue
        placed.strangers.append(name)
        if found:
            ids = ", ".join(person.id for person in found)
            placed.unclear[name] = f"{name} could be each of {ids}: {NEEDED}; graded under the own name"
            for person in found:
                placed.students[person.id].refuse(name, f"it could be that of {ids}: {NEEDED}")
    return claims


def _settle(person_id: str, claims: list[tuple[int, str]], students: dict[str, Submitter], placed: Placed) -> None:
    """Give a person of the roster the hand-in that is surely theirs; others keep their own names."""
    best = min(step for step, _ in claims)
    surely = [name for step, name in claims if step == best]
    names = " and ".join(repr(name) for _, name in claims)
    if len(surely) == 1:
        placed.renamed[surely[0]] = person_id
        student = students[surely[0]]
        student.rename(person_id)
        placed.students[person_id] = student
    else:
        for name in surely:
            placed.students[person_id].refuse(name, f"{names} could both be this student's: {NEEDED}")
    left = [name for _, name in claims if name not in placed.renamed]
    taken = f"{surely[0]!r} is taken" if len(surely) == 1 else "none is taken"
    placed.strangers.extend(left)
    for name in left:
        placed.unclear[name] = f"{names} could both be {person_id}: {taken}, others are graded under their own names"


def _keys_of_person(person: Person) -> tuple[set[str], ...]:
    email = person.email.casefold()
    local = {email.split("@")[0]} if "@" in email else set()
    return {person.lms_id, person.id}, {person.id}, {email}, local, ways_to_write(person.name)


def _keys_of_label(label: Label) -> tuple[set[str], ...]:
    name, email = label.name.casefold(), label.email.casefold()
    local = {email.split("@")[0], name}
    return {label.lms_id}, {label.name, label.email}, {email or name}, local, {_letters(label.name)}


def _letters(text: str) -> str:
    """Only letters and digits, however their accents are composed."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def ways_to_write(name: str) -> set[str]:
    """How a name may be written: "Ada Lovelace" is "Lovelace, Ada" for some, and "lovelaceada" for Canvas."""
    first, _, last = name.strip().rpartition(" ")
    return {_letters(name), _letters(last + first), _letters("".join(reversed(name.split(","))))}

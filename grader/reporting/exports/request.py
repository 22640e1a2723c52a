"""What an export is asked for, and what it answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.grading.result import Result
from grader.handins.received import Received
from grader.handins.roster import Person
from grader.kit.csv_text import as_text
from grader.kit.errors import GraderError
from grader.kit.options import DEFAULT_LEVEL
from grader.reporting.exports.sheet import Sheet
from grader.reporting.exports.written import Written

NAME_AND_EMAIL = ("name", "email")  # columns of tables, where a roster or an LMS has told them


@dataclass(frozen=True)
class ExportRequest:
    """The results, and what some formats need beside them."""

    results: list[Result]
    exercises: tuple[str, ...] = ()  # those asked for by name; empty: all that there are results of
    into: Path | None = None  # what an LMS exported, to be filled in
    roster: list[Person] = field(default_factory=list)
    level: str = DEFAULT_LEVEL  # how much of the feedback the students read
    columns: dict[str, str] = field(default_factory=dict)  # which column is meant, where its title does not tell
    only: tuple[str, ...] = ()  # these students; empty: all
    written: Written = field(default_factory=Written)  # what may be filled in, where an LMS' table has something
    received: list[Received] = field(default_factory=list)  # the account of what came in
    grades: dict[str, float | None] = field(default_factory=dict)  # of the course, by student; empty without one
    exempt: frozenset[tuple[str, str]] = frozenset()  # students, and the exercises that do not count for them
    people: dict[str, Person] = field(
        default_factory=dict
    )  # names and addresses, by student; empty where none is known

    def chosen(self) -> list[Result]:
        """Return the results of the exercises and the students asked for.

        Raises:
            GraderError: there are none of one of them.
        """
        return only_of(self._of_exercises(), self.only)

    def students(self) -> list[str]:
        """Return everybody who has a result of these exercises, asked for or not: who could be meant by a row."""
        return list(dict.fromkeys(result.student for result in self._of_exercises()))

    def _of_exercises(self) -> list[Result]:
        graded = {result.exercise for result in self.results}
        missing = [name for name in self.exercises if name not in graded]
        if missing:
            raise GraderError(f"there are no results of {', '.join(missing)}; there are of {', '.join(sorted(graded))}")
        return [result for result in self.results if not self.exercises or result.exercise in self.exercises]

    def by_student(self) -> dict[str, list[Result]]:
        """Return the chosen results of every student."""
        students: dict[str, list[Result]] = {}
        for result in self.chosen():
            students.setdefault(result.student, []).append(result)
        return students

    def name_and_email(self, student: str) -> list[str]:
        """Return two cells, or none where no student's name or address is known."""
        return name_and_email(student, self.people)

    def sheet(self, what: str) -> Sheet:
        """Return the table to be filled in, which is `what`."""
        if self.into is None:
            raise GraderError(f"give {what} with --into FILE; an updated copy of it is written to --out")
        return Sheet.read(self.into)


def name_and_email(student: str, people: Mapping[str, Person]) -> list[str]:
    """Return the cells below `NAME_AND_EMAIL`; none where nobody's name or address is known."""
    if not people:
        return []
    person = people.get(student, Person(student))
    return [as_text(person.name), as_text(person.email)]


def only_of(results: list[Result], students: Collection[str]) -> list[Result]:
    """Return the results of `students`; of all, where none is named.

    Raises:
        GraderError: one of them has no results here.
    """
    graded = {result.student for result in results}
    for name in students:
        if name not in graded:
            raise GraderError(f"there are no results of {name!r}: name a student as the results do")
    return [result for result in results if not students or result.student in students]


@dataclass(frozen=True)
class Export:
    """The files to write, by their path below `--out` ("" is `--out` itself), and what is to be told in words."""

    files: dict[str, bytes]
    news: list[str] = field(default_factory=list)

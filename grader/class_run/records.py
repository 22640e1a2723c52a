"""What a class came to as people read it: the store's results, as the course file and decisions by hand change them."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.class_run.course import Course
from grader.class_run.decisions import Decision, decide, read_decisions
from grader.class_run.merged import merge
from grader.class_run.store import open_for_reading
from grader.class_run.term import counting, grade, lateness, penalty
from grader.grading.result import Result
from grader.handins.received import Received
from grader.handins.roster import Person


@dataclass(frozen=True)
class ClassRecords:
    """What a results folder says of those who are in the class, decisions included, and who else has results there."""

    results: list[Result]
    departed: list[str]
    received: list[Received]
    about_nothing: list[str] = field(default_factory=list)  # decisions, in words
    course: Course | None = None
    exempt: frozenset[tuple[str, str]] = frozenset()  # students, and the exercises that do not count for them
    people: dict[str, Person] = field(default_factory=dict)  # those of whom more is known than the name in the grades

    def grades(self) -> dict[str, float | None]:
        """The grade of every student in the course; empty without one."""
        if self.course is None:
            return {}
        students: dict[str, list[Result]] = {}
        for result in self.results:
            students.setdefault(result.student, []).append(result)
        return {student: grade(own, self.course) for student, own in students.items()}


def read_class(folder: Path, course: Course | None = None, decisions: list[Decision] | None = None) -> ClassRecords:
    """What the results folder `folder` says of those who are in the class, as people decided.

    With a course, what is late has lost points, and only what counts by now is there. `decisions` are those of the
    folder, unless others are given.

    Raises:
        GraderError: it cannot be read, or a line of its decisions cannot be one.
    """
    decisions = read_decisions(folder) if decisions is None else decisions
    with open_for_reading(folder) as store:
        one = merge(store.results(), store.times(), decisions)
        decisions, off_the_roster = one.decisions, [name for name in store.departed() if name not in one.names]
        results = [result for result in one.results if result.student not in off_the_roster]
        if course is None:
            decided = decide(results, decisions)
        else:
            now = time.time()
            late = lateness(counting(results, course, now), one.times, course, decisions)
            decided = decide(results, decisions, penalty(late))
            decided = replace(decided, results=counting(decided.results, course, now, decisions))
        departed = sorted({*off_the_roster, *decided.withdrawn})
        received = [row for row in store.received() if row.student not in departed]
        people = known_people(person for person in store.class_list() if person.id not in one.names)
        about_nothing = one.about_nothing + decided.about_nothing
        return ClassRecords(decided.results, departed, received, about_nothing, course, decided.exempt, people)


def known_people(people: Iterable[Person]) -> dict[str, Person]:
    """Return those of whom a roster or an LMS tells more than the name in the grades, by that name."""
    return {person.id: person for person in people if person.email or person.name not in ("", person.id)}

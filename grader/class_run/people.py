"""Who is known in a results folder, and from where."""

from dataclasses import dataclass
from pathlib import Path

from grader.class_run.decisions import FILE, Kind, read_decisions
from grader.class_run.store import open_for_reading, open_for_writing
from grader.handins.roster import Person
from grader.kit.errors import GraderError
from grader.kit.words import counted


@dataclass(frozen=True)
class Known:
    """Somebody with results or on the roster; `since` says from where, `now` what became of them."""

    person: Person
    since: str
    now: str
    exercises: int


def known(folder: Path) -> list[Known]:
    """Return everybody in the results folder `folder`, by name.

    Raises:
        GraderError: it cannot be read, or a line of its decisions cannot be one.
    """
    decisions = {decision.student: decision for decision in read_decisions(folder)
                 if decision.kind in (Kind.WITHDRAWN, Kind.MERGED)}  # fmt: skip
    with open_for_reading(folder) as store:
        roster, departed = {person.id for person in store.roster()}, set(store.departed())
        people = {person.id: person for person in store.class_list()}
        graded = [result.student for result in store.results() if result.source_hash]
    found = []
    for name in sorted({*people, *graded}):
        now = "no longer in the class: not on the last roster" if name in departed else ""
        if name in decisions:
            decision = decisions[name]
            what = f"merged into {decision.value}" if decision.kind == Kind.MERGED else "withdrawn"
            now = f"{what} ({FILE}, line {decision.line})"
        since = "roster" if name in roster else "hand-in"
        found.append(Known(people.get(name, Person(name)), since, now, graded.count(name)))
    return found


def remove(folder: Path, student: str, sure: bool) -> str:
    """Remove a student and all that is known of them from the results folder; return what that is, in words.

    Unless one is `sure`, nothing is removed.

    Raises:
        GraderError: there is no such student.
    """
    with open_for_writing(folder) as store:
        count = sum(result.student == student for result in store.results())
        if not count and student not in {person.id for person in store.class_list()}:
            raise GraderError(f"there is no student {student!r}: 'grader students {folder}' lists those that are known")
        what = f"{counted(count, 'result')} of {student}, with their history and the place in the class"
        if not sure:
            return (
                f"would remove {what}; --yes does it. Who has left but is to be kept: 'grader decide ... --withdrawn'"
            )
        store.remove(student)
    return f"removed {what}"

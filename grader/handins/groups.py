"""Groups: one hand-in for several students. `groups.csv` has the columns `group` and `student`, a line for each member,
and may have a column `exercises`, such as `ex02 ex09`: for these alone they hand in together.

Gradescope's groups need no file: its export names all members of one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from grader.handins.hand_ins import HandIn, Submitter
from grader.handins.lms_labels import Label
from grader.kit.csv_text import rows_of
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise

WHAT = "the file of groups"


@dataclass
class Group:
    """Who hands in together, and which exercises, by their full names; without any, all."""

    name: str
    exercises: frozenset[str]
    members: list[str]

    def shares(self, exercise: str) -> bool:
        return not self.exercises or exercise in self.exercises


def read_groups(path: Path) -> list[Group]:
    """Return the groups, with their members as the grades name them.

    Raises:
        GraderError: it cannot be read, lacks a column, or a line lacks a cell, names an exercise that is not there or
            a student who does it with others.
    """
    rows = list(rows_of(path, WHAT))
    titles = [title.strip().lower() for title in rows[0][1]] if rows else []
    if "group" not in titles or "student" not in titles:
        raise GraderError(f"{WHAT} {path} needs the columns 'group' and 'student' in its first line")
    groups: dict[tuple[str, frozenset[str]], Group] = {}
    for number, row in rows[1:]:
        cells = dict(zip(titles, (cell.strip() for cell in row), strict=False))
        name, student = cells.get("group", ""), cells.get("student", "")
        if not name or not student:
            raise GraderError(f"{path}, line {number}: a group and a student are needed")
        try:
            words = cells.get("exercises", "").replace(",", " ").split()
            exercises = frozenset(find_exercise(word).name for word in words)
        except GraderError as error:
            raise GraderError(f"{path}, line {number}: {error}") from None
        if other := _with_others(student, exercises, groups.values()):
            raise GraderError(f"{path}, line {number}: {student!r} is in {other!r} already")
        groups.setdefault((name, exercises), Group(name, exercises, [])).members.append(student)
    return list(groups.values())


def _with_others(student: str, exercises: frozenset[str], groups: Iterable[Group]) -> str:
    """The group in which the student is already for one of the exercises, or ""."""
    theirs = (group for group in groups if student in group.members)
    both = (group for group in theirs if not exercises or not group.exercises or exercises & group.exercises)
    return next((group.name for group in both), "")


def with_members(students: dict[str, Submitter], groups: Iterable[Group]) -> dict[str, Submitter]:
    """Return the students and those members of groups who handed in nothing themselves."""
    members = [name for group in groups for name in group.members]
    return {**students, **{name: Submitter(name, Label(name)) for name in members if name not in students}}


def partners(groups: Iterable[Group], exercises: Iterable[str]) -> dict[str, set[str]]:
    """Return with whom each member of a group hands in some of these exercises, themselves included."""
    names, together = list(exercises), dict[str, set[str]]()
    for group in groups:
        if any(map(group.shares, names)):
            for name in group.members:
                together.setdefault(name, set()).update(group.members)
    return together


def share(hand_ins: dict[str, dict[str, HandIn]], groups: Iterable[Group]) -> None:
    """Give every member of a group the newest file that one of them handed in for each of its exercises."""
    for group in groups:
        there = [name for name in group.members if name in hand_ins]
        for exercise in {exercise for name in there for exercise in hand_ins[name]}:
            if group.shares(exercise):
                _share(hand_ins, group.name, there, exercise)


def _share(hand_ins: dict[str, dict[str, HandIn]], group: str, members: list[str], exercise: str) -> None:
    own = {name: hand_ins[name][exercise] for name in members if exercise in hand_ins[name]}
    usable = {name: hand_in for name, hand_in in own.items() if hand_in.source is not None}
    if not usable:
        return
    owner = max(usable, key=lambda name: usable[name].modified)
    counts = usable[owner]
    for name in members:
        if name not in usable or usable[name].source != counts.source:
            told = f"handed in by {owner} for {group}"
            hand_ins[name][exercise] = replace(counts, remarks=(*counts.remarks, told))

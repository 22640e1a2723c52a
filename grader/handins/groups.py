"""Groups: one hand-in for several students. `groups.csv` has the columns `group` and `student`, a line for each member.

Gradescope's groups need no file: its export names all members of one.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from grader.handins.hand_ins import HandIn, Submitter
from grader.handins.lms_labels import Label
from grader.kit.csv_text import rows_of
from grader.kit.errors import GraderError


def read_groups(path: Path) -> dict[str, list[str]]:
    """Return the members of every group, as the grades name them.

    Raises:
        GraderError: it cannot be read, lacks a column, or a line lacks a cell or has a student of another group.
    """
    what = "the file of groups"
    rows = list(rows_of(path, what))
    titles = [title.strip().lower() for title in rows[0][1]] if rows else []
    if "group" not in titles or "student" not in titles:
        raise GraderError(f"{what} {path} needs the columns 'group' and 'student' in its first line")
    groups: dict[str, list[str]] = {}
    found: dict[str, str] = {}
    for number, row in rows[1:]:
        cells = dict(zip(titles, (cell.strip() for cell in row), strict=False))
        group, student = cells.get("group", ""), cells.get("student", "")
        if not group or not student:
            raise GraderError(f"{path}, line {number}: a group and a student are needed")
        if student in found:
            raise GraderError(f"{path}, line {number}: {student!r} is in {found[student]!r} already")
        found[student] = group
        groups.setdefault(group, []).append(student)
    return groups


def with_members(students: dict[str, Submitter], groups: Iterable[list[str]]) -> dict[str, Submitter]:
    """Return the students and those members of groups who handed in nothing themselves."""
    absent = {name: Submitter(name, Label(name)) for members in groups for name in members if name not in students}
    return {**students, **absent}


def share(hand_ins: dict[str, dict[str, HandIn]], groups: dict[str, list[str]]) -> None:
    """Give every member of a group the newest file that one of them handed in for each exercise."""
    for group, members in groups.items():
        there = [name for name in members if name in hand_ins]
        for exercise in {exercise for name in there for exercise in hand_ins[name]}:
            _share(hand_ins, group, there, exercise)


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

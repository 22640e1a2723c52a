"""The history of points: what a result was before each change, when and why. Nothing of it is ever removed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from grader.grading.result import Result
from grader.kit.csv_text import as_text, csv_bytes

FILE = "history.csv"  # in the results folder
COLUMNS = ("student", "exercise", "when", "was", "now", "max_score", "why", "tasks")


@dataclass(frozen=True)
class Change:
    """One result takes the place of another; `was` is None for the first one."""

    student: str
    exercise: str
    when: float  # seconds since 1970
    was: float | None
    now: float
    most: float
    why: str
    tasks: str  # those whose points changed, in words

    @property
    def moment(self) -> str:
        return datetime.fromtimestamp(self.when).isoformat(sep=" ", timespec="minutes")

    @property
    def in_words(self) -> str:
        points = f"{self.now:g}" if self.was is None else f"{self.was:g} -> {self.now:g}"
        tasks = f" ({self.tasks})" if self.tasks else ""
        return f"{self.moment}  {self.exercise}: {points} of {self.most:g}, {self.why}{tasks}"


def change_between(old: Result | None, new: Result, when: float) -> Change | None:
    """Return what changes when `new` takes the place of `old`; None where neither points nor the file do."""
    if old is None:
        return Change(new.student, new.exercise, when, None, new.score, new.max_score, _first(new), "")
    tasks = _changed_tasks(old, new)
    if not tasks and old.source_hash == new.source_hash and old.note == new.note:
        return None
    why = "; ".join(_reasons(old, new))
    return Change(new.student, new.exercise, when, old.score, new.score, new.max_score, why, tasks)


def _first(new: Result) -> str:
    if new.note:
        return f"the grader failed: {new.note}"
    return "first graded" if new.source_hash else "nothing to grade"


def _changed_tasks(old: Result, new: Result) -> str:
    before = {score.task: score.score for score in old.scores}
    after = {score.task: score.score for score in new.scores}
    names = list(dict.fromkeys([*before, *after]))
    changed = [name for name in names if before.get(name) != after.get(name)]
    return ", ".join(f"{name} {_points(before.get(name))} -> {_points(after.get(name))}" for name in changed)


def _points(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"


def _reasons(old: Result, new: Result) -> list[str]:
    """Say what is different between two runs, as far as the results tell."""
    reasons = []
    if old.note or new.note:
        reasons.append(f"the grader failed: {new.note}" if new.note else "the grader had failed before")
    if old.source_hash != new.source_hash:
        file = "another file" if new.source_hash else "no file that can be graded any more"
        reasons.append(file if old.source_hash else "a file came")
    libraries = sorted(
        name for name in {*old.versions, *new.versions} if old.versions.get(name) != new.versions.get(name)
    )
    if libraries:
        reasons.append(f"other versions of {', '.join(libraries)}")
    if old.profile != new.profile:
        reasons.append(f"the profile {new.profile}, was {old.profile}")
    if not reasons:
        same = old.content_hash == new.content_hash
        reasons.append("graded again, nothing else changed" if same else "the kit, its tests or thresholds changed")
    return reasons


def history_csv(changes: Iterable[Change]) -> bytes:
    """Return every change as a CSV file, the oldest first."""
    rows = (
        (as_text(change.student), change.exercise, change.moment, "" if change.was is None else f"{change.was:g}",
         f"{change.now:g}", f"{change.most:g}", as_text(change.why), as_text(change.tasks))
        for change in changes
    )  # fmt: skip
    return csv_bytes([COLUMNS, *rows])

"""What a student's kit remembers between runs: points and statuses by task, and how far hints were read.

One JSON file in the kit's folder. It decides nothing: what cannot be read is forgotten, with a note, and a folder that
cannot be written to is not a reason for a run to fail.
"""

import contextlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.exercise import KIT, Exercise, find_exercise
from grader.kit.files import write_whole
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

FORMAT = 1
FORGOTTEN = "the remembered progress could not be read (.progress.json): it starts from nothing"


@dataclass
class Remembered:
    """What is known of one exercise: the last score of every task that ran, when, and the hints read by task."""

    when: float = 0.0  # of the last run, in seconds since 1970
    tasks: dict[str, tuple[float, Status]] = field(default_factory=dict)  # score and status
    rungs: dict[str, int] = field(default_factory=dict)
    broken: str = ""  # why the file could not be imported, where a status says so

    def scores(self, exercise: Exercise) -> list[TaskScore]:
        """Return the scores of every task; before anything ran all are to do."""
        found = []
        unknown = Status.NOT_RUN if self.tasks else Status.TODO
        for task in exercise.tasks:
            score, status = self.tasks.get(task.name, (0.0, unknown))
            found.append(TaskScore(task.name, min(score, task.points), task.points, status, ""))
        return found


@dataclass(frozen=True)
class Seen:
    """What a run has seen of one exercise: tasks that ran whole, and parts of tasks that are not right."""

    whole: list[TaskScore]
    wrong_parts: list[TaskScore] = field(default_factory=list)
    broken: str = ""  # why the file could not be imported, if that is so


@dataclass
class Progress:
    """What is remembered of each exercise by name; `note` says so when a damaged file was forgotten."""

    exercises: dict[str, Remembered] = field(default_factory=dict)
    note: str = ""

    def of(self, exercise: Exercise) -> Remembered:
        return self.exercises.setdefault(exercise.name, Remembered())

    def is_complete(self, exercise: Exercise) -> bool:
        return all(score.status == Status.PASSED for score in self.of(exercise).scores(exercise))


def progress_file() -> Path:
    return KIT / ".progress.json"


def load_progress() -> Progress:
    """Return what is remembered; empty when nothing is, or when the file is damaged."""
    try:
        text = progress_file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return Progress()
    except (OSError, ValueError):
        return Progress(note=FORGOTTEN)
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            return Progress(note=FORGOTTEN)
        return Progress({str(name): _read(entry) for name, entry in data["exercises"].items()})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return Progress(note=FORGOTTEN)


def save_progress(progress: Progress) -> None:
    """Write it down, if that is possible."""
    exercises = {
        name: {
            "when": remembered.when,
            "tasks": {task: {"score": score, "status": status} for task, (score, status) in remembered.tasks.items()},
            "rungs": remembered.rungs,
            "broken": remembered.broken,
        }
        for name, remembered in sorted(progress.exercises.items())
    }
    text = json.dumps({"format": FORMAT, "exercises": exercises}, indent=1)
    with contextlib.suppress(GraderError):
        write_whole(progress_file(), text.encode())


def remember_run(runs: dict[str, Seen]) -> str:
    """Remember what a run has seen, by exercise; returns a note for the student, or "".

    Of a task that ran in part a failure is remembered where it was thought right or to do; success is not.
    """
    progress = load_progress()
    news = {
        name: seen
        for name, seen in runs.items()
        if name in progress.exercises or any(score.status != Status.TODO for score in _all_of(seen))
    }
    notes = [progress.note] if progress.note else []
    for name, seen in news.items():
        remembered = progress.exercises.setdefault(name, Remembered())
        notes += _about_lost_work(find_exercise(name), remembered, seen.whole)
        remembered.when = time.time()
        if any(score.status != Status.ERROR for score in _all_of(seen)):
            # The file can be imported again: what was broken is so no more, and what has become of it is not known.
            remembered.tasks = {task: told for task, told in remembered.tasks.items() if told[1] != Status.ERROR}
        known = {task: status for task, (_, status) in remembered.tasks.items()}
        news_of_parts = [
            part for part in seen.wrong_parts if known.get(part.task, Status.TODO) in (Status.PASSED, Status.TODO)
        ]
        remembered.tasks |= {score.task: (score.score, score.status) for score in [*news_of_parts, *seen.whole]}
        is_broken = any(status == Status.ERROR for _, status in remembered.tasks.values())
        remembered.broken = (seen.broken or remembered.broken) if is_broken else ""
    if news:
        save_progress(progress)
    return "\n".join(notes)


def _all_of(seen: Seen) -> list[TaskScore]:
    return [*seen.whole, *seen.wrong_parts]


def _about_lost_work(exercise: Exercise, before: Remembered, found: list[TaskScore]) -> list[str]:
    """Say so where the file of an exercise that had points is the untouched one again: a new kit was unpacked over it.

    `forget` has seen to it that `grader reset` is no such case.
    """
    points = sum(score for score, _ in before.tasks.values())
    if not points or any(score.status != Status.TODO for score in found):
        return []
    from grader.learning.original import is_untouched

    if not is_untouched(exercise):
        return []
    return [
        f"{exercise.filename} is as it was handed out, and had {points:g} points: did a new kit replace it? Your"
        " code may still be in a handin.zip, or in what your editor remembers"
    ]


def next_rung(exercise: Exercise, task: str, rungs: int, again: bool = False) -> int:
    """Return the number, from 0, of the hint that comes next of `rungs`; after the last one it is the last again.

    With `again` it is the one that came last.
    """
    read = load_progress().of(exercise).rungs.get(task, 0)
    rung = min(max(read - again, 0), rungs - 1)
    remember_rung(exercise, task, rung)
    return rung


def remember_rung(exercise: Exercise, task: str, rung: int) -> None:
    """Remember that a hint was shown; the next one is the one after it."""
    progress = load_progress()
    progress.of(exercise).rungs[task] = rung + 1
    save_progress(progress)


def forget(exercise: Exercise) -> None:
    """Forget the points of an exercise that is started again, not the hints."""
    progress = load_progress()
    remembered = progress.of(exercise)
    remembered.tasks, remembered.when, remembered.broken = {}, 0.0, ""
    save_progress(progress)


def _read(entry: dict) -> Remembered:
    tasks: dict[str, tuple[float, Status]] = {}
    for name, task in entry["tasks"].items():
        score, status = float(task["score"]), Status(task["status"])
        if not 0 <= score <= 100 or status in (Status.MISSING, Status.UNREADABLE, Status.NOT_RUN):
            raise ValueError(f"{name} is {status}, {score}")
        tasks[str(name)] = (score, status)
    rungs = {str(name): max(0, int(rung)) for name, rung in entry["rungs"].items()}
    return Remembered(float(entry["when"]), tasks, rungs, str(entry.get("broken", "")))

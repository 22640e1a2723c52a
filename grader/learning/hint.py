"""A hint on a task, as `grader hint` shows it: a rung further down the ladder every time, or one that is asked for."""

import difflib
import re
import shutil
import textwrap

from grader.hints.ladder import RUNGS, read_ladder
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, find_exercise, load_catalog
from grader.learning.broken_file import problem_of_file
from grader.learning.progress import load_progress, next_rung, remember_rung
from grader.testing.verdict import Status

WIDEST = 88
TITLES = {"idea": "The idea", "look": "Where to look", "example": "An example"}
NUMBERS = tuple(str(number) for number in range(1, len(RUNGS) + 1))
NUMBERED = re.compile(r"(ex)?\d", re.IGNORECASE)
MOST_MEANT = 3
WRONG = (Status.PARTIAL, Status.FAILED)


def hint(words: list[str], again: bool) -> str:
    """Return a hint on the task that `words` name: `precision`, `ex01 precision`, `ex01`, each with a number or not.

    Without a number it is the next one, or with `again` the one that was shown last.

    Raises:
        GraderError: there is no such task, or it is in several exercises; there are no hints on it.
    """
    number = words[-1] if len(words) > 1 and words[-1] in NUMBERS else ""
    exercise, task, why = find_task(words[:-1] if number else words)
    if not exercise.hints.is_file():
        raise GraderError(f"there are no hints on {exercise.name}")
    ladder = read_ladder(exercise)[task]
    if number:
        rung = int(number) - 1
        remember_rung(exercise, task, rung)
    else:
        rung = next_rung(exercise, task, len(RUNGS), again)
    name = RUNGS[rung]
    title = f"{exercise.number} {task}, hint {rung + 1} of {len(RUNGS)}: {TITLES[name].lower()}{why}"
    return f"{title}\n\n{to_width(getattr(ladder, name))}\n\n{_ending(exercise, task, rung)}"


def _ending(exercise: Exercise, task: str, rung: int) -> str:
    command = f"grader hint {exercise.number} {task}"
    if rung + 1 < len(RUNGS):
        return f"The next one: {command}"
    return f"This is the last hint. The first one again: {command} 1"


def find_task(words: list[str]) -> tuple[Exercise, str, str]:
    """Return the exercise and the task that `words` name, and how it was chosen where they name no task."""
    if len(words) > 2:
        raise GraderError(f"give a task, such as 'precision' or 'ex01 precision', and a number from 1 to {len(RUNGS)}")
    task = words[-1]
    candidates = [find_exercise(words[0])] if len(words) == 2 else list(load_catalog().values())
    found = [exercise for exercise in candidates if any(each.name == task for each in exercise.tasks)]
    if len(found) > 1:
        choices = " or ".join(f"'{exercise.number} {task}'" for exercise in found)
        raise GraderError(f"'{task}' is a task of several exercises: ask for {choices}")
    if found:
        return found[0], task, ""
    if len(words) == 1 and (exercise := _exercise_called(task)):
        return _first_task(exercise)
    names = [each.name for exercise in candidates for each in exercise.tasks]
    exercises = [exercise.name.partition("_")[2] for exercise in candidates]
    if meant := _meant(task, names if len(words) == 2 else names + exercises):
        nothing = f"{candidates[0].name} has no task" if len(words) == 2 else "no exercise has a task"
        raise GraderError(f"{nothing} '{task}': did you mean {' or '.join(map(repr, meant))}?")
    if len(words) == 2:
        candidates[0].task(task)  # raises, and names the tasks that there are
    raise GraderError(f"no exercise has a task '{task}'; 'grader status ex01' lists the tasks of an exercise")


def _exercise_called(name: str) -> Exercise | None:
    """Return the exercise, also by its name without the number; None where `name` does not look like one either.

    Raises:
        GraderError: it looks like one that is not there.
    """
    for exercise in load_catalog().values():
        if exercise.name.partition("_")[2] == name.lower():
            return exercise
    try:
        return find_exercise(name)
    except GraderError:
        if NUMBERED.match(name):
            raise
        return None


def _meant(word: str, names: list[str]) -> list[str]:
    """Return the names that `word` is a part of, if those are few, or else the one that is most like it."""
    holding = list(dict.fromkeys(name for name in names if word in name))
    return holding if 0 < len(holding) <= MOST_MEANT else difflib.get_close_matches(word, names, 1)


def _first_task(exercise: Exercise) -> tuple[Exercise, str, str]:
    """Return the first task that is wrong, as far as is known, else the first that is not right yet."""
    known = load_progress().of(exercise)
    if problem := problem_of_file(exercise, known):
        raise GraderError(f"{problem}; put that right first, then run 'pytest exercises/{exercise.name}'")
    scores = known.scores(exercise)
    for statuses, why in ((WRONG, "wrong"), ((Status.TODO, Status.NOT_RUN, Status.ERROR), "not right yet")):
        for score in scores:
            if score.status in statuses:
                return exercise, score.task, f" (the first task that is {why})"
    raise GraderError(
        f"all tasks of {exercise.number} are right; 'grader hint {exercise.number} TASK' has hints on one"
    )


def to_width(text: str) -> str:
    """`text` in the terminal's width; lines that are indented stand as they are, like those beside them."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return "\n".join(_lines(text, width))


def _lines(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for line in text.splitlines():
        table = line.startswith(" ") or len(line) <= width
        lines += [line] if table else textwrap.wrap(line, width)
    return lines

"""The next hint on a task, as `grader hint` shows it: a rung further down the ladder every time."""

import shutil
import textwrap

from grader.hints.ladder import RUNGS, read_ladder
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, find_exercise, load_catalog
from grader.learning.progress import next_rung

WIDEST = 88
TITLES = {"idea": "The idea", "look": "Where to look", "example": "An example"}


def next_hint(words: list[str]) -> str:
    """Return the next hint on the task that `words` name: `precision`, or `ex01 precision`.

    Raises:
        GraderError: there is no such task, or it is in several exercises; there are no hints on it.
    """
    exercise, task = find_task(words)
    if not exercise.hints.is_file():
        raise GraderError(f"there are no hints on {exercise.name}")
    ladder = read_ladder(exercise)[task]
    number = next_rung(exercise, task, len(RUNGS))
    rung = RUNGS[number]
    last = number == len(RUNGS) - 1
    ending = "This is the last hint." if last else f"The next one: grader hint {exercise.number} {task}"
    title = f"{exercise.number} {task}, hint {number + 1} of {len(RUNGS)}: {TITLES[rung].lower()}"
    return f"{title}\n\n{to_width(getattr(ladder, rung))}\n\n{ending}"


def find_task(words: list[str]) -> tuple[Exercise, str]:
    """Return the exercise and the task that `words` name."""
    if len(words) > 2:
        raise GraderError("give a task, such as 'precision' or 'ex01 precision'")
    task = words[-1]
    candidates = [find_exercise(words[0])] if len(words) == 2 else list(load_catalog().values())
    found = [exercise for exercise in candidates if any(each.name == task for each in exercise.tasks)]
    if len(found) > 1:
        choices = " or ".join(f"'{exercise.number} {task}'" for exercise in found)
        raise GraderError(f"'{task}' is a task of several exercises: ask for {choices}")
    if found:
        return found[0], task
    if len(words) == 2:
        candidates[0].task(task)  # raises, and names the tasks that there are
    raise GraderError(f"no exercise has a task '{task}'; 'grader status ex01' lists the tasks of an exercise")


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

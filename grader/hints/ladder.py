"""The hint ladder of an exercise: for each task the idea, where to look, and a worked example, from `hints.toml`."""

import tomllib
from dataclasses import dataclass, fields

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise


@dataclass(frozen=True)
class Ladder:
    """Three hints on one task, each saying more than the one before; none of them is the code."""

    idea: str
    look: str
    example: str


RUNGS = tuple(field.name for field in fields(Ladder))


def read_ladder(exercise: Exercise) -> dict[str, Ladder]:
    """Return the hints of `exercise` by task, in the order of its tasks.

    Idea and look are one line each, however the file breaks them; an example keeps its lines.

    Raises:
        GraderError: the file is not there or is not TOML, a task or a rung is missing, empty or not known.
    """
    path = exercise.hints
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GraderError(f"cannot read {path}: {error}") from None
    tasks = [task.name for task in exercise.tasks]
    if unknown := set(tables) - set(tasks):
        raise GraderError(f"{path}: there is no task {', '.join(sorted(unknown))}; the tasks are {', '.join(tasks)}")
    return {task: _ladder(f"{path}, [{task}]", tables.get(task)) for task in tasks}


def _ladder(where: str, table: object) -> Ladder:
    """Return the rungs of one task; `where` goes into errors."""
    if not isinstance(table, dict) or set(table) != set(RUNGS):
        raise GraderError(f"{where}: exactly {', '.join(RUNGS)} are needed")
    for rung, text in table.items():
        if not isinstance(text, str) or not text.strip():
            raise GraderError(f"{where}: {rung} must be a text")
    return Ladder(" ".join(table["idea"].split()), " ".join(table["look"].split()), table["example"].strip("\n"))

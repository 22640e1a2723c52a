"""Budgets and thresholds of an exercise, as `thresholds.toml` in its hidden folder lists them.

`[cpu]` and `[gpu]` are the profiles. `[unlearned]` says how a run is changed so that nothing is learned: budgets that
take their place (`epochs = 1`, `learning_rate = 0.0`), or, under a threshold's own name, the value that is known to be
reached without learning.
"""

import tomllib
from typing import Any

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise

UNLEARNED = "unlearned"


def read_profile(exercise: Exercise, profile: str, unlearned: bool = False) -> dict[str, Any]:
    """Return the table of `profile`; `unlearned`, with the budgets of a run that learns nothing.

    Raises:
        GraderError: the file cannot be read, or has no such profile.
    """
    tables = _read(exercise)
    if profile not in tables:
        raise GraderError(f"{exercise.thresholds}: there is no table [{profile}]")
    return _merged(tables[profile], read_unlearned(exercise)) if unlearned else tables[profile]


def read_unlearned(exercise: Exercise) -> dict[str, Any]:
    """Return the table `[unlearned]`; empty where there is none."""
    return _read(exercise).get(UNLEARNED, {})


def look_up(table: dict[str, Any], name: str) -> Any:
    """Return the entry `name` of a profile, such as `clothing.accuracy` in a table; None when it is not there."""
    value: Any = table
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _read(exercise: Exercise) -> dict[str, Any]:
    try:
        return tomllib.loads(exercise.thresholds.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise GraderError(f"cannot read {exercise.thresholds}: {error}") from None


def _merged(table: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = dict(table)
    for name, value in changes.items():
        merged[name] = _merged(table.get(name, {}), value) if isinstance(value, dict) else value
    return merged

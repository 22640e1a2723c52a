"""Mutants that are not mistakes: listed by hand in `equivalent.toml` of the exercise, each with the reason.

[[equivalent]]
function = "precision"
original = "if total == 0:"
mutated = "if total <= 0:"
reason = "a count is never negative"
"""

from __future__ import annotations

import tomllib

from grader.authoring.audit.mutants import Mutant
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise

NAMES = ("function", "original", "mutated", "reason")


def read_equivalents(exercise: Exercise) -> dict[tuple[str, str, str], str]:
    """Return the reasons, by the key of a mutant.

    Raises:
        GraderError: the file is damaged, a reason is missing, or a mutant is listed twice.
    """
    path = exercise.equivalent_mutants
    if not path.exists():
        return {}
    reasons: dict[tuple[str, str, str], str] = {}
    try:
        for table in tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", []):
            function, original, mutated, reason = (table[name].strip() for name in NAMES)
            if not reason or (function, original, mutated) in reasons:
                raise GraderError(f"{path}: {original!r} -> {mutated!r} has no reason, or is listed twice")
            reasons[function, original, mutated] = reason
    except (OSError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise GraderError(f"cannot read {path}: {error!r}") from None
    return reasons


def stale(reasons: dict[tuple[str, str, str], str], mutants: list[Mutant]) -> list[str]:
    """Those that are listed and are not mutants any more."""
    present = {mutant.key for mutant in mutants}
    return [f"{function}: {old}  ->  {new}" for function, old, new in reasons if (function, old, new) not in present]

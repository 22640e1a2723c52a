"""Mutants that are not mistakes: listed by hand in `equivalent.toml` of the exercise, each with the reason.

[[equivalent]]
function = "precision"
original = "if total == 0:"
mutated = "if total <= 0:"
reason = "a count is never negative"
"""

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
    reasons: dict[tuple[str, str, str], str] = {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["equivalent"] if path.exists() else []
        for *key, reason in ((table[name].strip() for name in NAMES) for table in tables):
            if not reason or tuple(key) in reasons:
                raise GraderError(f"{path}: {key[1]!r} -> {key[2]!r} has no reason, or is listed twice")
            reasons[key[0], key[1], key[2]] = reason
    except (OSError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise GraderError(f"cannot read {path}: {error!r}") from None
    return reasons


def stale(reasons: dict[tuple[str, str, str], str], mutants: list[Mutant]) -> list[str]:
    """Those that are listed and are not mutants any more."""
    present = {mutant.key for mutant in mutants}
    return [f"{function}: {old}  ->  {new}" for function, old, new in reasons if (function, old, new) not in present]

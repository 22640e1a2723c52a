"""What hidden tests ask while they train a student's model: has it shown enough, and is the outcome known already?

Outcomes are kept in a folder of the results, one file for each key; only graders write there. What cannot be read or
written is trained anew, and nobody loses anything by it.
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.kit.errors import GraderError
from grader.kit.files import write_whole

MAX_BYTES = 64_000
MAX_LOOKS = 1_000


@dataclass(frozen=True)
class Trainings:
    """How this run trains, and where the outcomes are; nowhere by default."""

    folder: str = ""
    profile: str = "cpu"
    to_the_end: bool = False  # thresholds are measured: what a whole training reaches is wanted

    @property
    def keeps(self) -> bool:
        """Whether outcomes are kept."""
        return bool(self.folder) and not self.to_the_end

    def enough(self, at_least: float | None, at_most: float | None) -> Callable[[float], bool]:
        """Return what says of a value whether a training may stop there."""
        if self.to_the_end:
            return lambda value: False
        if at_most is None:
            return lambda value: value >= (at_least or 0.0)
        return lambda value: value <= at_most

    def recall(self, key: str) -> list[float] | None:
        """Return what was seen of the training `key`; None where it is not known, or not readable."""
        if not self.keeps:
            return None
        try:
            with self._path(key).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            return _looks(key, json.loads(content)) if len(content) <= MAX_BYTES else None
        except (OSError, ValueError, RecursionError):
            return None

    def keep(self, key: str, looks: list[float]) -> None:
        """Keep what was seen of the training `key`."""
        if not self.keeps or len(looks) > MAX_LOOKS:
            return
        values = [look if math.isfinite(look) else None for look in looks]
        try:
            write_whole(self._path(key), json.dumps({"key": key, "looks": values}).encode())
        except GraderError:
            return

    def _path(self, key: str) -> Path:
        return Path(self.folder) / f"{key}.json"


def _looks(key: str, kept: Any) -> list[float] | None:
    """Return the values in the content of a file; None where it has another form, or is about another training."""
    if type(kept) is not dict or kept.keys() != {"key", "looks"} or kept["key"] != key:
        return None
    looks = kept["looks"]
    if type(looks) is not list or not 0 < len(looks) <= MAX_LOOKS:
        return None
    if not all(look is None or (type(look) is float and math.isfinite(look)) for look in looks):
        return None
    return [math.nan if look is None else look for look in looks]

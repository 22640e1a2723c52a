"""What was measured, in `measured.toml` of an exercise's hidden folder: written by a command, read by everyone.

A file has one table `[[measurement]]` for each threshold, test, profile, backend and device. The lists `values` and
`unlearned` have one number per seed, 0 first; the other numbers are there for people and made from them.
"""

import hashlib
import json
import statistics
import tomllib
from dataclasses import dataclass, field
from typing import Any

import msgspec

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.kit.files import write_whole
from grader.testing.thresholds import read_profile, read_unlearned

HEADER = "# Written by `grader calibrate`, not by hand.\n"


@dataclass(frozen=True)
class Setting:
    """Where and how something was measured."""

    profile: str
    backend: str
    device: str

    def __str__(self) -> str:
        return " ".join(dict.fromkeys((self.backend, self.profile, self.device)))


@dataclass
class Measurement:
    """What the reference reached in one test, seed after seed, and what a model that did not learn reached."""

    threshold: str
    test: str
    setting: Setting
    budget: str  # the hash of all that the training was allowed
    values: list[float] = field(default_factory=list)
    unlearned: list[float] = field(default_factory=list)
    seconds: float = 0.0  # the mean per seed

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def deviation(self) -> float:
        return deviation(self.values)

    @property
    def higher_is_better(self) -> bool:
        return self.mean > statistics.fmean(self.unlearned)

    def add(self, value: float, unlearned: float, seconds: float) -> None:
        """Take in the next seed."""
        self.seconds = (self.seconds * len(self.values) + seconds) / (len(self.values) + 1)
        self.values.append(_short(value))
        self.unlearned.append(_short(unlearned))


def deviation(values: list[float]) -> float:
    """Return the standard deviation; 0 for a single value, and where one is infinite."""
    finite = len(values) > 1 and all(abs(value) != float("inf") for value in values)
    return statistics.stdev(values) if finite else 0.0


def read_measurements(exercise: Exercise) -> list[Measurement]:
    """Everything that was measured of `exercise`; empty when nothing was.

    Raises:
        GraderError: the file is damaged.
    """
    path = exercise.measured
    if not path.exists():
        return []
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("measurement", [])
        # The setting is written flat, between the other facts.
        return msgspec.convert([table | {"setting": table} for table in tables], list[Measurement])
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise GraderError(f"{path} is damaged ({error!r}): remove it and measure again") from None


def write_measurements(exercise: Exercise, measurements: list[Measurement]) -> None:
    """Replace the file of `exercise`, whole or not at all."""
    path = exercise.measured
    ordered = sorted(measurements, key=lambda m: (m.setting.profile, m.setting.backend, m.setting.device))
    write_whole(path, (HEADER + "".join(map(_to_toml, ordered))).encode())


def forget(exercise: Exercise, setting: Setting) -> None:
    """Drop what was measured in `setting`."""
    write_measurements(exercise, [m for m in read_measurements(exercise) if m.setting != setting])


def budget_hash(exercise: Exercise, profile: str, thresholds: set[str]) -> str:
    """Return a short hash of what decides a measurement: the profile without its thresholds, and `[unlearned]`."""
    table = _without(read_profile(exercise, profile), thresholds)
    text = json.dumps([table, read_unlearned(exercise)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _without(table: dict[str, Any], names: set[str], prefix: str = "") -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in table.items():
        if prefix + name not in names:
            kept[name] = _without(value, names, f"{prefix}{name}.") if isinstance(value, dict) else value
    return kept


def _to_toml(measurement: Measurement) -> str:
    facts: dict[str, Any] = {
        "threshold": measurement.threshold,
        "test": measurement.test,
        **vars(measurement.setting),
        "budget": measurement.budget,
        "seeds": len(measurement.values),
        "mean": _short(measurement.mean),
        "deviation": _short(measurement.deviation),
        "minimum": min(measurement.values),
        "maximum": max(measurement.values),
        "seconds": round(measurement.seconds, 2),
        "unlearned_mean": _short(statistics.fmean(measurement.unlearned)),
        "values": measurement.values,
        "unlearned": measurement.unlearned,
    }
    # JSON's strings and numbers are TOML's, but for infinity.
    lines = [f"{name} = {json.dumps(value).replace('Infinity', 'inf')}" for name, value in facts.items()]
    return "\n[[measurement]]\n" + "\n".join(lines) + "\n"


def _short(value: float) -> float:
    return float(f"{value:.5g}")

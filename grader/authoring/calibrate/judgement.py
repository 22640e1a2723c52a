"""How far a threshold is from both sides: what the reference reaches, and what is reached without learning."""

import math
import statistics
from dataclasses import dataclass

from grader.authoring.calibrate.measurements import Measurement, budget_hash, deviation, read_measurements
from grader.kit.exercise import Exercise
from grader.testing.thresholds import look_up, read_profile

DEVIATIONS = 4


@dataclass(frozen=True)
class Judgement:
    """A threshold beside what was measured; `problem` is empty when it is on the safe side of both."""

    exercise: Exercise
    measurement: Measurement
    threshold: float
    proposal: float  # the strictest threshold that is safe
    deviations: float  # of the reference, from its mean to the threshold
    unlearned: float  # the best that was reached without learning
    problem: str


def judge_exercise(exercise: Exercise) -> list[Judgement]:
    """Every measurement of `exercise`, judged against the present thresholds."""
    measurements = read_measurements(exercise)
    names = {measurement.threshold for measurement in measurements}
    return [
        judge(
            exercise, measurement, look_up(read_profile(exercise, measurement.setting.profile), measurement.threshold),
            budget_hash(exercise, measurement.setting.profile, names),
        )
        for measurement in measurements
    ]  # fmt: skip


def judge(exercise: Exercise, measurement: Measurement, threshold: float | None, budget: str) -> Judgement:
    """Judge one threshold; `budget` is the hash of the present one."""
    # Seen so that higher is better.
    sign = 1.0 if measurement.higher_is_better else -1.0
    values = [sign * value for value in measurement.values]
    unlearned = [sign * value for value in measurement.unlearned]
    mean, spread = statistics.fmean(values), deviation(values)
    proposal = _below(min(mean - DEVIATIONS * spread, min(values)), min(values))
    best = max(unlearned)
    asked = math.nan if threshold is None else sign * threshold
    problem = ""
    if threshold is None:
        problem = f"there is no threshold {measurement.threshold}: measure again"
    elif budget != measurement.budget:
        problem = "measured with another budget: measure again"
    elif asked > proposal and (asked > mean - DEVIATIONS * spread or asked >= min(values)):
        problem = f"too strict: a correct solution may fail; at most {sign * proposal:g} is safe"
        problem = problem if sign > 0 else problem.replace("at most", "at least")
    elif asked <= max(best, statistics.fmean(unlearned) + deviation(unlearned)):
        problem = f"too lenient: {sign * best:.4g} is reached without learning"
    away = (mean - asked) / spread if spread else math.inf
    return Judgement(exercise, measurement, sign * asked, sign * proposal + 0.0, away, sign * best, problem)


def _below(bound: float, seen: float) -> float:
    """`bound`, rounded down to two digits, and below what was seen."""
    if not math.isfinite(bound) or bound == 0:
        return bound
    unit = 10.0 ** (math.floor(math.log10(abs(bound))) - 1)
    rounded = math.floor(bound / unit + 1e-9) * unit
    return float(f"{rounded if rounded < seen else rounded - unit:.6g}")

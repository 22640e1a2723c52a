"""Thresholds are judged from both sides, measuring goes on where it stopped, and the kit's thresholds are safe."""

from __future__ import annotations

import pytest

from grader.authoring.calibrate.judgement import judge, judge_exercise
from grader.authoring.calibrate.measurements import Measurement, Setting, read_measurements
from grader.kit.exercise import load_catalog

HERE = Setting("cpu", "numpy", "cpu")
EXERCISE = load_catalog()["ex07_backprop"]


def judged(threshold: float | None, values: list[float], unlearned: list[float], budget: str = "now"):
    return judge(EXERCISE, Measurement("accuracy", "test", HERE, "now", values, unlearned), threshold, budget)


@pytest.mark.parametrize(
    ("threshold", "problem"),
    [(0.8, ""), (0.93, "too strict"), (0.95, "too strict"), (0.5, "too lenient"), (0.3, "too lenient")],
)
def test_an_accuracy_is_between_what_is_reached_with_and_without_learning(threshold, problem):
    assert judged(threshold, [0.94, 0.95, 0.96], [0.4, 0.5]).problem.split(":")[0] == problem


@pytest.mark.parametrize(("threshold", "problem"), [(3.0, ""), (2.5, "too strict"), (5.5, "too lenient")])
def test_a_loss_is_judged_the_other_way_round(threshold, problem):
    assert judged(threshold, [2.4, 2.5, 2.4], [5.6, 5.5]).problem.split(":")[0] == problem


def test_what_is_proposed_is_itself_safe():
    for values, unlearned in (([0.94, 0.95, 0.96], [0.4, 0.5]), ([2.4, 2.5, 2.4], [5.6, 5.5]), ([63.0] * 3, [20.0])):
        assert not judged(judged(1.0, values, unlearned).proposal, values, unlearned).problem


def test_another_budget_or_a_threshold_that_is_gone_must_be_measured_again():
    assert "measure again" in judged(0.8, [0.9, 0.9], [0.1, 0.1], budget="another").problem
    assert "measure again" in judged(None, [0.9, 0.9], [0.1, 0.1]).problem


def test_infinite_values_are_no_obstacle():
    assert not judged(0.1, [0.0, 0.0], [float("inf"), float("inf")]).problem


SAFE = [judged for exercise in load_catalog().values() for judged in judge_exercise(exercise)]


@pytest.mark.parametrize(
    "judgement",
    SAFE,
    ids=lambda j: f"{j.exercise.number}-{j.measurement.threshold}-{j.measurement.test}-{j.measurement.setting}",
)
def test_thresholds_of_the_kit_are_on_the_safe_side_of_both(judgement):
    assert judgement.problem == ""


def test_measuring_goes_on_where_it_stopped_and_sees_a_changed_budget(own_kit, run_in_own_kit):
    first = run_in_own_kit("grader", "calibrate", "ex07", "--seeds", "2", "--workers", "1")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "seed 1:" in first.stdout
    more = run_in_own_kit("grader", "calibrate", "ex07", "--seeds", "3", "--workers", "1")
    assert "seed 1:" not in more.stdout
    assert "seed 2:" in more.stdout

    thresholds = own_kit / "grader" / "hidden" / "ex07_backprop" / "thresholds.toml"
    text = thresholds.read_text()
    thresholds.write_text(text.replace("digits_accuracy = 0.93", "digits_accuracy = 0.999"))
    strict = run_in_own_kit("grader", "calibrate", "ex07", "--show")
    assert strict.returncode == 2
    assert "ex07 digits_accuracy: too strict" in strict.stderr
    thresholds.write_text(text.replace("digits_epochs = 20", "digits_epochs = 10"))
    assert "measured with another budget" in run_in_own_kit("grader", "calibrate", "ex07", "--show").stdout


def test_equal_seeds_measure_the_same(own_kit, run_in_own_kit, monkeypatch):
    run_in_own_kit("grader", "calibrate", "ex07", "--seeds", "2", "--workers", "1", "--again")
    monkeypatch.setattr("grader.kit.exercise.HIDDEN", own_kit / "grader" / "hidden")
    first = [m.values for m in read_measurements(EXERCISE)]
    run_in_own_kit("grader", "calibrate", "ex07", "--seeds", "2", "--workers", "1", "--again")
    assert [m.values for m in read_measurements(EXERCISE)] == first
    assert len(first) == 4

"""The seconds of a result are the file's own."""

from types import SimpleNamespace

import pytest

from grader.grading import lane as lanes
from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.kit.exercise import find_exercise
from grader.wall import sandbox

METRICS = find_exercise("ex01")
STARTING = 1000.0  # seconds that the libraries take on this machine


def test_whoever_comes_first_does_not_pay_for_the_start_of_the_lane(monkeypatch: pytest.MonkeyPatch):
    """Else the first students of every run are listed as slow."""
    clock = lanes.time.monotonic
    late = 0.0
    prepare = Lane._prepare

    def prepare_slowly(self: Lane, needs: str) -> None:
        nonlocal late
        prepare(self, needs)
        late += STARTING

    monkeypatch.setattr(lanes, "time", SimpleNamespace(monotonic=lambda: clock() + late))
    monkeypatch.setattr(Lane, "_prepare", prepare_slowly)
    lane = Lane(sandbox.choose())
    try:
        result = lane.grade(Job(student="Ada", exercise=METRICS, source=b"pass", course_key=b"a key"))
    finally:
        lane.close()
    assert late >= STARTING
    assert 0 < result.wall_seconds < STARTING

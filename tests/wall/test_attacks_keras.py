"""Hostile Keras models: they cross by value, or not at all, and cost no more than their own task."""

import pytest
from support.hostile import CleanLane, Yard, attacks, name_of

from grader.kit.exercise import find_exercise
from grader.wall import sandbox

pytestmark = pytest.mark.minutes
# Each attack is graded with all of ex08, whose trainings take time where other tests run beside.
SECONDS = 300


@pytest.fixture(scope="module")
def yard(tmp_path_factory):
    """One lane for all attacks. They aim at the grader's side of the wall, which is the same at every level."""
    course, bytecode = tmp_path_factory.mktemp("course"), tmp_path_factory.mktemp("bytecode")

    def lane(level: str) -> CleanLane:
        return CleanLane(level, course, bytecode)

    yard = Yard(sandbox.choose(), find_exercise("ex08"), course, SECONDS, lane)
    yield yard
    yard.close()


@pytest.mark.parametrize("attack", attacks("keras"), ids=name_of)
@pytest.mark.sampled(3)
def test_attack_costs_its_own_task_only(yard, attack):
    """No point for the hostile task, every point for the honest ones, and nothing read, run or left"""
    yard.attack(attack)


def test_next_submission_is_graded_as_ever(yard):
    """After all attacks in the same lane: everything for the solution, nothing for a stub"""
    yard.still_right()

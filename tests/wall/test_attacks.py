"""A hostile student gains no point, reads no secret and spoils nothing for others: graded for real, at two levels."""

import pytest
from support.hostile import LEVELS, Yard, attacks, hurried, name_of

from grader.kit.exercise import find_exercise
from grader.wall import sandbox

pytestmark = pytest.mark.minutes

EX01 = hurried(find_exercise("ex01"), call_seconds=0.6)
GROUPS = ("answers", "exits", "frames", "secrets", "escapes", "floods")
LAST = {name_of(attacks(group)[-1]) for group in GROUPS}


def open_yard(level, tmp_path_factory):
    if reason := sandbox.missing(level):
        pytest.skip(reason)
    return Yard(level, EX01, tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module", params=LEVELS)
def yard(request, tmp_path_factory):
    """One lane for all attacks of a level, as in a class."""
    yard = open_yard(request.param, tmp_path_factory)
    yield yard
    yard.close()


@pytest.fixture(params=LEVELS)
def fresh_yard(request, tmp_path_factory):
    """A lane for one attack."""
    yard = open_yard(request.param, tmp_path_factory)
    yield yard
    yard.close()


@pytest.mark.parametrize("attack", attacks(*GROUPS), ids=name_of)
def test_attack_earns_and_leaves_nothing(yard, attack):
    """Points for the honest part only, no secret in the feedback, no process and no file left; then the next one."""
    result = yard.attack(attack)
    assert result.wall_seconds < 60
    if name_of(attack) in LAST:
        yard.still_right()


def test_next_submission_is_graded_as_ever(yard):
    """After all attacks in the same lane: everything for the solution, nothing for a stub"""
    yard.still_right()


@pytest.mark.parametrize("attack", attacks("leftovers"), ids=name_of)
def test_attack_on_the_next_submission(fresh_yard, attack):
    """What an attack leaves on disk or changes in the warm process is gone before the next submission"""
    fresh_yard.attack(attack)
    fresh_yard.still_right()

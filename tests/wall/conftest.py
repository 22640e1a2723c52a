"""What the tests of the wall share: a sandbox at each level that works here, and students in it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

import pytest

from grader.wall import sandbox
from grader.wall.client import RemoteStudent, Submission
from grader.wall.zygote import Zygote

LEVELS = [level for level in ("bubblewrap", "landlock") if not sandbox.missing(level)]


@pytest.fixture(scope="module", params=LEVELS)
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    zygote = Zygote("numpy", request.param)
    yield zygote
    zygote.close()


@pytest.fixture
def student(zygote: Zygote) -> Iterator[Callable[..., RemoteStudent]]:
    """Makes the student whose file is the given source."""
    made: list[RemoteStudent] = []

    def make(source: str, seed: int = 0, call_seconds: float = 2) -> RemoteStudent:
        student = RemoteStudent(zygote, Submission("work.py", textwrap.dedent(source).encode(), seed))
        student.begin("a task", call_seconds)
        made.append(student)
        return student

    yield make
    for each in made:
        each.close()
    zygote.reset()

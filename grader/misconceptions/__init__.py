"""Wrong implementations that students really write: read, recognised behind wrong answers, turned into digests."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def misconception(task: str) -> Callable[[T], T]:
    """Mark a function or class as a wrong implementation of `task`."""
    return lambda wrong: wrong

"""How tests compare what a student returned; the address that test files import from."""

from grader.testing.compare import Expected, close, exactly, share
from grader.testing.shown import shorten

__all__ = ["Expected", "close", "exactly", "share", "shorten"]

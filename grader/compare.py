"""How tests compare what a student returned; the address that test files import from."""

from grader.testing.compare import Expected, close, exactly, shorten

__all__ = ["Expected", "close", "exactly", "shorten"]

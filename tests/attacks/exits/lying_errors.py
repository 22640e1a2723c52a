"""Errors that cannot be printed, print without end, or are named like those that tests expect or that end a run."""

import itertools


class Unprintable(Exception):
    def __str__(self):
        raise SystemExit

    __repr__ = __str__


class Exit(AssertionError):
    def __str__(self):
        return "\x1b[2J\x00passed\n" * 10**6


Exit.__module__ = "_pytest.outcomes"
Deep = AssertionError("deep")
for _ in range(2000):
    above = AssertionError("deep")
    above.__cause__, Deep = Deep, above
own = {"__module__": "builtins", "raised_there": None, "stopped": None, "origin": None}
WAYS = itertools.cycle(
    [Unprintable(), Exit(), Deep, type("KeyboardInterrupt", (Exception,), own)(), OSError(2, b"\xff")]
)


def confusion_matrix(*args):
    raise next(WAYS)

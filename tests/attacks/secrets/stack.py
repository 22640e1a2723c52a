"""Walks up the stack and through all objects in a call, for the expected value or the name of the test."""

import gc
import inspect
import sys


def attack(*args, **kwargs):
    frame = sys._getframe()
    while frame:
        for name, value in frame.f_locals.items():
            if name in ("expected", "right", "test", "item"):
                return value
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing).__name__ in ("Expected", "Function", "ApproxScalar"):
            return thing.value
    names = [frame.function for frame in inspect.stack()]
    raise LookupError(f"LEAKED {names}" if any(name.startswith("test_") for name in names) else "no expected value")

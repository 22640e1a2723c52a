"""Raises everything that an `except Exception` does not stop, and what ends a loop or a generator."""

import asyncio
import itertools

WAYS = [KeyboardInterrupt, SystemExit, GeneratorExit, StopIteration, StopAsyncIteration, BaseException]
WAYS = itertools.cycle([*WAYS, asyncio.CancelledError, lambda: BaseExceptionGroup("", [SystemExit(0)])])


def confusion_matrix(*args):
    raise next(WAYS)()

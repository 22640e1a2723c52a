"""An end to computing that takes too long: an exception in the middle of it, so that what was done before stays."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_SECONDS = 1.0  # an exception can get lost, such as in a destructor; the next one follows


@contextmanager
def cpu_limit(seconds: float, error: Callable[[], Exception]) -> Iterator[None]:
    """Raise `error()` in the block once it has used so many CPU seconds. Only in the main thread of a process."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise error()

    before = signal.signal(signal.SIGPROF, stop)
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    finally:
        signal.signal(signal.SIGPROF, before)

"""A sign of life on a terminal: a count of seconds at the end of a line, which goes away again."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

EVERY = 1.0  # seconds
LONG = 5.0  # what takes less needs no sign of life


@contextlib.contextmanager
def ticking(terminal: TextIO | None, text: Callable[[int], str], after: float = LONG) -> Iterator[None]:
    """Show `text(seconds)` on `terminal` every second from `after` seconds on; no terminal, nothing shown."""
    if terminal is None:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_tick, args=(terminal, text, after, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _tick(terminal: TextIO, text: Callable[[int], str], after: float, over: threading.Event) -> None:
    begun, shown = time.monotonic(), ""
    while not over.wait(EVERY if shown else after):
        words = text(round(time.monotonic() - begun))
        _write(terminal, "\b" * len(shown) + words.ljust(len(shown)))
        shown = words.ljust(len(shown))
    _write(terminal, "\b" * len(shown) + " " * len(shown) + "\b" * len(shown))


def _write(terminal: TextIO, text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # it was closed meanwhile
        terminal.write(text)
        terminal.flush()


def own_terminal() -> TextIO | None:
    """Return the terminal that this process was started from, even where standard output is captured."""
    try:
        return open("CONOUT$" if os.name == "nt" else "/dev/tty", "w", encoding="utf-8")
    except OSError:
        return None


def function_at_work(path: Path) -> str:
    """Return the function of the file at `path` that the main thread is in, or ""."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if Path(frame.f_code.co_filename) == path:
            return frame.f_code.co_name
        frame = frame.f_back
    return ""

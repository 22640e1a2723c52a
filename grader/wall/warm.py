"""Warm sandboxes, one for each kind of exercise: kept from one submission to the next, replaced when one fails."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from grader.wall.zygote import Zygote, ZygoteError


class WarmSandboxes:
    """The sandboxes of one lane, at one level; `secrets` are paths that no student's process may read.

    `room` is where students' folders are made at the levels that have no file system of their own.
    """

    def __init__(
        self, level: str, secrets: tuple[Path, ...] = (), *, threads: int = 1, room: Path | None = None
    ) -> None:
        self._level, self._secrets, self._threads, self._room = level, secrets, threads, room
        self._zygotes: dict[str, Zygote] = {}

    def start(self, needs: str) -> None:
        """Start the sandbox with the libraries of `needs`, unless it is there; whoever borrows it waits for it."""
        if needs not in self._zygotes:
            self._zygotes[needs] = Zygote(needs, self._level, self._secrets, self._threads, self._room)

    @contextlib.contextmanager
    def borrow(self, needs: str) -> Iterator[Zygote]:
        """Lend a sandbox with the libraries of `needs` for one submission; what that leaves behind is ended.

        One that fails, or does not come clean, is replaced by the next that asks, at nobody's cost.

        Raises:
            ZygoteError: it does not start.
        """
        self.start(needs)
        clean = False
        try:
            self._zygotes[needs].wait_until_ready()
            yield self._zygotes[needs]
            with contextlib.suppress(ZygoteError):
                self._zygotes[needs].reset()
                clean = True
        finally:
            if not clean:
                self._zygotes.pop(needs).close()

    def warm(self) -> list[Zygote]:
        """Those that are there now."""
        return list(self._zygotes.values())

    def close(self) -> None:
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()

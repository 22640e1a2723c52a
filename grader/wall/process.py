"""Outside the wall: one process of a student, from its start to its end, and the limits that it is held to."""

import contextlib
import os
import signal
import time
from typing import Any

from grader.wall.channel import Channel, ChannelError, ProcessGone
from grader.wall.limits import Limits
from grader.wall.watchdog import Ended, OverLimit, Watchdog
from grader.wall.zygote import Zygote, ZygoteError


class StudentStopped(Exception):
    """A call that did not come back: over a limit, crashed, or an answer that is not plain data."""


class ProcessEnded(StudentStopped):
    """The student's process is gone."""

    def __init__(self) -> None:
        super().__init__("the student's process ended (os._exit, a crash, or out of memory)")


class NotRun(StudentStopped):
    """A call that was not made, since an earlier one was stopped."""


class LimitReached(StudentStopped):
    """A call used more memory, threads or files than it may."""


class OutOfTime(LimitReached):
    """A call ran past its limit of time."""


class StudentProcess:
    """One process of a student, from its start to its end."""

    def __init__(self, zygote: Zygote, seed: int, limits: Limits) -> None:
        self._zygote = zygote
        sock, pid = zygote.spawn(seed, limits)
        self.last_cpu_seconds = self.last_wall_seconds = 0.0
        self.last_tree_bytes = 0
        self._watch = Watchdog(pid, zygote.storage(pid, limits))
        self._pidfd = os.pidfd_open(pid)
        self._channel = Channel(sock, self._watch.check)
        try:
            reply, _ = self._channel.receive()
        except (ChannelError, OverLimit, Ended) as error:
            reply = error
        if reply != {"hello": True}:
            self.end()
            raise ZygoteError(f"the sandbox cannot be closed around the student's code: {reply}")
        self._signal(signal.SIGSTOP)

    def exchange(
        self, request: dict[str, Any], blobs: list, allowed: float, cpu_left: float, wall_left: float
    ) -> tuple[Any, list[bytes]]:
        """Send a request and wait for the reply, for as long as the process stays within its limits.

        Between calls the process is stopped: nobody watches it then.
        """
        used, started, received = self._watch.cpu_seconds(), time.monotonic(), self._channel.tree_bytes
        self._watch.begin(allowed, cpu_left, wall_left)
        self._signal(signal.SIGCONT)
        try:
            self._channel.send(request, blobs)
            return self._channel.receive()
        except (ProcessGone, Ended):
            if self._zygote.was_killed():
                raise ZygoteError("the student's process was killed from outside (out of memory?)") from None
            raise ProcessEnded from None
        except ChannelError as error:
            raise StudentStopped(f"the student's process sent something that is not an answer ({error})") from None
        except OverLimit as error:
            raise (OutOfTime if error.of_time else LimitReached)(str(error)) from None
        finally:
            self._signal(signal.SIGSTOP)
            self.last_cpu_seconds = self._watch.cpu_seconds() - used
            self.last_wall_seconds = time.monotonic() - started
            self.last_tree_bytes = self._channel.tree_bytes - received

    def end(self) -> float:
        """Kill the process and return the CPU seconds that it used."""
        used = self._watch.cpu_seconds()
        self._signal(signal.SIGKILL)
        os.close(self._pidfd)
        self._channel.close()
        return used

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

"""Inside the wall: a warm process that forks one child per submission, and the child that runs the student's code.

The zygote imports the libraries once and holds no secret and no submission. What the student's code can do to its own
process is its own affair: the grader believes nothing but the frames, and takes those for plain data.
"""

import contextlib
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from grader.wall import scratch, system
from grader.wall.channel import Channel, ChannelError
from grader.wall.confine import SandboxLevel, confine
from grader.wall.limits import FATE_SECONDS, MAX_TEXT, TICK, Limits
from grader.wall.server import Server

PRELOAD = {
    "numpy": ("sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection"),
    "keras": ("keras", "sklearn.linear_model", "sklearn.metrics", "gymnasium", "course_data.games"),
}


def main(control_fd: int, needs: str) -> None:
    """Serve spawn and reset requests until the other end of the control socket is closed."""
    system.die_with_parent()
    control = socket.socket(fileno=control_fd)
    for name in PRELOAD[needs]:
        importlib.import_module(name)
    gc.freeze()  # what is shared stays shared: collections in children do not touch these pages
    system.hide_from_debuggers()
    folder = tempfile.gettempdir()
    names = set(os.listdir(folder))
    descriptor = os.open(folder, os.O_RDONLY)  # tells outside what is used of its file system
    socket.send_fds(control, [b'{"ready": true}'], [descriptor])
    os.close(descriptor)
    child: Child | None = None
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1 << 16, 1)
        if not message:
            return
        request = json.loads(message)
        if request["op"] == "fate":
            control.send(json.dumps({"fate": child.fate() if child else "unknown"}).encode())
            continue
        # One child at a time: the one before has been given up when the next is asked for.
        clean = child is None or child.end()
        child = None
        if request["op"] == "spawn":
            home = tempfile.mkdtemp(prefix="student-")
            pid = os.fork()
            if pid == 0:
                control.close()
                _run_child(fds[0], home, request)
            os.close(fds[0])
            child = Child(pid, home)
        else:
            # Also beside the folders of students: without Landlock they can write there.
            clean = clean and set(os.listdir(folder)) == names
            control.send(b'{"ended": true}' if clean else b'{"dirty": true}')


class Child:
    """A student's process, as the one that forked it sees it."""

    def __init__(self, pid: int, home: str) -> None:
        self._pid, self._home = pid, home
        self._status: int | None = None  # once it has ended

    def fate(self) -> str:
        """Say what became of it: running, ended, or killed.

        Killed means from outside: the filter of calls lets nobody in here send SIGKILL.
        """
        deadline = time.monotonic() + FATE_SECONDS
        while self._status is None and time.monotonic() < deadline:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._status = status if pid else None
            time.sleep(0 if pid else TICK)
        if self._status is None:
            return "running"
        killed = os.WIFSIGNALED(self._status) and os.WTERMSIG(self._status) == signal.SIGKILL
        return "killed" if killed else "ended"

    def end(self) -> bool:
        """End it and remove its folder; return whether nothing is left."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        return scratch.remove(self._home)


def _run_child(fd: int, home: str, request: dict[str, Any]) -> None:
    """Become the student's process. Never returns."""
    try:
        channel = Channel(socket.socket(fileno=fd))
        try:
            _prepare(home, request)
        except BaseException as error:
            channel.send({"refused": f"{type(error).__name__}: {error}"[:MAX_TEXT]})
            os._exit(1)
        channel.send({"hello": True})
        _serve(channel, Server(Path(home)))
    except ChannelError:
        pass  # the grader is done with this process
    finally:
        os._exit(0)


def _prepare(home: str, request: dict[str, Any]) -> None:
    system.die_with_parent()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    os.chdir(home)
    os.environ.update(HOME=home, TMPDIR=home, MPLCONFIGDIR=home, MPLBACKEND="agg")
    tempfile.tempdir = home
    sys.path.insert(0, home)
    # Unseeded code draws the same in a regrade, and not what the last submission drew.
    random.seed(request["seed"])
    np.random.seed(request["seed"] % 2**32)
    writable, accelerators = [home, *request["writable"]], request["accelerators"]
    system.show_to_debuggers()
    system.be_first_to_go()
    # What it holds open is counted from outside where its files lie among others; nobody inside can reach a process.
    if request["level"] == SandboxLevel.BUBBLEWRAP:
        system.hide_from_debuggers()
    confine(request["level"], Limits(**request["limits"]), request["readable"], writable, accelerators)


def _serve(channel: Channel, server: Server) -> None:
    while True:
        reply, blobs = server.answer(*channel.receive())
        try:
            channel.send(reply, blobs)
        except ValueError as error:
            channel.send({"raised": server.describe(error)})


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

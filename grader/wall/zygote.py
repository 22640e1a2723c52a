"""Outside the wall: starts the warm process of a sandbox and asks it for one child per submission."""

import contextlib
import json
import os
import socket
import struct
import subprocess
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.wall import sandbox, scratch
from grader.wall.confine import SandboxLevel
from grader.wall.limits import SPAWN_SECONDS, START_SECONDS, Limits
from grader.wall.storage import Folder, OwnFileSystem, Storage

CREDENTIALS = struct.Struct("iII")


class ZygoteError(Exception):
    """The warm process is gone or does not answer: nothing that a submission is to blame for."""


class Zygote:
    """One warm process with `needs` (numpy or keras) imported, at one sandbox level."""

    def __init__(
        self, needs: str, level: str, secrets: tuple[Path, ...] = (), threads: int = 1, room: Path | None = None
    ) -> None:
        """Start it, and do not wait for it: `wait_until_ready` does.

        `room` is where students' folders are made at the levels that have no file system of their own.
        """
        self.level = level
        self._readable = sandbox.readable(secrets)
        self._scratch = tempfile.mkdtemp(prefix="grader-scratch-", dir=room) if level != SandboxLevel.BUBBLEWRAP else ""
        self._control, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        arguments = ["-m", "grader.wall.worker", str(inside.fileno()), needs]
        words, variables = sandbox.command(level, arguments, secrets, threads)
        self._process = subprocess.Popen(
            words,
            env=variables | self._make_folders(),
            cwd="/",
            pass_fds=[inside.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        inside.close()
        self._descriptors: list[int] = []  # the folder where students' files are made, as the sandbox opened it
        self._file_system: OwnFileSystem | None = None

    def wait_until_ready(self) -> None:
        """Wait until its libraries are imported. Whoever forks a process that will `spawn` must have done so before.

        Raises:
            ZygoteError: it does not start.
        """
        if self._file_system is not None:
            return
        self._expect("ready", START_SECONDS)
        self._file_system = OwnFileSystem(self._descriptors[0])

    @property
    def scratch(self) -> Path | None:
        """The folder outside the sandbox that holds the students' files; None where it is inside."""
        return Path(self._scratch) / "students" if self._scratch else None

    def storage(self, pid: int, limits: Limits) -> Storage:
        """Return where the student's process `pid` writes."""
        if self.scratch is not None:
            return Folder(self.scratch, pid, limits)
        assert self._file_system is not None
        return self._file_system

    def spawn(self, seed: int, limits: Limits) -> tuple[socket.socket, int]:
        """Start a fresh process that runs nothing yet: a socket to it, and its id as seen from here."""
        self.wait_until_ready()
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        request = {
            "op": "spawn",
            "level": self.level,
            "seed": seed,
            "limits": asdict(limits),
            "readable": [*self._readable, *sandbox.KERNEL],
            "writable": [os.devnull],
            "accelerators": sandbox.devices(),
        }
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno()])
        except OSError:
            ours.close()
            raise ZygoteError("the sandbox is gone") from None
        finally:
            theirs.close()
        return ours, self._await_process(ours)

    def was_killed(self) -> bool:
        """Whether the process that was spawned last was killed from outside: nothing that its code is to blame for."""
        try:
            self._control.send(b'{"op": "fate"}')
        except OSError:
            raise ZygoteError("the sandbox is gone") from None
        return self._expect("fate", SPAWN_SECONDS)["fate"] == "killed"

    def reset(self) -> None:
        """End every process that was spawned and remove its files."""
        try:
            self._control.send(b'{"op": "reset"}')
        except OSError:
            raise ZygoteError("the sandbox is gone") from None
        self._expect("ended", SPAWN_SECONDS)

    def close(self) -> None:
        self._control.close()
        self._process.kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        while self._descriptors:
            os.close(self._descriptors.pop())
        if self._scratch:
            scratch.remove(self._scratch)

    def _make_folders(self) -> dict[str, str]:
        """Folders outside the sandbox for caches and students' files; returns the variables that name them."""
        if self.scratch is None:
            return {}
        home = Path(self._scratch) / "home"
        for folder in (home, self.scratch):
            folder.mkdir()
        return {"HOME": str(home), "TMPDIR": str(self.scratch)}

    def _await_process(self, sock: socket.socket) -> int:
        """Return the id of the process at the other end, which the kernel attaches to what arrives, as we number it."""
        sock.settimeout(SPAWN_SECONDS)
        try:
            data, ancillary, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(CREDENTIALS.size), socket.MSG_PEEK)
        except OSError:
            data, ancillary = b"", []
        for level, kind, content in ancillary:
            if data and level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                return CREDENTIALS.unpack(content[: CREDENTIALS.size])[0]
        sock.close()
        raise ZygoteError("the sandbox starts no process")

    def _expect(self, word: str, seconds: float) -> dict[str, Any]:
        """Wait for the answer that has `word`."""
        self._control.settimeout(seconds)
        message = b""
        with contextlib.suppress(OSError):
            message, descriptors, _, _ = socket.recv_fds(self._control, 1 << 16, 1)
            self._descriptors += descriptors
        answer = json.loads(message) if message else {}
        if word not in answer:
            raise ZygoteError(f"the sandbox does not start or answer: {self._last_words()}")
        return answer

    def _last_words(self) -> str:
        self._process.kill()
        stderr = self._process.communicate()[1] or b""
        lines = stderr.decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else f"exit status {self._process.returncode}"

"""Inside the wall: a warm process that forks one child per submission, and the child that runs the student's code.

The zygote imports the libraries once and holds no secret and no submission. What the student's code can do to its own
process is its own affair: the grader believes nothing but the frames, and takes those for plain data.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import random
import signal
import socket
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import cloudpickle
import numpy as np

from grader.wall import models, scratch, system
from grader.wall.channel import Channel, ChannelError
from grader.wall.codec import CannotEncode, Decoder, Encoder
from grader.wall.confine import Limits, confine

PRELOAD = {
    "numpy": ("sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection"),
    "keras": ("keras", "sklearn.linear_model", "sklearn.metrics", "gymnasium", "datasets.games"),
}
MAX_TEXT = 500
MAX_WARNINGS = 20


def main(control_fd: int, needs: str) -> None:
    """Serve spawn and reset requests until the other end of the control socket is closed."""
    system.die_with_parent()
    control = socket.socket(fileno=control_fd)
    for name in PRELOAD[needs]:
        importlib.import_module(name)
    gc.freeze()  # what is shared stays shared: collections in children do not touch these pages
    system.hide_from_debuggers()
    control.send(b'{"ready": true}')
    children: dict[int, str] = {}
    while True:
        message, fds, _, _ = socket.recv_fds(control, 1 << 16, 1)
        if not message:
            return
        request = json.loads(message)
        # One child at a time: the one before has been given up when the next is asked for.
        clean = _end(children)
        if request["op"] == "spawn":
            home = tempfile.mkdtemp(prefix="student-")
            pid = os.fork()
            if pid == 0:
                control.close()
                _run_child(fds[0], home, request)
            os.close(fds[0])
            children[pid] = home
        else:
            control.send(b'{"ended": true}' if clean else b'{"dirty": true}')


def _end(children: dict[int, str]) -> bool:
    """End all children and remove their folders; returns whether nothing is left."""
    clean = True
    for pid, home in children.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        clean &= scratch.remove(home)
    children.clear()
    return clean


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
        Server(channel, Path(home)).serve()
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
    confine(request["level"], Limits(**request["limits"]), request["readable"], [home, *request["writable"]])


class Server:
    """Answers the grader's requests with plain data; keeps what is not plain data and gives out numbers for it."""

    def __init__(self, channel: Channel, home: Path) -> None:
        self._channel = channel
        self._home = home
        self._module: ModuleType | None = None
        self._kept: list[Any] = []

    def serve(self) -> None:
        while True:
            request, blobs = self._channel.receive()
            encoder = Encoder(self._encode_other)
            try:
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    value = self._load(request) if request["op"] == "load" else self._call(request, blobs)
                reply = {"value": encoder.encode(value)}
                if caught:
                    reply["warned"] = [self._describe_warning(warning) for warning in caught[:MAX_WARNINGS]]
            except CannotEncode:
                encoder.blobs.clear()
                reply = {"value": {"ref": [self._keep(value), type(value).__name__[:80], None]}}
            except BaseException as error:
                encoder.blobs.clear()
                reply = {"raised": self._describe(error)}
            self._send(reply, encoder.blobs)

    def _send(self, reply: dict[str, Any], blobs: list[bytes | memoryview]) -> None:
        try:
            self._channel.send(reply, blobs)
        except ValueError as error:
            self._channel.send({"raised": self._describe(error)})

    def _load(self, request: dict[str, Any]) -> list[str]:
        path = self._home / request["file"]
        path.write_bytes(request["source"])
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        self._module = module
        spec.loader.exec_module(module)
        return [name for name in dir(module) if not name.startswith("__")]

    def _call(self, request: dict[str, Any], blobs: list[bytes]) -> Any:
        decoder = Decoder(
            blobs,
            {
                "ref": lambda content, *_: self._kept[content],
                "pickle": lambda content, *_: cloudpickle.loads(content),
                "model": lambda content, decoder, _: models.model_from_parts(
                    content[0], [decoder.array(array["array"]) for array in content[1]], trusted=True
                ),
                "callback": lambda content, decoder, depth: models.callback_from_parts(
                    content[0], decoder.decode(content[1], depth)
                ),
            },
        )
        args, kwargs = decoder.decode(request["args"]), decoder.decode(request["kwargs"])
        target = request["target"]
        owner = self._module if target is None else self._kept[target]
        function = getattr(owner, request["name"])
        return function(*args, **kwargs)

    def _encode_other(self, value: Any, encoder: Encoder, depth: int) -> Any:
        if models.is_model(value):
            return models.encode_model(value, encoder)
        if models.is_callback(value):
            name, attributes = models.callback_to_parts(value)
            return {"callback": [name, encoder.encode(attributes, depth + 1)]}
        # Text, numbers and containers of a student's own subclass are what their base class makes of them; containers
        # stay here as well, so that a named tuple or a default dictionary comes back as what it was.
        if isinstance(value, str | bytes | int | float):
            base: Any = next(base for base in (str, bytes, int, float) if isinstance(value, base))
            return encoder.encode(base(value), depth + 1)
        plain = None
        if isinstance(value, tuple | list):
            plain = encoder.encode(tuple(value) if isinstance(value, tuple) else list(value), depth + 1)
        elif isinstance(value, dict):
            plain = encoder.encode(dict(value), depth + 1)
        return {"ref": [self._keep(value), type(value).__name__[:80], plain]}

    def _keep(self, value: Any) -> int:
        self._kept.append(value)
        return len(self._kept) - 1

    @staticmethod
    def _describe_warning(warning: warnings.WarningMessage) -> list[str]:
        builtin = next(cls.__name__ for cls in warning.category.__mro__ if cls.__module__ == "builtins")
        return [builtin, str(warning.message)[:MAX_TEXT]]

    def _describe(self, error: BaseException) -> list[Any]:
        """Type (the nearest built-in one), message, line in the student's file, raised by the student's own code?"""
        builtin = next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins")
        if isinstance(error, SyntaxError):
            return ["SyntaxError", str(error.msg)[:MAX_TEXT], error.lineno, False]
        try:
            message = str(error)[:MAX_TEXT]
        except BaseException:
            message = ""
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).parent == self._home]
        line = own[-1].lineno if own else None
        return [builtin, message, line, bool(own) and frames[-1] is own[-1]]


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

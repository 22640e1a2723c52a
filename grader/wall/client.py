"""Outside the wall: speaks for the student's module. Tests call functions on it as if it were the module itself.

Every call is a message to the student's process and waits for plain data to come back. A call that uses more than it
may ends that process; the next call gets a fresh one, and what was answered before stands.
"""

import builtins
import importlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np

from grader.wall import keras_models as models
from grader.wall.codec import CannotDecode, Decoder, Encoder
from grader.wall.limits import (
    BYTES_PER_TREE_BYTE,
    CALLS_PER_TASK,
    IMPORT_SECONDS,
    MAX_KEPT,
    MAX_TREES_PER_TASK,
    Limits,
    wall_limit,
)
from grader.wall.process import LimitReached, NotRun, StudentProcess, StudentStopped
from grader.wall.remote_objects import RemoteDict, RemoteFunction, RemoteList, RemoteObject, RemoteTuple
from grader.wall.texts import TextDoor
from grader.wall.zygote import Zygote, ZygoteError


class StudentError(Exception):
    """The student's code raised something that is not an ordinary exception, such as SystemExit."""


class ImportFailed(Exception):
    """The student's file cannot be imported; the message has the line and the reason.

    `stopped` is what stopped it, where it was not an error of the file itself.
    """

    def __init__(self, message: str, stopped: StudentStopped | None = None) -> None:
        super().__init__(message)
        self.stopped = stopped


class MissingFunction(AttributeError):
    """A test asks for a function that the student's file does not define."""


@dataclass(frozen=True)
class RaisedThere:
    """What is known of an exception that the student's process reports: its type, its line, whose code raised it."""

    kind: str
    line: int | None  # in the student's file
    own: bool  # the student's own code raised it, and no library that it called


@dataclass(frozen=True)
class Submission:
    """One student's file for one exercise."""

    filename: str
    source: bytes
    seed: int


@dataclass(frozen=True)
class Exchange:
    """One call as it crossed the wall: the request and the reply (None: it did not come back), each with its blobs."""

    request: dict[str, Any]
    blobs: list[bytes]
    reply: Any
    reply_blobs: list[bytes]

    @property
    def size(self) -> int:
        return sum(map(len, self.blobs)) + sum(map(len, self.reply_blobs))


class RemoteStudent:
    """The student's module behind the wall."""

    calls = ()  # what feedback quotes in a student's own run; hidden calls are not quoted

    def __init__(self, zygote: Zygote, submission: Submission, limits: Limits | None = None) -> None:
        self._zygote = zygote
        self._submission = submission
        self.texts = TextDoor(submission.source)
        self._limits = limits or Limits()
        self._process: StudentProcess | None = None
        self._task = ""
        self._call_seconds = IMPORT_SECONDS
        self._seed: int | None = None
        self._spent: set[str] = set()
        self._used: dict[str, tuple[float, float]] = {}
        self._tree_bytes: dict[str, int] = {}  # received, by task
        self._kept_bytes = 0
        self._import_error = ""
        self._import_stopped: StudentStopped | None = None
        self._names: frozenset[str] = frozenset()
        self.changes: list[tuple[str, int | str]] = []  # function and argument of calls that changed one
        self._asked: tuple[str, int, frozenset[str]] = ("", 0, frozenset())  # function, positions, keywords: the last
        self._answered: set[str] = set()
        self.cpu_seconds = 0.0
        self.record: list[Exchange] | None = None  # where calls are noted down, while somebody wants to know them

    def begin(self, task: str, call_seconds: float, seed: int | None = None) -> None:
        """Begin `task`: the calls that follow belong to it, and each may use `call_seconds` of CPU time.

        The first of them draws from `seed`, where there is one.
        """
        self._task, self._call_seconds, self._seed = task, call_seconds, seed

    def close(self) -> None:
        """End the student's process."""
        if self._process is not None:
            self.cpu_seconds += self._process.end()
            self._process = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self._running()
        if name not in self._names:
            raise MissingFunction(f"{self._submission.filename} does not define {name}")
        return RemoteFunction(self, name)

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        """Where a function that crosses the wall calls the student's own functions, it finds them there."""
        return importlib.import_module, (Path(self._submission.filename).stem,)

    def call(self, process: StudentProcess | None, target: int | None, name: str, args: tuple, kwargs: dict) -> Any:
        """Call a function of the module, or a method of what it returned before, in `process`."""
        if self._task in self._spent:
            raise NotRun("not run: an earlier test of this task ran into a limit")
        if target is None:
            self._asked = (name, len(args), frozenset(kwargs))
        running = self._running()
        if process is not None and process is not running:
            raise NotRun("the object is gone: the student's process was stopped after it was made")
        encoder = Encoder(lambda value, encoder, depth: _encode_argument(value, encoder, running))
        request = {
            "op": "call",
            "target": target,
            "name": name,
            "args": encoder.encode(args),
            "kwargs": encoder.encode(kwargs),
        }
        if self._seed is not None:
            request["seed"], self._seed = self._seed, None
        reply: Any = None
        blobs: list[bytes] = []
        # Arguments are the test's, which may change them after the call.
        sent = [] if self.record is None else [bytes(blob) for blob in encoder.blobs]
        try:
            reply, blobs = self._exchange(running, request, encoder.blobs, self._call_seconds)
            if self._tree_bytes[self._task] > MAX_TREES_PER_TASK:
                most = f"{MAX_TREES_PER_TASK // 2**20} MB"
                raise LimitReached(f"the results of this task are more than {most} of numbers and texts in lists")
            self._note_changes(reply)
            result = self._result(reply, blobs, running)
            self._answered.add(self._asked[0])
            return result
        except StudentStopped as error:
            reply = None
            if isinstance(error, LimitReached):
                self._spent.add(self._task)
            self.close()
            raise
        finally:
            if self.record is not None:
                self._keep(Exchange(request, sent, reply, blobs), running)

    def end_test(self) -> None:
        """Nothing is kept of a test here."""

    def never_answered(self, name: str) -> bool:
        """Whether no call of the function `name` has come back with a result."""
        return name not in self._answered

    def _note_changes(self, reply: Any) -> None:
        """Note which arguments the function called last has changed; a generator of its own may do so later."""
        name, positions, keywords = self._asked
        places = reply.get("changed") if type(reply) is dict else None
        for place in places if type(places) is list else []:
            given = (type(place) is int and 0 <= place < positions) or (type(place) is str and place in keywords)
            if given and (name, place) not in self.changes:
                self.changes.append((name, place))

    def _exchange(
        self, process: StudentProcess, request: dict[str, Any], blobs: list, seconds: float
    ) -> tuple[Any, list[bytes]]:
        """One request and its reply, within what the call may use and within what is left for its task."""
        cpu, wall = self._used.get(self._task, (0.0, 0.0))
        cpu_left = min(seconds, CALLS_PER_TASK * self._call_seconds + IMPORT_SECONDS - cpu)
        wall_left = min(wall_limit(seconds), CALLS_PER_TASK * wall_limit(self._call_seconds) + IMPORT_SECONDS - wall)
        try:
            return process.exchange(request, blobs, seconds, cpu_left, wall_left)
        finally:
            self._used[self._task] = (cpu + process.last_cpu_seconds, wall + process.last_wall_seconds)
            self._tree_bytes[self._task] = self._tree_bytes.get(self._task, 0) + process.last_tree_bytes

    def _keep(self, exchange: Exchange, process: StudentProcess) -> None:
        """Note down a call; of one that answered with more than may be kept, that it was made."""
        size = exchange.size + BYTES_PER_TREE_BYTE * process.last_tree_bytes
        self._kept_bytes += size
        if self._kept_bytes > MAX_KEPT:
            self._kept_bytes -= size
            exchange = replace(exchange, reply=None, blobs=[], reply_blobs=[])
        assert self.record is not None
        self.record.append(exchange)

    def _running(self) -> StudentProcess:
        """Return the student's process with the file imported; started when there is none."""
        if self._import_error:
            raise self._import_failed()
        if self._process is None:
            self._process = StudentProcess(self._zygote, self._submission.seed, self._limits)
            self._import()
        return self._process

    def _import(self) -> None:
        assert self._process is not None
        filename = self._submission.filename
        request = {"op": "load", "file": filename, "source": self._submission.source}
        try:
            reply, blobs = self._exchange(self._process, request, [], IMPORT_SECONDS)
            names = self._result(reply, blobs, self._process)
            if type(names) is not list:
                raise StudentStopped("the student's process sent something that is not an answer")
            self._names = frozenset(name for name in names if type(name) is str)
        except StudentStopped as error:
            self._import_error = f"{filename}: while it was imported, {error}"
            self._import_stopped = error
        except ZygoteError:  # nothing that the file is to blame for
            raise
        except Exception as error:
            self._import_error = _import_problem(filename, error)
        if self._import_error:
            self.close()
            raise self._import_failed()

    def _import_failed(self) -> ImportFailed:
        return ImportFailed(self._import_error, self._import_stopped)

    def _result(self, reply: Any, blobs: list[bytes], process: StudentProcess) -> Any:
        if type(reply) is not dict or ("value" not in reply and "raised" not in reply):
            raise StudentStopped("the student's process sent something that is not an answer")
        if "raised" in reply:
            raise _exception(reply["raised"], self.texts)
        _warn_again(reply.get("warned"), self.texts)
        decoder = Decoder(
            blobs,
            {
                "ref": lambda content, decoder, depth: self._decode_ref(content, decoder, depth, process),
                "model": lambda content, decoder, _: _model(content, decoder),
                "callback": lambda content, decoder, depth: models.callback_from_parts(
                    content[0], decoder.decode(content[1], depth)
                ),
                "refused": lambda content, *_: _refuse(str(content)),
            },
        )
        try:
            return decoder.decode(reply["value"])
        except models.Refused as error:
            reason = self.texts.message(str(error)) or "it is a model that cannot be rebuilt"
            raise StudentStopped(f"the result cannot be used: {reason}") from None
        except (CannotDecode, MemoryError, RecursionError) as error:
            raise StudentStopped(f"the result cannot be used: {error}") from None

    def _decode_ref(self, content: Any, decoder: Decoder, depth: int, process: StudentProcess) -> Any:
        number, type_name, plain = content
        if type(number) is not int or type(type_name) is not str:
            raise CannotDecode("not a valid reference")
        value = decoder.decode(plain, depth)
        for base, remote in ((tuple, RemoteTuple), (list, RemoteList), (dict, RemoteDict)):
            if type(value) is base:
                result = remote(value)
                result.reference = (process, number)
                return result
        return RemoteObject(self, process, number, self.texts.name(type_name))


def _encode_argument(value: Any, encoder: Encoder, process: StudentProcess) -> Any:
    """Encode what is not plain data: objects that the student's process holds, models, and what pickle carries."""
    reference = getattr(value, "reference", None)
    if isinstance(value, RemoteObject | RemoteTuple | RemoteList | RemoteDict) and reference is not None:
        if reference[0] is not process:
            raise NotRun("the object is gone: the student's process was stopped after it was made")
        return {"ref": reference[1]}
    if models.is_model(value):
        return models.encode_model(value, encoder)
    if models.is_callback(value):
        name, attributes = models.callback_to_parts(value)
        return {"callback": [name, encoder.encode(attributes)]}
    if isinstance(value, np.random.Generator):
        # A generator of the student's own, drawn from this one: handed over twice it does not draw the same, and what
        # the test drew before cannot be found by running it backwards.
        return {"generator": int(value.integers(2**63))}
    return {"pickle": cloudpickle.dumps(value)}


def _warn_again(content: Any, texts: TextDoor) -> None:
    """Warn here as the student's code warned there, so that a test can forbid it."""
    for item in content if type(content) is list else []:
        name, message = item if type(item) is list and len(item) == 2 else ("", "")
        kind = getattr(builtins, name, None) if type(name) is str else None
        if isinstance(kind, type) and issubclass(kind, Warning) and type(message) is str:
            warnings.warn(texts.message(message), kind, stacklevel=2)


def _exception(content: Any, texts: TextDoor) -> BaseException:
    """Return a built-in exception with what may be shown of its message, and where in the file it came from."""
    if type(content) is not list or len(content) != 4:
        return StudentStopped("the student's process sent something that is not an answer")
    name, message, line, own = content
    kind = getattr(builtins, name, None) if type(name) is str else None
    text = texts.message(message) if type(message) is str else ""
    known = isinstance(kind, type) and issubclass(kind, BaseException)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        error: Exception = StudentError(text)
    else:
        try:
            error = kind(text)
        except TypeError:  # UnicodeDecodeError and its like take more than a message
            error = StudentError(text)
    there = RaisedThere(name if known else "Exception", line if type(line) is int else None, own is True)
    error.raised_there = there  # type: ignore[attr-defined]
    return error


def _import_problem(filename: str, error: Exception) -> str:
    """Return what people read of an error that ended the import of the student's file."""
    there = raised_there(error)
    where = f"{filename}, line {there.line}" if there and there.line else filename
    kind = there.kind if there else type(error).__name__
    if kind == "SystemExit":
        return f"{where}: SystemExit: the file ends Python when it is imported"
    return f"{where}: {kind}: {error}" if str(error) else f"{where}: {kind}"


def raised_there(error: BaseException) -> RaisedThere | None:
    """Return what is known of `error` when the student's process has raised it; None when it comes from this side."""
    return getattr(error, "raised_there", None)


def _model(content: Any, decoder: Decoder) -> Any:
    config, arrays = content
    if type(config) is not str or type(arrays) is not list:
        raise CannotDecode("not a valid model")
    return models.model_from_parts(config, [decoder.array(array["array"]) for array in arrays])


def _refuse(reason: str) -> Any:
    raise models.Refused(reason)

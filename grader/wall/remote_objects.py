"""Outside the wall: what stands for the functions of the student's module and for what only its process can hold."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from grader.wall.limits import MAX_ITEMS
from grader.wall.process import StudentProcess, StudentStopped


class Caller(Protocol):
    """What makes the calls: `grader.wall.client.RemoteStudent`."""

    def call(self, process: StudentProcess | None, target: int | None, name: str, args: tuple, kwargs: dict) -> Any:
        """Call a function of the module, or a method of what it returned before, in `process`."""


class RemoteFunction:
    """A function of the student's module."""

    def __init__(self, student: Caller, name: str) -> None:
        self._student, self._name = student, name

    def __reduce__(self) -> tuple[Any, ...]:
        """Behind the wall it is the function itself: it can be handed to another one, such as `optimize`."""
        return getattr, (self._student, self._name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student.call(None, None, self._name, args, kwargs)


class RemoteObject:
    """Something that only the student's process can hold: hand it back, iterate it, call its methods."""

    def __init__(self, student: Caller, process: StudentProcess, number: int, type_name: str) -> None:
        self._student = student
        self.reference = (process, number)
        self.type_name = type_name

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        process, number = self.reference
        return self._student.call(process, number, name, args, kwargs)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._call(name, *args, **kwargs)

    def __len__(self) -> int:
        try:
            length = self._call("__len__")
        except AttributeError:
            # list() asks for a length first, and takes this for "there is none".
            raise TypeError(f"a {self.type_name} has no length") from None
        if type(length) is not int or length < 0:
            raise StudentStopped("the length is not a number")
        return length

    def __iter__(self) -> Iterator[Any]:
        iterator = self._call("__iter__")
        if not isinstance(iterator, RemoteObject):
            raise StudentStopped("the result cannot be iterated")
        for _ in range(MAX_ITEMS):
            try:
                value = iterator._call("__next__")
            except StopIteration:
                return
            yield value
        raise StudentStopped(f"the {self.type_name} does not end after {MAX_ITEMS:,} items")

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"a {self.type_name}"


class RemoteTuple(tuple):
    """A tuple of a student's own kind: plain values here, and what it was when it is handed back."""

    reference: tuple[StudentProcess, int]


class RemoteList(list):
    reference: tuple[StudentProcess, int]


class RemoteDict(dict):
    reference: tuple[StudentProcess, int]

"""The student's module in the student's own process: imported from a file, every call remembered.

In a grading run `grader.wall.client` takes this place; tests cannot tell the difference: arguments are copies
here, too, and models that could not cross the wall are not accepted here either.
"""

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.kit.source_text import encoding_problem, notebook_problem, with_python_needed
from grader.testing.copies import changed, copied
from grader.testing.models import check_models
from grader.testing.shown import shorten

LONGEST_CALL = 240  # characters that are shown, some three lines
SHORT_ARGUMENT = 70  # characters of each argument of a longer one
UNCUT = 10_000


class CannotImport(Exception):
    """The student's file cannot be imported; the message has the line and the reason."""


class MissingName(AttributeError):
    """A test asks for a function that the student's file does not define."""


class Call:
    """A call that a test made, with its arguments as they went in, and what became of it."""

    def __init__(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.name, self.args, self.kwargs = name, args, kwargs
        self.returned: Any = None
        self.raised = ""  # the type of the exception
        self.finished = False

    def describe(self) -> str:
        """Return the call as Python writes it, so that it can be copied; one that is too long says that it is cut."""
        whole, short = self._written(UNCUT), self._written(SHORT_ARGUMENT)
        return whole if len(whole) <= LONGEST_CALL or whole == short else f"{short} (shortened)"

    def _written(self, width: int) -> str:
        words = [shorten(arg, width) for arg in self.args]
        words += [f"{key}={shorten(value, width)}" for key, value in self.kwargs.items()]
        return f"{self.name}({', '.join(words)})"


class Student:
    """Attribute access to the student's module; `calls` are those of the present test, feedback quotes the last."""

    def __init__(self, path: Path, module: Any = None) -> None:
        """Open the module at `path`, or one that is there already, such as a notebook, which `path` names."""
        self.path = path
        self.calls: list[Call] = []
        self.changes: list[tuple[str, int | str]] = []  # function and argument of calls that changed one
        self._answered: set[str] = set()
        self._at_work: list[tuple[Call, tuple[Any, Any]]] = []  # calls that gave a generator, with their arguments
        self._module = load_module(path) if module is None else module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            value = getattr(self._module, name)
        except AttributeError:
            raise MissingName(f"{self.path.name} does not define {name}") from None
        if inspect.isfunction(value):
            return self._recorded(name, value)
        return value

    def end_test(self) -> None:
        """Forget the calls of a test; what its generators have changed is noted now."""
        for call, given in self._at_work:
            self._note_changes(call, given)
        self.calls, self._at_work = [], []

    def _note_changes(self, call: Call, given: tuple[Any, Any]) -> None:
        self.changes += [(call.name, place) for place in changed((call.args, call.kwargs), given)]

    def never_answered(self, name: str) -> bool:
        """Whether `name` is a function of the module and no call of it has come back with a result."""
        return inspect.isfunction(getattr(self._module, name, None)) and name not in self._answered

    def _recorded(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            record = Call(name, *copied((args, kwargs)))
            self.calls.append(record)
            given = copied((args, kwargs))
            try:
                record.returned = function(*given[0], **given[1])
            except BaseException as error:
                record.raised = type(error).__name__
                raise
            finally:
                self._note_changes(record, given)
            record.finished = True
            if isinstance(record.returned, Iterator):
                self._at_work.append((record, given))
            self._answered.add(name)
            check_models(name, record.returned)
            return record.returned

        return call


def load_module(path: Path) -> ModuleType:
    """Import the file at `path` under the name of its stem, fresh, or raise `CannotImport` with the line."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CannotImport(_not_there(path))
    if problem := notebook_problem(path.name, path.read_bytes()):
        raise CannotImport(problem)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        problem = encoding_problem(path.name, path.read_bytes())
        raise CannotImport(problem or syntax_problem(path.name, error)) from None
    except (Exception, SystemExit) as error:
        line = line_in_file(error, path.name)
        where = f", line {line}" if line else ""
        raise CannotImport(f"{path.name}{where}: {type(error).__name__}: {error}") from None
    return module


def _not_there(path: Path) -> str:
    notebook = path.with_suffix(".ipynb")
    if not notebook.is_file():
        return f"{path.name} is not there"
    return f"{path.name} is not there; pytest tests no notebook, {notebook.name} is tested by its own cells"


def syntax_problem(filename: str, error: SyntaxError) -> str:
    """Return what is wrong with a file that is not Python; bytes that are not text have no line."""
    place = f"{filename}, line {error.lineno}" if error.lineno else filename
    return with_python_needed(f"{place}: {error.msg}")


def line_in_file(error: BaseException, filename: str) -> int | None:
    """Return the line of the innermost frame of `error` that is in the student's file; None when no frame is."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == filename]
    return lines[-1] if lines else None

"""Where an error comes from, as far as the student's own code goes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from grader.testing.own_functions import own_functions
from grader.testing.student import CannotImport, MissingName
from grader.testing.verdict import Cause


@dataclass(frozen=True)
class Origin:
    """What feedback says of an error beside its message."""

    kind: str  # the name of its type
    place: str = ""  # such as "metrics.py, line 3"
    own: bool = False  # the student's own code raised it, and no library that it called
    cause: Cause = Cause.NONE  # why there is no answer to judge; the message says all
    at_import: bool = False  # nothing of the file can be tested
    message: str | None = None  # what may be shown of what the error says; None: all of it
    inner: str = ""  # the student's function that raised it, where that is another than the one that was called
    note: str = ""  # what is likely behind it


def origin_in_file(error: BaseException, filename: str) -> Origin:
    """Return the origin of an error in this process, where the student's file is called `filename`."""
    if isinstance(error, CannotImport):
        return Origin(type(error).__name__, cause=Cause.IMPORT, at_import=True)
    if isinstance(error, MissingName):
        return Origin(type(error).__name__, cause=Cause.UNDEFINED)
    frames = list(frames_of(error))
    own = [frame for frame in frames if Path(frame.tb_frame.f_code.co_filename).name == filename]
    if not own:
        return Origin(type(error).__name__)
    return origin_of_lines(error, own, f"{filename}, line {own[-1].tb_lineno}")


def origin_of_lines(error: BaseException, own: Sequence[TracebackType], place: str) -> Origin:
    """Return the origin of an error that came through the lines `own` of the student's code, the last in `place`."""
    inner, raised_here = _function(own[-1]), own[-1] is list(frames_of(error))[-1]
    outer = [frame for frame in own if _function(frame) == _function(own[0])][-1]
    if inner == _function(outer):
        inner = ""
    else:
        place += f" in {inner}; {_function(outer)} calls it in line {outer.tb_lineno}"
    return Origin(type(error).__name__, place, raised_here, inner=inner, note=_returns_nothing(error, own[-1]))


def frames_of(error: BaseException) -> Iterator[TracebackType]:
    """Yield the lines that an error came through, the one that raised it last."""
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _function(frame: TracebackType) -> str:
    """The function at the top of the file, or the method, that a line belongs to."""
    return frame.tb_frame.f_code.co_qualname.partition(".<locals>")[0]


def _returns_nothing(error: BaseException, frame: TracebackType) -> str:
    """Say which function without a `return` may be where a None comes from that cannot be used in this line."""
    if not isinstance(error, TypeError | AttributeError) or "NoneType" not in str(error):
        return ""
    functions = own_functions(Path(frame.tb_frame.f_code.co_filename))
    user = functions.get(_function(frame).partition(".")[0])
    silent = sorted(name for name in user.uses if not functions[name].returns) if user else []
    return f"{silent[0]} returns nothing: is there a return?" if silent else ""

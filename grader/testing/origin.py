"""Where an error comes from, as far as the student's own code goes."""

import traceback
from dataclasses import dataclass
from pathlib import Path

from grader.testing.student import CannotImport, MissingName, line_in_file
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


def origin_in_file(error: BaseException, filename: str) -> Origin:
    """Return the origin of an error in this process, where the student's file is called `filename`."""
    if isinstance(error, CannotImport):
        return Origin(type(error).__name__, cause=Cause.IMPORT, at_import=True)
    if isinstance(error, MissingName):
        return Origin(type(error).__name__, cause=Cause.UNDEFINED)
    line = line_in_file(error, filename)
    frames = traceback.extract_tb(error.__traceback__)
    own = bool(frames) and Path(frames[-1].filename).name == filename
    return Origin(type(error).__name__, f"{filename}, line {line}" if line else "", own)

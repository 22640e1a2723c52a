"""Where an error of a hidden test comes from, when the student's code runs behind the wall."""

from dataclasses import replace

from grader.testing.origin import Origin, origin_in_file
from grader.testing.verdict import Cause
from grader.wall.client import ImportFailed, MissingFunction, raised_there
from grader.wall.process import LimitReached, NotRun, OutOfTime, ProcessEnded, StudentStopped
from grader.wall.texts import TextDoor


def origin_behind_the_wall(error: BaseException, filename: str, texts: TextDoor) -> Origin:
    """Return the origin of `error`, where the student's file is called `filename` and `texts` knows what it may say."""
    kind = type(error).__name__
    if isinstance(error, ImportFailed):
        cause = _cause(error.stopped) if error.stopped is not None else Cause.IMPORT
        return Origin(kind, cause=cause, at_import=True)
    if isinstance(error, MissingFunction):
        return Origin(kind, cause=Cause.UNDEFINED)
    if isinstance(error, StudentStopped):
        return Origin(kind, cause=_cause(error))
    there = raised_there(error)
    if there is None:
        # The test's own, or a library's that quotes what came back, such as the name of a layer.
        return replace(origin_in_file(error, filename), message=texts.message(str(error)))
    return Origin(there.kind, f"{filename}, line {there.line}" if there.line else "", there.own)


def _cause(stopped: StudentStopped) -> Cause:
    if isinstance(stopped, OutOfTime):
        return Cause.TIME
    if isinstance(stopped, LimitReached):
        return Cause.LIMIT
    if isinstance(stopped, NotRun):
        return Cause.STOPPED
    return Cause.ENDED if isinstance(stopped, ProcessEnded) else Cause.UNUSABLE

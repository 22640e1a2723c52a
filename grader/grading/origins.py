"""Where an error of a hidden test comes from, when the student's code runs behind the wall."""

from grader.testing.origin import Origin, origin_in_file
from grader.testing.verdict import Cause
from grader.wall.client import ImportFailed, MissingFunction, raised_there
from grader.wall.process import LimitReached, NotRun, OutOfTime, ProcessEnded, StudentStopped


def origin_behind_the_wall(error: BaseException, filename: str) -> Origin:
    """Return the origin of `error`, where the student's file is called `filename`."""
    kind = type(error).__name__
    if isinstance(error, ImportFailed):
        cause = _cause(error.stopped) if error.stopped is not None else Cause.IMPORT
        return Origin(kind, cause=cause, at_import=True)
    if isinstance(error, MissingFunction):
        return Origin(kind, cause=Cause.UNDEFINED)
    if isinstance(error, StudentStopped):
        return Origin(kind, cause=_cause(error))
    there = raised_there(error)
    if there is None:  # the test's own
        return origin_in_file(error, filename)
    return Origin(there.kind, f"{filename}, line {there.line}" if there.line else "", there.own)


def _cause(stopped: StudentStopped) -> Cause:
    if isinstance(stopped, OutOfTime):
        return Cause.TIME
    if isinstance(stopped, LimitReached):
        return Cause.LIMIT
    if isinstance(stopped, NotRun):
        return Cause.STOPPED
    return Cause.ENDED if isinstance(stopped, ProcessEnded) else Cause.UNUSABLE

"""What becomes of a test: a status, one line for people, and what stopped it, if something did."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What a test, or a task, came to. Only `PASSED` earns points.

    `word` is how people read it, everywhere; `mark` says the same where there is room for one character.
    """

    PASSED = "passed"
    PARTIAL = "partial"  # of a task: some of its tests passed
    FAILED = "failed"
    ERROR = "error"
    TODO = "todo"
    MISSING = "missing"  # of a task: nothing was handed in
    UNREADABLE = "unreadable"  # of a task: something was, and none of it could be used; a person should look
    NOT_RUN = "not run"  # of a task on a student's own board: not all of its tests ran, so that nobody knows

    @property
    def word(self) -> str:
        return _SHOWN[self][1]

    @property
    def mark(self) -> str:
        return _SHOWN[self][0]

    @property
    def colour(self) -> str:
        """The colour of a terminal; no meaning is told by it alone."""
        return _SHOWN[self][2]


_SHOWN = {
    Status.PASSED: ("✓", "right", "green"),
    Status.PARTIAL: ("~", "partly right", "yellow"),
    Status.FAILED: ("✗", "wrong", "red"),
    Status.ERROR: ("!", "broken", "red"),
    Status.TODO: ("·", "to do", "cyan"),
    Status.MISSING: ("–", "not handed in", "white"),
    Status.UNREADABLE: ("?", "not readable", "magenta"),
    Status.NOT_RUN: ("○", "not run", "white"),
}


class Cause(StrEnum):
    """Why a test could not be judged by what came back."""

    NONE = ""  # it could
    IMPORT = "import"  # the student's file cannot be imported
    UNDEFINED = "undefined"  # it does not define the function
    TIME = "time"  # a call ran past its limit of time
    LIMIT = "limit"  # the process used too much memory, too many threads or files
    ENDED = "ended"  # the process ended
    UNUSABLE = "unusable"  # what came back is not plain data
    REFUSED = "refused"  # the sandbox refused what the code tried
    STOPPED = "stopped"  # it was not asked: an earlier call was stopped, or the grader while it used the result


@dataclass(frozen=True)
class PlannedTest:
    """A test that the grader collected: it will be counted whether or not it gets to run."""

    id: str
    task: str
    weight: float = 1.0
    edge: bool = False
    title: str = ""  # what it asks for, in words


@dataclass(frozen=True)
class Verdict:
    """What became of one test, with one line for people."""

    status: Status
    message: str = ""
    cause: Cause = Cause.NONE


# Then it does not matter what a test asks for: it was not asked.
NOT_ASKED = (Cause.IMPORT, Cause.UNDEFINED, Cause.STOPPED)


def failed_in_words(title: str, verdict: Verdict) -> str:
    """Return a failed test as students read it: what it asks for, and the kind of problem."""
    is_about_it = verdict.status == Status.FAILED and verdict.cause not in NOT_ASKED
    return f"{title} – {verdict.message}" if title and verdict.message and is_about_it else verdict.message


NOT_RUN = Verdict(Status.ERROR, "the test did not run")

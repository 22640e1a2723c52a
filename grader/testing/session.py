"""What the plugin knows of one run of pytest, and how pytest is run in this process without other plugins."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from grader.kit.exercise import KIT, Exercise
from grader.testing.feedback import Failure, Mismatch
from grader.testing.origin import Origin, origin_in_file
from grader.testing.trainings import Trainings
from grader.testing.verdict import PlannedTest, Verdict

VISIBLE_KEY = b"visible tests draw the same inputs every time"
PLUGIN = "grader.testing.plugin"
# Of pytest's own: each has a part in every test, and nobody sees what it finds.
UNUSED_PLUGINS = ("logging", "unraisableexception", "threadexception", "faulthandler", "stepwise", "doctest")
NO_OTHER_PLUGINS = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"


@dataclass
class Session:
    """One run: what it is about, and what it has found so far, by the id of the test."""

    open_student: Callable[[Exercise], Any]
    course_key: bytes = VISIBLE_KEY
    drawn_for: str = ""  # the hash of the file that is graded
    profile: str = "cpu"
    unlearned: bool = False  # take the budgets with which nothing is learned
    trainings: Trainings = field(default_factory=Trainings)
    reveal: bool = True  # whether messages may show what a bare assertion compared
    origin_of: Callable[[BaseException, str], Origin] = origin_in_file
    plan: dict[str, list[PlannedTest]] = field(default_factory=dict)  # by exercise
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    training: set[str] = field(default_factory=set)  # the tests that train networks: no two runs are alike
    mismatch: Mismatch | None = None  # of the assertion that is failing now


SESSION = pytest.StashKey[Session]()
TEST = pytest.StashKey[tuple[Exercise, PlannedTest]]()


def run_pytest(paths: Iterable[Path], session: Session, *hooks: object, capture: str = "no") -> int:
    """Run the tests at `paths` in this process under `session`, with our plugin and `hooks`; returns pytest's status.

    No other plugin of this machine has a say in it.
    """
    options = [*map(str, paths), f"--rootdir={KIT}", f"--override-ini=testpaths={KIT}", "--import-mode=importlib"]
    options += [f"-pno:{name}" for name in UNUSED_PLUGINS]
    options += ["--quiet", "--tb=native", f"--capture={capture}", "-p", "no:cacheprovider", "-p", PLUGIN]
    before = os.environ.get(NO_OTHER_PLUGINS)
    os.environ[NO_OTHER_PLUGINS] = "1"
    try:
        return pytest.main(options, plugins=[_Installed(session), *hooks])
    finally:
        del os.environ[NO_OTHER_PLUGINS]
        if before is not None:
            os.environ[NO_OTHER_PLUGINS] = before


class _Installed:
    """A plugin that puts a session in the place of the one that the options make."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[SESSION] = self._session


def no_traceback(excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
    """In the place of an item's `repr_failure`, where nobody reads tracebacks: they take longer than most tests."""
    return str(excinfo.value)

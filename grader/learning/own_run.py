"""The pytest plugin of a student's own run: feedback in place of tracebacks, hints, and the score board.

It shows what `grader.testing.plugin` has decided; a graded run does without it. What it shows it takes from pytest's
reports alone, since those of pytest-xdist's workers come from other processes.
"""

import contextlib
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grader.hints import known_mistakes
from grader.hints.known_mistakes import Attempt, KnownMistakes, name_of
from grader.kit.exercise import EXERCISES, KIT, Exercise, exercise_of_test, find_exercise, load_catalog
from grader.learning.begin_with import FailedTest, begin_with
from grader.learning.board import ExerciseBoard, next_step, scores_as_far_as_run, write_board
from grader.learning.keras_loading import KerasExercises, without_progress_bars
from grader.learning.progress import Seen, remember_run
from grader.learning.run_record import RunRecord, status_of, tell_calls, tell_digest, tell_plan, tell_verdict
from grader.learning.ticker import own_terminal, ticking
from grader.learning.time_limit import TimeLimits
from grader.learning.which_kit import problem_of_folder
from grader.testing.arguments import is_check_of_arguments
from grader.testing.feedback import WIDEST, hint_to_text, to_text
from grader.testing.plugin import planned_test, with_checks_of_arguments
from grader.testing.scoring import TaskScore
from grader.testing.session import SESSION, TEST
from grader.testing.student import line_in_file
from grader.testing.verdict import PlannedTest, Status


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("exercises").addoption(
        "--test-seconds", metavar="N", type=float, help="stop each test after N seconds, for slow machines; 0: never"
    )


def pytest_configure(config: pytest.Config) -> None:
    if problem := problem_of_folder(config.rootpath):
        raise pytest.UsageError(problem)
    for word in config.args:
        _refuse_notebook(Path(word))
    config.pluginmanager.register(OwnRun(config), "deep_learning_exercises_run")
    config.pluginmanager.register(KerasExercises(partial(_say, config)), "deep_learning_exercises_keras")
    if not config.option.usepdb and not config.option.trace:
        config.pluginmanager.register(TimeLimits(config.getoption("test_seconds")), "deep_learning_exercises_limits")


def _refuse_notebook(path: Path) -> None:
    exercise = exercise_of_test(path.resolve()) if path.suffix == ".ipynb" else None
    if exercise is not None and path.name == exercise.notebook.name:
        raise pytest.UsageError(
            f"{path.name} is a notebook, which its own cells test; pytest tests {exercise.filename}:"
            f" pytest {exercise.folder.relative_to(KIT).as_posix()}"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Write which files are under test in the first line; runs of other projects of this Python are left alone."""
    root = session.config.getoption("submission")
    if KIT in (session.config.rootpath, *session.config.rootpath.parents):
        _say(session.config, f"exercises under test: {root or EXERCISES}" + ("" if root else " (your own files)"))


def _say(config: pytest.Config, line: str) -> None:
    """Write a line at once, if this process is the one that writes."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    capture = config.pluginmanager.get_plugin("capturemanager")
    if reporter is not None:
        with contextlib.nullcontext() if capture is None else capture.global_and_fixture_disabled():
            reporter.write_line(line)
            reporter.flush()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Plan the rest of each file, too, where pytest collects only a part: what is not asked for is not run."""
    if not any("::" in word for word in config.args) and not getattr(config.option, "lf", False):
        return
    collected = {item.nodeid for item in items}
    plan = config.stash[SESSION].plan
    for module in {module for item in items if (module := item.getparent(pytest.Module)) is not None}:
        for item in with_checks_of_arguments(module, list(module.collect())):
            if isinstance(item, pytest.Item) and item.nodeid not in collected and (found := planned_test(item)):
                exercise, test = found
                plan.setdefault(exercise.name, []).append(test)


def pytest_report_teststatus(report: Any) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    status = status_of(report)
    if status in (Status.TODO, Status.ERROR):
        letter = "t" if status == Status.TODO else "!"
        return status.word, letter, (status.word.upper(), {status.colour: True})
    return None


def _columns(config: pytest.Config) -> int:
    """Return how many columns the feedback may have; a worker of pytest-xdist has no terminal."""
    has_terminal = config.pluginmanager.get_plugin("terminalreporter") is not None
    return config.get_terminal_writer().fullwidth if has_terminal else WIDEST


class OwnRun:
    """What is collected during one run, and shown at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._record = RunRecord()
        self._plan_is_told = False
        self._terminal = own_terminal() if sys.__stdout__ is not None and sys.__stdout__.isatty() else None
        self._running: pytest.Item | None = None
        self._interrupted = ""  # where Ctrl-C has stopped the run

    def pytest_collectreport(self, report: Any) -> None:
        self._record.add_collected(report)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What takes long shows on a terminal that it is alive, where the line has room for it."""
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if TEST not in item.stash or reporter is None or not reporter.isatty or self._config.option.usepdb:
            return (yield)
        writer = self._config.get_terminal_writer()
        terminal = self._terminal if writer.width_of_current_line + 10 < writer.fullwidth else None
        with ticking(terminal, lambda seconds: f" {seconds} s"):
            return (yield)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._running = item

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Name the student's line, whatever it has called, here and where pytest does."""
        item = self._running
        if not isinstance(excinfo.value, KeyboardInterrupt) or item is None or TEST not in item.stash:
            return
        exercise, _ = item.stash[TEST]
        line = line_in_file(excinfo.value, exercise.filename)
        self._interrupted = f"interrupted{f' at {exercise.filename}, line {line}' if line else ''}, in {item.name}"
        for depth in range(len(excinfo.traceback), 0, -1):
            if Path(excinfo.traceback[depth - 1].path).name == exercise.filename:
                excinfo.traceback = type(excinfo.traceback)(excinfo.traceback[:depth])
                break

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Replace pytest's traceback by the feedback, and put onto the report what `RunRecord` takes from it."""
        report: Any = yield
        if TEST not in item.stash or call.when == "teardown":
            return report
        session = item.config.stash[SESSION]
        if not self._plan_is_told:
            tell_plan(report, session.plan, session.training)
            self._plan_is_told = True
        exercise, test = item.stash[TEST]
        verdict = session.verdicts.get(test.id)
        if verdict is not None:
            tell_verdict(report, test, verdict)
        if verdict is not None and call.excinfo is not None:
            failure = session.failures[test.id]
            calls = failure.calls if verdict.status not in (Status.TODO, Status.ERROR) else []
            report.longrepr = to_text(verdict, test.title, failure, _columns(item.config))
            tell_calls(report, [call.name for call in failure.calls])
            sections = [(name, without_progress_bars(text)) for name, text in report.sections]
            report.sections = [(name, text) for name, text in sections if text]
            if calls and (known := known_mistakes.read_known_mistakes(exercise)) is not None:
                tell_digest(report, known_mistakes.digest_of_calls(exercise, known.salt, test, calls))
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        self._record.add(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hints are looked for when all tests of a task have run: one answer alone is not enough to go by."""
        record = self._record
        if record.notes and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        columns = _columns(self._config)
        for name, tests in record.plan.items() if record.failed else ():
            exercise = find_exercise(name)
            self._tell_what_to_mend_first(exercise, tests)
            known = known_mistakes.read_known_mistakes(exercise)
            if known is None:
                continue
            for task in exercise.tasks:
                ran = [test for test in tests if test.task == task.name and test.id in record.verdicts]
                for test, hint in _hints(record, [test for test in ran if test.id not in record.training], known):
                    record.failed[test.id].longrepr += "\n" + hint_to_text(hint, columns)

    def _tell_what_to_mend_first(self, exercise: Exercise, tests: list[PlannedTest]) -> None:
        path = Path(self._config.getoption("submission") or EXERCISES) / exercise.name / exercise.filename
        verdicts, failed = self._record.verdicts, self._record.failed
        wrong = [test for test in tests if test.id in failed and verdicts[test.id].status == Status.FAILED]
        wrong = [test for test in wrong if not is_check_of_arguments(test)]
        first = begin_with(path, {test.id: FailedTest(test.task, self._record.called[test.id]) for test in wrong})
        for name, line in first.items():
            failed[name].longrepr += "\n" + hint_to_text(line, _columns(self._config), "first")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        boards = [] if self._config.option.collectonly else self._boards()
        if boards:
            self._write_boards(boards, terminalreporter)
        if self._interrupted:
            terminalreporter.write(f"\n{self._interrupted}\n", bold=True)

    def _write_boards(self, boards: list[ExerciseBoard], terminalreporter: Any) -> None:
        terminalreporter.section("score board")
        # pytest captures standard output and writes to a copy of the original.
        write_board(boards, terminalreporter.write, getattr(sys.__stdout__, "encoding", None))
        if self._config.getoption("submission") is None:
            note = remember_run({board.exercise.name: self._seen(board) for board in boards})
            for line in (note, next_step(boards)):
                terminalreporter.write(f"\n{line}\n" if line else "")

    def _boards(self) -> list[ExerciseBoard]:
        """Return the boards of the exercises that were collected; none where not one test has run."""
        record = self._record
        boards = []
        for name, exercise in load_catalog().items():
            if name in record.notes or (name in record.plan and record.verdicts):
                scores = scores_as_far_as_run(exercise, record.plan.get(name, []), record.verdicts)
                boards.append(
                    ExerciseBoard(exercise, scores, record.note_on(name) or self._about_notebook(exercise, scores))
                )
        return boards

    def _about_notebook(self, exercise: Exercise, scores: list[TaskScore]) -> str:
        """Say so where it is the notebook that is written, and the module, which is tested, is not; or ""."""
        own = self._config.getoption("submission") is None
        if not own or not exercise.notebook.is_file() or any(score.status != Status.TODO for score in scores):
            return ""
        from grader.learning.pack import is_written_in_notebook

        if not is_written_in_notebook(exercise):
            return ""
        return f"{exercise.notebook.name} is written, {exercise.filename} is not: its own cells test the notebook"

    def _seen(self, board: ExerciseBoard) -> Seen:
        whole = self._record.ran_whole(board.exercise.name)
        ran = [score for score in board.scores if score.status != Status.NOT_RUN]
        return Seen(
            whole=[score for score in ran if score.task in whole],
            wrong_parts=[score for score in ran if score.task not in whole],
            broken=board.note if board.first(Status.ERROR) else "",
        )


def _hints(record: RunRecord, tests: list[PlannedTest], known: KnownMistakes) -> Iterator[tuple[PlannedTest, str]]:
    """Yield the hints that belong to the failed ones of the `tests` of one task."""
    if any(record.verdicts[test.id].status not in (Status.PASSED, Status.FAILED) for test in tests):
        return
    attempts = {
        name_of(test): Attempt(
            record.verdicts[test.id].status == Status.PASSED,
            test.edge,
            record.digests.get(test.id, known_mistakes.UNKNOWN),
        )
        for test in tests
    }
    hints = known_mistakes.hints_for(known.mistakes, tests[0].task if tests else "", attempts)
    for test in tests:
        yield from ((test, hint) for hint in hints.get(name_of(test), []))

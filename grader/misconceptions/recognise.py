"""Whose mistake is it? The calls of a graded run once more, answered by the misconceptions of the task.

A misconception is recognised when it answers as the student's function did: in every test that the student passed,
and in every main test that they failed. Edge cases may fail for another reason; a second misconception may be found
for them. Where no misconception answers so in all main tests, the student has made two mistakes or more: then the one
counts that answers so in most of the tests that failed. Nothing here changes a score.
"""

import importlib.util
import json
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from grader.hints.known_mistakes import choose_explanations, told_apart
from grader.hints.outline import (
    OBJECT,
    Outline,
    outline,
    outline_of_callback,
    outline_of_model,
    raised,
    same,
    same_answer,
    tells_something,
)
from grader.kit.exercise import Exercise
from grader.misconceptions.reading import Misconception, read_misconceptions, submission_with
from grader.testing.verdict import PlannedTest, Status, Verdict
from grader.wall.client import Exchange
from grader.wall.codec import Decoder
from grader.wall.server import Server

# CPU time for one misconception and for all of a task; whatever trains for long has no hint.
MISCONCEPTION_SECONDS = {"numpy": 1.0, "keras": 2.0}
TASK_SECONDS = {"numpy": 2.0, "keras": 5.0}
MAX_BYTES = 64 * 2**20
RTOL = {"numpy": 1e-7, "keras": 1e-3}  # the libraries behind Keras do not add up in the same order every time


class OutOfTime(BaseException):
    """A misconception that computes for too long: some of them never end."""


@dataclass(frozen=True)
class Recognised:
    """A misconception that explains a student's wrong answers."""

    task: str
    name: str
    hint: str


@dataclass(frozen=True)
class Answer:
    """A call of the task's own function, or of what it returned, and what came back."""

    number: int  # which of the exchanges it was
    outcome: Outline


@dataclass(frozen=True)
class Recording:
    """The calls of one test, in their order."""

    test: PlannedTest
    passed: bool
    exchanges: list[Exchange]


def recordings_of(
    plan: list[PlannedTest],
    verdicts: Mapping[str, Verdict],
    exchanges: Mapping[str, list[Exchange]],
    training: Set[str] = frozenset(),
) -> dict[str, list[Recording]]:
    """Return the recorded tests of every task that could do with a hint: something failed, nothing is to do or broken.

    There is no time to train again. Of the tests in `training` those are left whose task was given no data: it has only
    built what the tests then trained. One test may look at what another has called, so it is all of a task or none.
    """
    given_data = {
        test.task
        for test in plan
        if test.id in training and any(exchange.blobs for exchange in exchanges.get(test.id, ()))
    }
    found: dict[str, list[Recording]] = {}
    for task in dict.fromkeys(test.task for test in plan):
        tests = [test for test in plan if test.task == task and test.id in verdicts]
        not_again = training if task in given_data else frozenset()
        statuses = {verdicts[test.id].status for test in tests}
        if statuses not in ({Status.FAILED}, {Status.FAILED, Status.PASSED}):
            continue
        found[task] = [
            Recording(test, verdicts[test.id].status == Status.PASSED, exchanges[test.id])
            for test in tests
            if test.id in exchanges and test.id not in not_again and _usable(exchanges[test.id])
        ]
    return {task: recordings for task, recordings in found.items() if any(not r.passed for r in recordings)}


def recognise(exercise: Exercise, task: str, recordings: list[Recording]) -> list[Recognised]:
    """Return the misconceptions that answer as the student did in the `recordings` of `task`; mostly none or one."""
    is_own = _belongs_to(exercise, task)
    answers = [_answers(recording, is_own) for recording in recordings]
    if not _worth_explaining(recordings, answers):
        return []
    telling = {
        recording.test.id
        for recording, answered in zip(recordings, answers, strict=True)
        if not answered or any(answer.outcome != OBJECT for answer in answered)
    }
    explained: dict[Misconception, set[str]] = {}
    clock = _CpuClock(exercise.needs)
    for wrong in read_misconceptions(exercise):
        if wrong.task == task:
            agrees = clock.run(partial(_replay, exercise, wrong, recordings, answers))
            if agrees and agrees & telling:
                explained[wrong] = agrees
    failed = [recording.test for recording in recordings if not recording.passed]
    main = {test.id for test in failed if not test.edge}
    apart = told_apart(explained, {wrong: wrong.hint for wrong in explained})
    computed = _computed(recordings, answers) & main
    enough = 1 if _works(recordings, answers) else 2  # an argument given back may agree in one test
    sure = [wrong for wrong, tests in apart.items() if len(tests & computed) >= enough]
    chosen = choose_explanations(explained, [test.id for test in failed], main, sure)
    return [Recognised(task, wrong.name, wrong.hint) for wrong in chosen]


def _computed(recordings: list[Recording], answers: list[list[Answer]]) -> set[str]:
    """Return the tests in which the student's function computed something."""
    return {
        recording.test.id
        for recording, answered in zip(recordings, answers, strict=True)
        if any(tells_something(answer.outcome) for answer in answered)
    }


def _works(recordings: list[Recording], answers: list[list[Answer]]) -> bool:
    """Whether a main test passed that asked the student's function."""
    return any(
        recording.passed and not recording.test.edge and answered
        for recording, answered in zip(recordings, answers, strict=True)
    )


def _usable(exchanges: list[Exchange]) -> bool:
    stopped = any(exchange.reply is None for exchange in exchanges)
    return not stopped and sum(exchange.size for exchange in exchanges) <= MAX_BYTES


def _worth_explaining(recordings: list[Recording], answers: list[list[Answer]]) -> bool:
    """Whether there is a computation to explain: no constant, no function that only raises or returns nothing."""
    outcomes = [answer.outcome for answered in answers for answer in answered]
    if not outcomes:
        return False
    # Whoever builds or sets up something may well do it in the same way every time.
    built = outcomes[0][0] in ("model", "callback")
    if len(outcomes) > 1 and not built and all(same(outcomes[0], other, 0.0) for other in outcomes[1:]):
        return False
    return _works(recordings, answers) or any(map(tells_something, outcomes))


def _belongs_to(exercise: Exercise, task: str) -> Callable[[str], bool]:
    """Whether a function belongs to the task: the one of its name, or all that are called where there is none."""
    has_function = re.search(rf"^(def|class) {task}\b", exercise.solution.read_text("utf-8"), re.MULTILINE)
    return lambda name: name == task or not has_function


def _answers(recording: Recording, is_own: Callable[[str], bool]) -> list[Answer]:
    """Return what the task's functions answered; what they returned by reference belongs to them."""
    own: set[int] = set()
    found = []
    for number, exchange in enumerate(recording.exchanges):
        target, name = exchange.request["target"], exchange.request["name"]
        if is_own(name) if target is None else target in own:
            own |= set(_references(exchange.reply))
            found.append(Answer(number, _outcome(exchange.reply, exchange.reply_blobs)))
    return found


def _replay(
    exercise: Exercise, wrong: Misconception, recordings: list[Recording], answers: list[list[Answer]]
) -> set[str] | None:
    """Return the failed tests in which `wrong` answers as the student did; None when it differs where they passed.

    A failed test without calls looks at what an earlier one has called.
    """
    agrees = set()
    server = Server(Path("misconception"), _load(exercise, wrong))
    numbers: dict[int, int] = {}  # what the student's process called a kept value -> what this one does
    for recording, answered in zip(recordings, answers, strict=True):
        if _answers_alike(server, recording, answered, numbers, RTOL[exercise.needs]):
            agrees.add(recording.test.id)
        elif recording.passed:
            return None
    return {recording.test.id for recording in recordings if not recording.passed} & agrees


def _answers_alike(
    server: Server, recording: Recording, answered: list[Answer], numbers: dict[int, int], rtol: float
) -> bool:
    expected = {answer.number: answer.outcome for answer in answered}
    for number, exchange in enumerate(recording.exchanges):
        request = _translated(exchange.request, numbers)
        if request is None:
            return False
        reply, blobs = server.answer(request, exchange.blobs)
        if number in expected and not same_answer(_outcome(reply, blobs), expected[number], rtol):
            return False
        numbers.update(zip(_references(exchange.reply), _references(reply), strict=False))
    return True


def _translated(request: dict[str, Any], numbers: dict[int, int]) -> dict[str, Any] | None:
    """Return the request with the other process's numbers for kept values; None when one is not known there."""

    def translate(tree: Any) -> Any:
        if isinstance(tree, dict):
            return {key: numbers[item] if key == "ref" else translate(item) for key, item in tree.items()}
        return [translate(item) for item in tree] if isinstance(tree, list) else tree

    try:
        target = request["target"]
        translated = {key: translate(request[key]) for key in ("args", "kwargs")}
        return request | translated | {"target": None if target is None else numbers[target]}
    except KeyError:
        return None


def _references(tree: Any) -> Iterator[int]:
    """Yield the numbers of kept values in a reply, in their order."""
    if isinstance(tree, dict):
        for key, item in tree.items():
            if key == "ref" and isinstance(item, list):
                yield item[0]
                yield from _references(item[2])
            else:
                yield from _references(item)
    elif isinstance(tree, list):
        for item in tree:
            yield from _references(item)


def _outcome(reply: dict[str, Any], blobs: list[Any]) -> Outline:
    """Return the outline of a reply. Models are described and not built."""
    if "raised" in reply:
        return raised(str(reply["raised"][0]))
    kinds = {
        "ref": lambda content, decoder, depth: OBJECT if content[2] is None else decoder.decode(content[2], depth),
        "model": lambda content, *_: outline_of_model(
            json.loads(content[0]), [tuple(array["array"][1]) for array in content[1]]
        ),
        "callback": lambda content, decoder, depth: outline_of_callback(content[0], decoder.decode(content[1], depth)),
        "refused": lambda content, *_: OBJECT,
    }
    return outline(Decoder([bytes(blob) for blob in blobs], kinds).decode(reply["value"]))


def _load(exercise: Exercise, wrong: Misconception) -> Any:
    """Return the module of a student who has this misconception."""
    spec = importlib.util.spec_from_loader(exercise.module, loader=None)
    assert spec is not None
    module = sys.modules[exercise.module] = importlib.util.module_from_spec(spec)
    exec(compile(submission_with(exercise, wrong), exercise.filename, "exec"), vars(module))
    return module


class _CpuClock:
    """Runs one function after the other and interrupts what computes for too long."""

    def __init__(self, needs: str) -> None:
        self._left, self._each = TASK_SECONDS[needs], MISCONCEPTION_SECONDS[needs]

    def run(self, replay: Callable[[], set[str] | None]) -> set[str] | None:
        """Return what `replay` returns; None when it raises, or when there is no time for it."""
        given = min(self._each, self._left)
        if given <= 0:
            return None
        before = signal.signal(signal.SIGPROF, self._ring)
        try:
            signal.setitimer(signal.ITIMER_PROF, given, 0.1)  # again and again: it may be caught
            return replay()
        except (Exception, SystemExit, OutOfTime):
            return None
        finally:
            remaining, _ = signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
            self._left -= given - remaining

    def _ring(self, number: int, frame: FrameType | None) -> None:
        raise OutOfTime

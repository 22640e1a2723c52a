"""What hidden tests hand to a student's code comes back in no text: not in reasons, verdicts or hints."""

import re
from collections.abc import Iterator

import pytest

from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.grading.result import Result, from_json, to_json
from grader.kit.exercise import find_exercise
from grader.wall import sandbox

METRICS = find_exercise("ex01")
SOLUTION = METRICS.solution.read_text(encoding="utf-8")
LEVEL = next(level for level in ("bubblewrap", "landlock", "process") if not sandbox.missing(level))
# Ways to say what a function was given; `words` is the data.
WAYS = {
    "message": "raise RuntimeError('DATA ' + words)",
    "message of a library": "raise ValueError('operands could not be broadcast together with DATA' + words)",
    "to do": "raise NotImplementedError('DATA' + words)",
    "key": "raise KeyError('DATA' + words)",
    "assertion": "assert False, 'DATA' + words",
    "type of an exception": "raise type('DATA' + words, (ValueError,), {})()",
    "type of a result": "return type('DATA' + words, (), {})()",
    "warning": "import warnings; warnings.simplefilter('error'); warnings.warn('DATA' + words)",
    "name of a file": "open('/nothing/DATA' + words)",
    "own f-string": "raise ValueError(f'{words}')",
    "end of the process": "raise SystemExit('DATA' + words)",
    "syntax": "raise SyntaxError('DATA' + words)",
    "characters that cannot be stored": "raise ValueError('DATA\\ud800\\x1b[2J' + words)",
    "the next import": "open('note.txt', 'w').write('DATA' + words); import os; os._exit(0)",
}
AT_IMPORT = "import os.path\nif os.path.exists('note.txt'):\n    raise RuntimeError(open('note.txt').read())\n"


@pytest.fixture(scope="module")
def lane() -> Iterator[Lane]:
    lane = Lane(LEVEL)
    yield lane
    lane.close()


def grade(lane: Lane, source: str) -> Result:
    return lane.grade(Job(student="Ada", exercise=METRICS, source=source.encode(), course_key=b"a key"))


def with_recall(body: str, before: str = "") -> str:
    head = "def recall(y_true, y_pred, positive=1):\n    words = repr([int(y) for y in y_true])"
    return f"{before}{SOLUTION}\n\n{head}\n    {body}\n"


@pytest.mark.parametrize("way", WAYS)
def test_the_input_of_a_hidden_test_does_not_leave(lane: Lane, way: str):
    result = grade(lane, with_recall(WAYS[way], AT_IMPORT if way == "the next import" else ""))
    [score] = [score for score in result.scores if score.task == "recall"]
    assert score.score == 0
    assert not result.note
    assert result.scores[0].score > 0 or way == "the next import"  # another task, which came before
    assert score.reason
    record = to_json(result)
    assert "DATA" not in record
    assert not re.search(r"\d(, \d){3}", record)
    assert from_json(record) == result


def test_what_the_file_says_itself_is_shown(lane: Lane):
    result = grade(lane, with_recall("raise ValueError(f'no positives among {len(words)} labels')"))
    [score] = [score for score in result.scores if score.task == "recall"]
    assert re.search(r"ValueError: no positives among … labels \(metrics.py, line \d+\)", score.reason)


def test_a_file_that_ends_python_says_so(lane: Lane):
    result = grade(lane, SOLUTION + "\nraise SystemExit(0)\n")
    assert {score.score for score in result.scores} == {0}
    assert "SystemExit: the file ends Python when it is imported" in result.scores[0].reason

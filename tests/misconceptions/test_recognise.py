"""Hints that recognise a mistake: in graded runs, through the wall; in a student's own run; and none by chance."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import pytest
from support.two_mistakes import both

from grader.class_run.pool import LaneSettings, run_jobs
from grader.grading import events
from grader.grading import hidden_run as grading_run
from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.grading.result import Result
from grader.hints.known_mistakes import Attempt, KnownMistake, choose_explanations, hints_for, read_known_mistakes
from grader.hints.outline import OBJECT, digest, outline, raised, same, same_answer
from grader.kit.exercise import KIT, Exercise, find_exercise, load_catalog
from grader.misconceptions.reading import Misconception, read_misconceptions, submission_with
from grader.misconceptions.recognise import recordings_of
from grader.testing.verdict import PlannedTest, Status, Verdict
from grader.wall import sandbox
from grader.wall.client import Exchange

pytestmark = pytest.mark.minutes

METRICS = find_exercise("ex01")
# Those that train a perceptron until it gives up take seconds; tests/hidden/test_graders.py grades them all.
GRADED = [
    (exercise, wrong)
    for exercise in (METRICS, find_exercise("ex04"))
    for wrong in read_misconceptions(exercise)
    if wrong.task != "train"
]

# Mistakes as students write them, not as `grader.misconceptions.reading` has them.
OWN_WORDS = """
import numpy as np

def confusion_matrix(y_true, y_pred, num_classes):
    if len(y_true) != len(y_pred) or len(y_true) == 0:
        raise ValueError("lengths")
    table = [[0] * num_classes for _ in range(num_classes)]
    for truth, guess in zip(y_true, y_pred):
        if truth not in range(num_classes) or guess not in range(num_classes):
            raise ValueError("label")
        table[guess][truth] += 1  # the wrong way round
    return np.array(table)

def accuracy(y_true, y_pred):
    if len(y_true) != len(y_pred) or not len(y_true):
        raise ValueError("lengths")
    wrong = 0
    for truth, guess in zip(y_true, y_pred):
        if truth != guess:
            wrong = wrong + 1
    return wrong / len(y_true)  # counts the wrong ones

def precision(y_true, y_pred, positive=1):
    if len(y_true) != len(y_pred) or not len(y_true):
        raise ValueError("lengths")
    found = sum(1 for t, p in zip(y_true, y_pred) if t == p == positive)
    return found / max(1, list(y_true).count(positive))  # recall
"""
RECOGNISED_AS = {
    "confusion_matrix": "puts_the_predictions_in_the_rows",
    "accuracy": "is_the_error_rate",
    "precision": "divides_by_the_positives",
}
HINTS_OF_OWN_WORDS = {
    wrong.task: wrong.hint for wrong in read_misconceptions(METRICS) if RECOGNISED_AS.get(wrong.task) == wrong.name
}

NO_IDEA = {
    "nothing": "return None",
    "zero": "return 0",
    "half": "return 0.5",
    "list": "return []",
    "error": "raise ValueError('no')",
    "other error": "raise TypeError('no')",
    "echo": "return args[0]",
    "chance": "import random; return random.random()",
    "other number": "return float(len(args[0])) + 0.123",
}


@pytest.fixture(scope="module")
def lane(tmp_path_factory):
    lane = Lane(sandbox.choose(), room=tmp_path_factory.mktemp("bytecode"))
    yield lane
    lane.close()


def graded(lane: Lane, exercise: Exercise, source: str, quick_for: str = "-") -> Result:
    return lane.grade(
        Job(student="Ada", exercise=exercise, source=source.encode(), course_key=b"a key", quick_for=quick_for)
    )


def own_run(folder: Path, exercise: Exercise, source: str, *words: str) -> str:
    """What a student's pytest prints for the file `source`."""
    path = folder / exercise.name / exercise.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"exercises/{exercise.name}"]
    done = subprocess.run([*command, "--submission", folder, *words], cwd=KIT, capture_output=True, encoding="utf-8",
                          env=os.environ | {"PYTHONIOENCODING": "utf-8"}, timeout=120)  # fmt: skip
    assert " score board " in done.stdout
    return done.stdout


def hints_in(output: str) -> str:
    """The hints of an output of pytest, unwrapped."""
    kept, inside = [], False
    for line in output.splitlines():
        inside = line.startswith("  hint ") or (inside and line.startswith(" " * 12))
        kept += [line.strip().removeprefix("hint").strip()] if inside else []
    return " ".join(kept)


def solution_but(exercise: Exercise, body: str) -> str:
    """The solution with every task replaced by the same wrong `body`."""
    wrong = [f"def {task.name}(*args, **kwargs):\n    {body}\n" for task in exercise.tasks]
    return submission_with(exercise, Misconception("", "", "", "\n\n".join(wrong)))


@pytest.mark.parametrize(("exercise", "wrong"), GRADED, ids=lambda case: getattr(case, "name", ""))
def test_a_misconception_gets_its_own_hint_through_the_wall(lane, exercise: Exercise, wrong: Misconception):
    result = graded(lane, exercise, submission_with(exercise, wrong))
    assert [(known.task, known.name, known.hint) for known in result.recognised] == [
        (wrong.task, wrong.name, wrong.hint)
    ]


def test_a_mistake_is_recognised_in_anybodys_words(lane):
    source = submission_with(METRICS, Misconception("", "", "", OWN_WORDS))
    recognised = graded(lane, METRICS, source).recognised
    assert {known.task: known.name for known in recognised} == RECOGNISED_AS
    assert {known.task: known.hint for known in recognised} == HINTS_OF_OWN_WORDS


@pytest.mark.parametrize("source_of", [attrgetter("solution"), attrgetter("stub")])
def test_what_is_right_or_to_do_gets_no_hint(lane, tmp_path, source_of):
    source = source_of(METRICS).read_text(encoding="utf-8")
    assert not graded(lane, METRICS, source).recognised
    assert "  hint " not in own_run(tmp_path, METRICS, source)


@pytest.mark.parametrize("number", ["ex01", "ex04"])
@pytest.mark.parametrize("body", NO_IDEA.values(), ids=NO_IDEA)
def test_who_has_no_idea_gets_no_hint_by_chance(lane, number, body):
    exercise = find_exercise(number)
    result = graded(lane, exercise, solution_but(exercise, body))
    assert result.score < 20
    assert not result.recognised


@pytest.mark.parametrize("body", ["return None", "return 0", "raise ValueError('no')", "return args[0]"])
def test_who_has_no_idea_gets_no_hint_in_their_own_run(tmp_path, body):
    for number in ("ex01", "ex04"):
        exercise = find_exercise(number)
        assert "  hint " not in own_run(tmp_path, exercise, solution_but(exercise, body))


def test_a_second_mistake_at_the_edges_does_not_hide_the_first(lane):
    """Precision for recall, and lengths that nobody checks: the main mistake is still recognised."""
    source = submission_with(METRICS, Misconception("", "", "", '''
def precision(y_true, y_pred, positive=1):
    y_true, y_pred = list(y_true), list(y_pred)
    return sum(t == p == positive for t, p in zip(y_true, y_pred)) / (y_true.count(positive) or 1)
'''))  # fmt: skip
    assert [known.name for known in graded(lane, METRICS, source).recognised][:1] == ["divides_by_the_positives"]


def test_a_model_that_cannot_learn_is_known_by_its_layers(tmp_path):
    """As it was before the training, which nobody repeats for a hint. Another model that learns nothing is unknown."""
    exercise = find_exercise("ex11")
    known = next(wrong for wrong in read_misconceptions(exercise) if wrong.name == "vectors_are_never_trained")
    other = replace(known, name="another", source=known.source.replace("LSTM(32)", "LSTM(31)"))
    assert other.source != known.source
    jobs = [
        Job(
            student=wrong.name,
            exercise=exercise,
            source=submission_with(exercise, wrong).encode(),
            course_key=b"a key",
            quick_for="capstone",
        )
        for wrong in (known, other)
    ]
    # A process that has used Keras, as this one may have, cannot be forked into a grader.
    results = {
        result.student: result for result in run_jobs(jobs, 1, LaneSettings(sandbox.choose(), (), tmp_path), fail)
    }
    for result in results.values():
        failed = [test.id for test in result.tests if test.task == "capstone" and test.status == Status.FAILED]
        assert [test.rpartition("::")[2] for test in failed] == ["test_learns_from_reviews[build_lstm]"]
    assert [hint.name for hint in results[known.name].recognised] == [known.name]
    assert results[other.name].recognised == []


def fail(job: Job) -> Result:
    pytest.fail(f"{job.student} took two lanes with it")


@pytest.mark.parametrize(("blobs", "repeated"), [([], ["cheap", "learns", "falls"]), ([b"data"], ["cheap"])])
def test_what_was_given_data_to_train_on_is_not_called_again(blobs, repeated):
    """Nor is what another test saw in it taken for an answer: here `falls` looks at what `learns` has called."""
    plan = [PlannedTest(name, "stylize") for name in ("cheap", "learns", "falls")]
    exchanges = {
        "cheap": [Exchange({}, [b"data"], {}, [])],
        "learns": [Exchange({}, blobs, {}, [])],
        "falls": [],
    }
    verdicts = {test.id: Verdict(Status.FAILED) for test in plan}
    recordings = recordings_of(plan, verdicts, exchanges, {"learns", "falls"})["stylize"]
    assert [recording.test.id for recording in recordings] == repeated


def test_tests_have_their_titles(lane):
    result = graded(lane, METRICS, METRICS.stub.read_text(encoding="utf-8"))
    titles = {test.id.rpartition("::")[2]: test.title for test in result.tests}
    assert titles["test_precision_of_two_classes"] == "The share of the predicted positives that are positive"
    assert all(titles.values())


@pytest.mark.parametrize("crash", ["raise", "exit", "hang"])
def test_a_recogniser_that_fails_costs_nothing_but_the_hint(lane, monkeypatch, crash):
    wrong = read_misconceptions(METRICS)[0]
    source = submission_with(METRICS, wrong)
    before = graded(lane, METRICS, source)
    assert before.recognised

    def fail(*words: object) -> None:
        if crash == "raise":
            raise RuntimeError("the recogniser has a bug")
        while crash == "hang":
            pass
        os._exit(3)

    monkeypatch.setattr(grading_run, "recognise", fail)
    monkeypatch.setattr(events, "GRADER_TASK_SECONDS", 3)
    broken = Lane(sandbox.choose())  # the process in which hidden tests were collected before has no bug
    try:
        after = graded(broken, METRICS, source)
    finally:
        broken.close()
    assert not after.recognised
    same_work = {"recognised": [], "wall_seconds": 0.0, "student_cpu_seconds": 0.0, "task_seconds": {}}
    assert replace(after, **same_work) == replace(before, **same_work)


def test_a_students_own_run_shows_the_hints(tmp_path):
    output = own_run(tmp_path, METRICS, submission_with(METRICS, Misconception("", "", "", OWN_WORDS)))
    hints = hints_in(output)
    for task in ("confusion_matrix", "accuracy", "precision"):
        assert HINTS_OF_OWN_WORDS[task] in hints
    block = output.partition("3 of the 5 emails that were called spam are spam\n")[2].splitlines()
    words = [line.split()[0] for line in block if line[2:3].strip()]  # other lines continue the one above
    assert words[:5] == ["called", "returned", "expected", "problem", "hint"]
    assert all(len(line) <= 100 for line in block[:7])


def test_a_hint_needs_all_tests_of_its_task_and_says_nothing_while_one_is_to_do(tmp_path):
    body = 'found = sum(1 for t, p in zip(y_true, y_pred) if t == p == positive)\n    raise NotImplementedError("ex01")'
    half = OWN_WORDS.replace("found = sum(1 for t, p in zip(y_true, y_pred) if t == p == positive)", body)
    hints = hints_in(own_run(tmp_path, METRICS, half))
    assert HINTS_OF_OWN_WORDS["precision"] not in hints
    assert HINTS_OF_OWN_WORDS["accuracy"] in hints


@pytest.mark.parametrize("exercise", load_catalog().values(), ids=lambda exercise: exercise.name)
def test_the_files_of_hints_give_nothing_away(exercise: Exercise):
    known = read_known_mistakes(exercise)
    assert known is not None
    text = exercise.known_mistakes.read_text(encoding="utf-8")
    hints = " ".join(mistake.hint for mistake in known.mistakes)
    for wrong in read_misconceptions(exercise):
        assert wrong.name not in text
        lines = [line.strip() for line in wrong.source.splitlines()]
        leaked = [line for line in lines if len(line) > 25 and line in text and not line.startswith(('"', "#"))]
        assert [line for line in leaked if line.rstrip('"') not in hints] == []


def test_at_least_120_misconceptions_are_known_to_students_own_runs():
    assert sum(len(read_known_mistakes(exercise).mistakes) for exercise in load_catalog().values()) >= 120


def test_the_file_of_hints_is_up_to_date_for_ex01(grader):
    done = grader("hints", "--check", "--exercise", "ex01")
    assert done.returncode == 0, done.stderr
    assert "all hints are up to date" in done.stdout


def test_messages_of_hidden_tests_hold_no_expected_value():
    """They may name kinds, shapes and what the student's own code reached."""
    for path in [path for exercise in load_catalog().values() for path in exercise.hidden_tests]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            message = node.msg if isinstance(node, ast.Assert) else None
            shown = (
                [part.value for part in ast.walk(message) if isinstance(part, ast.FormattedValue)] if message else []
            )
            for part in shown:
                words = {name.id for name in ast.walk(part) if isinstance(name, ast.Name)}
                revealing = words & {"expected", "right", "answer", "solution", "wanted", "profile"}
                assert not revealing or ast.unparse(part).startswith("len("), f"{path.name}, line {node.lineno}"


# --- what two answers have in common -------------------------------------------------------------------------


def test_lists_tuples_and_arrays_of_the_same_numbers_are_the_same():
    import numpy as np

    assert same(outline([1.0, 2.0]), outline((np.float32(1), 2.0)), 1e-6)
    assert same(outline([[1, 2], [3, 4]]), outline(np.array([[1, 2], [3, 4]], dtype=np.uint8)), 1e-6)
    assert same(outline({"a": 1, "b": [2]}), outline({"b": np.array([2]), "a": 1}), 1e-6)
    assert not same(outline(1), outline(1.0), 1e-6)
    assert not same(outline(1), outline(True), 1e-6)
    assert not same(outline([1.0]), outline(1.0), 1e-6)
    assert not same(outline(None), outline(0), 1e-6)
    assert not same(raised("ValueError"), raised("TypeError"), 1e-6)
    assert same(outline(object()), OBJECT, 1e-6)


def test_everybody_may_store_a_state_in_their_own_way():
    import numpy as np

    theta = np.array([1.0, 2.0])
    assert same_answer(outline((theta, {"m": 1.0})), outline((theta, [theta, theta * 2, "t"])), 1e-6)
    assert not same_answer(outline((theta, {"m": 1.0})), outline((theta + 1, {"m": 1.0})), 1e-6)
    assert not same_answer(outline((theta, {"m": 1.0})), outline((theta, {"m": 2.0})), 1e-6)
    assert not same_answer(outline((theta, theta)), outline((theta, theta * 2)), 1e-6)
    assert not same_answer(outline(("model", {"loss": [1.0]})), outline(("model", [1.0])), 1e-6)


def test_digests_forgive_rounding_and_nothing_else():
    def of(value: object, salt: str = "salt") -> str:
        return digest(salt, ["task", "test"], [outline(value)], coarse=False)

    assert of(0.1 + 0.2) == of(0.3)
    assert of([0.3125, 1e-17]) == of([0.3125 * (1 + 1e-12), 0.0])
    assert of(0.3) != of(0.30001)
    assert of(1) != of(1.0)
    assert of([1, 2]) != of([2, 1])
    assert of(0.3) != of(0.3, "another salt")


def test_a_mistake_that_fails_what_passed_or_cannot_be_told_apart_gets_no_hint():
    first = KnownMistake("t", "first", {"a": "1", "b": "2"})
    failed = Attempt(False, False, "1")
    assert hints_for([first], "t", {"a": failed, "b": Attempt(True, False)}) == {"a": []}
    assert hints_for([first], "t", {"a": failed}) == {"a": ["first"]}
    twin = KnownMistake("t", "second", {"a": "1", "c": "3"})
    assert hints_for([first, twin], "t", {"a": failed}) == {"a": []}
    assert hints_for([first, twin], "t", {"a": failed, "b": Attempt(False, True, "2")}) == {
        "a": ["first"],
        "b": ["first"],
    }


def test_a_second_mistake_leaves_the_first_its_hint_in_a_students_own_run():
    """Both fail `b`, which answers as neither of them."""
    first = KnownMistake("t", "first", {"a": "1", "b": "2"})
    second = KnownMistake("t", "second", {"b": "3", "c": "4"})
    answers = {"a": Attempt(False, False, "1"), "b": Attempt(False, False, "5"), "c": Attempt(False, False, "4")}
    assert hints_for([first, second], "t", answers) == {"a": ["first"], "b": [], "c": ["second"]}
    assert hints_for([first], "t", answers) == {"a": ["first"], "b": [], "c": []}


def test_an_answer_without_work_proves_no_mistake_when_another_test_fails_otherwise():
    zero = KnownMistake("t", "first", {"a": "1", "b": "2"}, unsure=["a"])
    answers = {"a": Attempt(False, False, "1"), "b": Attempt(False, False, "5")}
    assert hints_for([zero], "t", answers) == {"a": [], "b": []}
    assert hints_for([zero], "t", answers | {"b": Attempt(False, False, "2")}) == {"a": ["first"], "b": ["first"]}


@pytest.mark.parametrize(
    ("hidden", "known"),
    [
        ("always_takes_1_for_the_positive_label", "divides_by_all_samples"),
        ("does_not_pass_the_positive_label_on", "forgets_the_factor_of_two"),
        ("uses_a_constant_instead_of_eps", "sums_over_the_samples"),
    ],
)
def test_a_mistake_is_recognised_through_the_wall_where_a_second_one_does_not_matter(lane, hidden, known):
    """Such as in those main tests whose positive label is 1."""
    wrongs = {wrong.name: wrong for wrong in read_misconceptions(METRICS)}
    source = submission_with(METRICS, both(METRICS, wrongs[hidden], wrongs[known]))
    assert [found.name for found in graded(lane, METRICS, source).recognised] == [known]


def test_one_explanation_for_the_main_tests_and_more_for_the_edges():
    explained = {"whole": {"m1", "m2"}, "half": {"m1", "e1"}, "edge": {"e1"}, "other edge": {"e2"}}
    assert choose_explanations(explained, ["m1", "m2", "e1"], ["m1", "m2"], []) == ["whole", "half"]
    assert choose_explanations(explained, ["m1", "m2", "m3"], ["m1", "m2", "m3"], []) == []
    assert choose_explanations(explained, ["m1", "m2", "m3"], ["m1", "m2", "m3"], ["half", "whole"]) == ["whole"]
    assert choose_explanations(explained, ["e2"], [], []) == ["other edge"]
    assert choose_explanations({}, ["e2"], [], []) == []

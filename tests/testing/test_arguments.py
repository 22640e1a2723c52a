"""No function modifies an argument: whoever does so loses the same share of every task, and hears of it beforehand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.authoring.audit.cases import Case, grade_cases
from grader.kit.exercise import Exercise, load_catalog
from grader.testing.copies import changed, copied
from grader.testing.verdict import Status
from grader.wall import sandbox
from grader.wall.client import RemoteStudent, Submission

EXERCISES = list(load_catalog().values())
NUMPY = [exercise for exercise in EXERCISES if exercise.needs == "numpy"]
# Tasks whose functions take nothing but models, environments, generators of random numbers, tuples, text and single
# numbers; and the capstones, which a quick look does not train.
WITHOUT_PLAIN_DATA = {
    "ex02": {"split_indices", "k_fold_indices"},
    "ex08": {"build_classifier", "build_regressor", "build_wide_classifier", "compile_classifier", "early_stopping"},
    "ex09": {"build_cnn", "build_mlp", "capstone"},
    "ex10": {"build_cnn", "build_transfer_model", "residual_block", "unfreeze"},
    "ex11": {"build_bag_of_words_model", "build_cnn", "build_lstm", "capstone", "tokenize"},
    "ex12": {"build_model", "capstone"},
    "ex14": {"ReplayBuffer", "build_q_network", "play", "train_dqn", "train_q_table"},
}

# Appended to a solution: every function of a task spoils, after its work, whatever plain data it was given.
SPOILER = """

def _spoil(value):
    import numpy as np

    if isinstance(value, np.ndarray):
        value[...] = value == value if value.dtype.kind == "U" else value + np.ones((), value.dtype)
    elif isinstance(value, list):
        value.append(None)
    elif isinstance(value, dict):
        value["spoilt"] = 0
    elif isinstance(value, tuple):
        for item in value:
            _spoil(item)


def _spoiling(function):
    import inspect

    def at_work(results, args):
        yield from results
        for value in args:
            _spoil(value)

    def spoiling(*args, **kwargs):
        inside = _depth[0]
        _depth[0] += 1
        try:
            result = function(*args, **kwargs)
        finally:
            _depth[0] -= 1
        if inside:
            return result
        values = [*args, *kwargs.values()]
        if inspect.isgenerator(result):
            return at_work(result, values)
        for value in values:
            _spoil(value)
        return result

    spoiling.__name__ = function.__name__
    return spoiling


_depth = [0]
for _name in TASKS:
    if callable(globals().get(_name)) and not isinstance(globals()[_name], type):
        globals()[_name] = _spoiling(globals()[_name])
"""


def spoiling(exercise: Exercise) -> str:
    names = [task.name for task in exercise.tasks]
    return exercise.solution.read_text(encoding="utf-8") + f"\n\nTASKS = {names}\n" + SPOILER


def tasks_with_plain_data(exercise: Exercise) -> set[str]:
    return {task.name for task in exercise.tasks} - WITHOUT_PLAIN_DATA.get(exercise.number, set())


@pytest.mark.parametrize(
    "exercise",
    [
        pytest.param(exercise, marks=[pytest.mark.long] * (exercise.needs == "keras" and exercise.number != "ex09"))
        for exercise in EXERCISES
    ],
    ids=lambda exercise: exercise.number,
)
def test_a_hidden_run_notices_changed_arguments_in_every_task(exercise: Exercise):
    case = Case(exercise, "spoiling", spoiling(exercise))
    [(_, result)] = list(grade_cases([case], 1, sandbox.choose(), quick=True))
    noticed = {test.task for test in result.tests if "changed its argument" in test.message}
    assert noticed == tasks_with_plain_data(exercise)
    assert all(score.score > 0 for score in result.scores if score.task != "backward")  # its caches are spoilt


@pytest.mark.parametrize("source", ["def softmax(:", "import nothing_of_this_name", "pass"])
def test_who_answers_nothing_passes_no_test_of_arguments(source: str):
    [(_, result)] = list(grade_cases([Case(NUMPY[4], "answers nothing", source)], 1, sandbox.choose(), quick=True))
    assert result.tests
    assert [test.id for test in result.tests if test.status == Status.PASSED] == []


def test_a_students_own_run_notices_the_same(tmp_path: Path):
    for exercise in NUMPY:
        (tmp_path / exercise.name).mkdir()
        (tmp_path / exercise.name / exercise.filename).write_text(spoiling(exercise), encoding="utf-8")
    folders = [str(exercise.folder) for exercise in NUMPY]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--submission", str(tmp_path), *folders]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=300).stdout
    tasks = {task for exercise in NUMPY for task in tasks_with_plain_data(exercise)}
    assert {task for task in tasks if f"problem   {task} changed its argument " not in shown} == set()


def test_a_call_is_shown_with_its_arguments_as_they_went_in(tmp_path: Path):
    exercise = next(exercise for exercise in NUMPY if exercise.number == "ex04")
    in_place = (
        "def update(w, theta, x_n, d_n, eta):\n    for i in range(len(w)):\n        w[i] += 7\n    return w, theta\n"
    )
    source = exercise.solution.read_text(encoding="utf-8") + "\n\n" + in_place
    (tmp_path / exercise.name).mkdir()
    (tmp_path / exercise.name / exercise.filename).write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--submission", str(tmp_path)]
    shown = subprocess.run([*command, str(exercise.folder)], capture_output=True, text=True, timeout=300).stdout
    assert "called    update([1, -1], 0, [2, 3], 1, 0.5)\n  returned  ([8, 6], 0)" in shown


@pytest.mark.parametrize(
    ("value", "change"),
    [
        (np.zeros((2, 3)), lambda value: value.__setitem__((0, 0), 1.0)),
        (np.array([np.nan, -0.0]), lambda value: value.__setitem__(1, 0.0)),
        ([[1, 2], [3]], lambda value: value[0].reverse()),
        ({"good": 1}, lambda value: value.update(good=2)),
        ({1, 2, 3}, lambda value: value.remove(2)),
        ([(np.ones(2), np.ones(1))], lambda value: value[0][1].fill(2)),
    ],
    ids=["array", "sign of zero", "list in a list", "dict", "set", "array in a tuple in a list"],
)
def test_every_change_of_plain_data_is_seen_and_none_is_imagined(value, change):
    given = copied(((value,), {"again": value}))
    assert changed(((value,), {"again": value}), given) == []
    change(given[0][0])
    assert changed(((value,), {"again": value}), given) == [0]


def test_what_is_no_plain_data_is_handed_over_as_it_is():
    generator, thing = np.random.default_rng(1), object()
    (same_generator, [same_thing]), _ = copied(((generator, [thing]), {}))
    generator.random()
    assert same_generator is generator
    assert same_thing is thing
    assert changed(((generator, [thing]), {}), ((generator, [thing]), {})) == []


@pytest.mark.parametrize("places", [[99], [-1], ["not_given"], [["w"]], "w", [None], {"w": 1}, [True]], ids=repr)
def test_a_lie_about_arguments_is_no_text_for_a_page(places):
    """The students' process says which arguments were changed: only those that were passed can be named."""
    student = RemoteStudent(None, Submission("perceptron.py", b"", 0))  # type: ignore[arg-type]
    student._asked = ("update", 1, frozenset({"eta"}))
    student._note_changes({"changed": places})
    assert student.changes == []

"""A training ends once it has shown enough, and equal models are trained once: what the hidden graders share."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import layers

from grader.class_run.pool import LaneProcess, LaneSettings
from grader.grading.job import Job
from grader.hidden import training, training_key
from grader.hidden.training import Budget, train
from grader.hidden.training_key import without_names
from grader.kit.exercise import find_exercise
from grader.testing.trainings import MAX_BYTES, Trainings
from grader.wall import sandbox

pytestmark = pytest.mark.computes_here

EPOCHS, STEPS = 4, 6
BUDGET = Budget(EPOCHS, 8, 0.05, looks=2)
SEED = 3


def samples(count: int = 8 * STEPS, seed: int = 0):
    x = np.random.default_rng(seed).normal(size=(count, 3)).astype("float32")
    return x, (x[:, 0] > 0).astype("int64")


def network(name=None, activation="relu", seed=SEED, units=4):
    keras.utils.set_random_seed(seed)
    inputs = layers.Input((3,))
    hidden = layers.Dense(units, activation=activation, name=name)(inputs)
    return keras.Model(inputs, layers.Dense(2, activation="softmax")(layers.Dropout(0.1)(hidden)))


def share(model, x, y):
    return np.mean(model.predict(x, verbose=0).argmax(axis=1) == y)


class Script:
    """A look that sees what is written here, one value after the other."""

    __module__, __qualname__ = share.__module__, "Script"

    def __init__(self, *values: float) -> None:
        self.values, self.seen = list(values), 0

    def __call__(self, model, x, y):
        self.seen += 1
        return self.values[self.seen - 1]


def run(look=share, trainings=Trainings(), model=None, budget=BUDGET, data=None, seed=SEED, **threshold):  # noqa: B008
    x, y = samples() if data is None else data
    model = network() if model is None else model
    loss = "sparse_categorical_crossentropy"
    return train(model, (x, y), samples(seed=1), loss, budget, look, seed, trainings, **threshold)


# until it has shown enough


@pytest.mark.parametrize(("values", "looks", "best"), [((0.2, 0.5, 0.7), 3, 0.7), ((0.9,), 1, 0.9)])
def test_the_first_look_that_is_enough_ends_the_training(values, looks, best):
    look = Script(*values, *[1.0] * 8)
    assert run(look, at_least=0.6) == best
    assert look.seen == looks


def test_what_never_shows_enough_is_trained_to_the_end_and_judged_by_its_best_look():
    look = Script(0.1, 0.4, 0.2, math.nan, 0.3, 0.3, 0.2, 0.1)
    assert run(look, at_least=0.6) == 0.4
    assert look.seen == EPOCHS * 2
    assert run(Script(*[5.0] * 7, 4.5), at_most=4.0) == 4.5


def test_lower_may_be_better():
    look = Script(5.0, 3.0, 1.0)
    assert run(look, at_most=3.5) == 3.0
    assert look.seen == 2


def test_outputs_that_are_no_numbers_are_never_enough():
    assert math.isnan(run(Script(*[math.nan] * 8), at_least=0.0))


def test_while_thresholds_are_measured_nothing_ends_early():
    look = Script(1.0, 0.9, *[0.5] * 6)
    assert run(look, Trainings(to_the_end=True), at_least=0.6) == 1.0
    assert look.seen == 8


@pytest.mark.skipif(
    keras.config.backend() == "torch",
    reason="PyTorch draws a number for every pass over data, predictions too; the points of the looks are fixed",
)
def test_looking_changes_nothing_in_what_is_learned():
    often, seldom = network(), network()
    run(model=often, budget=Budget(2, 8, 0.05, looks=6), at_least=2.0)
    run(model=seldom, budget=Budget(2, 8, 0.05), at_least=2.0)
    for one, other in zip(often.get_weights(), seldom.get_weights(), strict=True):
        assert np.array_equal(one, other)


def test_what_takes_too_long_is_stopped_and_judged_as_it_is():
    look = Script(*[0.3] * 8)
    assert run(look, budget=Budget(EPOCHS, 8, 0.05, looks=2, cpu_seconds=0.0), at_least=0.6) == 0.3
    assert look.seen == 1


def test_with_the_labels_of_others_nothing_is_learned():
    data, budget = samples(400), {"epochs": 8, "batch_size": 8, "learning_rate": 0.02}
    assert run(data=data, budget=Budget(**budget), at_least=2.0) > 0.9
    assert run(data=data, budget=Budget(**budget, shuffled=True), at_least=2.0) < 0.8


# equal models are trained once


def test_two_files_with_the_same_model_are_one_training(tmp_path):
    """Graded through the wall: whatever else is in the file, and whatever it has drawn before."""
    exercise = find_exercise("ex12")
    source = exercise.solution.read_bytes()
    other = source + b"\n\nnp.random.rand(3)  # by somebody else\n"
    folder, outcomes = tmp_path / "trainings", []
    lane = LaneProcess(LaneSettings(sandbox.choose(), (tmp_path,), tmp_path / "bytecode"))
    try:
        for number, file in enumerate([source, other]):
            job = Job(
                student=str(number), exercise=exercise, source=file, course_key=b"key", trainings=str(folder),
            )  # fmt: skip
            assert lane.grade(job).score == 100
            outcomes.append({path.name: path.stat().st_mtime_ns for path in folder.iterdir()})
    finally:
        lane.close()
    assert len(outcomes[0]) == 1
    assert outcomes[1] == outcomes[0]


@pytest.fixture
def count(monkeypatch, tmp_path):
    """`count(...)` runs a training as `run` does, with outcomes that are kept; returns how many there were so far.

    None of them computes anything.
    """
    made = []
    monkeypatch.setattr(training, "_fit", lambda *_: made.append(1) or SimpleNamespace(values=[0.5], cut=False))

    def trainings_after(**how) -> int:
        run(**{"trainings": Trainings(str(tmp_path)), "at_least": 0.99} | how)
        return len(made)

    return trainings_after


def test_equal_models_are_trained_once_whatever_their_layers_are_called(count):
    assert count() == 1
    assert count() == 1  # Keras counts its names on
    assert count(model=network(name="my_own")) == 1
    assert count(model=network(name="softmax")) == 1


def frozen():
    model = network()
    model.layers[1].trainable = False
    return model


X, Y = samples()
OTHERS = {
    "weights": lambda: {"model": network(seed=SEED + 1)},
    "units": lambda: {"model": network(units=5)},
    "activation": lambda: {"model": network(activation="tanh")},
    "activation called like the layer": lambda: {"model": network(name="relu", activation="elu")},
    "frozen": lambda: {"model": frozen()},
    "threshold": lambda: {"at_least": 0.98},
    "budget": lambda: {"budget": Budget(EPOCHS, 8, 0.04, looks=2)},
    "looks": lambda: {"budget": Budget(EPOCHS, 8, 0.05, looks=1)},
    "seed": lambda: {"seed": SEED + 1},
    "data": lambda: {"data": (X + np.float32(0.001), Y)},
    "labels": lambda: {"data": (X, 1 - Y)},
}


@pytest.mark.parametrize("difference", OTHERS)
def test_whatever_decides_a_training_makes_it_another_one(count, difference):
    count()
    assert count(**OTHERS[difference]()) == 2


def test_another_code_that_trains_makes_it_another_training(count, monkeypatch, tmp_path):
    count()
    changed = tmp_path / "changed.py"
    changed.write_text("# another way to look")
    code = training_key.code_of
    monkeypatch.setattr(training_key, "code_of", lambda look: [*code(look), changed])
    assert count() == 2


def test_tests_are_no_code_that_trains():
    names = {path.name for path in training_key.code_of(share)}
    assert {"training.py", "returned_models.py"} <= names
    assert not [name for name in names if name.startswith("test_")]


def test_an_activation_that_is_called_like_a_layer_stays():
    config = {"name": "relu", "activation": "relu", "dtype": {"class_name": "DTypePolicy", "config": {"name": "relu"}}}
    config["inbound"] = [{"keras_history": ["relu", 0, 0]}]
    assert without_names(config) == {**config, "name": 0, "inbound": [{"keras_history": [0, 0, 0]}]}


KEY = "0123456789abcdef"
FORGED = {
    "empty": b"",
    "no JSON": b"\x00\xff garbage",
    "a list": b"[1.0]",
    "no looks": json.dumps({"key": KEY, "looks": []}).encode(),
    "text": json.dumps({"key": KEY, "looks": ["1.0"]}).encode(),
    "truth values": json.dumps({"key": KEY, "looks": [True]}).encode(),
    "infinite": f'{{"key": "{KEY}", "looks": [Infinity]}}'.encode(),
    "of another training": json.dumps({"key": "f" * 16, "looks": [1.0]}).encode(),
    "more than was kept": json.dumps({"key": KEY, "looks": [1.0], "more": 1}).encode(),
    "too large": json.dumps({"key": KEY, "looks": [1.0]}).encode() + b" " * MAX_BYTES,
    "too deep": b"[" * 60_000,
}


@pytest.mark.parametrize("content", FORGED.values(), ids=FORGED)
def test_what_is_no_outcome_is_not_known(tmp_path, content):
    trainings = Trainings(str(tmp_path))
    (tmp_path / f"{KEY}.json").write_bytes(content)
    assert trainings.recall(KEY) is None
    trainings.keep(KEY, [0.5, math.nan])
    first, second = trainings.recall(KEY) or []
    assert first == 0.5
    assert math.isnan(second)


def test_a_spoilt_store_costs_a_training_and_nothing_else(tmp_path):
    trainings = Trainings(str(tmp_path))
    first = run(trainings=trainings, at_least=2.0)
    [outcome] = tmp_path.iterdir()
    kept = outcome.read_bytes()
    outcome.write_bytes(b"garbage")
    assert run(trainings=trainings, at_least=2.0) == first
    assert outcome.read_bytes() == kept


def test_a_folder_that_cannot_be_written_is_no_error(count, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert count(trainings=Trainings(str(tmp_path / "file" / "folder"))) == 1


def test_without_a_folder_every_model_is_trained(count):
    count(trainings=Trainings())
    assert count(trainings=Trainings()) == 2


def test_what_was_stopped_for_its_time_is_not_kept(tmp_path):
    run(trainings=Trainings(str(tmp_path)), budget=Budget(EPOCHS, 8, 0.05, cpu_seconds=0.0), at_least=0.9)
    assert not list(tmp_path.iterdir())

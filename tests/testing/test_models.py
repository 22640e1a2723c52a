"""A student's own run accepts the models that a grader can rebuild, and says of the others what to do."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from grader.learning.pack import look_through
from grader.testing import models
from grader.testing.student import Student
from grader.wall import keras_parts

pytestmark = pytest.mark.computes_here

keras = pytest.importorskip("keras")
layers = keras.layers


class OwnLayer(layers.Layer):
    def call(self, x):
        return x


class OwnModel(keras.Model):
    def call(self, x):
        return x


class OwnOperation(keras.Operation):
    def call(self, x):
        return x

    def compute_output_spec(self, x):
        return keras.KerasTensor(x.shape, x.dtype)


def own_activation(x):
    return x


def functional(compute):
    x = keras.Input((3,))
    return keras.Model(x, compute(x))


@pytest.mark.filterwarnings("ignore:.*lambda")
@pytest.mark.parametrize(
    ("make", "part"),
    [
        (OwnModel, "OwnModel"),
        (lambda: keras.Sequential([layers.Dense(2), OwnLayer()]), "OwnLayer"),
        (lambda: keras.Sequential([keras.Sequential([OwnLayer()])]), "OwnLayer"),
        (lambda: keras.Sequential([layers.RNN(OwnCell(2))]), "OwnCell"),
        (lambda: functional(lambda x: OwnOperation()(x)), "OwnOperation"),
        (lambda: keras.Sequential([layers.Lambda(abs)]), "Lambda"),
        (lambda: keras.Sequential([layers.Dense(2, activation=own_activation)]), "own_activation"),
        (lambda: keras.Sequential([layers.LSTM(2, recurrent_activation=own_activation)]), "own_activation"),
    ],
)
def test_a_model_with_parts_of_the_students_own_is_not_accepted(make, part, tmp_path):
    student = Student(tmp_path / "ocr.py", SimpleNamespace(build_mlp=lambda: make()))
    with pytest.raises(AssertionError) as refusal:
        student.build_mlp()
    assert str(refusal.value) == f"build_mlp returns a model with parts of your own ({part}): {models.RULE}"
    assert student.calls[-1].finished


class OwnCell(layers.SimpleRNNCell):
    pass


@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.Sequential([layers.Dense(2, activation="relu"), layers.Dense(2, activation=keras.ops.relu)]),
        lambda: functional(lambda x: keras.ops.relu(layers.Dense(2)(x)) + 1),
        lambda: keras.Sequential([layers.Dense(2, activation=layers.LeakyReLU())]),
        lambda: keras.Sequential([layers.Bidirectional(layers.LSTM(2))]),
        lambda: keras.Sequential([layers.Dense(2, activation=pytest.importorskip("tensorflow").nn.softmax)]),
        lambda: (keras.Sequential(), {"loss": [1.0]}),
        lambda: OwnLayer(),
    ],
)
def test_what_can_be_handed_over_is_accepted(make, tmp_path):
    made = make()
    student = Student(tmp_path / "ocr.py", SimpleNamespace(build_mlp=lambda: made))
    assert student.build_mlp() is made


def test_a_model_beside_something_else_is_looked_at_as_well(tmp_path):
    student = Student(tmp_path / "ocr.py", SimpleNamespace(train=lambda: (OwnModel(), {})))
    with pytest.raises(AssertionError, match="train returns a model with parts of your own"):
        student.train()


def test_the_layers_that_the_grader_excludes_are_known_here():
    nothing = {"Layer", "Wrapper"}
    layers_of_keras = {name for name in vars(layers) if name in keras_parts.EXCLUDED}
    assert set(models.NOT_REBUILT) == layers_of_keras - nothing


def test_pack_says_that_a_class_of_layers_will_be_missing(tmp_path):
    folder = tmp_path / "ex09_ocr"
    folder.mkdir()
    (folder / "ocr.py").write_text(
        "import keras\nclass Mine(keras.layers.Layer): pass\n"
        "class Plain: pass\n"
        "def build_mlp(): return keras.Sequential([keras.layers.Lambda(abs)])\n"
    )
    [item] = [item for item in look_through(tmp_path) if item.exercise.number == "ex09"]
    assert f"it has Mine, a class of layers or models of your own: {models.RULE}" in item.problems
    assert f"it has a Lambda layer: {models.RULE}" in item.problems
    assert not any("Plain" in problem for problem in item.problems)

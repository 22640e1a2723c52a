"""Hidden tests of ex09: networks that read digits."""

import keras
import numpy as np
import pytest

from grader.hidden.ex09_ocr.digits import (
    check_nonlinear,
    check_probabilities,
    chosen_digits,
    convolutions,
    train_to_read,
)
from grader.hidden.returned_models import model_of

MAX_CNN_PARAMETERS = 150_000


# build_mlp and build_cnn


def check_knows_its_input(model):
    assert model.get_weights(), "the model has no weights yet: it does not know the size of its input"


@pytest.fixture
def mlp(student, once):
    return once("mlp", lambda: model_of(student.build_mlp()))


@pytest.fixture
def cnn(student, once):
    return once("cnn", lambda: model_of(student.build_cnn()))


@pytest.mark.task("build_mlp", weight=2)
def test_mlp_gives_probabilities(mlp, rng):
    """Ten probabilities per image, which add up to 1"""
    check_probabilities(mlp, rng)


@pytest.mark.task("build_mlp", weight=2)
def test_mlp_has_a_hidden_layer(mlp, rng):
    """The hidden layer is there and has an activation"""
    check_nonlinear(mlp, rng)


@pytest.mark.task("build_mlp", edge=True)
def test_mlp_has_weights_and_no_convolution(student):
    """It knows the size of its input, and has no convolution"""
    model = model_of(student.build_mlp())
    check_knows_its_input(model)
    assert not convolutions(model), "a perceptron has no convolutions"


@pytest.mark.task("build_mlp", weight=2)
@pytest.mark.trains
def test_mlp_learns(student, course_rng, course_seed, profile, trainings, record_property):
    """Trained for a moment by the grader, it reads some new digits"""
    keras.utils.set_random_seed(course_seed)
    mlp, digits = model_of(student.build_mlp()), chosen_digits(course_rng, profile["mlp_digits"])
    accuracy = train_to_read(mlp, digits, profile["mlp_budget"], course_seed, trainings, profile["mlp_accuracy"])
    record_property("mlp_accuracy", accuracy)
    assert accuracy >= profile["mlp_accuracy"], f"after a short training only {accuracy:.3f} of new digits are read"


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_gives_probabilities(cnn, rng):
    """Ten probabilities per image, which add up to 1"""
    check_probabilities(cnn, rng)


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_has_convolutions(cnn):
    """There is a convolution that sees more than one pixel and less than the whole image"""
    sizes = [np.atleast_1d(convolution.kernel_size) for convolution in convolutions(cnn)]
    assert sizes, "the model has no convolution"
    assert any(np.prod(size) > 1 and max(size) < 28 for size in sizes), "no convolution looks at a neighbourhood"


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_is_small(student):
    """At most 150,000 weights and biases"""
    model = model_of(student.build_cnn())  # one that was never called: only then an open input shows
    check_knows_its_input(model)
    parameters = sum(np.size(weight) for weight in model.get_weights())
    assert parameters <= MAX_CNN_PARAMETERS, f"the model has {parameters:,} parameters"


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_is_not_linear(cnn, rng):
    """There are activations between the layers"""
    check_nonlinear(cnn, rng)


# capstone


@pytest.fixture
def accuracy(student, course_rng, course_seed, profile, trainings, once):
    """The share of new digits that the CNN reads after the training, which ends once it is enough for both tests."""

    def run():
        keras.utils.set_random_seed(course_seed)
        model = model_of(student.build_cnn())
        parameters = sum(np.size(weight) for weight in model.get_weights())
        assert parameters <= 10 * MAX_CNN_PARAMETERS, "the model is too large to be trained here"
        digits = chosen_digits(course_rng, profile["cnn_digits"])
        enough = max(profile["cnn_learned"], profile["cnn_accuracy"])
        return train_to_read(model, digits, profile["cnn_budget"], course_seed, trainings, enough)

    return once("accuracy", run)


@pytest.mark.task("capstone")
@pytest.mark.trains
def test_cnn_learns(accuracy, profile, record_property):
    """Trained by the grader, the convolutional network has learned something"""
    record_property("cnn_learned", accuracy)
    assert accuracy >= profile["cnn_learned"], f"after the training only {accuracy:.3f} of new digits are read"


@pytest.mark.task("capstone", weight=2)
@pytest.mark.trains
def test_cnn_reads(accuracy, profile, record_property):
    """Trained by the grader, the convolutional network reads new digits"""
    record_property("cnn_accuracy", accuracy)
    assert accuracy >= profile["cnn_accuracy"], f"after the training only {accuracy:.3f} of new digits are read"

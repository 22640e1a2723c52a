"""Hidden tests of ex08: a network that predicts a number."""

import keras
import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex08_keras_basics.probes import (
    EAGER,
    NO_WEIGHTS,
    call,
    compiled,
    shapes_of,
    standardised,
)
from grader.hidden.returned_models import model_of

# build_regressor


def outputs_per_sample(predictions, samples):
    predictions = np.asarray(predictions)
    assert predictions.shape in ((samples, 1), (samples,)), "one output per sample is expected"
    return predictions.reshape(samples)


def scale_output_layer(model, factor):
    """Multiply the weights of the last layer that has a single output."""
    weights = model.get_weights()
    assert weights, NO_WEIGHTS
    single = [i for i, weight in enumerate(weights) if np.shape(weight)[-1:] == (1,)]
    kernels = [i for i in single if np.ndim(weights[i]) == 2]
    assert kernels, "no layer has a single output"
    for i in single:
        if i >= kernels[-1]:
            weights[i] = factor * weights[i]
    model.set_weights(weights)


@pytest.mark.task("build_regressor", weight=3)
def test_output_is_linear(student, rng):
    """The output layer has no activation: however large its weights, the output follows them"""
    input_dim = int(rng.integers(3, 12))
    model = model_of(student.build_regressor(input_dim))
    x = rng.normal(size=(8, input_dim))
    assert shapes_of(model), NO_WEIGHTS
    before = call(model, x)
    assert np.ptp(outputs_per_sample(before, 8)) > 0, "the output does not depend on the input"
    scale_output_layer(model, -1000)
    assert call(model, x) == close(-1000 * before, rtol=1e-2, atol=1)


@pytest.mark.task("build_regressor")
def test_regressor_bends(student, rng):
    """The hidden layer has an activation: without one, the network is a straight line"""
    model = model_of(student.build_regressor(4))
    first, second = 3 * rng.normal(size=(2, 30, 4))
    corners = [call(model, x) for x in (first, second, first + second, 0 * first)]
    bend = corners[0] + corners[1] - corners[2] - corners[3]
    assert np.abs(bend).max() > 1e-3 * np.abs(corners).max(), "the network is linear"


@pytest.mark.task("build_regressor", weight=2)
def test_loss_is_the_mean_squared_error(student, rng):
    """Compiled with the mean of the squared differences"""
    model = compiled(student.build_regressor(4))
    y, predictions = rng.normal(size=(2, 12, 1)).astype("float32")
    to_tensor = keras.ops.convert_to_tensor
    loss = model.compute_loss(y=to_tensor(y), y_pred=to_tensor(predictions))
    assert float(keras.ops.convert_to_numpy(loss)) == close(np.mean((predictions - y) ** 2), rtol=1e-4)


@pytest.mark.task("build_regressor")
def test_learns_diabetes(student, seed, profile, record_property):
    """Trained by the grader, it explains a part of the variance of unseen patients"""
    x, y, x_test, y_test = standardised("diabetes")
    y, y_test = (y - y.mean()) / y.std(), (y_test - y.mean()) / y.std()
    keras.utils.set_random_seed(seed)
    model = model_of(student.build_regressor(x.shape[1]))
    call(model, x)  # some models have no weights before their first input
    scale_output_layer(model, 0)  # random weights alone may explain .3 of the variance by luck; these explain nothing
    sgd = keras.optimizers.SGD(profile["diabetes_learning_rate"], momentum=0.8, nesterov=True)
    model.compile(optimizer=sgd, loss="mean_squared_error", run_eagerly=EAGER)
    for _ in range(profile["diabetes_steps"]):
        model.train_on_batch(x, y)
    predictions = outputs_per_sample(call(model, x_test), len(x_test))
    r2 = 1 - np.mean((predictions - y_test) ** 2) / np.var(y_test)
    record_property("diabetes_r2", r2)
    assert r2 >= profile["diabetes_r2"], "training hardly lowers the error"


@pytest.mark.task("build_regressor", edge=True)
def test_regressor_of_one_input_and_of_none(student):
    """A single input is fine; no input is a ValueError"""
    outputs_per_sample(call(model_of(student.build_regressor(1)), np.ones((3, 1))), 3)
    with pytest.raises(ValueError):
        student.build_regressor(0)

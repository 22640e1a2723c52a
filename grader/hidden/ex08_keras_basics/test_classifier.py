"""Hidden tests of ex08: a classifier is built and compiled, judged and asked."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly, share
from grader.hidden.ex08_keras_basics.probes import (
    EAGER,
    NO_WEIGHTS,
    call,
    compiled,
    linear_classifier,
    shapes_of,
    softmax,
    surprise,
)
from grader.hidden.returned_models import loss_for_labels, model_of

HIDDEN_UNITS = 64


def quarters(rng, shape):
    """Multiples of 1/4 from -1.5 to 1.5: products are exact even in the short floats of a GPU."""
    return rng.integers(-6, 7, size=shape) / 4


def right_shapes(input_dim, num_classes):
    return [(input_dim, HIDDEN_UNITS), (HIDDEN_UNITS,), (HIDDEN_UNITS, num_classes), (num_classes,)]


# build_classifier


@pytest.mark.task("build_classifier")
def test_number_of_parameters(student, rng):
    """64 hidden units and two outputs for two classes, all with biases"""
    input_dim = int(rng.integers(3, 30))
    shapes = shapes_of(student.build_classifier(input_dim, 2))
    assert shapes, NO_WEIGHTS
    parameters = sum(int(np.prod(shape)) for shape in shapes)
    expected = (input_dim + 1) * HIDDEN_UNITS + (HIDDEN_UNITS + 1) * 2
    assert parameters == expected, "the model has the wrong number of parameters"


@pytest.mark.task("build_classifier", weight=4)
def test_computes_softmax_of_relu(student, rng):
    """With weights set by hand, the outputs are softmax(relu(x W1 + b1) W2 + b2)"""
    input_dim, num_classes = int(rng.integers(3, 12)), int(rng.integers(3, 7))
    model = model_of(student.build_classifier(input_dim, num_classes))
    shapes = right_shapes(input_dim, num_classes)
    assert sorted(shapes_of(model)) == sorted(shapes), "the weights are not those of two dense layers"
    w1, b1, w2, b2 = weights = [quarters(rng, shape) for shape in shapes]
    w2 /= 4  # keeps the probabilities away from 0 and 1
    x = quarters(rng, (9, input_dim))
    model.set_weights(weights)
    assert call(model, x) == close(softmax(np.maximum(x @ w1 + b1, 0) @ w2 + b2), rtol=1e-4, atol=1e-6)


@pytest.mark.task("build_classifier")
def test_weights_start_at_random(student, rng):
    """The hidden units start out different from each other"""
    model = model_of(student.build_classifier(int(rng.integers(3, 12)), 3))
    kernels = [weight for weight in model.get_weights() if np.ndim(weight) == 2]
    assert kernels, NO_WEIGHTS
    spread = [np.ptp(kernel, axis=1).max() for kernel in kernels]
    assert min(spread) > 0, "units that start equal stay equal"


@pytest.mark.task("build_classifier", edge=True)
@pytest.mark.parametrize(("input_dim", "num_classes"), [(0, 3), (4, 1)])
def test_classifier_refuses_impossible_sizes(student, input_dim, num_classes):
    """No input, or a single class, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_classifier(input_dim, num_classes)


# compile_classifier


def uncompiled(rng):
    model = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation="softmax")])
    model.set_weights([quarters(rng, (3, 4)), quarters(rng, 4)])
    return model


def learning_rate(model):
    return float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))


@pytest.mark.task("compile_classifier", weight=2)
def test_optimizer_is_adam_with_its_rate(student, rng):
    """Adam, with the learning rate that was asked for"""
    rate = float(rng.uniform(0.002, 0.2))
    model = compiled(student.compile_classifier(uncompiled(rng), learning_rate=rate))
    assert type(model.optimizer).__name__ == "Adam", "the optimizer is not Adam"
    assert learning_rate(model) == close(rate, rtol=1e-5)


@pytest.mark.task("compile_classifier")
def test_learning_rate_by_default(student, rng):
    """The default learning rate is 1e-3"""
    assert learning_rate(compiled(student.compile_classifier(uncompiled(rng)))) == close(1e-3, rtol=1e-5)


@pytest.mark.task("compile_classifier", weight=3)
def test_loss_is_the_cross_entropy_of_integer_labels(student, rng):
    """The loss is the mean of -log of the probability of the label"""
    model = compiled(student.compile_classifier(uncompiled(rng)))
    # Plain numbers and not outputs of the model: some backends undo `from_logits=True` behind a softmax.
    probabilities, y = softmax(quarters(rng, (12, 4))), rng.integers(0, 4, size=12)
    assert loss_for_labels(model, probabilities, y) == close(surprise(probabilities, y).mean(), rtol=1e-4)


@pytest.mark.task("compile_classifier", weight=2)
def test_reports_the_accuracy(student, rng):
    """Beside the loss, the accuracy of the model that was given is reported as `accuracy`"""
    model, x = uncompiled(rng), rng.normal(size=(20, 3))
    best = call(model, x).argmax(axis=1)
    y = np.where(np.arange(20) < 13, best, (best + 1) % 4)
    model = compiled(student.compile_classifier(model))
    model.run_eagerly = EAGER
    try:
        reported = model.test_on_batch(x, y, return_dict=True)
    except Exception as error:
        raise AssertionError(f"the compiled model cannot be evaluated ({type(error).__name__})") from None
    metrics = {name: float(value) for name, value in reported.items() if name != "loss"}
    assert metrics, "no metric is reported"
    assert np.isclose([*metrics.values()], 13 / 20, atol=1e-6).any(), "no reported metric is the accuracy"
    assert "accuracy" in metrics, "the accuracy is reported, but not under the name `accuracy`"
    assert np.isclose(metrics["accuracy"], 13 / 20, atol=1e-6), "what is reported as `accuracy` is something else"


# evaluate_classifier


def half_right(rng, samples, dropout=False):
    """A classifier with random weights, inputs, labels that it mostly gets right, and its probabilities."""
    # A small kernel keeps the probabilities away from 1, where float32 knows little of their logarithm.
    kernel, bias = quarters(rng, (6, 4)) / 4, quarters(rng, 4)
    x = quarters(rng, (samples, 6))
    probabilities = softmax(x @ kernel + bias)
    y = np.where(rng.random(samples) < 0.6, probabilities.argmax(axis=1), rng.integers(0, 4, size=samples))
    # It would learn from x and y: whoever trains it on them reports the numbers of another model.
    return linear_classifier(kernel, bias, learning_rate=0.5, dropout=dropout), x, y, probabilities


def accuracy_of(probabilities, y):
    return np.mean(probabilities.argmax(axis=1) == y)


@pytest.mark.task("evaluate_classifier", weight=2)
def test_loss_and_accuracy_are_means_over_all_samples(student, rng):
    """Loss and accuracy are the means over all samples"""
    model, x, y, probabilities = half_right(rng, 50)  # no multiple of a usual batch size
    result = student.evaluate_classifier(model, x, y)
    assert result["loss"] == close(surprise(probabilities, y).mean(), rtol=1e-4)
    assert result["accuracy"] == share(accuracy_of(probabilities, y), rtol=1e-5, atol=1e-6)


@pytest.mark.task("evaluate_classifier")
def test_dropout_is_off_in_evaluation(student, rng):
    """A model is evaluated as it predicts, without dropout"""
    model, x, y, probabilities = half_right(rng, 20, dropout=True)
    result = student.evaluate_classifier(model, x, y)
    assert result["loss"] == close(surprise(probabilities, y).mean(), rtol=1e-4)
    assert result["accuracy"] == share(accuracy_of(probabilities, y), rtol=1e-5, atol=1e-6)


@pytest.mark.task("evaluate_classifier", edge=True)
def test_evaluates_a_single_sample(student, rng):
    """One sample is enough"""
    model, x, y, probabilities = half_right(rng, 1)
    result = student.evaluate_classifier(model, x, y)
    assert result["loss"] == close(surprise(probabilities, y).mean(), rtol=1e-4)


@pytest.mark.task("evaluate_classifier", edge=True)
@pytest.mark.parametrize(("inputs", "labels"), [(8, 9), (0, 0)])
def test_evaluation_refuses_unpaired_or_no_samples(student, inputs, labels):
    """Different lengths, or no samples, are a ValueError"""
    model = linear_classifier(np.eye(2), np.zeros(2))
    with pytest.raises(ValueError):
        student.evaluate_classifier(model, np.ones((inputs, 2)), np.zeros(labels, dtype=int))


# predict_classes


@pytest.mark.task("predict_classes", weight=2)
def test_predicts_the_most_probable_class(student, rng):
    """Each label is the index of the largest probability; dropout is off"""
    # Distinct dyadic biases: no two scores of a sample are equal.
    kernel, bias = quarters(rng, (6, 4)), rng.permutation(4) / 32
    x = quarters(rng, (40, 6))
    model = linear_classifier(kernel, bias, dropout=True)
    assert student.predict_classes(model, x) == exactly((x @ kernel + bias).argmax(axis=1))


@pytest.mark.task("predict_classes")
def test_predicts_a_single_sample(student, rng):
    """One sample gives an array with one label"""
    label = int(rng.integers(1, 5))
    model = linear_classifier(np.eye(5), np.zeros(5))
    assert student.predict_classes(model, 3 * np.eye(5)[[label]]) == exactly([label])


@pytest.mark.task("predict_classes", edge=True)
def test_prediction_refuses_no_samples(student):
    """No samples are a ValueError"""
    with pytest.raises(ValueError):
        student.predict_classes(linear_classifier(np.eye(2), np.zeros(2)), np.ones((0, 2)))

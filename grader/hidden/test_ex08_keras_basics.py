"""Hidden tests of ex08.

Cheap by design, since every submission pays: models are probed with weights set by hand and one forward pass,
the answers come from NumPy, and few steps are trained. A run at learning rate 0 shows the split: the model stays
the same, so the losses in the history are means over known numbers.
"""

import keras
import numpy as np
import pytest
from keras import layers

import datasets
from grader.compare import close, exactly
from grader.hidden.models import model_of

# TensorFlow needs longer to trace a graph than to take these few steps; JAX compiles faster than it dispatches.
EAGER = keras.config.backend() == "tensorflow"
HIDDEN_UNITS = 64
NO_WEIGHTS = "the model has no weights yet: it does not know the size of its input"


def quarters(rng, shape):
    """Multiples of 1/4 from -1.5 to 1.5: products are exact even in the short floats of a GPU."""
    return rng.integers(-6, 7, size=shape) / 4


def softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def surprise(probabilities, y):
    """The cross-entropy of each sample."""
    return -np.log(probabilities[np.arange(len(y)), y])


def call(model, x):
    return keras.ops.convert_to_numpy(model(np.asarray(x, dtype="float32"), training=False))


def standardised(name):
    """A data set with mean 0 and deviation 1 in every column, by its training part."""
    data = datasets.load(name)
    mean, deviation = data.x_train.mean(axis=0), data.x_train.std(axis=0)
    return (data.x_train - mean) / deviation, data.y_train, (data.x_test - mean) / deviation, data.y_test


def linear_classifier(kernel, bias, learning_rate=0.0, dropout=False):
    """softmax(x kernel + bias), compiled; dropout, where asked for, comes before it."""
    inputs, classes = np.shape(kernel)
    before = [layers.Input((inputs,))] + [layers.Dropout(0.5)] * dropout
    model = keras.Sequential([*before, layers.Dense(classes, activation="softmax")])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=EAGER,
    )
    model.set_weights([np.asarray(kernel), np.asarray(bias)])
    return model


# build_classifier


def shapes_of(model):
    """The shapes of all weights; an unbuilt model has none."""
    return [np.shape(weight) for weight in model_of(model).get_weights()]


def right_shapes(input_dim, num_classes):
    return [(input_dim, HIDDEN_UNITS), (HIDDEN_UNITS,), (HIDDEN_UNITS, num_classes), (num_classes,)]


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


def compiled(model):
    assert model_of(model).optimizer is not None, "the model is not compiled"
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
    predictions = keras.ops.convert_to_tensor(probabilities.astype("float32"))
    try:
        loss = model.compute_loss(y=keras.ops.convert_to_tensor(y), y_pred=predictions)
        loss = float(keras.ops.convert_to_numpy(loss))
    except Exception as error:
        raise AssertionError(f"the loss does not take integer labels ({type(error).__name__})") from None
    assert loss == close(surprise(probabilities, y).mean(), rtol=1e-4)


@pytest.mark.task("compile_classifier", weight=2)
def test_reports_the_accuracy(student, rng):
    """Beside the loss, the accuracy of the model that was given is reported"""
    model, x = uncompiled(rng), rng.normal(size=(20, 3))
    best = call(model, x).argmax(axis=1)
    y = np.where(np.arange(20) < 13, best, (best + 1) % 4)
    model = compiled(student.compile_classifier(model))
    model.run_eagerly = EAGER
    try:
        reported = model.test_on_batch(x, y, return_dict=True)
    except Exception as error:
        raise AssertionError(f"the compiled model cannot be evaluated ({type(error).__name__})") from None
    metrics = [float(value) for name, value in reported.items() if name != "loss"]
    assert metrics, "no metric is reported"
    assert np.isclose(metrics, 13 / 20, atol=1e-6).any(), "no reported metric is the accuracy"


# train_classifier

SAMPLES = 100
VALIDATION_COUNTS = (9, 10, 11)


def sorted_samples(rng):
    """Samples sorted by class: argmax(x) is right on all of them, but softmax(x) less sure class by class."""
    y = np.sort(np.concatenate([np.arange(3).repeat(30), rng.integers(0, 3, size=SAMPLES - 90)]))
    sureness = np.array([5.0, 3.0, 1.75])[y]
    x = rng.integers(0, 13, size=(SAMPLES, 3)) / 8
    x[np.arange(SAMPLES), y] += sureness
    return x, y


def train(student, model, x, y, epochs, batch_size, seed):
    """The returned model and its history, as arrays, with as many numbers as epochs in each."""
    model, history = student.train_classifier(model, x, y, epochs=epochs, batch_size=batch_size, seed=seed)
    model_of(model)
    numbers = {}
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert key in history, f"the history has no {key}"
        numbers[key] = np.asarray(history[key], dtype=float)
        assert numbers[key].shape == (epochs,), f"the history needs one {key} per epoch"
    return model, numbers


@pytest.fixture
def frozen(student, rng, seed, once):
    """Two epochs at learning rate 0: the model and history that came back, and what went in."""

    def run():
        x, y = sorted_samples(rng)
        model = linear_classifier(np.eye(3), np.zeros(3))
        results = train(student, model, x, y, epochs=2, batch_size=2 * SAMPLES, seed=seed % 10_000)
        return *results, x, y, seed % 10_000

    return once("frozen", run)


def train_on_wines(student, seed, profile):
    """The model and history of a run on the wines, sorted by class."""
    x, y, _, _ = standardised("wine")
    order = np.argsort(y, kind="stable")
    model = linear_classifier(np.zeros((x.shape[1], 3)), np.zeros(3), profile["wine_learning_rate"])
    return train(student, model, x[order], y[order], profile["wine_epochs"], batch_size=64, seed=seed)


@pytest.fixture
def wines(student, seed, profile, once):
    """A run on the wines: the model and history that came back, and the seed."""
    return once("wines", lambda: (*train_on_wines(student, seed % 10_000, profile), seed % 10_000))


@pytest.mark.task("train_classifier", weight=2)
def test_inputs_and_labels_stay_together(frozen):
    """A model that knows every answer is right on every sample, in training and in validation"""
    _, history, *_ = frozen
    assert np.allclose(history["accuracy"], 1), "labels and inputs no longer belong together"
    assert np.allclose(history["val_accuracy"], 1), "in the validation they no longer belong together"


@pytest.mark.task("train_classifier", weight=2)
def test_a_tenth_is_kept_for_validation(frozen):
    """One sample in ten is for validation, all others are for training"""
    _, history, x, y, _ = frozen
    validation, training = history["val_loss"][0], history["loss"][0]
    # The means over both parts give back the sum over all samples only with the right counts.
    sums = [n * validation + (SAMPLES - n) * training for n in VALIDATION_COUNTS]
    assert np.isclose(sums, surprise(softmax(x), y).sum(), rtol=2e-5).any(), (
        "the losses are not those of 10 % of the samples for validation and the other 90 % for training"
    )


@pytest.mark.task("train_classifier", weight=4)
def test_validation_samples_are_drawn_at_random(frozen):
    """On data sorted by class, the validation samples are not one end of the data"""
    _, history, x, y, _ = frozen
    losses = surprise(softmax(x), y)
    ends = [part.mean() for n in VALIDATION_COUNTS for part in (losses[-n:], losses[:n])]
    assert not np.isclose(history["val_loss"][0], ends, rtol=1e-5).any(), (
        "the validation samples are one end of the data as they came: sorted by class, that is one class only"
    )


@pytest.mark.task("train_classifier")
def test_validation_samples_stay_the_same(frozen):
    """What is kept for validation is kept in every epoch"""
    _, history, *_ = frozen
    assert np.ptp(history["val_loss"]) < 1e-5, "the validation samples (or the weights, at rate 0) change"


@pytest.mark.task("train_classifier", edge=True)
def test_trains_as_it_was_compiled(frozen):
    """At learning rate 0 no weight moves"""
    model, *_ = frozen
    assert model.get_weights()[0] == close(np.eye(3), atol=1e-6)


@pytest.mark.task("train_classifier", edge=True)
def test_another_seed_gives_another_split(student, frozen):
    """Two seeds, two validation sets"""
    _, history, x, y, seed = frozen
    model = linear_classifier(np.eye(3), np.zeros(3))
    _, other = train(student, model, x, y, epochs=1, batch_size=2 * SAMPLES, seed=seed + 1)
    assert abs(other["val_loss"][0] - history["val_loss"][0]) > 1e-7, "the split does not depend on the seed"


@pytest.mark.task("train_classifier")
def test_learns_the_wines(wines, profile, record_property):
    """The model that comes back was trained: it knows wines that it has not seen"""
    model, *_ = wines
    _, _, x, y = standardised("wine")
    kernel, bias = model.get_weights()
    accuracy = np.mean((x @ kernel + bias).argmax(axis=1) == y)
    record_property("wine_accuracy", accuracy)
    assert accuracy >= profile["wine_accuracy"], "the trained model does not know the wines"


@pytest.mark.task("train_classifier")
def test_same_seed_gives_the_same(student, wines, profile):
    """The same seed gives the same weights and the same history once more"""
    model, history, seed = wines
    assert np.ptp(model.get_weights()[0]) > 0, "the model that came back was not trained"
    again, same = train_on_wines(student, seed, profile)
    assert again.get_weights()[0] == close(model.get_weights()[0], rtol=1e-3, atol=1e-4)
    assert same["val_loss"] == close(history["val_loss"], rtol=1e-3)


@pytest.mark.task("train_classifier")
def test_a_batch_is_as_large_as_it_should_be(student, seed):
    """A batch larger than the data is one step of gradient descent"""
    # All samples are equal, so that the step is known whichever of them are kept for validation.
    x, y, rate = np.tile([1.0, -0.5], (SAMPLES, 1)), np.ones(SAMPLES, dtype=int), 0.5
    model = linear_classifier(np.zeros((2, 3)), np.zeros(3), rate)
    model, _ = train(student, model, x, y, epochs=1, batch_size=2 * SAMPLES, seed=seed % 10_000)
    step = rate * (np.eye(3)[1] - 1 / 3)
    assert model.get_weights()[0] == close(np.outer([1.0, -0.5], step), rtol=1e-4, atol=1e-6)


@pytest.mark.task("train_classifier", edge=True)
def test_training_refuses_different_lengths(student):
    """More labels than inputs are a ValueError"""
    model = linear_classifier(np.eye(2), np.zeros(2))
    x, y = np.ones((20, 2)), np.zeros(21, dtype=int)
    with pytest.raises(ValueError):
        student.train_classifier(model, x, y, epochs=1, batch_size=32, seed=0)


# evaluate_classifier


def half_right(rng, samples, dropout=False):
    """A classifier with random weights, inputs, labels that it mostly gets right, and its probabilities."""
    # A small kernel keeps the probabilities away from 1, where float32 knows little of their logarithm.
    kernel, bias = quarters(rng, (6, 4)) / 4, quarters(rng, 4)
    x = quarters(rng, (samples, 6))
    probabilities = softmax(x @ kernel + bias)
    y = np.where(rng.random(samples) < 0.6, probabilities.argmax(axis=1), rng.integers(0, 4, size=samples))
    return linear_classifier(kernel, bias, dropout=dropout), x, y, probabilities


def accuracy_of(probabilities, y):
    return np.mean(probabilities.argmax(axis=1) == y)


@pytest.mark.task("evaluate_classifier", weight=2)
def test_loss_and_accuracy_are_means_over_all_samples(student, rng):
    """Loss and accuracy are the means over all samples"""
    model, x, y, probabilities = half_right(rng, 50)  # no multiple of a usual batch size
    result = student.evaluate_classifier(model, x, y)
    assert result["loss"] == close(surprise(probabilities, y).mean(), rtol=1e-4)
    assert result["accuracy"] == close(accuracy_of(probabilities, y), rtol=1e-5, atol=1e-6)


@pytest.mark.task("evaluate_classifier")
def test_dropout_is_off_in_evaluation(student, rng):
    """A model is evaluated as it predicts, without dropout"""
    model, x, y, probabilities = half_right(rng, 20, dropout=True)
    result = student.evaluate_classifier(model, x, y)
    assert result["loss"] == close(surprise(probabilities, y).mean(), rtol=1e-4)
    assert result["accuracy"] == close(accuracy_of(probabilities, y), rtol=1e-5, atol=1e-6)


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
    """The output layer has no activation: times -1000 in its weights is times -1000 in the output"""
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


# early_stopping


class Weights:
    """A model as callbacks see it: its weights (here the epoch they are of) can be read and set."""

    def __init__(self):
        self.epoch, self.stop_training, self.metrics = -1, False, []

    def get_weights(self):
        return [np.array(self.epoch)]

    def set_weights(self, weights):
        self.epoch = int(weights[0])


def rehearse(callback, val_losses):
    """Play epochs with these validation losses: how many until it stopped, and the epoch of the weights."""
    model = Weights()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, val_loss in enumerate(val_losses):
        model.epoch = epoch
        # All other numbers get better all the time; the validation loss alone turns.
        better = epoch / len(val_losses)
        logs = {"loss": 1 - better, "accuracy": better, "val_accuracy": better, "val_loss": val_loss}
        callback.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch + 1, model.epoch


def turning(rng):
    """Validation losses that fall for some epochs and rise ever after, and the epoch of the lowest."""
    best = int(rng.integers(3, 8))
    return np.abs(np.arange(40) - best) * 0.01 + rng.uniform(0.1, 0.5), best


@pytest.mark.task("early_stopping", weight=2)
def test_watches_the_validation_loss(student, rng):
    """The validation loss decides"""
    assert student.early_stopping(int(rng.integers(1, 9))).monitor == "val_loss", "it does not watch val_loss"


@pytest.mark.task("early_stopping", weight=2)
def test_stops_after_patience_epochs(student, rng):
    """It stops after that many epochs without a lower validation loss"""
    patience, (losses, best) = int(rng.integers(2, 9)), turning(rng)
    epochs, _ = rehearse(student.early_stopping(patience), losses)
    assert epochs < len(losses), "it never stops"
    assert epochs == best + 1 + patience, "it stops at the wrong epoch"


@pytest.mark.task("early_stopping", weight=2)
def test_gives_back_the_best_weights(student, rng):
    """In the end the weights are those of the epoch with the lowest validation loss"""
    losses, best = turning(rng)
    _, epoch = rehearse(student.early_stopping(int(rng.integers(2, 9))), losses)
    assert epoch == best, "the weights are not those of the best epoch"


@pytest.mark.task("early_stopping", edge=True)
def test_patience_of_none_and_less(student, rng):
    """Without patience the first epoch that is no better ends the training; a negative one is a ValueError"""
    losses, best = turning(rng)
    assert rehearse(student.early_stopping(0), losses)[0] == best + 2
    with pytest.raises(ValueError):
        student.early_stopping(-1)

"""Hidden tests of ex08: a classifier is trained, and the training stops in time."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex08_keras_basics.descent import one_step_for_every_split, steps_on
from grader.hidden.ex08_keras_basics.probes import linear_classifier, shapes_of, softmax, standardised, surprise

# train_classifier

SAMPLES = 100
VALIDATION_COUNTS = (9, 10, 11)
# Three kinds of samples. The shares of a tenth are never those of the whole, so that the losses of both differ.
KINDS, KIND_COUNTS = 2 * np.eye(3) + 0.5, np.array([37, 33, 30])


def sorted_samples(rng):
    """Samples sorted by class: argmax(x) is right on all of them, but softmax(x) less sure class by class."""
    y = np.sort(np.concatenate([np.arange(3).repeat(30), rng.integers(0, 3, size=SAMPLES - 90)]))
    sureness = np.array([5.0, 3.0, 1.75])[y]
    x = rng.integers(0, 13, size=(SAMPLES, 3)) / 8
    x[np.arange(SAMPLES), y] += sureness
    return x, y


def train(student, model, x, y, epochs, batch_size, seed):
    """The returned model and its history, as arrays, with as many numbers as epochs in each."""
    trained, history = student.train_classifier(model, x, y, epochs=epochs, batch_size=batch_size, seed=seed)
    assert shapes_of(trained) == shapes_of(model), "another model came back than the one that was given"
    numbers = {}
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert key in history, f"the history has no {key}"
        numbers[key] = np.asarray(history[key], dtype=float)
        assert numbers[key].shape == (epochs,), f"the history needs one {key} per epoch"
    return trained, numbers


def first_steps(rng):
    """A sample, its label, a rate, and the layers on the way from a wrong answer to the right one, by whole batches."""
    x, label = np.array([1.0, -0.5]), int(rng.integers(3))
    while True:
        kernel, bias = rng.integers(-2, 3, size=(2, 3)) / 4, rng.integers(-2, 3, size=3) / 4
        bias[label] -= 1
        rate, epochs = float(rng.choice([0.125, 0.25, 0.5])), int(rng.integers(2, 5))
        path = steps_on(x, label, kernel, bias, rate, epochs)
        leads = [(x @ kernel + bias)[label] - np.delete(x @ kernel + bias, label).max() for kernel, bias in path]
        if leads[0] < 0 < leads[-1] and np.abs(leads).min() > 0.02:  # no close call on the way
            return x, label, rate, path


@pytest.fixture
def steps(student, rng, seed, once):
    """A training on equal samples: the model and history that came back, the layers on the way, and what went in.

    Whichever of the samples are kept for validation, each epoch is one known step.
    """

    def run():
        x, label, rate, path = first_steps(rng)
        inputs, labels = np.tile(x, (SAMPLES, 1)), np.full(SAMPLES, label)
        model, epochs = linear_classifier(*path[0], rate), len(path) - 1
        results = train(student, model, inputs, labels, epochs, batch_size=2 * SAMPLES, seed=seed % 10_000)
        return *results, path, x, label

    return once("steps", run)


def loss_and_accuracy(layer, x, label):
    kernel, bias = layer
    p = softmax(x @ kernel + bias)
    return -np.log(p[label]), float(p.argmax() == label)


@pytest.fixture
def told(steps):
    """The history is about the model that came back, and the model was trained: without that it is worth nothing."""
    model, history, path, x, label = steps
    first, _ = loss_and_accuracy(path[0], x, label)
    last, right = loss_and_accuracy(model.get_weights(), x, label)
    falling = np.append(first, history["val_loss"])
    assert (np.diff(falling) < 0).all(), "the validation loss does not fall, as it does while a network is trained"
    assert np.isclose(falling[-1], last, rtol=1e-3), "the last validation loss is not that of the model that came back"
    assert history["val_accuracy"][-1] == right, "the last accuracy is not that of the model that came back"
    between = (falling[1:] - 1e-3 < history["loss"]) & (history["loss"] < falling[:-1] + 1e-3)
    assert between.all(), "the losses in the history are not those of the training"


@pytest.fixture
def frozen(student, rng, seed, once, told):
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


@pytest.fixture
def watched(student, rng, seed, once, told):
    """One step on samples of three kinds, sorted by kind: the model and history that came back, and what went in."""

    def run():
        kernel, bias, rate = rng.integers(-2, 3, size=(3, 3)) / 4, rng.integers(-2, 3, size=3) / 4, 1.0
        x, y = KINDS.repeat(KIND_COUNTS, axis=0), np.arange(3).repeat(KIND_COUNTS)
        model = linear_classifier(kernel, bias, rate)
        results = train(student, model, x, y, epochs=1, batch_size=2 * SAMPLES, seed=seed % 10_000)
        return *results, kernel, bias, rate

    return once("watched", run)


@pytest.mark.task("train_classifier", weight=2)
def test_a_tenth_is_kept_for_validation(frozen, watched):
    """One sample in ten is for validation, all others are for training"""
    _, history, x, y, _ = frozen
    validation, training = history["val_loss"][0], history["loss"][0]
    # The means over both parts give back the sum over all samples only with the right counts.
    sums = [n * validation + (SAMPLES - n) * training for n in VALIDATION_COUNTS]
    assert np.isclose(sums, surprise(softmax(x), y).sum(), rtol=2e-5).any(), (
        "the losses are not those of 10 % of the samples for validation and the other 90 % for training"
    )
    model, history, kernel, bias, rate = watched
    splits = one_step_for_every_split(KINDS, KIND_COUNTS, kernel, bias, rate, VALIDATION_COUNTS)
    kernels, before, after, kept = splits
    trained = (abs(kernels - model.get_weights()[0]) < 2e-3).all(axis=(1, 2))
    reported = np.isclose(before, history["loss"], atol=3e-3) | np.isclose(after, history["loss"], atol=3e-3)
    assert (trained & reported & np.isclose(kept, history["val_loss"], atol=3e-3)).any(), (
        "the model was not trained on 90 % of the samples and watched on the other 10 %"
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
def test_a_batch_is_as_large_as_it_should_be(steps):
    """A batch larger than the data is one step in each epoch, and the history tells what it does"""
    model, history, path, x, label = steps
    assert model.get_weights()[0] == close(path[-1][0], rtol=1e-4, atol=1e-5)
    losses, accuracies = np.transpose([loss_and_accuracy(layer, x, label) for layer in path])
    assert history["val_loss"] == close(losses[1:], rtol=1e-3)
    assert history["val_accuracy"] == close(accuracies[1:])
    # Means over the samples as they were visited, or over all of them after the epoch.
    whole = [np.allclose(history["loss"], part, rtol=1e-3) for part in (losses[:-1], losses[1:])]
    assert any(whole), "the losses in the history are not those of the training"


@pytest.mark.task("train_classifier", edge=True)
def test_training_refuses_different_lengths(student):
    """More labels than inputs are a ValueError"""
    model = linear_classifier(np.eye(2), np.zeros(2))
    x, y = np.ones((20, 2)), np.zeros(21, dtype=int)
    with pytest.raises(ValueError):
        student.train_classifier(model, x, y, epochs=1, batch_size=32, seed=0)


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
    """Validation losses that fall for at most two epochs, by next to nothing, and rise ever after; the lowest epoch."""
    best = int(rng.integers(3))
    return np.abs(np.arange(40) - best) * 1e-6 + rng.uniform(0.1, 0.5), best


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

"""Hidden tests of ex08: a classifier is trained, and the training stops in time."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex08_keras_basics.probes import linear_classifier, softmax, standardised, surprise
from grader.hidden.returned_models import model_of

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

"""Hidden tests of ex08: a wide network on few samples, with and without a brake."""

import keras
import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex08_keras_basics.probes import call, shapes_of, surprise
from grader.hidden.returned_models import model_of

# build_wide_classifier

UNITS = 512


def with_equal_units(model):
    """One input and two classes: the log-odds of the first are the mean of the hidden units, which are the input."""
    assert shapes_of(model) == [(1, UNITS), (UNITS,), (UNITS, 2), (2,)], "the layers have other sizes"
    second = np.stack([np.full(UNITS, 1 / UNITS), np.zeros(UNITS)], axis=1)
    model.set_weights([np.ones((1, UNITS)), np.zeros(UNITS), second, np.zeros(2)])
    return model


def log_odds(probabilities):
    return np.log(probabilities[:, 0] / probabilities[:, 1])


def in_training(model, samples):
    """What the model puts out for ones while it is trained, when each sample has its own units left out."""
    return keras.ops.convert_to_numpy(model(np.ones((samples, 1), "float32"), training=True)).astype(float)


@pytest.mark.task("build_wide_classifier", weight=2)
def test_the_share_of_hidden_units_is_left_out(student, rng):
    """In training each hidden unit is left out with the given probability, and the others make up for it"""
    dropout = float(rng.choice([0.2, 0.8]))
    model = with_equal_units(model_of(student.build_wide_classifier(1, 2, dropout=dropout)))
    odds = log_odds(in_training(model, 2000))
    assert odds.mean() == close(1, atol=0.03)
    # A unit is 0 or 1 / (1 - dropout).
    assert odds.std() == close(np.sqrt(dropout / (1 - dropout) / UNITS), rtol=0.15)


@pytest.mark.task("build_wide_classifier")
def test_without_training_no_unit_is_left_out(student, rng):
    """Where it is not trained, the network is that of the formula"""
    model = with_equal_units(model_of(student.build_wide_classifier(1, 2, dropout=0.5)))
    x = rng.uniform(-2, 2, size=(6, 1))
    assert log_odds(call(model, x)) == close(np.maximum(x, 0).ravel(), rtol=1e-3, atol=1e-5)


@pytest.mark.task("build_wide_classifier")
def test_no_dropout_unless_asked_for(student):
    """Without a share, the network in training is the one out of it"""
    model = with_equal_units(model_of(student.build_wide_classifier(1, 2)))
    assert in_training(model, 3) == close(call(model, np.ones((3, 1))), rtol=1e-5)


@pytest.mark.task("build_wide_classifier", edge=True)
@pytest.mark.parametrize("dropout", [-0.1, 1.0])
def test_impossible_shares_are_refused(student, dropout):
    """A negative share, or all units, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_wide_classifier(3, 2, dropout=dropout)


# compare_regularization

SAMPLES, FEATURES, EPOCHS, PATIENCE = 40, 20, 12, 3
RATE = 3e-3
NAMES = ("plain", "early stopping", "dropout")


@pytest.fixture
def compared(student, rng, seed, once):
    """Few samples, and labels that the first input decides half: what came back, and both sets of samples."""

    def run():
        # Larger inputs than standardised ones: the loss turns after few epochs, and epochs are what costs time.
        x = 1.5 * rng.normal(size=(SAMPLES + 160, FEATURES))
        y = (x[:, 0] + 2.25 * rng.normal(size=len(x)) > 0).astype(int)
        learned, other = (x[:SAMPLES], y[:SAMPLES]), (x[SAMPLES:], y[SAMPLES:])
        results = student.compare_regularization(*learned, *other, epochs=EPOCHS, patience=PATIENCE, seed=seed % 10_000)
        assert sorted(results) == sorted(NAMES), "the three names are expected"
        models = {name: model_of(results[name][0]) for name in NAMES}
        losses = {name: np.asarray(results[name][1], dtype=float) for name in NAMES}
        assert all(np.ndim(losses[name]) == 1 and len(losses[name]) for name in NAMES), "a list of losses is expected"
        return models, losses, learned, other

    return once("compared", run)


def loss_of(model, samples):
    """The cross-entropy of a model, averaged over samples `(x, y)`."""
    x, y = samples
    return surprise(call(model, x), y).mean()


@pytest.mark.task("compare_regularization", weight=2)
def test_the_losses_are_those_of_the_models(compared):
    """Each model comes with its own validation losses, up to the last or the best one"""
    models, losses, _, validation = compared
    own = {name: loss_of(models[name], validation) for name in NAMES}
    assert losses["plain"][-1] == close(own["plain"], rtol=1e-3)
    assert losses["dropout"][-1] == close(own["dropout"], rtol=1e-3)
    assert losses["early stopping"].min() == close(own["early stopping"], rtol=1e-3)


@pytest.mark.task("compare_regularization", weight=2)
def test_stopped_early_is_the_same_until_then(compared):
    """With early stopping the same training ends sooner: after so many epochs without a lower validation loss"""
    _, losses, *_ = compared
    plain, early = losses["plain"], losses["early stopping"]
    assert len(plain) == EPOCHS, "without a brake all epochs are trained"
    assert len(losses["dropout"]) == EPOCHS, "with dropout all epochs are trained"
    assert len(early) <= EPOCHS, "there are more epochs than were asked for"
    assert early == close(plain[: len(early)], rtol=1e-3)
    assert len(early) == min(EPOCHS, early.argmin() + 1 + PATIENCE), "it ends at another epoch"


@pytest.mark.task("compare_regularization", weight=2)
def test_the_wide_network_learns_by_heart_and_dropout_brakes(compared):
    """Without a brake the validation loss turns and rises; dropout brakes both, this and the learning by heart"""
    models, losses, learned, _ = compared
    plain, dropped = losses["plain"], losses["dropout"]
    # Seen with 24 seeds of such data: at least 1.21 times the lowest, with dropout at most .86 of it, and at least
    # 2.9 times the loss of the samples that were learned from.
    assert plain[-1] > 1.1 * plain.min(), "it does not learn by heart: is it wide, and are all samples in one batch?"
    assert dropped[-1] < 0.95 * plain[-1], "dropout changes too little"
    assert loss_of(models["dropout"], learned) > 2 * loss_of(models["plain"], learned), "dropout brakes too little"


@pytest.mark.task("compare_regularization")
def test_each_is_a_wide_network_trained_with_the_rate(compared):
    """All three are the wide network, compiled with the rate that the module names"""
    models, *_ = compared
    for name in NAMES:
        assert shapes_of(models[name]) == [(FEATURES, UNITS), (UNITS,), (UNITS, 2), (2,)], "another network came back"
        rate = keras.ops.convert_to_numpy(models[name].optimizer.learning_rate)
        assert float(rate) == close(RATE, rtol=1e-4)


@pytest.mark.task("compare_regularization")
def test_every_epoch_is_one_step(compared):
    """All samples are one batch: an epoch moves no weight further than a step of Adam"""
    models, *_ = compared
    biases = [np.abs(weights).max() for weights in models["plain"].get_weights() if weights.ndim == 1]
    # Biases start at 0. Seen with 24 seeds: at most 1.01 steps per epoch, at least 1.14 with batches of 32.
    assert 0 < max(biases) < 1.06 * EPOCHS * RATE, "a bias is further from 0 than one step of the rate per epoch"

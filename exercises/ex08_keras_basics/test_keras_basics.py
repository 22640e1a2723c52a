"""Visible tests of ex08: run `pytest exercises/ex08_keras_basics` while you work."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly, share

# What the network below says to a sample of each of the three kinds: probabilities of three classes.
PROBABILITIES = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5]])
KINDS = np.eye(3)  # the kinds themselves: (1, 0, 0), (0, 1, 0) and (0, 0, 1)


EAGER = "tensorflow" in keras.config.backend()  # which needs longer to prepare a graph than for a few small steps


def known_network(learning_rate=0.0, dropout=False):
    """One layer with weights set by hand, compiled; softmax(log p) is p."""
    before = [layers.Input((3,))] + [layers.Dropout(0.5)] * dropout
    model = keras.Sequential([*before, layers.Dense(3, activation="softmax")])
    model.set_weights([np.log(PROBABILITIES), np.zeros(3)])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        run_eagerly=EAGER,
    )
    return model


def sorted_by_class(count):
    """`count` samples of each kind with their most probable label, sorted by class."""
    return KINDS.repeat(count, axis=0), np.arange(3).repeat(count)


def each_surer():
    """40 samples sorted by class, for the known network: it is right on all, and surer of each than of the last."""
    y = np.arange(4).repeat(10) % 3
    y.sort()
    return np.linspace(1, 4, 40)[:, np.newaxis] * KINDS[y], y


def losses_of(x, y):
    """What the known network's loss of each of these samples is."""
    probabilities = outputs(known_network(), x)
    return np.array([-np.log(row[label]) for row, label in zip(probabilities, y, strict=True)])


def outputs(model, x):
    return keras.ops.convert_to_numpy(model(np.asarray(x, dtype="float32")))


@pytest.mark.task("build_classifier")
def test_classifier_for_the_wines(student):
    """13 measurements, 3 wines: (13 + 1) * 64 + (64 + 1) * 3 = 1091 parameters"""
    model = student.build_classifier(13, 3)
    assert model.count_params() == 1091, f"the model has {model.count_params()} parameters"


@pytest.mark.task("build_classifier")
def test_outputs_are_probabilities(student):
    """Each sample gets one probability per class, and they add up to 1"""
    probabilities = outputs(student.build_classifier(4, 3), [[1, 2, 3, 4], [-4, 3, -2, 1]])
    assert probabilities.shape == (2, 3), "two samples and three classes are expected"
    assert probabilities.sum(axis=1) == close([1, 1], rtol=1e-5)


@pytest.mark.task("build_classifier")
def test_classifier_with_hand_made_weights(student):
    """With these weights a single hidden unit matters, and only for positive inputs"""
    model = student.build_classifier(1, 2)
    first, second = np.zeros((1, 64)), np.zeros((64, 2))
    first[0, 0], second[0, 0] = 1, np.log(3)
    model.set_weights([first, np.zeros(64), second, np.zeros(2)])
    assert outputs(model, [[1], [0], [-1]]) == close([[0.75, 0.25], [0.5, 0.5], [0.5, 0.5]], rtol=1e-3)


@pytest.mark.task("build_classifier")
def test_hidden_units_start_different(student):
    """Units that start equal stay equal: the weights are drawn at random"""
    first, _, second, _ = student.build_classifier(4, 3).get_weights()
    assert np.ptp(first, axis=1).min() > 0, "all hidden units start with the same weights"
    assert np.ptp(second, axis=1).min() > 0, "all outputs start with the same weights"


@pytest.mark.task("build_classifier", edge=True)
@pytest.mark.parametrize(("input_dim", "num_classes"), [(0, 3), (4, 1)])
def test_impossible_sizes_are_refused(student, input_dim, num_classes):
    """No input, or a single class, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_classifier(input_dim, num_classes)


@pytest.mark.task("compile_classifier")
def test_compiled_with_adam(student):
    """The optimizer is Adam, with the learning rate that is given"""
    optimizer = student.compile_classifier(known_network(), learning_rate=0.05).optimizer
    kind = type(optimizer).__name__  # the name of a second one in this process is adam_1
    assert kind == "Adam", f"the optimizer is {kind}"
    assert float(keras.ops.convert_to_numpy(optimizer.learning_rate)) == close(0.05, rtol=1e-5)


@pytest.mark.task("compile_classifier")
def test_learning_rate_unless_told_otherwise(student):
    """Without a learning rate it is 0.001"""
    rate = student.compile_classifier(known_network()).optimizer.learning_rate
    assert float(keras.ops.convert_to_numpy(rate)) == close(1e-3, rtol=1e-5)


@pytest.mark.task("compile_classifier", weight=3)
def test_loss_of_known_probabilities(student):
    """Probabilities .5, .8, .25 for the labels: the loss is the mean of -ln of them"""
    model = student.compile_classifier(known_network())
    labels, p = keras.ops.convert_to_tensor([0, 1, 0]), keras.ops.convert_to_tensor(PROBABILITIES.astype("float32"))
    loss = model.compute_loss(y=labels, y_pred=p)
    assert float(keras.ops.convert_to_numpy(loss)) == close(-np.log([0.5, 0.8, 0.25]).mean(), rtol=1e-3)


@pytest.mark.task("compile_classifier", weight=2)
def test_reports_the_accuracy(student):
    """Two of three samples are right: that is reported, and called accuracy"""
    uncompiled = keras.Sequential([layers.Input((3,)), layers.Dense(3, activation="softmax")])
    uncompiled.set_weights(known_network().get_weights())
    model = student.compile_classifier(uncompiled)
    assert np.array_equal(model.get_weights()[0], uncompiled.get_weights()[0]), "compiling changed the weights"
    results = model.evaluate(KINDS, np.array([0, 1, 0]), verbose=0, return_dict=True)
    assert "accuracy" in results, f"what is reported is called {' and '.join(results)}"
    assert results["accuracy"] == share(2 / 3, rtol=1e-3)


def train(student, model, x, y, epochs, batch_size, seed=1):
    """The model and the history that come back; there is one number per epoch."""
    model, history = student.train_classifier(model, x, y, epochs, batch_size, seed)
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert key in history, f"the history has no {key}"
        assert len(history[key]) == epochs, f"the history has {len(history[key])} values of {key} for {epochs} epochs"
    return model, history


def watched(student, once, seed=1):
    """Two epochs at learning rate 0: nothing is learned, and the history tells which samples it is about."""
    return once(f"watched {seed}", lambda: train(student, known_network(), *each_surer(), 2, 40, seed))


@pytest.mark.task("train_classifier")
@pytest.mark.trains
def test_history_has_a_number_for_every_epoch(student):
    """Three epochs: three losses and three accuracies, in training and in validation"""
    train(student, known_network(0.1), *sorted_by_class(10), epochs=3, batch_size=8)


@pytest.mark.task("train_classifier", weight=2)
def test_inputs_and_labels_stay_together(student, once):
    """The network knows every label: it is right on all samples, in training and in validation"""
    _, history = watched(student, once)
    assert min(history["accuracy"]) > 0.999, "inputs do not come with their own labels any more"
    assert min(history["val_accuracy"]) > 0.999, "among the validation samples they do not, either"


@pytest.mark.task("train_classifier")
@pytest.mark.trains
def test_training_lowers_the_loss(student):
    """The losses fall, and the model that comes back is the trained one"""
    model, history = train(student, known_network(0.5), *sorted_by_class(10), epochs=3, batch_size=8)
    assert history["accuracy"][0] > 0.9, "the network is wrong on samples it knew: do inputs and labels fit together?"
    assert history["loss"][-1] < history["loss"][0], "the loss does not fall"
    assert history["val_loss"][-1] < history["val_loss"][0], "the validation loss does not fall"
    assert outputs(model, KINDS)[0, 0] > 0.55, "the model that came back was not trained"


@pytest.mark.task("train_classifier", weight=3)
def test_validation_of_data_sorted_by_class(student, once):
    """The validation samples are neither the last ones nor the first: those are all of one class"""
    _, history = watched(student, once)
    losses = losses_of(*each_surer())
    for count in (3, 4, 5):
        for end in (losses[-count:], losses[:count]):
            assert not np.isclose(history["val_loss"][0], end.mean(), rtol=1e-4), (
                "the validation samples are one end of the data: all of one class"
            )


@pytest.mark.task("train_classifier", weight=2)
def test_one_sample_in_ten_is_kept_aside(student, once):
    """Of 40 samples 4 are for validation, and only the other 36 for training: together they are all"""
    _, history = watched(student, once)
    sums = [n * history["val_loss"][0] + (40 - n) * history["loss"][0] for n in (3, 4, 5)]
    assert np.isclose(sums, losses_of(*each_surer()).sum(), rtol=1e-4).any(), (
        "the losses are not those of 4 samples for validation and of the other 36 for training"
    )


@pytest.mark.task("train_classifier")
def test_validation_samples_stay_the_same(student, once):
    """The samples that were kept aside are kept aside in every epoch"""
    _, history = watched(student, once)
    assert np.isclose(*history["val_loss"], atol=1e-5), "the second epoch has other validation samples (or weights)"


@pytest.mark.task("train_classifier")
@pytest.mark.trains
def test_a_batch_of_all_samples_is_one_step(student):
    """50 equal samples in a batch of 50: each epoch is a single step of gradient descent"""
    x, y = KINDS[[0]].repeat(50, axis=0), np.zeros(50, dtype=int)
    model, history = train(student, known_network(0.5), x, y, epochs=1, batch_size=50)
    # The gradient of the bias is p - (1, 0, 0), and p is (.5, .3, .2) at first.
    assert model.get_weights()[1] == close([0.25, -0.15, -0.1], rtol=1e-3)
    assert history["val_loss"][0] == close(-np.log(outputs(model, KINDS)[0, 0]), rtol=1e-3)


@pytest.mark.task("train_classifier", weight=2)
@pytest.mark.trains
def test_same_seed_same_result(student):
    """Training once more with the same seed gives the same weights and the same history"""
    x, y = sorted_by_class(12)
    first, history = train(student, known_network(2.0), x, y, epochs=2, batch_size=4, seed=5)
    again, same = train(student, known_network(2.0), x, y, epochs=2, batch_size=4, seed=5)
    assert np.ptp(first.get_weights()[1]) > 0, "the model that came back was not trained"
    assert np.allclose(first.get_weights()[0], again.get_weights()[0], rtol=1e-4, atol=1e-5), (
        "the same seed gives other weights"
    )
    assert np.allclose(history["val_loss"], same["val_loss"], rtol=1e-3), "the same seed gives another split"


@pytest.mark.task("train_classifier", edge=True)
def test_another_seed_another_split(student, once):
    """Another seed keeps other samples aside"""
    kept = {round(float(watched(student, once, seed)[1]["val_loss"][0]), 6) for seed in (1, 2, 3)}
    assert len(kept) > 1, "the split does not depend on the seed"


@pytest.mark.task("train_classifier", edge=True)
def test_trained_as_it_was_compiled(student, once):
    """The learning rate that the model was compiled with is 0: no weight moves"""
    model, _ = watched(student, once)
    assert np.allclose(model.get_weights()[0], np.log(PROBABILITIES)), "it was trained with another learning rate"


@pytest.mark.task("train_classifier", edge=True)
@pytest.mark.parametrize(("inputs", "labels"), [(20, 21), (1, 1)])
def test_training_refuses(student, inputs, labels):
    """20 inputs with 21 labels, or one sample, which cannot be split, are a ValueError"""
    x, y = np.ones((inputs, 3)), np.zeros(labels, dtype=int)
    with pytest.raises(ValueError):
        student.train_classifier(known_network(), x, y, epochs=1, batch_size=8, seed=1)


@pytest.mark.task("evaluate_classifier")
def test_evaluation_of_known_samples(student):
    """Probabilities .5, .8, .25 for the labels: the loss is the mean of -ln of them, the accuracy 2/3"""
    result = student.evaluate_classifier(known_network(), KINDS, np.array([0, 1, 0]))
    assert result["loss"] == close(-(np.log(0.5) + np.log(0.8) + np.log(0.25)) / 3, rtol=1e-3)
    assert result["accuracy"] == share(2 / 3, rtol=1e-3)


@pytest.mark.task("evaluate_classifier")
def test_evaluation_is_a_mean_over_all_samples(student):
    """32 samples at .5 and one at .1: the last one, alone in a batch of 32, counts as much as any other"""
    x, y = KINDS[[0] * 32 + [1]], np.array([0] * 32 + [2])
    result = student.evaluate_classifier(known_network(), x, y)
    assert result["loss"] == close(-(32 * np.log(0.5) + np.log(0.1)) / 33, rtol=1e-3)
    assert result["accuracy"] == share(32 / 33, rtol=1e-4)


@pytest.mark.task("evaluate_classifier")
def test_dropout_is_off_in_evaluation(student):
    """With a dropout layer in the network the result is the same: it is on in training only"""
    x, y = KINDS.repeat(4, axis=0), np.arange(3).repeat(4)
    result = student.evaluate_classifier(known_network(dropout=True), x, y)
    assert result["loss"] == close(-np.log([0.5, 0.8, 0.5]).mean(), rtol=1e-3)


@pytest.mark.task("evaluate_classifier")
def test_evaluation_does_not_train(student):
    """After the evaluation all weights are what they were, also those of a network that would learn"""
    model = known_network(0.5)
    student.evaluate_classifier(model, KINDS, np.array([0, 1, 0]))
    assert np.array_equal(model.get_weights()[0], known_network().get_weights()[0]), "the evaluation changes weights"


@pytest.mark.task("evaluate_classifier", edge=True)
@pytest.mark.parametrize(("inputs", "labels"), [(2, 3), (0, 0)])
def test_evaluation_refuses(student, inputs, labels):
    """Two inputs with three labels, or no samples, are a ValueError"""
    with pytest.raises(ValueError):
        student.evaluate_classifier(known_network(), KINDS[:inputs], np.arange(labels))


@pytest.mark.task("predict_classes")
def test_classes_of_known_samples(student):
    """The most probable class of each kind is its own"""
    assert student.predict_classes(known_network(), KINDS[[2, 0, 1, 1]]) == exactly([2, 0, 1, 1])


@pytest.mark.task("predict_classes")
def test_class_of_a_single_sample(student):
    """One sample gives one label, in an array of length 1"""
    assert student.predict_classes(known_network(), KINDS[[1]]) == exactly([1])


@pytest.mark.task("predict_classes", edge=True)
def test_no_samples_have_no_classes(student):
    """No samples are a ValueError"""
    with pytest.raises(ValueError):
        student.predict_classes(known_network(), KINDS[:0])


def with_drawn_weights(model, rng):
    """`model` with large weights, so that an activation of its output would show."""
    model.set_weights([10 * rng.normal(size=w.shape) if np.ndim(w) == 2 else w for w in model.get_weights()])
    return model


@pytest.mark.task("build_regressor")
def test_regressor_has_one_output(student):
    """Two samples, two numbers"""
    assert outputs(student.build_regressor(4), [[1, 2, 3, 4], [-4, 3, -2, 1]]).shape == (2, 1)


@pytest.mark.task("build_regressor")
def test_regressor_reports_the_squared_error(student):
    """The loss is the mean of the squared differences, also for targets far away"""
    model, x, y = student.build_regressor(2), np.array([[0.5, 1], [-1, 2]]), np.array([[100.0], [-200.0]])
    loss = np.ravel(model.evaluate(x, y, verbose=0))[0]
    assert loss == close(np.mean((outputs(model, x) - y) ** 2), rtol=1e-3)


@pytest.mark.task("build_regressor", weight=3)
def test_regressor_reaches_every_number(student):
    """Whatever the weights are, its outputs are not confined to positive numbers, or to those between -1 and 1"""
    rng, model = np.random.default_rng(0), student.build_regressor(4)
    results = [outputs(with_drawn_weights(model, rng), rng.normal(size=(20, 4))) for _ in range(5)]
    assert np.min(results) < -2, f"no output is below {np.min(results):.3f}: has the output an activation?"
    assert np.max(results) > 2, f"no output is above {np.max(results):.3f}: has the output an activation?"


@pytest.mark.task("build_regressor")
def test_regressor_bends(student):
    """It has a hidden layer with an activation: without one, f(a) + f(b) would be f(a + b) + f(0)"""
    rng, (a, b) = np.random.default_rng(1), 3 * np.random.default_rng(2).normal(size=(2, 20, 4))
    model = with_drawn_weights(student.build_regressor(4), rng)
    bend = outputs(model, a) + outputs(model, b) - outputs(model, a + b) - outputs(model, 0 * a)
    assert np.abs(bend).max() > 0.01 * np.abs(outputs(model, a)).max(), "the network is a linear function of its inputs"


@pytest.mark.task("build_regressor", edge=True)
def test_regressor_without_inputs_is_refused(student):
    """No input is a ValueError"""
    with pytest.raises(ValueError):
        student.build_regressor(0)


class Rehearsal:
    """Stands in for a model, for a callback that watches it: its only weight is the number of the epoch."""

    stop_training, metrics = False, ()

    def get_weights(self):
        return [np.array(self.epoch)]

    def set_weights(self, weights):
        self.epoch = int(weights[0])


def rehearse(callback, val_losses):
    """How many epochs are trained when the validation losses are these, and from which epoch the weights are then."""
    model = Rehearsal()
    callback.set_model(model)
    callback.on_train_begin()
    for model.epoch, val_loss in enumerate(val_losses):
        # Everything else gets better all the time.
        better = {"loss": 1 / (1 + model.epoch), "accuracy": model.epoch / 10, "val_accuracy": model.epoch / 10}
        trained = model.epoch + 1
        callback.on_epoch_end(model.epoch, {**better, "val_loss": val_loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return trained, model.epoch


@pytest.mark.task("early_stopping")
def test_early_stopping_watches_the_validation(student):
    """It watches val_loss, for as many epochs as it was told"""
    callback = student.early_stopping(7)
    assert callback.monitor == "val_loss", f"it watches {callback.monitor}"
    assert callback.patience == 7, f"its patience is {callback.patience}"


@pytest.mark.task("early_stopping", weight=2)
def test_stops_after_the_turn(student):
    """The losses fall by next to nothing in the third epoch, then rise: with patience 2 the fifth is the last"""
    epochs, _ = rehearse(student.early_stopping(2), [0.9, 0.5, 0.49999, 0.6, 0.7, 0.8, 0.9])
    assert epochs == 5, f"{epochs} epochs were trained"


@pytest.mark.task("early_stopping", weight=2)
def test_gives_back_the_best_weights(student):
    """The weights at the end are those of the epoch with the lowest validation loss, the first epoch too"""
    for losses, best in (([0.9, 0.5, 0.49999, 0.6, 0.7, 0.8], 2), ([0.3, 0.4, 0.5, 0.6, 0.7], 0)):
        _, epoch = rehearse(student.early_stopping(2), losses)
        assert epoch == best, f"the losses are {losses}; the weights are those of epoch number {epoch + 1}"


@pytest.mark.task("early_stopping", edge=True)
def test_without_patience(student):
    """With patience 0 the first epoch that is no better ends the training"""
    epochs, _ = rehearse(student.early_stopping(0), [0.5, 0.4, 0.45, 0.3])
    assert epochs == 3, f"{epochs} epochs were trained"


@pytest.mark.task("early_stopping", edge=True)
def test_early_stopping_refuses_negative_patience(student):
    """A negative patience is a ValueError"""
    with pytest.raises(ValueError):
        student.early_stopping(-1)


WIDE = [(1, 512), (512,), (512, 2), (2,)]  # the weights of the wide network for one input and two classes


def sizes(model):
    return list(map(np.shape, model.get_weights()))


def with_equal_units(model):
    """For one input: the log-odds of the first class are the mean of the hidden units, which are the input."""
    assert sizes(model) == WIDE, f"the shapes of the weights are {sizes(model)}"
    second = np.stack([np.full(512, 1 / 512), np.zeros(512)], axis=1)
    model.set_weights([np.ones((1, 512)), np.zeros(512), second, np.zeros(2)])
    return model


def log_odds_in_training(model):
    first, second = keras.ops.convert_to_numpy(model(np.ones((1000, 1), "float32"), training=True)).T
    return np.log(first) - np.log(second)


@pytest.mark.task("build_wide_classifier")
def test_wide_classifier_with_hand_made_weights(student):
    """512 hidden units with ReLU; out of training no unit is left out"""
    model = with_equal_units(student.build_wide_classifier(1, 2, dropout=0.5))
    assert outputs(model, [[np.log(3)], [-1]]) == close([[0.75, 0.25], [0.5, 0.5]], rtol=1e-3)


@pytest.mark.task("build_wide_classifier", weight=2)
@pytest.mark.parametrize("dropout", [0.8, 0.2])
def test_dropout_in_training(student, dropout):
    """Each hidden unit is 0 with the probability of the dropout, else 1 / (1 - dropout) times as large"""
    odds = log_odds_in_training(with_equal_units(student.build_wide_classifier(1, 2, dropout=dropout)))
    spread = (dropout / (1 - dropout)) ** 0.5 / 512**0.5
    assert np.mean(odds) == close(1.0, atol=0.03)
    assert np.std(odds) == close(spread, rtol=0.2)


@pytest.mark.task("build_wide_classifier")
def test_no_dropout_unless_asked_for(student):
    """Without a share, nothing is left out in training"""
    assert log_odds_in_training(with_equal_units(student.build_wide_classifier(1, 2))) == close(
        np.ones(1000), rtol=1e-3
    )


@pytest.mark.task("build_wide_classifier", edge=True)
@pytest.mark.parametrize("dropout", [-0.1, 1.0])
def test_impossible_shares_are_refused(student, dropout):
    """A negative share, or all units, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_wide_classifier(3, 2, dropout=dropout)


def compare(student, once):
    """Forty samples of twenty numbers, and labels that only the first number tells something about."""

    def run():
        rng = np.random.default_rng(5)
        x = 1.5 * rng.normal(size=(140, 20))
        y = (x[:, 0] + 2.25 * rng.normal(size=140) > 0).astype(int)
        results = student.compare_regularization(x[:40], y[:40], x[40:], y[40:], epochs=12, patience=2, seed=3)
        assert sorted(results) == ["dropout", "early stopping", "plain"], f"the names are {sorted(results)}"
        return results, x[40:], y[40:]

    return once("compare", run)


@pytest.mark.task("compare_regularization", weight=2)
@pytest.mark.trains
def test_losses_are_those_of_the_models(student, once):
    """The last validation loss is that of the model; where it was stopped early, the lowest is"""
    results, x_val, y_val = compare(student, once)
    for name, (model, losses) in results.items():
        own = -np.log(outputs(model, x_val)[np.arange(100), y_val]).mean()
        assert (min(losses) if name == "early stopping" else losses[-1]) == close(own, rtol=1e-3), name


@pytest.mark.task("compare_regularization", weight=2)
@pytest.mark.trains
def test_early_stopping_ends_the_same_training_sooner(student, once):
    """The same losses up to two epochs after the lowest; the others train all epochs"""
    losses = {name: values for name, (_, values) in compare(student, once)[0].items()}
    early = losses["early stopping"]
    assert len(losses["plain"]) == len(losses["dropout"]) == 12, "without early stopping all epochs are trained"
    assert early == close(losses["plain"][: len(early)], rtol=1e-3)
    assert len(early) == min(12, int(np.argmin(early)) + 1 + 2), f"it ended after {len(early)} epochs"


@pytest.mark.task("compare_regularization", weight=2)
@pytest.mark.trains
def test_learning_by_heart_and_the_brake(student, once):
    """The validation loss of the plain network turns and rises; with dropout it rises less"""
    losses = {name: values for name, (_, values) in compare(student, once)[0].items()}
    assert losses["plain"][-1] > 1.1 * min(losses["plain"]), "the plain network does not learn by heart"
    assert losses["dropout"][-1] < 0.95 * losses["plain"][-1], "dropout changes too little"


@pytest.mark.task("compare_regularization")
@pytest.mark.trains
def test_compared_networks_are_wide_and_trained_with_the_rate(student, once):
    """All three are the wide network, compiled with WIDE_RATE"""
    for name, (model, _) in compare(student, once)[0].items():
        assert sizes(model) == [(20, 512), *WIDE[1:]], f"{name}: the shapes of the weights are {sizes(model)}"
        rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
        assert rate == close(3e-3, rtol=1e-4), f"{name}: the rate is {rate}"


@pytest.mark.task("compare_regularization")
@pytest.mark.trains
def test_all_samples_are_one_batch(student, once):
    """Every epoch is one step of Adam, which moves no weight further than about the rate"""
    weights = compare(student, once)[0]["plain"][0].get_weights()
    bias = max(np.abs(values).max() for values in weights if values.ndim == 1)
    assert 0 < bias < 1.06 * 12 * 3e-3, f"after twelve epochs a bias, 0 at first, is {bias:.4f}"

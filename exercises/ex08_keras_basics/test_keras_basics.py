"""Visible tests of ex08: run `pytest exercises/ex08_keras_basics` while you work."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly, share

# What the network below says to a sample of each of the three kinds: probabilities of three classes.
PROBABILITIES = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.25, 0.25, 0.5]])
KINDS = np.eye(3)  # the kinds themselves: (1, 0, 0), (0, 1, 0) and (0, 0, 1)


def known_network(learning_rate=0.0):
    """One layer with weights set by hand, compiled; softmax(log p) is p."""
    model = keras.Sequential([layers.Input((3,)), layers.Dense(3, activation="softmax")])
    model.set_weights([np.log(PROBABILITIES), np.zeros(3)])
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model


def sorted_by_class(count):
    """`count` samples of each kind with their most probable label, sorted by class."""
    return KINDS.repeat(count, axis=0), np.arange(3).repeat(count)


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


@pytest.mark.task("build_classifier", edge=True)
def test_a_single_class_is_refused(student):
    """A single class is a ValueError"""
    with pytest.raises(ValueError):
        student.build_classifier(4, 1)


@pytest.mark.task("compile_classifier")
def test_compiled_with_adam(student):
    """The optimizer is Adam, with the learning rate that is given"""
    optimizer = student.compile_classifier(known_network(), learning_rate=0.05).optimizer
    kind = type(optimizer).__name__  # the name of a second one in this process is adam_1
    assert kind == "Adam", f"the optimizer is {kind}"
    assert float(keras.ops.convert_to_numpy(optimizer.learning_rate)) == close(0.05, rtol=1e-5)


@pytest.mark.task("compile_classifier")
def test_loss_and_metric_of_known_samples(student):
    """Probabilities .5, .8, .25 for the labels: the loss is the mean of -ln of them, the accuracy 2/3"""
    model = student.compile_classifier(known_network())
    results = model.evaluate(KINDS, np.array([0, 1, 0]), verbose=0, return_dict=True)
    assert results["loss"] == close(-(np.log(0.5) + np.log(0.8) + np.log(0.25)) / 3, rtol=1e-3)
    assert "accuracy" in results, f"what is reported is called {' and '.join(results)}"
    assert results["accuracy"] == share(2 / 3, rtol=1e-3)


@pytest.mark.task("train_classifier")
@pytest.mark.trains
def test_history_has_a_number_for_every_epoch(student):
    """Two epochs: two losses and two accuracies, in training and in validation"""
    x, y = sorted_by_class(10)
    _, history = student.train_classifier(known_network(0.1), x, y, epochs=2, batch_size=8, seed=1)
    for key in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert key in history, f"the history has no {key}"
        assert len(history[key]) == 2, f"the history has {len(history[key])} values of {key} for 2 epochs"


@pytest.mark.task("train_classifier")
@pytest.mark.trains
def test_training_lowers_the_loss(student):
    """The loss falls, and the model that comes back is the trained one"""
    x, y = sorted_by_class(10)
    model, history = student.train_classifier(known_network(0.5), x, y, epochs=3, batch_size=8, seed=1)
    assert history["loss"][-1] < history["loss"][0], "the loss does not fall"
    assert outputs(model, KINDS)[0, 0] > 0.55, "the model that came back was not trained"


@pytest.mark.task("train_classifier")
def test_validation_of_data_sorted_by_class(student):
    """The last samples are all of class 2: they must not be the validation samples"""
    x, y = sorted_by_class(20)
    _, history = student.train_classifier(known_network(0.0), x, y, epochs=1, batch_size=60, seed=1)
    # At learning rate 0 the loss of a sample of class 2 is and stays -ln(0.5).
    assert abs(history["val_loss"][0] + np.log(0.5)) > 1e-3, "all validation samples are of the last class"


@pytest.mark.task("train_classifier", edge=True)
@pytest.mark.trains
def test_training_leaves_the_data_alone(student):
    """x and y are the same afterwards, in the same order"""
    x, y = sorted_by_class(10)
    student.train_classifier(known_network(0.1), x, y, epochs=1, batch_size=30, seed=1)
    assert np.array_equal(x, KINDS.repeat(10, axis=0)), "x was changed"
    assert np.array_equal(y, np.arange(3).repeat(10)), "y was changed"


@pytest.mark.task("evaluate_classifier")
def test_evaluation_of_known_samples(student):
    """Probabilities .5, .8, .25 for the labels: the loss is the mean of -ln of them, the accuracy 2/3"""
    result = student.evaluate_classifier(known_network(), KINDS, np.array([0, 1, 0]))
    assert result["loss"] == close(-(np.log(0.5) + np.log(0.8) + np.log(0.25)) / 3, rtol=1e-3)
    assert result["accuracy"] == share(2 / 3, rtol=1e-3)


@pytest.mark.task("evaluate_classifier")
def test_evaluation_does_not_train(student):
    """After the evaluation all weights are what they were, also those of a network that would learn"""
    model = known_network(0.5)
    student.evaluate_classifier(model, KINDS, np.array([0, 1, 0]))
    assert np.array_equal(model.get_weights()[0], known_network().get_weights()[0]), "the evaluation changes weights"


@pytest.mark.task("evaluate_classifier", edge=True)
def test_evaluation_refuses_different_lengths(student):
    """Three samples and two labels are a ValueError"""
    with pytest.raises(ValueError):
        student.evaluate_classifier(known_network(), KINDS, np.array([0, 1]))


@pytest.mark.task("predict_classes")
def test_classes_of_known_samples(student):
    """The most probable class of each kind is its own"""
    assert student.predict_classes(known_network(), KINDS[[2, 0, 1, 1]]) == exactly([2, 0, 1, 1])


@pytest.mark.task("predict_classes")
def test_class_of_a_single_sample(student):
    """One sample gives one label, in an array of length 1"""
    assert student.predict_classes(known_network(), KINDS[[1]]) == exactly([1])


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


@pytest.mark.task("early_stopping")
def test_early_stopping_watches_the_validation(student):
    """It watches val_loss, for as many epochs as it was told"""
    callback = student.early_stopping(7)
    assert callback.monitor == "val_loss", f"it watches {callback.monitor}"
    assert callback.patience == 7, f"its patience is {callback.patience}"


@pytest.mark.task("early_stopping", edge=True)
def test_early_stopping_refuses_negative_patience(student):
    """A negative patience is a ValueError"""
    with pytest.raises(ValueError):
        student.early_stopping(-1)

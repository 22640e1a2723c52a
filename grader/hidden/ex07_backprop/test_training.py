"""Hidden tests of ex07: the training that follows the gradient."""

from itertools import permutations, product

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex07_backprop.networks import check_layers, descend, layers_of, mean_loss, propagate
from grader.hidden.ex07_backprop.training_data import XOR_X, XOR_Y, capstone

TINY = 1e-9  # a learning rate that moves the parameters less than anyone can see


def train(student, x, y, sizes, epochs, learning_rate, batch_size, seed):
    """The student's trained layers and losses."""
    result = student.train(x, y, sizes, epochs, learning_rate, batch_size, np.random.default_rng(seed))
    assert len(result) == 2, "train returns the parameters and the losses"
    params, losses = result
    losses = np.array([float(value) for value in losses])
    assert losses.shape == (epochs,), "one loss per epoch is expected"
    return layers_of(params, sizes), losses


def start_of(student, x, y, sizes, epochs, batch_size, seed):
    """The parameters that a training with this seed starts from, whatever the student does with `rng`.

    A tiny learning rate hardly moves them, and the movement is known: to first order, all steps together go
    along the gradient of the whole data. (The batches must have the same size, or all samples be equal.)
    """
    params, _ = train(student, x, y, sizes, epochs, TINY, batch_size, seed)
    return descend(params, x, y, -TINY * epochs * -(-len(x) // batch_size))


def data(rng, samples, features=3, classes=3):
    """Inputs and labels in which every class occurs."""
    y = rng.permutation(np.arange(samples) % classes)
    return rng.normal(size=(samples, features)) + 0.5 * y[:, None], y


@pytest.mark.task("train", weight=2)
# A wide first layer under a second one: where all of a layer's units sleep, zero biases leave the sums of the
# next one exactly at the kink of its ReLU.
@pytest.mark.parametrize(("sizes", "epochs"), [([3, 8, 3], 1), ([3, 8, 3], 5), ([3, 40, 6, 3], 5)])
def test_whole_batches(student, rng, seed, sizes, epochs):
    """With the whole data as one batch, every epoch is one step of gradient descent"""
    x, y = data(rng, 9)
    path = [start_of(student, x, y, sizes, epochs, 9, seed)]
    for _ in range(epochs):
        path.append(descend(path[-1], x, y, 0.25))
    params, losses = train(student, x, y, sizes, epochs, 0.25, 9, seed)
    check_layers(params, path[-1], "after training", rtol=1e-6, atol=1e-9)
    expected = np.array([mean_loss(p, x, y) for p in path])
    before, after = (np.allclose(losses, part, rtol=1e-6) for part in (expected[:-1], expected[1:]))
    assert before or after, "the losses are not the mean loss of each epoch"


@pytest.mark.task("train")
def test_batch_larger_than_the_data(student, rng, seed):
    """A batch size above the number of samples means one batch"""
    x, y = data(rng, 6)
    start = start_of(student, x, y, [3, 3], 1, 100, seed)
    params, _ = train(student, x, y, [3, 3], 1, 0.5, 100, seed)
    check_layers(params, descend(start, x, y, 0.5), "after training", rtol=1e-6, atol=1e-9)


@pytest.mark.task("train", weight=2)
def test_last_batch(student, rng, seed):
    """What is left for the last batch of an epoch is an update, too"""
    # All samples are equal, so that the order does not matter.
    x, y = np.repeat(rng.normal(size=(1, 3)), 7, axis=0), np.full(7, rng.integers(3))
    expected = start_of(student, x, y, [3, 8, 3], 2, 3, seed)
    for _ in range(2 * 3):
        expected = descend(expected, x, y, 0.1)
    params, _ = train(student, x, y, [3, 8, 3], 2, 0.1, 3, seed)
    check_layers(params, expected, "after training", rtol=1e-6, atol=1e-9)


def orders_of(student, x, y, seed):
    """In which orders two epochs of single samples went through the data: two permutations, or None."""
    # Without hidden units, since those that sleep would hide which sample came first.
    sizes, orders = [3, 3], list(permutations(range(len(x))))
    start = start_of(student, x, y, sizes, 2, 1, seed)
    found, _ = train(student, x, y, sizes, 2, 0.5, 1, seed)
    for two in product(orders, repeat=2):
        params = start
        for i in two[0] + two[1]:
            params = descend(params, x[i : i + 1], y[i : i + 1], 0.5)
        if all(np.allclose(a, b, rtol=1e-9, atol=1e-11) for a, b in zip(sum(found, ()), sum(params, ()), strict=True)):
            return two
    return None


@pytest.mark.task("train", weight=2)
def test_every_sample_once_per_epoch(student, rng, seed):
    """Single samples: one update for each, every sample once per epoch, with its own label"""
    x, y = data(rng, 3)
    assert orders_of(student, x, y, seed), "the updates fit no order of the samples"


@pytest.mark.task("train", weight=2)
def test_random_order(student, rng, seed):
    """Every epoch has a new random order"""
    x, y = data(rng, 3)
    # Of 6 orders, 8 independent draws are all the same with a probability of 4e-6.
    orders = [orders_of(student, x, y, seed + k) for k in range(8)]
    assert None not in orders, "the updates fit no order of the samples"
    assert len({first for first, _ in orders}) > 1, "the order of the samples does not depend on rng"
    assert any(first != second for first, second in orders), "two epochs always have the same order"


@pytest.mark.task("train", weight=2)
def test_losses_are_means(student, rng, seed):
    """While nothing moves, every epoch's loss is the mean loss of the data"""
    x, y = data(rng, 8)
    params, losses = train(student, x, y, [3, 8, 3], 4, TINY, 2, seed)
    assert losses == close(np.full(4, mean_loss(params, x, y)), rtol=1e-5)


@pytest.mark.task("train", edge=True)
def test_train_seed(student, rng, seed):
    """The same seed gives the same result, another seed gives another"""
    x, y = data(rng, 8)
    first, same, other = (train(student, x, y, [3, 5, 3], 2, 0.1, 4, s)[0][0][0] for s in (seed, seed, seed + 1))
    assert np.array_equal(first, same), "the same seed gave different parameters"
    assert not np.allclose(first, other), "different seeds gave the same parameters"


@pytest.mark.task("train", edge=True)
def test_train_on_lists_with_more_classes_than_units(student, seed):
    """Samples and labels may be lists, and there may be more classes than features or hidden units"""
    x, y = [[0, 1], [1, 0], [1, 1], [0, 0]], [0, 1, 2, 3]
    params, losses = train(student, x, y, [2, 2, 4], 3, 0.1, 2, seed)
    assert len(losses) == 3
    assert np.isfinite(propagate(params, np.array(x, dtype=float))[1]).all()


@pytest.mark.task("train", weight=2)
def test_train_xor(student, seed, profile):
    """A trained network solves XOR, all four cases"""
    sizes = [2, profile["xor_units"], 2]
    params, losses = train(student, XOR_X, XOR_Y, sizes, profile["xor_epochs"], profile["xor_learning_rate"], 4, seed)
    assert (propagate(params, XOR_X)[1].argmax(axis=1) == XOR_Y).all(), "the trained network does not solve XOR"
    assert losses[-1] < losses[0], "the losses do not fall"


@pytest.mark.task("train", weight=2)
@pytest.mark.parametrize("name", ["moons", "digits"])
def test_train_real_data(student, seed, profile, record_property, name):
    """A trained network is right about new samples"""
    x, y, x_test, y_test, sizes, budget = capstone(name, profile)
    params, losses = train(student, x, y, sizes, *budget, seed)
    accuracy = np.mean(propagate(params, x_test)[1].argmax(axis=1) == y_test)
    record_property(f"{name}_accuracy", accuracy)
    assert accuracy >= profile[f"{name}_accuracy"], f"the accuracy on {name} is too low"
    assert losses[-1] < losses[0], "the losses do not fall"


@pytest.mark.task("train", edge=True)
@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("y", [0, 1, 2, 0, 1]),
        ("y", [0, 1, 2, 0, 1, 3]),
        ("y", [0, 1, 2, 0, 1, -1]),
        ("batch_size", 0),
        ("batch_size", -1),
        ("x", np.ones((6, 2))),
        ("x", np.ones((0, 3))),
    ],
)
def test_train_with_wrong_arguments(student, rng, change, value):
    """Different lengths, unknown classes, batches below 1 and wrong features are a ValueError"""
    x, _ = data(rng, 6)
    arguments = {"x": x, "y": [0, 1, 2, 0, 1, 2], "batch_size": 2} | {change: value}
    if len(arguments["x"]) == 0:
        arguments["y"] = []
    with pytest.raises(ValueError):
        student.train(
            arguments["x"],
            np.array(arguments["y"], dtype=int),
            [3, 4, 3],
            1,
            0.1,
            arguments["batch_size"],
            rng,
        )

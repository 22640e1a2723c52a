"""Hidden grader of ex07.

The grader has its own network (`propagate`, `mean_loss`, `gradient`, `descend`), so that a wrong task costs
no other task's points wherever the interface allows it:

- `forward`, `loss` and `predict` read parameters that were made or trained here;
- `backward` is checked against central differences of this file's loss; only its cache is the student's;
- `train` is checked exactly without knowing a single random draw: see `start_of`.
"""

from itertools import pairwise, permutations, product

import numpy as np
import pytest

import datasets
from grader.compare import close, exactly
from grader.hidden.networks import (
    central_differences,
    descend,
    gradient,
    logit_network,
    mean_loss,
    network,
    propagate,
    softmax,
    trained,
)

XOR_X, XOR_Y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
ARCHITECTURES = [[3, 4], [3, 6, 4], [3, 6, 5, 4], [3, 5, 6, 4, 3]]
TINY = 1e-9  # a learning rate that moves the parameters less than anyone can see


# ---------------------------------------------------------------- reading results


def layers_of(result, sizes):
    """A student's `[(W, b), ...]`, whatever its containers are, with the shapes that `sizes` asks for."""
    layers = [tuple(layer) for layer in result]
    assert len(layers) == len(sizes) - 1, "one pair per two neighbouring layers is expected"
    assert all(len(layer) == 2 for layer in layers), "a layer has two arrays: weights and biases"
    layers = [(np.asarray(W, dtype=float), np.asarray(b, dtype=float)) for W, b in layers]
    for (W, b), (n, m) in zip(layers, pairwise(sizes), strict=True):
        assert W.shape == (n, m), "weights have the wrong shape: (inputs, outputs) is expected"
        assert b.shape == (m,), "biases have the wrong shape: (outputs,) is expected"
    return layers


def check_layers(result, expected, what, rtol=1e-7, atol=1e-12):
    """Compare all arrays; the message says which one is wrong, and how."""
    sizes = [len(expected[0][0])] + [len(b) for _, b in expected]
    for k, (actual, wanted) in enumerate(zip(layers_of(result, sizes), expected, strict=True), start=1):
        for name, array, target in zip(("weights", "biases"), actual, wanted, strict=True):
            target = close(target, rtol=rtol, atol=atol)
            same = array == target
            assert same, f"{what}: {name} of layer {k} of {len(expected)}: {target.problem}"


# ---------------------------------------------------------------- init_params


@pytest.mark.task("init_params")
@pytest.mark.parametrize("sizes", [[3, 2], [4, 7, 3], [2, 5, 1, 6]])
def test_shapes(student, rng, sizes):
    """One pair per two neighbouring layers, biases zero"""
    layers = layers_of(student.init_params(sizes, rng), sizes)
    assert all(W.std() > 0 for W, _ in layers if W.size > 1), "weights that are all equal learn all the same"
    for _, b in layers:
        assert b == close(np.zeros(len(b)))


@pytest.mark.task("init_params", weight=3)
@pytest.mark.parametrize(("inputs", "outputs"), [(100, 400), (400, 100)])
def test_standard_deviation(student, rng, inputs, outputs):
    """The standard deviation is sqrt(2 / inputs)"""
    # 40,000 weights: the sample's relative error is .0035. Plain normal 1, cut at two deviations .88. Wrong:
    # LeCun .71, Glorot .45 and .89, by outputs .5 and 2, variance as deviation .14 and .07.
    ((W, _),) = layers_of(student.init_params([inputs, outputs], rng), [inputs, outputs])
    ratio = W.std() / np.sqrt(2 / inputs)
    assert 0.82 < ratio < 1.08, "the standard deviation is too " + ("small" if ratio < 1 else "large")
    assert abs(W.mean()) < 0.05 * np.sqrt(2 / inputs), "the mean of the weights is not 0"


@pytest.mark.task("init_params")
def test_distribution(student, rng):
    """The weights are normally distributed, in every layer"""
    sizes = [100, 200, 100]
    for W, _ in layers_of(student.init_params(sizes, rng), sizes):
        # Beyond 1.8 standard deviations: normal .072, cut normal .028, uniform 0.
        far = np.mean(abs(W) > 1.8 * np.sqrt(2 / len(W)))
        assert far > 0.01, "no weight is far from the mean: that is no normal distribution"


@pytest.mark.task("init_params")
def test_layers_are_drawn_independently(student, rng):
    """Two layers of the same shape differ"""
    (first, _), (second, _) = layers_of(student.init_params([5, 5, 5], rng), [5, 5, 5])
    assert not np.isin(first, second).any(), "two layers have the same weights"


@pytest.mark.task("init_params", edge=True)
def test_seed(student, seed):
    """The same seed gives the same parameters, another seed gives others"""
    first, same, other = (
        layers_of(student.init_params([4, 6], np.random.default_rng(s)), [4, 6])[0][0] for s in (seed, seed, seed + 1)
    )
    assert np.array_equal(first, same), "the same seed gave different parameters"
    assert not np.isin(first, other).any(), "different seeds gave the same parameters"


@pytest.mark.task("init_params", edge=True)
@pytest.mark.parametrize("sizes", [[], [4], [4, 0, 2], [4, -3, 2]])
def test_sizes_that_make_no_network(student, rng, sizes):
    """Fewer than two sizes, or a size below 1, are a ValueError"""
    with pytest.raises(ValueError):
        student.init_params(sizes, rng)


# ---------------------------------------------------------------- forward


def probabilities_of(student, params, x):
    probabilities, _ = student.forward(params, x)
    return probabilities


@pytest.mark.task("forward", weight=2)
@pytest.mark.parametrize("sizes", ARCHITECTURES)
def test_probabilities(student, rng, sizes):
    """Networks of several depths, in float64"""
    params, x, _ = network(rng, sizes)
    assert probabilities_of(student, params, x) == close(softmax(propagate(params, x)[1]))


@pytest.mark.task("forward")
def test_relu_by_hand(student):
    """A hidden unit that gets a negative sum says 0"""
    params = [
        (np.array([[1.0, -2.0]]), np.array([0.0, 1.0])),
        (np.array([[1.0, 0.0], [0.0, np.log(2)]]), np.array([0.0, 0.0])),
    ]
    ln4 = np.log(4)
    x = [[ln4], [0.0], [-1.0]]
    # hidden (ln 4, 0), (0, 1), (0, 3); logits (ln 4, 0), (0, ln 2), (0, 3 ln 2)
    assert probabilities_of(student, params, x) == close([[4 / 5, 1 / 5], [1 / 3, 2 / 3], [1 / 9, 8 / 9]])


@pytest.mark.task("forward")
def test_negative_logits(student, rng):
    """The last layer has no ReLU: negative logits stay different"""
    logits = -rng.uniform(1, 3, size=(4, 3))
    assert probabilities_of(student, *logit_network(logits)) == close(softmax(logits))


@pytest.mark.task("forward")
def test_samples_do_not_see_each_other(student, rng):
    """A sample has the same probabilities alone and in a batch"""
    params, x, _ = network(rng, [3, 6, 4])
    batch = np.asarray(probabilities_of(student, params, x))
    assert probabilities_of(student, params, x[2:3]) == close(batch[2:3])


@pytest.mark.task("forward")
def test_extreme_logits(student, rng):
    """Logits in the thousands give finite probabilities"""
    a = float(rng.integers(1000, 5000))
    logits = [[a, 0.0, -a], [-a, -a, -a - 1], [-a, a, a], [a, a + 1, a + 2]]
    assert probabilities_of(student, *logit_network(logits)) == close(softmax(np.array(logits)))


@pytest.mark.task("forward", edge=True)
def test_lists_of_integers(student, rng):
    """The inputs may be lists of integers"""
    params, _, _ = network(rng, [3, 6, 4])
    x = rng.integers(-3, 4, size=(5, 3))
    assert probabilities_of(student, params, x.tolist()) == close(softmax(propagate(params, x)[1]))


@pytest.mark.task("forward", edge=True)
@pytest.mark.parametrize("shape", [(4, 2), (0, 3)])
def test_forward_of_wrong_inputs(student, rng, shape):
    """Too few features, or no samples, are a ValueError"""
    params, _, _ = network(rng, [3, 6, 4])
    with pytest.raises(ValueError):
        student.forward(params, np.ones(shape))


# ---------------------------------------------------------------- loss


@pytest.mark.task("loss", weight=2)
@pytest.mark.parametrize("sizes", ARCHITECTURES)
def test_loss_of_random_networks(student, rng, sizes):
    """The mean cross-entropy of networks of several depths"""
    params, x, y = network(rng, sizes)
    assert student.loss(params, x, y) == close(mean_loss(params, x, y))


@pytest.mark.task("loss")
def test_loss_by_hand(student):
    """Only the probability of the true class counts, in nats"""
    params, x = logit_network([[0.0, 0.0, np.log(2)], [np.log(6), 0.0, 0.0]])
    assert student.loss(params, x, [2, 1]) == close((np.log(2) + np.log(8)) / 2)


@pytest.mark.task("loss")
def test_loss_of_a_network_that_knows_nothing(student, rng):
    """Equal probabilities cost ln C, whatever the labels"""
    classes = int(rng.integers(3, 9))
    params = [(np.zeros((2, classes)), np.full(classes, 0.7))]
    y = rng.integers(classes, size=5)
    assert student.loss(params, rng.normal(size=(5, 2)), y) == close(np.log(classes))


@pytest.mark.task("loss")
def test_loss_of_duplicates(student, rng):
    """A mean does not change when every sample stands twice"""
    params, x, y = network(rng, [3, 6, 4])
    assert student.loss(params, np.vstack([x, x]), np.concatenate([y, y])) == close(mean_loss(params, x, y))


@pytest.mark.task("loss", weight=2)
def test_loss_of_extreme_logits(student, rng):
    """Certain and wrong is expensive, certain and right is free; both are finite"""
    a = float(rng.integers(1000, 5000))
    params, x = logit_network([[a, -a, 0.0]])
    # How expensive is left open: -log(1e-7), as Keras clips, is 16.
    wrong = float(student.loss(params, x, [1]))
    assert np.isfinite(wrong), "the loss of a certain and wrong prediction is not finite"
    assert wrong > 10, "the loss of a certain and wrong prediction is too small"
    assert student.loss(params, x, [0]) == close(0.0, atol=1e-6)


@pytest.mark.task("loss", edge=True)
@pytest.mark.parametrize("y", [[0, 1], [0, 1, 2, 3], [0, 1, 4], [0, -1, 2]])
def test_loss_of_wrong_labels(student, rng, y):
    """Different lengths and unknown classes are a ValueError"""
    params, x, _ = network(rng, [3, 6, 4], samples=5)
    with pytest.raises(ValueError):
        student.loss(params, x[:3], y)


# ---------------------------------------------------------------- backward


def gradients_of(student, params, x, y):
    _, cache = student.forward(params, x)
    return student.backward(params, cache, y)


@pytest.mark.task("backward", weight=3)
@pytest.mark.parametrize("sizes", ARCHITECTURES)
def test_gradient_check(student, rng, sizes):
    """The gradient agrees with central differences, for networks of several depths"""
    params, x, y = network(rng, sizes)
    # Central differences in float64 are good to about 1e-10.
    check_layers(
        gradients_of(student, params, x, y),
        central_differences(params, x, y),
        "gradient",
        rtol=1e-5,
        atol=1e-8,
    )


@pytest.mark.task("backward")
def test_backward_by_hand(student):
    """One sample, one hidden layer, small numbers"""
    params = [
        (np.array([[1.0, 1.0, -1.0], [0.0, 1.0, 2.0]]), np.array([1.0, -1.0, 0.0])),
        (np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 3.0]]), np.array([0.0, 4.0])),
    ]
    # x = (2, 1): hidden (3, 2, 0), logits (7, 7), p = (1/2, 1/2), error (-1/2, 1/2); at the hidden layer
    # (0, -1, 3/2), of which the last is stopped by the ReLU.
    expected = [
        (np.array([[0.0, -2.0, 0.0], [0.0, -1.0, 0.0]]), np.array([0.0, -1.0, 0.0])),
        (np.array([[-1.5, 1.5], [-1.0, 1.0], [0.0, 0.0]]), np.array([-0.5, 0.5])),
    ]
    check_layers(gradients_of(student, params, [[2.0, 1.0]], [0]), expected, "gradient")


@pytest.mark.task("backward", weight=2)
@pytest.mark.parametrize("sizes", [[3, 4], [3, 6, 5, 4]])
def test_gradient_of_duplicates(student, rng, sizes):
    """The gradient of a mean does not change when every sample stands three times"""
    params, x, y = network(rng, sizes)
    once, thrice = gradient(params, x, y), gradients_of(student, params, np.tile(x, (3, 1)), np.tile(y, 3))
    check_layers(thrice, once, "gradient of a repeated batch")


@pytest.mark.task("backward")
def test_gradient_of_one_sample(student, rng):
    """A batch may be a single sample"""
    params, x, y = network(rng, [3, 6, 5, 4])
    check_layers(gradients_of(student, params, x[:1], y[:1]), gradient(params, x[:1], y[:1]), "gradient")


@pytest.mark.task("backward", edge=True)
def test_relu_at_zero(student, rng):
    """A hidden unit whose sum is exactly 0 lets nothing through"""
    params, x, y = network(rng, [3, 6, 4])
    (W, b), last = params
    W, b = W.copy(), b.copy()
    W[:, 2], b[2] = 0.0, 0.0
    dW, db = layers_of(gradients_of(student, [(W, b), last], x, y), [3, 6, 4])[0]
    assert dW[:, 2] == close(np.zeros(3))
    assert db[2] == close(0.0)


@pytest.mark.task("backward", edge=True)
def test_cache_belongs_to_its_forward_pass(student, rng):
    """A cache still works after other forward passes, and a second time"""
    params, x, y = network(rng, [3, 6, 5, 4])
    _, cache = student.forward(params, x)
    student.forward(params, -x[:2])
    expected = gradient(params, x, y)
    check_layers(student.backward(params, cache, y), expected, "after another forward pass")
    check_layers(student.backward(params, cache, y), expected, "a second call with the same cache")


@pytest.mark.task("backward", edge=True)
@pytest.mark.parametrize("y", [[0, 1], [0, 1, 2, 3], [0, 1, 4], [0, -1, 2]])
def test_backward_of_wrong_labels(student, rng, y):
    """A wrong number of labels and unknown classes are a ValueError"""
    params, x, _ = network(rng, [3, 6, 4], samples=5)
    _, cache = student.forward(params, x[:3])
    with pytest.raises(ValueError):
        student.backward(params, cache, y)


# ---------------------------------------------------------------- train


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
    """7 samples in batches of 3 are three updates per epoch, the last with one sample"""
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
        ("x", np.ones((6, 2))),
        ("x", np.ones((0, 3))),
    ],
)
def test_train_with_wrong_arguments(student, rng, change, value):
    """Different lengths, unknown classes, batches below 1, wrong features: a ValueError"""
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


# ---------------------------------------------------------------- predict


def capstone(name, profile):
    """Data in whole batches, layer sizes, and `(epochs, learning_rate, batch_size)`."""
    x, y, x_test, y_test = datasets.load({"digits": "small_digits"}.get(name, name))
    scale = 16 if name == "digits" else 1
    budget = [profile[f"{name}_{part}"] for part in ("epochs", "learning_rate", "batch_size")]
    whole = len(x) // budget[-1] * budget[-1]
    sizes = [x.shape[1], profile[f"{name}_units"], int(y.max()) + 1]
    return x[:whole] / scale, y[:whole], x_test / scale, y_test, sizes, budget


@pytest.mark.task("predict", weight=2)
@pytest.mark.parametrize("sizes", ARCHITECTURES)
def test_classes_of_random_networks(student, rng, sizes):
    """The most probable class, for networks of several depths"""
    params, x, _ = network(rng, sizes, samples=40)
    assert student.predict(params, x) == exactly(propagate(params, x)[1].argmax(axis=1))


@pytest.mark.task("predict")
def test_classes_by_hand(student):
    """The largest logit of each row, also among negative ones"""
    logits = [[-3.0, -1.0, -2.0], [4.0, 2.0, 3.0], [-9.0, -8.0, -7.0], [0.1, 0.2, 0.0]]
    assert student.predict(*logit_network(logits)) == exactly([1, 0, 2, 1])


@pytest.mark.task("predict")
def test_class_of_one_sample(student, rng):
    """One sample is a batch of one"""
    params, x, _ = network(rng, [3, 6, 4])
    assert student.predict(params, x[:1]) == exactly(propagate(params, x[:1])[1].argmax(axis=1))


@pytest.mark.task("predict")
def test_classes_of_extreme_logits(student, rng):
    """Logits in the thousands still have a largest"""
    a = float(rng.integers(1000, 5000))
    assert student.predict(*logit_network([[-a, -a + 2, -a + 1], [a, a + 1, a + 3]])) == exactly([1, 2])


@pytest.mark.task("predict", weight=2)
def test_predict_xor(student, rng, profile):
    """XOR, exactly, with a network that has learned it"""
    # The network is trained here with a seed that is known to work; the questions come in random order.
    sizes = [2, profile["xor_units"], 2]
    params = trained(
        XOR_X, XOR_Y, sizes, profile["xor_epochs"], profile["xor_learning_rate"], 4, np.random.default_rng(0)
    )
    order = rng.integers(4, size=11)
    assert student.predict(params, XOR_X[order]) == exactly(XOR_Y[order])


@pytest.mark.task("predict", weight=2)
@pytest.mark.parametrize("name", ["moons", "digits"])
def test_predict_real_data(student, rng, profile, record_property, name):
    """New samples, with a network that has learned"""
    x, y, x_test, y_test, sizes, budget = capstone(name, profile)
    params = trained(x, y, sizes, *budget, rng)
    predicted = student.predict(params, x_test)
    assert predicted == exactly(propagate(params, x_test)[1].argmax(axis=1))
    accuracy = np.mean(np.asarray(predicted) == y_test)
    record_property(f"{name}_accuracy", accuracy)
    assert accuracy >= profile[f"{name}_accuracy"], f"too many {name} are wrong"


@pytest.mark.task("predict", edge=True)
@pytest.mark.parametrize("shape", [(4, 2), (0, 3)])
def test_predict_of_wrong_inputs(student, rng, shape):
    """Too few features, or no samples, are a ValueError"""
    params, _, _ = network(rng, [3, 6, 4])
    with pytest.raises(ValueError):
        student.predict(params, np.ones(shape))

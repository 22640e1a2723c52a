"""Hidden tests of ex07: a network's first parameters, and what it says."""

import numpy as np
import pytest

from grader.compare import close, exactly
from grader.hidden.ex07_backprop.networks import (
    ARCHITECTURES,
    layers_of,
    logit_network,
    network,
    propagate,
    trained,
)
from grader.hidden.ex07_backprop.training_data import XOR_X, XOR_Y, capstone

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
        assert far > 0.01, "no weight is far from the mean: that is not a normal distribution"


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


def logits_of(student, params, x):
    logits, _ = student.forward(params, x)
    return logits


@pytest.mark.task("forward", weight=2)
@pytest.mark.parametrize("sizes", ARCHITECTURES)
def test_logits(student, rng, sizes):
    """Networks of several depths, in float64"""
    params, x, _ = network(rng, sizes)
    assert logits_of(student, params, x) == close(propagate(params, x)[1])


@pytest.mark.task("forward")
def test_relu_by_hand(student):
    """A hidden unit that gets a negative sum says 0"""
    params = [
        (np.array([[1.0, -2.0]]), np.array([0.0, 1.0])),
        (np.array([[1.0, 0.0], [0.0, 3.0]]), np.array([-2.0, 1.0])),
    ]
    # hidden (4, 0), (0, 1), (0, 3)
    assert logits_of(student, params, [[4.0], [0.0], [-1.0]]) == close([[2.0, 1.0], [-2.0, 4.0], [-2.0, 10.0]])


@pytest.mark.task("forward")
def test_negative_logits(student, rng):
    """The last layer has no ReLU: negative logits stay negative"""
    logits = -rng.uniform(1, 3, size=(4, 3))
    assert logits_of(student, *logit_network(logits)) == close(logits)


@pytest.mark.task("forward")
def test_samples_do_not_see_each_other(student, rng):
    """A sample has the same logits alone and in a batch, and they move with it"""
    params, x, _ = network(rng, [3, 6, 4])
    expected = propagate(params, x)[1]
    order = rng.permutation(len(x))
    assert logits_of(student, params, x[order]) == close(expected[order])
    assert logits_of(student, params, x[2:3]) == close(expected[2:3])


@pytest.mark.task("forward", edge=True)
def test_lists_of_integers(student, rng):
    """The inputs may be lists of integers"""
    params, _, _ = network(rng, [3, 6, 4])
    x = rng.integers(-3, 4, size=(5, 3))
    assert logits_of(student, params, x.tolist()) == close(propagate(params, x)[1])


@pytest.mark.task("forward", edge=True)
@pytest.mark.parametrize("shape", [(4, 2), (0, 3)])
def test_forward_of_wrong_inputs(student, rng, shape):
    """Too few features, or no samples, are a ValueError"""
    params, _, _ = network(rng, [3, 6, 4])
    with pytest.raises(ValueError):
        student.forward(params, np.ones(shape))


# ---------------------------------------------------------------- predict


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

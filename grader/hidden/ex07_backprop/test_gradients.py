"""Hidden tests of ex07: the gradient of a whole network, and the check that tells a right one from a wrong one."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex07_backprop.networks import (
    ARCHITECTURES,
    central_differences,
    check_layers,
    error_signal,
    gradient,
    layers_of,
    mean_loss,
    network,
    numerical_gradients,
    propagate,
)

# ---------------------------------------------------------------- backward


def gradients_of(student, params, x, dlogits):
    _, cache = student.forward(params, x)
    return student.backward(params, cache, dlogits)


@pytest.mark.task("backward", weight=3)
@pytest.mark.parametrize("sizes", ARCHITECTURES)
def test_gradient_check(student, rng, sizes):
    """The gradient agrees with central differences, for networks of several depths"""
    params, x, y = network(rng, sizes)
    expected = numerical_gradients(params, lambda moved: mean_loss(moved, x, y))
    found = gradients_of(student, params, x, error_signal(propagate(params, x)[1], y))
    # Central differences in float64 are good to about 1e-10.
    check_layers(found, expected, "gradient", rtol=1e-5, atol=1e-8)


@pytest.mark.task("backward", weight=2)
@pytest.mark.parametrize("sizes", ARCHITECTURES[:3])
def test_gradient_of_another_error(student, rng, sizes):
    """Any error will do: all that is known of it is how it changes with the logits"""
    params, x, _ = network(rng, sizes)
    dlogits = rng.normal(size=(len(x), sizes[-1]))
    expected = numerical_gradients(params, lambda moved: float(np.sum(dlogits * propagate(moved, x)[1])))
    check_layers(gradients_of(student, params, x, dlogits), expected, "gradient", rtol=1e-5, atol=1e-8)


@pytest.mark.task("backward")
def test_backward_by_hand(student):
    """By hand: one sample and one hidden layer"""
    params = [
        (np.array([[1.0, 1.0, -1.0], [0.0, 1.0, 2.0]]), np.array([1.0, -1.0, 0.0])),
        (np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 3.0]]), np.array([0.0, 4.0])),
    ]
    # x = (2, 1): hidden (3, 2, 0); the error (-1/2, 1/2) is at the hidden layer (0, -1, 3/2), of which the last is
    # stopped by the ReLU.
    expected = [
        (np.array([[0.0, -2.0, 0.0], [0.0, -1.0, 0.0]]), np.array([0.0, -1.0, 0.0])),
        (np.array([[-1.5, 1.5], [-1.0, 1.0], [0.0, 0.0]]), np.array([-0.5, 0.5])),
    ]
    check_layers(gradients_of(student, params, [[2.0, 1.0]], [[-0.5, 0.5]]), expected, "gradient")


@pytest.mark.task("backward", weight=2)
@pytest.mark.parametrize("sizes", [[3, 4], [3, 6, 5, 4]])
def test_gradient_of_duplicates(student, rng, sizes):
    """The gradient of a mean does not change when every sample stands three times, in another order"""
    params, x, y = network(rng, sizes)
    order = rng.permutation(np.tile(np.arange(len(x)), 3))
    dlogits = error_signal(propagate(params, x)[1], y)[order] / 3
    check_layers(
        gradients_of(student, params, x[order], dlogits), gradient(params, x, y), "gradient of a repeated batch"
    )


@pytest.mark.task("backward")
def test_gradient_of_one_sample(student, rng):
    """A batch may be a single sample"""
    params, x, y = network(rng, [3, 6, 5, 4])
    dlogits = error_signal(propagate(params, x[:1])[1], y[:1])
    check_layers(gradients_of(student, params, x[:1], dlogits), gradient(params, x[:1], y[:1]), "gradient")


@pytest.mark.task("backward", edge=True)
def test_relu_at_zero(student, rng):
    """A hidden unit whose sum is exactly 0 lets nothing through"""
    params, x, y = network(rng, [3, 6, 4])
    (W, b), last = params
    W, b = W.copy(), b.copy()
    W[:, 2], b[2] = 0.0, 0.0
    params = [(W, b), last]
    found = gradients_of(student, params, x, error_signal(propagate(params, x)[1], y))
    dW, db = layers_of(found, [3, 6, 4])[0]
    assert dW[:, 2] == close(np.zeros(3))
    assert db[2] == close(0.0)


@pytest.mark.task("backward", edge=True)
def test_cache_belongs_to_its_forward_pass(student, rng):
    """A cache still works after other forward passes, and a second time"""
    params, x, y = network(rng, [3, 6, 5, 4])
    dlogits = error_signal(propagate(params, x)[1], y)
    _, cache = student.forward(params, x)
    student.forward(params, -x[:2])
    expected = gradient(params, x, y)
    check_layers(student.backward(params, cache, dlogits), expected, "after another forward pass")
    check_layers(student.backward(params, cache, dlogits), expected, "a second call with the same cache")


@pytest.mark.task("backward", edge=True)
@pytest.mark.parametrize("shape", [(2, 4), (4, 4), (3, 3), (3, 5)])
def test_backward_of_another_shape(student, rng, shape):
    """A signal for other samples or other classes than the logits have is a ValueError"""
    params, x, _ = network(rng, [3, 6, 4], samples=5)
    _, cache = student.forward(params, x[:3])
    with pytest.raises(ValueError):
        student.backward(params, cache, np.ones(shape))


# ---------------------------------------------------------------- check_gradient

# Rounding leaves about 1e-11 of a difference, which is 1e-7 of the smallest number that counts.
RIGHT = 1e-6


def network_in_one_array(rng, sizes):
    """The mean loss of a network as a function of its first weights; these, and the gradient with respect to them."""
    params, x, y = network(rng, sizes)
    (W, b), rest = params[0], params[1:]

    def loss(value):
        assert np.shape(value) == W.shape, "f is given something of another shape than theta"
        return float(mean_loss([(value, b), *rest], x, y))

    return loss, W, gradient(params, x, y)[0][0]


@pytest.mark.task("check_gradient", weight=2)
@pytest.mark.parametrize("sizes", [[3, 4], [3, 6, 4]])
def test_right_gradients_of_networks(student, rng, sizes):
    """The right gradient of a network has no error worth the name"""
    loss, W, dW = network_in_one_array(rng, sizes)
    errors = np.asarray(student.check_gradient(loss, W, dW))
    assert errors == close(np.zeros(W.shape), atol=RIGHT)
    assert (errors >= 0).all(), "an error is negative"


@pytest.mark.task("check_gradient", weight=2)
@pytest.mark.parametrize("factor", [7.0, 0.25, -1.0, 0.0])
def test_wrong_gradients_of_networks(student, rng, factor):
    """A gradient that is too large, too small, of the wrong sign or 0 has the relative error that it has"""
    loss, W, dW = network_in_one_array(rng, [3, 6, 4])
    numeric = central_differences(loss, W)
    expected = np.abs(factor * dW - numeric) / np.maximum(np.maximum(np.abs(factor * dW), np.abs(numeric)), 1e-4)
    assert student.check_gradient(loss, W, factor * dW) == close(expected, atol=RIGHT)


@pytest.mark.task("check_gradient", weight=2)
@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 2, 2)])
def test_the_wrong_element_is_found(student, rng, shape):
    """The error stands where the gradient is wrong, and nowhere else"""
    theta, weights = rng.normal(size=shape), rng.uniform(1, 3, size=shape)
    wrong = tuple(int(rng.integers(n)) for n in shape)
    given, expected = 2 * weights * theta, np.zeros(shape)
    given[wrong], expected[wrong] = (
        9.0,
        abs(9 - 2 * weights[wrong] * theta[wrong]) / max(9, abs(2 * weights[wrong] * theta[wrong])),
    )
    found = student.check_gradient(lambda values: float(np.sum(weights * values**2)), theta, given)
    assert found == close(expected, atol=RIGHT)


@pytest.mark.task("check_gradient", weight=2)
def test_differences_to_both_sides(student, rng):
    """With a large h it is the central difference that counts, not the derivative"""
    theta = rng.integers(1, 5, size=4).astype(float)
    for h in (0.5, 2.0):
        numeric = 3 * theta**2 + h**2
        found = student.check_gradient(lambda values: float(np.sum(values**3)), theta, 3 * theta**2, h=h)
        assert found == close(h**2 / numeric)


@pytest.mark.task("check_gradient")
def test_each_element_is_moved_alone(student, rng):
    """All other elements stay where they are, also after they have had their turn"""
    theta = rng.uniform(1, 2, size=4)
    # A product changes evenly with each of its factors, so that its differences are exact for any h.
    found = student.check_gradient(lambda values: float(np.prod(values)), theta, np.prod(theta) / theta, h=0.5)
    assert found == close(np.zeros(4), atol=1e-9)


@pytest.mark.task("check_gradient")
def test_rounding_is_no_error(student):
    """Where both are practically 0 the difference counts by itself, over 1e-4"""
    # 3e-5 theta has exactly this slope; 1e-5 was given.
    found = student.check_gradient(lambda values: 3e-5 * float(np.sum(values)), np.zeros(2), [1e-5, 0.0])
    assert found == close([0.2, 0.3], rtol=1e-6)
    found = student.check_gradient(lambda values: 1.0, np.zeros(3), np.zeros(3))
    assert found == close(np.zeros(3))


@pytest.mark.task("check_gradient", edge=True)
def test_check_at_integers(student):
    """Integers, and a single number, are moved by fractions as well"""
    found = student.check_gradient(lambda values: float(np.sum(values**2)), [3, -1], [6, 2])
    assert found == close([0.0, 2.0], atol=RIGHT)
    assert student.check_gradient(lambda value: float(value**2), 3, 6) == close(0.0, atol=RIGHT)


@pytest.mark.task("check_gradient", edge=True)
def test_check_of_different_shapes(student):
    """A gradient of another shape than theta is a ValueError: NumPy would stretch it"""
    for theta, given in (((2, 3), (3,)), ((3,), (2, 3)), ((2, 3), (3, 2)), ((3,), ())):
        with pytest.raises(ValueError):
            student.check_gradient(lambda values: float(np.sum(values)), np.ones(theta), np.ones(given))

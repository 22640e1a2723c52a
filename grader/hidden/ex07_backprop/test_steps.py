"""Hidden tests of ex07: one layer forward and back, and the error at the end."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex07_backprop.networks import central_differences, error_signal, softmax

# Central differences in float64 are good to about 1e-10.
NUMERICAL = {"rtol": 1e-5, "atol": 1e-8}
SIZES = [(7, 3, 4), (5, 4, 2), (1, 3, 3)]  # samples, inputs, outputs


def layer(rng, samples, inputs, outputs):
    """What arrives at a layer, its weights and biases, and an error signal at its sums."""
    shapes = (samples, inputs), (inputs, outputs), (outputs,), (samples, outputs)
    return [rng.normal(size=shape) for shape in shapes]


# ---------------------------------------------------------------- dense_forward


@pytest.mark.task("dense_forward", weight=2)
@pytest.mark.parametrize("sizes", SIZES)
def test_sums_of_random_layers(student, rng, sizes):
    """Each unit adds its weighed inputs and its bias"""
    h, W, b, _ = layer(rng, *sizes)
    expected = [[sum(row * W[:, o]) + b[o] for o in range(len(b))] for row in h]
    assert student.dense_forward(h, W, b) == close(expected)


@pytest.mark.task("dense_forward")
def test_sums_may_be_negative(student, rng):
    """There is no activation function in it"""
    h, W = rng.uniform(1, 2, size=(4, 3)), -rng.uniform(1, 2, size=(3, 2))
    assert student.dense_forward(h, W, np.zeros(2)) == close(np.einsum("ni,io->no", h, W))


@pytest.mark.task("dense_forward", edge=True)
def test_sums_of_lists(student, rng):
    """Lists, and numbers of another type, are computed in float64"""
    whole = [[90, 150], [7, 0]], [[3, 0], [2, 5]], [4, 9]
    for kind in (list, np.uint8):
        arguments = whole if kind is list else [np.array(a, dtype=kind) for a in whole]
        assert student.dense_forward(*arguments) == close([[574, 759], [25, 9]])
    h, W, b, _ = (a.astype(np.float16) for a in layer(rng, 4, 3, 2))
    exact = np.einsum("ni,io->no", h.astype(float), W.astype(float)) + b.astype(float)
    assert student.dense_forward(h, W, b) == close(exact)


@pytest.mark.task("dense_forward", edge=True)
@pytest.mark.parametrize(
    ("h", "W", "b"), [((4, 2), (3, 2), (2,)), ((4, 3), (3, 2), (1,)), ((2, 3), (3, 2), (2, 2)), ((4, 3), (3, 2), (3,))]
)
def test_sums_of_what_does_not_fit(student, h, W, b):
    """Another number of inputs, and biases that are not one for each unit, are a ValueError"""
    with pytest.raises(ValueError):
        student.dense_forward(np.ones(h), np.ones(W), np.ones(b))


# ---------------------------------------------------------------- dense_backward


def three_of(result):
    result = list(result)
    assert len(result) == 3, "three arrays are expected: dh, dW and db"
    return result


@pytest.mark.task("dense_backward", weight=3)
@pytest.mark.parametrize("sizes", SIZES)
def test_gradients_of_random_layers(student, rng, sizes):
    """All three gradients agree with central differences"""
    h, W, b, ds = layer(rng, *sizes)

    def error(h, W, b):
        return float(np.sum(ds * (h @ W + b)))

    dh, dW, db = three_of(student.dense_backward(ds, h, W))
    assert dh == close(central_differences(lambda value: error(value, W, b), h), **NUMERICAL)
    assert dW == close(central_differences(lambda value: error(h, value, b), W), **NUMERICAL)
    assert db == close(central_differences(lambda value: error(h, W, value), b), **NUMERICAL)


@pytest.mark.task("dense_backward")
def test_gradients_by_hand(student):
    """By hand: two samples, two inputs and two units"""
    h, W, ds = [[1.0, 2.0], [0.0, 3.0]], [[4.0, 5.0], [6.0, 7.0]], [[1.0, -1.0], [2.0, 1.0]]
    dh, dW, db = three_of(student.dense_backward(ds, h, W))
    assert dh == close([[-1.0, -1.0], [13.0, 19.0]])
    assert dW == close([[1.0, -1.0], [8.0, 1.0]])
    assert db == close([3.0, 0.0])


@pytest.mark.task("dense_backward", weight=2)
def test_gradients_add_up_over_the_samples(student, rng):
    """The gradients of weights and biases are sums over the samples, in whatever order these come"""
    h, W, _, ds = layer(rng, 6, 3, 4)
    order = rng.permutation(np.tile(np.arange(6), 3))
    dh, dW, db = three_of(student.dense_backward(ds[order], h[order], W))
    assert dh == close(np.einsum("no,io->ni", ds, W)[order])
    assert dW == close(3 * np.einsum("ni,no->io", h, ds))
    assert db == close(3 * np.einsum("no->o", ds))


@pytest.mark.task("dense_backward", edge=True)
def test_gradients_of_lists(student, rng):
    """Lists, and numbers of another type, are computed in float64"""
    dh, dW, db = three_of(student.dense_backward([[1, 2]], [[3, 4, 5]], [[1, 0], [0, 1], [1, 1]]))
    assert dh == close([[1, 2, 3]])
    assert dW == close([[3, 6], [4, 8], [5, 10]])
    assert db == close([1, 2])
    h, W, _, ds = (a.astype(np.float16) for a in layer(rng, 4, 3, 2))
    dh, dW, db = three_of(student.dense_backward(ds, h, W))
    h, W, ds = (a.astype(float) for a in (h, W, ds))
    assert dh == close(np.einsum("no,io->ni", ds, W))
    assert dW == close(np.einsum("ni,no->io", h, ds))
    assert db == close(np.einsum("no->o", ds))


@pytest.mark.task("dense_backward", edge=True)
@pytest.mark.parametrize(
    ("ds", "h", "W"),
    [((4, 3), (4, 3), (3, 2)), ((3, 2), (4, 3), (3, 2)), ((4, 2), (4, 2), (3, 2)), ((2,), (4, 3), (3, 2))],
)
def test_gradients_of_what_does_not_fit(student, ds, h, W):
    """Another number of units, of samples, or of inputs is a ValueError"""
    with pytest.raises(ValueError):
        student.dense_backward(np.ones(ds), np.ones(h), np.ones(W))


# ---------------------------------------------------------------- relu_backward


@pytest.mark.task("relu_backward", weight=2)
@pytest.mark.parametrize("shape", [(5, 4), (6,), (2, 3, 4)])
def test_relu_backward_agrees_with_central_differences(student, rng, shape):
    """What arrives passes where the unit was awake, whatever its sign"""
    s, dh = rng.uniform(0.1, 2, size=shape) * rng.choice([-1, 1], size=shape), rng.normal(size=shape)

    def error(value):
        return float(np.sum(dh * np.maximum(value, 0)))

    assert student.relu_backward(dh, s) == close(central_differences(error, s), **NUMERICAL)


@pytest.mark.task("relu_backward", weight=2)
def test_relu_backward_exactly(student, rng):
    """Awake units pass on exactly what arrived, sleeping ones nothing"""
    dh, awake = rng.normal(size=(4, 3)), rng.integers(0, 2, size=(4, 3))
    for size in (1e-9, 1.0, 1e9):
        assert student.relu_backward(dh, size * (2 * awake - 1)) == close(np.where(awake == 1, dh, 0.0))


@pytest.mark.task("relu_backward", edge=True)
def test_relu_backward_at_zero(student, rng):
    """A unit whose sum is exactly 0 lets nothing through"""
    dh = rng.normal(size=(3, 2))
    assert student.relu_backward(dh, np.zeros((3, 2))) == close(np.zeros((3, 2)))


@pytest.mark.task("relu_backward", edge=True)
def test_relu_backward_of_lists(student):
    """Lists, and numbers of another type, are computed in float64"""
    assert student.relu_backward([[1, -2]], [[3, -1]]) == close([[1, 0]])
    assert student.relu_backward(np.float16([0.1, 7]), np.float16([2, -1])) == close([float(np.float16(0.1)), 0.0])


@pytest.mark.task("relu_backward", edge=True)
@pytest.mark.parametrize(("dh", "s"), [((4, 3), (3,)), ((3,), (4, 3)), ((4, 3), (4, 1)), ((4, 3), (3, 4))])
def test_relu_backward_of_different_shapes(student, dh, s):
    """Different shapes are a ValueError: NumPy would stretch them"""
    with pytest.raises(ValueError):
        student.relu_backward(np.full(dh, 0.5), np.ones(s))


# ---------------------------------------------------------------- softmax_cross_entropy


def loss_of(student, logits, y):
    loss, _ = student.softmax_cross_entropy(logits, y)
    return loss


def slope_of(student, logits, y):
    _, slope = student.softmax_cross_entropy(logits, y)
    return slope


def batch(rng, samples=7, classes=4):
    """Logits, not centred and not too large, and labels."""
    return rng.normal(1, 2, size=(samples, classes)), rng.integers(classes, size=samples)


def mean_cross_entropy(logits, y):
    return -float(np.mean(np.log(softmax(logits)[np.arange(len(y)), y])))


@pytest.mark.task("softmax_cross_entropy", weight=3)
@pytest.mark.parametrize(("samples", "classes"), [(7, 4), (3, 2), (1, 5)])
def test_error_and_slope_of_random_logits(student, rng, samples, classes):
    """The error is the mean cross-entropy, and its gradient agrees with central differences"""
    logits, y = batch(rng, samples, classes)
    assert loss_of(student, logits, y) == close(mean_cross_entropy(logits, y))
    numerical = central_differences(lambda values: mean_cross_entropy(values, y), logits)
    assert slope_of(student, logits, y) == close(numerical, **NUMERICAL)


@pytest.mark.task("softmax_cross_entropy", weight=2)
def test_error_by_hand(student):
    """Only the probability of the true class counts, in nats"""
    logits = [[0.0, 0.0, np.log(2)], [np.log(6), 0.0, 0.0]]
    assert loss_of(student, logits, [2, 1]) == close((np.log(2) + np.log(8)) / 2)
    expected = [[1 / 8, 1 / 8, -1 / 4], [3 / 8, -7 / 16, 1 / 16]]
    assert slope_of(student, logits, [2, 1]) == close(expected)


@pytest.mark.task("softmax_cross_entropy")
def test_error_of_equal_logits(student, rng):
    """Equal probabilities cost ln C, whatever the labels, and every row of the gradient adds up to 0"""
    classes = int(rng.integers(3, 9))
    y = rng.integers(classes, size=5)
    logits = np.full((5, classes), 0.7)
    assert loss_of(student, logits, y) == close(np.log(classes))
    assert np.asarray(slope_of(student, logits, y)).sum(axis=1) == close(np.zeros(5))


@pytest.mark.task("softmax_cross_entropy", weight=2)
def test_error_of_duplicates(student, rng):
    """A mean does not change when every sample stands three times; each has a third of the gradient"""
    logits, y = batch(rng)
    three = np.tile(logits, (3, 1)), np.tile(y, 3)
    assert loss_of(student, *three) == close(mean_cross_entropy(logits, y))
    assert slope_of(student, *three) == close(np.tile(error_signal(logits, y), (3, 1)) / 3)


@pytest.mark.task("softmax_cross_entropy")
def test_error_of_another_order(student, rng):
    """The gradient of a sample moves with it, and the error stays"""
    logits, y = batch(rng)
    order = rng.permutation(len(y))
    assert loss_of(student, logits[order], y[order]) == close(mean_cross_entropy(logits, y))
    assert slope_of(student, logits[order], y[order]) == close(error_signal(logits, y)[order])


@pytest.mark.task("softmax_cross_entropy", weight=2)
def test_gradient_of_extreme_logits(student, rng):
    """Logits in the thousands have a finite gradient"""
    a = float(rng.integers(1000, 5000))
    logits = np.array([[a, 0.0, -a], [-a, -a, -a - 1], [-a, a, a], [a, a + 1, a + 2]])
    y = [1, 0, 2, 0]
    assert slope_of(student, logits, y) == close(error_signal(logits, y))


@pytest.mark.task("softmax_cross_entropy", weight=2)
def test_error_of_extreme_logits(student, rng):
    """Certain and wrong is expensive, certain and right is free; both are finite"""
    a = float(rng.integers(1000, 5000))
    # How expensive is left open: -log(1e-7), as Keras clips, is 16.
    wrong = float(loss_of(student, [[a, -a, 0.0]], [1]))
    assert np.isfinite(wrong), "the loss of a certain and wrong prediction is not finite"
    assert wrong > 10, "the loss of a certain and wrong prediction is too small"
    assert loss_of(student, [[a, -a, 0.0]], [0]) == close(0.0, atol=1e-6)


@pytest.mark.task("softmax_cross_entropy", edge=True)
def test_error_of_lists(student, rng):
    """Lists, and numbers of another type, are computed in float64"""
    assert slope_of(student, [[0, 0]], [1]) == close([[0.5, -0.5]])
    logits, y = batch(rng)
    logits = logits.astype(np.float16)
    exact = logits.astype(float)
    assert loss_of(student, logits, y.tolist()) == close(mean_cross_entropy(exact, y))
    assert slope_of(student, logits, y) == close(error_signal(exact, y))


@pytest.mark.task("softmax_cross_entropy", edge=True)
@pytest.mark.parametrize("y", [[0, 1], [0, 1, 2, 3], [1], [0, 1, 4], [0, -1, 2]])
def test_error_of_wrong_labels(student, rng, y):
    """Different lengths and unknown classes are a ValueError"""
    with pytest.raises(ValueError):
        student.softmax_cross_entropy(rng.normal(size=(3, 4)), y)


@pytest.mark.task("softmax_cross_entropy", edge=True)
def test_error_of_no_samples(student):
    """No samples are a ValueError"""
    with pytest.raises(ValueError):
        student.softmax_cross_entropy(np.empty((0, 3)), np.empty(0, dtype=int))

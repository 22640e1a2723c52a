"""Visible tests of ex07: run `pytest exercises/ex07_backprop` while you work."""

import numpy as np
import pytest

from grader.compare import close, exactly

LN2, LN3 = np.log(2), np.log(3)

# The running example of the handout: two inputs, two hidden units, two classes, one sample of class 1.
PARAMS = [
    (np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0.0, 0.0])),
    (np.array([[1.0, 2.0], [LN3, 0.0]]), np.array([0.0, 0.0])),
]
X, Y = np.array([[1.0, 2.0]]), np.array([1])
SUMS, HIDDEN, LOGITS, DLOGITS = (np.array([row]) for row in ([-1.0, 1.0], [0.0, 1.0], [LN3, 0.0], [0.75, -0.75]))

# A second one, with biases, three classes and two samples. Hidden sums (2, -1) and (-1, 2): in each sample another unit
# is asleep. Logits -ln 2 times (1, 2, 5) and (5, 4, 3): all of them are negative. Powers 16 : 8 : 1 and 1 : 2 : 4.
NETWORK = [
    (np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([0.0, -1.0])),
    (np.array([[LN2, 0.0, -LN2], [-LN2, -LN2, 0.0]]), np.array([-3 * LN2, -2 * LN2, -3 * LN2])),
]
TWO_X, TWO_Y = np.array([[1.0, 1.0], [-2.0, 1.0]]), np.array([1, 2])
TWO_LOGITS = -LN2 * np.array([[1.0, 2.0, 5.0], [5.0, 4.0, 3.0]])
TWO_DLOGITS = np.array([[16 / 50, -17 / 50, 1 / 50], [1 / 14, 2 / 14, -3 / 14]])
# The same with a layer in between that changes nothing.
DEEPER = [NETWORK[0], (np.eye(2), np.zeros(2)), NETWORK[1]]
# Its gradient: the error signals are (16, -17, 1) / 50 and (1, 2, -3) / 14, and one layer back 0.3 ln 2 arrives at the
# unit that is awake in the first sample, -3/14 ln 2 at the one that is awake in the second.
AWAKE = np.array([0.3 * LN2, -3 / 14 * LN2])
FIRST = [[0.3 * LN2, 3 / 7 * LN2], [0.3 * LN2, -3 / 14 * LN2]], AWAKE
LAST = (
    [[16 / 25, -17 / 25, 1 / 25], [1 / 7, 2 / 7, -3 / 7]],
    [16 / 50 + 1 / 14, -17 / 50 + 2 / 14, 1 / 50 - 3 / 14],
)

XOR_X, XOR_Y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])

# A learning rate that moves the parameters less than anybody can see.
TINY = 1e-9


def rng(seed=0):
    return np.random.default_rng(seed)


def logits(*rows):
    """Parameters and inputs of a network whose logits are exactly `rows`."""
    return [(np.array(rows, dtype=float), np.zeros(len(rows[0])))], np.eye(len(rows))


def biases_after(student, labels, epochs, rate, batch_size, seed=0):
    """The biases that a network without hidden layer learns from inputs of 0: they alone learn, and begin at 0."""
    x = np.zeros((len(labels), 1))
    ((_, b),), _ = student.train(x, labels, [1, 2], epochs, rate, batch_size, rng(seed))
    return np.asarray(b)


@pytest.mark.task("init_params")
def test_init_params_has_one_pair_per_connection(student):
    """Weights are (inputs, outputs), biases are zeros; a layer may have a single unit"""
    params = student.init_params([3, 5, 1, 2], rng())
    assert [np.shape(W) for W, _ in params] == [(3, 5), (5, 1), (1, 2)], (
        "weights are not of the shape (inputs, outputs)"
    )
    for (_, b), outputs in zip(params, (5, 1, 2), strict=True):
        assert b == close(np.zeros(outputs))


@pytest.mark.task("init_params", weight=3)
def test_init_params_spreads_the_weights_as_he_says(student):
    """With 100 inputs the standard deviation is about sqrt(2 / 100) = 0.14, whatever the outputs; the mean is 0"""
    ((W, b),) = student.init_params([100, 400], rng())
    assert np.shape(W) == (100, 400), "weights are not of the shape (inputs, outputs)"
    assert np.shape(b) == (400,), "biases are not of the shape (outputs,)"
    assert 0.115 < np.std(W) < 0.155, f"the standard deviation is {np.std(W):.3f}"
    assert abs(np.mean(W)) < 0.01, f"the mean is {np.mean(W):.3f}"


@pytest.mark.task("init_params", weight=0.5)
def test_init_params_draws_from_a_normal_distribution(student):
    """Some weights lie beyond 1.8 standard deviations; of numbers that are spread evenly none does"""
    ((W, _),) = student.init_params([100, 400], rng())
    far = np.mean(np.abs(W) > 1.8 * np.std(W))
    assert far > 0.01, f"{far:.1%} of your weights lie beyond 1.8 of their standard deviations, about 7% should"


@pytest.mark.task("init_params", weight=0.5)
def test_init_params_draws_every_layer_anew(student):
    """Two layers of one shape have different weights"""
    (first, _), (second, _) = student.init_params([4, 4, 4], rng())
    assert not np.isin(first, second).any(), "two layers share weights"


@pytest.mark.task("init_params", edge=True, weight=0.5)
def test_init_params_come_from_rng(student):
    """The same generator gives the same weights, another one others"""
    first, again, other = (np.asarray(student.init_params([3, 4], rng(seed))[0][0]) for seed in (1, 1, 2))
    assert np.array_equal(first, again), "two generators with the same seed gave different weights"
    assert not np.isin(first, other).any(), "two generators with different seeds gave the same weights"


@pytest.mark.task("init_params", edge=True)
def test_init_params_refuses_what_is_no_network(student):
    """A network of one size, of none, and a layer without units are a ValueError"""
    for sizes in ([3], [], [4, 0, 2], [4, -3, 2]):
        with pytest.raises(ValueError):
            student.init_params(sizes, rng())


@pytest.mark.task("dense_forward")
def test_dense_forward_of_the_handout(student):
    """Hidden sums (-1, 1), and behind the ReLU the logits (ln 3, 0)"""
    assert student.dense_forward(X, *PARAMS[0]) == close(SUMS)
    assert student.dense_forward(HIDDEN, *PARAMS[1]) == close(LOGITS)


@pytest.mark.task("dense_forward", weight=3)
def test_dense_forward_of_two_samples_and_three_units(student):
    """Each unit has a bias of its own: (1, 2) and (0, 1) through three units"""
    h, W, b = [[1.0, 2.0], [0.0, 1.0]], [[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]], [0.5, -1.0, 10.0]
    assert student.dense_forward(np.array(h), np.array(W), np.array(b)) == close(
        [[-0.5, 2.0, 13.0], [-0.5, -0.5, 10.0]]
    )


@pytest.mark.task("dense_forward", edge=True)
def test_dense_forward_of_small_whole_numbers(student):
    """Lists, and bytes, which hold nothing above 255, are computed in float64"""
    h, W, b = [[200, 100]], [[2, 1], [1, 2]], [1, 0]
    assert student.dense_forward(h, W, b) == close([[501, 400]])
    assert student.dense_forward(*(np.array(a, dtype=np.uint8) for a in (h, W, b))) == close([[501, 400]])


@pytest.mark.task("dense_forward", edge=True)
def test_dense_forward_refuses_what_does_not_fit(student):
    """Two inputs where three are weighed; one bias for two units, three, and a bias for each sample: a ValueError"""
    for h, b in (((4, 2), (2,)), ((4, 3), (1,)), ((4, 3), (3,)), ((2, 3), (2, 2))):
        with pytest.raises(ValueError):
            student.dense_forward(np.ones(h), np.ones((3, 2)), np.ones(b))


@pytest.mark.task("dense_backward")
def test_dense_backward_of_the_handouts_last_layer(student):
    """The error signal is (3/4, -3/4); only the second hidden unit was awake"""
    dh, dW, db = student.dense_backward(DLOGITS, HIDDEN, PARAMS[1][0])
    assert dh == close([[-0.75, 0.75 * LN3]])
    assert dW == close([[0.0, 0.0], [0.75, -0.75]])
    assert db == close([0.75, -0.75])


@pytest.mark.task("dense_backward")
def test_dense_backward_of_the_handouts_first_layer(student):
    """The error signal is (0, 0.824): the unit that was asleep gets no gradient"""
    arrives = 0.75 * LN3
    dh, dW, db = student.dense_backward([[0.0, arrives]], X, PARAMS[0][0])
    assert dW == close([[0.0, arrives], [0.0, 2 * arrives]])
    assert db == close([0.0, arrives])
    assert dh == close([[-arrives, arrives]])


@pytest.mark.task("dense_backward", weight=3)
def test_dense_backward_of_two_samples_and_three_units(student):
    """Two inputs, one of them negative, and three units: the gradients of both samples are added"""
    ds, h = np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]), np.array([[1.0, -2.0], [3.0, 1.0]])
    dh, dW, db = student.dense_backward(ds, h, np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]]))
    assert dh == close([[-2.0, -3.0], [4.0, 13.0]])
    assert dW == close([[7.0, 3.0, -1.0], [0.0, 1.0, 2.0]])
    assert db == close([3.0, 1.0, -1.0])


@pytest.mark.task("dense_backward", edge=True)
def test_dense_backward_of_small_whole_numbers(student):
    """Lists, and bytes, which hold nothing above 255, are computed in float64"""
    arguments = [[100, 2], [200, 1]], [[1, 3], [2, 0]], [[2, 1], [1, 3]]
    for ds, h, W in (arguments, [np.array(a, dtype=np.uint8) for a in arguments]):
        dh, dW, db = student.dense_backward(ds, h, W)
        assert dh == close([[202, 106], [401, 203]])
        assert dW == close([[500, 4], [300, 6]])
        assert db == close([300, 3])


@pytest.mark.task("dense_backward", edge=True)
def test_dense_backward_refuses_what_does_not_fit(student):
    """Three units where there are two, three samples and four, two inputs and three, a single row: ValueError"""
    for ds, h in (((4, 3), (4, 3)), ((3, 2), (4, 3)), ((4, 2), (4, 2)), ((2,), (4, 3))):
        with pytest.raises(ValueError):
            student.dense_backward(np.ones(ds), np.ones(h), np.ones((3, 2)))


@pytest.mark.task("relu_backward")
def test_relu_backward_of_the_handout(student):
    """Hidden sums (-1, 1): what arrives at the first unit, which was asleep, goes no further"""
    assert student.relu_backward([[-0.75, 0.75 * LN3]], SUMS) == close([[0.0, 0.75 * LN3]])


@pytest.mark.task("relu_backward", weight=3)
def test_relu_backward_lets_all_of_it_pass_or_nothing(student):
    """Negative signals pass, too, and neither their size nor that of the sums matters"""
    dh, s = np.array([[5.0, -5.0, 5.0], [-0.1, 0.1, -7.0]]), np.array([[0.3, 2.0, -2.0], [1e-9, -1e-9, -4.0]])
    assert student.relu_backward(dh, s) == close([[5.0, -5.0, 0.0], [-0.1, 0.0, 0.0]])
    assert student.relu_backward(dh[0], s[0]) == close([5.0, -5.0, 0.0])


@pytest.mark.task("relu_backward", edge=True)
def test_relu_backward_at_the_corner(student):
    """At a sum of exactly 0 the derivative counts as 0, and nothing passes; whole numbers may be lists"""
    assert student.relu_backward([[1, -2], [3, 4]], [[0, 0], [1, 0]]) == close([[0, 0], [3, 0]])


@pytest.mark.task("relu_backward", edge=True)
def test_relu_backward_refuses_different_shapes(student):
    """A row for a whole batch, and the other way round, is a ValueError: NumPy would stretch it"""
    for dh, s in (((4, 3), (3,)), ((3,), (4, 3)), ((4, 3), (4, 1))):
        with pytest.raises(ValueError):
            student.relu_backward(np.ones(dh), np.ones(s))


def error_of(student, logits, y):
    results = student.softmax_cross_entropy(logits, y)
    assert len(results) == 2, "softmax_cross_entropy returns two things: `return loss, dlogits`"
    return results


@pytest.mark.task("softmax_cross_entropy")
def test_softmax_cross_entropy_of_the_handout(student):
    """Probabilities (3/4, 1/4), class 1: the loss is ln 4, the error signal (3/4, -3/4)"""
    loss, dlogits = error_of(student, LOGITS, Y)
    assert loss == close(np.log(4))
    assert dlogits == close(DLOGITS)


@pytest.mark.task("softmax_cross_entropy", weight=4)
def test_softmax_cross_entropy_of_two_samples_and_three_classes(student):
    """The true classes have the probabilities 8/25 and 4/7; the error signal has the 1/N of a mean over two samples"""
    loss, dlogits = error_of(student, TWO_LOGITS, TWO_Y)
    assert loss == close((np.log(25 / 8) + np.log(7 / 4)) / 2)
    assert dlogits == close(TWO_DLOGITS)


@pytest.mark.task("softmax_cross_entropy", weight=2)
def test_softmax_cross_entropy_is_a_mean(student):
    """Probabilities 1/2 and 3/4 of the true classes; when each sample stands twice, each has half of the gradient"""
    logits, y = np.array([[0.0, 0.0], [LN3, 0.0]]), [1, 0]
    expected, slope = (np.log(2) + np.log(4 / 3)) / 2, np.array([[0.25, -0.25], [-0.125, 0.125]])
    loss, dlogits = error_of(student, logits, y)
    assert loss == close(expected)
    assert dlogits == close(slope)
    loss, dlogits = error_of(student, np.vstack([logits, logits]), [*y, *y])
    assert loss == close(expected)
    assert dlogits == close(np.vstack([slope, slope]) / 2)


@pytest.mark.task("softmax_cross_entropy", weight=2)
def test_softmax_cross_entropy_survives_large_logits(student):
    """A row around -1000 is like one around 0; logits of 2000 and 0 are certain: right costs nothing, wrong a lot"""
    loss, dlogits = error_of(student, [[-1000.0, -1000.0, LN2 - 1000.0], [1000.0, 1000.0, 1000.0 + LN2]], [0, 2])
    assert loss == close((np.log(4) + np.log(2)) / 2)
    assert dlogits == close([[-3 / 8, 1 / 8, 1 / 4], [1 / 8, 1 / 8, -1 / 4]])
    right, dlogits = error_of(student, [[2000.0, 0.0]], [0])
    assert right == close(0.0, atol=1e-6)
    assert dlogits == close([[0.0, 0.0]])
    wrong, dlogits = error_of(student, [[2000.0, 0.0]], [1])
    assert dlogits == close([[1.0, -1.0]])
    assert 10 < float(wrong) < np.inf, f"certain and wrong must cost much, but not infinity: the loss is {wrong}"


@pytest.mark.task("softmax_cross_entropy", edge=True)
def test_softmax_cross_entropy_of_lists(student):
    """Logits may be lists of whole numbers"""
    loss, dlogits = error_of(student, [[0, 0], [5, 5]], [1, 1])
    assert loss == close(LN2)
    assert dlogits == close([[1 / 4, -1 / 4], [1 / 4, -1 / 4]])


@pytest.mark.task("softmax_cross_entropy", edge=True)
def test_softmax_cross_entropy_refuses_an_unknown_class(student):
    """Class 3 of three classes is a ValueError, and so is -1, which NumPy takes for the last one"""
    for y in ([1, 3], [1, -1]):
        with pytest.raises(ValueError):
            student.softmax_cross_entropy(TWO_LOGITS, y)


@pytest.mark.task("softmax_cross_entropy", edge=True)
def test_softmax_cross_entropy_refuses_different_lengths(student):
    """Two samples and one label, or three, and no samples are a ValueError"""
    for logits, y in ((TWO_LOGITS, [1]), (TWO_LOGITS, [1, 2, 0]), (TWO_LOGITS[:0], [])):
        with pytest.raises(ValueError):
            student.softmax_cross_entropy(logits, np.array(y, dtype=int))


def results_of(student, params, x):
    results = student.forward(params, x)
    two = isinstance(results, tuple | list) and len(results) == 2
    assert two, "forward returns two things, the logits and a cache: `return logits, cache`"
    return results


@pytest.mark.task("forward")
def test_forward_of_the_handout(student):
    """Hidden layer (0, 1), logits (ln 3, 0)"""
    logits, _ = results_of(student, PARAMS, X)
    assert logits == close(LOGITS)


@pytest.mark.task("forward", weight=4)
def test_forward_of_three_classes(student):
    """With biases, three classes and two samples, and with a layer in between that changes nothing"""
    logits, _ = results_of(student, NETWORK, TWO_X)
    assert logits == close(TWO_LOGITS)
    logits, _ = results_of(student, DEEPER, TWO_X)
    assert logits == close(TWO_LOGITS)


@pytest.mark.task("forward", weight=2)
def test_forward_of_hidden_layers_that_sleep(student):
    """Every hidden layer has a ReLU, which sees the sum with its bias, and the last layer has none"""
    params = [([[1.0]], [-3.0]), ([[-1.0]], [1.0]), ([[-2.0]], [-1.0])]
    params = [(np.array(W), np.array(b)) for W, b in params]
    logits, _ = results_of(student, params, [[2.0], [3.5], [6.0]])  # sums -1, 0.5, 3; then 1, 0.5, -2
    assert logits == close([[-3.0], [-2.0], [-1.0]])


@pytest.mark.task("forward", edge=True)
def test_forward_of_a_list(student):
    """The inputs may be lists of whole numbers"""
    logits, _ = results_of(student, NETWORK, [[1, 1], [-2, 1]])
    assert logits == close(TWO_LOGITS)


@pytest.mark.task("forward", edge=True)
def test_forward_refuses_inputs_that_do_not_fit(student):
    """One feature, or three, where the network has two, and no samples are a ValueError"""
    for x in (np.ones((4, 1)), np.ones((4, 3)), np.empty((0, 2))):
        with pytest.raises(ValueError):
            student.forward(NETWORK, x)


def gradients_of(student, params, x, dlogits):
    _, cache = results_of(student, params, x)
    return student.backward(params, cache, dlogits)


@pytest.mark.task("backward", weight=2)
def test_backward_of_the_handout(student):
    """Both layers, in the order of the parameters"""
    (first_dW, first_db), (last_dW, last_db) = gradients_of(student, PARAMS, X, DLOGITS)
    arrives = 0.75 * LN3
    assert last_dW == close([[0.0, 0.0], [0.75, -0.75]])
    assert last_db == close([0.75, -0.75])
    assert first_dW == close([[0.0, arrives], [0.0, 2 * arrives]])
    assert first_db == close([0.0, arrives])


@pytest.mark.task("backward", weight=3)
def test_backward_of_two_samples_and_three_classes(student):
    """The error signals are (16, -17, 1) / 50 and (1, 2, -3) / 14, and the gradients of both samples are added"""
    (first_dW, first_db), (last_dW, last_db) = gradients_of(student, NETWORK, TWO_X, TWO_DLOGITS)
    assert last_dW == close(LAST[0])
    assert last_db == close(LAST[1])
    assert first_dW == close(FIRST[0])
    assert first_db == close(FIRST[1])


@pytest.mark.task("backward", weight=3)
def test_backward_through_three_layers(student):
    """A layer in between that changes nothing (ones on its diagonal) passes on what arrives at it"""
    (first_dW, first_db), (dW, db), (last_dW, last_db) = gradients_of(student, DEEPER, TWO_X, TWO_DLOGITS)
    assert last_dW == close(LAST[0])
    assert last_db == close(LAST[1])
    assert dW == close(np.diag(2 * AWAKE))
    assert db == close(AWAKE)
    assert first_dW == close(FIRST[0])
    assert first_db == close(FIRST[1])


@pytest.mark.task("backward", weight=2)
def test_backward_without_a_hidden_layer(student):
    """One layer; the signal is one that nobody expects of a softmax: any error will do"""
    params, x = logits([-1.0, 2.0], [LN3, -4.0])
    ((dW, db),) = gradients_of(student, params, x, [[3.0, -1.0], [2.0, 5.0]])
    assert dW == close([[3.0, -1.0], [2.0, 5.0]])
    assert db == close([5.0, 4.0])


@pytest.mark.task("backward", edge=True)
def test_backward_at_the_corner(student):
    """Both hidden sums of (1, 1) are exactly 0: the derivative counts as 0 there, and nothing passes"""
    dW, db = gradients_of(student, PARAMS, [[1.0, 1.0]], DLOGITS)[0]
    assert dW == close(np.zeros((2, 2)))
    assert db == close(np.zeros(2))


@pytest.mark.task("backward", edge=True)
def test_backward_leaves_the_cache_alone(student):
    """The same cache twice, and another forward pass in between: the gradient stays the same"""
    _, cache = results_of(student, NETWORK, TWO_X)
    for _ in range(2):
        _, (dW, db) = student.backward(NETWORK, cache, TWO_DLOGITS)
        assert dW == close(LAST[0])
        assert db == close(LAST[1])
        student.forward(NETWORK, -TWO_X[:1])


@pytest.mark.task("backward", edge=True)
def test_backward_refuses_another_shape(student):
    """A signal for one sample, or three, where the cache has two; for two classes, or four, of three: a ValueError"""
    _, cache = results_of(student, NETWORK, TWO_X)
    for shape in ((1, 3), (3, 3), (2, 2), (2, 4)):
        with pytest.raises(ValueError):
            student.backward(NETWORK, cache, np.ones(shape))


def x_squared_and_3_x_y(theta):
    x, y = theta
    return x**2 + 3 * x * y


@pytest.mark.task("check_gradient")
def test_check_gradient_of_the_handout(student):
    """x^2 + 3xy has the slopes 7 and 6 at (2, 1). Given (7, 3): the second one is half of what it should be"""
    assert student.check_gradient(x_squared_and_3_x_y, np.array([2.0, 1.0]), [7.0, 3.0]) == close([0, 0.5], atol=1e-6)


@pytest.mark.task("check_gradient", weight=2)
def test_check_gradient_is_relative_to_the_larger_one(student):
    """Slopes of 4: twice as much, half as much, the wrong sign, and 0; half of a slope of -4; 4 where the slope is 0"""
    weights = np.array([[4.0, 4.0, 4.0], [4.0, -4.0, 0.0]])
    given = [[8.0, 2.0, -4.0], [0.0, -2.0, 4.0]]
    errors = student.check_gradient(lambda theta: float(np.sum(weights * theta)), np.ones((2, 3)), given)
    assert errors == close([[0.5, 0.5, 2.0], [1.0, 0.5, 1.0]], atol=1e-6)


@pytest.mark.task("check_gradient", weight=2)
def test_check_gradient_looks_to_both_sides(student):
    """x^3 at 1 with h = 1/2: (1.5^3 - 0.5^3) / 1 = 3.25, and 13 is four times as much"""
    errors = student.check_gradient(lambda theta: float(np.sum(theta**3)), [1.0, -1.0], [13.0, 3.25], h=0.5)
    assert errors == close([0.75, 0.0])


@pytest.mark.task("check_gradient", weight=2)
def test_check_gradient_moves_each_element_alone(student):
    """xyz at (2, 3, 5) has the slopes 15, 10 and 6, with any h"""
    errors = student.check_gradient(lambda theta: float(np.prod(theta)), [2.0, 3.0, 5.0], [15.0, 10.0, 6.0], h=1.0)
    assert errors == close(np.zeros(3))


@pytest.mark.task("check_gradient")
def test_check_gradient_of_what_is_practically_zero(student):
    """Where nothing depends on theta the right gradient has no error; 2/100,000 is a fifth of what counts"""
    errors = student.check_gradient(lambda theta: 7.0, np.zeros((1, 2)), [[0.0, 2e-5]])
    assert errors == close([[0.0, 0.2]])


@pytest.mark.task("check_gradient", weight=2)
def test_check_gradient_of_the_handouts_network(student):
    """The gradient of the first layer, right, and as it would be if nobody had been asleep"""

    def loss(W):
        s = np.maximum(X @ W, 0) @ PARAMS[1][0]
        return float(np.log(np.exp(s).sum()) - s[0, 1])

    arrives = 0.75 * LN3
    errors = student.check_gradient(loss, PARAMS[0][0], [[0.0, arrives], [0.0, 2 * arrives]])
    assert errors == close(np.zeros((2, 2)), atol=1e-6)
    errors = student.check_gradient(loss, PARAMS[0][0], [[-0.75, arrives], [-1.5, 2 * arrives]])
    assert errors == close([[1.0, 0.0], [1.0, 0.0]], atol=1e-6)


@pytest.mark.task("check_gradient", edge=True)
def test_check_gradient_at_whole_numbers(student):
    """Whole numbers, and a single number, are moved by fractions as well: x^2 has the slope 6 at 3"""

    def square(theta):
        return float(np.sum(np.square(theta)))

    assert student.check_gradient(square, [3, -1], [6, 2]) == close([0, 2], atol=1e-6)
    assert student.check_gradient(square, 3, 12) == close(0.5, rtol=1e-6)


@pytest.mark.task("check_gradient", edge=True)
def test_check_gradient_refuses_another_shape(student):
    """A row of slopes for a matrix, one for three numbers, three for one: a ValueError, NumPy would stretch them"""
    for theta, gradient in (((2, 3), (3,)), ((3,), (1,)), ((1,), (3,)), ((2, 3), (3, 2))):
        with pytest.raises(ValueError):
            student.check_gradient(lambda theta: float(np.sum(theta)), np.ones(theta), np.ones(gradient))


@pytest.mark.task("train", weight=2)
def test_train_gives_parameters_and_one_loss_per_epoch(student):
    """Three epochs: three losses, and parameters of the shapes asked for"""
    params, losses = student.train(XOR_X, XOR_Y, [2, 4, 2], 3, 0.1, 2, rng())
    assert [(np.shape(W), np.shape(b)) for W, b in params] == [((2, 4), (4,)), ((4, 2), (2,))], "wrong shapes"
    assert np.shape(losses) == (3,), "one loss per epoch is expected"


@pytest.mark.task("train", weight=5)
def test_train_takes_one_step_after_the_other(student):
    """From biases of 0, p = (1/2, 1/2): a rate of ln 3 steps by ln 3 / 2; then p = (3/4, 1/4), and by ln 3 / 4"""
    assert biases_after(student, [0, 0, 0, 0], 1, LN3, 4) == close([LN3 / 2, -LN3 / 2])
    assert biases_after(student, [0, 0, 0, 0], 2, LN3, 4) == close([LN3 * 3 / 4, -LN3 * 3 / 4])
    assert biases_after(student, [0, 0, 0, 0], 1, LN3, 99) == close([LN3 / 2, -LN3 / 2])


@pytest.mark.task("train", weight=2)
def test_train_steps_after_every_batch(student):
    """Three samples in batches of 2: the second batch has one sample, and its step is the second one"""
    assert biases_after(student, [0, 0, 0], 1, LN3, 2) == close([LN3 * 3 / 4, -LN3 * 3 / 4])
    # One sample of each class, one by one: ln 3 / 2 towards the first, then 3/4 ln 3 towards the other.
    assert np.abs(biases_after(student, [0, 1], 1, LN3, 1)) == close([LN3 / 4, LN3 / 4])


@pytest.mark.task("train", weight=2)
def test_train_visits_every_sample_once(student):
    """Three of four samples are of class 0, in every epoch: one step from p = (1/2, 1/2) towards (3/4, 1/4)"""
    for seed in range(10):
        assert biases_after(student, [0, 1, 0, 0], 1, 1.0, 4, seed) == close([1 / 4, -1 / 4])


@pytest.mark.task("train", weight=6)
def test_train_keeps_the_pairs(student):
    """Four samples, one for each input, learned by heart: each gets its own label, in whatever order they came"""
    for seed in range(5):
        ((W, b),), _ = student.train(np.eye(4), [2, 0, 1, 0], [4, 3], 100, 1.0, 2, rng(seed))
        assert (np.asarray(W) + b).argmax(axis=1) == exactly([2, 0, 1, 0])


@pytest.mark.task("train")
def test_train_draws_a_new_order_for_each_epoch(student):
    """Two samples, two epochs: the second order is that of the first or the other one, which ends elsewhere"""
    ends = [biases_after(student, [0, 1], 2, LN3, 1, seed) for seed in range(20)]
    assert len({b[0] > 0 for b in ends}) == 2, "one and the same sample is always the last"
    distances = {round(abs(float(b[0])), 6) for b in ends}
    assert len(distances) == 2, f"two epochs of two samples end in two ways, not in {len(distances)}"


@pytest.mark.task("train", weight=2)
def test_train_gives_the_mean_loss_of_each_epoch(student):
    """While nothing moves, all epochs have the same loss, whichever batch came last; of p = (1/2, 1/2) it is ln 2"""
    _, losses = student.train(np.eye(8), [0, 1] * 4, [8, 2], 5, TINY, 2, rng())
    losses = np.array([float(loss) for loss in losses])
    assert losses == close(np.full(5, losses[0]), rtol=1e-5)
    _, losses = student.train(np.zeros((8, 1)), [0, 1] * 4, [1, 2], 3, TINY, 2, rng())
    assert np.array([float(loss) for loss in losses]) == close(np.full(3, LN2), rtol=1e-5)


@pytest.mark.task("train", weight=4)
def test_train_learns_xor(student):
    """What no perceptron learns: the loss of XOR falls below 0.05"""
    _, losses = student.train(XOR_X, XOR_Y, [2, 32, 2], 300, 0.5, 4, rng(1))
    assert losses[-1] < 0.05, f"the last loss is {losses[-1]:.3f}"


@pytest.mark.task("train", edge=True)
def test_train_comes_from_rng(student):
    """The same generator gives the same network, another one another"""
    first, again, other = (
        np.asarray(student.train(XOR_X, XOR_Y, [2, 3, 2], 2, 0.1, 2, rng(seed))[0][0][0]) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again), "two generators with the same seed gave different networks"
    assert not np.allclose(first, other), "two generators with different seeds gave the same network"


@pytest.mark.task("train", edge=True)
def test_train_on_lists_with_more_classes_than_units(student):
    """Samples and labels may be lists, and there may be more classes than features or hidden units"""
    params, losses = student.train([[0, 1], [1, 0], [1, 1], [0, 0]], [0, 1, 2, 3], [2, 3, 4], 2, 0.1, 3, rng())
    assert [np.shape(W) for W, _ in params] == [(2, 3), (3, 4)], "wrong shapes"
    assert all(0 <= float(loss) < np.inf for loss in losses), "a loss is not finite"


@pytest.mark.task("train", edge=True, weight=5)
def test_train_refuses_what_does_not_fit(student):
    """Different lengths, no samples, an unknown class, another number of features, and empty batches: ValueError"""
    cases = [(XOR_X, XOR_Y[:3], 2), (XOR_X, XOR_Y[:1], 2), (XOR_X[:0], XOR_Y[:0], 2), (XOR_X, [0, 1, 2, 0], 2)]
    cases += [(XOR_X, [0, 1, -1, 0], 2), (XOR_X[:, :1], XOR_Y, 2), (XOR_X, XOR_Y, 0), (XOR_X, XOR_Y, -1)]
    for x, y, batch_size in cases:
        with pytest.raises(ValueError):
            student.train(x, y, [2, 4, 2], 1, 0.1, batch_size, rng())


@pytest.mark.task("predict")
def test_predict_of_the_handout(student):
    """Class 0 has the probability 3/4"""
    assert student.predict(PARAMS, X) == exactly([0])


@pytest.mark.task("predict", weight=3)
def test_predict_of_three_classes(student):
    """The probabilities 16, 8 and 1 of 25, and 1, 2 and 4 of 7; a sample is of the same class alone"""
    assert student.predict(NETWORK, TWO_X) == exactly([0, 2])
    assert student.predict(NETWORK, TWO_X[1:]) == exactly([2])


@pytest.mark.task("predict", weight=3)
def test_predict_chooses_for_each_sample(student):
    """The largest logit of each row, also among negative ones, and far from 0"""
    rows = [[0.1, 0.3, 0.2], [-1.0, -3.0, -2.0], [5.0, 0.0, 9.0], [-2000.0, -1999.0, -2001.0]]
    assert student.predict(*logits(*rows)) == exactly([1, 0, 2, 1])


@pytest.mark.task("predict", edge=True)
def test_predict_refuses_inputs_that_do_not_fit(student):
    """One feature, or three, where the network has two, and no samples are a ValueError"""
    for x in (np.ones((4, 1)), np.ones((4, 3)), np.empty((0, 2))):
        with pytest.raises(ValueError):
            student.predict(NETWORK, x)

"""Visible tests of ex07: run `pytest exercises/ex07_backprop` while you work."""

import numpy as np
import pytest

from grader.compare import close, exactly, share

LN2, LN3 = np.log(2), np.log(3)

# The running example of the handout: two inputs, two hidden units, two classes, one sample of class 1.
PARAMS = [
    (np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0.0, 0.0])),
    (np.array([[1.0, 2.0], [LN3, 0.0]]), np.array([0.0, 0.0])),
]
X, Y = np.array([[1.0, 2.0]]), np.array([1])

# A second one, with biases, three classes and two samples. Hidden sums (2, -1) and (-1, 2): in each sample another unit
# is asleep. Logits -ln 2 times (1, 2, 5) and (5, 4, 3): all of them are negative. Powers 16 : 8 : 1 and 1 : 2 : 4.
NETWORK = [
    (np.array([[1.0, -1.0], [1.0, 1.0]]), np.array([0.0, -1.0])),
    (np.array([[LN2, 0.0, -LN2], [-LN2, -LN2, 0.0]]), np.array([-3 * LN2, -2 * LN2, -3 * LN2])),
]
TWO_X, TWO_Y = np.array([[1.0, 1.0], [-2.0, 1.0]]), np.array([1, 2])
TWO_P = [[16 / 25, 8 / 25, 1 / 25], [1 / 7, 2 / 7, 4 / 7]]
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


def results_of(student, params, x):
    results = student.forward(params, x)
    two = isinstance(results, tuple | list) and len(results) == 2
    assert two, "forward returns two things, the probabilities and a cache: `return probabilities, cache`"
    return results


@pytest.mark.task("forward")
def test_forward_of_the_handout(student):
    """Hidden layer (0, 1), logits (ln 3, 0), probabilities (3/4, 1/4)"""
    probabilities, _ = results_of(student, PARAMS, X)
    assert probabilities == share([[0.75, 0.25]])


@pytest.mark.task("forward", weight=4)
def test_forward_of_three_classes(student):
    """With biases, three classes and two samples: the powers of 2 are 16 : 8 : 1 and 1 : 2 : 4"""
    probabilities, _ = results_of(student, NETWORK, TWO_X)
    assert probabilities == share(TWO_P)


@pytest.mark.task("forward", weight=2)
def test_forward_of_negative_logits(student):
    """The last layer has no ReLU: -1 - ln 3 and -1 are like 0 and ln 3, and each row is a softmax of its own"""
    probabilities, _ = results_of(student, *logits([-1.0 - LN3, -1.0], [-5.0, -5.0 - LN2]))
    assert probabilities == share([[1 / 4, 3 / 4], [2 / 3, 1 / 3]])


@pytest.mark.task("forward")
def test_forward_survives_large_logits(student):
    """Logits of 1000 and 0: certain, not NaN; a row around -1000 is like one around 0"""
    probabilities, _ = results_of(student, *logits([1000.0, 0.0, 0.0], [-1000.0, -1000.0, LN2 - 1000.0]))
    assert probabilities == share([[1, 0, 0], [1 / 4, 1 / 4, 1 / 2]])


@pytest.mark.task("forward", edge=True)
def test_forward_of_a_list(student):
    """The inputs may be lists of whole numbers"""
    probabilities, _ = results_of(student, NETWORK, [[1, 1], [-2, 1]])
    assert probabilities == share(TWO_P)


@pytest.mark.task("forward", edge=True)
def test_forward_refuses_inputs_that_do_not_fit(student):
    """One feature, or three, where the network has two, and no samples are a ValueError"""
    for x in (np.ones((4, 1)), np.ones((4, 3)), np.empty((0, 2))):
        with pytest.raises(ValueError):
            student.forward(NETWORK, x)


@pytest.mark.task("loss")
def test_loss_of_the_handout(student):
    """The true class has the probability 1/4: ln 4"""
    assert student.loss(PARAMS, X, Y) == close(np.log(4))


@pytest.mark.task("loss", weight=2)
def test_loss_of_three_classes(student):
    """The true classes have the probabilities 8/25 and 4/7"""
    assert student.loss(NETWORK, TWO_X, TWO_Y) == close((np.log(25 / 8) + np.log(7 / 4)) / 2)


@pytest.mark.task("loss")
def test_loss_is_a_mean(student):
    """Probabilities 1/2 and 3/4 of the true classes, once and twice"""
    params, x = logits([0.0, 0.0], [LN3, 0.0])
    expected = (np.log(2) + np.log(4 / 3)) / 2
    assert student.loss(params, x, [1, 0]) == close(expected)
    assert student.loss(params, np.vstack([x, x]), [1, 0, 1, 0]) == close(expected)


@pytest.mark.task("loss")
def test_loss_of_a_certain_prediction(student):
    """Logits of 2000 and 0: certain and right costs nothing, certain and wrong much, but not infinity"""
    certain, sample = logits([2000.0, 0.0])
    right = student.loss(certain, sample, [0])
    assert right == close(0.0, atol=1e-6)
    costs = float(student.loss(certain, sample, [1]))
    assert 10 < costs < np.inf, f"certain and wrong must cost much, but not infinity: the loss is {costs}"


@pytest.mark.task("loss", edge=True)
def test_loss_refuses_an_unknown_class(student):
    """Class 3 of three classes is a ValueError, and so is -1, which NumPy takes for the last one"""
    for y in ([1, 3], [1, -1]):
        with pytest.raises(ValueError):
            student.loss(NETWORK, TWO_X, y)


@pytest.mark.task("loss", edge=True)
def test_loss_refuses_different_lengths(student):
    """Two samples and one label, or three, and no samples are a ValueError"""
    for x, y in ((TWO_X, [1]), (TWO_X, [1, 2, 0]), (TWO_X[:0], [])):
        with pytest.raises(ValueError):
            student.loss(NETWORK, x, np.array(y, dtype=int))


def gradients_of(student, params, x, y):
    _, cache = results_of(student, params, x)
    return student.backward(params, cache, y)


@pytest.mark.task("backward")
def test_backward_of_the_handout_last_layer(student):
    """The error signal is (3/4, -3/4); only the second hidden unit was awake"""
    dW, db = gradients_of(student, PARAMS, X, Y)[1]
    assert dW == close([[0.0, 0.0], [0.75, -0.75]])
    assert db == close([0.75, -0.75])


@pytest.mark.task("backward")
def test_backward_of_the_handout_first_layer(student):
    """What arrives at the sleeping hidden unit goes no further"""
    dW, db = gradients_of(student, PARAMS, X, Y)[0]
    arrives = 0.75 * LN3
    assert dW == close([[0.0, arrives], [0.0, 2 * arrives]])
    assert db == close([0.0, arrives])


@pytest.mark.task("backward", weight=3)
def test_backward_of_two_samples_and_three_classes(student):
    """The error signals are (16, -17, 1) / 50 and (1, 2, -3) / 14: a mean over two samples"""
    (first_dW, first_db), (last_dW, last_db) = gradients_of(student, NETWORK, TWO_X, TWO_Y)
    assert last_dW == close(LAST[0])
    assert last_db == close(LAST[1])
    assert first_dW == close(FIRST[0])
    assert first_db == close(FIRST[1])


@pytest.mark.task("backward", weight=3)
def test_backward_through_three_layers(student):
    """A layer in between that changes nothing (ones on its diagonal) passes on what arrives at it"""
    params = [NETWORK[0], (np.eye(2), np.zeros(2)), NETWORK[1]]
    (first_dW, first_db), (dW, db), (last_dW, last_db) = gradients_of(student, params, TWO_X, TWO_Y)
    assert last_dW == close(LAST[0])
    assert last_db == close(LAST[1])
    assert dW == close(np.diag(2 * AWAKE))
    assert db == close(AWAKE)
    assert first_dW == close(FIRST[0])
    assert first_db == close(FIRST[1])


@pytest.mark.task("backward", weight=2)
def test_backward_of_a_batch_that_stands_twice(student):
    """The gradient of a mean does not change when every sample stands twice"""
    params, x = logits([0.0, 0.0], [LN3, 0.0])
    ((dW, db),) = gradients_of(student, params, np.vstack([x, x]), [1, 1, 1, 1])
    assert dW == close([[0.25, -0.25], [0.375, -0.375]])
    assert db == close([0.625, -0.625])


@pytest.mark.task("backward", edge=True)
def test_backward_at_the_corner(student):
    """Both hidden sums of (1, 1) are exactly 0: the derivative counts as 0 there, and nothing passes"""
    dW, db = gradients_of(student, PARAMS, [[1.0, 1.0]], Y)[0]
    assert dW == close(np.zeros((2, 2)))
    assert db == close(np.zeros(2))


@pytest.mark.task("backward", edge=True)
def test_backward_leaves_the_cache_alone(student):
    """The same cache twice, and another forward pass in between: the gradient stays the same"""
    _, cache = results_of(student, NETWORK, TWO_X)
    for _ in range(2):
        _, (dW, db) = student.backward(NETWORK, cache, TWO_Y)
        assert dW == close(LAST[0])
        assert db == close(LAST[1])
        student.forward(NETWORK, -TWO_X[:1])


@pytest.mark.task("backward", edge=True)
def test_backward_refuses_labels_that_do_not_fit(student):
    """Two samples and one label, or three; class 3 of three classes, and class -1: a ValueError"""
    _, cache = results_of(student, NETWORK, TWO_X)
    for y in ([1], [1, 2, 0], [1, 3], [1, -1]):
        with pytest.raises(ValueError):
            student.backward(NETWORK, cache, y)


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

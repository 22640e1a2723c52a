"""Visible tests of ex07: run `pytest exercises/ex07_backprop` while you work."""

import numpy as np
import pytest

from grader.compare import close, exactly

# The running example of the handout: two inputs, two hidden units, two classes, one sample of class 1.
PARAMS = [
    (np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0.0, 0.0])),
    (np.array([[1.0, 2.0], [np.log(3), 0.0]]), np.array([0.0, 0.0])),
]
X, Y = np.array([[1.0, 2.0]]), np.array([1])

XOR_X, XOR_Y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def logits(*rows):
    """Parameters and inputs of a network whose logits are exactly `rows`."""
    return [(np.array(rows, dtype=float), np.zeros(len(rows[0])))], np.eye(len(rows))


@pytest.mark.task("init_params")
def test_init_params_has_one_pair_per_connection(student):
    """Weights are (inputs, outputs), biases are zeros"""
    params = student.init_params([3, 5, 2], np.random.default_rng(0))
    assert [np.shape(W) for W, _ in params] == [(3, 5), (5, 2)], "the shapes of the weights are (3, 5) and (5, 2)"
    for (_, b), outputs in zip(params, (5, 2), strict=True):
        assert b == close(np.zeros(outputs))


@pytest.mark.task("init_params")
def test_init_params_spreads_the_weights_as_he_says(student):
    """With 200 inputs the standard deviation is about sqrt(2 / 200) = 0.1"""
    ((W, _),) = student.init_params([200, 100], np.random.default_rng(0))
    assert 0.08 < np.std(W) < 0.115, f"the standard deviation is {np.std(W):.3f}"


@pytest.mark.task("init_params", edge=True)
def test_init_params_refuses_a_single_size(student):
    """A network of one size is a ValueError"""
    with pytest.raises(ValueError):
        student.init_params([3], np.random.default_rng(0))


@pytest.mark.task("forward")
def test_forward_of_the_handout(student):
    """Hidden layer (0, 1), logits (ln 3, 0), probabilities (3/4, 1/4)"""
    probabilities, _ = student.forward(PARAMS, X)
    assert probabilities == close([[0.75, 0.25]])


@pytest.mark.task("forward")
def test_forward_without_hidden_layer(student):
    """Equal logits share the probability, also when they are negative"""
    probabilities, _ = student.forward(*logits([-1.0, -1.0, -1.0, -1.0]))
    assert probabilities == close([[0.25, 0.25, 0.25, 0.25]])


@pytest.mark.task("forward")
def test_forward_survives_large_logits(student):
    """Logits of 1000 and 0: certain, not NaN"""
    probabilities, _ = student.forward(*logits([1000.0, 0.0]))
    assert probabilities == close([[1.0, 0.0]])


@pytest.mark.task("loss")
def test_loss_of_the_handout(student):
    """The true class has the probability 1/4: ln 4"""
    assert student.loss(PARAMS, X, Y) == close(np.log(4))


@pytest.mark.task("loss")
def test_loss_is_a_mean(student):
    """Probabilities 1/2 and 3/4 of the true classes"""
    params, x = logits([0.0, 0.0], [np.log(3), 0.0])
    assert student.loss(params, x, [1, 0]) == close((np.log(2) + np.log(4 / 3)) / 2)


@pytest.mark.task("loss", edge=True)
def test_loss_refuses_an_unknown_class(student):
    """Class 2 of two classes is a ValueError"""
    with pytest.raises(ValueError):
        student.loss(PARAMS, X, [2])


@pytest.mark.task("backward")
def test_backward_of_the_handout_last_layer(student):
    """The error signal is (3/4, -3/4); only the second hidden unit was awake"""
    _, cache = student.forward(PARAMS, X)
    dW, db = student.backward(PARAMS, cache, Y)[1]
    assert dW == close([[0.0, 0.0], [0.75, -0.75]])
    assert db == close([0.75, -0.75])


@pytest.mark.task("backward")
def test_backward_of_the_handout_first_layer(student):
    """What arrives at the sleeping hidden unit goes no further"""
    _, cache = student.forward(PARAMS, X)
    dW, db = student.backward(PARAMS, cache, Y)[0]
    arrives = 0.75 * np.log(3)
    assert dW == close([[0.0, arrives], [0.0, 2 * arrives]])
    assert db == close([0.0, arrives])


@pytest.mark.task("backward")
def test_backward_of_a_batch_that_stands_twice(student):
    """The gradient of a mean does not change when every sample stands twice"""
    params, x = logits([0.0, 0.0], [np.log(3), 0.0])
    _, cache = student.forward(params, np.vstack([x, x]))
    ((dW, db),) = student.backward(params, cache, [1, 1, 1, 1])
    assert dW == close([[0.25, -0.25], [0.375, -0.375]])
    assert db == close([0.625, -0.625])


@pytest.mark.task("train")
def test_train_gives_parameters_and_one_loss_per_epoch(student):
    """Three epochs: three losses, and parameters of the shapes asked for"""
    params, losses = student.train(XOR_X, XOR_Y, [2, 4, 2], 3, 0.1, 2, np.random.default_rng(0))
    assert [(np.shape(W), np.shape(b)) for W, b in params] == [((2, 4), (4,)), ((4, 2), (2,))], "wrong shapes"
    assert np.shape(losses) == (3,), "one loss per epoch is expected"


@pytest.mark.task("train")
def test_train_learns_xor(student):
    """What no perceptron learns: the loss of XOR falls below 0.05"""
    _, losses = student.train(XOR_X, XOR_Y, [2, 32, 2], 300, 0.5, 4, np.random.default_rng(1))
    assert losses[-1] < 0.05, f"the last loss is {losses[-1]:.3f}"


@pytest.mark.task("train", edge=True)
def test_train_refuses_different_lengths(student):
    """Four samples and three labels are a ValueError"""
    with pytest.raises(ValueError):
        student.train(XOR_X, XOR_Y[:3], [2, 4, 2], 1, 0.1, 2, np.random.default_rng(0))


@pytest.mark.task("predict")
def test_predict_of_the_handout(student):
    """Class 0 has the probability 3/4"""
    assert student.predict(PARAMS, X) == exactly([0])


@pytest.mark.task("predict")
def test_predict_chooses_for_each_sample(student):
    """The largest logit of each row"""
    assert student.predict(*logits([0.1, 0.3, 0.2], [-1.0, -3.0, -2.0], [5.0, 0.0, 9.0])) == exactly([1, 0, 2])

"""Hidden tests of ex11: recurrent networks read a word at a time."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close

TEXTS, WORDS, INPUTS, UNITS = 3, 5, 4, 3
NEAR = {"rtol": 1e-5, "atol": 1e-5}  # Keras computes in float32


def some_texts(rng):
    """Vectors of words, `(texts, words, inputs)`."""
    return rng.normal(size=(TEXTS, WORDS, INPUTS))


def some_weights(rng, columns):
    """W, U and b, with biases that are not 0."""
    return rng.normal(0, 0.7, (INPUTS, columns)), rng.normal(0, 0.7, (UNITS, columns)), rng.normal(0, 0.5, columns)


def read_by_keras(layer, weights, texts):
    """What `layer` with these weights returns for the texts; on the CPU, since GPUs multiply roughly."""
    with keras.device("cpu:0"):
        layer.build(texts.shape)
        layer.set_weights(list(weights))
        outputs = layer(keras.ops.convert_to_tensor(texts.astype("float32")))
        return [
            keras.ops.convert_to_numpy(part) for part in (outputs if isinstance(outputs, list | tuple) else [outputs])
        ]


# rnn_step


@pytest.mark.task("rnn_step", weight=3)
def test_rnn_reads_as_keras_does(student, rng):
    """Word after word, the states are those of Keras' SimpleRNN with the same weights"""
    texts, weights = some_texts(rng), some_weights(rng, UNITS)
    [states] = read_by_keras(layers.SimpleRNN(UNITS, return_sequences=True), weights, texts)
    h = np.zeros((TEXTS, UNITS))
    for t in range(WORDS):
        h = student.rnn_step(texts[:, t], h, *weights)
        assert h == close(states[:, t], **NEAR)


@pytest.mark.task("rnn_step")
def test_rnn_adds_up_word_state_and_bias(student, rng):
    """The state is the tanh of a sum of three: what the word says, what the old state says, and the bias"""
    x, h, b = rng.uniform(-1, 1, (3, 2))
    W, U = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([[0.0, 1.0], [0.5, 0.0]])
    expected = [[np.tanh(x[0] + h[1] / 2 + b[0]), np.tanh(2 * x[1] + h[0] + b[1])]]
    assert student.rnn_step(x[None], h[None], W, U, b) == close(expected, **NEAR)


@pytest.mark.task("rnn_step")
def test_rnn_without_memory_or_without_word(student, rng):
    """Without weights for the state only the word counts, and without weights for the word only the state"""
    x, h = rng.normal(size=(2, INPUTS)), rng.normal(size=(2, UNITS))
    W, U, b = some_weights(rng, UNITS)
    assert student.rnn_step(x, h, W, 0 * U, 0 * b) == close(np.tanh(np.einsum("nd,dh->nh", x, W)), **NEAR)
    assert student.rnn_step(x, h, 0 * W, U, 0 * b) == close(np.tanh(np.einsum("nk,kh->nh", h, U)), **NEAR)


@pytest.mark.task("rnn_step", edge=True)
def test_rnn_of_a_single_number(student):
    """One text, one number and one unit are enough, and lists are fine"""
    assert student.rnn_step([[2]], [[-1]], [[0.5]], [[1.5]], [0.25]) == close([[np.tanh(-0.25)]], **NEAR)


# lstm_step


def gates(rng):
    """For two units, shares i, f, o and content g, and the sums z that lead to them, in the order i, f, g, o."""
    i, f, o = rng.uniform(0.1, 0.9, (3, 2))
    g = rng.uniform(-0.9, 0.9, 2)
    return (i, f, g, o), np.concatenate([np.log(i / (1 - i)), np.log(f / (1 - f)), np.arctanh(g), np.log(o / (1 - o))])


@pytest.mark.task("lstm_step", weight=4)
def test_lstm_reads_as_keras_does(student, rng):
    """Word after word, states and cells are those of Keras' LSTM with the same weights"""
    texts, weights = some_texts(rng), some_weights(rng, 4 * UNITS)
    layer = layers.LSTM(UNITS, return_sequences=True, return_state=True, use_cudnn=False)
    states, _, cells = read_by_keras(layer, weights, texts)
    h = c = np.zeros((TEXTS, UNITS))
    for t in range(WORDS):
        h, c = student.lstm_step(texts[:, t], h, c, *weights)
        assert h == close(states[:, t], **NEAR)
    assert c == close(cells, **NEAR)


@pytest.mark.task("lstm_step", weight=2)
def test_cell_keeps_and_takes_in(student, rng):
    """Of the old cell the share f is kept, and of the new content the share i is taken in"""
    (i, f, g, _), z = gates(rng)
    c = rng.normal(size=(1, 2))
    weights = np.zeros((INPUTS, 8)), np.zeros((2, 8)), z
    _, cell = student.lstm_step(rng.normal(size=(1, INPUTS)), rng.normal(size=(1, 2)), c, *weights)
    assert cell == close(f * c + i * g, **NEAR)


@pytest.mark.task("lstm_step", weight=2)
def test_state_is_what_is_shown_of_the_cell(student, rng):
    """The new state is the share o of the tanh of the new cell"""
    (i, f, g, o), z = gates(rng)
    c = rng.normal(size=(1, 2))
    weights = np.zeros((INPUTS, 8)), np.zeros((2, 8)), z
    state, _ = student.lstm_step(rng.normal(size=(1, INPUTS)), rng.normal(size=(1, 2)), c, *weights)
    assert state == close(o * np.tanh(f * c + i * g), **NEAR)


@pytest.mark.task("lstm_step")
def test_word_and_state_open_the_gates(student, rng):
    """Each gate adds up what the word says, what the old state says, and its bias"""
    (i, f, g, o), z = gates(rng)
    shares = rng.dirichlet(np.ones(3), size=8).T  # of z, for the word, the state and the bias
    x, h, c = rng.uniform(0.5, 2, (3, 1, 2))
    W = np.vstack([shares[0] * z / x[0, 0], np.zeros(8)])
    U = np.vstack([np.zeros(8), shares[1] * z / h[0, 1]])
    state, cell = student.lstm_step(x, h, c, W, U, shares[2] * z)
    assert cell == close(f * c + i * g, **NEAR)
    assert state == close(o * np.tanh(f * c + i * g), **NEAR)


@pytest.mark.task("lstm_step", edge=True)
def test_lstm_of_a_single_number(student):
    """One text, one number and one unit are enough, and lists are fine"""
    state, cell = student.lstm_step([[1]], [[0]], [[2]], [[0, 0, 0, 0]], [[1, 1, 1, 1]], [0, 0, 0, 0])
    assert cell == close([[1.0]], **NEAR)
    assert state == close([[np.tanh(1) / 2]], **NEAR)

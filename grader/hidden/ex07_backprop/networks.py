"""The graders' own multi-layer perceptron in NumPy: ReLU hidden layers, softmax output, cross-entropy.

Parameters are a list of (W, b), W `(in, out)`. It is written for graders to compare with, and never crosses the wall.
"""

from itertools import pairwise

import numpy as np

from grader.compare import close

ARCHITECTURES = [[3, 4], [3, 6, 4], [3, 6, 5, 4], [3, 5, 6, 4, 3]]


def propagate(params, x):
    """The input of every layer, and the logits of the last."""
    inputs = [np.asarray(x, dtype=float)]
    for W, b in params[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W + b, 0))
    W, b = params[-1]
    return inputs, inputs[-1] @ W + b


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def mean_loss(params, x, y):
    """For moderate logits only."""
    _, logits = propagate(params, x)
    return -np.mean(np.log(softmax(logits)[np.arange(len(y)), y]))


def error_signal(logits, y):
    """How the mean cross-entropy changes with every logit."""
    signal = softmax(logits)
    signal[np.arange(len(y)), y] -= 1
    return signal / len(y)


def gradient(params, x, y):
    """For training only: `backward` is checked against central differences."""
    inputs, logits = propagate(params, x)
    error = error_signal(logits, y)
    found = []
    for (W, _), h in zip(params[::-1], inputs[::-1], strict=True):
        found.insert(0, (h.T @ error, error.sum(axis=0)))
        error = error @ W.T * (h > 0)
    return found


def descend(params, x, y, learning_rate):
    """The parameters after one step of gradient descent on a batch."""
    slopes = gradient(params, x, y)
    return [(W - learning_rate * dW, b - learning_rate * db) for (W, b), (dW, db) in zip(params, slopes, strict=True)]


def trained(x, y, sizes, epochs, learning_rate, batch_size, rng):
    params = [(rng.normal(0, np.sqrt(2 / n), (n, m)), np.zeros(m)) for n, m in pairwise(sizes)]
    for _ in range(epochs):
        for batch in np.split(rng.permutation(len(x)), len(x) // batch_size):
            params = descend(params, x[batch], y[batch], learning_rate)
    return params


def central_differences(f, array, h=1e-5):
    """The numerical gradient of f, a function of one array."""
    slope = np.empty_like(array)
    for i in np.ndindex(array.shape):
        above, below = array.copy(), array.copy()
        above[i] += h
        below[i] -= h
        slope[i] = (f(above) - f(below)) / (2 * h)
    return slope


def numerical_gradients(params, f):
    """The numerical gradient of f, a function of all parameters, with respect to each of them."""

    def slope(layer, part):
        def moved(array):
            changed = [list(pair) for pair in params]
            changed[layer][part] = array
            return f(changed)

        return central_differences(moved, params[layer][part])

    return [(slope(layer, 0), slope(layer, 1)) for layer in range(len(params))]


def network(rng, sizes, samples=7):
    """Random parameters, inputs and labels, with every ReLU well away from its kink."""
    while True:
        params = [(rng.normal(0, 1.2 / np.sqrt(n), (n, m)), rng.normal(0, 0.5, m)) for n, m in pairwise(sizes)]
        x, y = rng.normal(size=(samples, sizes[0])), rng.integers(sizes[-1], size=samples)
        inputs, _ = propagate(params, x)
        sums = [h @ W + b for h, (W, b) in zip(inputs[:-1], params[:-1], strict=True)]
        # Every hidden unit is awake for some samples and asleep for others: masks and their layers matter.
        if all((abs(s) > 1e-3).all() and (s > 0).any(axis=0).all() and (s < 0).any(axis=0).all() for s in sums):
            return params, x, y


def logit_network(logits):
    """Parameters and inputs that give exactly these logits."""
    logits = np.asarray(logits, dtype=float)
    return [(logits, np.zeros(logits.shape[1]))], np.eye(len(logits))


def layers_of(result, sizes):
    """A student's `[(W, b), ...]`, whatever its containers are, with the shapes that `sizes` asks for."""
    layers = [tuple(layer) for layer in result]
    assert len(layers) == len(sizes) - 1, "one pair per two neighbouring layers is expected"
    assert all(len(layer) == 2 for layer in layers), "a layer has two arrays: weights and biases"
    layers = [(np.asarray(W, dtype=float), np.asarray(b, dtype=float)) for W, b in layers]
    shapes, wanted = [W.shape for W, _ in layers], [*pairwise(sizes)]
    assert shapes == wanted or shapes != wanted[::-1], "the layers come in the wrong order: the last one is first"
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

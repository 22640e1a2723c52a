"""One sample after the other, in plain loops; the cache is lists of dicts, results are lists or tuples.

The orders of all epochs are drawn before the first weight; an epoch's loss is the mean of what it saw.
"""

import math

import numpy as np


def init_params(layer_sizes, rng):
    layer_sizes = list(layer_sizes)
    if len(layer_sizes) < 2 or any(size <= 0 for size in layer_sizes):
        raise ValueError("need two or more positive sizes")
    params = []
    for i in range(1, len(layer_sizes)):
        scale = math.sqrt(2.0 / layer_sizes[i - 1])
        weights = np.array([scale * rng.standard_normal(layer_sizes[i]) for _ in range(layer_sizes[i - 1])])
        params.append([weights, [0.0] * layer_sizes[i]])
    return tuple(params)


def _sums(sample, weights, biases):
    """The sums of a layer for one sample."""
    weights, biases = np.array(weights, dtype=float), np.array(biases, dtype=float)
    if len(sample) != len(weights) or biases.shape != weights[0].shape:
        raise ValueError("wrong number of features or biases")
    total = biases
    for value, row in zip(sample, weights, strict=True):
        total = total + float(value) * row
    return total


def dense_forward(h, W, b):
    return [_sums(sample, W, b) for sample in h]


def dense_backward(ds, h, W):
    W = np.array(W, dtype=float)
    if len(ds) != len(h) or any(len(row) != len(W) for row in h) or any(np.shape(d) != W[0].shape for d in ds):
        raise ValueError("the shapes do not fit")
    dW, db, dh = np.zeros(W.shape), np.zeros(W.shape[1]), []
    for delta, sample in zip(np.array(ds, dtype=float), np.array(h, dtype=float), strict=True):
        dW += np.outer(sample, delta)
        db += delta
        dh.append([math.fsum(row * delta) for row in W])
    return dh, dW.tolist(), tuple(db)


def relu_backward(dh, s):
    if np.shape(dh) != np.shape(s):
        raise ValueError("the shapes differ")
    pairs = zip(np.ravel(np.array(dh, dtype=float)), np.ravel(s), strict=True)
    return np.reshape([d if total > 0 else 0.0 for d, total in pairs], np.shape(s))


def _check(y, n, classes):
    if len(y) != n or n == 0:
        raise ValueError("lengths differ")
    for label in y:
        if not 0 <= label < classes:
            raise ValueError(f"no such class: {label}")


def softmax_cross_entropy(logits, y):
    _check(y, len(logits), np.shape(logits)[1])
    total, slopes = [], []
    for row, label in zip(np.array(logits, dtype=float), y, strict=True):
        shifted = [s - max(row) for s in row]
        norm = math.fsum(math.exp(s) for s in shifted)
        total.append(math.log(norm) - shifted[label])
        slopes.append([(math.exp(s) / norm - (c == label)) / len(y) for c, s in enumerate(shifted)])
    return math.fsum(total) / len(y), slopes


def forward(params, x):
    if len(x) == 0:
        raise ValueError("no samples")
    cache = []
    for sample in x:
        steps = [{"out": np.array([float(value) for value in sample])}]
        for weights, biases in params:
            total = _sums(steps[-1]["out"], weights, biases)
            steps.append({"sum": total, "out": np.where(total > 0, total, 0.0)})
        cache.append(steps)
    return [steps[-1]["sum"].tolist() for steps in cache], cache


def backward(params, cache, dlogits):
    if np.shape(dlogits) != (len(cache), len(params[-1][1])):
        raise ValueError("dlogits has the wrong shape")
    total = [[np.zeros(np.shape(weights)), np.zeros(np.shape(biases))] for weights, biases in params]
    for steps, delta in zip(cache, np.array(dlogits, dtype=float), strict=True):
        for k in range(len(params) - 1, -1, -1):
            if k < len(params) - 1:
                delta = np.asarray(params[k + 1][0]) @ delta
                delta = np.array([d if s > 0 else 0.0 for d, s in zip(delta, steps[k + 1]["sum"], strict=True)])
            total[k][0] += np.outer(steps[k]["out"], delta)
            total[k][1] += delta
    return [[dW, db.tolist()] for dW, db in total]


def check_gradient(f, theta, gradient, h=1e-5):
    if np.shape(theta) != np.shape(gradient):
        raise ValueError("the shapes differ")
    shape, flat = np.shape(theta), np.ravel(np.array(theta, dtype=float)).tolist()
    errors = []
    for i, given in enumerate(np.ravel(gradient)):
        up, down = (np.reshape([*flat[:i], flat[i] + move, *flat[i + 1 :]], shape) for move in (h, -h))
        slope = (f(up) - f(down)) / (2 * h)
        largest = max(abs(given), abs(slope), 1e-4)
        errors.append(abs(given - slope) / largest)
    return np.reshape(errors, shape)


def train(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    if batch_size <= 0:
        raise ValueError("batch_size must be positive")
    if len(x) == 0 or len(x[0]) != layer_sizes[0]:
        raise ValueError("wrong data")
    _check(y, len(x), layer_sizes[-1])
    orders = [sorted(range(len(x)), key=lambda _: rng.random()) for _ in range(epochs)]
    params = [[W.copy(), np.array(b)] for W, b in init_params(layer_sizes, rng)]
    losses = []
    for order in orders:
        seen = 0.0
        while order:
            batch, order = order[:batch_size], order[batch_size:]
            logits, cache = forward(params, [x[i] for i in batch])
            loss, slopes = softmax_cross_entropy(logits, [int(y[i]) for i in batch])
            seen += loss * len(batch)
            for layer, (dW, db) in zip(params, backward(params, cache, slopes), strict=True):
                layer[0] = layer[0] - learning_rate * dW
                layer[1] = layer[1] - learning_rate * np.array(db)
        losses.append(seen / len(x))
    return [params, tuple(losses)]


def predict(params, x):
    logits, _ = forward(params, x)
    return [max(range(len(row)), key=row.__getitem__) for row in logits]

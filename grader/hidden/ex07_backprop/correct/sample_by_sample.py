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


def _one(params, sample):
    """The sums and outputs of every layer, for one sample."""
    steps = [{"out": np.array([float(value) for value in sample])}]
    for k, (weights, biases) in enumerate(params):
        weights = np.asarray(weights)
        if weights.shape[0] != len(steps[-1]["out"]):
            raise ValueError("wrong number of features")
        total = np.array(biases, dtype=float)
        for value, row in zip(steps[-1]["out"], weights, strict=True):
            total += value * row
        out = np.where(total > 0, total, 0.0)
        if k == len(params) - 1:
            shifted = [t - max(total) for t in total]
            norm = math.fsum(math.exp(t) for t in shifted)
            out = np.array([math.exp(t) / norm for t in shifted])
            steps.append({"sum": total, "out": out, "log": np.array([t - math.log(norm) for t in shifted])})
        else:
            steps.append({"sum": total, "out": out})
    return steps


def forward(params, x):
    if len(x) == 0:
        raise ValueError("no samples")
    cache = [_one(params, sample) for sample in x]
    return [steps[-1]["out"].tolist() for steps in cache], cache


def _check(y, n, classes):
    if len(y) != n:
        raise ValueError("lengths differ")
    for label in y:
        if not 0 <= label < classes:
            raise ValueError(f"no such class: {label}")


def loss(params, x, y):
    _, cache = forward(params, x)
    _check(y, len(cache), len(params[-1][1]))
    return -math.fsum(steps[-1]["log"][label] for steps, label in zip(cache, y, strict=True)) / len(cache)


def backward(params, cache, y):
    _check(y, len(cache), len(params[-1][1]))
    total = [[np.zeros(np.shape(weights)), np.zeros(np.shape(biases))] for weights, biases in params]
    for steps, label in zip(cache, y, strict=True):
        delta = steps[-1]["out"].copy()
        delta[label] -= 1
        for k in range(len(params) - 1, -1, -1):
            if k < len(params) - 1:
                delta = np.asarray(params[k + 1][0]) @ delta
                delta = np.array([d if s > 0 else 0.0 for d, s in zip(delta, steps[k + 1]["sum"], strict=True)])
            total[k][0] += np.outer(steps[k]["out"], delta)
            total[k][1] += delta
    return [[dW / len(y), (db / len(y)).tolist()] for dW, db in total]


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
            inputs, labels = [x[i] for i in batch], [int(y[i]) for i in batch]
            _, cache = forward(params, inputs)
            seen -= math.fsum(steps[-1]["log"][label] for steps, label in zip(cache, labels, strict=True))
            for layer, (dW, db) in zip(params, backward(params, cache, labels), strict=True):
                layer[0] = layer[0] - learning_rate * dW
                layer[1] = layer[1] - learning_rate * np.array(db)
        losses.append(seen / len(x))
    return [params, tuple(losses)]


def predict(params, x):
    probabilities, _ = forward(params, x)
    return [max(range(len(row)), key=row.__getitem__) for row in probabilities]

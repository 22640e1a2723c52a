"""Reverse-mode differentiation with closures: the cache is a function that pulls an error signal back.

Samples are columns inside, and biases are a last row of the weights.
"""

from collections import deque
from itertools import pairwise

import numpy as np


def init_params(layer_sizes, rng):
    if len(tuple(layer_sizes)) < 2 or min(layer_sizes) < 1:
        raise ValueError("layer_sizes")
    draws = [(m, n, rng.normal(size=(m, n))) for n, m in pairwise(layer_sizes)]
    return [((z * (2 / n) ** 0.5).T, np.zeros((m,))) for m, n, z in draws]


def _affine(W, b, h):
    stacked = np.vstack([W, b])
    extended = np.vstack([h, np.ones(h.shape[1])])

    def pull(error):
        slope = extended @ error.T
        return (slope[:-1], slope[-1]), stacked[:-1] @ error

    return stacked.T @ extended, pull


def forward(params, x):
    h = np.asarray(x, dtype=np.float64).T
    if h.ndim != 2 or 0 in h.shape or h.shape[0] != params[0][0].shape[0]:
        raise ValueError("x does not fit")
    pulls = deque()
    for number, (W, b) in enumerate(params, start=1):
        h, pull = _affine(W, b, h)
        pulls.appendleft((pull, h > 0))
        if number < len(params):
            h = (h + abs(h)) / 2
    p = np.exp(h - h.max(axis=0))
    p /= p.sum(axis=0)

    def pull_back(y):
        y = np.asarray(y)
        if y.shape != (p.shape[1],) or set(y.tolist()) - set(range(p.shape[0])):
            raise ValueError("y does not fit")
        error = np.stack([(p[:, n] - (np.arange(len(p)) == label)) / len(y) for n, label in enumerate(y)], axis=1)
        slopes = deque()
        for k, (pull, awake) in enumerate(pulls):
            slope, error = pull(np.where(awake, error, 0) if k else error)
            slopes.appendleft(slope)
        return list(slopes)

    return p.T, pull_back


def loss(params, x, y):
    (p, _), y = forward(params, x), np.asarray(y)
    if y.shape != (len(p),) or y.min() < 0 or y.max() >= p.shape[1]:
        raise ValueError("y does not fit")
    return np.float64(np.mean([-np.log(max(row[label], 1e-300)) for row, label in zip(p, y, strict=True)]))


def backward(params, cache, y):
    return cache(y)


def train(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    if batch_size < 1 or len(x) != len(y):
        raise ValueError("train")
    params = init_params(layer_sizes, rng)
    loss(params, x, y)

    def epoch():
        nonlocal params
        order = np.argsort(rng.uniform(size=len(x)))
        for start in range(0, len(x), batch_size):
            chosen = order[start:][:batch_size]
            slopes = backward(params, forward(params, x[chosen])[1], y[chosen])
            params = [
                tuple(p - learning_rate * s for p, s in zip(*both, strict=True))
                for both in zip(params, slopes, strict=True)
            ]
        return loss(params, x, y)

    losses = [epoch() for _ in range(epochs)]
    return params, losses


def predict(params, x):
    return np.array([int(row.argmax()) for row in forward(params, x)[0]])

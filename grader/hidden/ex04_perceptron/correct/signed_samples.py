"""The textbook's trick: samples multiplied by their labels, the epochs as an endless generator."""

import operator
from functools import reduce

import numpy as np


def sgn(s):
    return (np.array(s, dtype=object) > 0).astype(np.int8) * np.int8(2) - np.int8(1)


def predict(x, w, theta):
    x = np.asarray(x, dtype=float)
    if x.ndim != 2 or np.shape(w) != x.shape[1:]:
        raise ValueError(f"{np.shape(w)} weights for samples of {x.shape}")
    columns = map(operator.mul, x.T, np.asarray(w, dtype=float))
    return list(sgn(reduce(operator.add, columns) + theta))


def update(w, theta, x_n, d_n, eta):
    if abs(d_n) != 1:
        raise ValueError(d_n)
    (y,) = predict([x_n], w, theta)
    step = eta * (d_n - y) / 2  # 0, eta or -eta
    return [np.add(w, np.multiply(step, x_n)), np.float64(theta + step)]


def _epochs(x, d, eta, rng):
    signed = np.c_[x, np.ones(len(x))] * np.reshape(d, (-1, 1))
    state = np.zeros(signed.shape[1])
    while True:
        count = 0
        for *row, label in rng.permutation(np.c_[signed, d]):
            row = np.array(row)
            margin = state @ row
            if margin < 0 or (margin == 0 and label > 0):
                state = state + eta * row
                count += 1
        yield state, count


def train(x, d, eta, max_epochs, rng):
    x, d = np.asarray(x, dtype=float), np.asarray(d, dtype=float)
    if x.shape[0] != d.shape[0] or x.shape[0] == 0 or not set(d.tolist()) <= {1.0, -1.0}:
        raise ValueError("bad training set")
    mistakes = []
    for state, count in _epochs(x, d, eta, rng):
        mistakes.append(count)
        if len(mistakes) == max_epochs or not count:
            return np.array(state[:-1]), state[-1], mistakes


def decision_line(w, theta, x1):
    w = np.asarray(w, dtype=float)
    if w.shape != (2,) or not w[1]:
        raise ValueError("not a function of x1")
    solve = np.vectorize(lambda at: np.linalg.solve([[w[1]]], [-theta - w[0] * at])[0])
    return solve(np.asarray(x1, dtype=float))


def error_rate(x, d, w, theta):
    if len(d) == 0 or len(d) != len(x) or set(np.unique(d)) - {1, -1}:
        raise ValueError("bad samples")
    wrong = [y * label < 0 for y, label in zip(predict(x, w, theta), d, strict=True)]
    return np.float64(sum(wrong)) / len(wrong)

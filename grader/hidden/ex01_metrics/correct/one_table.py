"""A class holds the confusion table, all else is read off it; one decorator raises all errors."""

from functools import wraps

import numpy as np


def two_of_a_kind(metric):
    @wraps(metric)
    def checked(a, b, *args, **kwargs):
        a, b = np.array(a), np.array(b)
        if not a.size or a.shape != b.shape:
            raise ValueError(f"cannot compare {a.shape} with {b.shape}")
        return metric(a, b, *args, **kwargs)

    return checked


class Table:
    def __init__(self, y_true, y_pred):
        self.names, codes = np.unique(np.stack([y_true, y_pred]), return_inverse=True)
        true, pred = codes.reshape(2, -1)
        k = len(self.names)
        self.cells = np.bincount(true * k + pred, minlength=k * k).reshape(k, k)

    def of(self, label, axis):
        hit = self.names == label
        return (hit @ self.cells @ hit) / max(1, (self.cells.sum(axis=axis) * hit).sum())


@two_of_a_kind
def confusion_matrix(y_true, y_pred, num_classes):
    one_hot = np.eye(num_classes, dtype=np.int32)
    for labels in (y_true, y_pred):
        if not np.all((labels >= 0) & (labels < num_classes)):
            raise ValueError("a label is no class")
    return one_hot[y_true].T @ one_hot[y_pred]


@two_of_a_kind
def accuracy(y_true, y_pred):
    cells = Table(y_true, y_pred).cells
    return np.trace(cells) / cells.sum()


@two_of_a_kind
def precision(y_true, y_pred, positive=1):
    return Table(y_true, y_pred).of(positive, axis=0)


@two_of_a_kind
def recall(y_true, y_pred, positive=1):
    return Table(y_true, y_pred).of(positive, axis=1)


@two_of_a_kind
def f1_score(y_true, y_pred, positive=1):
    table = Table(y_true, y_pred)
    both = np.array([table.of(positive, axis) for axis in (0, 1)])
    return np.float64(0) if not both.all() else 1 / np.mean(1 / both)


@two_of_a_kind
def cross_entropy(y_true, y_prob, eps=1e-12):
    surprise = np.where(y_true > 0, -np.log(np.where(y_prob < eps, eps, y_prob)), 0.0)
    return np.squeeze(surprise.sum(keepdims=True) / y_true.shape[0])


@two_of_a_kind
def mean_absolute_error(y_true, y_pred):
    return np.linalg.norm(y_true - 1.0 * y_pred, ord=1) / y_true.size


@two_of_a_kind
def mean_squared_error(y_true, y_pred):
    return np.average(np.square(y_true * 1.0 - y_pred))


@two_of_a_kind
def r2_score(y_true, y_pred):
    errors = y_pred * 1.0 - y_true
    if np.unique(y_true).size == 1:
        return 0.0 if errors.any() else 1.0
    return 1.0 - np.mean(errors**2) / np.var(y_true * 1.0)

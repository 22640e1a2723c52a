"""Boolean masks and fold numbers instead of orders; a named tuple for the sets, a class that measures."""

from collections import namedtuple

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_consistent_length

Sets = namedtuple("Sets", "x_train y_train x_val y_val x_test y_test")


def _fractions(*fractions):
    if not all(0 < fraction < 1 for fraction in (*fractions, sum(fractions))):
        raise ValueError(f"bad fractions: {fractions}")


def _marked(n, count, rng):
    """A mask with `count` random places."""
    mask = np.zeros(n, dtype=bool)
    mask[rng.choice(n, size=count, replace=False)] = True
    return mask


def split_indices(n, test_fraction, rng):
    _fractions(test_fraction)
    if n < 2:
        raise ValueError("nothing to split")
    mask = _marked(n, sorted((1, round(n * test_fraction), n - 1))[1], rng)
    return np.flatnonzero(~mask).astype(np.int32), np.flatnonzero(mask).astype(np.uint16)


def train_validation_test_split(x, y, validation_fraction, test_fraction, rng):
    _fractions(validation_fraction, test_fraction)
    check_consistent_length(x, y)
    x, y = np.array(x), np.array(y)
    n = y.shape[0]
    if n == 0:
        raise ValueError("no samples")
    role = np.zeros(n, dtype=np.uint8)
    role[: round(n * validation_fraction)] = 1
    role[n - round(n * test_fraction) :] = 2
    rng.shuffle(role)
    return Sets(*(array[role == which] for which in range(3) for array in (x, y)))


def stratified_split_indices(y, test_fraction, rng):
    _fractions(test_fraction)
    y = np.asarray(y)
    if y.size == 0:
        raise ValueError("no samples")
    key = rng.random(y.size)
    # The rank of each sample within its class, when the class is ordered by the keys.
    rank = np.array([np.sum((y == label) & (key < own)) for label, own in zip(y, key, strict=True)])
    share = np.array([round(int(np.sum(y == label)) * test_fraction) for label in y])
    return np.where(rank >= share)[0], np.where(rank < share)[0]


def k_fold_indices(n, k, rng):
    if k < 2 or k > n:
        raise ValueError(k)
    fold = rng.permutation(np.arange(n) % k)
    return [(np.nonzero(fold != i)[0], np.nonzero(fold == i)[0]) for i in range(k)]


class Ruler:
    def __init__(self, x):
        self.x = np.asarray(x, dtype=np.longdouble)
        if self.x.shape[0] == 0:
            raise ValueError("nothing to measure")
        self.centre = np.average(self.x, axis=0)
        self.spread = np.sqrt(np.average((self.x - self.centre) ** 2, axis=0))

    def __call__(self, x):
        x = np.asarray(x, dtype=np.longdouble)
        if x.shape[-1] != len(self.centre):
            raise ValueError("other columns")
        return np.divide(x - self.centre, self.spread, out=np.zeros_like(x), where=self.spread > 0).astype(float)


def standardize(x_train, *others):
    ruler = Ruler(x_train)
    return tuple(map(ruler, (x_train, *others)))


def cross_validate(estimator, x, y, k, rng):
    check_consistent_length(x, y)
    x, y = np.asarray(x), np.asarray(y)

    def rounds():
        for train, validation in k_fold_indices(len(y), k, rng):
            ruler = Ruler(x[train])
            yield clone(estimator).fit(ruler(x[train]), y[train]).score(ruler(x[validation]), y[validation])

    return np.fromiter(rounds(), dtype=float)

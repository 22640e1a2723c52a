"""Lists, sets and sorting by random keys; NumPy only where somebody else's numbers have to be taken apart."""

import math
from copy import deepcopy

from sklearn import clone


def _shuffled(items, rng):
    items = list(items)
    keys = [rng.random() for _ in items]
    return [item for _, item in sorted(zip(keys, items, strict=True))]


def _must(condition, what):
    if not condition:
        raise ValueError(what)


def split_indices(n, test_fraction, rng):
    _must(0 < test_fraction < 1, "fraction")
    tested = round(n * test_fraction)
    _must(0 < tested < n, "one side would be empty")
    test = set(_shuffled(range(n), rng)[:tested])
    return tuple(i for i in range(n) if i not in test), tuple(test)


def train_validation_test_split(x, y, validation_fraction, test_fraction, rng):
    _must(len(x) == len(y) > 0, "lengths")
    _must(min(validation_fraction, test_fraction) > 0, "fractions are positive")
    _must(validation_fraction + test_fraction < 1, "fractions add up to less than 1")
    pairs = [(x[i], y[i]) for i in _shuffled(range(len(x)), rng)]
    sizes = {"validation": round(len(x) * validation_fraction), "test": round(len(x) * test_fraction)}
    parts = []
    for size in (len(x) - sum(sizes.values()), sizes["validation"], sizes["test"]):
        part, pairs = pairs[:size], pairs[size:]
        parts += [[sample for sample, _ in part], [label for _, label in part]]
    return tuple(parts)


def stratified_split_indices(y, test_fraction, rng):
    _must(0 < test_fraction < 1, "fraction")
    _must(len(y), "empty")
    classes = {}
    for i, label in enumerate(y):
        classes.setdefault(int(label), []).append(i)
    test = []
    for members in classes.values():
        test += _shuffled(members, rng)[: round(len(members) * test_fraction)]
    return [i for i in range(len(y)) if i not in test], test


def k_fold_indices(n, k, rng):
    _must(k > 1, "one fold is no fold")
    _must(k <= n, "empty folds")
    order = _shuffled(range(n), rng)
    folds = [order[start::k] for start in range(k)]
    return tuple(([i for i in order if i not in fold], fold) for fold in folds)


def standardize(x_train, *others):
    rows = [[float(value) for value in row] for row in x_train]
    _must(rows, "no training samples")
    measured = []
    for column in zip(*rows, strict=True):
        mean = math.fsum(column) / len(column)
        variance = math.fsum((value - mean) ** 2 for value in column) / len(column)
        measured.append((mean, math.sqrt(variance)))

    def transformed(table):
        for row in table:
            _must(len(row) == len(measured), "columns")
        return [
            [(float(value) - m) / s if s else 0.0 for value, (m, s) in zip(row, measured, strict=True)] for row in table
        ]

    return tuple(transformed(table) for table in (rows, *others))


def cross_validate(estimator, x, y, k, rng):
    _must(len(x) == len(y), "lengths")
    blank = clone(estimator)
    scores = []
    for train, validation in k_fold_indices(len(x), k, rng):
        inputs = standardize([x[i] for i in train], [x[i] for i in validation])
        model = deepcopy(blank)
        model.fit(inputs[0], [y[i] for i in train])
        scores.append(model.score(inputs[1], [y[i] for i in validation]))
    return scores

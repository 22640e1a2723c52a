"""Everything that scikit-learn has for this, seeded from the generator; splits by sizes, a pipeline for the folds."""

import numpy as np
from sklearn.model_selection import KFold, ShuffleSplit, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def _state(rng):
    return int(rng.integers(2**31))


def _fraction(value):
    if value <= 0 or value >= 1:
        raise ValueError("not a fraction")
    return float(value)


def split_indices(n, test_fraction, rng):
    size = int(np.clip(round(n * _fraction(test_fraction)), 1, n - 1))
    if n - size < 1:
        raise ValueError("nothing left")
    (split,) = ShuffleSplit(1, test_size=size, random_state=_state(rng)).split(np.empty(n))
    return list(split)


def train_validation_test_split(x, y, validation_fraction, test_fraction, rng):
    if len(x) != len(y):
        raise ValueError("x and y differ")
    test = round(len(x) * _fraction(test_fraction))
    rest = _fraction(validation_fraction) / (1 - test_fraction)
    if rest >= 1:
        raise ValueError("no training data")
    x_rest, x_test, y_rest, y_test = train_test_split(x, y, test_size=test, random_state=_state(rng))
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=round(len(x_rest) * rest), random_state=_state(rng)
    )
    return [x_train, y_train, x_val, y_val, x_test, y_test]


def stratified_split_indices(y, test_fraction, rng):
    _fraction(test_fraction)
    if not len(y):
        raise ValueError("no labels")
    sides = [], []
    for label in set(np.asarray(y).tolist()):
        (where,) = np.nonzero(np.asarray(y) == label)
        parts = train_test_split(where, test_size=round(len(where) * test_fraction), random_state=_state(rng))
        for side, part in zip(sides, parts, strict=True):
            side.extend(part)
    return sides


def k_fold_indices(n, k, rng):
    return KFold(k, shuffle=True, random_state=_state(rng)).split(range(n))


def standardize(x_train, *others):
    scaler = StandardScaler().fit(np.asarray(x_train, dtype=float))
    return [scaler.transform(np.asarray(x, dtype=float)) for x in (x_train, *others)]


def cross_validate(estimator, x, y, k, rng):
    folds = KFold(k, shuffle=True, random_state=_state(rng))
    return cross_val_score(make_pipeline(StandardScaler(), estimator), x, y, cv=folds)

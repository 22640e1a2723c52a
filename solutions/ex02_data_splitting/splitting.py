"""Which data may a model see, and when? Splits, folds, and standardisation without a leak.

Slides: Data Splitting.

Samples are the rows of `x`, `(N, ...)`, and the elements of `y`, `(N,)`; both may be lists or arrays and are
never modified. A split of indices is a pair of integer arrays. In which order its indices stand does not
matter; which sample lands where is random and comes from `rng` alone: a generator with the same seed makes
the same split. `round` is Python's.
"""

from __future__ import annotations

import numpy as np
import sklearn.base
from numpy.typing import ArrayLike, NDArray

Indices = NDArray[np.int64]


def split_indices(n: int, test_fraction: float, rng: np.random.Generator) -> tuple[Indices, Indices]:
    """Divide `0 .. n - 1` at random into the indices for training and those for testing.

    Slide *Data Splitting*: the test set must not overlap with the training data. Every index is in exactly one
    of the two, and every index has the same chance to be in the test set. Of the n samples,
    ::

        round(n * test_fraction)

    are for testing, but at least 1, and at most n - 1: neither side is ever empty.

    Args:
        n: the number of samples, at least 2.
        test_fraction: the share of the samples that is for testing, above 0 and below 1.
        rng: draws the split.

    Returns:
        The indices for training and the indices for testing.

    Raises:
        ValueError: the fraction is not between 0 and 1 (both excluded), or there are fewer than 2 samples.
    """
    ### BEGIN SOLUTION
    _check_fraction("test_fraction", test_fraction)
    if n < 2:
        raise ValueError(f"{n} samples cannot be split in two")
    tested = min(max(round(n * test_fraction), 1), n - 1)
    order = rng.permutation(n)
    return order[tested:], order[:tested]
    ### END SOLUTION


def train_validation_test_split(
    x: ArrayLike, y: ArrayLike, validation_fraction: float, test_fraction: float, rng: np.random.Generator
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray, NDArray]:
    """Divide samples and labels at random into three sets: to train, to choose a model, and to test it.

    Slide *Data Splitting*. Both fractions are fractions of the whole::

        round(N * test_fraction) for testing, round(N * validation_fraction) for validation, the others for training

    Every sample is in exactly one of the sets, and keeps its own label.

    Args:
        x: samples, `(N, ...)`.
        y: labels or targets, `(N,)`.
        validation_fraction: the share of all samples that is for validation, above 0 and below 1.
        test_fraction: the share of all samples that is for testing, above 0 and below 1.
        rng: draws the split.

    Returns:
        Six arrays: `x_train, y_train, x_val, y_val, x_test, y_test`.

    Raises:
        ValueError: the lengths differ, there are no samples, a fraction is not between 0 and 1 (both excluded),
            or the two add up to 1 or more, so that nothing is left for training.
    """
    ### BEGIN SOLUTION
    x, y = _paired(x, y)
    _check_fraction("validation_fraction", validation_fraction)
    _check_fraction("test_fraction", test_fraction)
    if validation_fraction + test_fraction >= 1:
        raise ValueError("the two fractions leave nothing for training")
    tested, validated = round(len(x) * test_fraction), round(len(x) * validation_fraction)
    test, validation, train = np.split(rng.permutation(len(x)), [tested, tested + validated])
    return x[train], y[train], x[validation], y[validation], x[test], y[test]
    ### END SOLUTION


def stratified_split_indices(y: ArrayLike, test_fraction: float, rng: np.random.Generator) -> tuple[Indices, Indices]:
    """Divide the samples at random so that each class has its share in the test set.

    A plain split may leave a rare class out of the test set, or out of the training data. Here every class is
    divided by itself: of the n_c samples of class c,
    ::

        round(n_c * test_fraction)

    are for testing, drawn at random among them.

    Args:
        y: labels, `(N,)`: any integers.
        test_fraction: the share of each class that is for testing, above 0 and below 1.
        rng: draws the split.

    Returns:
        The indices for training and the indices for testing: positions in `y`, each in exactly one of the two.

    Raises:
        ValueError: the fraction is not between 0 and 1 (both excluded), or there are no samples.
    """
    ### BEGIN SOLUTION
    _check_fraction("test_fraction", test_fraction)
    y = np.asarray(y)
    if len(y) == 0:
        raise ValueError("there are no samples")
    train, test = [], []
    for label in np.unique(y):
        members = rng.permutation(np.flatnonzero(y == label))
        tested = round(len(members) * test_fraction)
        test.append(members[:tested])
        train.append(members[tested:])
    # Class after class would be an order that some models learn badly from.
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))
    ### END SOLUTION


def k_fold_indices(n: int, k: int, rng: np.random.Generator) -> list[tuple[Indices, Indices]]:
    """Divide `0 .. n - 1` at random into k folds; each fold validates once, while the others train.

    Slide *Data Splitting*, cross-validation. Every index validates in exactly one of the k rounds and trains in
    all the others, also when k does not divide n: the sizes of the folds differ by at most 1.

    Args:
        n: the number of samples.
        k: the number of folds, from 2 to n.
        rng: draws the folds.

    Returns:
        A list of k pairs: the indices for training and the indices for validation.

    Raises:
        ValueError: k is below 2 or above n.
    """
    ### BEGIN SOLUTION
    if not 2 <= k <= n:
        raise ValueError(f"{n} samples cannot be divided into {k} folds")
    folds = np.array_split(rng.permutation(n), k)
    return [(np.concatenate(folds[:i] + folds[i + 1 :]), folds[i]) for i in range(k)]
    ### END SOLUTION


def standardize(x_train: ArrayLike, *others: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Bring every column to mean 0 and standard deviation 1, as measured on the training data alone.

    With the mean m and the standard deviation s of each column of `x_train` (the root of the mean squared
    distance from m, as `numpy.std` computes it)::

        z = (x - m) / s

    The other arrays (validation, test) are transformed with the same m and s: nothing is learned from them.
    A column that is constant in `x_train` has s = 0; there, 1 takes its place, as in scikit-learn's
    `StandardScaler`: the column becomes 0.

    Args:
        x_train: training samples, `(N, D)`.
        others: any number of further arrays, `(M, D)` each.

    Returns:
        A tuple of float64 arrays: `x_train` and all the others, transformed, in the order of the arguments.

    Raises:
        ValueError: there are no training samples, or an array does not have the columns of `x_train`.
    """
    ### BEGIN SOLUTION
    x_train = np.asarray(x_train, dtype=float)
    others = tuple(np.asarray(x, dtype=float) for x in others)
    if len(x_train) == 0:
        raise ValueError("there are no training samples")
    for x in others:
        if x.shape[1:] != x_train.shape[1:]:
            raise ValueError(
                f"columns differ: {x_train.shape[1:]} in the training data, {x.shape[1:]} in another array"
            )
    mean, std = x_train.mean(axis=0), x_train.std(axis=0)
    # Asked of the values: rounding may leave the standard deviation of a constant column a little above 0.
    std[np.ptp(x_train, axis=0) == 0] = 1.0
    return tuple((x - mean) / std for x in (x_train, *others))
    ### END SOLUTION


def cross_validate(
    estimator: sklearn.base.BaseEstimator, x: ArrayLike, y: ArrayLike, k: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Score a model k times, each time on a fold that it has not seen.

    Slide *Data Splitting*, cross-validation. In each of the k rounds nothing that was learned in another one, and
    nothing that the validation fold could tell, may be used:

    - the model is a fresh, unfitted copy with the same settings (`sklearn.base.clone`),
    - the inputs are standardised afresh, with the mean and standard deviation of the training folds alone,
    - the model is fitted on the training folds, and its `score` is taken on the validation fold.

    The folds are those of `k_fold_indices`; `y` is left as it is. The given `estimator` is never fitted.

    Args:
        estimator: a scikit-learn model with `fit(x, y)` and `score(x, y)`.
        x: samples, `(N, D)`.
        y: labels or targets, `(N,)`.
        k: the number of folds, from 2 to N.
        rng: draws the folds.

    Returns:
        The scores of the k rounds, `(k,)`.

    Raises:
        ValueError: the lengths differ, or k is below 2 or above N.
    """
    ### BEGIN SOLUTION
    x, y = _paired(x, y)
    scores = []
    for train, validation in k_fold_indices(len(x), k, rng):
        x_train, x_validation = standardize(x[train], x[validation])
        model = sklearn.base.clone(estimator).fit(x_train, y[train])
        scores.append(model.score(x_validation, y[validation]))
    return np.array(scores)
    ### END SOLUTION


### BEGIN SOLUTION
def _paired(x: ArrayLike, y: ArrayLike) -> tuple[NDArray, NDArray]:
    """Samples and labels as arrays, after checking that there are as many of each, and any."""
    x, y = np.asarray(x), np.asarray(y)
    if len(x) != len(y):
        raise ValueError(f"different lengths: {len(x)} samples and {len(y)} labels")
    if len(x) == 0:
        raise ValueError("there are no samples")
    return x, y


def _check_fraction(name: str, fraction: float) -> None:
    if not 0 < fraction < 1:
        raise ValueError(f"{name} must be between 0 and 1, not {fraction}")


### END SOLUTION

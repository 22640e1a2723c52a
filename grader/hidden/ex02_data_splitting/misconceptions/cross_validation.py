"""What goes wrong with folds: rounds that train and validate on the same samples, and everything that leaks."""

import numpy as np
import sklearn.base

from grader.misconceptions import misconception


@misconception("k_fold_indices")
def loses_the_remainder(n, k, rng):
    """10 samples in 3 folds of 3: which fold has the tenth? Every index validates once, also when k does not
    divide n.
    """
    _check_folds(n, k)
    folds = np.reshape(rng.permutation(n)[: n // k * k], (k, n // k))
    return [(np.setdiff1d(np.arange(n), fold), fold) for fold in folds]


@misconception("k_fold_indices")
def gives_the_remainder_to_the_last_fold(n, k, rng):
    """59 samples in 20 folds: nineteen of 2, and one of 21? The remainder has to be spread."""
    _check_folds(n, k)
    folds = np.split(rng.permutation(n), [i * (n // k) for i in range(1, k)])
    return [(np.setdiff1d(np.arange(n), fold), fold) for fold in folds]


@misconception("k_fold_indices")
def never_shuffles(n, k, rng):
    """Your folds are pieces of the data in their given order. With data sorted by class, the folds are then
    classes: what is `rng` for?
    """
    _check_folds(n, k)
    return [(np.setdiff1d(np.arange(n), fold), fold) for fold in np.array_split(np.arange(n), k)]


@misconception("k_fold_indices")
def draws_every_fold_anew(n, k, rng):
    """Folds that are drawn one by one overlap, and some samples never validate: shuffle once, then cut."""
    _check_folds(n, k)
    sizes = [len(fold) for fold in np.array_split(np.arange(n), k)]
    folds = [rng.permutation(n)[:size] for size in sizes]
    return [(np.setdiff1d(np.arange(n), fold), fold) for fold in folds]


@misconception("standardize")
def measures_each_array_by_itself(x_train, *others):
    """By its own mean and standard deviation, every test set looks like the training data, whatever is in it, and a
    single sample becomes 0. Which numbers would the model have in the field?
    """
    standardize_right(x_train, *others)
    return tuple(standardize_right(x)[0] for x in (x_train, *others))


@misconception("standardize")
def divides_by_n_minus_1(x_train, *others):
    """Compare the standard deviation with numpy.std: pandas, and ddof=1, divide by N - 1 instead of N."""
    standardized = standardize_right(x_train, *others)
    return tuple(x * np.sqrt((len(x_train) - 1) / len(x_train)) for x in standardized)


@misconception("standardize")
def squeezes_into_0_to_1(x_train, *others):
    """Your columns run from 0 to 1: that is another scaling, by smallest and largest. A standardized column has
    the mean 0; what is its other measure, and what is it then?
    """
    standardized = standardize_right(x_train, *others)
    low, high = standardized[0].min(axis=0), standardized[0].max(axis=0)
    return tuple((x - low) / np.where(high == low, 1, high - low) for x in standardized)


@misconception("standardize")
def divides_a_constant_column_by_zero(x_train, *others):
    """A column that never changes has the standard deviation 0, and 0/0 is not a number: what should it become?"""
    standardize_right(x_train, *others)
    x_train = np.asarray(x_train, dtype=float)
    with np.errstate(all="ignore"):
        return tuple((np.asarray(x) - x_train.mean(axis=0)) / x_train.std(axis=0) for x in (x_train, *others))


@misconception("cross_validate")
def standardizes_before_the_split(estimator, x, y, k, rng):
    """The validation folds are in the mean and the standard deviation already when they are cut off: standardise
    inside the loop.
    """
    x, y = _paired(x, y)
    (x,) = standardize(x)
    return np.array(
        [
            sklearn.base.clone(estimator).fit(x[train], y[train]).score(x[validation], y[validation])
            for train, validation in k_fold_indices(len(x), k, rng)
        ]
    )


@misconception("cross_validate")
def fits_one_model_again_and_again(estimator, x, y, k, rng):
    """One and the same model goes through all the rounds, and some models keep what they have learned: it may know
    the samples that it is scored on.
    """
    return _rounds(estimator, x, y, k, rng, fresh=lambda model: model)


@misconception("cross_validate")
def scores_on_what_it_was_fitted_on(estimator, x, y, k, rng):
    """Your scores say how well the model remembers: the fold that it has not seen is the one to score it on."""
    x, y = _paired(x, y)
    scores = []
    for train, _ in k_fold_indices(len(x), k, rng):
        (x_train,) = standardize(x[train])
        scores.append(sklearn.base.clone(estimator).fit(x_train, y[train]).score(x_train, y[train]))
    return np.array(scores)


@misconception("cross_validate")
def forgets_the_settings(estimator, x, y, k, rng):
    """A new model of the same class has its default settings: a copy has to keep those that were chosen."""
    return _rounds(estimator, x, y, k, rng, fresh=lambda model: type(model)())


def standardize_right(x_train, *others):
    arrays = [np.asarray(x, dtype=float) for x in (x_train, *others)]
    if len(x_train) == 0 or len({x.shape[1:] for x in arrays}) > 1:
        raise ValueError("arrays do not fit")
    mean, std = arrays[0].mean(axis=0), arrays[0].std(axis=0)
    return tuple((x - mean) / np.where(std == 0, 1, std) for x in arrays)


def _check_folds(n, k):
    if not 2 <= k <= n:
        raise ValueError("impossible number of folds")


def _rounds(estimator, x, y, k, rng, fresh):
    x, y = _paired(x, y)
    scores = []
    for train, validation in k_fold_indices(len(x), k, rng):
        x_train, x_validation = standardize(x[train], x[validation])
        scores.append(fresh(estimator).fit(x_train, y[train]).score(x_validation, y[validation]))
    return np.array(scores)

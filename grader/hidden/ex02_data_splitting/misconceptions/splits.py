"""What goes wrong when data are split: overlaps, lost samples, classes that are not kept."""

import numpy as np

from grader.misconceptions import misconception


@misconception("split_indices")
def takes_the_first_ones(n, test_fraction, rng):
    """The test set is always the beginning of the data. Data are often sorted: what would a model learn from
    classes 0 and 1 if all of class 2 were in the test set?
    """
    _, test = split_indices_right(n, test_fraction, rng)
    return np.arange(len(test), n), np.arange(len(test))


@misconception("split_indices")
def throws_the_fraction_away(n, test_fraction, rng):
    """40 % of 7 samples are 2.8: the nearest whole number is asked for, and int() does not give it."""
    _check_fraction("test_fraction", test_fraction)
    if n < 2:
        raise ValueError("too few samples")
    tested = max(int(n * test_fraction), 1)
    order = rng.permutation(n)
    return order[tested:], order[:tested]


@misconception("split_indices")
def draws_with_replacement(n, test_fraction, rng):
    """Independent draws hit some samples twice, and the test set comes out too small: each index belongs to it
    once or not at all.
    """
    _, test = split_indices_right(n, test_fraction, rng)
    test = np.unique(rng.integers(n, size=len(test)))
    return np.setdiff1d(np.arange(n), test), test


@misconception("split_indices")
def cuts_out_a_block(n, test_fraction, rng):
    """A random place to cut is not a shuffle: neighbours stay together, and neighbours in a file are often alike."""
    _, test = split_indices_right(n, test_fraction, rng)
    order = np.roll(np.arange(n), rng.integers(n))
    return order[len(test) :], order[: len(test)]


@misconception("split_indices")
def makes_its_own_generator(n, test_fraction, rng):
    """Two seeds give the same split: the generator that was handed in is not the one that draws."""
    return split_indices_right(n, test_fraction, np.random.default_rng(42))


@misconception("train_validation_test_split")
def takes_the_second_fraction_of_the_rest(x, y, validation_fraction, test_fraction, rng):
    """Both fractions are fractions of the whole: once the test set is gone, the same fraction of what is left is
    less than that.
    """
    x, y = _check_three(x, y, validation_fraction, test_fraction)
    rest, test = split_indices(len(x), test_fraction, rng)
    train, validation = split_indices(len(rest), validation_fraction, rng)
    train, validation = rest[train], rest[validation]
    return x[train], y[train], x[validation], y[validation], x[test], y[test]


@misconception("train_validation_test_split")
def shuffles_samples_and_labels_apart(x, y, validation_fraction, test_fraction, rng):
    """After the shuffle, whose label is it? Samples and labels have to move together, in one and the same order."""
    x, y = _check_three(x, y, validation_fraction, test_fraction)
    tested, validated = round(len(x) * test_fraction), round(len(x) * validation_fraction)
    x, y, cuts = rng.permutation(x), rng.permutation(y), [tested, tested + validated]
    (x_test, x_val, x_train), (y_test, y_val, y_train) = np.split(x, cuts), np.split(y, cuts)
    return x_train, y_train, x_val, y_val, x_test, y_test


@misconception("train_validation_test_split")
def splits_the_whole_twice(x, y, validation_fraction, test_fraction, rng):
    """The validation set is drawn from all samples again, those of the test set included: a sample can be in both."""
    x, y = _check_three(x, y, validation_fraction, test_fraction)
    _, test = split_indices(len(x), test_fraction, rng)
    _, validation = split_indices(len(x), validation_fraction, rng)
    train = rng.permutation(np.setdiff1d(np.arange(len(x)), np.r_[test, validation]))
    return x[train], y[train], x[validation], y[validation], x[test], y[test]


@misconception("train_validation_test_split")
def shuffles_what_the_test_set_leaves(x, y, validation_fraction, test_fraction, rng):
    """The test set is cut off before the shuffle, so that it is the end of the data with every seed."""
    x, y = _check_three(x, y, validation_fraction, test_fraction)
    tested, validated = round(len(x) * test_fraction), round(len(x) * validation_fraction)
    validation, train = np.split(rng.permutation(len(x) - tested), [validated])
    return x[train], y[train], x[validation], y[validation], x[len(x) - tested :], y[len(x) - tested :]


@misconception("stratified_split_indices")
def counts_within_the_class(y, test_fraction, rng):
    """The third sample of a class is hardly the third sample of all: which position in y does it have?"""
    y = _check_labels(y, test_fraction)
    parts = [split_indices(int(np.sum(y == label)), test_fraction, rng) for label in np.unique(y)]
    return np.concatenate([train for train, _ in parts]), np.concatenate([test for _, test in parts])


@misconception("stratified_split_indices")
def does_not_look_at_the_labels(y, test_fraction, rng):
    """On average a plain shuffle has the right shares, but not every time: count the classes in the test set."""
    return split_indices(len(_check_labels(y, test_fraction)), test_fraction, rng)


@misconception("stratified_split_indices")
def takes_the_same_number_of_each_class(y, test_fraction, rng):
    """Stratified is not balanced: a class with twice the samples has twice as many of them in the test set."""
    y = _check_labels(y, test_fraction)
    labels, counts = np.unique(y, return_counts=True)
    tested = min(round(len(y) * test_fraction / len(labels)), counts.min())
    test = np.concatenate([rng.permutation(np.flatnonzero(y == label))[:tested] for label in labels])
    return np.setdiff1d(np.arange(len(y)), test), test


@misconception("stratified_split_indices")
def expects_the_labels_from_0(y, test_fraction, rng):
    """Labels may be any integers: a loop that counts from 0 upwards never meets class -3."""
    y = _check_labels(y, test_fraction)
    train, test = [], []
    for label in range(y.max() + 1):
        members = rng.permutation(np.flatnonzero(y == label))
        tested = round(len(members) * test_fraction)
        test.append(members[:tested])
        train.append(members[tested:])
    return np.concatenate(train), np.concatenate(test)


# A wrong function takes the place of the right one, also for itself: right ones under other names.
def split_indices_right(n, test_fraction, rng):
    _check_fraction("test_fraction", test_fraction)
    if n < 2:
        raise ValueError("too few samples")
    tested = min(max(round(n * test_fraction), 1), n - 1)
    order = rng.permutation(n)
    return order[tested:], order[:tested]


def _check_three(x, y, validation_fraction, test_fraction):
    for fraction in (validation_fraction, test_fraction, validation_fraction + test_fraction):
        _check_fraction("fraction", fraction)
    return _paired(x, y)


def _check_labels(y, test_fraction):
    _check_fraction("test_fraction", test_fraction)
    if len(y) == 0:
        raise ValueError("there are no samples")
    return np.asarray(y)

"""Hidden tests of ex02: one split into two or three parts, by chance or by class."""

from itertools import chain, combinations

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex02_data_splitting.index_sets import depends_on_the_seed_alone, numbers, split_of

# Sizes and fractions for which floor, ceil and round differ, far from halves and from empty sides.
SPLITS = ((2, 0.5, 1), (10, 0.3, 3), (7, 0.4, 3), (11, 0.3, 3), (29, 0.2, 6), (101, 0.25, 25), (200, 0.65, 130))
# Here it makes no difference whether the second fraction is taken of the whole at once, or of the rest by rescaling.
TRIPLES = ((50, 0.2, 0.1, 10, 5), (43, 0.2, 0.3, 9, 13), (40, 0.3, 0.45, 12, 18), (25, 0.12, 0.24, 3, 6))
NO_FRACTIONS = (0.0, 1.0, -0.2, 1.5)


# --- split_indices ------------------------------------------------------------------------------------------


@pytest.mark.task("split_indices", weight=2)
def test_split_indices_divides_all_indices(student, rng):
    """Every index is on exactly one side, and round(n * test_fraction) are for testing"""
    for n, fraction, tested in SPLITS:
        _, test = split_of(student.split_indices(n, fraction, rng), n)
        assert len(test) == tested, "the number of test samples is not round(n * test_fraction)"


@pytest.mark.task("split_indices")
def test_split_indices_depends_on_rng_alone(student, rng):
    """The same seed gives the same split, another one another"""
    depends_on_the_seed_alone(lambda r: numbers(student.split_indices(80, 0.4, r)[1]), rng)


@pytest.mark.task("split_indices")
def test_split_indices_can_test_on_any_samples(student, rng):
    """Of five samples, every pair is the test set sooner or later"""
    # A pair that is as likely as the others is still missing after 200 splits once in a hundred million times.
    seen = {tuple(numbers(student.split_indices(5, 0.4, rng)[1])) for _ in range(200)}
    assert seen == set(combinations(range(5), 2)), "some samples are never tested together"


@pytest.mark.task("split_indices", edge=True)
def test_split_indices_never_leaves_a_side_empty(student, rng):
    """However small the share, there is something to train on and something to test on"""
    for n, fraction in ((3, 0.1), (3, 0.9), (2, 0.1), (2, 0.9)):
        try:
            pair = student.split_indices(n, fraction, rng)
        except ValueError:
            continue  # to say that it cannot be done is fair, too
        assert all(split_of(pair, n)), "one side of the split is empty"


@pytest.mark.task("split_indices", edge=True)
def test_split_indices_refuses_what_is_no_fraction(student, rng):
    """0, 1 and what lies outside are a ValueError, and so is nothing to split"""
    for fraction in NO_FRACTIONS:
        with pytest.raises(ValueError):
            student.split_indices(10, fraction, rng)
    for n in (0, 1):
        with pytest.raises(ValueError):
            student.split_indices(n, 0.5, rng)


@pytest.mark.task("split_indices", edge=True)
@pytest.mark.parametrize(("fraction", "tested"), [(0.05, 1), (0.95, 4)])
def test_split_indices_keeps_one_sample_on_each_side(student, rng, fraction, tested):
    """Where rounding would leave a side empty, it gets a single sample"""
    try:
        pair = student.split_indices(5, fraction, rng)
    except ValueError:
        return  # to say that it cannot be done is fair, too
    assert len(split_of(pair, 5)[1]) == tested


# --- train_validation_test_split ----------------------------------------------------------------------------


def three_parts(student, n, validation, test, rng):
    """The numbers of the samples in the three sets, after checking that each sample has kept its label."""
    pictures = np.arange(n)[:, np.newaxis, np.newaxis] * 10 + np.arange(6).reshape(2, 3)
    parts = student.train_validation_test_split(pictures, np.arange(n) + 500, validation, test, rng)
    assert len(parts) == 6, "three sets of samples and three of labels"
    sets = []
    for x, y in zip(parts[0::2], parts[1::2], strict=True):
        members = np.asarray(y) - 500
        assert members.ndim == 1, "labels are one-dimensional"
        assert len(x) == len(members), "a set has not as many labels as samples"
        assert all(0 <= i < n for i in members), "a label that was not there before"
        assert np.array_equal(x, pictures[members]), "a sample has lost its own label"
        sets.append(sorted(members.tolist()))
    return sets


@pytest.mark.task("train_validation_test_split", weight=2)
def test_train_validation_test_split_has_the_right_sizes(student, rng):
    """Both fractions are fractions of the whole, and the rest is for training"""
    for n, validation, test, validated, tested in TRIPLES:
        sizes = [len(part) for part in three_parts(student, n, validation, test, rng)]
        assert sizes == [n - validated - tested, validated, tested], "wrong sizes of training, validation and test set"


@pytest.mark.task("train_validation_test_split", weight=2)
def test_train_validation_test_split_divides_all_samples(student, rng):
    """Every sample is in exactly one of the three sets, with its own label"""
    for n, validation, test, _, _ in TRIPLES:
        parts = three_parts(student, n, validation, test, rng)
        assert sorted(chain(*parts)) == list(range(n)), "every sample must be in exactly one of the three sets"


@pytest.mark.task("train_validation_test_split")
def test_train_validation_test_split_depends_on_rng_alone(student, rng):
    """The same seed gives the same three sets, another one others"""
    for which in range(3):
        depends_on_the_seed_alone(lambda r, which=which: three_parts(student, 60, 0.3, 0.3, r)[which], rng)


@pytest.mark.task("train_validation_test_split")
def test_train_validation_test_split_can_put_any_sample_anywhere(student, rng):
    """Sooner or later every sample is in each of the three sets"""
    drawn = [three_parts(student, 5, 0.2, 0.4, rng) for _ in range(120)]
    for which in range(3):
        assert {i for parts in drawn for i in parts[which]} == set(range(5)), "a set never contains some sample"


@pytest.mark.task("train_validation_test_split", edge=True)
def test_train_validation_test_split_takes_lists(student, rng):
    """Samples and labels may be lists"""
    parts = student.train_validation_test_split([[1.5, 2], [3, 4], [5, 6], [7, 8]], [10, 30, 50, 70], 0.25, 0.25, rng)
    x, y = (np.concatenate([np.asarray(part) for part in parts[which::2]]) for which in (0, 1))
    assert len(y) == 4, "every sample must be in exactly one of the three sets"
    assert x[np.argsort(y)] == close([[1.5, 2], [3, 4], [5, 6], [7, 8]])


@pytest.mark.task("train_validation_test_split", edge=True)
def test_train_validation_test_split_refuses_bad_input(student, rng):
    """Different lengths, no samples, and fractions that leave nothing to train on are a ValueError"""
    x, y = np.zeros((20, 3)), np.zeros(20)
    cases = [(x, y[:19], 0.2, 0.2), (x[:19], y, 0.2, 0.2), (x[:0], y[:0], 0.2, 0.2), (x, y, 0.7, 0.6), (x, y, 0.5, 0.5)]
    cases += [(x, y, fraction, 0.2) for fraction in NO_FRACTIONS]
    cases += [(x, y, 0.2, fraction) for fraction in NO_FRACTIONS]
    for case in cases:
        with pytest.raises(ValueError):
            student.train_validation_test_split(*case, rng)


# --- stratified_split_indices -------------------------------------------------------------------------------


@pytest.mark.task("stratified_split_indices", weight=2)
def test_stratified_split_indices_divides_every_class(student, rng):
    """Of each class round(n_c * test_fraction) are for testing, whatever its label and wherever its samples"""
    labels, counts = np.array([-3, 4, 17, 100]), [10, 20, 7, 33]
    for fraction, tested in ((0.3, [3, 6, 2, 10]), (0.4, [4, 8, 3, 13])):
        y = rng.permutation(np.repeat(labels, counts))
        _, test = split_of(student.stratified_split_indices(y, fraction, rng), len(y))
        found = [int(np.sum(y[test] == label)) for label in labels]
        assert found == tested, "a class has not its share of the test set"


@pytest.mark.task("stratified_split_indices")
def test_stratified_split_indices_depends_on_rng_alone(student, rng):
    """The same seed gives the same split, another one another"""
    y = rng.integers(3, size=80)
    depends_on_the_seed_alone(lambda r: numbers(student.stratified_split_indices(y, 0.4, r)[1]), rng)


@pytest.mark.task("stratified_split_indices")
def test_stratified_split_indices_can_test_on_any_samples(student, rng):
    """Of two classes of five, every pair is tested sooner or later, and not always the same one of both"""
    y = np.array([0, 1] * 5)
    drawn = [numbers(student.stratified_split_indices(y, 0.4, rng)[1]) for _ in range(200)]
    pairs = [[tuple(i // 2 for i in test if i % 2 == label) for test in drawn] for label in (0, 1)]
    for of_one_class in pairs:
        assert set(of_one_class) == set(combinations(range(5), 2)), "some samples of a class are never tested together"
    assert len(set(zip(*pairs, strict=True))) > 10, "both classes are drawn alike: the draws must be independent"


@pytest.mark.task("stratified_split_indices", edge=True)
def test_stratified_split_indices_takes_lists(student, rng):
    """The labels may be a list"""
    y = [7, 3, 7, 3, 3, 3]
    _, tested = split_of(student.stratified_split_indices(y, 0.5, rng), 6)
    assert sorted(y[index] for index in tested) == [3, 3, 7]


@pytest.mark.task("stratified_split_indices", edge=True)
def test_stratified_split_indices_refuses_bad_input(student, rng):
    """What is not a fraction, and no samples, are a ValueError"""
    for y, fraction in [([], 0.5), *(([0, 1] * 5, fraction) for fraction in NO_FRACTIONS)]:
        with pytest.raises(ValueError):
            student.stratified_split_indices(np.array(y, dtype=int), fraction, rng)

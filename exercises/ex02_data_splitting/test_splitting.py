"""Visible tests of ex02: run `pytest exercises/ex02_data_splitting` while you work."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier

from grader.compare import close

# Twelve samples and their labels: sample number i is [10 i, 10 i + 1], and is of class 1 from number 8 on.
X = np.arange(12)[:, np.newaxis] * 10 + [0, 1]
Y = np.array([0] * 8 + [1] * 4)

SEEDS = range(20)  # one split may be right by luck, twenty are not
NO_FRACTIONS = (0.0, 1.0, -0.2, 1.5)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.task("split_indices", weight=2)
def test_split_indices_of_ten_samples(student):
    """30 % of 10 samples are 3 for testing; the other 7 are for training"""
    for seed in SEEDS:
        train, test = student.split_indices(10, 0.3, rng(seed))
        assert len(test) == 3, "3 of 10 samples are for testing"
        assert len(train) == 7, "7 of 10 samples are for training"
        assert sorted([*train, *test]) == list(range(10)), "every index is in exactly one of the two"


@pytest.mark.task("split_indices")
def test_split_indices_rounds_to_the_nearest(student):
    """28 % of 10 are 2.8, which is about 3; 22 % are 2.2, which is about 2"""
    for fraction, expected in ((0.28, 3), (0.22, 2)):
        _, test = student.split_indices(10, fraction, rng())
        assert len(test) == expected, f"round(10 * {fraction}) = {expected} samples are for testing"


@pytest.mark.task("split_indices")
def test_split_indices_are_drawn_at_random(student):
    """The same generator gives the same split, another one another"""
    first, again, other = (set(student.split_indices(100, 0.3, rng(seed))[1]) for seed in (1, 1, 2))
    assert first == again, "two generators with the same seed gave two splits"
    assert first != other, "two generators with different seeds gave the same split"


@pytest.mark.task("split_indices")
def test_split_indices_can_test_on_any_pair(student):
    """Four samples have six pairs: in a hundred splits each of them is the test set, not neighbours only"""
    pairs = {tuple(sorted(map(int, student.split_indices(4, 0.5, rng(seed))[1]))) for seed in range(100)}
    assert len(pairs) == 6, f"of the six pairs of 0, 1, 2 and 3 only these were ever the test set: {sorted(pairs)}"


@pytest.mark.task("split_indices", edge=True)
def test_split_indices_leaves_no_side_empty(student):
    """5 % of 5 samples are 0.25, and still one of them is for testing; 95 % leave one to train on"""
    for fraction, expected in ((0.05, 1), (0.95, 4)):
        try:
            train, test = student.split_indices(5, fraction, rng())
        except ValueError:
            continue  # to say that it cannot be done is fair, too
        assert len(test) == expected, f"{expected} of 5 samples must be for testing"
        assert len(train) == 5 - expected, f"{5 - expected} of 5 samples must be for training"


@pytest.mark.task("split_indices", edge=True)
def test_split_indices_of_two_samples(student):
    """Two samples are enough: one to train on and one for testing"""
    train, test = student.split_indices(2, 0.5, rng())
    assert sorted([*train, *test]) == [0, 1], "every index is in exactly one of the two"
    assert len(test) == 1, "one of two samples is for testing"


@pytest.mark.task("split_indices", edge=True, weight=2)
def test_split_indices_refuses_what_is_no_fraction(student):
    """0, 1 and what lies outside are a ValueError, and so are fewer than two samples"""
    for fraction in NO_FRACTIONS:
        with pytest.raises(ValueError):
            student.split_indices(10, fraction, rng())
    for n in (1, 0):
        with pytest.raises(ValueError):
            student.split_indices(n, 0.5, rng())


@pytest.mark.task("train_validation_test_split", weight=2)
def test_train_validation_test_split_of_twelve_samples(student):
    """A quarter of 12 for validation, a third for testing: 3 and 4, and 5 for training"""
    x_train, y_train, x_val, y_val, x_test, y_test = student.train_validation_test_split(X, Y, 1 / 4, 1 / 3, rng())
    assert [len(x_train), len(x_val), len(x_test)] == [5, 3, 4], "wrong numbers of samples"
    assert [len(y_train), len(y_val), len(y_test)] == [5, 3, 4], "wrong numbers of labels"


@pytest.mark.task("train_validation_test_split", weight=3)
def test_train_validation_test_split_keeps_the_pairs(student):
    """No sample is lost, and each keeps its own label"""
    for seed in SEEDS:
        parts = student.train_validation_test_split(X, np.arange(12), 1 / 4, 1 / 3, rng(seed))
        numbers = np.concatenate([np.asarray(y) for y in parts[1::2]])
        assert sorted(numbers) == list(range(12)), "every sample is in exactly one of the three sets"
        for k in (0, 2, 4):
            assert np.asarray(parts[k]) == close(X[np.asarray(parts[k + 1])])


@pytest.mark.task("train_validation_test_split", weight=0.5)
def test_train_validation_test_split_rounds_to_the_nearest(student):
    """14 samples: 20 % are 2.8, about 3 for testing; 10 % are 1.4, about 1 for validation"""
    x = np.arange(14)[:, np.newaxis]
    parts = student.train_validation_test_split(x, np.arange(14), 0.1, 0.2, rng())
    assert [len(y) for y in parts[1::2]] == [10, 1, 3], "10 for training, 1 for validation, 3 for testing"


@pytest.mark.task("train_validation_test_split")
def test_train_validation_test_split_is_drawn_at_random(student):
    """The same generator gives the same three sets, another one others: training, validation and test set alike"""
    x, y = np.zeros((60, 1)), np.arange(60)
    first, again, other = (
        [sorted(map(int, part)) for part in student.train_validation_test_split(x, y, 0.3, 0.3, rng(seed))[1::2]]
        for seed in (1, 1, 2)
    )
    assert first == again, "two generators with the same seed gave two splits"
    for name, one, another in zip(("training", "validation", "test"), first, other, strict=True):
        assert one != another, f"two generators with different seeds gave the same {name} set"


@pytest.mark.task("train_validation_test_split", edge=True)
def test_train_validation_test_split_of_lists_and_of_pictures(student):
    """Samples and labels may be lists, and a sample may be anything, such as a picture of 1 x 2 pixels"""
    pictures = [[[10, 11]], [[20, 21]], [[30, 31]], [[40, 41]]]
    parts = student.train_validation_test_split(pictures, [10, 20, 30, 40], 0.25, 0.25, rng())
    x = np.concatenate([np.asarray(x) for x in parts[0::2]])
    y = np.concatenate([np.asarray(y) for y in parts[1::2]])
    assert sorted(map(int, y)) == [10, 20, 30, 40], "every sample is in exactly one of the three sets"
    assert x[np.argsort(y)] == close(pictures)


@pytest.mark.task("train_validation_test_split", edge=True)
def test_train_validation_test_split_refuses_to_train_on_nothing(student):
    """Fractions that add up to 1 or more, that are none, different lengths, and no samples are a ValueError"""
    fractions = [(0.6, 0.6), (0.5, 0.5), *((wrong, 0.2) for wrong in NO_FRACTIONS), *((0.2, w) for w in NO_FRACTIONS)]
    for validation, test in fractions:
        with pytest.raises(ValueError):
            student.train_validation_test_split(X, Y, validation, test, rng())
    for x, y in ((X, Y[:11]), (X[:11], Y), (X[:0], Y[:0])):
        with pytest.raises(ValueError):
            student.train_validation_test_split(x, y, 0.25, 0.25, rng())


@pytest.mark.task("stratified_split_indices", weight=2)
def test_stratified_split_indices_takes_a_share_of_each_class(student):
    """A quarter of 8 and a quarter of 4: two samples of class 0 and one of class 1, with every seed"""
    for seed in SEEDS:
        train, test = student.stratified_split_indices(Y, 0.25, rng(seed))
        assert sorted([*train, *test]) == list(range(12)), "every position is in exactly one of the two"
        assert sorted(Y[list(test)]) == [0, 0, 1], "two samples of class 0 and one of class 1 are for testing"


@pytest.mark.task("stratified_split_indices", weight=2)
def test_stratified_split_indices_of_any_labels_in_any_order(student):
    """Eight samples of class -3, four of class 9 and two of class 5, mixed: 35 % are 2.8, 1.4 and 0.7: 3, 1 and 1"""
    y = [-3, 9, -3, 5, -3, 9, -3, -3, -3, 9, 9, -3, 5, -3]
    train, test = student.stratified_split_indices(y, 0.35, rng())
    assert sorted([*train, *test]) == list(range(14)), "every position is in exactly one of the two"
    assert sorted(y[i] for i in test) == [-3, -3, -3, 5, 9], "of the classes -3, 5 and 9: 3, 1 and 1 samples"


@pytest.mark.task("stratified_split_indices")
def test_stratified_split_indices_are_drawn_at_random(student):
    """The same generator gives the same split, another one another"""
    y = np.repeat([0, 1], 50)
    first, again, other = (set(student.stratified_split_indices(y, 0.3, rng(seed))[1]) for seed in (1, 1, 2))
    assert first == again, "two generators with the same seed gave two splits"
    assert first != other, "two generators with different seeds gave the same split"


@pytest.mark.task("stratified_split_indices")
def test_stratified_split_indices_can_test_on_any_samples(student):
    """A third of 0, 1, 2 and a third of 3, 4, 5: in 200 splits each of the nine pairs is the test set"""
    y = np.array([0, 0, 0, 1, 1, 1])
    pairs = {tuple(sorted(map(int, student.stratified_split_indices(y, 1 / 3, rng(s))[1]))) for s in range(200)}
    assert len(pairs) == 9, f"of nine pairs, such as (0, 4), only these were ever the test set: {sorted(pairs)}"


@pytest.mark.task("stratified_split_indices", edge=True)
def test_stratified_split_indices_refuses_what_is_no_fraction(student):
    """0, 1 and what lies outside are a ValueError, and so are no labels"""
    for fraction in NO_FRACTIONS:
        with pytest.raises(ValueError):
            student.stratified_split_indices(Y, fraction, rng())
    with pytest.raises(ValueError):
        student.stratified_split_indices([], 0.25, rng())


@pytest.mark.task("k_fold_indices", weight=2)
def test_k_fold_indices_of_ten_samples(student):
    """10 samples in 3 folds: two validate 3 samples, one validates 4"""
    folds = list(student.k_fold_indices(10, 3, rng()))
    assert sorted(len(validation) for _, validation in folds) == [3, 3, 4], "3 + 3 + 4 samples validate"
    assert sorted(i for _, validation in folds for i in validation) == list(range(10)), "every index validates once"


@pytest.mark.task("k_fold_indices")
def test_k_fold_indices_spreads_the_remainder(student):
    """11 samples in 4 folds: three validate 3 samples and one 2, none validates all that is left over"""
    sizes = sorted(len(validation) for _, validation in student.k_fold_indices(11, 4, rng()))
    assert sizes == [2, 3, 3, 3], "the sizes of the folds differ by at most 1"


@pytest.mark.task("k_fold_indices")
def test_k_fold_indices_trains_on_the_others(student):
    """In each round the indices that do not validate are those that train"""
    for train, validation in student.k_fold_indices(10, 3, rng()):
        assert sorted([*train, *validation]) == list(range(10)), "every index trains or validates, never both"


@pytest.mark.task("k_fold_indices")
def test_k_fold_indices_are_drawn_at_random(student):
    """The same generator gives the same folds, another one others"""
    first, again, other = (
        [sorted(map(int, validation)) for _, validation in student.k_fold_indices(40, 4, rng(seed))]
        for seed in (1, 1, 2)
    )
    assert first == again, "two generators with the same seed gave two foldings"
    assert first != other, "two generators with different seeds gave the same folds"


@pytest.mark.task("k_fold_indices")
def test_k_fold_indices_can_put_any_samples_together(student):
    """Four samples in two folds: sooner or later 0 validates together with 1, with 2 and with 3"""
    partners = set()
    for seed in range(60):
        for _, validation in student.k_fold_indices(4, 2, rng(seed)):
            partners |= {int(i) for i in validation} if 0 in validation else set()
    assert partners == {0, 1, 2, 3}, f"0 has only ever validated together with {sorted(partners - {0})}"


@pytest.mark.task("k_fold_indices", edge=True)
def test_k_fold_indices_refuses_impossible_numbers_of_folds(student):
    """3 samples cannot form 4 folds, and one fold leaves nothing to train on: ValueError; 3 folds of one are fine"""
    for k in (4, 1, 0):
        with pytest.raises(ValueError):
            list(student.k_fold_indices(3, k, rng()))
    assert len(list(student.k_fold_indices(3, 3, rng()))) == 3, "3 samples in 3 folds are three rounds"


@pytest.mark.task("standardize", weight=2)
def test_standardize_the_training_data(student):
    """By column: 1, 3, 5 has the mean 3 and the standard deviation sqrt(8/3); 10, 10, 40 has 20 and sqrt(200)"""
    (x_train,) = student.standardize([[1, 10], [3, 10], [5, 40]])
    a, b = np.sqrt(3 / 8), np.sqrt(1 / 200)
    assert x_train == close([[-2 * a, -10 * b], [0, -10 * b], [2 * a, 20 * b]])


@pytest.mark.task("standardize", weight=2)
def test_standardize_learns_from_the_training_data_only(student):
    """Others are measured with the mean 3 and the standard deviation 2 of the training data: 9 becomes 3, also alone"""
    x_train, x_val, x_test = student.standardize([[1.0], [5.0]], [[3.0], [9.0]], [[-1.0]])
    assert x_train == close([[-1.0], [1.0]])
    assert x_val == close([[0.0], [3.0]])
    assert x_test == close([[-2.0]])


@pytest.mark.task("standardize", edge=True)
def test_standardize_a_constant_column(student):
    """A column that never changes becomes 0, not NaN; of a single sample every column does"""
    x_train, x_test = student.standardize([[1, 5], [3, 5]], [[2, 5]])
    assert x_train == close([[-1, 0], [1, 0]])
    assert x_test == close([[0, 0]])
    (alone,) = student.standardize([[4.0, 7.0]])
    assert alone == close([[0.0, 0.0]])


@pytest.mark.task("standardize", edge=True)
def test_standardize_refuses_what_does_not_fit(student):
    """No training samples, and an array with one column where the training data have two, are a ValueError"""
    with pytest.raises(ValueError):
        student.standardize(np.empty((0, 2)), [[1.0, 2.0]])
    with pytest.raises(ValueError):
        student.standardize([[1.0, 2.0], [3.0, 5.0]], [[1.0], [2.0]])


class Counts(BaseEstimator):
    """A model that never forgets: its score is the number of samples of all its fits."""

    def fit(self, x, y):
        self.samples_ = [*getattr(self, "samples_", []), *x]
        return self

    def score(self, x, y):
        return float(len(self.samples_))


class AddsUp(BaseEstimator):
    """A model whose score is the sum of the targets that it is scored on."""

    def fit(self, x, y):
        self.fitted_ = True
        return self

    def score(self, x, y):
        return float(np.sum(y))


class Spy(BaseEstimator):
    """A model whose score is the mean of the inputs that it was fitted on, or of those that it is scored on."""

    def __init__(self, watch="fit"):
        self.watch = watch

    def fit(self, x, y):
        self.mean_ = float(np.mean(x))
        return self

    def score(self, x, y):
        return self.mean_ if self.watch == "fit" else float(np.mean(x))


@pytest.mark.task("cross_validate", weight=2)
def test_cross_validate_trains_a_fresh_model_on_the_other_folds(student):
    """12 samples in 5 folds of 2 or 3: each model has only ever been fitted on the other 10 or 9"""
    scores = student.cross_validate(Counts(), X, Y, 5, rng())
    assert sorted(map(float, scores)) == [9, 9, 10, 10, 10], "each model is fitted once, on all folds but one"


@pytest.mark.task("cross_validate", weight=3)
def test_cross_validate_scores_every_sample_once(student):
    """The targets 0, 1, ..., 11 add up to 66, however they are divided among the folds"""
    scores = student.cross_validate(AddsUp(), X, np.arange(12), 4, rng())
    assert np.sum(np.asarray(scores)) == close(66.0)


@pytest.mark.task("cross_validate")
def test_cross_validate_of_a_model_that_always_says_0(student):
    """8 of 12 samples are of class 0: over folds of 3 samples the accuracies have the mean 8/12"""
    scores = student.cross_validate(DummyClassifier(strategy="constant", constant=0), X, Y, 4, rng())
    assert np.mean(np.asarray(scores)) == close(8 / 12)


@pytest.mark.task("cross_validate", weight=3)
def test_cross_validate_measures_the_training_folds_alone(student):
    """Every model sees inputs of mean 0; each of 0, 2, 7 is measured by mean and standard deviation of the other two"""
    assert student.cross_validate(Spy("fit"), X, Y, 4, rng()) == close(np.zeros(4), atol=1e-9)
    # 0 by 4.5 and 2.5, then 2 by 3.5 and 3.5, then 7 by 1 and 1: in the order of the folds, which is random.
    scores = np.asarray(student.cross_validate(Spy("score"), [[0], [2], [7]], [0, 1, 0], 3, rng()))
    assert np.sort(scores) == close([-4.5 / 2.5, -1.5 / 3.5, 6.0])


@pytest.mark.task("cross_validate")
def test_cross_validate_draws_the_folds_at_random(student):
    """The same generator gives the same scores, another one others"""
    first, again, other = (
        [float(score) for score in student.cross_validate(AddsUp(), X, 2 ** np.arange(12), 3, rng(seed))]
        for seed in (1, 1, 2)
    )
    assert first == again, "two generators with the same seed gave different scores"
    assert first != other, "two generators with different seeds gave the same folds"


@pytest.mark.task("cross_validate", edge=True)
def test_cross_validate_leaves_the_given_model_alone(student):
    """Each round fits a copy: the model that was handed in stays unfitted"""
    model = Counts()
    assert len(student.cross_validate(model, X, Y, 3, rng())) == 3, "three folds have three scores"
    assert not hasattr(model, "samples_"), "the given model was fitted"


@pytest.mark.task("cross_validate", edge=True)
def test_cross_validate_refuses_different_lengths(student):
    """Twelve samples and eleven targets, one fold, and 13 folds of 12 samples are a ValueError"""
    for x, y, k in ((X, Y[:11], 3), (X[:11], Y, 3), (X, Y, 1), (X, Y, 13)):
        with pytest.raises(ValueError):
            student.cross_validate(AddsUp(), x, y, k, rng())

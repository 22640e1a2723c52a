"""Visible tests of ex02: run `pytest exercises/ex02_data_splitting` while you work."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier

from grader.compare import close

# Twelve samples and their labels: sample number i is [10 i, 10 i + 1], and is of class 1 from number 8 on.
X = np.arange(12)[:, np.newaxis] * 10 + [0, 1]
Y = np.array([0] * 8 + [1] * 4)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.task("split_indices")
def test_split_indices_of_ten_samples(student):
    """30 % of 10 samples are 3 for testing; the other 7 are for training"""
    train, test = student.split_indices(10, 0.3, rng())
    assert len(test) == 3, "3 of 10 samples are for testing"
    assert len(train) == 7, "7 of 10 samples are for training"
    assert sorted([*train, *test]) == list(range(10)), "every index is in exactly one of the two"


@pytest.mark.task("split_indices")
def test_split_indices_are_drawn_at_random(student):
    """The same generator gives the same split, another one another"""
    first, again, other = (set(student.split_indices(100, 0.3, rng(seed))[1]) for seed in (1, 1, 2))
    assert first == again, "two generators with the same seed gave two splits"
    assert first != other, "two generators with different seeds gave the same split"


@pytest.mark.task("split_indices", edge=True)
def test_split_indices_refuses_a_fraction_above_1(student):
    """A fraction that is not between 0 and 1 is a ValueError"""
    with pytest.raises(ValueError):
        student.split_indices(10, 1.5, rng())


@pytest.mark.task("train_validation_test_split")
def test_train_validation_test_split_of_twelve_samples(student):
    """A quarter of 12 for validation, a third for testing: 3 and 4, and 5 for training"""
    x_train, y_train, x_val, y_val, x_test, y_test = student.train_validation_test_split(X, Y, 1 / 4, 1 / 3, rng())
    assert [len(x_train), len(x_val), len(x_test)] == [5, 3, 4], "wrong numbers of samples"
    assert [len(y_train), len(y_val), len(y_test)] == [5, 3, 4], "wrong numbers of labels"


@pytest.mark.task("train_validation_test_split")
def test_train_validation_test_split_keeps_the_pairs(student):
    """No sample is lost, and each keeps its own label"""
    parts = student.train_validation_test_split(X, np.arange(12), 1 / 4, 1 / 3, rng())
    numbers = np.concatenate([np.asarray(y) for y in parts[1::2]])
    assert sorted(numbers) == list(range(12)), "every sample is in exactly one of the three sets"
    assert np.concatenate([np.asarray(x) for x in parts[0::2]]) == close(X[numbers])


@pytest.mark.task("train_validation_test_split", edge=True)
def test_train_validation_test_split_refuses_to_train_on_nothing(student):
    """60 % for validation and 60 % for testing are a ValueError"""
    with pytest.raises(ValueError):
        student.train_validation_test_split(X, Y, 0.6, 0.6, rng())


@pytest.mark.task("stratified_split_indices")
def test_stratified_split_indices_takes_a_share_of_each_class(student):
    """A quarter of 8 and a quarter of 4: two samples of class 0 and one of class 1 are for testing"""
    train, test = student.stratified_split_indices(Y, 0.25, rng())
    assert sorted(Y[list(test)]) == [0, 0, 1], "two samples of class 0 and one of class 1 are for testing"
    assert sorted([*train, *test]) == list(range(12)), "every position is in exactly one of the two"


@pytest.mark.task("stratified_split_indices")
def test_stratified_split_indices_are_drawn_at_random(student):
    """The same generator gives the same split, another one another"""
    y = np.repeat([0, 1], 50)
    first, again, other = (set(student.stratified_split_indices(y, 0.3, rng(seed))[1]) for seed in (1, 1, 2))
    assert first == again, "two generators with the same seed gave two splits"
    assert first != other, "two generators with different seeds gave the same split"


@pytest.mark.task("stratified_split_indices", edge=True)
def test_stratified_split_indices_refuses_no_samples(student):
    """No labels are a ValueError"""
    with pytest.raises(ValueError):
        student.stratified_split_indices([], 0.25, rng())


@pytest.mark.task("k_fold_indices")
def test_k_fold_indices_of_ten_samples(student):
    """10 samples in 3 folds: two validate 3 samples, one validates 4"""
    folds = list(student.k_fold_indices(10, 3, rng()))
    assert sorted(len(validation) for _, validation in folds) == [3, 3, 4], "3 + 3 + 4 samples validate"
    assert sorted(i for _, validation in folds for i in validation) == list(range(10)), "every index validates once"


@pytest.mark.task("k_fold_indices")
def test_k_fold_indices_trains_on_the_others(student):
    """In each round the indices that do not validate are those that train"""
    for train, validation in student.k_fold_indices(10, 3, rng()):
        assert sorted([*train, *validation]) == list(range(10)), "every index trains or validates, never both"


@pytest.mark.task("k_fold_indices", edge=True)
def test_k_fold_indices_refuses_more_folds_than_samples(student):
    """3 samples cannot form 4 folds: ValueError"""
    with pytest.raises(ValueError):
        list(student.k_fold_indices(3, 4, rng()))


@pytest.mark.task("standardize")
def test_standardize_the_training_data(student):
    """The column 1, 3 has mean 2 and standard deviation 1"""
    (x_train,) = student.standardize([[1.0], [3.0]])
    assert x_train == close([[-1.0], [1.0]])


@pytest.mark.task("standardize")
def test_standardize_learns_from_the_training_data_only(student):
    """Another array is measured with the mean 2 and the deviation 1 of the training data: 7 becomes 5"""
    x_train, x_val, x_test = student.standardize([[1.0], [3.0]], [[2.0], [7.0]], [[-1.0]])
    assert x_train == close([[-1.0], [1.0]])
    assert x_val == close([[0.0], [5.0]])
    assert x_test == close([[-3.0]])


@pytest.mark.task("standardize", edge=True)
def test_standardize_a_constant_column(student):
    """A column that never changes becomes 0, not NaN"""
    (x_train,) = student.standardize([[1, 5], [3, 5]])
    assert x_train == close([[-1, 0], [1, 0]])


class Counts(BaseEstimator):
    """A model whose score is the number of samples that it was fitted on."""

    def fit(self, x, y):
        self.seen_ = len(x)
        return self

    def score(self, x, y):
        return float(self.seen_)


class Spy(BaseEstimator):
    """A model whose score is the mean of the inputs that it was fitted on, or of those that it is scored on."""

    def __init__(self, watch="fit"):
        self.watch = watch

    def fit(self, x, y):
        self.mean_ = float(np.mean(x))
        return self

    def score(self, x, y):
        return self.mean_ if self.watch == "fit" else float(np.mean(x))


@pytest.mark.task("cross_validate")
def test_cross_validate_trains_on_the_other_folds(student):
    """12 samples in 5 folds of 2 or 3: each model is fitted on the other 10 or 9"""
    scores = student.cross_validate(Counts(), X, Y, 5, rng())
    assert sorted(map(float, scores)) == [9, 9, 10, 10, 10], "each model is fitted on all folds but one"


@pytest.mark.task("cross_validate")
def test_cross_validate_of_a_model_that_always_says_0(student):
    """8 of 12 samples are of class 0: over folds of 3 samples the accuracies have the mean 8/12"""
    scores = student.cross_validate(DummyClassifier(strategy="constant", constant=0), X, Y, 4, rng())
    assert np.mean(np.asarray(scores)) == close(8 / 12)


@pytest.mark.task("cross_validate")
def test_cross_validate_measures_the_training_folds_alone(student):
    """Every model sees inputs of mean 0; the three samples that it is scored on have another mean"""
    assert student.cross_validate(Spy("fit"), X, Y, 4, rng()) == close(np.zeros(4), atol=1e-9)
    scored = np.asarray(student.cross_validate(Spy("score"), X, Y, 4, rng()))
    assert np.all(np.abs(scored) > 1e-9), "the validation fold has been centred by its own mean"


@pytest.mark.task("cross_validate", edge=True)
def test_cross_validate_leaves_the_given_model_alone(student):
    """Each round fits a copy: the model that was handed in stays unfitted"""
    model = Counts()
    assert len(student.cross_validate(model, X, Y, 3, rng())) == 3, "three folds have three scores"
    assert not hasattr(model, "seen_"), "the given model was fitted"

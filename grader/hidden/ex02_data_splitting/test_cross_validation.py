"""Hidden tests of ex02: folds, what the training part alone may decide, and a model's score in every fold."""

from itertools import chain

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import Ridge

from grader.compare import close
from grader.hidden.ex02_data_splitting.index_sets import depends_on_the_seed_alone, numbers, split_of


def standardized(x_train, x):
    return (x - x_train.mean(axis=0)) / x_train.std(axis=0)


# --- k_fold_indices -----------------------------------------------------------------------------------------


def folds_of(pairs, n, k):
    """The k validation sets, after checking that in each round the others train and that each index validates once."""
    splits = [split_of(pair, n) for pair in pairs]
    assert len(splits) == k, "k rounds, please"
    folds = [validation for _, validation in splits]
    assert sorted(chain(*folds)) == list(range(n)), "every index must validate exactly once"
    return folds


@pytest.mark.task("k_fold_indices", weight=2)
def test_k_fold_indices_validates_every_index_once(student, rng):
    """Every index validates in one round and trains in all the others, also when k does not divide n"""
    for n, k in ((12, 4), (10, 3), (23, 5), (9, 2), (59, 20), (7, 7)):
        folds_of(student.k_fold_indices(n, k, rng), n, k)


@pytest.mark.task("k_fold_indices", weight=2)
def test_k_fold_indices_has_folds_of_nearly_equal_size(student, rng):
    """The sizes of the folds differ by at most 1"""
    for n, k in ((12, 4), (11, 4), (23, 5), (59, 20)):
        sizes = [len(numbers(validation)) for _, validation in student.k_fold_indices(n, k, rng)]
        assert len(sizes) == k, "k rounds, please"
        assert sum(sizes) == n, "together the folds must have n samples"
        assert max(sizes) - min(sizes) <= 1, "the sizes of two folds differ by more than 1"


@pytest.mark.task("k_fold_indices")
def test_k_fold_indices_depends_on_rng_alone(student, rng):
    """The same seed gives the same folds, another one others"""
    depends_on_the_seed_alone(lambda r: [numbers(fold) for _, fold in student.k_fold_indices(40, 4, r)], rng)


@pytest.mark.task("k_fold_indices")
def test_k_fold_indices_can_put_any_samples_together(student, rng):
    """Of four samples, all three ways to pair them turn up sooner or later"""
    ways = {tuple(sorted(map(tuple, folds_of(student.k_fold_indices(4, 2, rng), 4, 2)))) for _ in range(60)}
    assert len(ways) == 3, "some samples are never, or always, in the same fold"


@pytest.mark.task("k_fold_indices", edge=True)
def test_k_fold_indices_refuses_impossible_numbers(student, rng):
    """More folds than samples, a single fold, none, and fewer than none are a ValueError"""
    for n, k in ((5, 6), (5, 1), (5, 0), (5, -2), (0, 2)):
        with pytest.raises(ValueError):
            list(student.k_fold_indices(n, k, rng))


# --- standardize --------------------------------------------------------------------------------------------


def table(rng, samples, columns=3):
    """Columns with means and standard deviations far from 0 and 1, and from each other."""
    return rng.normal(size=(samples, columns)) * 10.0 ** np.arange(columns) + rng.uniform(5, 20, columns)


@pytest.mark.task("standardize", weight=2)
def test_standardize_the_training_data(student, rng):
    """Each column by itself: minus its mean, divided by its standard deviation"""
    x = table(rng, 15)
    (x_train,) = student.standardize(x)
    assert x_train == close(standardized(x, x))


@pytest.mark.task("standardize", weight=2)
def test_standardize_learns_from_the_training_data_only(student, rng):
    """The other arrays are measured with the mean and the standard deviation of the training data"""
    x, other, another = table(rng, 15), table(rng, 6) * 2, table(rng, 4) - 50
    first, second, third = student.standardize(x, other, another)
    assert first == close(standardized(x, x))
    assert second == close(standardized(x, other))
    assert third == close(standardized(x, another))


@pytest.mark.task("standardize", edge=True)
def test_standardize_a_constant_column(student):
    """A constant column becomes 0, in every array, and the other columns are as ever"""
    first, second = student.standardize([[2, 7, 1], [4, 7, 1], [9, 7, 1]], [[5, 7, 1], [0, 7, 1]])
    std = np.sqrt(26 / 3)
    assert first == close([[-3 / std, 0, 0], [-1 / std, 0, 0], [4 / std, 0, 0]])
    assert second == close([[0, 0, 0], [-5 / std, 0, 0]])


@pytest.mark.task("standardize", edge=True)
def test_standardize_a_single_sample(student):
    """All columns of a single training sample are constant: it becomes 0"""
    first, _ = student.standardize([[2.0, 7.0]], [[3.0, 9.0]])
    assert first == close([[0.0, 0.0]])


@pytest.mark.task("standardize", edge=True)
def test_standardize_refuses_what_does_not_fit(student):
    """No training samples, and arrays with other columns, are a ValueError"""
    x = np.arange(12.0).reshape(4, 3)
    for arguments in ((x[:0],), (x[:0], x), (x, x[:, :2]), (x, x, x[:, :1])):
        with pytest.raises(ValueError):
            student.standardize(*arguments)


# --- cross_validate -----------------------------------------------------------------------------------------


class Roll(BaseEstimator):
    """Targets are the numbers of the samples; the score has a bit for each one that was fitted, or scored."""

    def __init__(self, of="score"):
        self.of = of

    def fit(self, x, y):
        self.fitted_ = list(y)
        return self

    def score(self, x, y):
        return float(sum(2 ** int(i) for i in (self.fitted_ if self.of == "fit" else y)))


class Cubes(BaseEstimator):
    """The score is the sum of the cubes of the inputs that were fitted, or scored."""

    def __init__(self, of="score"):
        self.of = of

    def fit(self, x, y):
        self.fitted_ = np.asarray(x)
        return self

    def score(self, x, y):
        return float(np.sum((self.fitted_ if self.of == "fit" else np.asarray(x)) ** 3))


class Grows(BaseEstimator):
    """A model that never forgets; the score is the number of samples of all its fits."""

    def fit(self, x, y):
        self.seen_ = getattr(self, "seen_", 0) + len(x)
        return self

    def score(self, x, y):
        return float(self.seen_)


def read_folds(student, x, k, seed, of="score"):
    """For each round, the samples that were scored (or fitted) with this seed, in the order of the scores."""
    scores = np.asarray(student.cross_validate(Roll(of), x, np.arange(len(x)), k, np.random.default_rng(seed)))
    assert scores.shape == (k,), "one score for each of the k rounds"
    assert all(score == int(score) > 0 for score in scores), "the targets of a round are not those that were given"
    return [[i for i in range(len(x)) if int(score) >> i & 1] for score in scores]


def expected_scores(folds, x, y, score):
    """`score(x_train, y_train, x_validation, y_validation)` of every round, the inputs standardised."""
    rounds = []
    for fold in folds:
        train = np.setdiff1d(np.arange(len(x)), fold)
        arrays = standardized(x[train], x[train]), y[train], standardized(x[train], x[fold]), y[fold]
        rounds.append(score(*arrays))
    return rounds


@pytest.mark.task("cross_validate", weight=2)
def test_cross_validate_scores_each_sample_once(student, rng, seed):
    """Each model is scored on one fold, and fitted on all the other samples"""
    x = table(rng, 23)
    scored, fitted = (read_folds(student, x, 5, seed, of) for of in ("score", "fit"))
    folds = folds_of([*zip(fitted, scored, strict=True)], 23, 5)
    assert sorted(map(len, folds)) == [4, 4, 5, 5, 5], "the sizes of two folds differ by more than 1"


@pytest.mark.task("cross_validate", weight=2)
def test_cross_validate_a_regression(student, rng, seed):
    """Ridge regression: fitted and scored like by hand, with the settings of the given model"""
    x = table(rng, 30)
    y = x @ [3.0, 0.5, 0.02] + rng.normal(size=30)
    folds = read_folds(student, x, 4, seed)
    model = Ridge(alpha=8.0)
    expected = expected_scores(folds, x, y, lambda a, b, c, d: clone(model).fit(a, b).score(c, d))
    assert student.cross_validate(model, x, y, 4, np.random.default_rng(seed)) == close(expected, rtol=1e-6, atol=1e-9)


@pytest.mark.task("cross_validate", weight=2)
def test_cross_validate_standardizes_every_round_by_itself(student, rng, seed):
    """The inputs of a round are measured by its training folds alone: nothing leaks from the validation fold"""
    x, y = table(rng, 20) ** 2, np.arange(20)
    folds = read_folds(student, x, 3, seed)
    fitted = expected_scores(folds, x, y, lambda a, b, c, d: np.sum(a**3))
    assert student.cross_validate(Cubes("fit"), x, y, 3, np.random.default_rng(seed)) == close(fitted, atol=1e-8)
    scored = expected_scores(folds, x, y, lambda a, b, c, d: np.sum(c**3))
    assert student.cross_validate(Cubes("score"), x, y, 3, np.random.default_rng(seed)) == close(scored, atol=1e-8)


@pytest.mark.task("cross_validate", weight=2)
def test_cross_validate_starts_every_round_with_a_fresh_model(student, rng):
    """What a model has learned in an earlier round, or before, is not there any more"""
    x, y = table(rng, 30), np.arange(30)
    assert student.cross_validate(Grows(), x, y, 5, rng) == close([24] * 5)
    assert student.cross_validate(Grows().fit(x, y), x, y, 3, rng) == close([20] * 3)


@pytest.mark.task("cross_validate")
def test_cross_validate_depends_on_rng_alone(student, rng):
    """The same seed gives the same scores, another one others"""
    x = table(rng, 30)
    depends_on_the_seed_alone(lambda r: [*map(float, student.cross_validate(Roll(), x, np.arange(30), 3, r))], rng)


@pytest.mark.task("cross_validate", edge=True)
def test_cross_validate_refuses_bad_input(student, rng):
    """Different lengths, and impossible numbers of folds, are a ValueError"""
    x, y = table(rng, 12), np.arange(12)
    for samples, targets, k in ((x, y[:11], 3), (x[:11], y, 3), (x, y, 13), (x, y, 1), (x[:0], y[:0], 2)):
        with pytest.raises(ValueError):
            student.cross_validate(Roll(), samples, targets, k, rng)

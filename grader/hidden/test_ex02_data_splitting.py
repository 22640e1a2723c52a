"""Hidden grader of ex02: sizes, partitions and pairs of a split, never its order; folds are read off the scores.

How the student draws from `rng` is the student's own. What is random is tested by what must be the same with the
same seed, must differ with another one, and must turn up sooner or later.
"""

from itertools import chain, combinations

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import Ridge

from grader.compare import close

# Sizes and fractions for which floor, ceil and round differ, far from halves and from empty sides.
SPLITS = ((2, 0.5, 1), (10, 0.3, 3), (7, 0.4, 3), (11, 0.3, 3), (29, 0.2, 6), (101, 0.25, 25), (200, 0.65, 130))
# Here it makes no difference whether the second fraction is taken of the whole at once, or of the rest by rescaling.
TRIPLES = ((50, 0.2, 0.1, 10, 5), (43, 0.2, 0.3, 9, 13), (40, 0.3, 0.45, 12, 18), (25, 0.12, 0.24, 3, 6))
NO_FRACTIONS = (0.0, 1.0, -0.2, 1.5)


def numbers(values):
    """Indices as a sorted list of Python integers, from any sequence of integers."""
    array = np.asarray(values)
    assert array.ndim == 1, "indices are one-dimensional"
    assert array.size == 0 or array.dtype.kind in "iu", "indices are integers"
    return sorted(array.tolist())


def split_of(pair, n):
    """The two sides of a split, after checking that they divide `0 .. n - 1`."""
    first, second = pair
    first, second = numbers(first), numbers(second)
    assert len(set(first) & set(second)) == 0, "an index is on both sides"
    assert sorted(first + second) == list(range(n)), "every index must occur exactly once"
    return first, second


def standardized(x_train, x):
    return (x - x_train.mean(axis=0)) / x_train.std(axis=0)


def depends_on_the_seed_alone(draw, rng):
    """Equal seeds draw the same set, different ones different sets."""
    seed = int(rng.integers(10**6))
    first, again, other = (draw(np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    assert first == again, "the same seed gave two results: something else than rng is random"
    assert first != other, "different seeds gave the same result: rng is not used"


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
    """Different lengths, no samples, no fractions, and fractions that leave nothing to train on"""
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
    """What is no fraction, and no samples, are a ValueError"""
    for y, fraction in [([], 0.5), *(([0, 1] * 5, fraction) for fraction in NO_FRACTIONS)]:
        with pytest.raises(ValueError):
            student.stratified_split_indices(np.array(y, dtype=int), fraction, rng)


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
    """Columns with means and deviations far from 0 and 1, and from each other."""
    return rng.normal(size=(samples, columns)) * 10.0 ** np.arange(columns) + rng.uniform(5, 20, columns)


@pytest.mark.task("standardize", weight=2)
def test_standardize_the_training_data(student, rng):
    """Each column by itself: minus its mean, divided by its standard deviation"""
    x = table(rng, 15)
    (x_train,) = student.standardize(x)
    assert x_train == close(standardized(x, x))


@pytest.mark.task("standardize", weight=2)
def test_standardize_learns_from_the_training_data_only(student, rng):
    """The other arrays are measured with the mean and the deviation of the training data"""
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

"""Hidden grader of ex04: small integers and rates of 1 and 0.5, so that every score, ties included, is exact.

What `train` finds depends on the order of the samples, which is the student's own; what is tested holds for
every order.
"""

from fractions import Fraction

import numpy as np
import pytest

from grader.compare import close

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([-1, 1, 1, -1])
# The same sample in both classes: a mistake in every epoch, one or two of them depending on the order alone.
CONTRADICTION = np.array([[1, 2], [1, 2]])


def scores(x, w, theta):
    """`w . x + theta` of each sample, exactly, without NumPy's help."""
    w = [Fraction(float(value)) for value in w]
    theta = Fraction(float(theta))
    return [sum((a * Fraction(float(b)) for a, b in zip(w, row, strict=True)), theta) for row in x]


def signs(x, w, theta):
    return [1 if score > 0 else -1 for score in scores(x, w, theta)]


def integers(rng, *shape, largest=6):
    return rng.integers(-largest, largest + 1, size=shape).astype(float)


# --- sgn ----------------------------------------------------------------------------------------------------


@pytest.mark.task("sgn")
def test_sgn_of_numbers_on_both_sides(student, rng):
    """Single numbers, however small, on both sides of zero"""
    for size in [*rng.uniform(0.01, 50, size=3), 1e-12]:
        assert student.sgn(float(size)) == close(1)
        assert student.sgn(float(-size)) == close(-1)


@pytest.mark.task("sgn")
def test_sgn_of_zero_is_minus_one(student):
    """Zero belongs to the negative side, among others too"""
    assert student.sgn(0.0) == close(-1)
    assert student.sgn(np.array([0.0, 1.0, -0.0, 0.0])) == close([-1, 1, -1, -1])


@pytest.mark.task("sgn")
def test_sgn_keeps_the_shape(student, rng):
    """Every element of an array of any shape, by itself"""
    s = integers(rng, 4, 3, 2)
    s[0, 0] = -2.0, 3.0  # both signs, whatever is drawn
    expected = [[[1 if value > 0 else -1 for value in row] for row in block] for block in s]
    assert student.sgn(s) == close(expected)


# --- predict ------------------------------------------------------------------------------------------------


@pytest.mark.task("predict", weight=2)
def test_predict_of_random_perceptrons(student, rng):
    """Random samples of two to six values, ties among them"""
    for features in (2, 3, 6):
        x, w = integers(rng, 30, features), integers(rng, features)
        w[0], theta = 2.0, float(rng.integers(-3, 4))
        x[0], x[1] = 0.0, 0.0
        x[0, 0], x[1, 0] = 5.0, -5.0  # one on each side
        assert student.predict(x, w, theta) == close(signs(x, w, theta))


@pytest.mark.task("predict")
def test_predict_uses_the_bias(student):
    """The same samples and weights change class with the bias"""
    x = [[1.0, 1.0], [2.0, -1.0], [-3.0, 0.0]]
    assert student.predict(x, [1.0, 2.0], 0.0) == close([1, -1, -1])
    assert student.predict(x, [1.0, 2.0], 4.0) == close([1, 1, 1])
    assert student.predict(x, [1.0, 2.0], -4.0) == close([-1, -1, -1])


@pytest.mark.task("predict")
def test_predict_on_the_line(student):
    """A sample exactly on the line is of class -1"""
    assert student.predict([[2.0, 1.0], [3.0, 1.0], [0.0, 0.0]], [1.0, -1.0], -1.0) == close([-1, 1, -1])


@pytest.mark.task("predict")
def test_predict_does_not_depend_on_the_scale(student, rng):
    """Twice the weights and twice the bias are the same perceptron; the opposite ones are the opposite one"""
    x, w, theta = rng.normal(size=(20, 3)), rng.normal(size=3), float(rng.normal())
    x = np.concatenate([x, [10 * w, -10 * w]])
    expected = signs(x, w, theta)
    assert student.predict(x, 2 * w, 2 * theta) == close(expected)
    assert student.predict(x, -w, -theta) == close(-np.array(expected))


@pytest.mark.task("predict", edge=True)
def test_predict_of_a_single_sample(student):
    """One sample gives one class, in an array"""
    assert student.predict([[3.0, 1.0]], [1.0, 1.0], -1.0) == close([1])


@pytest.mark.task("predict", edge=True)
def test_predict_refuses_samples_that_do_not_fit(student):
    """Too many or too few values per sample are a ValueError"""
    with pytest.raises(ValueError):
        student.predict([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], [1.0, 2.0], 0.0)
    with pytest.raises(ValueError):
        student.predict([[1.0, 2.0], [1.0, 2.0]], [1.0, 2.0, 3.0], 0.0)


# --- update -------------------------------------------------------------------------------------------------


@pytest.mark.task("update", weight=2)
def test_update_when_a_positive_sample_is_missed(student):
    """Class +1 called -1: towards the sample"""
    w, theta = student.update([1.0, -2.0, 0.0], -1.0, [2.0, 3.0, -4.0], 1, 0.5)
    assert w == close([2.0, -0.5, -2.0])
    assert theta == close(-0.5)


@pytest.mark.task("update", weight=2)
def test_update_when_a_negative_sample_is_missed(student):
    """Class -1 called +1: away from the sample"""
    w, theta = student.update([1.0, 2.0], 3.0, [2.0, -1.0], -1, 0.5)
    assert w == close([0.0, 2.5])
    assert theta == close(2.5)


@pytest.mark.task("update")
def test_update_when_the_answer_is_right(student):
    """Right answers of both classes change nothing"""
    for x_n, d_n in (([2.0, 1.0], 1), ([-4.0, 1.0], -1)):
        w, theta = student.update([1.0, 2.0], -1.0, x_n, d_n, 0.5)
        assert w == close([1.0, 2.0])
        assert theta == close(-1.0)


@pytest.mark.task("update")
def test_update_on_the_line(student):
    """A score of exactly 0 is an answer of -1: wrong for class +1, right for class -1"""
    w, theta = student.update([0.0, 0.0], 0.0, [1.0, -2.0], 1, 1.0)
    assert w == close([1.0, -2.0])
    assert theta == close(1.0)
    w, theta = student.update([0.0, 0.0], 0.0, [1.0, -2.0], -1, 1.0)
    assert w == close([0.0, 0.0])
    assert theta == close(0.0)


@pytest.mark.task("update")
def test_update_takes_the_bias_into_account(student):
    """Whether the answer is right depends on the bias as well"""
    w, theta = student.update([1.0, 1.0], -5.0, [1.0, 2.0], 1, 1.0)
    assert w == close([2.0, 3.0])
    assert theta == close(-4.0)
    w, theta = student.update([1.0, 1.0], -5.0, [1.0, 2.0], -1, 1.0)
    assert w == close([1.0, 1.0])
    assert theta == close(-5.0)


@pytest.mark.task("update", weight=2)
def test_update_of_random_perceptrons(student, rng):
    """Random weights, samples, labels and learning rates"""
    for eta in (1.0, 0.5, 2.0, 0.25):
        features = int(rng.integers(2, 6))
        w, theta, x_n = integers(rng, features), float(rng.integers(-5, 6)), integers(rng, features)
        for d_n in (1, -1):
            wrong = signs([x_n], w, theta) != [d_n]
            new_w, new_theta = student.update(w, theta, x_n, d_n, eta)
            assert new_w == close(w + eta * d_n * x_n if wrong else w)
            assert new_theta == close(theta + eta * d_n if wrong else theta)


@pytest.mark.task("update", edge=True)
def test_update_of_whole_numbers(student):
    """Integer weights and samples; the result may still be a fraction"""
    w, theta = student.update(np.array([1, -1]), 0, np.array([1, 2]), 1, 0.5)
    assert w == close([1.5, 0.0])
    assert theta == close(0.5)


@pytest.mark.task("update", edge=True)
def test_update_refuses_other_labels(student):
    """A label that is neither +1 nor -1 is a ValueError"""
    for d_n in (0, 2):
        with pytest.raises(ValueError):
            student.update([1.0, 2.0], 0.0, [1.0, 1.0], d_n, 1.0)


@pytest.mark.task("update", edge=True)
def test_update_refuses_a_sample_that_does_not_fit(student):
    """A sample with too many values is a ValueError"""
    with pytest.raises(ValueError):
        student.update([1.0, 2.0], 0.0, [1.0, 1.0, 1.0], 1, 1.0)


# --- train --------------------------------------------------------------------------------------------------


def separable(rng, samples=16, features=2):
    """Integer samples, labels that a line separates, and a number of mistakes that no perceptron exceeds.

    Novikoff's theorem: with inputs of length up to R (the 1 of the bias included) and a unit vector that
    separates them by a margin g, there are at most (R / g)^2 updates, in whatever order. Here the scores are
    odd multiples of 0.5, so that g >= 0.5 / |(w, theta)|.
    """
    w, theta = integers(rng, features, largest=3), float(rng.integers(-3, 3)) + 0.5
    w[0] = 2.0
    x = integers(rng, samples, features)
    x[0], x[1] = 0.0, 0.0
    x[0, 0], x[1, 0] = 6.0, -6.0  # one on each side
    limit = (np.max(np.sum(x**2, axis=1)) + 1) * (np.sum(w**2) + theta**2) / 0.25
    return x, np.array(signs(x, w, theta)), int(limit)


@pytest.mark.task("train", weight=2)
def test_train_separates_what_a_line_can_separate(student, rng):
    """No sample is wrong after training on separable data"""
    for features in (2, 4):
        x, d, limit = separable(rng, features=features)
        w, theta, mistakes = student.train(x, d, 1.0, limit + 1, np.random.default_rng(features))
        assert np.shape(w) == (features,), "one weight per input"
        assert signs(x, w, theta) == list(d), "samples are still on the wrong side of the line"
        assert sum(mistakes) <= limit, "more mistakes than a perceptron can make on this data"


@pytest.mark.task("train")
def test_train_stops_after_the_first_epoch_without_mistakes(student, rng):
    """The last epoch, and no earlier one, is without mistakes"""
    x, d, limit = separable(rng)
    _, _, mistakes = student.train(x, d, 0.5, limit + 1, np.random.default_rng(3))
    mistakes = [int(wrong) for wrong in mistakes]
    assert mistakes, "no epoch at all"
    assert mistakes[-1] == 0, "the epoch without mistakes, after which training stops, is missing"
    assert 0 not in mistakes[:-1], "training goes on after an epoch without mistakes"


@pytest.mark.task("train")
def test_train_by_hand_on_single_samples(student):
    """One sample: from zeros, class +1 is a mistake and class -1 is not"""
    w, theta, mistakes = student.train([[4.0, -2.0, 1.0]], [1], 0.5, 9, np.random.default_rng(0))
    assert mistakes == close([1, 0])
    assert w == close([2.0, -1.0, 0.5])
    assert theta == close(0.5)
    w, theta, mistakes = student.train([[4.0, -2.0, 1.0]], [-1], 0.5, 9, np.random.default_rng(0))
    assert mistakes == close([0])
    assert w == close([0.0, 0.0, 0.0])
    assert theta == close(0.0)


@pytest.mark.task("train")
def test_train_learns_from_one_sample_at_a_time(student):
    """Of two equal samples only the first one is a mistake: the second meets the new weights"""
    w, theta, mistakes = student.train([[2.0, 1.0], [2.0, 1.0]], [1, 1], 1.0, 9, np.random.default_rng(0))
    assert mistakes == close([1, 0])
    assert w == close([2.0, 1.0])
    assert theta == close(1.0)


@pytest.mark.task("train")
def test_train_on_xor_ends_at_the_last_epoch(student, rng):
    """XOR: mistakes in every epoch, and an end after max_epochs"""
    epochs = int(rng.integers(30, 60))
    w, theta, mistakes = student.train(X, XOR, 1.0, epochs, np.random.default_rng(0))
    mistakes = [int(wrong) for wrong in mistakes]
    assert len(mistakes) == epochs, "one number of mistakes for each epoch, and max_epochs of them"
    assert all(1 <= wrong <= 4 for wrong in mistakes), "every epoch on XOR makes one to four mistakes"
    assert signs(X, w, theta) != list(XOR), "no line separates XOR"


@pytest.mark.task("train")
def test_train_visits_every_sample_in_every_epoch(student, rng):
    """A sample that is in both classes is a mistake in every epoch, if both are visited"""
    _, _, mistakes = student.train(CONTRADICTION, [1, -1], 1.0, 60, np.random.default_rng(rng.integers(1000)))
    mistakes = [int(wrong) for wrong in mistakes]
    assert len(mistakes) == 60, "an epoch that leaves a sample out ends the training too early"
    assert all(wrong in (1, 2) for wrong in mistakes), "each epoch makes one or two mistakes here"


@pytest.mark.task("train")
def test_train_draws_a_new_order_for_each_epoch(student, rng):
    """The order of the samples changes from epoch to epoch"""
    _, _, mistakes = student.train(CONTRADICTION, [1, -1], 1.0, 60, np.random.default_rng(rng.integers(1000)))
    # In a fixed order every epoch after the first is like the one before it.
    assert len({int(wrong) for wrong in list(mistakes)[1:]}) == 2, "every epoch visits the samples in the same order"


@pytest.mark.task("train")
def test_train_draws_the_order_from_rng(student, rng):
    """The same generator gives the same training, another one another"""
    x, d = integers(rng, 40, 3), rng.choice([-1, 1], size=40)
    x[0], x[1], d[0], d[1] = 1.0, 1.0, 1, -1  # no line separates these
    first, again, other = (student.train(x, d, 1.0, 10, np.random.default_rng(s)) for s in (1, 1, 2))
    assert again[0] == close(np.asarray(first[0], dtype=float))
    assert again[2] == close(np.asarray(first[2]))
    assert list(map(int, other[2])) != list(map(int, first[2])), "two generators gave the same training"


@pytest.mark.task("train")
def test_train_scales_with_the_learning_rate(student, rng):
    """From zeros, half the learning rate makes the same mistakes and half the weights and bias"""
    x, d = integers(rng, 12, 2), rng.choice([-1, 1], size=12)
    x[0], x[1], d[0], d[1] = 1.0, 1.0, 1, -1
    w, theta, mistakes = student.train(x, d, 1.0, 8, np.random.default_rng(5))
    half_w, half_theta, same = student.train(x, d, 0.5, 8, np.random.default_rng(5))
    assert half_w == close(0.5 * np.asarray(w, dtype=float))
    assert half_theta == close(0.5 * float(theta))
    assert same == close(np.asarray(mistakes))


@pytest.mark.task("train")
def test_train_counts_the_updates(student, rng):
    """With eta = 1 each mistake moves the bias by exactly 1, up or down"""
    x, d = integers(rng, 15, 2), rng.choice([-1, 1], size=15)
    for epochs in (1, 2, 3):
        _, theta, mistakes = student.train(x, d, 1.0, epochs, np.random.default_rng(epochs))
        total = sum(int(wrong) for wrong in mistakes)
        assert abs(float(theta)) <= total, "the bias moved further than the mistakes allow"
        assert (total - round(float(theta))) % 2 == 0, "the mistakes are not the updates that were made"


@pytest.mark.task("train", edge=True)
def test_train_refuses_different_lengths(student):
    """More samples than labels, and more labels than samples, are a ValueError"""
    for d in ([1, -1, 1], [1, -1, 1, -1, 1]):
        with pytest.raises(ValueError):
            student.train(X, d, 1.0, 5, np.random.default_rng(0))


@pytest.mark.task("train", edge=True)
def test_train_refuses_no_samples(student):
    """No samples are a ValueError"""
    with pytest.raises(ValueError):
        student.train(np.empty((0, 2)), np.empty(0, dtype=int), 1.0, 5, np.random.default_rng(0))


@pytest.mark.task("train", edge=True)
def test_train_refuses_the_labels_0_and_1(student):
    """Labels other than +1 and -1 are a ValueError"""
    for d in ([0, 0, 0, 1], [1, 2, 1, 2]):
        with pytest.raises(ValueError):
            student.train(X, d, 1.0, 5, np.random.default_rng(0))


# --- decision_line ------------------------------------------------------------------------------------------


@pytest.mark.task("decision_line", weight=2)
def test_decision_line_is_where_the_score_is_zero(student, rng):
    """Every point of the line has the score 0"""
    for w2 in (2.0, -4.0, 0.5):
        w1, theta = float(rng.integers(1, 6)), float(rng.integers(1, 6))
        x1 = integers(rng, 7)
        x2 = student.decision_line([w1, w2], theta, x1)
        assert np.shape(x2) == (7,), "one x2 for each x1"
        assert w1 * x1 + w2 * np.asarray(x2) + theta == close(np.zeros(7))


@pytest.mark.task("decision_line")
def test_decision_line_by_hand(student):
    """Slope and offset of single points"""
    assert student.decision_line([3.0, 2.0], 4.0, 2.0) == close(-5.0)
    assert student.decision_line([3.0, 2.0], 4.0, 0.0) == close(-2.0)
    assert student.decision_line(np.array([1.0, -4.0]), 2.0, np.array([2.0, -2.0])) == close([1.0, 0.0])


@pytest.mark.task("decision_line")
def test_decision_line_of_a_horizontal_line(student):
    """w1 = 0: the same x2 for every x1"""
    assert student.decision_line([0.0, 2.0], -3.0, [-1.0, 0.0, 5.0]) == close([1.5, 1.5, 1.5])


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_of_whole_numbers(student):
    """Integers divide like fractions"""
    assert student.decision_line([1, 2], 1, 2) == close(-1.5)


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_keeps_the_shape(student):
    """x1 of two dimensions gives x2 of two dimensions"""
    x1 = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    assert student.decision_line([1.0, 1.0], 1.0, x1) == close(-x1 - 1)


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_refuses_a_vertical_line(student):
    """w2 = 0 is a ValueError, with and without a bias"""
    for w, theta in (([2.0, 0.0], 1.0), (np.array([0.0, 0.0]), 0.0)):
        with pytest.raises(ValueError):
            student.decision_line(w, theta, np.array([0.0, 1.0]))


@pytest.mark.task("decision_line", edge=True)
def test_decision_line_refuses_three_weights(student):
    """A perceptron of three inputs has a plane, not a line: ValueError"""
    with pytest.raises(ValueError):
        student.decision_line([1.0, 2.0, 3.0], 1.0, [0.0, 1.0])


# --- error_rate ---------------------------------------------------------------------------------------------


@pytest.mark.task("error_rate", weight=2)
def test_error_rate_of_random_perceptrons(student, rng):
    """Random samples of which some are wrong"""
    x, w, theta = integers(rng, 20, 3), integers(rng, 3), float(rng.integers(-3, 4))
    d = np.array(signs(x, w, theta))
    wrong = int(rng.integers(2, 9))  # never half of them: a share that is turned round would not show
    d[rng.permutation(20)[:wrong]] *= -1
    assert student.error_rate(x, d, w, theta) == close(wrong / 20)


@pytest.mark.task("error_rate")
def test_error_rate_counts_mistakes_of_both_kinds(student):
    """A missed +1 and a missed -1 weigh the same"""
    x = [[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0], [-2.0, 0.0], [3.0, 1.0]]
    assert student.error_rate(x, [-1, 1, -1, -1, 1], [1.0, 0.0], 0.0) == close(0.2)
    assert student.error_rate(x, [1, 1, 1, 1, 1], [1.0, 0.0], 0.0) == close(0.4)
    assert student.error_rate(x, [-1, -1, 1, -1, 1], [1.0, 0.0], 0.0) == close(0.6)


@pytest.mark.task("error_rate")
def test_error_rate_uses_the_bias_and_the_tie(student):
    """The bias decides, and a score of 0 is the answer -1"""
    x = [[1.0, 1.0], [2.0, 0.0], [3.0, 0.0], [0.0, 0.0]]
    assert student.error_rate(x, [-1, -1, 1, -1], [1.0, 1.0], -2.0) == close(0.0)
    assert student.error_rate(x, [1, -1, 1, -1], [1.0, 1.0], -2.0) == close(0.25)


@pytest.mark.task("error_rate", edge=True)
def test_error_rate_refuses_bad_input(student):
    """Different lengths and no samples are a ValueError"""
    with pytest.raises(ValueError):
        student.error_rate(X, [1, -1, 1], [1.0, 1.0], 0.0)
    with pytest.raises(ValueError):
        student.error_rate(np.empty((0, 2)), np.empty(0, dtype=int), [1.0, 1.0], 0.0)


@pytest.mark.task("error_rate", edge=True)
def test_error_rate_refuses_the_labels_0_and_1(student):
    """Labels other than +1 and -1 are a ValueError"""
    for d in ([0, 0, 0, 1], [1, 2, 1, 2]):
        with pytest.raises(ValueError):
            student.error_rate(X, d, [1.0, 1.0], 0.0)

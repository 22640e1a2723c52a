"""Hidden tests of ex04: one correction, and a training made of them."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex04_perceptron.exact_scores import X, integers, signs

XOR = np.array([-1, 1, 1, -1])
# The same sample in both classes: a mistake in every epoch, one or two of them depending on the order alone.
CONTRADICTION = np.array([[1, 2], [1, 2]])


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
    """The whole rule, for any weights, samples, labels and learning rates"""
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

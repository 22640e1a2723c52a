"""Hidden tests of ex01: counted confusions, the metrics made of them, and the cross-entropy of probabilities."""

import math

import numpy as np
import pytest

from grader.compare import close, exactly, share
from grader.hidden.ex01_metrics.bad_input import refuses_lengths_and_nothing


def counts(y_true, y_pred, positive):
    """TP, FP, FN, counted one sample at a time."""
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    return (
        sum(t == positive and p == positive for t, p in pairs),
        sum(t != positive and p == positive for t, p in pairs),
        sum(t == positive and p != positive for t, p in pairs),
    )


def labels(rng, samples, classes):
    """Random truth and predictions: of every class some samples are found, some missed, some imagined."""
    y_true = np.concatenate([np.arange(classes), np.arange(classes), rng.integers(classes, size=samples)])
    y_pred = np.concatenate([np.arange(classes), np.roll(np.arange(classes), 1), rng.integers(classes, size=samples)])
    order = rng.permutation(len(y_true))
    return y_true[order], y_pred[order]


def unequal_labels(rng):
    """Labels 0 and 1 with precision (from 2/3), recall (to 0.4) and accuracy far apart, and their counts."""
    tp, fp, fn, tn = (int(rng.integers(*bounds)) for bounds in ((4, 9), (1, 3), (12, 16), (20, 26)))
    y_true = np.repeat([1, 0, 1, 0], [tp, fp, fn, tn])
    y_pred = np.repeat([1, 1, 0, 0], [tp, fp, fn, tn])
    order = rng.permutation(len(y_true))
    return y_true[order], y_pred[order], (tp, fp, fn, tn)


# --- confusion_matrix ---------------------------------------------------------------------------------------


@pytest.mark.task("confusion_matrix", weight=2)
def test_confusion_matrix_has_the_true_class_in_the_row(student):
    """Three classes by hand: rows are true, columns predicted"""
    matrix = student.confusion_matrix([0, 0, 0, 1, 1, 2], [0, 1, 1, 2, 1, 0], 3)
    assert matrix == exactly([[1, 2, 0], [0, 1, 1], [1, 0, 0]])


@pytest.mark.task("confusion_matrix", weight=2)
def test_confusion_matrix_of_random_labels(student, rng):
    """Every cell counts its own pairs, however often they occur"""
    classes = int(rng.integers(4, 8))
    y_true, y_pred = labels(rng, 60, classes)
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    expected = [[pairs.count((t, p)) for p in range(classes)] for t in range(classes)]
    assert student.confusion_matrix(y_true, y_pred, classes) == exactly(expected)


@pytest.mark.task("confusion_matrix")
def test_confusion_matrix_has_a_row_for_every_class(student):
    """num_classes sets the size, also when the last classes never occur"""
    assert student.confusion_matrix([0, 1], [1, 1], 4) == exactly(
        [[0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    )


@pytest.mark.task("confusion_matrix")
def test_confusion_matrix_turns_over_with_its_arguments(student, rng):
    """Truth and prediction exchanged give the transposed matrix; a perfect prediction a diagonal one"""
    y_true, y_pred = labels(rng, 30, 4)
    matrix = np.asarray(student.confusion_matrix(y_true, y_pred, 4))
    assert student.confusion_matrix(y_pred, y_true, 4) == exactly(matrix.T)
    assert student.confusion_matrix(y_true, y_true, 4) == exactly(np.diag(np.bincount(y_true)))


@pytest.mark.task("confusion_matrix", edge=True)
def test_confusion_matrix_refuses_unknown_labels(student):
    """A label below 0 or above the last class is a ValueError, in either argument"""
    for y_true, y_pred in (([0, 3], [0, 1]), ([0, 1], [0, 3]), ([0, -1], [0, 1]), ([0, 1], [-1, 1])):
        with pytest.raises(ValueError):
            student.confusion_matrix(y_true, y_pred, 3)


@pytest.mark.task("confusion_matrix", edge=True)
def test_confusion_matrix_refuses_bad_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_nothing(lambda y_true, y_pred: student.confusion_matrix(y_true, y_pred, 2))


# --- accuracy -----------------------------------------------------------------------------------------------


@pytest.mark.task("accuracy")
def test_accuracy_of_two_classes(student, rng):
    """(TP + TN) / (P + N)"""
    y_true, y_pred, (tp, fp, fn, tn) = unequal_labels(rng)
    assert student.accuracy(y_true, y_pred) == share((tp + tn) / (tp + fp + fn + tn))
    assert student.accuracy(y_true, y_true) == share(1.0)  # no constant is right both times


@pytest.mark.task("accuracy", weight=2)
def test_accuracy_of_many_classes(student, rng):
    """Only the right class is right, however many classes there are"""
    y_true, y_pred = labels(rng, 50, 6)
    right = sum(t == p for t, p in zip(y_true.tolist(), y_pred.tolist(), strict=True))
    assert student.accuracy(y_true, y_pred) == share(right / len(y_true))
    assert student.accuracy(y_pred, y_pred) == share(1.0)


@pytest.mark.task("accuracy")
def test_accuracy_does_not_depend_on_names_and_order(student, rng):
    """Other label numbers and another order of the samples change nothing"""
    y_true, y_pred = labels(rng, 30, 4)
    right = float(np.count_nonzero(y_true - y_pred == 0)) / len(y_true)
    names, order = np.array([7, -3, 100, 0]), rng.permutation(len(y_true))
    assert student.accuracy(names[y_true], names[y_pred]) == share(right)
    assert student.accuracy(y_true[order], y_pred[order]) == share(right)
    assert student.accuracy(names[y_true], names[y_true]) == share(1.0)


@pytest.mark.task("accuracy", edge=True)
def test_accuracy_of_the_extremes(student):
    """All right is 1, all wrong is 0"""
    assert student.accuracy([2, 0, 1], [2, 0, 1]) == share(1.0)
    assert student.accuracy([2, 0, 1], [1, 2, 0]) == share(0.0)


@pytest.mark.task("accuracy", edge=True)
def test_accuracy_refuses_bad_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_nothing(student.accuracy)


# --- precision ----------------------------------------------------------------------------------------------


@pytest.mark.task("precision", weight=2)
def test_precision_of_two_classes(student, rng):
    """The share of the predicted positives that are positive"""
    y_true, y_pred, (tp, fp, _, _) = unequal_labels(rng)
    assert student.precision(y_true, y_pred) == share(tp / (tp + fp))
    assert student.precision(y_true, y_true) == share(1.0)


@pytest.mark.task("precision")
def test_precision_of_each_of_several_labels(student, rng):
    """Any label can be the positive one; every other is negative"""
    y_true, y_pred = labels(rng, 40, 4)
    for positive in range(4):
        tp, fp, _ = counts(y_true, y_pred, positive)
        assert student.precision(y_true, y_pred, positive) == share(tp / (tp + fp))


@pytest.mark.task("precision")
def test_precision_ignores_more_true_negatives(student, rng):
    """Further samples that are negative and predicted negative change nothing"""
    y_true, y_pred, (tp, fp, _, _) = unequal_labels(rng)
    y_true, y_pred = np.append(y_true, [0] * 50), np.append(y_pred, [0] * 50)
    assert student.precision(y_true, y_pred, positive=1) == share(tp / (tp + fp))
    assert student.precision(y_pred, y_pred, positive=1) == share(1.0)


@pytest.mark.task("precision", edge=True)
def test_precision_when_nothing_was_predicted_positive(student):
    """Nothing predicted positive: 0.0, also for another positive label"""
    assert student.precision([1, 1, 0], [0, 0, 0]) == share(0.0)
    assert student.precision([2, 1, 0], [1, 1, 0], positive=2) == share(0.0)


@pytest.mark.task("precision", edge=True)
def test_precision_refuses_bad_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_nothing(student.precision)


# --- recall -------------------------------------------------------------------------------------------------


@pytest.mark.task("recall", weight=2)
def test_recall_of_two_classes(student, rng):
    """The share of the positives that were found"""
    y_true, y_pred, (tp, _, fn, _) = unequal_labels(rng)
    assert student.recall(y_true, y_pred) == share(tp / (tp + fn))
    assert student.recall(y_true, y_true) == share(1.0)


@pytest.mark.task("recall")
def test_recall_of_each_of_several_labels(student, rng):
    """Any label can be the positive one; every other is negative"""
    y_true, y_pred = labels(rng, 40, 4)
    for positive in range(4):
        tp, _, fn = counts(y_true, y_pred, positive)
        assert student.recall(y_true, y_pred, positive) == share(tp / (tp + fn))


@pytest.mark.task("recall")
def test_recall_ignores_more_false_alarms(student, rng):
    """Further negative samples, however they are predicted, change nothing"""
    y_true, y_pred, (tp, _, fn, _) = unequal_labels(rng)
    y_true, y_pred = np.append(y_true, [0] * 30), np.append(y_pred, [1] * 20 + [0] * 10)
    assert student.recall(y_true, y_pred, positive=1) == share(tp / (tp + fn))
    assert student.recall(y_pred, y_pred, positive=1) == share(1.0)


@pytest.mark.task("recall", edge=True)
def test_recall_when_nothing_is_positive(student):
    """No positive sample: 0.0, also for another positive label"""
    assert student.recall([0, 0, 0], [1, 1, 0]) == share(0.0)
    assert student.recall([1, 1, 0], [2, 1, 0], positive=2) == share(0.0)


@pytest.mark.task("recall", edge=True)
def test_recall_refuses_bad_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_nothing(student.recall)


# --- f1_score -----------------------------------------------------------------------------------------------


@pytest.mark.task("f1_score", weight=2)
def test_f1_score_of_two_classes(student, rng):
    """The harmonic mean of two numbers that are far apart"""
    y_true, y_pred, (tp, fp, fn, _) = unequal_labels(rng)
    assert student.f1_score(y_true, y_pred) == share(2 * tp / (2 * tp + fp + fn))
    assert student.f1_score(y_true, y_true) == share(1.0)


@pytest.mark.task("f1_score")
def test_f1_score_of_each_of_several_labels(student, rng):
    """Any label can be the positive one; every other is negative"""
    y_true, y_pred = labels(rng, 40, 4)
    for positive in range(4):
        tp, fp, fn = counts(y_true, y_pred, positive)
        assert student.f1_score(y_true, y_pred, positive) == share(2 * tp / (2 * tp + fp + fn))


@pytest.mark.task("f1_score")
def test_f1_score_is_symmetric(student, rng):
    """Exchanging truth and prediction exchanges precision and recall: f1 stays"""
    y_true, y_pred, (tp, fp, fn, _) = unequal_labels(rng)
    assert student.f1_score(y_pred, y_true, positive=1) == share(2 * tp / (2 * tp + fp + fn))
    assert student.f1_score(y_pred, y_pred, positive=1) == share(1.0)  # no constant is right both times


@pytest.mark.task("f1_score", edge=True)
def test_f1_score_when_precision_and_recall_are_zero(student):
    """Nothing found, nothing predicted, nothing positive: 0.0"""
    assert student.f1_score([1, 0, 1], [0, 1, 0]) == share(0.0)
    assert student.f1_score([1, 1, 1], [0, 0, 0]) == share(0.0)
    assert student.f1_score([0, 0, 0], [1, 1, 1]) == share(0.0)
    assert student.f1_score([0, 0, 0], [0, 0, 0]) == share(0.0)


@pytest.mark.task("f1_score", edge=True)
def test_f1_score_refuses_bad_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_nothing(student.f1_score)


# --- cross_entropy ------------------------------------------------------------------------------------------


@pytest.mark.task("cross_entropy", weight=2)
def test_cross_entropy_of_random_predictions(student, rng):
    """The mean over the samples of -ln of the probability of the true class"""
    for classes in (2, 3, 7):
        samples = int(rng.integers(5, 12))
        y = rng.integers(classes, size=samples)
        prob = rng.dirichlet(np.ones(classes), size=samples) * 0.9 + 0.1 / classes
        surprise = math.fsum(-math.log(row[k]) for row, k in zip(prob.tolist(), y.tolist(), strict=True))
        assert student.cross_entropy(np.eye(classes)[y], prob) == close(surprise / samples)


@pytest.mark.task("cross_entropy")
def test_cross_entropy_of_knowing_nothing(student):
    """Equal probabilities for C classes cost ln(C), for any number of samples"""
    assert student.cross_entropy(np.eye(5), np.full((5, 5), 0.2)) == close(math.log(5))
    assert student.cross_entropy(np.eye(4)[[3, 3, 0]], np.full((3, 4), 0.25)) == close(math.log(4))


@pytest.mark.task("cross_entropy")
def test_cross_entropy_of_the_same_batch_twice(student, rng):
    """A mean does not change when every sample occurs twice; other classes' probabilities do not matter"""
    y = np.eye(3)[[0, 1, 2, 1]]
    prob = np.array([[0.5, 0.3, 0.2], [0.1, 0.25, 0.65], [0.0, 0.5, 0.5], [0.1, 0.8, 0.1]])
    expected = -(2 * math.log(0.5) + math.log(0.25) + math.log(0.8)) / 4
    assert student.cross_entropy(y, prob) == close(expected)
    assert student.cross_entropy(np.tile(y, (2, 1)), np.tile(prob, (2, 1))) == close(expected)
    prob[[1, 3]] = [[0.4, 0.25, 0.35], [0.2, 0.8, 0.0]]
    assert student.cross_entropy(y, prob) == close(expected)


@pytest.mark.task("cross_entropy")
def test_cross_entropy_clips_small_probabilities(student):
    """Probabilities below eps cost as much as eps, all others are left as they are"""
    y, prob = np.eye(2)[[0, 0]], np.array([[0.02, 0.98], [0.5, 0.5]])
    assert student.cross_entropy(y, prob, eps=0.1) == close((math.log(10) + math.log(2)) / 2)
    assert student.cross_entropy(y, prob, 0.01) == close((math.log(50) + math.log(2)) / 2)


@pytest.mark.task("cross_entropy", edge=True)
def test_cross_entropy_of_an_impossible_truth(student):
    """A probability of 0 for the true class costs -ln(1e-12) when eps is not given"""
    result = student.cross_entropy([[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]])
    assert result == close(6 * math.log(10))


@pytest.mark.task("cross_entropy", edge=True)
def test_cross_entropy_of_certain_and_right_predictions(student):
    """Certain and right costs exactly nothing, however large eps is"""
    assert student.cross_entropy(np.eye(3), np.eye(3)) == close(0.0)
    assert student.cross_entropy(np.eye(2), np.eye(2), eps=0.1) == close(0.0)


@pytest.mark.task("cross_entropy", edge=True)
def test_cross_entropy_refuses_bad_shapes(student):
    """Different numbers of samples or classes, and no samples, are a ValueError"""
    third = np.full((3, 3), 1 / 3)
    for y, prob in ((np.eye(3)[:2], third), (np.eye(3)[:1], third), (np.eye(3), np.full((3, 1), 1.0))):
        with pytest.raises(ValueError):
            student.cross_entropy(y, prob)
    with pytest.raises(ValueError):
        student.cross_entropy(np.empty((0, 3)), np.empty((0, 3)))

"""Visible tests of ex01: run `pytest exercises/ex01_metrics` while you work."""

import numpy as np
import pytest

from grader.compare import close, exactly, share

# The running example of the handout: 4 spam emails (1) and 6 others (0).
Y_TRUE = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
Y_PRED = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]

# Three classes: one of the 0, the only 1, two of the three 2; what was missed was taken for a 1.
THREE_TRUE = [0, 1, 2, 2, 2]
THREE_PRED = [1, 1, 2, 1, 2]


def refuses_lengths_and_no_samples(metric):
    """NumPy compares one value with many and says nothing: the lengths have to be checked."""
    for y_true, y_pred in (([0, 1, 1], [0, 1]), ([1, 0, 1], [1]), ([0], [1, 0, 0]), ([], [])):
        with pytest.raises(ValueError):
            metric(y_true, y_pred)


@pytest.mark.task("confusion_matrix", weight=2)
def test_confusion_matrix_of_the_handout(student):
    """Rows are the true classes, columns the predicted ones"""
    assert student.confusion_matrix(Y_TRUE, Y_PRED, 2) == exactly([[4, 2], [1, 3]])


@pytest.mark.task("confusion_matrix", weight=2)
def test_confusion_matrix_of_three_classes(student):
    """Every pair of a true and a predicted class has a cell of its own, which counts it as often as it occurs"""
    assert student.confusion_matrix(THREE_TRUE, THREE_PRED, 3) == exactly([[0, 1, 0], [0, 1, 0], [0, 1, 2]])


@pytest.mark.task("confusion_matrix", weight=2)
def test_confusion_matrix_of_a_class_that_never_occurs(student):
    """num_classes sets the size: a class that does not occur has a row and a column of zeros"""
    assert student.confusion_matrix([0, 1, 1], [1, 1, 0], 3) == exactly([[0, 1, 0], [1, 1, 0], [0, 0, 0]])


@pytest.mark.task("confusion_matrix", edge=True)
def test_confusion_matrix_refuses_an_unknown_label(student):
    """A label that is not a class is a ValueError, in both arguments; -1 is none, though NumPy takes it for the last"""
    for y_true, y_pred in (([1, 2], [0, 1]), ([1, 0], [2, 1]), ([1, -1], [0, 0]), ([0, 0], [1, -1])):
        with pytest.raises(ValueError):
            student.confusion_matrix(y_true, y_pred, 2)


@pytest.mark.task("confusion_matrix", edge=True)
def test_confusion_matrix_refuses_different_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_no_samples(lambda y_true, y_pred: student.confusion_matrix(y_true, y_pred, 2))


@pytest.mark.task("accuracy", weight=2)
def test_accuracy_of_the_handout(student):
    """7 of 10 emails were judged correctly"""
    assert student.accuracy(Y_TRUE, Y_PRED) == share(0.7)


@pytest.mark.task("accuracy", weight=2)
def test_accuracy_of_three_classes(student):
    """Only the right class is right: to take a 0 for a 2 is a mistake as well"""
    assert student.accuracy([0, 1, 2, 2], [2, 1, 2, 0]) == share(0.5)


@pytest.mark.task("accuracy", edge=True)
def test_accuracy_of_the_extremes(student):
    """All right is 1, all wrong is 0"""
    assert student.accuracy([1, 3], [1, 3]) == share(1.0)
    assert student.accuracy([1, 3], [3, 1]) == share(0.0)


@pytest.mark.task("accuracy", edge=True)
def test_accuracy_refuses_different_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_no_samples(student.accuracy)


@pytest.mark.task("precision", weight=2)
def test_precision_of_the_handout(student):
    """3 of the 5 emails that were called spam are spam"""
    assert student.precision(Y_TRUE, Y_PRED) == share(3 / 5)


@pytest.mark.task("precision")
def test_precision_of_another_label(student):
    """With 0 as the positive label: 4 of the 5 emails that were called 0 are 0"""
    assert student.precision(Y_TRUE, Y_PRED, positive=0) == share(4 / 5)


@pytest.mark.task("precision")
def test_precision_of_three_classes(student):
    """One label is positive and all others are not: of three samples called 1 one is a 1, what was called 2 is a 2"""
    assert student.precision(THREE_TRUE, THREE_PRED) == share(1 / 3)
    assert student.precision(THREE_TRUE, THREE_PRED, positive=2) == share(1.0)


@pytest.mark.task("precision", edge=True)
def test_precision_when_nothing_was_predicted_positive(student):
    """Nothing predicted positive: 0.0"""
    assert student.precision([1, 0], [0, 0]) == share(0.0)


@pytest.mark.task("precision", edge=True)
def test_precision_refuses_different_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_no_samples(student.precision)


@pytest.mark.task("recall", weight=2)
def test_recall_of_the_handout(student):
    """3 of the 4 spam emails were found"""
    assert student.recall(Y_TRUE, Y_PRED) == share(3 / 4)


@pytest.mark.task("recall")
def test_recall_of_another_label(student):
    """With 0 as the positive label: 4 of the 6 emails that are 0 were found"""
    assert student.recall(Y_TRUE, Y_PRED, positive=0) == share(4 / 6)


@pytest.mark.task("recall")
def test_recall_of_three_classes(student):
    """One label is positive and all others are not: the only 1 was found, and two of the three 2"""
    assert student.recall(THREE_TRUE, THREE_PRED) == share(1.0)
    assert student.recall(THREE_TRUE, THREE_PRED, positive=2) == share(2 / 3)


@pytest.mark.task("recall", edge=True)
def test_recall_when_nothing_is_positive(student):
    """No positive sample: 0.0"""
    assert student.recall([0, 0], [1, 0]) == share(0.0)


@pytest.mark.task("recall", edge=True)
def test_recall_refuses_different_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_no_samples(student.recall)


@pytest.mark.task("f1_score", weight=2)
def test_f1_score_of_the_handout(student):
    """The harmonic mean of 3/5 and 3/4 is 2/3"""
    assert student.f1_score(Y_TRUE, Y_PRED) == share(2 / 3)


@pytest.mark.task("f1_score", weight=2)
def test_f1_score_of_another_label(student):
    """Label 1 has precision 1/3 and recall 1: 1/2. Label 2 has precision 1 and recall 2/3: 4/5"""
    assert student.f1_score(THREE_TRUE, THREE_PRED) == share(1 / 2)
    assert student.f1_score(THREE_TRUE, THREE_PRED, positive=2) == share(4 / 5)


@pytest.mark.task("f1_score", edge=True)
def test_f1_score_when_both_are_zero(student):
    """Precision and recall 0: 0.0"""
    assert student.f1_score([1, 0], [0, 1]) == share(0.0)


@pytest.mark.task("f1_score", edge=True)
def test_f1_score_refuses_different_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_no_samples(student.f1_score)


@pytest.mark.task("cross_entropy", weight=2)
def test_cross_entropy_by_hand(student):
    """Two samples: the mean of -ln(0.5) and -ln(0.8)"""
    result = student.cross_entropy([[1, 0], [0, 1]], [[0.5, 0.5], [0.2, 0.8]])
    assert result == close((np.log(2) + np.log(1.25)) / 2)


@pytest.mark.task("cross_entropy")
def test_cross_entropy_of_three_classes(student):
    """Only the probability of the true class counts: 1/2 and 1/8, not the largest one of the row"""
    result = student.cross_entropy([[1, 0, 0], [0, 0, 1]], [[1 / 2, 1 / 4, 1 / 4], [3 / 4, 1 / 8, 1 / 8]])
    assert result == close(2 * np.log(2))


@pytest.mark.task("cross_entropy", weight=2)
def test_cross_entropy_clips_small_probabilities(student):
    """Below eps = 1/4 a probability costs as much as 1/4, above it costs what it costs"""
    result = student.cross_entropy([[1, 0], [1, 0]], [[0.1, 0.9], [0.5, 0.5]], eps=1 / 4)
    assert result == close((np.log(4) + np.log(2)) / 2)


@pytest.mark.task("cross_entropy", edge=True)
def test_cross_entropy_of_a_certain_and_right_prediction(student):
    """Certain and right: no surprise, however large eps is"""
    assert student.cross_entropy([[0, 1, 0]], [[0, 1, 0]]) == close(0.0)
    assert student.cross_entropy([[0, 1, 0]], [[0, 1, 0]], eps=0.1) == close(0.0)


@pytest.mark.task("cross_entropy", edge=True)
def test_cross_entropy_of_a_certain_and_wrong_prediction(student):
    """Certain and wrong: -ln(eps), not infinity; eps is 1e-12 unless told otherwise"""
    assert student.cross_entropy([[1, 0]], [[0, 1]], eps=1e-6) == close(6 * np.log(10))
    assert student.cross_entropy([[1, 0]], [[0, 1]]) == close(12 * np.log(10))


@pytest.mark.task("cross_entropy", edge=True)
def test_cross_entropy_refuses_different_shapes(student):
    """Two samples and one, two classes and one, and no samples are a ValueError"""
    rows = [[0.5, 0.5], [0.2, 0.8]]
    for y_true, y_prob in (([[1, 0]], rows), ([[1, 0], [0, 1]], [[1.0], [1.0]]), (np.empty((0, 2)), np.empty((0, 2)))):
        with pytest.raises(ValueError):
            student.cross_entropy(y_true, y_prob)


@pytest.mark.task("mean_absolute_error", weight=3)
def test_mean_absolute_error_by_hand(student):
    """Errors of 1, -2 and 6 have the mean (1 + 2 + 6) / 3"""
    assert student.mean_absolute_error([1, 2, 3], [2, 0, 9]) == close(3.0)


@pytest.mark.task("mean_absolute_error", edge=True)
def test_mean_absolute_error_of_pixels(student):
    """Pixels are stored as uint8, which knows no negative numbers: compute in float64"""
    dark, bright = np.array([0, 10], dtype=np.uint8), np.array([2, 6], dtype=np.uint8)
    assert student.mean_absolute_error(dark, bright) == close(3.0)


@pytest.mark.task("mean_absolute_error", edge=True)
def test_mean_absolute_error_refuses_different_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_no_samples(student.mean_absolute_error)


@pytest.mark.task("mean_squared_error", weight=3)
def test_mean_squared_error_by_hand(student):
    """Errors of 1, -2 and 6 have the squares 1, 4 and 36"""
    assert student.mean_squared_error([1, 2, 3], [2, 0, 9]) == close(41 / 3)


@pytest.mark.task("mean_squared_error", edge=True)
def test_mean_squared_error_of_pixels(student):
    """The squares of 20 and -30 do not fit into uint8, which ends at 255: compute in float64"""
    before, after = np.array([100, 100], dtype=np.uint8), np.array([120, 70], dtype=np.uint8)
    assert student.mean_squared_error(before, after) == close(650.0)


@pytest.mark.task("mean_squared_error", edge=True)
def test_mean_squared_error_refuses_different_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_no_samples(student.mean_squared_error)


@pytest.mark.task("r2_score", weight=2)
def test_r2_score_by_hand(student):
    """SS_res = 1, SS_tot = 5"""
    assert student.r2_score([1, 2, 3, 4], [1, 2, 3, 3]) == close(0.8)


@pytest.mark.task("r2_score")
def test_r2_score_of_a_perfect_prediction_and_of_the_mean(student):
    """Perfect is 1, and always saying the mean, 2, is 0"""
    assert student.r2_score([0, 1, 5], [0, 1, 5]) == close(1.0)
    assert student.r2_score([0, 1, 5], [2, 2, 2]) == close(0.0)


@pytest.mark.task("r2_score", weight=2)
def test_r2_score_of_a_bad_prediction_is_negative(student):
    """Worse than the mean"""
    assert student.r2_score([1, 2, 3], [3, 2, 1]) == close(-3.0)


@pytest.mark.task("r2_score", edge=True)
def test_r2_score_of_a_constant_target(student):
    """Constant target: 1.0 for a perfect prediction, 0.0 for every other one"""
    assert student.r2_score([2, 2, 2], [2, 2, 2]) == close(1.0)
    assert student.r2_score([2, 2, 2], [2, 2, 3]) == close(0.0)


@pytest.mark.task("r2_score", edge=True)
def test_r2_score_of_pixels(student):
    """Pixels are stored as uint8, which knows no negative numbers: compute in float64"""
    assert student.r2_score(np.array([0, 200], dtype=np.uint8), np.array([50, 150], dtype=np.uint8)) == close(0.75)


@pytest.mark.task("r2_score", edge=True)
def test_r2_score_refuses_different_lengths(student):
    """Different lengths and no samples are a ValueError"""
    refuses_lengths_and_no_samples(student.r2_score)

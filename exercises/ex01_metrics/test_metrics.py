"""Visible tests of ex01: run `pytest exercises/ex01_metrics` while you work."""

import numpy as np
import pytest

from grader.compare import close, exactly, share

# The running example of the handout: 4 spam emails (1) and 6 others (0).
Y_TRUE = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
Y_PRED = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]


@pytest.mark.task("confusion_matrix")
def test_confusion_matrix_of_the_handout(student):
    """Rows are the true classes, columns the predicted ones"""
    assert student.confusion_matrix(Y_TRUE, Y_PRED, 2) == exactly([[4, 2], [1, 3]])


@pytest.mark.task("confusion_matrix")
def test_confusion_matrix_of_three_classes(student):
    """Three classes, one of which never occurs"""
    assert student.confusion_matrix([0, 1, 1], [1, 1, 0], 3) == exactly([[0, 1, 0], [1, 1, 0], [0, 0, 0]])


@pytest.mark.task("confusion_matrix", edge=True)
def test_confusion_matrix_refuses_an_unknown_label(student):
    """A label that is not a class is a ValueError"""
    with pytest.raises(ValueError):
        student.confusion_matrix([0, 2], [0, 1], 2)


@pytest.mark.task("accuracy")
def test_accuracy_of_the_handout(student):
    """7 of 10 emails were judged correctly"""
    assert student.accuracy(Y_TRUE, Y_PRED) == share(0.7)


@pytest.mark.task("accuracy")
def test_accuracy_of_three_classes(student):
    """Accuracy counts the correct ones of any class"""
    assert student.accuracy([0, 1, 2, 2], [0, 2, 2, 2]) == share(0.75)


@pytest.mark.task("accuracy", edge=True)
def test_accuracy_refuses_different_lengths(student):
    """Different lengths are a ValueError"""
    with pytest.raises(ValueError):
        student.accuracy([0, 1, 1], [0, 1])


@pytest.mark.task("precision")
def test_precision_of_the_handout(student):
    """3 of the 5 emails that were called spam are spam"""
    assert student.precision(Y_TRUE, Y_PRED) == share(3 / 5)


@pytest.mark.task("precision")
def test_precision_of_another_label(student):
    """With 0 as the positive label: 4 of the 5 emails that were called 0 are 0"""
    assert student.precision(Y_TRUE, Y_PRED, positive=0) == share(4 / 5)


@pytest.mark.task("precision", edge=True)
def test_precision_when_nothing_was_predicted_positive(student):
    """Nothing predicted positive: 0.0"""
    assert student.precision([1, 0], [0, 0]) == share(0.0)


@pytest.mark.task("recall")
def test_recall_of_the_handout(student):
    """3 of the 4 spam emails were found"""
    assert student.recall(Y_TRUE, Y_PRED) == share(3 / 4)


@pytest.mark.task("recall")
def test_recall_of_another_label(student):
    """With 0 as the positive label: 4 of the 6 emails that are 0 were found"""
    assert student.recall(Y_TRUE, Y_PRED, positive=0) == share(4 / 6)


@pytest.mark.task("recall", edge=True)
def test_recall_when_nothing_is_positive(student):
    """No positive sample: 0.0"""
    assert student.recall([0, 0], [1, 0]) == share(0.0)


@pytest.mark.task("f1_score")
def test_f1_score_of_the_handout(student):
    """The harmonic mean of 3/5 and 3/4 is 2/3"""
    assert student.f1_score(Y_TRUE, Y_PRED) == share(2 / 3)


@pytest.mark.task("f1_score", edge=True)
def test_f1_score_when_both_are_zero(student):
    """Precision and recall 0: 0.0"""
    assert student.f1_score([1, 0], [0, 1]) == share(0.0)


@pytest.mark.task("cross_entropy")
def test_cross_entropy_by_hand(student):
    """Two samples: the mean of -ln(0.5) and -ln(0.8)"""
    result = student.cross_entropy([[1, 0], [0, 1]], [[0.5, 0.5], [0.2, 0.8]])
    assert result == close((np.log(2) + np.log(1.25)) / 2)


@pytest.mark.task("cross_entropy")
def test_cross_entropy_of_a_certain_and_right_prediction(student):
    """Certain and right: no surprise"""
    assert student.cross_entropy([[0, 1, 0]], [[0, 1, 0]]) == close(0.0)


@pytest.mark.task("cross_entropy")
def test_cross_entropy_of_a_certain_and_wrong_prediction(student):
    """Certain and wrong: -ln(eps), not infinity"""
    assert student.cross_entropy([[1, 0]], [[0, 1]], eps=1e-6) == close(6 * np.log(10))


@pytest.mark.task("mean_absolute_error")
def test_mean_absolute_error_by_hand(student):
    """Errors of 1, 2 and 3"""
    assert student.mean_absolute_error([1, 2, 3], [2, 4, 0]) == close(2.0)


@pytest.mark.task("mean_absolute_error", edge=True)
def test_mean_absolute_error_of_pixels(student):
    """Pixels are stored as uint8, which knows no negative numbers: compute in float64"""
    dark, bright = np.array([0, 10], dtype=np.uint8), np.array([2, 6], dtype=np.uint8)
    assert student.mean_absolute_error(dark, bright) == close(3.0)


@pytest.mark.task("mean_squared_error")
def test_mean_squared_error_by_hand(student):
    """Errors of 1, 2 and 3"""
    assert student.mean_squared_error([1, 2, 3], [2, 4, 0]) == close(14 / 3)


@pytest.mark.task("mean_squared_error", edge=True)
def test_mean_squared_error_refuses_different_lengths(student):
    """Different lengths are a ValueError"""
    with pytest.raises(ValueError):
        student.mean_squared_error([1.0, 2.0, 3.0], [1.0])


@pytest.mark.task("r2_score")
def test_r2_score_by_hand(student):
    """SS_res = 1, SS_tot = 5"""
    assert student.r2_score([1, 2, 3, 4], [1, 2, 3, 3]) == close(0.8)


@pytest.mark.task("r2_score")
def test_r2_score_of_a_bad_prediction_is_negative(student):
    """Worse than the mean"""
    assert student.r2_score([1, 2, 3], [3, 2, 1]) == close(-3.0)


@pytest.mark.task("r2_score", edge=True)
def test_r2_score_of_a_constant_target(student):
    """Constant target, wrong prediction: 0.0"""
    assert student.r2_score([2, 2, 2], [2, 2, 3]) == close(0.0)

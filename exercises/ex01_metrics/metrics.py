"""How good is a prediction? The metrics of classification and regression.

Slides: Classification, Cross Entropy, Regression.

Everything is computed in float64. Arguments may be lists or arrays and are never modified. Labels are
integers `(N,)`, one-hot rows and probabilities are `(N, C)`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike, num_classes: int) -> NDArray[np.int64]:
    """Count how often each true class was predicted as each class.

    Rows are the true classes, columns the predicted ones, as in scikit-learn (the slide draws the
    transpose)::

        matrix[t, p] = number of samples of class t that were predicted as class p

    Args:
        y_true: true labels, `(N,)` integers in `0 .. num_classes - 1`.
        y_pred: predicted labels, `(N,)`.
        num_classes: the number of classes C.

    Returns:
        The matrix, `(C, C)` integers that add up to N.

    Raises:
        ValueError: the lengths differ, there are no samples, or a label is outside `0 .. num_classes - 1`.
    """
    raise NotImplementedError("ex01 confusion_matrix")


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The share of samples that were predicted correctly, for any number of classes.

    For two classes, with P positive and N negative samples (slide *Classification*)::

        accuracy = (TP + TN) / (P + N)

    Args:
        y_true: true labels, `(N,)` integers.
        y_pred: predicted labels, `(N,)`.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: the lengths differ or there are no samples.
    """
    raise NotImplementedError("ex01 accuracy")


def precision(y_true: ArrayLike, y_pred: ArrayLike, positive: int = 1) -> float:
    """Of the samples that were predicted positive, the share that is positive.

    Slide *Classification*::

        precision = TP / (TP + FP)

    Args:
        y_true: true labels, `(N,)` integers.
        y_pred: predicted labels, `(N,)`.
        positive: the label that counts as positive; every other label is negative.

    Returns:
        A number from 0 to 1; 0.0 when nothing was predicted positive.

    Raises:
        ValueError: the lengths differ or there are no samples.
    """
    raise NotImplementedError("ex01 precision")


def recall(y_true: ArrayLike, y_pred: ArrayLike, positive: int = 1) -> float:
    """Of the samples that are positive, the share that was found.

    Slide *Classification*, with P positive samples::

        recall = TP / P

    Args:
        y_true: true labels, `(N,)` integers.
        y_pred: predicted labels, `(N,)`.
        positive: the label that counts as positive; every other label is negative.

    Returns:
        A number from 0 to 1; 0.0 when no sample is positive.

    Raises:
        ValueError: the lengths differ or there are no samples.
    """
    raise NotImplementedError("ex01 recall")


def f1_score(y_true: ArrayLike, y_pred: ArrayLike, positive: int = 1) -> float:
    """The harmonic mean of precision and recall: high only when both are.

    ::

        f1 = 2 * precision * recall / (precision + recall)

    Args:
        y_true: true labels, `(N,)` integers.
        y_pred: predicted labels, `(N,)`.
        positive: the label that counts as positive; every other label is negative.

    Returns:
        A number from 0 to 1; 0.0 when precision and recall are both 0.

    Raises:
        ValueError: the lengths differ or there are no samples.
    """
    raise NotImplementedError("ex01 f1_score")


def cross_entropy(y_true: ArrayLike, y_prob: ArrayLike, eps: float = 1e-12) -> float:
    """How surprised the predicted probabilities are by the truth, in nats, averaged over the samples.

    Slide *Cross Entropy*, with the natural logarithm, for each sample::

        H(y, p) = -sum_i y_i log(p_i)

    Probabilities are clipped to `[eps, 1]` first, so that a probability of 0 costs much but not infinity.

    Args:
        y_true: one-hot rows, `(N, C)`.
        y_prob: predicted probabilities, `(N, C)`.
        eps: the smallest probability.

    Returns:
        The mean over the samples, at least 0.

    Raises:
        ValueError: the shapes differ or there are no samples.
    """
    raise NotImplementedError("ex01 cross_entropy")


def mean_absolute_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The average distance between prediction and truth, in the units of the target.

    Slide *Regression*::

        MAE = (1 / n) sum_i |p_i - y_i|

    Args:
        y_true: true values, `(N,)`.
        y_pred: predicted values, `(N,)`.

    Returns:
        The mean, at least 0.

    Raises:
        ValueError: the lengths differ or there are no samples.
    """
    raise NotImplementedError("ex01 mean_absolute_error")


def mean_squared_error(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The average squared distance between prediction and truth: large errors count more.

    Slide *Regression*::

        MSE = (1 / n) sum_i (p_i - y_i)^2

    Args:
        y_true: true values, `(N,)`.
        y_pred: predicted values, `(N,)`.

    Returns:
        The mean, at least 0.

    Raises:
        ValueError: the lengths differ or there are no samples.
    """
    raise NotImplementedError("ex01 mean_squared_error")


def r2_score(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The coefficient of determination: how much better than always predicting the mean.

    Slide *Regression*, with the mean m of `y_true`::

        R2 = 1 - SS_res / SS_tot,    SS_res = sum_i (y_i - p_i)^2,    SS_tot = sum_i (y_i - m)^2

    Args:
        y_true: true values, `(N,)`.
        y_pred: predicted values, `(N,)`.

    Returns:
        1.0 for a perfect prediction, 0.0 for the mean, negative for worse. When all of `y_true` are equal:
        1.0 if the prediction is perfect, else 0.0.

    Raises:
        ValueError: the lengths differ or there are no samples.
    """
    raise NotImplementedError("ex01 r2_score")

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
    ### BEGIN SOLUTION
    y_true, y_pred = _paired(y_true, y_pred)
    if min(y_true.min(), y_pred.min()) < 0 or max(y_true.max(), y_pred.max()) >= num_classes:
        raise ValueError(f"labels must be in 0 .. {num_classes - 1}")
    matrix = np.zeros((num_classes, num_classes), dtype=np.int64)
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    y_true, y_pred = _paired(y_true, y_pred)
    return float(np.mean(y_true == y_pred))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    y_true, y_pred = _paired(y_true, y_pred)
    true_positives = np.sum((y_true == positive) & (y_pred == positive))
    return _share(true_positives, np.sum(y_pred == positive))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    y_true, y_pred = _paired(y_true, y_pred)
    true_positives = np.sum((y_true == positive) & (y_pred == positive))
    return _share(true_positives, np.sum(y_true == positive))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    p, r = precision(y_true, y_pred, positive), recall(y_true, y_pred, positive)
    return _share(2 * p * r, p + r)
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    y_true, y_prob = _paired(y_true, y_prob, dtype=float)
    log_prob = np.log(np.clip(y_prob, eps, 1.0))
    return float(-np.mean(np.sum(y_true * log_prob, axis=1)))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    y_true, y_pred = _paired(y_true, y_pred, dtype=float)
    return float(np.mean(np.abs(y_pred - y_true)))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    y_true, y_pred = _paired(y_true, y_pred, dtype=float)
    return float(np.mean((y_pred - y_true) ** 2))
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    y_true, y_pred = _paired(y_true, y_pred, dtype=float)
    residual = np.sum((y_true - y_pred) ** 2)
    if np.all(y_true == y_true[0]):  # asked of the values: rounding may leave SS_tot a little above 0
        return 1.0 if residual == 0 else 0.0
    total = np.sum((y_true - np.mean(y_true)) ** 2)
    return float(1 - residual / total)
    ### END SOLUTION


### BEGIN SOLUTION
def _paired(y_true: ArrayLike, y_pred: ArrayLike, dtype: type | None = None) -> tuple[NDArray, NDArray]:
    """Both as arrays, after checking that they have the same shape and are not empty."""
    y_true, y_pred = np.asarray(y_true, dtype), np.asarray(y_pred, dtype)
    if y_true.shape != y_pred.shape:
        raise ValueError(f"different shapes: {y_true.shape} and {y_pred.shape}")
    if y_true.size == 0:
        raise ValueError("there are no samples")
    return y_true, y_pred


def _share(part: float, whole: float) -> float:
    """`part / whole`, and 0.0 where the whole is empty."""
    return float(part / whole) if whole else 0.0


### END SOLUTION

"""Library calls: scikit-learn wherever it has the metric, 0-d arrays and NumPy scalars as results."""

import numpy as np
from sklearn import metrics
from sklearn.utils import check_consistent_length


def _filled(*arrays):
    check_consistent_length(*arrays)
    if np.size(arrays[0]) == 0:
        raise ValueError("no samples")
    return [np.asarray(array) for array in arrays]


def confusion_matrix(y_true, y_pred, num_classes):
    y_true, y_pred = _filled(y_true, y_pred)
    classes = np.arange(num_classes)
    if np.setdiff1d(np.append(y_true, y_pred), classes).size:
        raise ValueError("unknown labels")
    return metrics.confusion_matrix(y_true, y_pred, labels=classes).astype(np.uint32)


def accuracy(y_true, y_pred):
    return np.array(metrics.accuracy_score(*_filled(y_true, y_pred)))


def precision(y_true, y_pred, positive=1):
    y_true, y_pred = _filled(y_true, y_pred)
    return metrics.precision_score(y_true == positive, y_pred == positive, zero_division=0)


def recall(y_true, y_pred, positive=1):
    y_true, y_pred = _filled(y_true, y_pred)
    return metrics.recall_score(y_true == positive, y_pred == positive, zero_division=0)


def f1_score(y_true, y_pred, positive=1):
    y_true, y_pred = _filled(y_true, y_pred)
    return metrics.fbeta_score(y_true == positive, y_pred == positive, beta=1, zero_division=0)


def cross_entropy(y_true, y_prob, eps=1e-12):
    y_true, y_prob = _filled(y_true, y_prob)
    if y_true.shape != y_prob.shape:
        raise ValueError("different shapes")
    chosen = np.take_along_axis(y_prob, y_true.argmax(axis=1)[:, None], axis=1)
    return np.mean(np.log(1 / np.maximum(chosen, eps)))


def mean_absolute_error(y_true, y_pred):
    y_true, y_pred = _filled(y_true, y_pred)
    return metrics.mean_absolute_error(y_true.astype(np.float64), y_pred.astype(np.float64))


def mean_squared_error(y_true, y_pred):
    y_true, y_pred = _filled(y_true, y_pred)
    difference = np.subtract(y_true, y_pred, dtype=np.longdouble)
    return np.dot(difference, difference).astype(float) / len(difference)


def r2_score(y_true, y_pred):
    y_true, y_pred = _filled(y_true, y_pred)
    return metrics.r2_score(y_true.astype(np.float64), y_pred.astype(np.float64))

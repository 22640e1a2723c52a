"""Plain Python: one pass over the pairs, a Counter, exact fractions; rows are tuples in a list."""

from collections import Counter
from fractions import Fraction
from math import fsum, log


def _pairs(first, second):
    pairs = list(zip(list(first), list(second), strict=True))
    if not pairs:
        raise ValueError("empty")
    return pairs


def _number(value):
    return Fraction(float(value))


def confusion_matrix(y_true, y_pred, num_classes):
    table = Counter((int(t), int(p)) for t, p in _pairs(y_true, y_pred))
    known = range(num_classes)
    for t, p in table:
        if t not in known or p not in known:
            raise ValueError(f"no such class: {t}, {p}")
    return [tuple(table[t, p] for p in known) for t in known]


def accuracy(y_true, y_pred):
    pairs = _pairs(y_true, y_pred)
    return sum(1 for t, p in pairs if t == p) / len(pairs)


def _outcomes(y_true, y_pred, positive):
    return Counter((bool(t == positive), bool(p == positive)) for t, p in _pairs(y_true, y_pred))


def precision(y_true, y_pred, positive=1):
    seen = _outcomes(y_true, y_pred, positive)
    try:
        return seen[True, True] / (seen[True, True] + seen[False, True])
    except ZeroDivisionError:
        return 0


def recall(y_true, y_pred, positive=1):
    return precision(y_pred, y_true, positive)  # exchange who asks whom


def f1_score(y_true, y_pred, positive=1):
    seen = _outcomes(y_true, y_pred, positive)
    double = 2 * seen[True, True]
    return double and double / (double + seen[True, False] + seen[False, True])


def cross_entropy(y_true, y_prob, eps=1e-12):
    total = []
    for truth, row in _pairs(y_true, y_prob):
        total += [-float(t) * log(min(1.0, max(eps, float(p)))) for t, p in zip(truth, row, strict=True)]
    return fsum(total) / len(y_true)


def mean_absolute_error(y_true, y_pred):
    pairs = _pairs(y_true, y_pred)
    return float(sum(abs(_number(t) - _number(p)) for t, p in pairs) / len(pairs))


def mean_squared_error(y_true, y_pred):
    pairs = _pairs(y_true, y_pred)
    return float(sum((_number(t) - _number(p)) ** 2 for t, p in pairs) / len(pairs))


def r2_score(y_true, y_pred):
    pairs = [(_number(t), _number(p)) for t, p in _pairs(y_true, y_pred)]
    mean = sum(t for t, _ in pairs) / len(pairs)
    residual = sum((t - p) ** 2 for t, p in pairs)
    total = sum((t - mean) ** 2 for t, _ in pairs)
    if not total:
        return int(not residual)
    return float(1 - residual / total)

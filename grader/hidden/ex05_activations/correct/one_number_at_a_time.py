"""Plain Python: one number at a time, nested tuples as results, no NumPy arithmetic at all."""

import math


def _elements(function, s):
    if hasattr(s, "tolist"):
        s = s.tolist()
    if isinstance(s, list | tuple):
        return tuple(_elements(function, item) for item in s)
    return function(float(s))


def _step(value):
    return int(value > 0)


def _sigmoid(value):
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return (e := math.exp(value)) / (e + 1)


def step(s):
    return _elements(_step, s)


def sigmoid(s):
    return _elements(_sigmoid, s)


def tanh(s):
    return _elements(lambda value: 2 * _sigmoid(2 * value) - 1, s)


def relu(s):
    return _elements(lambda value: value if value > 0 else 0, s)


def prelu(s, alpha):
    return _elements(lambda value: value if value > 0 else float(alpha) * value, s)


def sigmoid_derivative(s):
    return _elements(lambda value: _sigmoid(value) * _sigmoid(-value), s)


def tanh_derivative(s):
    return _elements(lambda value: 4 * _sigmoid(2 * value) * _sigmoid(-2 * value), s)


relu_derivative = step


def _share(values):
    logs = [value - max(values) for value in values]
    total = math.fsum(map(math.exp, logs))
    return [math.exp(value - math.log(total)) for value in logs]


def _dimensions(s):
    return 1 + _dimensions(s[0]) if isinstance(s, list) and s else int(isinstance(s, list))


def _along(s, axis):
    """Axis 0 of nested lists by transposing the outermost two levels, deeper axes by descending."""
    if axis:
        return [_along(item, axis - 1) for item in s]
    if not s:
        raise ValueError("nothing to share among")
    if isinstance(s[0], list):
        columns = [_along([row[i] for row in s], 0) for i in range(len(s[0]))]
        return [[column[i] for column in columns] for i in range(len(s))]
    return _share(s)


def softmax(s, axis=-1):
    s = s.tolist() if hasattr(s, "tolist") else list(s)
    dimensions = _dimensions(s)
    if not -dimensions <= axis < dimensions:
        raise ValueError(f"axis {axis} of {dimensions}")
    return _along(s, axis % dimensions)


def softmax_jacobian(s):
    s = list(s)
    if not s or any(getattr(item, "ndim", 0) or isinstance(item, list) for item in s):
        raise ValueError("a vector, please")
    p = _share([float(item) for item in s])
    return [[-a * b if i != j else math.fsum(a * c for c in p[:i] + p[i + 1 :]) for j, b in enumerate(p)]
            for i, a in enumerate(p)]  # fmt: skip

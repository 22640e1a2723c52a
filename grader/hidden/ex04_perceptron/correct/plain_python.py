"""Loops over Python numbers: results are lists and tuples, errors are raised by hand."""


def sgn(s):
    if hasattr(s, "tolist"):
        s = s.tolist()
    if isinstance(s, (list, tuple)):
        return [sgn(element) for element in s]
    return 1 if s > 0 else -1


def _score(sample, w, theta):
    if len(sample) != len(w):
        raise ValueError("one weight per value, please")
    total = theta
    for value, weight in zip(sample, w, strict=True):
        total += float(value) * float(weight)
    return total


def predict(x, w, theta):
    return tuple(sgn(_score(sample, w, theta)) for sample in x)


def update(w, theta, x_n, d_n, eta):
    if d_n not in (-1, 1):
        raise ValueError("unknown label")
    if d_n == sgn(_score(x_n, w, theta)):
        return list(w), theta
    return [weight + eta * d_n * value for weight, value in zip(w, x_n, strict=True)], theta + eta * d_n


def train(x, d, eta, max_epochs, rng):
    samples = [([float(v) for v in row], int(label)) for row, label in zip(x, d, strict=True)]
    if not samples:
        raise ValueError("nothing to learn from")
    if {label for _, label in samples} - {1, -1}:
        raise ValueError("unknown label")
    w, theta = [0] * len(samples[0][0]), 0
    mistakes = ()
    while len(mistakes) < max_epochs and 0 not in mistakes:
        count = 0
        # A random key for each sample: an order without permutation or shuffle.
        for _, n in sorted((rng.random(), n) for n in range(len(samples))):
            before = (w, theta)
            w, theta = update(w, theta, *samples[n], eta)
            count += (w, theta) != before  # an update always moves theta
        mistakes += (count,)
    return w, theta, mistakes


def decision_line(w, theta, x1):
    a, b = w
    if not b:
        raise ValueError("vertical")
    if hasattr(x1, "tolist"):
        x1 = x1.tolist()
    if isinstance(x1, (list, tuple)):
        return [decision_line(w, theta, each) for each in x1]
    return -(theta + a * x1) / b


def error_rate(x, d, w, theta):
    if len(x) != len(d) or not len(x):
        raise ValueError("one label per sample, and at least one sample")
    if any(label not in (1, -1) for label in d):
        raise ValueError("unknown label")
    return sum(y != label for y, label in zip(predict(x, w, theta), d, strict=True)) / len(d)

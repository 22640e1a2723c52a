"""The bias is the weight of a constant input 1; long doubles, float signs, 0-d arrays, a named tuple."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np

Trained = namedtuple("Trained", "weights bias mistakes")


@dataclass
class Neuron:
    everything: np.ndarray  # bias first, then the weights

    @classmethod
    def of(cls, w, theta):
        return cls(np.r_[float(theta), np.asarray(w, dtype=np.longdouble).ravel()])

    def fire(self, x):
        x = np.asarray(x, dtype=np.longdouble)
        with_one = np.insert(x, 0, 1.0, axis=-1)
        score = np.einsum("...i,i->...", with_one, self.everything)
        return np.copysign(1.0, np.nextafter(score, -np.inf))  # exactly 0 falls just below

    def nudge(self, x_n, d_n, eta):
        wrong = self.fire(x_n) != d_n
        return Neuron(self.everything + wrong * eta * d_n * np.insert(np.asarray(x_n, float), 0, 1.0)), bool(wrong)

    @property
    def parts(self):
        return self.everything[1:].astype(float), self.everything[0].astype(float)


def _labels(d):
    d = np.asarray(d, dtype=float)
    if not np.all(np.abs(d) == 1):
        raise ValueError("labels are +1 and -1")
    return d


def _both(x, d):
    x, d = np.array(x, dtype=float, ndmin=2), np.atleast_1d(_labels(d))
    if x.shape[:1] != d.shape or not d.size:
        raise ValueError("samples and labels do not belong together")
    return x, d


def sgn(s):
    s = np.asarray(s)
    return 2.0 * np.greater(s, np.zeros_like(s)) - 1.0


def predict(x, w, theta):
    return Neuron.of(w, theta).fire(x)


def update(w, theta, x_n, d_n, eta):
    neuron, _ = Neuron.of(w, theta).nudge(x_n, _labels(d_n), eta)
    return neuron.parts


def train(x, d, eta, max_epochs, rng):
    x, d = _both(x, d)
    neuron, mistakes = Neuron.of(np.zeros(x.shape[1]), 0), np.zeros(max_epochs, dtype=np.uint16)
    order = list(range(len(d)))
    for epoch in range(max_epochs):
        rng.shuffle(order)
        for n in order:
            neuron, wrong = neuron.nudge(x[n], d[n], eta)
            mistakes[epoch] += wrong
        if not mistakes[epoch]:
            mistakes = mistakes[: epoch + 1]
            break
    return Trained(*neuron.parts, mistakes)


def decision_line(w, theta, x1):
    if np.size(w) != 2 or np.count_nonzero(w[1]) == 0:
        raise ValueError("no such line")
    return np.polyval([-w[0] / w[1], -theta / w[1]], np.asarray(x1, dtype=float))


def error_rate(x, d, w, theta):
    x, d = _both(x, d)
    return np.asarray(1 - np.count_nonzero(predict(x, w, theta) == d) / d.size)

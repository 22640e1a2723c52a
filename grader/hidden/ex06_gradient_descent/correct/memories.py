"""States of four kinds (a dataclass, named tuples, a dictionary that is changed in place, the list of all gradients),
steps returned as lists, an iterator class for the batches, and differences of all elements from one matrix."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


def numerical_gradient(f, theta, h=1e-5):
    if h <= 0.0:
        raise ValueError("the distance must be positive")
    theta = np.array(theta, dtype="f8")
    places = np.stack([theta.ravel() + sign * h * np.eye(theta.size) for sign in (+1, -1)])
    values = np.array([[f(place.reshape(theta.shape)) for place in side] for side in places], dtype="f8")
    return (np.subtract(*values) / 2 / h).reshape(theta.shape)


def gradient_descent(gradient, theta, learning_rate, steps):
    theta = np.asarray(theta) * 1.0
    path = np.full((steps + 1, *theta.shape), theta)  # NumPy says ValueError to a negative number of places
    if steps == -1:
        raise ValueError("steps")
    for before, after in zip(range(steps), range(1, steps + 1), strict=True):
        path[after] -= path[0] - path[before] + learning_rate * np.array(gradient(path[before].copy()))
    return path


class minibatches:  # noqa: N801
    def __init__(self, x, y, batch_size, rng):
        self.x, self.y, self.size, self.rng, self.left = np.array(x), np.array(y), int(batch_size), rng, None

    def __iter__(self):
        return self

    def __next__(self):
        if self.left is None:
            if self.size < 1 or not len(self.x) or len(self.x) != len(self.y):
                raise ValueError("nothing sensible to iterate over")
            self.left = set(range(len(self.x)))
        if not self.left:
            raise StopIteration
        batch = self.rng.choice(sorted(self.left), size=min(self.size, len(self.left)), replace=False)
        self.left -= set(batch.tolist())
        return np.take(self.x, batch, axis=0), np.take(self.y, batch, axis=0)


def _checked(theta, grad):
    theta, grad = np.array(theta, dtype="f8"), np.array(grad, dtype="f8")
    if theta.shape != grad.shape:
        raise ValueError("shapes")
    return theta, grad


@dataclass
class Velocity:
    value: np.ndarray | float = 0.0


def momentum_step(theta, grad, state, learning_rate, momentum=0.9):
    theta, grad = _checked(theta, grad)
    state = state or Velocity()
    return [
        theta + momentum * state.value - learning_rate * grad,
        Velocity(momentum * state.value - learning_rate * grad),
    ]


def adagrad_step(theta, grad, state, learning_rate, initial_accumulator_value=0.1, epsilon=1e-7):
    theta, grad = _checked(theta, grad)
    state = [*(state or []), grad]
    total = initial_accumulator_value + np.sum(np.square(state), axis=0)
    return [theta - learning_rate * grad * (total + epsilon) ** -0.5, state]


def rmsprop_step(theta, grad, state, learning_rate, rho=0.9, epsilon=1e-7):
    theta, grad = _checked(theta, grad)
    memory = defaultdict(float) if state is None else state
    memory["average"] = (1 - rho) * np.square(grad) + rho * memory["average"]
    return [theta - learning_rate * grad / np.sqrt(memory["average"] + epsilon), memory]


class Averages(NamedTuple):
    grad: np.ndarray | float = 0.0
    move: np.ndarray | float = 0.0


def adadelta_step(theta, grad, state, learning_rate, rho=0.95, epsilon=1e-7):
    theta, grad = _checked(theta, grad)
    old = Averages() if state is None else state
    new = old._replace(grad=old.grad * rho + grad * grad * (1 - rho))
    move = grad * np.sqrt(new.move + epsilon) / np.sqrt(new.grad + epsilon)
    return [theta - learning_rate * move, new._replace(move=new.move * rho + move * move * (1 - rho))]


def adam_step(theta, grad, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """The moments from all gradients so far, newest first."""
    theta, grad = _checked(theta, grad)
    state = (grad,) if state is None else (grad, *state)
    ages = np.arange(len(state)).reshape(-1, *[1] * theta.ndim)
    m = ((1 - beta_1) * beta_1**ages * np.array(state)).sum(axis=0)
    v = ((1 - beta_2) * beta_2**ages * np.array(state) ** 2).sum(axis=0)
    t = np.float64(len(state))
    return [theta - learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t) * m / (v**0.5 + epsilon), state]


def optimize(step, gradient, theta, learning_rate, steps):
    """Two lists that grow together, the last element of each of which is the present."""
    places, states = [np.array(theta, dtype="f8")], [None]
    if steps < 0:
        raise ValueError("steps")
    while len(places) <= steps:
        place, state = step(places[-1], gradient(places[-1]), states[-1], learning_rate)
        places += [np.array(place)]
        states += [state]
    return places

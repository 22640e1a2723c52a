"""The optimizers of ex06 as its grader computes them: the formulas of keras.optimizers, in float64.

Each rule walks from theta along given gradients, with one learning rate per step, and yields where it stands after
each. `tests/test_optimizers_against_keras.py` proves that Keras goes the same way, so that grading needs no Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

Rule = Callable[..., Iterator[np.ndarray]]


def momentum_rule(
    theta: Any, gradients: Sequence, learning_rates: Sequence[float], momentum: float = 0.9
) -> Iterator[np.ndarray]:
    velocity = 0.0
    for g, rate in zip(gradients, learning_rates, strict=True):
        velocity = momentum * velocity - rate * g
        theta = theta + velocity
        yield theta


def adagrad_rule(
    theta: Any,
    gradients: Sequence,
    learning_rates: Sequence[float],
    initial_accumulator_value: float = 0.1,
    epsilon: float = 1e-7,
) -> Iterator[np.ndarray]:
    accumulator = initial_accumulator_value
    for g, rate in zip(gradients, learning_rates, strict=True):
        accumulator = accumulator + g**2
        theta = theta - rate * g / np.sqrt(accumulator + epsilon)
        yield theta


def rmsprop_rule(
    theta: Any, gradients: Sequence, learning_rates: Sequence[float], rho: float = 0.9, epsilon: float = 1e-7
) -> Iterator[np.ndarray]:
    velocity = 0.0
    for g, rate in zip(gradients, learning_rates, strict=True):
        velocity = rho * velocity + (1 - rho) * g**2
        theta = theta - rate * g / np.sqrt(velocity + epsilon)
        yield theta


def adadelta_rule(
    theta: Any, gradients: Sequence, learning_rates: Sequence[float], rho: float = 0.95, epsilon: float = 1e-7
) -> Iterator[np.ndarray]:
    gradients_so_far = moves_so_far = 0.0
    for g, rate in zip(gradients, learning_rates, strict=True):
        gradients_so_far = rho * gradients_so_far + (1 - rho) * g**2
        move = -np.sqrt((moves_so_far + epsilon) / (gradients_so_far + epsilon)) * g
        moves_so_far = rho * moves_so_far + (1 - rho) * move**2
        theta = theta + rate * move
        yield theta


def adam_rule(
    theta: Any,
    gradients: Sequence,
    learning_rates: Sequence[float],
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> Iterator[np.ndarray]:
    m = v = 0.0
    for t, (g, rate) in enumerate(zip(gradients, learning_rates, strict=True), start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        alpha = rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        theta = theta - alpha * m / (np.sqrt(v) + epsilon)
        yield theta


RULES: dict[str, Rule] = {
    "momentum_step": momentum_rule,
    "adagrad_step": adagrad_rule,
    "rmsprop_step": rmsprop_rule,
    "adadelta_step": adadelta_rule,
    "adam_step": adam_rule,
}

# Hyperparameters that are not the defaults. Where epsilon stands shows only when it is large.
OTHER_HYPERPARAMETERS: dict[str, dict[str, float]] = {
    "momentum_step": {"momentum": 0.6},
    "adagrad_step": {"initial_accumulator_value": 1.5},
    "rmsprop_step": {"rho": 0.7},
    "adadelta_step": {"rho": 0.8},
    "adam_step": {"beta_1": 0.7, "beta_2": 0.9},
}
LARGE_EPSILON: dict[str, dict[str, float]] = {
    "adagrad_step": {"initial_accumulator_value": 0.01, "epsilon": 0.5},
    "rmsprop_step": {"epsilon": 0.5},
    "adadelta_step": {"epsilon": 0.5},
    "adam_step": {"epsilon": 0.5},
}

"""The optimizers of ex06, the grader's and the solution's, walk the way of `keras.optimizers`.

The hidden grader of ex06 compares with formulas of its own, so that grading a NumPy exercise needs no Keras. Here is
the proof that these are Keras' formulas, with Keras' defaults.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import keras
import numpy as np
import pytest

from grader.hidden.ex06_gradient_descent.descent_rules import LARGE_EPSILON, OTHER_HYPERPARAMETERS, RULES
from grader.kit.exercise import find_exercise
from grader.testing.student import load_module

pytestmark = pytest.mark.computes_here

# Nothing but what each has to be told: all other hyperparameters are Keras' defaults.
OPTIMIZERS = {
    "momentum_step": partial(keras.optimizers.SGD, momentum=0.9),
    "adagrad_step": keras.optimizers.Adagrad,
    "rmsprop_step": keras.optimizers.RMSprop,
    "adadelta_step": keras.optimizers.Adadelta,
    "adam_step": keras.optimizers.Adam,
}
STEPS = 10

each_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
each_walker = pytest.mark.parametrize("walk", ["grader", "solution"])


def keras_path(name: str, gradients: np.ndarray, rates: list[float], hyperparameters: dict[str, float]) -> np.ndarray:
    optimizer = OPTIMIZERS[name](**hyperparameters)
    variable = keras.Variable(np.zeros(gradients.shape[1:]), dtype="float32")
    path = []
    for g, rate in zip(gradients, rates, strict=True):
        optimizer.learning_rate = rate
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float32")], [variable])
        path.append(np.array(keras.ops.convert_to_numpy(variable)))
    return np.array(path)


def path_of(
    walk: str, name: str, gradients: np.ndarray, rates: list[float], hyperparameters: dict[str, float]
) -> np.ndarray:
    if walk == "grader":
        return np.array(list(RULES[name](np.zeros(gradients.shape[1:]), gradients, rates, **hyperparameters)))
    step = getattr(load_module(find_exercise("ex06").solution), name)
    theta: Any = np.zeros(gradients.shape[1:])
    state, path = None, []
    for g, rate in zip(gradients, rates, strict=True):
        theta, state = step(theta, g, state, rate, **hyperparameters)
        path.append(theta)
    return np.array(path)


def check(walk: str, name: str, gradients: np.ndarray, rates: list[float], **hyperparameters: float) -> None:
    """From 0, so that the position *is* the movement; Keras computes in float32, where opposite moves cancel."""
    actual = path_of(walk, name, gradients, rates, hyperparameters)
    expected = keras_path(name, gradients, rates, hyperparameters)
    np.testing.assert_allclose(actual, expected, rtol=3e-5, atol=1e-6 * np.abs(expected).max())


@each_walker
@each_optimizer
@pytest.mark.parametrize("size", [1.0, 1e-4])
def test_ten_steps_with_the_defaults(name: str, walk: str, size: float):
    """Also along gradients so small that one sees where epsilon stands."""
    gradients = np.random.default_rng(0).normal(size=(STEPS, 3, 4)) * size
    check(walk, name, gradients, [0.125] * STEPS)


@each_walker
@each_optimizer
def test_ten_steps_with_other_hyperparameters(name: str, walk: str):
    gradients = np.random.default_rng(1).normal(size=(STEPS, 5))
    check(walk, name, gradients, [0.5] * STEPS, **OTHER_HYPERPARAMETERS[name])


@each_walker
@pytest.mark.parametrize("name", LARGE_EPSILON)
def test_ten_steps_with_a_large_epsilon(name: str, walk: str):
    gradients = np.random.default_rng(2).normal(size=(STEPS, 5))
    check(walk, name, gradients, [0.5] * STEPS, **LARGE_EPSILON[name])


@each_walker
@each_optimizer
def test_learning_rates_that_change(name: str, walk: str):
    rng = np.random.default_rng(3)
    check(walk, name, rng.normal(size=(STEPS, 5)), rng.uniform(0.01, 1, size=STEPS).tolist())

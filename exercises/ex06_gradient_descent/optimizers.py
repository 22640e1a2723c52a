"""The way downhill: gradients by finite differences, gradient descent, mini-batches, five optimizers and their race.

Slides: Gradient Descent, Gradient Descent Optimizers.

Everything is computed in float64. Parameters `theta` and their gradients may be numbers, lists or arrays of any
shape, and are never modified.

The five optimizers share one form. They take one step, and whatever they have to remember until the next step
travels through your hands and theirs as the `state`::

    state = None
    for ...:
        theta, state = adam_step(theta, grad, state, learning_rate)

What a state is, is your decision: an array, a tuple, a dictionary, an object of your own. It belongs to *one*
parameter: a second parameter has its own, which starts from None, too. Names, defaults and formulas of the
hyperparameters are those of `keras.optimizers`. All operations are elementwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def numerical_gradient(f: Callable[[Array], float], theta: ArrayLike, h: float = 1e-5) -> Array:
    """The gradient of any function, without calculus: by central differences.

    Each element of theta is moved alone, a little forward and a little back. With `e_i`, which is 1 at the
    element i and 0 elsewhere::

        df / dtheta_i = (f(theta + h e_i) - f(theta - h e_i)) / (2 h)

    Args:
        f: takes an array of the shape of `theta` and returns one number.
        theta: the place, any shape.
        h: how far each element is moved, positive.

    Returns:
        The gradient, the shape of `theta`.

    Raises:
        ValueError: h is not positive.
    """
    raise NotImplementedError("ex06 numerical_gradient")


def gradient_descent(
    gradient: Callable[[Array], ArrayLike], theta: ArrayLike, learning_rate: float, steps: int
) -> Array:
    """Walk downhill, always against the gradient, and keep the whole path.

    Slide *Gradient Descent*, with the learning rate eta::

        theta <- theta - eta * gradient(theta)

    Args:
        gradient: takes an array of the shape of `theta` and returns the gradient there, of the same shape.
        theta: the start, any shape.
        learning_rate: eta.
        steps: how many steps to take; with 0 the path is the start alone.

    Returns:
        The path, `(steps + 1, ...)`: the start, and where each step ended.

    Raises:
        ValueError: the number of steps is negative.
    """
    raise NotImplementedError("ex06 gradient_descent")


def minibatches(
    x: ArrayLike, y: ArrayLike, batch_size: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray, NDArray]]:
    """Go through the data once, in random order, a few samples at a time.

    Slide *Gradient Descent*, *Stochastic*: the gradient of a random batch is on average that of all data, with some
    noise, for a fraction of the work.

    Args:
        x: the inputs, `(N, ...)`.
        y: the targets, `(N, ...)`: `y[n]` belongs to `x[n]`, and goes with it.
        batch_size: samples per batch; with N or more there is one batch.
        rng: the source of all randomness; the same seed gives the same batches.

    Returns:
        An iterator of pairs `(x_batch, y_batch)`. Every sample is in exactly one batch. Each batch has `batch_size`
        samples, but for the last one, which has what is left.

    Raises:
        ValueError: the lengths differ, there are no samples, or `batch_size` is smaller than 1. It may be raised
            at the call or when the first batch is asked for.
    """
    raise NotImplementedError("ex06 minibatches")


def momentum_step(
    theta: ArrayLike, grad: ArrayLike, state: Any, learning_rate: float, momentum: float = 0.9
) -> tuple[Array, Any]:
    """One step of gradient descent with momentum: a ball that keeps its velocity instead of a walker.

    ::

        velocity <- momentum * velocity - learning_rate * grad,    at the beginning 0
        theta    <- theta + velocity

    Args:
        theta: the parameter, any shape.
        grad: the gradient at theta, the same shape.
        state: None at the first step, afterwards what the step before returned.
        learning_rate: the learning rate of this step; it may differ from the one before.
        momentum: the share of the velocity that is kept.

    Returns:
        `(theta, state)`: the new parameter and the new state.

    Raises:
        ValueError: the shapes of theta and grad differ.

    Keras: `SGD(learning_rate, momentum=0.9)`.
    """
    raise NotImplementedError("ex06 momentum_step")


def adagrad_step(
    theta: ArrayLike,
    grad: ArrayLike,
    state: Any,
    learning_rate: float,
    initial_accumulator_value: float = 0.1,
    epsilon: float = 1e-7,
) -> tuple[Array, Any]:
    """One step of Adagrad: the larger its gradients have been, the less a parameter moves. Fast first, then slower.

    ::

        accumulator <- accumulator + grad^2,    at the beginning initial_accumulator_value
        theta       <- theta - learning_rate * grad / sqrt(accumulator + epsilon)

    Args:
        theta: the parameter, any shape.
        grad: the gradient at theta, the same shape.
        state: None at the first step, afterwards what the step before returned.
        learning_rate: the learning rate of this step.
        initial_accumulator_value: the accumulator before the first step.
        epsilon: keeps the root away from 0; it stands inside the root.

    Returns:
        `(theta, state)`: the new parameter and the new state.

    Raises:
        ValueError: the shapes of theta and grad differ.

    Paper: Duchi, Hazan and Singer, Adaptive Subgradient Methods, 2011. Keras: `Adagrad`.
    """
    raise NotImplementedError("ex06 adagrad_step")


def rmsprop_step(
    theta: ArrayLike, grad: ArrayLike, state: Any, learning_rate: float, rho: float = 0.9, epsilon: float = 1e-7
) -> tuple[Array, Any]:
    """One step of RMSprop: like Adagrad, but it forgets, so that it does not stop.

    ::

        average <- rho * average + (1 - rho) * grad^2,    at the beginning 0
        theta   <- theta - learning_rate * grad / sqrt(average + epsilon)

    Args:
        theta: the parameter, any shape.
        grad: the gradient at theta, the same shape.
        state: None at the first step, afterwards what the step before returned.
        learning_rate: the learning rate of this step.
        rho: the share of the average that is kept.
        epsilon: keeps the root away from 0; it stands inside the root.

    Returns:
        `(theta, state)`: the new parameter and the new state.

    Raises:
        ValueError: the shapes of theta and grad differ.

    Source: Hinton, Neural Networks for Machine Learning, lecture 6e, 2012. Keras: `RMSprop`.
    """
    raise NotImplementedError("ex06 rmsprop_step")


def adadelta_step(
    theta: ArrayLike, grad: ArrayLike, state: Any, learning_rate: float, rho: float = 0.95, epsilon: float = 1e-7
) -> tuple[Array, Any]:
    """One step of Adadelta: it also remembers how far it usually goes, and needs hardly any learning rate.

    In this order; both averages are 0 at the beginning::

        average_grad  <- rho * average_grad + (1 - rho) * grad^2
        delta          = -sqrt(average_delta + epsilon) / sqrt(average_grad + epsilon) * grad
        average_delta <- rho * average_delta + (1 - rho) * delta^2
        theta         <- theta + learning_rate * delta

    Args:
        theta: the parameter, any shape.
        grad: the gradient at theta, the same shape.
        state: None at the first step, afterwards what the step before returned.
        learning_rate: multiplies each step; the paper knows none, which is 1.
        rho: the share of the averages that is kept.
        epsilon: the seed of the first step, inside both roots.

    Returns:
        `(theta, state)`: the new parameter and the new state.

    Raises:
        ValueError: the shapes of theta and grad differ.

    Paper: Zeiler, ADADELTA: An Adaptive Learning Rate Method, 2012. Keras: `Adadelta`.
    """
    raise NotImplementedError("ex06 adadelta_step")


def adam_step(
    theta: ArrayLike,
    grad: ArrayLike,
    state: Any,
    learning_rate: float,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> tuple[Array, Any]:
    """One step of Adam: the velocity of momentum, divided by the root of RMSprop, both freed from their start at 0.

    In step t = 1, 2, 3, ...; m and v are 0 at the beginning::

        m     <- beta_1 * m + (1 - beta_1) * grad
        v     <- beta_2 * v + (1 - beta_2) * grad^2
        alpha  = learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t)
        theta <- theta - alpha * m / (sqrt(v) + epsilon)

    This is the form at the end of section 2 of the paper, which Keras computes. It differs from Algorithm 1 in what
    epsilon is added to: here the root of v as it is, before any correction.

    Args:
        theta: the parameter, any shape.
        grad: the gradient at theta, the same shape.
        state: None at the first step, afterwards what the step before returned.
        learning_rate: the learning rate of this step.
        beta_1: the share of m that is kept.
        beta_2: the share of v that is kept.
        epsilon: keeps the denominator away from 0; it stands outside the root.

    Returns:
        `(theta, state)`: the new parameter and the new state.

    Raises:
        ValueError: the shapes of theta and grad differ.

    Paper: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015. Keras: `Adam`.
    """
    raise NotImplementedError("ex06 adam_step")


def optimize(
    step: Callable[[Array, Array, Any, float], tuple[Array, Any]],
    gradient: Callable[[Array], Array],
    theta: ArrayLike,
    learning_rate: float,
    steps: int,
) -> Array:
    """Walk downhill with any optimizer, and keep the whole path: what a race of optimizers needs.

    Each step is taken along the gradient of the place where the one before ended, with the state that it returned::

        theta, state = step(theta, gradient(theta), state, learning_rate),    at the beginning state = None

    Args:
        step: one step of an optimizer: `adam_step`, or any other function of this form. Its state is its own: hand
            back what it returned, and nothing else.
        gradient: takes an array of the shape of `theta` and returns the gradient there, of the same shape.
        theta: the start, any shape.
        learning_rate: the learning rate of all steps.
        steps: how many steps to take; with 0 the path is the start alone.

    Returns:
        The path, `(steps + 1, ...)`: the start, and where each step ended.

    Raises:
        ValueError: the number of steps is negative.

    Slide: Gradient Descent Optimizers.
    """
    raise NotImplementedError("ex06 optimize")

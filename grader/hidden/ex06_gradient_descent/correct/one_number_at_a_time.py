"""Plain Python on nested lists; the state is a list of generators, one per number, that remember by themselves."""

import math

import numpy as np


def _plain(value):
    return np.asarray(value, dtype=float).tolist()


def _flat(value):
    return [item for part in value for item in _flat(part)] if isinstance(value, list) else [value]


def _like(template, items):
    """The numbers of the iterator `items` in the nesting of `template`."""
    return [_like(part, items) for part in template] if isinstance(template, list) else next(items)


def numerical_gradient(f, theta, h=1e-5):
    if not h > 0:
        raise ValueError("h")
    theta = _plain(theta)
    flat = _flat(theta)

    def at(i, value):
        return float(f(np.array(_like(theta, iter([*flat[:i], value, *flat[i + 1 :]])))))

    return _like(theta, iter([(at(i, v + h) - at(i, v - h)) / (2 * h) for i, v in enumerate(flat)]))


def gradient_descent(gradient, theta, learning_rate, steps):
    if steps < 0:
        raise ValueError("steps")
    path = (_plain(theta),)
    while steps:
        slopes = _flat(_plain(gradient(np.array(path[-1]))))
        moved = [t - learning_rate * s for t, s in zip(_flat(path[-1]), slopes, strict=True)]
        path = (*path, _like(path[-1], iter(moved)))
        steps -= 1
    return path


def minibatches(x, y, batch_size, rng):
    if len(x) != len(y) or len(x) == 0 or batch_size <= 0:
        raise ValueError("minibatches")
    pairs = sorted(zip(rng.random(len(x)), range(len(x)), strict=True))
    order = [i for _, i in pairs]
    batches = []
    while order:
        batches.append([[x[i] for i in order[:batch_size]], [y[i] for i in order[:batch_size]]])
        del order[:batch_size]
    return batches


def _step(theta, grad, state, make, *options):
    theta, grad = _plain(theta), _plain(grad)
    if np.shape(theta) != np.shape(grad):
        raise ValueError("theta and grad have different shapes")
    walkers = state
    if walkers is None:
        walkers = [make(*options) for _ in _flat(theta)]
        for walker in walkers:
            next(walker)
    rate = options[0]
    moves = [walker.send((g, rate)) for walker, g in zip(walkers, _flat(grad), strict=True)]
    return _like(theta, iter([t + m for t, m in zip(_flat(theta), moves, strict=True)])), walkers


def _momentum(_, momentum):
    velocity = 0.0
    while True:
        g, rate = yield velocity
        velocity = momentum * velocity - rate * g


def _adagrad(_, total, epsilon):
    move = None
    while True:
        g, rate = yield move
        total += g * g
        move = -rate * g / math.sqrt(total + epsilon)


def _rmsprop(_, rho, epsilon):
    average, move = 0.0, None
    while True:
        g, rate = yield move
        average += (1 - rho) * (g * g - average)
        move = -rate * g / math.sqrt(average + epsilon)


def _adadelta(_, rho, epsilon):
    squares, moves, delta, rate = 0.0, 0.0, 0.0, 0.0
    while True:
        g, rate = yield rate * delta
        squares += (1 - rho) * (g * g - squares)
        delta = -g * math.sqrt((moves + epsilon) / (squares + epsilon))
        moves += (1 - rho) * (delta * delta - moves)


def _adam(_, beta_1, beta_2, epsilon):
    m, v, power_1, power_2, move = 0.0, 0.0, 1.0, 1.0, None
    while True:
        g, rate = yield move
        m += (1 - beta_1) * (g - m)
        v += (1 - beta_2) * (g * g - v)
        power_1, power_2 = power_1 * beta_1, power_2 * beta_2
        scale = math.sqrt(1 - power_2)
        move = -rate * (m / (1 - power_1)) / (math.sqrt(v) / scale + epsilon / scale)


def momentum_step(theta, grad, state, learning_rate, momentum=0.9):
    return _step(theta, grad, state, _momentum, learning_rate, momentum)


def adagrad_step(theta, grad, state, learning_rate, initial_accumulator_value=0.1, epsilon=1e-7):
    return _step(theta, grad, state, _adagrad, learning_rate, initial_accumulator_value, epsilon)


def rmsprop_step(theta, grad, state, learning_rate, rho=0.9, epsilon=1e-7):
    return _step(theta, grad, state, _rmsprop, learning_rate, rho, epsilon)


def adadelta_step(theta, grad, state, learning_rate, rho=0.95, epsilon=1e-7):
    return _step(theta, grad, state, _adadelta, learning_rate, rho, epsilon)


def adam_step(theta, grad, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    return _step(theta, grad, state, _adam, learning_rate, beta_1, beta_2, epsilon)


def optimize(step, gradient, theta, learning_rate, steps):
    if steps < 0:
        raise ValueError("steps")

    def places():
        here, state = np.array(_plain(theta)), None
        yield here.tolist()
        for _ in range(steps):
            here, state = step(theta=here, grad=gradient(here), state=state, learning_rate=learning_rate)
            here = np.array(_plain(here))
            yield here.tolist()

    return tuple(places())

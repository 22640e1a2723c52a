"""What goes wrong on the way downhill: one-sided differences, lost starts and samples."""

import numpy as np

from grader.misconceptions import misconception


@misconception("numerical_gradient")
def looks_to_one_side_only(f, theta, h=1e-5):
    """Your slope is that of a line through the point and one neighbour, wrong by about h. The central difference
    takes a neighbour on each side and is wrong by h squared.
    """
    return _differences(f, theta, h, lambda here, ahead, back: (ahead - here) / h)


@misconception("numerical_gradient")
def divides_by_one_step(f, theta, h=1e-5):
    """Your slopes are twice too steep. You compare a place h ahead with a place h back: how far are these two apart?"""
    return _differences(f, theta, h, lambda here, ahead, back: (ahead - back) / h)


@misconception("numerical_gradient")
def moves_all_elements_at_once(f, theta, h=1e-5):
    """Adding h to the whole array moves every element at once, and one number comes out for all of them. Each
    slope needs a move of its own.
    """
    if h <= 0:
        raise ValueError("h")
    theta = np.asarray(theta, dtype=float)
    return np.full_like(theta, (f(theta + h) - f(theta - h)) / (2 * h))


@misconception("numerical_gradient")
def does_not_move_back(f, theta, h=1e-5):
    """After an element was moved it must be put back: else each slope is measured at another place than the
    one before.
    """
    if h <= 0:
        raise ValueError("h")
    theta = np.array(theta, dtype=float)
    gradient = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        theta[i] += h
        ahead = f(theta.copy())
        theta[i] -= 2 * h
        gradient[i] = (ahead - f(theta.copy())) / (2 * h)
    return gradient


@misconception("numerical_gradient")
def flattens_the_parameter(f, theta, h=1e-5):
    """The function was written for the shape of theta, but it is given a flat vector."""
    theta = np.asarray(theta, dtype=float)
    flat = _differences(f, theta.ravel(), h, lambda here, ahead, back: (ahead - back) / (2 * h))
    return flat.reshape(theta.shape)


@misconception("gradient_descent")
def walks_uphill(gradient, theta, learning_rate, steps):
    """Your path leads uphill, where the gradient points. Look at the sign in the slide's rule."""
    return _path(lambda theta: -np.asarray(gradient(theta)), theta, learning_rate, steps)


@misconception("gradient_descent")
def changes_the_array_it_has_stored(gradient, theta, learning_rate, steps):
    """Every entry of your path is the same: `-=` changes the array itself, and the path holds that one array
    many times. Make a new array in each step.
    """
    if steps < 0:
        raise ValueError("steps")
    theta = np.array(theta, dtype=float)
    path = [theta]
    for _ in range(steps):
        theta -= learning_rate * gradient(theta)
        path.append(theta)
    return np.array(path)


@misconception("gradient_descent")
def forgets_the_start(gradient, theta, learning_rate, steps):
    """The path of n steps has n + 1 places: it begins where you started."""
    return _path(gradient, theta, learning_rate, steps)[1:]


@misconception("gradient_descent")
def follows_the_first_gradient(gradient, theta, learning_rate, steps):
    """The gradient was asked once, at the start. It changes along the way: ask again in each step."""
    first = np.asarray(gradient(np.asarray(theta, dtype=float)))
    return _path(lambda theta: first, theta, learning_rate, steps)


@misconception("minibatches")
def leaves_out_the_rest(x, y, batch_size, rng):
    """When the samples do not divide evenly, some are left over: they make a last, smaller batch."""
    x, y, order = _shuffled(x, y, batch_size, rng)
    for start in range(0, len(x) - batch_size + 1, batch_size):
        yield x[order[start : start + batch_size]], y[order[start : start + batch_size]]


@misconception("minibatches")
def shuffles_inputs_and_targets_apart(x, y, batch_size, rng):
    """Inputs and targets were shuffled separately: nothing belongs together any more. Use one order for both."""
    x, y, order = _shuffled(x, y, batch_size, rng)
    yield from _cut(x[order], y[rng.permutation(len(y))], batch_size)


@misconception("minibatches")
def draws_every_batch_anew(x, y, batch_size, rng):
    """Each batch is drawn from all samples: some come twice and others never. A pass shows every sample once."""
    x, y, _ = _shuffled(x, y, batch_size, rng)
    drawn = rng.integers(len(x), size=len(x))
    yield from _cut(x[drawn], y[drawn], batch_size)


@misconception("minibatches")
def never_shuffles(x, y, batch_size, rng):
    """The samples come in the order of the data. If that is sorted by class, a batch knows only one of them."""
    x, y, _ = _shuffled(x, y, batch_size, rng)
    yield from _cut(x, y, batch_size)


def _differences(f, theta, h, difference):
    """What `difference` makes of the values here, ahead and back, for each element of theta."""
    if h <= 0:
        raise ValueError("h must be positive")
    theta = np.asarray(theta, dtype=float)
    result = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        move = np.zeros_like(theta)
        move[i] = h
        result[i] = difference(f(theta), f(theta + move), f(theta - move))
    return result


def _path(gradient, theta, learning_rate, steps):
    if steps < 0:
        raise ValueError("steps")
    path = [np.array(theta, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * np.asarray(gradient(path[-1])))
    return np.array(path)


def _shuffled(x, y, batch_size, rng):
    x, y = np.asarray(x), np.asarray(y)
    if len(x) != len(y) or not len(x) or batch_size < 1:
        raise ValueError("no batches can be made of this")
    return x, y, rng.permutation(len(x))


def _cut(x, y, batch_size):
    for start in range(0, len(x), batch_size):
        yield x[start : start + batch_size], y[start : start + batch_size]

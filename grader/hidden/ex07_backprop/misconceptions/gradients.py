"""What goes wrong with the gradient of a whole network, and with its check."""

import numpy as np

from grader.misconceptions import misconception

# Read in front of each wrong implementation, while the names still mean the right ones.
right_backward, right_check = backward, check_gradient


def _checked(params, cache, dlogits):
    """`dlogits`, after the right checks."""
    right_backward(params, cache, dlogits)
    return np.asarray(dlogits, dtype=float)


# ---------------------------------------------------------------- backward


def _back(params, cache, dlogits, mask):
    """The right gradients with another mask, a function of the error signal and of the output of the ReLU."""
    ds, found = _checked(params, cache, dlogits), []
    for (W, _), h in zip(params[::-1], cache[::-1], strict=True):
        dh, dW, db = dense_backward(ds, h, W)
        found.insert(0, (dW, db))
        ds = dh * mask(dh, h)
    return found


@misconception("backward")
def no_relu_mask(params, cache, dlogits):
    """The error signal passes a hidden unit only where its ReLU was awake. Which function does that, and where do you
    call it? (If you do: the *output* of a ReLU is never negative, so a mask of `output >= 0` lets everything
    through.)"""
    return _back(params, cache, dlogits, lambda dh, h: 1.0)


@misconception("backward")
def masks_by_the_sign_of_the_error(params, cache, dlogits):
    """What passes your ReLUs is decided by the sign of the error. Who was awake in the forward pass is in the cache."""
    return _back(params, cache, dlogits, lambda dh, h: dh > 0)


@misconception("backward")
def awake_where_the_sum_is_zero(params, cache, dlogits):
    """At a sum of exactly 0 nothing passes. Does your mask ask for greater, or for greater or equal?"""
    sums = [h @ W + b for h, (W, b) in zip(cache[:-1], params, strict=False)]
    masks = [*(s >= 0 for s in sums[::-1]), 1.0]
    return _back(params, cache, dlogits, lambda dh, h: masks.pop(0))


@misconception("backward")
def masks_the_logits_too(params, cache, dlogits):
    """The last layer has no ReLU, so the error signal goes into it as it is. Do you mask it on the way in?"""
    dlogits = _checked(params, cache, dlogits)
    W, b = params[-1]
    return right_backward(params, cache, dlogits * (cache[-1] @ W + b > 0))


@misconception("backward")
def divides_by_n_again(params, cache, dlogits):
    """`dlogits` is the gradient of a mean already. Dividing by the size of the batch once more makes all gradients too
    small."""
    found = right_backward(params, cache, dlogits)
    return [(dW / len(dlogits), db / len(dlogits)) for dW, db in found]


@misconception("backward")
def climbs_down(params, cache, dlogits):
    """Your result is the direction of descent. `backward` returns the gradient itself, which points uphill;
    `train` will subtract it."""
    return [(-dW, -db) for dW, db in right_backward(params, cache, dlogits)]


@misconception("backward")
def only_the_last_layer(params, cache, dlogits):
    """Only the last layer learns here. The error signal must travel on to the layers in front of
    it: that is the "back" in back-propagation."""
    found = right_backward(params, cache, dlogits)
    return [(0 * dW, 0 * db) for dW, db in found[:-1]] + found[-1:]


@misconception("backward")
def last_layer_first(params, cache, dlogits):
    """The gradients were collected on the way back, so they are in reverse order. They must stand
    as in `params`."""
    return right_backward(params, cache, dlogits)[::-1]


# ---------------------------------------------------------------- check_gradient


def _slopes(f, theta, gradient, h, difference):
    """The numerical gradient by `difference(f, theta, move)` over h, and the given one, after the right checks."""
    theta, gradient = np.asarray(theta, dtype=float), np.asarray(gradient, dtype=float)
    if theta.shape != gradient.shape:
        raise ValueError("different shapes")
    numeric = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        move = np.zeros_like(theta)
        move[i] = h
        numeric[i] = difference(f, theta, move) / h
    return numeric, gradient


def _central(f, theta, move):
    return (f(theta + move) - f(theta - move)) / 2


def _relative(numeric, gradient, floor=1e-4):
    return np.abs(gradient - numeric) / np.maximum(np.maximum(np.abs(gradient), np.abs(numeric)), floor)


@misconception("check_gradient")
def looks_forward_only(f, theta, gradient, h=1e-5):
    """You move each element forward, but not back. Such a difference is wrong by about h, a central one by about h
    squared: at how many places does the docstring ask f?"""
    return _relative(*_slopes(f, theta, gradient, h, lambda f, theta, move: f(theta + move) - f(theta)))


@misconception("check_gradient")
def forgets_the_two(f, theta, gradient, h=1e-5):
    """Your numerical slope is twice as steep as it should be. How far apart are the two places at which you ask f?"""
    return _relative(*_slopes(f, theta, gradient, h, lambda f, theta, move: f(theta + move) - f(theta - move)))


@misconception("check_gradient")
def moves_everything_at_once(f, theta, gradient, h=1e-5):
    """You move all the elements together and get one slope for all of them. Each element is to be moved alone."""
    numeric, gradient = _slopes(f, theta, gradient, h, lambda f, theta, move: _central(f, theta, 0 * move + h))
    return _relative(numeric, gradient)


@misconception("check_gradient")
def does_not_move_back(f, theta, gradient, h=1e-5):
    """The first element is right, the others are not: is each element back in its place before you move the next?"""
    moved = []

    def difference(f, theta, move):
        moved.append(move)
        return _central(f, theta - sum(moved[:-1]), move)

    return _relative(*_slopes(f, theta, gradient, h, difference))


@misconception("check_gradient")
def absolute_error(f, theta, gradient, h=1e-5):
    """Your error is absolute. A difference of 0.001 is nothing for a gradient of 1,000 and everything for one of 0.001:
    what does the docstring divide by?"""
    numeric, gradient = _slopes(f, theta, gradient, h, _central)
    return np.abs(gradient - numeric)


@misconception("check_gradient")
def relative_to_the_numerical_one(f, theta, gradient, h=1e-5):
    """You divide by the numerical slope alone, which may be 0 where the given gradient is not. Which of the two does
    the docstring divide by?"""
    numeric, gradient = _slopes(f, theta, gradient, h, _central)
    return np.abs(gradient - numeric) / np.maximum(np.abs(numeric), 1e-4)


@misconception("check_gradient")
def relative_to_the_given_one(f, theta, gradient, h=1e-5):
    """You divide by the given gradient alone, which may be 0 where the slope is not. Which of the two does the
    docstring divide by?"""
    numeric, gradient = _slopes(f, theta, gradient, h, _central)
    return np.abs(gradient - numeric) / np.maximum(np.abs(gradient), 1e-4)


@misconception("check_gradient")
def relative_to_the_sum(f, theta, gradient, h=1e-5):
    """You divide by the sum of both sizes, so that even a wrong sign has an error of 1 only. Other books do so; what is
    the denominator of this exercise?"""
    numeric, gradient = _slopes(f, theta, gradient, h, _central)
    return np.abs(gradient - numeric) / np.maximum(np.abs(gradient) + np.abs(numeric), 1e-4)


@misconception("check_gradient")
def keeps_the_sign(f, theta, gradient, h=1e-5):
    """Some of your errors are negative. An error of -0.5 would pass a check for "less than 0.000001": what is
    missing?"""
    numeric, gradient = _slopes(f, theta, gradient, h, _central)
    return (gradient - numeric) / np.maximum(np.maximum(np.abs(gradient), np.abs(numeric)), 1e-4)


@misconception("check_gradient")
def compares_without_the_sign(f, theta, gradient, h=1e-5):
    """You compare the sizes only: a gradient of the wrong sign passes your check. Where do the bars of the absolute
    value stand in the docstring?"""
    numeric, gradient = _slopes(f, theta, gradient, h, _central)
    return _relative(np.abs(numeric), np.abs(gradient))


@misconception("check_gradient")
def only_the_largest_error(f, theta, gradient, h=1e-5):
    """Your result is one number, and does not say where the gradient is wrong. The docstring asks for an error for each
    element."""
    return float(_relative(*_slopes(f, theta, gradient, h, _central)).max())


@misconception("check_gradient")
def returns_the_numerical_gradient(f, theta, gradient, h=1e-5):
    """Your result is the numerical gradient. It is the first half of the task: what are you to do with it and the given
    one?"""
    return _slopes(f, theta, gradient, h, _central)[0]


@misconception("check_gradient")
def yes_or_no(f, theta, gradient, h=1e-5):
    """Your result is a verdict. Whoever looks for a mistake wants to know how large each error is."""
    return (_relative(*_slopes(f, theta, gradient, h, _central)) < 1e-6).astype(float)


@misconception("check_gradient")
def divides_by_zero(f, theta, gradient, h=1e-5):
    """Where both slopes are 0 you divide 0 by 0. Which term of the denominator is there for that?"""
    with np.errstate(all="ignore"):
        return _relative(*_slopes(f, theta, gradient, h, _central), floor=0.0)


@misconception("check_gradient")
def stretches_the_gradient(f, theta, gradient, h=1e-5):
    """NumPy stretches a gradient of another shape over theta, and does not complain. Which shapes do you have to
    compare?"""
    theta = np.asarray(theta, dtype=float)
    return right_check(f, theta, np.broadcast_to(gradient, theta.shape).copy(), h)

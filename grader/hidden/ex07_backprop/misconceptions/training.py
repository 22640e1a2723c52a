"""What goes wrong with gradients, and with the training that follows them."""

import numpy as np

from grader.misconceptions import misconception

# Read in front of each wrong implementation, while the names still mean the right ones.
right_params, right_loss, right_train, right_predict = init_params, loss, train, predict


def _known(p, y):
    """`y`, after the right checks."""
    y = np.asarray(y)
    if y.shape != (len(p),) or y.min() < 0 or y.max() >= p.shape[1]:
        raise ValueError("wrong labels")
    return y


def _back(params, cache, y, error=None, mask=lambda h: h > 0):
    """The right gradients, with one part replaced."""
    *inputs, p = cache
    y = _known(p, y)
    error = (p - np.eye(p.shape[1])[y]) / len(y) if error is None else error(p, y)
    found = []
    for (W, _), h in zip(params[::-1], inputs[::-1], strict=True):
        found.insert(0, (h.T @ error, error.sum(axis=0)))
        error = error @ W.T * mask(h)
    return found


def _descent(
    x,
    y,
    layer_sizes,
    epochs,
    learning_rate,
    batch_size,
    rng,
    *,
    order=lambda rng, n: rng.permutation(n),
    step=lambda array, slope, eta, batch: array - eta * slope,
    starts=lambda n, size: range(0, n, size),
    epoch_loss=lambda losses, whole: whole,
):
    """The right training, with one part replaced."""
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    if batch_size < 1 or len(y) != len(x) or len(x) == 0 or y.min() < 0 or y.max() >= layer_sizes[-1]:
        raise ValueError("wrong arguments")
    params, losses = init_params(layer_sizes, rng), []
    for _ in range(epochs):
        indices, in_batches = order(rng, len(x)), []
        for start in starts(len(x), batch_size):
            batch = indices[start : start + batch_size]
            in_batches.append(loss(params, x[batch], y[batch]))
            slopes = backward(params, forward(params, x[batch])[1], y[batch])
            params = [
                tuple(step(a, s, learning_rate, batch) for a, s in zip(layer, slope, strict=True))
                for layer, slope in zip(params, slopes, strict=True)
            ]
        losses.append(epoch_loss(in_batches, loss(params, x, y)))
    return params, losses


# ---------------------------------------------------------------- backward


@misconception("backward")
def no_relu_mask(params, cache, y):
    """The error signal passes a hidden unit only where its ReLU was awake: multiply by the
    derivative of the ReLU. (If you do: the *output* of a ReLU is never negative, so a mask of
    `output >= 0` lets everything through.)"""
    return _back(params, cache, y, mask=lambda h: 1.0)


@misconception("backward")
def awake_at_zero(params, cache, y):
    """At a sum of exactly 0 the ReLU has a kink. This exercise calls its derivative 0 there: let
    the error through only where the sum is greater than 0."""
    sums = [h @ W + b for h, (W, b) in zip(cache[:-1], params, strict=True)]
    masks = [*(s >= 0 for s in sums[-2::-1]), 1.0]
    return _back(params, cache, y, mask=lambda h: masks.pop(0))


@misconception("backward")
def multiplies_by_the_activation(params, cache, y):
    """You multiply the error signal by what the ReLU put out. Its derivative is another number, 0 or 1."""
    return _back(params, cache, y, mask=lambda h: h)


@misconception("backward")
def derivative_of_the_sigmoid(params, cache, y):
    """h (1 - h), which your error signal is multiplied by, is the derivative of a sigmoid. These hidden units
    are ReLUs."""
    return _back(params, cache, y, mask=lambda h: h * (1 - h))


@misconception("backward")
def masks_the_error_by_its_own_sign(params, cache, y):
    """You let through what is positive of the *error*. The mask asks whether the *unit* was awake
    in the forward pass; an error signal may well be negative."""
    *inputs, p = cache
    error = (p - np.eye(p.shape[1])[_known(p, y)]) / len(y)
    found = []
    for (W, _), h in zip(params[::-1], inputs[::-1], strict=True):
        found.insert(0, (h.T @ error, error.sum(axis=0)))
        error = np.maximum(error @ W.T, 0)
    return found


@misconception("backward")
def sum_instead_of_mean(params, cache, y):
    """The loss is a mean over the samples, so its gradient is one too. Where does the 1/N go?"""
    return _back(params, cache, y, error=lambda p, y: p - np.eye(p.shape[1])[y])


@misconception("backward")
def sum_instead_of_mean_for_the_weights(params, cache, y):
    """Your gradients of the biases are means over the samples, those of the weights are sums: where does the 1/N of the
    loss go in `h.T @ error`?"""
    return [(dW * len(y), db) for dW, db in _back(params, cache, y)]


@misconception("backward")
def sum_instead_of_mean_for_the_biases(params, cache, y):
    """Your gradients of the weights are means over the samples, those of the biases are sums: the 1/N of the loss
    belongs to both."""
    return [(dW, db * len(y)) for dW, db in _back(params, cache, y)]


@misconception("backward")
def divides_by_n_twice(params, cache, y):
    """1/N is there twice: once in the error signal of the output and once more in the gradients.
    Keep one of them."""
    return [(dW / len(y), db / len(y)) for dW, db in _back(params, cache, y)]


@misconception("backward")
def divides_by_the_classes_too(params, cache, y):
    """Your gradient is too small by the number of classes: the loss is a mean over the N samples only, the C
    classes are summed."""
    return _back(params, cache, y, error=lambda p, y: (p - np.eye(p.shape[1])[y]) / p.size)


@misconception("backward")
def softmax_derivative_as_p_times_one_minus_p(params, cache, y):
    """`p - onehot` is already the derivative of cross-entropy *and* softmax together. Multiplying
    by p (1 - p) counts the softmax again, and only the diagonal of its Jacobian at that."""
    return _back(params, cache, y, error=lambda p, y: (p - np.eye(p.shape[1])[y]) * p * (1 - p) / len(y))


@misconception("backward")
def wrong_sign(params, cache, y):
    """Your result is the direction of descent. `backward` returns the gradient itself, which points uphill;
    `train` will subtract it."""
    return _back(params, cache, y, error=lambda p, y: (np.eye(p.shape[1])[y] - p) / len(y))


@misconception("backward")
def one_number_for_all_biases(params, cache, y):
    """Every unit has its own bias, so every unit has its own bias gradient: sum over the samples,
    not over the units."""
    return [(dW, np.full_like(db, db.sum())) for dW, db in _back(params, cache, y)]


@misconception("backward")
def mean_for_the_biases(params, cache, y):
    """The error signal carries 1/N already. For the biases, add it up over the samples; a mean
    divides again."""
    return [(dW, db / len(y)) for dW, db in _back(params, cache, y)]


@misconception("backward")
def no_gradient_for_the_biases(params, cache, y):
    """Your gradients of the biases are zero. Biases learn, too: what arrives at a unit arrives at its bias."""
    return [(dW, np.zeros_like(db)) for dW, db in _back(params, cache, y)]


@misconception("backward")
def only_the_last_layer(params, cache, y):
    """Only the last layer learns here. The error signal must travel on to the layers in front of
    it: that is the "back" in back-propagation."""
    found = _back(params, cache, y)
    return [(0 * dW, 0 * db) for dW, db in found[:-1]] + found[-1:]


@misconception("backward")
def last_layer_first(params, cache, y):
    """The gradients were collected on the way back, so they are in reverse order. They must stand
    as in `params`."""
    return _back(params, cache, y)[::-1]


# ---------------------------------------------------------------- train


@misconception("train")
def never_shuffles(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """Every epoch goes through the samples in the order of the data. Stochastic gradient descent
    draws a new random order for each epoch, or sorted data will pull the network to and fro."""
    return _descent(x, y, layer_sizes, epochs, learning_rate, batch_size, rng, order=lambda rng, n: np.arange(n))


@misconception("train")
def shuffles_once(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """The order is drawn once, before the first epoch, and then repeated. Draw a new one for every
    epoch."""
    drawn = {}
    return _descent(
        x,
        y,
        layer_sizes,
        epochs,
        learning_rate,
        batch_size,
        rng,
        order=lambda rng, n: drawn.setdefault(n, rng.permutation(n)),
    )


@misconception("train")
def samples_with_replacement(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """Drawing indices at random takes some samples twice and leaves others out. In one epoch, every
    sample has its turn exactly once."""
    return _descent(
        x,
        y,
        layer_sizes,
        epochs,
        learning_rate,
        batch_size,
        rng,
        order=lambda rng, n: rng.integers(n, size=n),
    )


@misconception("train")
def shuffles_only_the_inputs(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """Inputs and labels were shuffled apart from each other: a sample must keep its own label. Use
    one order for both."""
    x = np.asarray(x)[rng.permutation(len(x))]
    return right_train(x, y, layer_sizes, epochs, learning_rate, batch_size, rng)


@misconception("train")
def climbs(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """The gradient points uphill, towards a larger loss. Which sign has the slide's rule?"""
    return _descent(
        x,
        y,
        layer_sizes,
        epochs,
        learning_rate,
        batch_size,
        rng,
        step=lambda array, slope, eta, batch: array + eta * slope,
    )


@misconception("train")
def drops_the_last_batch(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """When the samples do not divide evenly, the last ones are left over: they make a smaller
    batch, they are not thrown away."""
    return _descent(
        x,
        y,
        layer_sizes,
        epochs,
        learning_rate,
        batch_size,
        rng,
        starts=lambda n, size: range(0, max(n - size + 1, 1), size),
    )


@misconception("train")
def divides_by_the_batch_again(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """The gradient of `backward` is that of a mean already. Dividing by the batch size once more
    makes tiny steps."""
    return _descent(
        x,
        y,
        layer_sizes,
        epochs,
        learning_rate,
        batch_size,
        rng,
        step=lambda array, slope, eta, batch: array - eta * slope / len(batch),
    )


@misconception("train")
def one_step_per_epoch(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """Your epochs make one step each, with all the data, whatever the batch size is. Mini-batch gradient descent
    steps after each batch."""
    return right_train(x, y, layer_sizes, epochs, learning_rate, max(batch_size, len(x)), rng)


@misconception("train")
def only_the_weights(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """The biases stay at zero: they are parameters too, and they have a gradient."""
    return _descent(
        x,
        y,
        layer_sizes,
        epochs,
        learning_rate,
        batch_size,
        rng,
        step=lambda array, slope, eta, batch: array - eta * slope if array.ndim == 2 else array,
    )


@misconception("train")
def new_network_every_epoch(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """The parameters are drawn again at the beginning of each epoch, and what was learned is lost.
    Draw them once, before the first epoch."""
    losses = []
    for _ in range(epochs):
        params, (last,) = right_train(x, y, layer_sizes, 1, learning_rate, batch_size, rng)
        losses.append(last)
    return params, losses


@misconception("train")
def learning_rate_decays(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """Your learning rate changes on the way. A falling rate is a good idea, but this exercise asks
    for plain gradient descent."""
    steps = iter(range(10**9))
    arrays = 2 * (len(layer_sizes) - 1)
    return _descent(
        x,
        y,
        layer_sizes,
        epochs,
        learning_rate,
        batch_size,
        rng,
        step=lambda array, slope, eta, batch: array - eta * 0.99 ** (next(steps) // arrays) * slope,
    )


@misconception("train")
def one_loss_per_batch(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """`losses` has one number per epoch, not one per batch: append after the inner loop."""
    params, losses = _descent(
        x, y, layer_sizes, epochs, learning_rate, batch_size, rng, epoch_loss=lambda losses, whole: losses
    )
    return params, [value for epoch in losses for value in epoch]


@misconception("train")
def loss_of_the_last_batch(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """The loss of the last batch says little about the epoch: the next last batch is another one.
    Take the mean over all samples."""
    return _descent(
        x, y, layer_sizes, epochs, learning_rate, batch_size, rng, epoch_loss=lambda losses, whole: losses[-1]
    )


@misconception("train")
def sum_of_the_batch_losses(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    """The losses of the batches were added up but not divided: the loss of an epoch is a mean."""
    return _descent(
        x,
        y,
        layer_sizes,
        epochs,
        learning_rate,
        batch_size,
        rng,
        epoch_loss=lambda losses, whole: sum(losses),
    )

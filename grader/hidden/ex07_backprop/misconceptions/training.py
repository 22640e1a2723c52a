"""What goes wrong with the training."""

import numpy as np

from grader.misconceptions import misconception

right_train = train  # read in front of each wrong implementation, while the name still means the right one


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
            logits, cache = forward(params, x[batch])
            batch_loss, dlogits = softmax_cross_entropy(logits, y[batch])
            in_batches.append(batch_loss)
            slopes = backward(params, cache, dlogits)
            params = [
                tuple(step(a, s, learning_rate, batch) for a, s in zip(layer, slope, strict=True))
                for layer, slope in zip(params, slopes, strict=True)
            ]
        losses.append(epoch_loss(in_batches, softmax_cross_entropy(forward(params, x)[0], y)[0]))
    return params, losses


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

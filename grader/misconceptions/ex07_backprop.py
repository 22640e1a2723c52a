"""Wrong implementations of ex07.

A wrong `forward` still makes the right cache, so that its mistake stays in its own task.
"""

import numpy as np

from grader.misconceptions import misconception

# Read in front of each wrong implementation, while the names still mean the right ones.
right_params, right_loss, right_train, right_predict = init_params, loss, train, predict


def _walk(params, x):
    """The right inputs of all layers, and the logits."""
    inputs = [np.asarray(x, dtype=float)]
    for W, b in params[:-1]:
        inputs.append(np.maximum(inputs[-1] @ W + b, 0))
    W, b = params[-1]
    return inputs, inputs[-1] @ W + b


def _soft(logits, axis=1):
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _cache(params, x):
    inputs, logits = _walk(params, x)
    return [*inputs, _soft(logits)]


def _checked(params, x, y):
    """`y`, after the checks of the right loss."""
    right_loss(params, x, y)
    return np.asarray(y)


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


# ---------------------------------------------------------------- init_params


@misconception("init_params")
def all_zeros(layer_sizes, rng):
    """With weights of zero, all units of a layer compute the same and learn the same: they stay
    copies of each other for ever. Biases may start at zero; weights must differ."""
    return [(np.zeros(W.shape), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def small_constant_deviation(layer_sizes, rng):
    """A fixed small deviation such as 0.01 suits no layer in particular: with many layers the
    signal dies out. How large the weights should be depends on how many of them are summed up."""
    return [(rng.normal(0, 0.01, W.shape), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def standard_normal(layer_sizes, rng):
    """Weights of deviation 1 make sums that grow with the number of inputs, and the softmax is
    certain before it has seen anything. He scales the normal distribution; look for the factor in
    the docstring."""
    return [(rng.standard_normal(W.shape), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def variance_as_deviation(layer_sizes, rng):
    """2 / inputs is He's *variance*. What does `rng.normal` take as its second argument: the
    variance, or its square root?"""
    return [(rng.normal(0, 2 / len(W), W.shape), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def glorot(layer_sizes, rng):
    """Your weights have the spread of Glorot and Bengio, made for tanh: it looks at inputs and outputs. He's is
    made for ReLU, which stops half of the signal, and looks at the inputs only."""
    return [(rng.normal(0, np.sqrt(2 / sum(W.shape)), W.shape), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def one_over_the_inputs(layer_sizes, rng):
    """1 / inputs keeps the size of a signal in a *linear* layer. ReLU lets only half of it through;
    He makes up for that half."""
    return [(rng.normal(0, np.sqrt(1 / len(W)), W.shape), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def uniform_weights(layer_sizes, rng):
    """The deviation is right, but the distribution is flat. The exercise asks for He-*normal*."""
    return [
        (rng.uniform(-np.sqrt(6 / len(W)), np.sqrt(6 / len(W)), W.shape), b) for W, b in right_params(layer_sizes, rng)
    ]


@misconception("init_params")
def weights_are_outputs_by_inputs(layer_sizes, rng):
    """Here a batch has its samples in rows and is multiplied from the left, `x @ W`. Which shape
    must W have for that?"""
    return [(np.ascontiguousarray(W.T), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def random_biases(layer_sizes, rng):
    """The random weights already make the units different. The biases start at zero."""
    return [(W, rng.normal(0, 0.1, b.shape)) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def biases_are_rows(layer_sizes, rng):
    """A bias is one number per unit, shape (outputs,). A row of shape (1, outputs) computes the
    same in `forward`, but its gradient has another shape."""
    return [(W, b[None, :]) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def own_seed(layer_sizes, rng):
    """Your random numbers do not come from `rng`: a generator of your own draws the same, whatever
    seed was asked for."""
    return right_params(layer_sizes, np.random.default_rng(0))


@misconception("init_params")
def same_weights_in_every_layer(layer_sizes, rng):
    """Every layer restarts the random numbers from the same seed, so layers of one shape get the
    same weights. Draw all of them from the one `rng`, one after the other."""
    seed = int(rng.integers(2**31))
    pairs = [layer_sizes[k : k + 2] for k in range(max(len(layer_sizes) - 1, 1))]
    return [right_params(pair, np.random.default_rng(seed))[0] for pair in pairs]


# ---------------------------------------------------------------- forward


@misconception("forward")
def no_softmax(params, x):
    """Your results are the logits. They become probabilities only through the softmax."""
    return _walk(params, x)[1], _cache(params, x)


@misconception("forward")
def relu_on_the_output(params, x):
    """The last layer has no ReLU: a negative logit means "rather not this class", and ReLU would
    forget how much."""
    return _soft(np.maximum(_walk(params, x)[1], 0)), _cache(params, x)


@misconception("forward")
def no_relu(params, x):
    """Without an activation function between them, two layers are one layer: a product of two
    matrices is a matrix."""
    h = np.asarray(x, dtype=float)
    for W, b in params:
        h = h @ W + b
    return _soft(h), _cache(params, x)


@misconception("forward")
def sigmoid_in_the_hidden_layers(params, x):
    """Your hidden layers use the sigmoid. Those of this exercise use ReLU: see the formula of `forward`."""
    h = np.asarray(x, dtype=float)
    for W, b in params[:-1]:
        h = 1 / (1 + np.exp(-(h @ W + b)))
    return _soft(h @ params[-1][0] + params[-1][1]), _cache(params, x)


@misconception("forward")
def softmax_over_the_batch(params, x):
    """The probabilities of one *sample* add up to 1. Along which axis did you sum?"""
    return _soft(_walk(params, x)[1], axis=0), _cache(params, x)


@misconception("forward")
def softmax_over_everything(params, x):
    """The sum in the softmax runs over the classes of one sample, not over the whole batch: use an
    axis."""
    return _soft(_walk(params, x)[1], axis=None), _cache(params, x)


@misconception("forward")
def softmax_overflows(params, x):
    """`exp(1000)` is infinity, and infinity by infinity is NaN. The softmax does not change when
    the same number is subtracted from all logits of a row: choose one that makes the exponentials
    harmless."""
    powers = np.exp(_walk(params, x)[1])
    return powers / powers.sum(axis=1, keepdims=True), _cache(params, x)


@misconception("forward")
def softmax_twice(params, x):
    """A softmax of probabilities makes them all alike. Count how often it is applied between logits
    and result."""
    return _soft(_soft(_walk(params, x)[1])), _cache(params, x)


@misconception("forward")
def sigmoid_output(params, x):
    """A sigmoid per class gives numbers from 0 to 1, but they do not add up to 1. Only one class is
    true: use the softmax."""
    return 1 / (1 + np.exp(-_walk(params, x)[1])), _cache(params, x)


@misconception("forward")
def forgets_the_biases(params, x):
    """Without its bias, a unit's boundary must go through the origin. Look at `h W + b` again."""
    return _soft(_walk([(W, 0 * b) for W, b in params], x)[1]), _cache(params, x)


# ---------------------------------------------------------------- loss


@misconception("loss")
def sum_of_the_samples(params, x, y):
    """A sum grows with the batch. The loss is the *mean* over the samples, so that the learning
    rate need not know how many there are."""
    return right_loss(params, x, y) * len(y)


@misconception("loss")
def mean_over_the_classes_too(params, x, y):
    """Divide by the number of samples only. `np.mean` over a whole (N, C) array divides by N and by
    C."""
    return right_loss(params, x, y) / params[-1][0].shape[1]


@misconception("loss")
def no_minus(params, x, y):
    """The logarithm of a probability is negative, and a loss is something to make small. A sign is
    missing."""
    return -right_loss(params, x, y)


@misconception("loss")
def in_bits(params, x, y):
    """Your loss is in bits. Here it is in nats: use the natural logarithm, not the one to the base 2."""
    return right_loss(params, x, y) / np.log(2)


@misconception("loss")
def binary_cross_entropy(params, x, y):
    """Softmax classes exclude each other: only the true class's probability counts. The terms with
    log(1 - p) belong to independent sigmoids."""
    y = _checked(params, x, y)
    p = np.clip(_soft(_walk(params, x)[1]), 1e-12, 1 - 1e-12)
    truth = np.eye(p.shape[1])[y]
    return float(-np.mean(np.sum(truth * np.log(p) + (1 - truth) * np.log(1 - p), axis=1)))


@misconception("loss")
def squared_error(params, x, y):
    """Your loss is a squared error. The loss of a classifier is the cross-entropy: the logarithm of one probability."""
    y = _checked(params, x, y)
    p = _soft(_walk(params, x)[1])
    return float(np.mean(np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1)))


@misconception("loss")
def logarithm_of_zero(params, x, y):
    """A probability can be so small that a float64 calls it 0, and the logarithm of 0 is infinite.
    Either keep the probability away from 0, or take the logarithm of the softmax on paper first."""
    y = _checked(params, x, y)
    return float(-np.mean(np.log(_soft(_walk(params, x)[1])[np.arange(len(y)), y])))


@misconception("loss")
def every_sample_with_every_label(params, x, y):
    """An index such as `p[:, y]` takes all labels for every row, an (N, N) array. You want one entry per row:
    the n-th label in the n-th row."""
    y = _checked(params, x, y)
    p = _soft(_walk(params, x)[1])
    return float(-np.mean(np.log(np.clip(p[:, y], 1e-12, 1))))


@misconception("loss")
def softmax_of_the_probabilities(params, x, y):
    """`forward` has already applied the softmax. Doing it again makes all classes nearly equal:
    with ten classes such a loss never falls below 1.46."""
    y = _checked(params, x, y)
    return float(-np.mean(np.log(_soft(_soft(_walk(params, x)[1]))[np.arange(len(y)), y])))


@misconception("loss")
def negative_labels_count_from_the_end(params, x, y):
    """To NumPy, index -1 is the last column. To this exercise, -1 is no class: check the labels at
    both ends."""
    return right_loss(params, x, np.where(np.asarray(y) < 0, np.asarray(y) + params[-1][0].shape[1], y))


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


# ---------------------------------------------------------------- predict


@misconception("predict")
def probabilities_instead_of_classes(params, x):
    """Your results are the probabilities. Which class is the most probable one of each sample?"""
    return forward(params, x)[0]


@misconception("predict")
def largest_in_each_column(params, x):
    """You looked for the largest entry of each *column*: that is the sample that fits a class best.
    The class that fits a sample best is found along its row."""
    return forward(params, x)[0].argmax(axis=0)


@misconception("predict")
def one_class_for_the_whole_batch(params, x):
    """Without an axis, `argmax` looks at the whole array and returns one number. Every sample has
    its own class."""
    return forward(params, x)[0].argmax()


@misconception("predict")
def probability_of_the_class(params, x):
    """Your result is how probable the best class is, not which one it is: `max` and `argmax` are different
    questions."""
    return forward(params, x)[0].max(axis=1)


@misconception("predict")
def one_hot_rows(params, x):
    """One-hot rows say the same, but the exercise asks for the number of the class, one integer per
    sample."""
    p = forward(params, x)[0]
    return np.eye(p.shape[1], dtype=int)[p.argmax(axis=1)]


@misconception("predict")
def classes_as_floats(params, x):
    """Classes are integers: they will be used as indices and compared with labels."""
    return right_predict(params, x).astype(float)


@misconception("predict")
def more_than_one_half(params, x):
    """Asking for more than one half works with two classes only. With ten classes the most probable
    one may have 0.2."""
    return (forward(params, x)[0][:, 1] > 0.5).astype(int)


@misconception("predict")
def counts_from_one(params, x):
    """Your classes are one too high: they are numbered from 0, as the columns are."""
    return right_predict(params, x) + 1


@misconception("predict")
def least_probable(params, x):
    """Your result is the class that fits each sample worst. Which end of the probabilities is asked for, the
    smallest or the largest?"""
    return forward(params, x)[0].argmin(axis=1)


@misconception("predict")
def rounds_the_probabilities(params, x):
    """Rounding turns every probability below one half into 0, and where all are 0, `argmax` says
    class 0."""
    return np.round(forward(params, x)[0]).argmax(axis=1)

"""What goes wrong in one layer, forward and back, and in the error at the end."""

import numpy as np

from grader.misconceptions import misconception

# Read in front of each wrong implementation, while the names still mean the right ones.
right_sums, right_gradients, right_relu, right_error = (
    dense_forward,
    dense_backward,
    relu_backward,
    softmax_cross_entropy,
)


def _soft(logits, axis=1):
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _truth(logits, y):
    """The logits, and the one-hot rows of the labels, after the right checks."""
    logits, y = np.asarray(logits, dtype=float), np.asarray(y)
    right_error(logits, y)
    return logits, np.eye(logits.shape[1])[y]


# ---------------------------------------------------------------- dense_forward


@misconception("dense_forward")
def forgets_the_bias(h, W, b):
    """Without its bias, a unit's boundary must go through the origin. Look at `h W + b` again."""
    return right_sums(h, W, 0 * np.asarray(b, dtype=float))


@misconception("dense_forward")
def relu_in_the_layer(h, W, b):
    """Your sums are never negative. A layer that is to be the last one has no ReLU: which step of the handout applies
    it in the others?"""
    return np.maximum(right_sums(h, W, b), 0)


@misconception("dense_forward")
def subtracts_the_bias(h, W, b):
    """The bias of the perceptron, too, was *added* to the sum. Which sign has yours?"""
    return right_sums(h, W, -np.asarray(b, dtype=float))


@misconception("dense_forward")
def stretches_the_biases(h, W, b):
    """NumPy stretches a single bias over all units, and does not complain. The docstring wants one bias for each unit:
    which shapes do you have to compare?"""
    h, W, b = (np.asarray(value, dtype=float) for value in (h, W, b))
    return h @ W + b


# ---------------------------------------------------------------- dense_backward


@misconception("dense_backward")
def mean_over_the_samples(ds, h, W):
    """The 1/N of a mean is in `ds` already, where it belongs. You divide by N once more: is your sum over the samples a
    sum?"""
    dh, dW, db = right_gradients(ds, h, W)
    return dh, dW / len(dh), db / len(dh)


@misconception("dense_backward")
def mean_for_the_biases(ds, h, W):
    """The error signal carries 1/N already. For the biases, add it up over the samples; a mean
    divides again."""
    dh, dW, db = right_gradients(ds, h, W)
    return dh, dW, db / len(dh)


@misconception("dense_backward")
def mean_for_the_weights(ds, h, W):
    """Your gradient of the weights is too small by the number of samples, that of the biases is not. Both are sums."""
    dh, dW, db = right_gradients(ds, h, W)
    return dh, dW / len(dh), db


@misconception("dense_backward")
def one_number_for_all_biases(ds, h, W):
    """Every unit has its own bias, so every unit has its own bias gradient: sum over the samples,
    not over the units."""
    dh, dW, db = right_gradients(ds, h, W)
    return dh, dW, np.full_like(db, db.sum())


@misconception("dense_backward")
def the_biases_of_each_sample(ds, h, W):
    """All samples share the same biases, `(outputs,)`: what has to be done with the rows of `ds`?"""
    dh, dW, _ = right_gradients(ds, h, W)
    return dh, dW, np.array(ds, dtype=float)


@misconception("dense_backward")
def no_gradient_for_the_biases(ds, h, W):
    """Your gradients of the biases are zero. Biases learn, too: what arrives at a unit arrives at its bias."""
    dh, dW, db = right_gradients(ds, h, W)
    return dh, dW, np.zeros_like(db)


@misconception("dense_backward")
def weights_upside_down(ds, h, W):
    """A gradient has the shape of what it belongs to. Is your dW `(inputs, outputs)` or the other way round?"""
    dh, dW, db = right_gradients(ds, h, W)
    return dh, dW.T, db


@misconception("dense_backward")
def the_order_of_the_parameters(ds, h, W):
    """Three gradients come back, but not in the order of the docstring. Which one comes first?"""
    dh, dW, db = right_gradients(ds, h, W)
    return dW, db, dh


@misconception("dense_backward")
def passes_the_signal_on_unchanged(ds, h, W):
    """What arrives at the inputs came through the weights, on the way back as on the way forward. Where are they in
    your dh?"""
    dh, dW, db = right_gradients(ds, h, W)
    return np.repeat(np.sum(ds, axis=1, keepdims=True, dtype=float), dh.shape[1], axis=1), dW, db


@misconception("dense_backward")
def relu_of_the_inputs(ds, h, W):
    """The layer `s = h W + b` has no ReLU, so its way back has no mask. Which function is there for that?"""
    dh, dW, db = right_gradients(ds, h, W)
    return dh * (np.asarray(h) > 0), dW, db


# ---------------------------------------------------------------- relu_backward


@misconception("relu_backward")
def no_mask(dh, s):
    """Everything that arrives comes out again. Where in `s` do you see which units were asleep?"""
    right_relu(dh, s)
    return np.array(dh, dtype=float)


@misconception("relu_backward")
def awake_at_zero(dh, s):
    """At a sum of exactly 0 the ReLU has a kink. This exercise calls its derivative 0 there: let
    the error through only where the sum is greater than 0."""
    right_relu(dh, s)
    return np.asarray(dh, dtype=float) * (np.asarray(s) >= 0)


@misconception("relu_backward")
def masks_the_error_by_its_own_sign(dh, s):
    """You let through what is positive of the *error*. The mask asks whether the *unit* was awake
    in the forward pass; an error signal may well be negative."""
    right_relu(dh, s)
    return np.maximum(np.asarray(dh, dtype=float), 0)


@misconception("relu_backward")
def multiplies_by_the_activation(dh, s):
    """You multiply the error signal by what the ReLU put out. Its derivative is another number, 0 or 1."""
    right_relu(dh, s)
    return np.asarray(dh, dtype=float) * np.maximum(np.asarray(s, dtype=float), 0)


@misconception("relu_backward")
def only_the_derivative(dh, s):
    """Your result is the derivative of the ReLU alone, zeros and ones. What arrived at the unit, dh, is multiplied by
    it."""
    right_relu(dh, s)
    return (np.asarray(s) > 0).astype(float)


@misconception("relu_backward")
def derivative_of_the_sigmoid(dh, s):
    """p (1 - p), which your error signal is multiplied by, is the derivative of a sigmoid. These hidden units
    are ReLUs."""
    right_relu(dh, s)
    p = 1 / (1 + np.exp(-np.clip(np.asarray(s, dtype=float), -500, 500)))
    return np.asarray(dh, dtype=float) * p * (1 - p)


# ---------------------------------------------------------------- softmax_cross_entropy: the error


@misconception("softmax_cross_entropy")
def sum_of_the_samples(logits, y):
    """A sum grows with the batch, and so does its gradient. The error is the *mean* over the samples, so that the
    learning rate need not know how many there are."""
    loss, slope = right_error(logits, y)
    return loss * len(slope), slope * len(slope)


@misconception("softmax_cross_entropy")
def sum_of_the_errors(logits, y):
    """Your gradient is that of a mean, but your error is a sum over the samples: divide it, too."""
    loss, slope = right_error(logits, y)
    return loss * len(slope), slope


@misconception("softmax_cross_entropy")
def mean_over_the_classes_too(logits, y):
    """Divide by the number of samples only. `np.mean` over a whole (N, C) array divides by N and by
    C."""
    loss, slope = right_error(logits, y)
    return loss / slope.shape[1], slope


@misconception("softmax_cross_entropy")
def no_minus(logits, y):
    """The logarithm of a probability is negative, and a loss is something to make small. A sign is
    missing."""
    loss, slope = right_error(logits, y)
    return -loss, slope


@misconception("softmax_cross_entropy")
def in_bits(logits, y):
    """Your loss is in bits. Here it is in nats: use the natural logarithm, not the one to the base 2."""
    loss, slope = right_error(logits, y)
    return loss / np.log(2), slope


@misconception("softmax_cross_entropy")
def binary_cross_entropy(logits, y):
    """Softmax classes exclude each other: only the true class's probability counts. The terms with
    log(1 - p) belong to independent sigmoids."""
    logits, truth = _truth(logits, y)
    p = np.clip(_soft(logits), 1e-12, 1 - 1e-12)
    loss = -np.mean(np.sum(truth * np.log(p) + (1 - truth) * np.log(1 - p), axis=1))
    return float(loss), right_error(logits, y)[1]


@misconception("softmax_cross_entropy")
def squared_error(logits, y):
    """Your loss is a squared error. The loss of a classifier is the cross-entropy: the logarithm of one probability."""
    logits, truth = _truth(logits, y)
    return float(np.mean(np.sum((_soft(logits) - truth) ** 2, axis=1))), right_error(logits, y)[1]


@misconception("softmax_cross_entropy")
def logarithm_of_zero(logits, y):
    """A probability can be so small that a float64 calls it 0, and the logarithm of 0 is infinite.
    Either keep the probability away from 0, or take the logarithm of the softmax on paper first."""
    logits, _ = _truth(logits, y)
    return float(-np.mean(np.log(_soft(logits)[np.arange(len(y)), y]))), right_error(logits, y)[1]


@misconception("softmax_cross_entropy")
def every_sample_with_every_label(logits, y):
    """An index such as `p[:, y]` takes all labels for every row, an (N, N) array. You want one entry per row:
    the n-th label in the n-th row."""
    logits, _ = _truth(logits, y)
    return float(-np.mean(np.log(np.clip(_soft(logits)[:, y], 1e-12, 1)))), right_error(logits, y)[1]


@misconception("softmax_cross_entropy")
def negative_labels_count_from_the_end(logits, y):
    """To NumPy, index -1 is the last column. To this exercise, -1 is not a class: check the labels at
    both ends."""
    return right_error(logits, np.where(np.asarray(y) < 0, np.asarray(y) + np.shape(logits)[1], y))


# ---------------------------------------------------------------- softmax_cross_entropy: the softmax in it


def _of(p, y):
    """The mean cross-entropy of these probabilities, and the difference to the truth."""
    y = np.asarray(y)
    loss = -np.mean(np.log(np.clip(p[np.arange(len(y)), y], 1e-300, None)))
    return float(loss), (p - np.eye(p.shape[1])[y]) / len(y)


@misconception("softmax_cross_entropy")
def softmax_over_the_batch(logits, y):
    """The probabilities of one *sample* add up to 1. Along which axis did you sum?"""
    logits, _ = _truth(logits, y)
    return _of(_soft(logits, axis=0), y)


@misconception("softmax_cross_entropy")
def softmax_over_everything(logits, y):
    """The sum in the softmax runs over the classes of one sample, not over the whole batch: use an
    axis."""
    logits, _ = _truth(logits, y)
    return _of(_soft(logits, axis=None), y)


@misconception("softmax_cross_entropy")
def softmax_overflows(logits, y):
    """`exp(1000)` is infinity, and infinity by infinity is NaN. The softmax does not change when
    the same number is subtracted from all logits of a row: choose one that makes the exponentials
    harmless."""
    logits, _ = _truth(logits, y)
    powers = np.exp(logits)
    return _of(powers / powers.sum(axis=1, keepdims=True), y)


@misconception("softmax_cross_entropy")
def softmax_twice(logits, y):
    """A softmax of probabilities makes them all alike. Count how often it is applied between logits
    and result."""
    logits, _ = _truth(logits, y)
    return _of(_soft(_soft(logits)), y)


@misconception("softmax_cross_entropy")
def sigmoid_in_place_of_the_softmax(logits, y):
    """A sigmoid per class gives numbers from 0 to 1, but they do not add up to 1. Only one class is
    true: use the softmax."""
    logits, _ = _truth(logits, y)
    return _of(1 / (1 + np.exp(-np.clip(logits, -700, 700))), y)


# ---------------------------------------------------------------- softmax_cross_entropy: the gradient


@misconception("softmax_cross_entropy")
def sum_instead_of_mean(logits, y):
    """Your error is a mean over the samples, so its gradient is one too. Where does the 1/N go?"""
    loss, slope = right_error(logits, y)
    return loss, slope * len(slope)


@misconception("softmax_cross_entropy")
def divides_by_n_twice(logits, y):
    """1/N is there twice in your gradient. How often is it in the formula of E?"""
    loss, slope = right_error(logits, y)
    return loss, slope / len(slope)


@misconception("softmax_cross_entropy")
def divides_by_the_classes_too(logits, y):
    """Your gradient is too small by the number of classes: the loss is a mean over the N samples only, the C
    classes are summed."""
    loss, slope = right_error(logits, y)
    return loss, slope / slope.shape[1]


@misconception("softmax_cross_entropy")
def softmax_derivative_as_p_times_one_minus_p(logits, y):
    """`p - onehot` is already the derivative of cross-entropy *and* softmax together. Multiplying
    by p (1 - p) counts the softmax again, and only the diagonal of its Jacobian at that."""
    logits, _ = _truth(logits, y)
    loss, slope = right_error(logits, y)
    p = _soft(logits)
    return loss, slope * p * (1 - p)


@misconception("softmax_cross_entropy")
def wrong_sign(logits, y):
    """Your gradient points towards a smaller error. A gradient points uphill; `train` will subtract it."""
    loss, slope = right_error(logits, y)
    return loss, -slope


@misconception("softmax_cross_entropy")
def derivative_of_the_cross_entropy_alone(logits, y):
    """-1/p is the derivative with respect to the *probability*. The logits stand one step further back, in front of the
    softmax: what does the handout say of both together?"""
    logits, truth = _truth(logits, y)
    return right_error(logits, y)[0], -truth / np.clip(_soft(logits), 1e-12, None) / len(truth)


@misconception("softmax_cross_entropy")
def only_the_true_class(logits, y):
    """Your gradient is 0 for all classes but the true one. The softmax divides by a sum in which every logit stands:
    what happens to E when a wrong class gets a larger one?"""
    logits, truth = _truth(logits, y)
    loss, slope = right_error(logits, y)
    return loss, slope * truth


@misconception("softmax_cross_entropy")
def gradient_first(logits, y):
    """Both results are there, the other way round: the docstring has the error first."""
    loss, slope = right_error(logits, y)
    return slope, loss

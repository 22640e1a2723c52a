"""What goes wrong with a network's first parameters, what it says, and how wrong that is.

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


# ---------------------------------------------------------------- init_params


@misconception("init_params")
def all_zeros(layer_sizes, rng):
    """With weights of zero, all units of a layer compute the same and learn the same: they stay
    copies of each other for ever. Biases may start at zero; weights must differ."""
    return [(np.zeros(W.shape), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def small_constant_deviation(layer_sizes, rng):
    """A fixed small standard deviation such as 0.01 suits no layer in particular: with many layers the signal dies
    out. How large the weights should be depends on how many of them are summed up.
    """
    return [(rng.normal(0, 0.01, W.shape), b) for W, b in right_params(layer_sizes, rng)]


@misconception("init_params")
def standard_normal(layer_sizes, rng):
    """Weights of standard deviation 1 make sums that grow with the number of inputs, and the softmax is certain before
    it has seen anything. He scales the normal distribution; look for the factor in the docstring.
    """
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
    """The standard deviation is right, but the distribution is flat. The exercise asks for He-*normal*."""
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
    """To NumPy, index -1 is the last column. To this exercise, -1 is not a class: check the labels at
    both ends."""
    return right_loss(params, x, np.where(np.asarray(y) < 0, np.asarray(y) + params[-1][0].shape[1], y))


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

"""What goes wrong with a network's first parameters, and with what it says.

A wrong `forward` still makes the right cache, so that its mistake stays in its own task.
"""

import numpy as np

from grader.misconceptions import misconception

# Read in front of each wrong implementation, while the names still mean the right ones.
right_params, right_forward, right_predict = init_params, forward, predict


def _soft(logits, axis=1):
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


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
def softmax_at_the_end(params, x):
    """Your results lie between 0 and 1 and add up to 1. Which of the functions of this exercise applies the softmax,
    and what will it make of numbers that have been through one already?"""
    logits, cache = right_forward(params, x)
    return _soft(logits), cache


@misconception("forward")
def relu_on_the_output(params, x):
    """The last layer has no ReLU: a negative logit means "rather not this class", and ReLU would
    forget how much."""
    logits, cache = right_forward(params, x)
    return np.maximum(logits, 0), cache


@misconception("forward")
def no_relu(params, x):
    """Without an activation function between them, two layers are one layer: a product of two
    matrices is a matrix."""
    _, cache = right_forward(params, x)
    h = np.asarray(x, dtype=float)
    for W, b in params:
        h = h @ W + b
    return h, cache


@misconception("forward")
def sigmoid_in_the_hidden_layers(params, x):
    """Your hidden layers use the sigmoid. Those of this exercise use ReLU: see the formula of `forward`."""
    _, cache = right_forward(params, x)
    h = np.asarray(x, dtype=float)
    for W, b in params[:-1]:
        h = 1 / (1 + np.exp(-(h @ W + b)))
    return h @ params[-1][0] + params[-1][1], cache


@misconception("forward")
def only_the_first_hidden_layer_has_a_relu(params, x):
    """With one hidden layer you are right, with two you are not. Which layers have a ReLU?"""
    _, cache = right_forward(params, x)
    h = np.asarray(x, dtype=float)
    for k, (W, b) in enumerate(params):
        h = h @ W + b
        if k == 0 and len(params) > 1:
            h = np.maximum(h, 0)
    return h, cache


@misconception("forward")
def forgets_the_biases(params, x):
    """Without its bias, a unit's boundary must go through the origin. Look at `h W + b` again."""
    return right_forward([(W, 0 * b) for W, b in params], x)[0], right_forward(params, x)[1]


@misconception("forward")
def bias_behind_the_relu(params, x):
    """A unit is asleep when its whole sum is negative. Have you added the bias before you asked?"""
    _, cache = right_forward(params, x)
    h = np.asarray(x, dtype=float)
    for W, b in params[:-1]:
        h = np.maximum(h @ W, 0) + b
    return h @ params[-1][0] + params[-1][1], cache


# ---------------------------------------------------------------- predict


@misconception("predict")
def logits_instead_of_classes(params, x):
    """Your results are the logits. Which class is the most probable one of each sample?"""
    return forward(params, x)[0]


@misconception("predict")
def probabilities_instead_of_classes(params, x):
    """Your results are the probabilities. Which class is the most probable one of each sample?"""
    return _soft(forward(params, x)[0])


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
def size_of_the_largest_logit(params, x):
    """Your result is how large the logit of the best class is, not which class it is: `max` and `argmax` are different
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
    return (_soft(forward(params, x)[0])[:, 1] > 0.5).astype(int)


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
    return np.round(_soft(forward(params, x)[0])).argmax(axis=1)


@misconception("predict")
def largest_without_its_sign(params, x):
    """A logit of -9 is not larger than one of 2. What do you compare?"""
    return np.abs(forward(params, x)[0]).argmax(axis=1)

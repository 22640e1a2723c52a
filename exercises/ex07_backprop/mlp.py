"""A multi-layer perceptron from nothing but NumPy, step by step: forward, backward, gradient descent.

Slides: Training a Multi-Layer Perceptron.

A network with layers of sizes `[D, H, ..., C]` is a list with one pair `(W, b)` per step from a layer to the
next: W is `(inputs, outputs)`, b is `(outputs,)`. Hidden layers use ReLU; a softmax makes probabilities of what the
last layer says. Two sizes `[D, C]` make a network without hidden layers.

E is the error, one number. A name that begins with d is a derivative of E: `dW` is dE/dW, and has the shape of `W`.

Everything is computed in float64. Inputs are `(N, D)`, labels are integers `(N,)`; all arrays may be lists as well. No
argument is ever modified.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Params = list[tuple[Array, Array]]


def init_params(layer_sizes: Sequence[int], rng: np.random.Generator) -> Params:
    """Draw the initial parameters: He-normal weights and zero biases.

    ReLU stops half of a signal. Weights of this standard deviation make up for it, so that the signal neither
    fades nor grows from layer to layer::

        W ~ Normal(mean 0, standard deviation sqrt(2 / inputs)),    b = 0

    A normal distribution that is cut off at two standard deviations, as in `keras.initializers.HeNormal`, is
    also accepted.

    Args:
        layer_sizes: the units of every layer, from the input D to the classes C; at least two numbers.
        rng: the source of all randomness; the same seed gives the same parameters.

    Returns:
        `[(W, b), ...]`, one pair per two neighbouring sizes: W `(inputs, outputs)`, b `(outputs,)`.

    Raises:
        ValueError: there are fewer than two sizes, or a size is smaller than 1.

    Paper: He et al., Delving Deep into Rectifiers, 2015.
    """
    raise NotImplementedError("ex07 init_params")


def dense_forward(h: ArrayLike, W: ArrayLike, b: ArrayLike) -> Array:
    """Send a batch through one layer, without an activation function: every unit weighs its inputs and adds its bias.

    ::

        s = h W + b

    Args:
        h: what arrives at the layer, one row per sample, `(N, inputs)`.
        W: the weights, `(inputs, outputs)`.
        b: the biases, `(outputs,)`.

    Returns:
        The sums s, `(N, outputs)`.

    Raises:
        ValueError: the shapes do not fit together.
    """
    raise NotImplementedError("ex07 dense_forward")


def dense_backward(ds: ArrayLike, h: ArrayLike, W: ArrayLike) -> tuple[Array, Array, Array]:
    """Send an error signal back through one layer, and find the gradients of its weights and biases.

    The layer has computed `s = h W + b`, and `ds` says how the error E changes with each of these sums. The chain
    rule asks what each number in h, W and b has done to E, by way of all the sums that it took part in::

        dE/dh_ni = sum over outputs o:  ds_no W_io
        dE/dW_io = sum over samples n:  h_ni ds_no
        dE/db_o  = sum over samples n:  ds_no

    These are sums, not means: where E is a mean over the samples, `ds` carries the 1/N already.

    Args:
        ds: dE/ds, `(N, outputs)`.
        h: what arrived at the layer, `(N, inputs)`.
        W: the weights, `(inputs, outputs)`.

    Returns:
        `(dh, dW, db)`: each has the shape of what it belongs to, `(N, inputs)`, `(inputs, outputs)`, `(outputs,)`.

    Raises:
        ValueError: the shapes do not fit together.
    """
    raise NotImplementedError("ex07 dense_backward")


def relu_backward(dh: ArrayLike, s: ArrayLike) -> Array:
    """Send an error signal back through a ReLU, `h = max(0, s)`.

    The derivative of ReLU is 1 for positive s and 0 for all others, also at 0: what arrives at a unit that was
    asleep goes no further.

    Args:
        dh: dE/dh, any shape.
        s: what the ReLU was given on the way forward, the same shape.

    Returns:
        dE/ds, the same shape.

    Raises:
        ValueError: the shapes differ.
    """
    raise NotImplementedError("ex07 relu_backward")


def softmax_cross_entropy(logits: ArrayLike, y: ArrayLike) -> tuple[float, Array]:
    """The error E of a batch, and how it changes with every logit.

    With the softmax p of each row of logits s, E is the mean cross-entropy of the true classes, with the natural
    logarithm. Softmax and cross-entropy together have a simple derivative, the first error signal of the way back::

        p_ni        = exp(s_ni) / sum_j exp(s_nj)
        E           = -(1 / N) sum_n log p_n[y_n]
        dE/ds_n     = (p_n - onehot(y_n)) / N

    Both are finite for logits of any size: softmax does not change when a constant is added to a row, and where the
    probability of the true class is too small for a float64, E is large, but neither infinite nor NaN.

    Because E is a *mean*, a batch in which every sample stands twice has the error of the batch itself.

    Args:
        logits: the logits s, one row per sample, `(N, C)`.
        y: the true classes, `(N,)` integers in `0 .. C - 1`.

    Returns:
        `(loss, dlogits)`: E, a number of at least 0, and dE/ds, `(N, C)`.

    Raises:
        ValueError: the lengths differ, there are no samples, or a label is outside `0 .. C - 1`.

    Slides: Softmax, Bonus: Cross Entropy.
    """
    raise NotImplementedError("ex07 softmax_cross_entropy")


def forward(params: Params, x: ArrayLike) -> tuple[Array, Any]:
    """Send a batch through the whole network.

    With `h = x` in front of the first layer::

        hidden layers:  h <- max(0, h W + b)
        last layer:     s  = h W + b

    The last layer has no ReLU. Its sums are the logits, of which `softmax_cross_entropy` makes probabilities.

    Args:
        params: `[(W, b), ...]` as from `init_params`, for one layer or more.
        x: the inputs, `(N, D)`.

    Returns:
        `(logits, cache)`: the logits are `(N, C)`. The cache is for your own `backward`: put into it, in any form,
        what that needs to know of this forward pass.

    Raises:
        ValueError: there are no samples, or the samples do not have D features.
    """
    raise NotImplementedError("ex07 forward")


def backward(params: Params, cache: Any, dlogits: ArrayLike) -> Params:
    """The exact gradient of E with respect to every weight and bias of the network: back-propagation.

    From the last layer to the first: `dense_backward` gives the gradients of the layer, and the error signal at its
    input. That goes back through the ReLU of the layer before, and so on. It works for any E: all that has to be known
    of it is `dlogits`.

    Args:
        params: `[(W, b), ...]`, those that made the cache.
        cache: the second result of `forward(params, x)`; it is not modified.
        dlogits: dE/ds for the logits of that batch, `(N, C)`.

    Returns:
        `[(dW, db), ...]`: the shapes and the order of `params`.

    Raises:
        ValueError: `dlogits` does not have the shape of the logits.

    Paper: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, 1986.
    """
    raise NotImplementedError("ex07 backward")


def check_gradient(f: Callable[[Array], float], theta: ArrayLike, gradient: ArrayLike, h: float = 1e-5) -> Array:
    """Compare a gradient with what central differences say, element by element.

    Each element of theta is moved alone, a little forward and a little back. With `e_i`, which is 1 at the element i
    and 0 elsewhere::

        numeric_i = (f(theta + h e_i) - f(theta - h e_i)) / (2 h)
        error_i   = |gradient_i - numeric_i| / max(|gradient_i|, |numeric_i|, 1e-4)

    The error is relative to the larger of the two: 0.5 where one is twice the other, 1 where one is 0, 2 where they
    have opposite signs. The 1e-4 keeps rounding from looking like an error where both are practically 0. A right
    gradient has errors below 1e-6.

    Args:
        f: takes an array of the shape of `theta` and returns one number.
        theta: the place, any shape.
        gradient: the gradient of f at theta that is to be checked, the same shape.
        h: how far each element is moved.

    Returns:
        The relative error of each element of the gradient, the shape of `theta`.

    Raises:
        ValueError: the shapes of theta and gradient differ.
    """
    raise NotImplementedError("ex07 check_gradient")


def train(
    x: ArrayLike,
    y: ArrayLike,
    layer_sizes: Sequence[int],
    epochs: int,
    learning_rate: float,
    batch_size: int,
    rng: np.random.Generator,
) -> tuple[Params, list[float]]:
    """Train a new network by plain mini-batch gradient descent.

    It starts from `init_params`. Every epoch visits each sample once, in a new random order, in batches of
    `batch_size` samples (the last batch is smaller when the samples do not divide evenly). After each batch,
    with the learning rate eta and the gradient of the batch's mean loss (the slide's rule)::

        theta <- theta - eta * gradient

    There is no momentum and no decay of the learning rate.

    Args:
        x: the inputs, `(N, D)`.
        y: the true classes, `(N,)` integers in `0 .. C - 1`.
        layer_sizes: `[D, ..., C]`.
        epochs: how often to go through the data, at least 1.
        learning_rate: eta, positive.
        batch_size: samples per update, at least 1; with N or more, an epoch is one update.
        rng: the source of all randomness; the same seed gives the same result.

    Returns:
        `(params, losses)`: the trained parameters, and one number per epoch, its mean loss: either over the
        samples as they were visited, or over all samples after the epoch.

    Raises:
        ValueError: the lengths differ, there are no samples, a label is outside `0 .. C - 1`, the samples do
            not have D features, or `batch_size` is smaller than 1.
    """
    raise NotImplementedError("ex07 train")


def predict(params: Params, x: ArrayLike) -> NDArray[np.int64]:
    """The most probable class of each sample, which is that of the largest logit: softmax keeps the order.

    Args:
        params: `[(W, b), ...]`.
        x: the inputs, `(N, D)`.

    Returns:
        The classes, `(N,)` integers in `0 .. C - 1`.

    Raises:
        ValueError: there are no samples, or the samples do not have D features.
    """
    raise NotImplementedError("ex07 predict")

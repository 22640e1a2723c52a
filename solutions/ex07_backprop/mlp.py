"""A multi-layer perceptron from nothing but NumPy: forward, backward, gradient descent.

Slides: Training a Multi-Layer Perceptron.

A network with layers of sizes `[D, H, ..., C]` is a list with one pair `(W, b)` per step from a layer to the
next: W is `(inputs, outputs)`, b is `(outputs,)`. Hidden layers use ReLU, the output layer uses softmax. Two
sizes `[D, C]` make a network without hidden layers.

Everything is computed in float64. Inputs are `(N, D)`, labels are integers `(N,)`; both may be lists or
arrays. No argument is ever modified.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Params = list[tuple[NDArray[np.float64], NDArray[np.float64]]]


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
    ### BEGIN SOLUTION
    if len(layer_sizes) < 2:
        raise ValueError(f"a network needs at least an input and an output size, not {list(layer_sizes)}")
    if min(layer_sizes) < 1:
        raise ValueError(f"every layer needs at least one unit: {list(layer_sizes)}")
    fan_in, fan_out = layer_sizes[:-1], layer_sizes[1:]
    return [
        (rng.normal(0.0, np.sqrt(2 / inputs), size=(inputs, outputs)), np.zeros(outputs))
        for inputs, outputs in zip(fan_in, fan_out, strict=True)
    ]
    ### END SOLUTION


def forward(params: Params, x: ArrayLike) -> tuple[NDArray[np.float64], Any]:
    """Send a batch through the network.

    With `h = x` in front of the first layer::

        hidden layers:  h <- max(0, h W + b)
        last layer:     p = softmax(h W + b),    softmax(s)_i = exp(s_i) / sum_j exp(s_j)

    Logits s of any size give finite probabilities: softmax does not change when a constant is added to a row.

    Args:
        params: `[(W, b), ...]` as from `init_params`.
        x: the inputs, `(N, D)`.

    Returns:
        `(probabilities, cache)`: the probabilities are `(N, C)`, and each row adds up to 1. The cache is for
        your own `backward`: put into it, in any form, what that needs to know of this forward pass.

    Raises:
        ValueError: there are no samples, or the samples do not have D features.
    """
    ### BEGIN SOLUTION
    inputs, logits = _propagate(params, x)
    probabilities = np.exp(_log_softmax(logits))
    return probabilities, [*inputs, probabilities]
    ### END SOLUTION


def loss(params: Params, x: ArrayLike, y: ArrayLike) -> float:
    """The error E of the network: the mean cross-entropy of the true classes, with the natural logarithm.

    ::

        E = -(1 / N) sum_n log p_n[y_n]

    It is finite for logits of any size: where the probability of the true class is too small for a float64,
    the loss is large, but neither infinite nor NaN.

    Args:
        params: `[(W, b), ...]`.
        x: the inputs, `(N, D)`.
        y: the true classes, `(N,)` integers in `0 .. C - 1`.

    Returns:
        The mean over the samples, at least 0.

    Raises:
        ValueError: the lengths differ, there are no samples, or a label is outside `0 .. C - 1`.

    Slide: Bonus: Cross Entropy.
    """
    ### BEGIN SOLUTION
    _, logits = _propagate(params, x)
    y = _labels(y, *logits.shape)
    return float(-np.mean(_log_softmax(logits)[np.arange(len(y)), y]))
    ### END SOLUTION


def backward(params: Params, cache: Any, y: ArrayLike) -> Params:
    """The exact gradient of `loss` with respect to every weight and bias: back-propagation.

    Softmax and cross-entropy together have a simple derivative: in front of the softmax, the error signal of
    sample n is `(p_n - onehot(y_n)) / N`. It travels back through the layers by the chain rule. The
    derivative of ReLU is 1 for positive inputs and 0 for all others, also at 0.

    Because E is a *mean*, a batch in which every sample stands twice has the gradient of the batch itself.

    Args:
        params: `[(W, b), ...]`, those that made the cache.
        cache: the second result of `forward(params, x)`; it is not modified.
        y: the true classes of that batch, `(N,)` integers in `0 .. C - 1`.

    Returns:
        `[(dW, db), ...]`: the shapes and the order of `params`.

    Raises:
        ValueError: the number of labels is not the size of the batch, or a label is outside `0 .. C - 1`.

    Paper: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors, 1986.
    """
    ### BEGIN SOLUTION
    *inputs, probabilities = cache
    y = _labels(y, *probabilities.shape)
    error = (probabilities - np.eye(probabilities.shape[1])[y]) / len(y)
    gradients = []
    for (W, _), h in zip(reversed(params), reversed(inputs), strict=True):
        gradients.append((h.T @ error, error.sum(axis=0)))
        error = (error @ W.T) * (h > 0)  # h is the output of the ReLU before; at the very end, x: then unused
    return gradients[::-1]
    ### END SOLUTION


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
    ### BEGIN SOLUTION
    x = np.asarray(x, dtype=np.float64)
    y = _labels(y, len(x), layer_sizes[-1])
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, not {batch_size}")
    params = init_params(layer_sizes, rng)
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            _, cache = forward(params, x[batch])
            gradients = backward(params, cache, y[batch])
            params = [
                (W - learning_rate * dW, b - learning_rate * db)
                for (W, b), (dW, db) in zip(params, gradients, strict=True)
            ]
        losses.append(loss(params, x, y))
    return params, losses
    ### END SOLUTION


def predict(params: Params, x: ArrayLike) -> NDArray[np.int64]:
    """The most probable class of each sample.

    Args:
        params: `[(W, b), ...]`.
        x: the inputs, `(N, D)`.

    Returns:
        The classes, `(N,)` integers in `0 .. C - 1`.

    Raises:
        ValueError: there are no samples, or the samples do not have D features.
    """
    ### BEGIN SOLUTION
    probabilities, _ = forward(params, x)
    return probabilities.argmax(axis=1)
    ### END SOLUTION


### BEGIN SOLUTION
def _propagate(params: Params, x: ArrayLike) -> tuple[list[NDArray], NDArray]:
    """The input of every layer, `x` first, and the logits of the last."""
    h = np.asarray(x, dtype=np.float64)
    features = params[0][0].shape[0]
    if h.ndim != 2 or h.shape[1] != features:
        raise ValueError(f"x must be (N, {features}), not {h.shape}")
    if len(h) == 0:
        raise ValueError("there are no samples")
    inputs = [h]
    for W, b in params[:-1]:
        h = np.maximum(h @ W + b, 0.0)
        inputs.append(h)
    W, b = params[-1]
    return inputs, h @ W + b


def _log_softmax(logits: NDArray) -> NDArray:
    """The logarithm of softmax, row by row; the largest logit becomes 0, so that `exp` cannot overflow."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _labels(y: ArrayLike, samples: int, classes: int) -> NDArray[np.int64]:
    """`y` as an array, after checking that it has one known class per sample."""
    y = np.asarray(y)
    if y.shape != (samples,):
        raise ValueError(f"{samples} samples need {samples} labels, not an array of shape {y.shape}")
    if samples == 0:
        raise ValueError("there are no samples")
    if y.min() < 0 or y.max() >= classes:
        raise ValueError(f"labels must be in 0 .. {classes - 1}")
    return y


### END SOLUTION

"""Named tuples, a dataclass as cache, weights cut off at two deviations, probabilities clipped in the loss.

The batches are cuts of a shuffled copy; an epoch's loss is the plain mean of its batches' losses; the losses
are an array; the loss itself is a 0-d array. Nothing but `einsum` multiplies.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Layer(NamedTuple):
    kernel: np.ndarray
    bias: np.ndarray


class Gradients(NamedTuple):
    inputs: np.ndarray
    kernel: np.ndarray
    bias: np.ndarray


@dataclass
class Tape:
    """What `forward` recorded: one entry per layer."""

    inputs: list = field(default_factory=list)
    sums: list = field(default_factory=list)


def _truncated_normal(rng, shape):
    values = rng.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(outside.sum())
    return values


def init_params(layer_sizes, rng):
    sizes = np.array(layer_sizes, dtype=int)
    if sizes.size < 2:
        raise ValueError("a network has at least two layers")
    if np.any(sizes < 1):
        raise ValueError("sizes must be positive")
    return [
        Layer(np.sqrt(2 / a) * _truncated_normal(rng, (a, b)), np.zeros(b))
        for a, b in np.lib.stride_tricks.sliding_window_view(sizes, 2)
    ]


def dense_forward(h, W, b):
    h, W, b = (np.array(value, dtype="f8") for value in (h, W, b))
    if b.shape != (W.shape[1],):
        raise ValueError(f"{W.shape[1]} units, but biases of the shape {b.shape}")
    return np.einsum("ni,io->no", h, W) + b


def dense_backward(ds, h, W):
    ds, h, W = (np.array(value, dtype="f8") for value in (ds, h, W))
    if (len(ds), *W.shape) != (*h.shape, ds.shape[-1]):
        raise ValueError(f"cannot use an error signal of shape {ds.shape}")
    return Gradients(
        np.einsum("no,io->ni", ds, W), np.einsum("ni,no->io", h, ds), np.einsum("no,n->o", ds, np.ones(len(ds)))
    )


def relu_backward(dh, s):
    dh, s = np.array(dh, dtype="f8"), np.array(s, dtype="f8")
    if dh.shape != s.shape:
        raise ValueError("a signal for every unit, please")
    dh[s <= 0] = 0
    return dh


def _one_hot(y, shape):
    y = np.asarray(y)
    if len(y) != shape[0]:
        raise ValueError(f"{len(y)} labels for {shape[0]} samples")
    if not len(y):
        raise ValueError("no samples")
    if not np.isin(y, np.arange(shape[1])).all():
        raise ValueError("unknown class")
    return (y[:, None] == np.arange(shape[1])) * 1.0


def softmax_cross_entropy(logits, y):
    logits = np.array(logits, dtype="f8")
    truth = _one_hot(y, logits.shape)
    probabilities = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    loss = np.asarray(-(truth * np.log(np.clip(probabilities, 1e-15, None))).sum() / len(truth))
    return loss, (probabilities - truth) / len(truth)


def forward(params, x):
    signal = np.array(x, dtype="f8", ndmin=2)
    if not signal.size or signal.shape[1] != np.shape(params[0][0])[0]:
        raise ValueError(f"cannot use inputs of shape {signal.shape}")
    tape = Tape()
    for kernel, bias in params:
        tape.inputs.append(signal)
        tape.sums.append(dense_forward(signal, kernel, bias))
        signal = np.clip(tape.sums[-1], 0, None)
    return tape.sums[-1].copy(), tape


def backward(params, cache, dlogits):
    upstream, gradients = np.array(dlogits, dtype="f8"), ()
    if upstream.shape != cache.sums[-1].shape:
        raise ValueError("dlogits")
    for number in reversed(range(len(params))):
        found = dense_backward(upstream, cache.inputs[number], params[number][0])
        gradients = (Layer(*found[1:]), *gradients)
        if number:
            upstream = relu_backward(found.inputs, cache.sums[number - 1])
    return gradients


def check_gradient(f, theta, gradient, h=1e-5):
    theta, gradient = np.array(theta, dtype="f8"), np.array(gradient, dtype="f8")
    if np.shape(theta) != np.shape(gradient):
        raise ValueError("one slope for each element, please")
    errors = np.zeros(theta.shape)
    for i, given in np.ndenumerate(gradient):
        moved = theta.copy()
        moved[i] += h
        slope = f(moved.copy())
        moved[i] = theta[i] - h
        slope = (slope - f(moved)) / h / 2
        errors[i] = abs(given - slope) / max(abs(given), abs(slope), 1e-4)
    return errors


def train(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    x, y = np.array(x, dtype=float), np.array(y)
    _one_hot(y, (len(x), layer_sizes[-1]))
    if batch_size < 1:
        raise ValueError("batch_size")
    params = init_params(layer_sizes, rng.spawn(1)[0])
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        together = np.column_stack([x, y])
        rng.shuffle(together)
        in_batches = []
        for batch in np.array_split(together, range(batch_size, len(together), batch_size)):
            logits, tape = forward(params, batch[:, :-1])
            loss, upstream = softmax_cross_entropy(logits, batch[:, -1].astype(int))
            in_batches.append(loss)
            params = [
                Layer(*(p - learning_rate * g for p, g in zip(*pair, strict=True)))
                for pair in zip(params, backward(params, tape, upstream), strict=True)
            ]
        losses[epoch] = np.mean(in_batches)
    return tuple(params), losses


def predict(params, x):
    logits, _ = forward(params, x)
    return np.argsort(-logits, axis=1, kind="stable")[:, 0].astype(np.int32)

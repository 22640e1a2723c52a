"""Named tuples, a dataclass as cache, weights cut off at two deviations, probabilities clipped in the loss.

The batches are cuts of a shuffled copy; an epoch's loss is the plain mean of its batches' losses; the losses
are an array; the loss itself is a 0-d array.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Layer(NamedTuple):
    kernel: np.ndarray
    bias: np.ndarray


@dataclass
class Tape:
    """What `forward` recorded: one entry per layer."""

    inputs: list = field(default_factory=list)
    awake: list = field(default_factory=list)
    output: np.ndarray | None = None


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


def forward(params, x):
    signal = np.array(x, dtype="f8", ndmin=2)
    if not signal.size or signal.shape[1] != np.shape(params[0][0])[0]:
        raise ValueError(f"cannot use inputs of shape {signal.shape}")
    tape = Tape()
    for number, (kernel, bias) in enumerate(params, start=1):
        tape.inputs.append(signal)
        signal = np.einsum("ni,io->no", signal, kernel) + bias
        if number < len(params):
            tape.awake.append(np.sign(np.clip(signal, 0, None)))
            signal = signal * tape.awake[-1]
    signal = np.exp(signal - np.logaddexp.reduce(signal, axis=1, keepdims=True))
    tape.output = signal
    return signal.copy(), tape


def _one_hot(y, shape):
    y = np.asarray(y)
    if len(y) != shape[0]:
        raise ValueError(f"{len(y)} labels for {shape[0]} samples")
    if not np.isin(y, np.arange(shape[1])).all():
        raise ValueError("unknown class")
    return (y[:, None] == np.arange(shape[1])) * 1.0


def loss(params, x, y):
    probabilities, _ = forward(params, x)
    truth = _one_hot(y, probabilities.shape)
    return np.asarray(-(truth * np.log(np.clip(probabilities, 1e-15, None))).sum() / len(truth))


def backward(params, cache, y):
    upstream = (cache.output - _one_hot(y, cache.output.shape)) / cache.output.shape[0]
    gradients = ()
    for number in reversed(range(len(params))):
        gradients = (
            Layer(np.einsum("ni,no->io", cache.inputs[number], upstream), np.ones(len(upstream)) @ upstream),
            *gradients,
        )
        if number:
            upstream = np.einsum("no,io->ni", upstream, params[number][0]) * cache.awake[number - 1]
    return gradients


def train(x, y, layer_sizes, epochs, learning_rate, batch_size, rng):
    x, y = np.array(x, dtype=float), np.array(y)
    _one_hot(y, (len(x), layer_sizes[-1]))
    if not len(x):
        raise ValueError("nothing to learn from")
    if batch_size < 1:
        raise ValueError("batch_size")
    params = init_params(layer_sizes, rng.spawn(1)[0])
    losses = np.zeros(epochs)
    for epoch in range(epochs):
        together = np.column_stack([x, y])
        rng.shuffle(together)
        in_batches = []
        for batch in np.array_split(together, range(batch_size, len(together), batch_size)):
            inputs, labels = batch[:, :-1], batch[:, -1].astype(int)
            in_batches.append(loss(params, inputs, labels))
            slopes = backward(params, forward(params, inputs)[1], labels)
            params = [
                Layer(*(p - learning_rate * g for p, g in zip(*pair, strict=True)))
                for pair in zip(params, slopes, strict=True)
            ]
        losses[epoch] = np.mean(in_batches)
    return tuple(params), losses


def predict(params, x):
    probabilities, _ = forward(params, x)
    return np.argsort(-probabilities, axis=1, kind="stable")[:, 0].astype(np.int32)

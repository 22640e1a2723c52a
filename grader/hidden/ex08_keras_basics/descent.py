"""Gradient descent of one layer in NumPy: what a training comes to, and what its history must say."""

from itertools import product

import numpy as np

from grader.hidden.ex08_keras_basics.probes import softmax


def steps_on(x, label, kernel, bias, rate, steps):
    """The layers `(kernel, bias)` on the way of gradient descent, the first included, when all samples are equal."""
    layers = [(kernel, bias)]
    for _ in range(steps):
        error = softmax(x @ kernel + bias) - np.eye(len(bias))[label]
        kernel, bias = kernel - rate * np.outer(x, error), bias - rate * error
        layers.append((kernel, bias))
    return layers


def one_step_for_every_split(x, counts, kernel, bias, rate, sizes):
    """One step on what is left when some of `counts` samples of each kind are kept for validation.

    Kind k has the inputs `x[k]` and the label k. For every way to keep as many as one of `sizes`: the kernel after the
    step, the loss of the others before and after it, and that of the kept ones after it.
    """
    kept = np.array([kept for kept in product(*(range(n + 1) for n in counts)) if sum(kept) in sizes])
    others = (counts - kept) / (counts - kept).sum(axis=1, keepdims=True)
    kept = kept / kept.sum(axis=1, keepdims=True)
    p = softmax(x @ kernel + bias)
    error = p - np.eye(len(x))
    kernels = kernel - rate * np.einsum("sk,kd,kc->sdc", others, x, error)
    biases = bias - rate * others @ error
    q = softmax(x @ kernels + biases[:, np.newaxis])
    before, after = (-np.log(np.diagonal(probabilities, axis1=-2, axis2=-1)) for probabilities in (p, q))
    return kernels, others @ before, (others * after).sum(axis=1), (kept * after).sum(axis=1)

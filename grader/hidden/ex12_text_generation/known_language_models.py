"""Language models whose probabilities follow from a formula, for the graders of text generation.

Every character of the window, at its own distance, adds to the score of each character that could come next; the
probabilities are the softmax of these scores. `weights[j]` is the table (C, C) for the character j places back: so
`weights` are (length, C, C), and whatever a student's code shows to such a model makes a difference.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

LETTERS = " abcdefghijklmnopqrstuvwxyz"


def softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def scores_of(weights, ids):
    """The score of each character (C,) to come after all of `ids`."""
    return sum(weights[j, character] for j, character in enumerate(reversed(ids)))


def known_model(weights, dropout=0.0):
    """The softmax of `scores_of` at every position of a window."""
    length, size, _ = weights.shape
    model = keras.Sequential(
        [
            layers.Input((length,)),
            layers.Embedding(size, size),
            layers.Dropout(dropout),
            layers.Conv1D(size, length, padding="causal", activation="softmax"),
        ]
    )
    model.set_weights([np.eye(size), weights[::-1], np.zeros(size)])
    return model


def bits_of(weights, ids):
    """The mean of -log2 p over all positions of windows that do not overlap."""
    length, bits = len(weights), []
    for start in range(0, len(ids) - length, length):
        for i in range(start, start + length):
            probabilities = softmax(scores_of(weights, ids[start : i + 1]))
            bits.append(-np.log2(probabilities[ids[i + 1]]))
    return np.mean(bits)


def sure_of_itself(rng, size, length, prompt, count):
    """Weights with which only one continuation of `prompt` is likely, and the text with that continuation, as ids."""
    while True:
        weights = rng.normal(scale=200, size=(length, size, size))
        ids = list(prompt)
        for _ in range(count):
            scores = scores_of(weights, ids[-length:])
            best, second = np.sort(scores)[[-1, -2]]
            if best - second < 30:  # anything else would come once in 10^12
                break
            ids.append(int(scores.argmax()))
        # A text that says the same all the time would not show which characters the model sees.
        if len(ids) == len(prompt) + count and len(set(ids[len(prompt) :])) >= 3:
            return weights, ids

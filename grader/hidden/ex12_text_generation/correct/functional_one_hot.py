"""One-hot inputs instead of an embedding, windows from a sliding view, searches in sorted arrays."""

import keras
import numpy as np
from keras import layers


def build_alphabet(text):
    if len(text) == 0:
        raise ValueError("no text")
    return np.unique(list(text))


def encode(text, alphabet):
    alphabet = np.asarray(alphabet)
    characters = np.array(list(text))
    places = np.minimum(np.searchsorted(alphabet, characters), len(alphabet) - 1)
    if (alphabet[places] != characters).any():
        raise ValueError("unknown character")
    return places.astype("int32")


def decode(ids, alphabet):
    ids = np.asarray(ids)
    if ids.min() < 0 or ids.max() >= len(alphabet):
        raise ValueError("unknown id")
    return "".join(np.asarray(alphabet)[ids])


def make_windows(ids, length, step):
    if length <= 0 or step <= 0 or len(ids) <= length:
        raise ValueError("no window")
    both = np.lib.stride_tricks.sliding_window_view(np.asarray(ids), length + 1)[::step]
    return both[:, :-1], both[:, 1:]


def ngram_probabilities(ids, contexts, alphabet_size, weight=5.0):
    """Sequences as numbers to the base C, of which `unique` finds those that are equal."""
    ids, contexts = np.array(ids, dtype=int), np.array(contexts, dtype=int)
    if weight <= 0 or len(ids) == 0:
        raise ValueError("nothing to count, or no weight")
    order = contexts.shape[1]
    p = np.ones((len(contexts), alphabet_size)) / alphabet_size
    for k in range(min(order, len(ids) - 1) + 1):
        powers = alphabet_size ** np.arange(k)
        before = np.lib.stride_tricks.sliding_window_view(ids, k + 1)[:, :k] @ powers
        values, places = np.unique(before, return_inverse=True)
        table = np.zeros((len(values), alphabet_size))
        np.add.at(table, (places, ids[k:]), 1)
        wanted = contexts[:, order - k :] @ powers
        at = np.minimum(np.searchsorted(values, wanted), len(values) - 1)
        counts = np.where((values[at] == wanted)[:, None], table[at], 0)
        p = (counts + weight * p) / (counts.sum(1) + weight)[:, None]
    return p


def build_model(alphabet_size, length):
    if alphabet_size < 2 or length < 1:
        raise ValueError("nothing to predict")
    ids = keras.Input((length,), dtype="int32")
    x = keras.ops.one_hot(ids, alphabet_size)
    x = layers.LSTM(48, return_sequences=True)(x)
    x = layers.Dropout(0.05)(x)
    x = layers.LSTM(48, return_sequences=True)(x)
    scores = layers.Dense(alphabet_size)(x)
    model = keras.Model(ids, keras.ops.softmax(scores, axis=-1))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def bits_per_character(model, ids, length):
    inputs, targets = make_windows(ids, length, length)
    nats = []
    for window, answers in zip(inputs, targets, strict=True):
        p = keras.ops.convert_to_numpy(model(window[None], training=False))[0]
        nats += [-np.log(p[t, answer]) for t, answer in enumerate(answers)]
    return np.mean(nats) / np.log(2)


def apply_temperature(probabilities, temperature):
    if temperature <= 0 or len(probabilities) == 0:
        raise ValueError("temperature")
    with np.errstate(divide="ignore"):
        scores = np.log(np.asarray(probabilities, dtype=float)) / temperature
    exponentials = np.exp(scores - scores.max())
    return exponentials / exponentials.sum()


def sample(probabilities, rng):
    if len(probabilities) == 0:
        raise ValueError("nothing to draw from")
    cumulated = np.cumsum(np.asarray(probabilities, dtype=float))
    return np.searchsorted(cumulated, rng.random() * cumulated[-1], side="right")


def generate(model, alphabet, prompt, count, temperature, rng):
    if count < 0 or temperature <= 0 or not prompt:
        raise ValueError("impossible")
    length = model.input_shape[1]
    text, known = prompt, "".join(alphabet)
    if set(prompt) - set(known):
        raise ValueError("unknown character")
    for _ in range(count):
        seen = text[-length:]
        # Filled up behind with the text's own last character.
        window = [[known.index(character) for character in seen.ljust(length, seen[-1])]]
        answers = model.predict(np.array(window), verbose=0)[0]
        text += known[sample(apply_temperature(answers[len(seen) - 1], temperature), rng)]
    return text

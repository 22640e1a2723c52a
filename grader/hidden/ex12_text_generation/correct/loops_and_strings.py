"""Strings and lists instead of arrays, Python's own arithmetic, a model for any length, Gumbel's trick."""

import math
from collections import Counter, OrderedDict

import keras
import numpy as np


def build_alphabet(text):
    alphabet = "".join(sorted(OrderedDict.fromkeys(text)))
    if not alphabet:
        raise ValueError("empty")
    return alphabet


def encode(text, alphabet):
    return [list(alphabet).index(character) for character in text]  # `index` raises a ValueError itself


def decode(ids, alphabet):
    text = ""
    for i in ids:
        if not 0 <= i < len(alphabet):
            raise ValueError(f"no character {i}")
        text += alphabet[int(i)]
    return text


def make_windows(ids, length, step):
    if min(length, step) < 1:
        raise ValueError("length and step count characters")
    inputs, targets, start = [], [], 0
    while start + length < len(ids):
        inputs.append([int(i) for i in ids[start : start + length]])
        targets.append([int(i) for i in ids[start + 1 : start + length + 1]])
        start += step
    if not inputs:
        raise ValueError("the text is too short")
    return inputs, targets


def ngram_probabilities(ids, contexts, alphabet_size, weight=5.0):
    ids = [int(i) for i in ids]
    if not ids or not weight > 0:
        raise ValueError("impossible")
    contexts = [tuple(int(i) for i in context) for context in contexts]
    longest = max(map(len, contexts), default=0)
    pieces = Counter(tuple(ids[t - n : t]) for n in range(1, longest + 2) for t in range(n, len(ids) + 1))
    known = {}

    def after(context):
        """From the longest context down to none: each asks the next shorter one, once."""
        if context not in known:
            shorter = after(context[1:]) if context else [1 / alphabet_size] * alphabet_size
            counts = [pieces[(*context, x)] for x in range(alphabet_size)]
            known[context] = [
                (count + weight * p) / (sum(counts) + weight) for count, p in zip(counts, shorter, strict=True)
            ]
        return known[context]

    return [after(context) for context in contexts]


def build_model(alphabet_size, length):
    if alphabet_size < 2 or length < 1:
        raise ValueError("impossible sizes")
    model = keras.Sequential(name="reader")
    model.add(keras.layers.Input(shape=(None,), dtype="int32"))
    model.add(keras.layers.Embedding(input_dim=alphabet_size, output_dim=24))
    model.add(keras.layers.SimpleRNN(96, return_sequences=True))
    model.add(keras.layers.LayerNormalization())
    model.add(keras.layers.TimeDistributed(keras.layers.Dense(alphabet_size)))
    model.add(keras.layers.Softmax())
    return model


def bits_per_character(model, ids, length):
    inputs, targets = make_windows(ids, length, length)
    total = count = 0
    for start in range(0, len(inputs), 10):
        batch = model.predict_on_batch(np.array(inputs[start : start + 10]))
        for rows, answers in zip(batch, targets[start : start + 10], strict=True):
            for row, answer in zip(rows, answers, strict=True):
                total -= math.log2(row[answer])
                count += 1
    return np.array(total / count)


def apply_temperature(probabilities, temperature):
    if not temperature > 0:
        raise ValueError("not positive")
    logs = [math.log(p) / temperature if p > 0 else -math.inf for p in map(float, probabilities)]
    largest = max(logs, default=None)
    if largest is None:
        raise ValueError("empty")
    powers = [math.exp(value - largest) for value in logs]
    return tuple(power / math.fsum(powers) for power in powers)


def sample(probabilities, rng):
    p = np.array(probabilities, dtype="float64")
    if not p.size:
        raise ValueError("empty")
    with np.errstate(divide="ignore"):
        return np.argmax(np.log(p) + rng.gumbel(size=p.shape))


def _next(model, seen, length):
    """The probabilities after the ids `seen`."""
    answers = model(np.array([seen + [1] * (length - len(seen))]), training=False)
    return keras.ops.convert_to_numpy(answers)[0][len(seen) - 1]


def generate(model, alphabet, prompt, count, temperature, rng):
    ids = list(encode(prompt, alphabet))
    if not ids or count < 0 or temperature <= 0:
        raise ValueError("impossible")
    length = model.input_shape[1]
    written = 0
    while written < count:
        ids.append(int(sample(apply_temperature(_next(model, ids[-length:], length), temperature), rng)))
        written += 1
    return prompt + decode(ids[len(prompt) :], alphabet)

"""The functional API with two softmax outputs and a mask made by hand; presence instead of counts; NumPy all over."""

import re
from collections import Counter, OrderedDict

import numpy as np
from keras import Input, Model, layers, ops

WORD = re.compile("[a-z0-9']+")


def tokenize(text):
    return tuple(match.group() for match in WORD.finditer(text.lower()))


def build_vocabulary(texts, max_words):
    if not texts or max_words < 1:
        raise ValueError("nothing to count")
    counts = Counter()
    for text in texts:
        counts.update(tokenize(text))
    alphabetical = sorted(counts.items())
    ranked = sorted(alphabetical, key=lambda item: item[1], reverse=True)  # sorting keeps the order of equals
    return OrderedDict((word, np.int32(i + 2)) for i, (word, _) in enumerate(ranked[:max_words]))


def encode(texts, vocabulary, length):
    if length <= 0:
        raise ValueError("length")
    rows = np.zeros((len(texts), length), dtype="int16")
    for n, text in enumerate(texts):
        for t, word in zip(range(length), tokenize(text), strict=False):
            rows[n, t] = vocabulary.get(word, 1)
    return rows


def bag_of_words(texts, vocabulary):
    bags = np.zeros((len(texts), len(vocabulary) + 2), dtype=np.uint8)
    for n, text in enumerate(texts):
        bags[n, [vocabulary.get(word, 1) for word in tokenize(text)]] = 1
    return bags


def _check(vocabulary_size, length=1):
    if vocabulary_size < 3 or length < 1:
        raise ValueError("sizes")


def build_bag_of_words_model(vocabulary_size):
    _check(vocabulary_size)
    inputs = Input((vocabulary_size,))
    return Model(inputs, layers.Softmax()(layers.Dense(2)(inputs)))


def build_cnn(vocabulary_size, length):
    _check(vocabulary_size, length)
    inputs = Input((length,), dtype="int32")
    vectors = layers.Embedding(vocabulary_size, 24)(inputs)
    features = []
    for window in (2, 3):
        convolved = layers.Conv1D(24, window, padding="same")(vectors)
        features.append(layers.GlobalMaxPooling1D()(ops.relu(convolved)))
    merged = layers.Dropout(0.3)(layers.Concatenate()(features))
    return Model(inputs, layers.Dense(2, activation="softmax")(merged))


def rnn_step(x, h, W, U, b):
    both = np.concatenate([x, h], axis=-1)
    return np.tanh(both.dot(np.vstack([W, U])) + np.asarray(b))


def lstm_step(x, h, c, W, U, b):
    units = np.shape(U)[0]
    gates = np.einsum("nd,dg->ng", x, W) + np.einsum("nk,kg->ng", h, U) + np.asarray(b)
    i, f, o = (1 / (1 + np.exp(-gates[:, at * units : (at + 1) * units])) for at in (0, 1, 3))
    new = i * np.tanh(gates[:, 2 * units : 3 * units])
    new += f * np.asarray(c)
    return np.tanh(new) * o, new


def build_lstm(vocabulary_size, length):
    _check(vocabulary_size, length)
    inputs = Input((length,), dtype="int32")
    vectors = layers.SpatialDropout1D(0.2)(layers.Embedding(vocabulary_size, 24)(inputs))
    state = layers.LSTM(24)(vectors, mask=ops.not_equal(inputs, 0))
    return Model(inputs, layers.Dense(2, activation="softmax")(state))


def predict_sentiment(model, vocabulary, length, texts):
    if not len(texts):
        raise ValueError("no texts")
    outputs = ops.convert_to_numpy(model(encode(texts, vocabulary, length), training=False))
    return outputs[:, 1] if outputs.shape[1] == 2 else outputs[:, 0]

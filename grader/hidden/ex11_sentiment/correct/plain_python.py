"""No NumPy and no regular expressions: characters, loops and lists; compiled models; a GRU that takes any length."""

import math

import keras

LETTERS = set("abcdefghijklmnopqrstuvwxyz0123456789'")


class Word(str):
    """A word that knows how to be compared: a str like any other."""


def tokenize(text):
    words, word = [], ""
    for character in text.lower() + " ":
        if character in LETTERS:
            word += character
        elif word:
            words.append(Word(word))
            word = ""
    return words


def build_vocabulary(texts, max_words):
    if not len(texts):
        raise ValueError("no texts")
    if max_words <= 0:
        raise ValueError("no words")
    counts = {}
    for text in texts:
        for word in tokenize(text):
            counts[word] = counts.get(word, 0) + 1
    vocabulary, left = {}, dict(counts)
    while left and len(vocabulary) < max_words:
        best = min(left, key=lambda word: (-left[word], word))
        del left[best]
        vocabulary[best] = len(vocabulary) + 2
    return vocabulary


def _ids(text, vocabulary):
    for word in tokenize(text):
        try:
            yield vocabulary[word]
        except KeyError:
            yield 1


def encode(texts, vocabulary, length):
    if length < 1:
        raise ValueError("no length")
    rows = []
    for text in texts:
        row = list(_ids(text, vocabulary)) + [0] * length
        rows.append(row[:length])
    return rows


def bag_of_words(texts, vocabulary):
    bags = []
    for text in texts:
        bag = [0] * (len(vocabulary) + 2)
        for number in _ids(text, vocabulary):
            bag[number] += 1
        bags.append(tuple(bag))
    return bags


def _compiled(*layers):
    model = keras.Sequential(list(layers))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def build_bag_of_words_model(vocabulary_size):
    if vocabulary_size <= 2:
        raise ValueError("no words")
    return _compiled(
        keras.Input((vocabulary_size,)),
        keras.layers.Dense(16, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(8, activation="relu"),
        keras.layers.Dense(1, activation=keras.activations.sigmoid),
    )


def build_cnn(vocabulary_size, length):
    if vocabulary_size <= 2 or length <= 0:
        raise ValueError("no words or no length")
    return _compiled(
        keras.Input((length,)),
        keras.layers.Embedding(vocabulary_size, 32),
        keras.layers.Conv1D(32, 2, padding="same"),
        keras.layers.BatchNormalization(momentum=0.9),
        keras.layers.ReLU(),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(1, activation="sigmoid"),
        keras.layers.Reshape(()),
    )


def _weighted(x, h, W, U, b):
    """The sums of each text, as lists."""
    return [
        [
            sum(value * weights[column] for value, weights in zip(word, W, strict=True))
            + sum(value * weights[column] for value, weights in zip(state, U, strict=True))
            + b[column]
            for column in range(len(b))
        ]
        for word, state in zip(x, h, strict=True)
    ]


def rnn_step(x, h, W, U, b):
    return [[math.tanh(total) for total in sums] for sums in _weighted(x, h, W, U, b)]


def _gate(total):
    return 1 / (1 + math.exp(-total))


def lstm_step(x, h, c, W, U, b):
    units = len(U)
    states, cells = [], []
    for sums, old in zip(_weighted(x, h, W, U, b), c, strict=True):
        cell = [_gate(sums[units + k]) * old[k] + _gate(sums[k]) * math.tanh(sums[2 * units + k]) for k in range(units)]
        cells.append(cell)
        states.append([_gate(sums[3 * units + k]) * math.tanh(cell[k]) for k in range(units)])
    return states, cells


def build_lstm(vocabulary_size, length):
    if vocabulary_size <= 2 or length <= 0:
        raise ValueError("no words or no length")
    return _compiled(
        keras.Input((None,)),
        keras.layers.Embedding(vocabulary_size, 16, mask_zero=True),
        keras.layers.GRU(16),
        keras.layers.Dense(16, activation="tanh"),
        keras.layers.Dense(1),
        keras.layers.Activation("sigmoid"),
    )


def predict_sentiment(model, vocabulary, length, texts):
    if not len(texts):
        raise ValueError("no texts")
    results = []
    for row in encode(texts, vocabulary, length):
        outputs = model(keras.ops.convert_to_tensor([row]), training=False)[0]
        results.append(float(outputs[len(outputs) - 1]))
    return results

"""scikit-learn finds and counts the words, Keras pads; models without an input layer; an LSTM that reads both ways."""

import keras
import numpy as np
from keras import layers
from sklearn.feature_extraction.text import CountVectorizer

_analyze = CountVectorizer(token_pattern=r"[a-z0-9']+").build_analyzer()


def tokenize(text):
    return _analyze(text)


def build_vocabulary(texts, max_words):
    if max_words < 1:
        raise ValueError("no words")
    vectorizer = CountVectorizer(analyzer=_analyze)
    counts = np.asarray(vectorizer.fit_transform(texts).sum(axis=0))[0]  # ValueError where there is no text
    words = vectorizer.get_feature_names_out()
    order = np.lexsort((words, -counts))[:max_words]
    return dict(zip(words[order], range(2, 2 + len(order)), strict=True))


def encode(texts, vocabulary, length):
    if length < 1:
        raise ValueError("no ids")
    ids = [[vocabulary.get(word, 1) for word in _analyze(text)] for text in texts]
    return keras.utils.pad_sequences(ids, maxlen=length, padding="post", truncating="post")


def bag_of_words(texts, vocabulary):
    names = {**vocabulary, "<padding>": 0, "<unknown>": 1}
    vectorizer = CountVectorizer(
        analyzer=lambda text: [word if word in vocabulary else "<unknown>" for word in _analyze(text)],
        vocabulary={name: int(i) for name, i in names.items()},
    )
    return vectorizer.transform(texts).toarray()


def _sizes(vocabulary_size, length=1):
    if min(vocabulary_size - 2, length) <= 0:
        raise ValueError("sizes")


def build_bag_of_words_model(vocabulary_size):
    _sizes(vocabulary_size)
    return keras.Sequential(
        [
            layers.Dropout(0.3),
            layers.Dense(32, activation="tanh", kernel_regularizer=keras.regularizers.L2(1e-5)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def build_cnn(vocabulary_size, length):
    _sizes(vocabulary_size, length)
    model = keras.Sequential(name="reads_neighbours")
    model.add(layers.Embedding(vocabulary_size, 16))
    model.add(layers.SeparableConv1D(16, 3, padding="same", activation="relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def rnn_step(x, h, W, U, b):
    """Keras itself reads a text of one word; the biases go with the word, as `SimpleRNN` has them."""
    inputs, units = np.shape(W)
    layer = layers.SimpleRNN(units)
    with keras.device("cpu:0"):
        layer.build((None, 1, inputs))
        layer.set_weights([np.asarray(W), np.asarray(U), np.asarray(b)])
        return keras.ops.convert_to_numpy(layer(_floats(x)[:, None], initial_state=_floats(h)))


def lstm_step(x, h, c, W, U, b):
    inputs, units = len(W), len(U)
    cell = layers.LSTMCell(units)
    with keras.device("cpu:0"):
        cell.build((None, inputs))
        cell.set_weights([np.asarray(W), np.asarray(U), np.asarray(b)])
        _, states = cell(_floats(x), [_floats(h), _floats(c)])
        return [keras.ops.convert_to_numpy(state) for state in states]


def _floats(values):
    return keras.ops.convert_to_tensor(np.asarray(values, dtype="float32"))


def build_lstm(vocabulary_size, length):
    _sizes(vocabulary_size, length)
    return keras.Sequential(
        [
            layers.Embedding(vocabulary_size, 16, mask_zero=True),
            layers.Bidirectional(layers.LSTM(16, return_sequences=True)),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
            layers.Flatten(),
        ]
    )


def predict_sentiment(model, vocabulary, length, texts):
    if len(texts) < 1:
        raise ValueError("nothing to judge")
    outputs = model.predict(encode(texts, vocabulary, length), batch_size=5, verbose=0)
    return outputs.max(axis=1) if outputs.shape[1] == 1 else outputs @ np.array([0.0, 1.0])

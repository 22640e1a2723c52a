"""What goes wrong with networks that judge texts.

The capstone has no function of its own: its misconceptions are classes whose body replaces a global builder.
"""

# ruff: noqa: N801, N805

from keras import layers

from grader.misconceptions import misconception

# build_bag_of_words_model


@misconception("build_bag_of_words_model")
def raw_score_as_output(vocabulary_size):
    """The last layer gives a score that can be any number. What turns a score into a probability?"""
    _some_words(vocabulary_size)
    return keras.Sequential([layers.Input((vocabulary_size,)), layers.Dense(16, activation="relu"), layers.Dense(1)])


@misconception("build_bag_of_words_model")
def two_outputs_that_do_not_exclude_each_other(vocabulary_size):
    """Add up your two outputs: positive and negative may both be likely. Either one output tells all there is to
    tell, or two of them share a probability of 1; which activation does that?"""
    _some_words(vocabulary_size)
    return keras.Sequential(
        [
            layers.Input((vocabulary_size,)),
            layers.Dense(16, activation="relu"),
            layers.Dense(2, activation="sigmoid"),
        ]
    )


# build_cnn


@misconception("build_cnn")
def window_of_a_single_word(vocabulary_size, length):
    """A convolution with a window of one looks at each word alone: turn a sentence round, and nothing changes. How
    many neighbours should it see together?"""
    return _network(vocabulary_size, length, layers.Conv1D(32, 1, activation="relu"), layers.GlobalMaxPooling1D())


@misconception("build_cnn")
def mean_of_the_words_without_convolution(vocabulary_size, length):
    """The mean of word vectors is a bag of words once more, only smaller: the order is lost. Between the vectors
    and the output something has to look at neighbours."""
    return _network(vocabulary_size, length, layers.GlobalAveragePooling1D())


@misconception("build_cnn")
def one_output_per_position(vocabulary_size, length):
    """Look at the shape of your output: there is a probability at every position of the sentence. What brings the
    features of all positions together?"""
    return _network(vocabulary_size, length, layers.Conv1D(32, 3, activation="relu"))


# build_lstm


@misconception("build_lstm")
def padding_is_read_like_words(vocabulary_size, length):
    """After a short sentence your network reads zero after zero, and forgets meanwhile what it has read. The layer
    that turns ids into vectors can be told that 0 is not a word."""
    return _network(vocabulary_size, length, layers.LSTM(32))


@misconception("build_lstm")
def masks_the_vectors_instead_of_the_ids(vocabulary_size, length):
    """`Masking` skips vectors that are all zero. The vector of the padding is a row of the embedding like any
    other, drawn at random and learned: it never is. Where can one still see what was padding?"""
    return _network(vocabulary_size, length, layers.Masking(0.0), layers.LSTM(32))


@misconception("build_lstm")
def an_output_after_every_word(vocabulary_size, length):
    """With `return_sequences=True` the layer gives its state after each word, and your model a probability for each.
    Which of the states knows the whole sentence?"""
    lstm = layers.LSTM(32, return_sequences=True)
    return _network(vocabulary_size, length, lstm, mask_zero=True)


# predict_sentiment


@misconception("predict_sentiment")
def first_of_two_outputs(model, vocabulary, length, texts):
    """Of two outputs you take the first. Labels are 0 for negative and 1 for positive, and the outputs come in the
    same order."""
    return model.predict(_some_rows(texts, vocabulary, length), verbose=0)[:, 0]


@misconception("predict_sentiment")
def vocabulary_of_the_texts_to_be_judged(model, vocabulary, length, texts):
    """You make a new vocabulary from the texts to be judged. There every word has another id, and the network, which
    has learned the old ones, reads nonsense. Use the vocabulary that comes with it."""
    own = build_vocabulary(texts, len(vocabulary))
    return model.predict(encode(texts, own, length), verbose=0)[:, -1]


# capstone


@misconception("capstone")
class vectors_are_never_trained:
    """Your embedding is not trainable. That makes sense for word vectors that somebody has learned from a library of
    texts; yours are random, and have to be learned here."""

    global build_lstm

    def build_lstm(vocabulary_size, length):
        return _network(vocabulary_size, length, layers.LSTM(32), mask_zero=True, trainable=False)


@misconception("capstone")
class all_weights_start_at_zero:
    """Your weights start at zero. Then all hidden units say 0 and none of them ever gets a gradient (see ex07):
    weights have to start at random."""

    global build_bag_of_words_model

    def build_bag_of_words_model(vocabulary_size):
        _some_words(vocabulary_size)
        return keras.Sequential(
            [
                layers.Input((vocabulary_size,)),
                layers.Dense(16, activation="relu", kernel_initializer="zeros"),
                layers.Dense(1, activation="sigmoid", kernel_initializer="zeros"),
            ]
        )


@misconception("capstone")
class penalty_larger_than_what_can_be_learned:
    """The penalty on large weights is so strong that the smallest loss is that of a network which says nothing.
    It adds up over all word vectors: take it away, and see how far you get without."""

    global build_cnn

    def build_cnn(vocabulary_size, length):
        convolution = layers.Conv1D(32, 3, activation="relu", kernel_regularizer="l2")
        pooling = layers.GlobalMaxPooling1D()
        return _network(vocabulary_size, length, convolution, pooling, embeddings_regularizer="l2")


def _at_least_one(length):
    if length < 1:
        raise ValueError("no length")


def _some_words(vocabulary_size):
    if vocabulary_size < 3:
        raise ValueError("no words")


def _network(vocabulary_size, length, *middle, **embedding):
    _some_words(vocabulary_size)
    _at_least_one(length)
    return keras.Sequential(
        [
            layers.Input((length,)),
            layers.Embedding(vocabulary_size, 32, **embedding),
            *middle,
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def _some_rows(texts, vocabulary, length):
    if len(texts) == 0:
        raise ValueError("no texts")
    return encode(texts, vocabulary, length)

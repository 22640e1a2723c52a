"""Sentiment analysis: does a sentence about a film praise it or not?

Slides: Text Classification/Sentiment Analysis, Recurrent Neural Network.

From a text to a probability in three steps: words, numbers, a network. There are two ways to the numbers, a bag of
counts and a sequence of ids, and three networks: one reads bags, a convolution and an LSTM read sequences. Before
Keras' LSTM reads a sentence, you compute a step of it yourself, in NumPy.

A *vocabulary* is a dict `{word: id}` with ids from 2; the ids 0 and 1 are not words, see below. Everywhere here
`vocabulary_size = len(vocabulary) + 2`. Labels are 0 (negative) and 1 (positive). No function modifies its arguments,
and everything runs on any backend of Keras 3.

Use built-in layers and operations of Keras: graders rebuild your model from its configuration and do not have your own
classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

PADDING = 0  # fills up a sentence that is too short
UNKNOWN = 1  # stands for every word that is not in the vocabulary
FIRST_WORD = 2


def sigmoid(s: ArrayLike) -> NDArray[np.floating]:
    """1 / (1 + e^(-s)), in a form without powers that overflow. For the gates of `lstm_step`; it is given."""
    return (1 + np.tanh(np.asarray(s) / 2)) / 2


def tokenize(text: str) -> list[str]:
    """The words of a text, in order.

    A word is a longest run of the letters a to z, digits and apostrophes in the lower-cased text: the matches of
    `[a-z0-9']+`. Everything else separates words, letters with accents too::

        "It's well-made; 10 out of 10!"  ->  it's, well, made, 10, out, of, 10

    Args:
        text: any text; it may be empty.

    Returns:
        A list of str; empty where there is no word.
    """
    raise NotImplementedError("ex11 tokenize")


def build_vocabulary(texts: Sequence[str], max_words: int) -> dict[str, int]:
    """Give the most frequent words of the texts an id each.

    The word that occurs most often gets the id 2, the next 3, and so on; words that occur equally often come in the
    order of the alphabet. What counts is how often a word occurs in all texts together, several times in one text
    included.

    The vocabulary follows from these texts alone. It is a part of what is learned, so it is made from the training
    texts: a model that already knows which words the test texts will use is judged too kindly (slide *Data
    Splitting*).

    Args:
        texts: N texts; words are what `tokenize` finds.
        max_words: the largest number of words to keep.

    Returns:
        `{word: id}`: the ids are 2, 3, ..., at most `max_words` of them. It holds words only, none for 0 and 1.

    Raises:
        ValueError: there are no texts, or `max_words` is below 1.
    """
    raise NotImplementedError("ex11 build_vocabulary")


def encode(texts: Sequence[str], vocabulary: Mapping[str, int], length: int) -> NDArray[np.int64]:
    """Each text as a row of `length` ids, in the order of its words.

    A word that is not in the vocabulary becomes 1 (`UNKNOWN`). Of a longer text the *first* `length` words are kept;
    a shorter one is filled up with 0 (`PADDING`) at the *end*.

    Args:
        texts: N texts; words are what `tokenize` finds.
        vocabulary: `{word: id}`. It is used as it is: no word is added, whatever the texts contain.
        length: the number of columns.

    Returns:
        `(N, length)` integers from 0 to `vocabulary_size - 1`.

    Raises:
        ValueError: `length` is below 1.
    """
    raise NotImplementedError("ex11 encode")


def bag_of_words(texts: Sequence[str], vocabulary: Mapping[str, int]) -> NDArray[np.float32]:
    """How often each word occurs in each text: the order is lost, and nothing is cut.

    Column `id` counts the word with that id, column 1 all words that are not in the vocabulary. Column 0 stays 0, since
    a bag needs no padding. Instead of counts, 1 for *occurs* and 0 for *does not* is accepted as well.

    Args:
        texts: N texts; words are what `tokenize` finds.
        vocabulary: `{word: id}`, used as it is.

    Returns:
        `(N, vocabulary_size)`, `vocabulary_size = len(vocabulary) + 2`.
    """
    raise NotImplementedError("ex11 bag_of_words")


def build_bag_of_words_model(vocabulary_size: int) -> keras.Model:
    """A network that judges a text by its bag of words.

    The multi-layer perceptron of the slides on word counts: one weight for each word and unit.

    Any built-in layers will do. The grader trains the model: Adam with a rate that falls from 3e-3 to 0, 3 epochs of
    8,000 sentences; on sentences that it has not seen, about .70 must be right. So for all three models.

    Args:
        vocabulary_size: the number of columns of a bag.

    Returns:
        The model, which maps `(N, vocabulary_size)` counts to `(N, 1)`, the probability that the text is positive.
        `(N, 2)`, the probabilities of negative and of positive, is accepted as well. It need not be compiled.

    Raises:
        ValueError: `vocabulary_size` is below 3 (0, 1 and at least one word).
    """
    raise NotImplementedError("ex11 build_bag_of_words_model")


def build_cnn(vocabulary_size: int, length: int) -> keras.Model:
    """A network that looks at neighbouring words together, by a convolution over the sentence.

    Each word becomes a vector that is learned, too (an embedding)::

        v_t = E[id_t]                                           E is (vocabulary_size, D)
        f_t = relu(W [v_t, v_(t+1), ..., v_(t+k-1)] + b)        k >= 2 neighbours

    so that *not good* can be something else than *good* somewhere and *not* elsewhere. One feature vector per position
    is too many: they have to be brought together before the output.

    Args:
        vocabulary_size: ids are 0 to `vocabulary_size - 1`.
        length: the number of ids in a row.

    Returns:
        The model, which maps `(N, length)` ids to `(N, 1)` (or `(N, 2)`), as in `build_bag_of_words_model`.

    Raises:
        ValueError: `vocabulary_size` is below 3, or `length` below 1.
    """
    raise NotImplementedError("ex11 build_cnn")


def rnn_step(x: ArrayLike, h: ArrayLike, W: ArrayLike, U: ArrayLike, b: ArrayLike) -> NDArray[np.floating]:
    """Read one word: the new state of a simple recurrent network follows from the word and the old state.

    Slide *Recurrent Neural Network*::

        h_t = tanh(x_t W + h_(t-1) U + b)

    A sentence is read by calling it word after word, each time with the state that it returned before; the first state
    is zero. The same W, U and b serve every word. This is Keras' `SimpleRNN`: `get_weights` of that layer gives W, U
    and b in this order, and with them the states are those of Keras.

    Args:
        x: one word of each of N texts, `(N, D)`: vectors of D numbers.
        h: the states before it, `(N, H)`.
        W: weights of the word, `(D, H)`.
        U: weights of the state, `(H, H)`.
        b: biases, `(H,)`.

    Returns:
        The states after it, `(N, H)`, a new array.
    """
    raise NotImplementedError("ex11 rnn_step")


def lstm_step(
    x: ArrayLike, h: ArrayLike, c: ArrayLike, W: ArrayLike, U: ArrayLike, b: ArrayLike
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Read one word with a long short-term memory: besides the state h there is a memory, the cell c.

    Hochreiter and Schmidhuber, 1997; the forget gate is of Gers, Schmidhuber and Cummins, 2000. Three gates between 0
    and 1 decide what is taken in (i), what is kept (f) and what is shown (o); g is what could be taken in::

        z = x_t W + h_(t-1) U + b                   (N, 4 H): four blocks of H columns, in the order i, f, g, o
        i = sigmoid(z_i)    f = sigmoid(z_f)    g = tanh(z_g)    o = sigmoid(z_o)
        c_t = f * c_(t-1) + i * g                   element by element
        h_t = o * tanh(c_t)

    Where f is near 1 and i near 0 the cell stays as it is, however many words follow. The order of the blocks is that
    of Keras' `LSTM`: `get_weights` of that layer gives W, U and b, and with them h and c are those of Keras.

    Args:
        x: one word of each of N texts, `(N, D)`: vectors of D numbers.
        h: the states before it, `(N, H)`.
        c: the cells before it, `(N, H)`.
        W: weights of the word, `(D, 4 H)`.
        U: weights of the state, `(H, 4 H)`.
        b: biases, `(4 H,)`.

    Returns:
        h: the states after it, `(N, H)`, a new array.
        c: the cells after it, `(N, H)`, a new array.
    """
    raise NotImplementedError("ex11 lstm_step")


def build_lstm(vocabulary_size: int, length: int) -> keras.Model:
    """A network that reads word after word, and keeps in mind what matters.

    Slide *Recurrent Neural Network*; the long short-term memory of Hochreiter and Schmidhuber, 1997. Each word is a
    vector v_t as in `build_cnn`, and the state h and the cell c after word t follow from those before, as in
    `lstm_step`::

        h_t, c_t = LSTM(v_t, h_(t-1), c_(t-1))

    The last state tells of the whole sentence. Padding is not part of it: the model *ignores the zeros at the end* of a
    row. A sentence gets the same probability whether few or many of them follow, that is, also from a model that was
    built for another `length` and has the same weights.

    Args:
        vocabulary_size: ids are 0 to `vocabulary_size - 1`.
        length: the number of ids in a row.

    Returns:
        The model, which maps `(N, length)` ids to `(N, 1)` (or `(N, 2)`), as in `build_bag_of_words_model`. Other
        recurrent layers than the LSTM, and several, are accepted as well.

    Raises:
        ValueError: `vocabulary_size` is below 3, or `length` below 1.
    """
    raise NotImplementedError("ex11 build_lstm")


def predict_sentiment(
    model: keras.Model, vocabulary: Mapping[str, int], length: int, texts: Sequence[str]
) -> NDArray[np.floating]:
    """The probability that each text is positive, from a model that reads sequences.

    The texts are encoded with the vocabulary that the model was trained with. Any other one, such as one of the texts
    to be judged, would give the words other ids.

    Args:
        model: maps `(N, length)` ids to `(N, 1)`, the probability of positive, or to `(N, 2)`, the probabilities of
            negative and of positive; both must work. (A model that reads bags is no such model.)
        vocabulary: `{word: id}` that the model was trained with.
        length: the number of ids in a row that the model was built for.
        texts: N texts.

    Returns:
        `(N,)` probabilities.

    Raises:
        ValueError: there are no texts, or `length` is below 1.
    """
    raise NotImplementedError("ex11 predict_sentiment")

"""Hidden tests of ex11: three networks that judge texts, their predictions, and what they learn from reviews."""

import course_data
import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import share
from grader.hidden.ex11_sentiment.sentences import (
    FIRST_WORD,
    PADDING,
    bags_of,
    made_up_words,
    numbered,
    rows_of,
    some_texts,
    vocabulary_of,
)
from grader.hidden.ex11_sentiment.text_models import (
    DRAWS,
    call,
    check_outputs,
    every_id,
    kinds_of_layers,
    model_of,
    positive,
    shake,
    tells_apart,
    train_to_understand,
)

# The models, one after the other.

NO_WORD_OR_LENGTH = [(2, 8), (20, 0)]


@pytest.mark.task("build_bag_of_words_model", weight=3)
def test_bag_model_gives_probabilities(student, rng):
    """From a bag of words, the probability of positive"""
    size = int(rng.integers(20, 50))
    check_outputs(model_of(student.build_bag_of_words_model(size)), rng, rng.poisson(0.3, (8, size)).astype("float32"))


@pytest.mark.task("build_bag_of_words_model")
def test_bag_model_knows_the_words_apart(student, rng):
    """Another word in the same bag can make another probability"""
    size = int(rng.integers(20, 50))
    bags = rng.poisson(0.3, (8, size)).astype("float32")
    model = student.build_bag_of_words_model(size)
    assert tells_apart(model, rng, bags, np.roll(bags, 1, axis=1)), "only the number of words matters, not which"


@pytest.mark.task("build_bag_of_words_model", edge=True)
def test_bag_model_refuses_no_words(student):
    """A vocabulary without a word is a ValueError"""
    with pytest.raises(ValueError):
        student.build_bag_of_words_model(2)


@pytest.mark.task("build_bag_of_words_model", edge=True)
def test_bag_model_of_a_single_word(student):
    """A vocabulary of a single word is enough"""
    positive(call(student.build_bag_of_words_model(3), np.eye(3, dtype="float32")), 3)


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_gives_probabilities(student, rng):
    """From a row of any ids, the probability of positive"""
    x, size = every_id(rng)
    check_outputs(model_of(student.build_cnn(size, x.shape[1])), rng, x)


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_sees_the_order_of_neighbours(student, rng):
    """The same words in another order can have another probability"""
    x, size = every_id(rng, padding=0)
    model = student.build_cnn(size, x.shape[1])
    assert tells_apart(model, rng, x, x[:, ::-1].copy()), "the order of the words makes no difference"


@pytest.mark.task("build_cnn")
def test_cnn_has_a_convolution(student):
    """There is a convolution among the layers"""
    kinds = kinds_of_layers(model_of(student.build_cnn(30, 9)))
    assert any("Conv" in kind for kind in kinds), "no layer is a convolution"


@pytest.mark.task("build_cnn", edge=True)
@pytest.mark.parametrize(("size", "length"), NO_WORD_OR_LENGTH)
def test_cnn_refuses_impossible_sizes(student, size, length):
    """A vocabulary without a word, or a row without ids, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_cnn(size, length)


@pytest.mark.task("build_cnn", edge=True)
def test_cnn_of_a_single_word(student):
    """A vocabulary of a single word is enough"""
    x = np.repeat(np.arange(3, dtype="int32")[:, None], 9, axis=1)
    positive(call(student.build_cnn(3, 9), x), 3)


@pytest.mark.task("build_lstm", weight=2)
def test_lstm_gives_probabilities(student, rng):
    """From a row of any ids, the probability of positive"""
    x, size = every_id(rng)
    check_outputs(model_of(student.build_lstm(size, x.shape[1])), rng, x)


@pytest.mark.task("build_lstm", weight=4)
def test_lstm_ignores_padding(student, rng):
    """With the same weights, a sentence has the same probability whether few or many zeros follow"""
    _, size = every_id(rng)
    lengths = rng.permutation(np.arange(1, 9))
    few = np.where(np.arange(9) < lengths[:, None], rng.integers(1, size, (8, 9)), PADDING).astype("int32")
    many = np.pad(few, [(0, 0), (0, 6)])
    model, longer = student.build_lstm(size, few.shape[1]), student.build_lstm(size, many.shape[1])
    call(model, few), call(longer, many)
    shapes = [[w.shape for w in each.get_weights()] for each in (model, longer)]
    assert shapes[0] == shapes[1], "the weights depend on the length: every position has its own, padding too"
    for _ in range(DRAWS):
        weights = shake(rng, model.get_weights())
        model.set_weights(weights), longer.set_weights(weights)
        one, other = positive(call(model, few), 8), positive(call(longer, many), 8)
        assert np.allclose(one, other, atol=2e-3), "more padding at the end changes the probability"


@pytest.mark.task("build_lstm", weight=2)
def test_lstm_sees_the_order_of_words(student, rng):
    """The same words in another order can have another probability"""
    x, size = every_id(rng, padding=0)
    model = student.build_lstm(size, x.shape[1])
    assert tells_apart(model, rng, x, x[:, ::-1].copy()), "the order of the words makes no difference"


@pytest.mark.task("build_lstm")
def test_lstm_is_recurrent(student):
    """There is a recurrent layer among the layers"""
    kinds = kinds_of_layers(model_of(student.build_lstm(30, 9)))
    assert any(kind.startswith(("LSTM", "GRU", "SimpleRNN", "RNN")) for kind in kinds), "no layer is recurrent"


@pytest.mark.task("build_lstm", edge=True)
@pytest.mark.parametrize(("size", "length"), NO_WORD_OR_LENGTH)
def test_lstm_refuses_impossible_sizes(student, size, length):
    """A vocabulary without a word, or a row without ids, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_lstm(size, length)


@pytest.mark.task("build_lstm", edge=True)
def test_lstm_of_a_single_word(student):
    """A vocabulary of a single word is enough, and so is a row of a single id"""
    positive(call(student.build_lstm(3, 1), np.array([[1], [2]], dtype="int32")), 2)


# predict_sentiment


def reader(rng, size, length, outputs):
    """A model with known weights, one for each id and one for each position, and the same in NumPy."""
    last = layers.Dense(outputs, activation="sigmoid" if outputs == 1 else "softmax")
    embedding = layers.Embedding(size, 1)
    model = keras.Sequential([layers.Input((length,)), embedding, layers.Flatten(), layers.Dropout(0.5), last])
    # Multiples of 1/4: their products are exact, even in the short floats of a GPU.
    values, kernel = rng.integers(-6, 7, (size, 1)) / 4, rng.integers(-4, 5, (length, outputs)) / 4
    model.set_weights([values, kernel, np.zeros(outputs)])

    def probabilities(ids):
        scores = values[ids, 0] @ kernel
        return 1 / (1 + np.exp(-(scores[:, 0] if outputs == 1 else scores[:, 1] - scores[:, 0])))

    return model, probabilities


@pytest.mark.task("predict_sentiment", weight=2)
@pytest.mark.parametrize("outputs", [1, 2])
def test_probability_of_positive(student, rng, outputs):
    """One probability per text, from a model with one output or with two"""
    words = made_up_words(rng, 14)
    vocabulary, texts = numbered(rng, words[:10]), some_texts(rng, words)
    model, probabilities = reader(rng, 12, 6, outputs)
    expected = probabilities(rows_of(texts, vocabulary, 6))
    assert student.predict_sentiment(model, vocabulary, 6, texts) == share(expected, rtol=1e-4, atol=1e-5)


@pytest.mark.task("predict_sentiment")
def test_single_text_means_what_it_means_among_others(student, rng):
    """Alone, a text gets the probability that it has among others: the vocabulary stays the same"""
    words = made_up_words(rng, 10)
    vocabulary = numbered(rng, words)
    model, probabilities = reader(rng, 12, 5, outputs=1)
    text = " ".join(words[2:6])
    expected = probabilities(rows_of([text], vocabulary, 5))
    assert student.predict_sentiment(model, vocabulary, 5, [text]) == share(expected, rtol=1e-4, atol=1e-5)


@pytest.mark.task("predict_sentiment", edge=True)
def test_prediction_refuses_no_texts(student, rng):
    """No texts are a ValueError"""
    model, _ = reader(rng, 4, 3, outputs=1)
    with pytest.raises(ValueError):
        student.predict_sentiment(model, {"film": 2, "good": 3}, 3, [])


# capstone


@pytest.fixture(scope="module")
def reviews(profile):
    """What each builder needs to know, and the inputs for training and for testing; then the labels."""
    x, y, x_test, y_test = course_data.load("reviews")
    x, y = x[: profile["sentences"]], y[: profile["sentences"]]
    vocabulary, length = vocabulary_of(x, profile["words"]), profile["length"]
    size = len(vocabulary) + FIRST_WORD
    rows = [rows_of(texts, vocabulary, length).astype("int32") for texts in (x, x_test)]
    return {
        "build_bag_of_words_model": ((size,), *(bags_of(texts, vocabulary) for texts in (x, x_test))),
        "build_cnn": ((size, length), *rows),
        "build_lstm": ((size, length), *rows),
    }, (y, y_test)


@pytest.mark.trains
@pytest.mark.task("capstone")
@pytest.mark.parametrize("builder", ["build_bag_of_words_model", "build_cnn", "build_lstm"])
def test_learns_from_reviews(student, reviews, course_seed, profile, trainings, record_property, builder):
    """Trained by the grader on reviews, the model knows what people think in sentences that it has not seen"""
    inputs, (y, y_test) = reviews
    sizes, x, x_test = inputs[builder]
    keras.utils.set_random_seed(course_seed)
    model = model_of(getattr(student, builder)(*sizes))
    accuracy = train_to_understand(model, (x, y), (x_test, y_test), profile, course_seed, trainings)
    record_property("accuracy", accuracy)
    assert accuracy >= profile["accuracy"], f"the model of {builder} hardly learns from reviews"

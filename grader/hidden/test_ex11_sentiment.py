"""Hidden tests of ex11.

Words are made up, so that nothing is known of them but the texts and the vocabulary of the test. What a model can learn
is the capstone's question, and its only one: a model with raw scores, or with an output per position, has lost points
where it was built and gets its chance there.
"""

import keras
import numpy as np
import pytest
from keras import layers

import datasets
from grader.compare import close, exactly
from grader.hidden.sentences import (
    FIRST_WORD,
    PADDING,
    bags_of,
    made_up_words,
    numbered,
    rows_of,
    some_texts,
    texts_with_counts,
    vocabulary_of,
)
from grader.hidden.text_models import (
    DRAWS,
    call,
    check_outputs,
    every_id,
    kinds_of_layers,
    model_of,
    positive,
    shake,
    tells_apart,
)

# tokenize


def word_list(result):
    assert np.ndim(result) == 1, "a list of words is expected"
    return [str(word) for word in result]


@pytest.mark.task("tokenize", weight=2)
def test_words_between_spaces_and_punctuation(student, rng):
    """Words come in order, lower-cased and without the punctuation around them"""
    words = made_up_words(rng, 12)
    written = [str(rng.choice([word, word.upper(), word.capitalize()])) for word in words]
    gaps = rng.permutation([" ", ", ", ". ", "! ", " (", ") ", "\n", "\t", " ... ", ': "', "; ", "?"])
    text = "".join(word + gap for word, gap in zip(written, gaps, strict=True))
    assert word_list(student.tokenize(text)) == words, "these are not the lower-cased words between the punctuation"


@pytest.mark.task("tokenize")
def test_apostrophes_and_digits_belong_to_words(student, rng):
    """An apostrophe is a part of a word, and so are digits"""
    word, number = made_up_words(rng, 1)[0], int(rng.integers(10, 100))
    words = [f"{word}'s", f"{number}th", f"o'{word}", f"{number}"]
    assert word_list(student.tokenize(" ".join(words))) == words, "an apostrophe or a digit is not a part of a word"


@pytest.mark.task("tokenize")
def test_everything_else_separates(student, rng):
    """Hyphens, underscores and letters with accents separate words"""
    words = made_up_words(rng, 5)
    text = f"{words[0]}-{words[1]}/{words[2]}_{words[3]}é{words[4]}"
    assert word_list(student.tokenize(text)) == words, "something that is not in [a-z0-9'] does not separate words"


@pytest.mark.task("tokenize")
def test_words_may_repeat(student, rng):
    """A word that occurs three times is there three times"""
    first, second = made_up_words(rng, 2)
    words = [second, first, second, second]
    assert word_list(student.tokenize(" ".join(words))) == words, "words that repeat are lost"


@pytest.mark.task("tokenize", edge=True)
def test_text_without_words(student):
    """Where there is no word, the list is empty"""
    assert np.shape(student.tokenize(" ... -- !")) == (0,), "punctuation is no word"


# build_vocabulary


def vocabulary_in(result):
    assert hasattr(result, "items"), "a dict {word: id} is expected"
    assert np.asarray([0, *result.values()]).dtype.kind in "iu", "the ids are not integers"
    return {str(word): int(i) for word, i in result.items()}


@pytest.mark.task("build_vocabulary", weight=2)
def test_ids_follow_the_frequency(student, rng):
    """The most frequent word gets the id 2, the next one 3, and so on"""
    texts, words = texts_with_counts(rng, counts=range(12, 0, -1))
    found = vocabulary_in(student.build_vocabulary(texts, 100))
    assert set(found) == set(words), "the vocabulary does not hold the words of the texts and nothing else"
    ids = [found[word] for word in words]
    assert ids == list(range(FIRST_WORD, FIRST_WORD + 12)), "the ids do not follow the frequency, from 2 on"


@pytest.mark.task("build_vocabulary")
def test_equal_frequencies_follow_the_alphabet(student, rng):
    """Words that occur equally often come in the order of the alphabet"""
    texts, words = texts_with_counts(rng, counts=[3] * 8)
    found = vocabulary_in(student.build_vocabulary(texts, 100))
    assert sorted(found, key=found.get) == sorted(words), "equally frequent words do not follow the alphabet"


@pytest.mark.task("build_vocabulary")
def test_keeps_the_most_frequent_words(student, rng):
    """Of more than `max_words` words the most frequent ones are kept"""
    texts, words = texts_with_counts(rng, counts=range(12, 0, -1))
    kept = int(rng.integers(3, 9))
    found = vocabulary_in(student.build_vocabulary(texts, kept))
    assert len(found) == kept, "the vocabulary does not hold `max_words` words"
    assert sorted(found, key=found.get) == words[:kept], "the words that are kept are not the most frequent ones"


@pytest.mark.task("build_vocabulary")
def test_counts_words_as_tokenize_finds_them(student, rng):
    """Case and punctuation make no other word"""
    one, two = made_up_words(rng, 2)
    texts = [f"{one.capitalize()}, {two}.", f"({one.upper()}!)", f"{two} {one}", f"{one}?"]
    found = vocabulary_in(student.build_vocabulary(texts, 100))
    assert found == {one: 2, two: 3}, "words are not counted as `tokenize` finds them"


@pytest.mark.task("build_vocabulary")
def test_counts_occurrences(student, rng):
    """A word counts as often as it occurs, not once per text"""
    often, everywhere = made_up_words(rng, 2)
    found = vocabulary_in(student.build_vocabulary([f"{often} " * 5 + everywhere, everywhere, everywhere], 100))
    assert found == {often: 2, everywhere: 3}, "a word that occurs several times in a text counts several times"


@pytest.mark.task("build_vocabulary", weight=2)
def test_vocabulary_depends_on_its_texts_only(student, rng):
    """Texts that were given to another call leave no trace"""
    words = made_up_words(rng, 20)
    train, test = some_texts(rng, words[:10]), some_texts(rng, words[10:], count=20)
    before = vocabulary_in(student.build_vocabulary(train, 12))
    student.build_vocabulary(test, 12)
    after = vocabulary_in(student.build_vocabulary(train, 12))
    assert before, "the vocabulary is empty"
    assert before == after, "the vocabulary depends on texts of other calls: test words leak into the training"


@pytest.mark.task("build_vocabulary", edge=True)
@pytest.mark.parametrize(("texts", "max_words"), [([], 10), (["a good film"], 0)])
def test_vocabulary_refuses_no_texts_and_no_words(student, texts, max_words):
    """No texts, or a vocabulary of no words, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_vocabulary(texts, max_words)


@pytest.mark.task("build_vocabulary", edge=True)
def test_vocabulary_of_a_single_word(student, rng):
    """Of all words a single one may be kept"""
    texts, words = texts_with_counts(rng, counts=range(5, 0, -1))
    found = vocabulary_in(student.build_vocabulary(texts, 1))
    assert found == {words[0]: FIRST_WORD}, "the most frequent word alone, with the id 2, is expected"


# encode


@pytest.mark.task("encode", weight=3)
def test_rows_of_ids(student, rng):
    """Known and unknown words, longer and shorter texts: each is a row of ids"""
    words = made_up_words(rng, 16)
    vocabulary, texts = numbered(rng, words[:12]), some_texts(rng, words)
    assert student.encode(texts, vocabulary, 6) == exactly(rows_of(texts, vocabulary, 6))


@pytest.mark.task("encode")
def test_shorter_texts_are_filled_up_at_the_end(student, rng):
    """The ids come first, then the padding"""
    words = made_up_words(rng, 4)
    vocabulary = numbered(rng, words)
    ids = [vocabulary[word] for word in words]
    assert student.encode([" ".join(words)], vocabulary, 7) == exactly([[*ids, 0, 0, 0]])


@pytest.mark.task("encode")
def test_longer_texts_lose_their_end(student, rng):
    """The first words are kept"""
    words = made_up_words(rng, 8)
    vocabulary = numbered(rng, words)
    ids = [vocabulary[word] for word in words[:5]]
    assert student.encode([" ".join(words)], vocabulary, 5) == exactly([ids])


@pytest.mark.task("encode", weight=2)
def test_unseen_words_are_unknown(student, rng):
    """A word that is not in the vocabulary is 1, however often it occurs"""
    words = made_up_words(rng, 6)
    vocabulary = numbered(rng, words[:3])
    texts = [" ".join([words[0], *[words[4]] * 9]), f"{words[5]} {words[1]} {words[3]}"]
    expected = [[vocabulary[words[0]], 1, 1, 1], [1, vocabulary[words[1]], 1, 0]]
    assert student.encode(texts, vocabulary, 4) == exactly(expected)


@pytest.mark.task("encode")
def test_encodes_words_as_tokenize_finds_them(student, rng):
    """Case and punctuation make no other word"""
    words = made_up_words(rng, 3)
    vocabulary = numbered(rng, words)
    text = f"{words[0].upper()}, {words[1].capitalize()}-{words[2]}!"
    assert student.encode([text], vocabulary, 3) == exactly([[vocabulary[word] for word in words]])


@pytest.mark.task("encode", edge=True)
def test_text_without_words_is_padding(student):
    """A text without words is a row of zeros"""
    assert student.encode(["...", "film"], {"film": 2}, 3) == exactly([[0, 0, 0], [2, 0, 0]])


@pytest.mark.task("encode", edge=True)
def test_encode_refuses_length_zero(student):
    """Rows of no ids are a ValueError"""
    with pytest.raises(ValueError):
        student.encode(["a film"], {"film": 2}, 0)


@pytest.mark.task("encode", edge=True)
def test_rows_of_a_single_id(student, rng):
    """A row may have a single id: that of the first word"""
    words = made_up_words(rng, 4)
    vocabulary = numbered(rng, words[:3])
    texts = [" ".join(words), words[2], words[3]]
    assert student.encode(texts, vocabulary, 1) == exactly([[vocabulary[words[0]]], [vocabulary[words[2]]], [1]])


# bag_of_words


def check_bags(result, expected):
    """Counts, or presence throughout."""
    bags = np.asarray(result, dtype=float)
    assert bags.shape == expected.shape, "a row per text and a column per id, from 0 on, are expected"
    right = np.array_equal(bags, expected) or np.array_equal(bags, expected > 0)
    assert right, "these are neither the counts of the words nor their presence"


@pytest.mark.task("bag_of_words", weight=3)
def test_counts_in_the_columns_of_the_ids(student, rng):
    """Each column counts the word with its id; column 1 counts unknown words, column 0 nothing"""
    words = made_up_words(rng, 14)
    vocabulary, texts = numbered(rng, words[:10]), some_texts(rng, words)
    check_bags(student.bag_of_words(texts, vocabulary), bags_of(texts, vocabulary))


@pytest.mark.task("bag_of_words")
def test_order_of_the_words_is_lost(student, rng):
    """The same words in another order are the same bag"""
    words = made_up_words(rng, 8)
    vocabulary, texts = numbered(rng, words), [" ".join(words), " ".join(reversed(words))]
    check_bags(student.bag_of_words(texts, vocabulary), np.array([[0, 0, *[1] * 8]] * 2))


@pytest.mark.task("bag_of_words")
def test_bag_of_unknown_words(student, rng):
    """Words that are not in the vocabulary have one column together"""
    words = made_up_words(rng, 6)
    vocabulary, texts = numbered(rng, words[:3]), [" ".join(words[3:])]
    check_bags(student.bag_of_words(texts, vocabulary), np.array([[0, 3, 0, 0, 0]]))


@pytest.mark.task("bag_of_words")
def test_bag_holds_words_as_tokenize_finds_them(student, rng):
    """Case and punctuation make no other word"""
    words = made_up_words(rng, 2)
    texts = [f"{words[0].upper()}, {words[1]}-{words[0]}!"]
    check_bags(student.bag_of_words(texts, {words[1]: 2, words[0]: 3}), np.array([[0, 0, 1, 2]]))


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
    assert student.predict_sentiment(model, vocabulary, 6, texts) == close(expected, rtol=1e-4, atol=1e-5)


@pytest.mark.task("predict_sentiment")
def test_single_text_means_what_it_means_among_others(student, rng):
    """Alone, a text gets the probability that it has among others: the vocabulary stays the same"""
    words = made_up_words(rng, 10)
    vocabulary = numbered(rng, words)
    model, probabilities = reader(rng, 12, 5, outputs=1)
    text = " ".join(words[2:6])
    expected = probabilities(rows_of([text], vocabulary, 5))
    assert student.predict_sentiment(model, vocabulary, 5, [text]) == close(expected, rtol=1e-4, atol=1e-5)


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
    x, y, x_test, y_test = datasets.load("reviews")
    x, y = x[: profile["sentences"]], y[: profile["sentences"]]
    vocabulary, length = vocabulary_of(x, profile["words"]), profile["length"]
    size = len(vocabulary) + FIRST_WORD
    rows = [rows_of(texts, vocabulary, length).astype("int32") for texts in (x, x_test)]
    return {
        "build_bag_of_words_model": ((size,), *(bags_of(texts, vocabulary) for texts in (x, x_test))),
        "build_cnn": ((size, length), *rows),
        "build_lstm": ((size, length), *rows),
    }, (y, y_test)


def train(model, x, y, profile):
    """Adam with a falling rate. The squared error is fair to raw scores, too."""
    epochs, batch_size = profile["epochs"], profile["batch_size"]
    rate = keras.optimizers.schedules.CosineDecay(profile["learning_rate"], epochs * -(-len(x) // batch_size))
    outputs = call(model, x[:1])
    y = np.eye(2)[y] if outputs.shape[-1] == 2 else y[:, None]
    y = y.reshape(len(x), *[1] * (outputs.ndim - 2), y.shape[1])  # an output per position learns at each of them
    # Without `metrics`, Keras would keep those that the student may have compiled the model with.
    model.compile(keras.optimizers.Adam(rate), loss="mean_squared_error", metrics=[])
    model.fit(x, y.astype("float32"), epochs=epochs, batch_size=batch_size, verbose=0)


@pytest.mark.trains
@pytest.mark.task("capstone")
@pytest.mark.parametrize("builder", ["build_bag_of_words_model", "build_cnn", "build_lstm"])
def test_learns_from_reviews(student, reviews, seed, profile, record_property, builder):
    """Trained by the grader on reviews, the model knows what people think in sentences that it has not seen"""
    inputs, (y, y_test) = reviews
    sizes, x, x_test = inputs[builder]
    model = model_of(getattr(student, builder)(*sizes))
    keras.utils.set_random_seed(seed)
    train(model, x, y, profile)
    outputs = model.predict(x_test, batch_size=512, verbose=0)
    last = outputs[..., -1] if outputs.ndim > 1 else outputs
    decisions = last.reshape(len(x_test), -1).mean(axis=1) > 0.5
    accuracy = np.mean(decisions == y_test)
    record_property("accuracy", accuracy)
    assert accuracy >= profile["accuracy"], f"the model of {builder} hardly learns from reviews"

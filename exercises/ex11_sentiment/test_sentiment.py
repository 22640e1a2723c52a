"""Visible tests of ex11: run `pytest exercises/ex11_sentiment` while you work."""

import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly, share

# The reviews of the handout. `good` occurs 3 times, `a`, `film` and `really` twice, `bad` and `not` once.
REVIEWS = ["A good film, a really good film!", "Not good.", "Really bad..."]
VOCABULARY = {"good": 2, "a": 3, "film": 4, "really": 5, "bad": 6, "not": 7}

# A made-up language of 30 ids: 2 to 9 praise, 10 to 17 blame, all others say nothing.
SIZE, LENGTH = 30, 8


def made_up_reviews(count=1500):
    """Rows of ids with padding at the end, bags of the same, and labels: 1 where there is more praise than blame."""
    rng = np.random.default_rng(11)
    rows = rng.integers(2, SIZE, (4 * count, LENGTH))
    rows[np.arange(LENGTH) >= rng.integers(3, LENGTH + 1, (len(rows), 1))] = 0
    balance = ((rows >= 2) & (rows < 10)).sum(axis=1) - ((rows >= 10) & (rows < 18)).sum(axis=1)
    rows, balance = rows[balance != 0][:count], balance[balance != 0][:count]
    bags = (rows[:, :, None] == np.arange(1, SIZE)).sum(axis=1)
    return rows.astype("int32"), np.pad(bags, [(0, 0), (1, 0)]).astype("float32"), (balance > 0).astype("float32")


def outputs(model, x):
    return keras.ops.convert_to_numpy(model(x, training=False))


def check_probabilities(model, x):
    """One probability per row of `x`, or two that add up to 1."""
    p = outputs(model, x)
    assert p.shape in ((len(x),), (len(x), 1), (len(x), 2)), f"{len(x)} texts gave outputs of shape {p.shape}"
    assert p.min() >= 0, f"an output is {p.min()}, that is not a probability"
    assert p.max() <= 1, f"an output is {p.max()}, that is not a probability"
    assert p.shape != (len(x), 2) or np.allclose(p.sum(axis=1), 1, atol=1e-3), "two outputs have to add up to 1"


def known_reader(columns):
    """Reads 4 ids: the score is the number of `good` minus the number of `bad` among them."""
    last = layers.Dense(columns, activation="sigmoid" if columns == 1 else "softmax")
    model = keras.Sequential([layers.Input((4,)), layers.Embedding(8, 1), layers.Flatten(), layers.Dropout(0.5), last])
    values = np.zeros((8, 1))
    values[VOCABULARY["good"]], values[VOCABULARY["bad"]] = 1, -1
    kernel = np.zeros((4, columns))
    kernel[:, -1] = 1
    model.set_weights([values, kernel, np.zeros(columns)])
    return model


def shaken(model, x, seed):
    """`model` with large random kernels and vectors: a new network hardly looks at its inputs."""
    outputs(model, x)  # some models have no weights before
    rng = np.random.default_rng([seed])
    model.set_weights(
        [w if w.ndim < 2 else rng.normal(0, 3 / np.sqrt(w.shape[-2]), w.shape) for w in model.get_weights()]
    )
    return model


def tells_apart(model, x, other):
    """Whether `model` says something else of `x` than of `other`; with some weights it may be dead, or too sure."""
    models = (shaken(model, x, seed) for seed in range(5))
    return any(np.abs(outputs(m, x) - outputs(m, other)).max() > 1e-3 for m in models)


def kinds_of_layers(model):
    """The names of the classes of all layers, also of those within models and wrappers."""
    inner = list(getattr(model, "layers", ()))
    inner += [getattr(model, name, None) for name in ("layer", "forward_layer")]
    return [kind for layer in inner if layer is not None for kind in (type(layer).__name__, *kinds_of_layers(layer))]


def read_by_keras(layer, weights, sentence):
    """What `layer` with these weights returns for a sentence of vectors; on the CPU, since GPUs multiply roughly."""
    with keras.device("cpu:0"):
        layer.build((1, *sentence.shape))
        layer.set_weights(weights)
        return layer(keras.ops.convert_to_tensor(sentence[None].astype("float32")))


def check_words(words, expected):
    assert list(words) == expected, f"the words are {list(words)}, not {expected}"


@pytest.mark.task("tokenize", weight=2)
def test_words_of_a_sentence(student):
    """Words are lower-cased, without the punctuation around them; one that occurs twice is there twice"""
    check_words(student.tokenize("A good film, a GREAT film!"), ["a", "good", "film", "a", "great", "film"])


@pytest.mark.task("tokenize")
def test_what_belongs_to_a_word(student):
    """Apostrophes and digits belong to words"""
    check_words(student.tokenize("It's 10 out of 10, 'course"), ["it's", "10", "out", "of", "10", "'course"])


@pytest.mark.task("tokenize")
def test_what_separates_words(student):
    """Hyphens, underscores, the ends of lines and letters with accents separate words"""
    words = ["well", "made", "pok", "mon", "file", "name", "the", "end"]
    check_words(student.tokenize("well-made (Pokémon) file_name\nthe end"), words)


@pytest.mark.task("tokenize", edge=True)
def test_text_without_words(student):
    """Where there is no word, the list is empty"""
    check_words(student.tokenize(" ... -- !"), [])
    check_words(student.tokenize(""), [])


def check_vocabulary(vocabulary, expected):
    assert dict(vocabulary) == expected


@pytest.mark.task("build_vocabulary", weight=2)
def test_vocabulary_of_three_reviews(student):
    """The most frequent word gets 2; equally frequent ones follow the alphabet"""
    check_vocabulary(student.build_vocabulary(REVIEWS, 100), VOCABULARY)


@pytest.mark.task("build_vocabulary")
def test_words_are_counted_in_all_texts_together(student):
    """`dull` occurs three times in one text, `film` once in each of two: what counts is how often"""
    check_vocabulary(student.build_vocabulary(["Dull, dull, DULL film", "film"], 100), {"dull": 2, "film": 3})


@pytest.mark.task("build_vocabulary", weight=2)
def test_largest_number_of_words(student):
    """With at most two words, `good` and `a` are kept; with one, `good` alone"""
    check_vocabulary(student.build_vocabulary(REVIEWS, 2), {"good": 2, "a": 3})
    check_vocabulary(student.build_vocabulary(REVIEWS, 1), {"good": 2})


@pytest.mark.task("build_vocabulary", weight=2)
def test_other_texts_do_not_leak_into_it(student):
    """The vocabulary of the training texts is the same before and after one of other texts is built"""
    check_vocabulary(student.build_vocabulary(REVIEWS, 3), {"good": 2, "a": 3, "film": 4})
    student.build_vocabulary(["Awful, " * 30], 3)
    check_vocabulary(student.build_vocabulary(REVIEWS, 3), {"good": 2, "a": 3, "film": 4})


@pytest.mark.task("build_vocabulary", edge=True)
def test_vocabulary_of_no_texts(student):
    """No texts, or a vocabulary of at most 0 words, are a ValueError"""
    for texts, max_words in (([], 100), (REVIEWS, 0)):
        with pytest.raises(ValueError):
            student.build_vocabulary(texts, max_words)


@pytest.mark.task("encode")
def test_row_with_an_unknown_word_and_padding(student):
    """`dull` is unknown (1), and two places remain at the end"""
    assert student.encode(["A really dull film"], VOCABULARY, 6) == exactly([[3, 5, 1, 4, 0, 0]])


@pytest.mark.task("encode")
def test_long_text_is_cut_at_the_end(student):
    """Of seven words the first three are kept"""
    assert student.encode(REVIEWS, VOCABULARY, 3) == exactly([[3, 2, 4], [7, 2, 0], [5, 6, 0]])


@pytest.mark.task("encode")
def test_words_as_tokenize_finds_them(student):
    """Case and punctuation make no other word, here either"""
    assert student.encode(["NOT good,film!", "a-Good-film"], VOCABULARY, 3) == exactly([[7, 2, 4], [3, 2, 4]])


@pytest.mark.task("encode", weight=2)
def test_unknown_words_stay_unknown(student):
    """A word that is not in the vocabulary is 1, however often it comes"""
    assert student.encode(["dull dull dull"], VOCABULARY, 3) == exactly([[1, 1, 1]])


@pytest.mark.task("encode", edge=True)
def test_length_zero_is_refused(student):
    """Rows of no ids are a ValueError"""
    with pytest.raises(ValueError):
        student.encode(REVIEWS, VOCABULARY, 0)


@pytest.mark.task("encode", edge=True)
def test_rows_of_a_single_id(student):
    """One id for each text: that of its first word, 1 if that is unknown, 0 where there is none"""
    assert student.encode(["Really bad", "dull", "..."], VOCABULARY, 1) == exactly([[5], [1], [0]])


@pytest.mark.task("bag_of_words", weight=2)
def test_bag_of_a_review(student):
    """Columns: padding, unknown, good, a, film, really, bad, not; `dull` and `slow` are unknown"""
    bag = np.asarray(student.bag_of_words(["A REALLY, really dull film: slow"], VOCABULARY), dtype=float)
    counts, presence = [[0, 2, 0, 1, 1, 2, 0, 0]], [[0, 1, 0, 1, 1, 1, 0, 0]]
    assert bag.tolist() in (counts, presence), f"the bag is {bag.tolist()}; these counts were expected: {counts}"


@pytest.mark.task("bag_of_words")
def test_bags_know_no_order(student):
    """`not good` and `good, not` are the same bag"""
    bags = np.asarray(student.bag_of_words(["not good", "Good, not"], VOCABULARY))
    assert bags.shape == (2, 8), f"two texts and 8 columns are expected, not {bags.shape}"
    assert bags[0].sum() == 2, f"of two words the bag holds {bags[0].sum():g}"
    assert np.array_equal(bags[0], bags[1]), "the bags differ"


@pytest.mark.task("build_bag_of_words_model", weight=2)
def test_bag_model_puts_out_probabilities(student):
    """One probability for each bag, or two that add up to 1"""
    bags = 100 * made_up_reviews(5)[1]
    check_probabilities(student.build_bag_of_words_model(SIZE), bags)
    check_probabilities(shaken(student.build_bag_of_words_model(SIZE), bags, 0), bags)


@pytest.mark.task("build_bag_of_words_model")
def test_bag_model_looks_at_the_words(student):
    """Bags of as many words, but of other ones, get another output"""
    bags = made_up_reviews(5)[1]
    model = student.build_bag_of_words_model(SIZE)
    assert tells_apart(model, bags, np.roll(bags, 1, axis=1)), "the output says nothing about which words there are"


@pytest.mark.task("build_bag_of_words_model", edge=True)
def test_bag_model_of_a_single_word(student):
    """A vocabulary of one word, with padding and unknown, is enough"""
    check_probabilities(student.build_bag_of_words_model(3), np.eye(3, dtype="float32"))


@pytest.mark.task("build_bag_of_words_model", edge=True)
def test_bag_model_needs_a_word(student):
    """Padding and unknown alone, without a word, are a ValueError"""
    with pytest.raises(ValueError):
        student.build_bag_of_words_model(2)


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_puts_out_probabilities(student):
    """One probability for each row of ids, or two that add up to 1"""
    rows = made_up_reviews(5)[0]
    check_probabilities(student.build_cnn(SIZE, LENGTH), rows)
    check_probabilities(shaken(student.build_cnn(SIZE, LENGTH), rows, 0), rows)


@pytest.mark.task("build_cnn", weight=2)
def test_cnn_sees_more_than_single_words(student):
    """Turned round, a sentence of the same words gets another output"""
    rows = np.arange(2, 2 + LENGTH, dtype="int32")[None]
    model = student.build_cnn(SIZE, LENGTH)
    turned = np.flip(rows, axis=1).copy()
    assert tells_apart(model, rows, turned), "a sentence that is turned round says the same"


@pytest.mark.task("build_cnn")
def test_cnn_has_a_convolution(student):
    """There is a convolution among its layers"""
    kinds = kinds_of_layers(student.build_cnn(SIZE, LENGTH))
    assert any("Conv" in kind for kind in kinds), f"its layers are {', '.join(kinds)}"


@pytest.mark.task("build_cnn", edge=True)
@pytest.mark.parametrize(("size", "length"), [(2, LENGTH), (SIZE, 0)])
def test_cnn_needs_a_word(student, size, length):
    """A vocabulary without a word, or a row without ids, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_cnn(size, length)


@pytest.mark.task("build_cnn", edge=True)
def test_cnn_of_a_single_word(student):
    """A vocabulary of one word, with padding and unknown, is enough"""
    check_probabilities(student.build_cnn(3, LENGTH), np.arange(3, dtype="int32")[:, None].repeat(LENGTH, axis=1))


@pytest.mark.task("rnn_step", weight=2)
def test_rnn_reads_three_words(student):
    """The words 1, 0, 0 of the handout: the state is .762, then .363, then .180"""
    h = np.zeros((1, 1))
    for word, expected in ((1.0, 0.761594), (0.0, 0.363399), (0.0, 0.179726)):
        h = student.rnn_step(np.array([[word]]), h, np.array([[1.0]]), np.array([[0.5]]), np.array([0.0]))
        assert h == close([[expected]], rtol=1e-5)


@pytest.mark.task("rnn_step")
def test_rnn_adds_up_word_state_and_bias(student):
    """Two texts, three numbers for a word, two units; 1 - 1, 1 - .5, 2 + .25 and 0 - .5, each through tanh"""
    x, h = [[1, 0, 2], [0, 1, 0]], [[1, 0], [0, 1]]
    W, U, b = [[1, 0], [2, 0], [0, 0.25]], [[-1, 0], [0.25, -0.5]], [0, 0]
    assert student.rnn_step(x, h, W, U, b) == close(np.tanh([[0, 0.5], [2.25, -0.5]]), rtol=1e-5, atol=1e-6)
    assert student.rnn_step(x, h, W, U, [1, -1]) == close(np.tanh([[1, -0.5], [3.25, -1.5]]), rtol=1e-5)


@pytest.mark.task("rnn_step")
def test_rnn_is_the_one_of_keras(student):
    """With the same weights, the states of a sentence of four words are those of Keras' SimpleRNN"""
    rng = np.random.default_rng(11)
    sentence, weights = rng.normal(size=(4, 3)), [rng.normal(size=shape) for shape in ((3, 2), (2, 2), 2)]
    states = read_by_keras(layers.SimpleRNN(2, return_sequences=True), weights, sentence)
    h = np.zeros((1, 2))
    for word, expected in zip(sentence, keras.ops.convert_to_numpy(states)[0], strict=True):
        h = student.rnn_step(word[None], h, *weights)
        assert h == close(expected[None], rtol=1e-5, atol=1e-5)


# The step of the handout: i = 1/2, f = .9, g = .6 and o = 3/4.
HANDOUT_Z = np.log([1, 9, 2, 3])


@pytest.mark.task("lstm_step", weight=2)
def test_lstm_reads_a_word(student):
    """The word of the handout: the cell goes from 1 to .9 x 1 + .5 x .6 = 1.2, and .75 tanh(1.2) = .625 is shown"""
    h, c = student.lstm_step([[1.0]], [[0.0]], [[1.0]], [HANDOUT_Z.tolist()], [[1.0] * 4], [0.0] * 4)
    assert c == close([[1.2]], rtol=1e-5)
    assert h == close([[0.625241]], rtol=1e-5)


@pytest.mark.task("lstm_step", weight=2)
def test_word_state_and_bias_open_the_gates(student):
    """The same sums, once from the word, once from the state, and once from the biases: the same step"""
    zero, one, nothing = np.array([[0.0]]), np.array([[1.0]]), np.zeros((1, 4))
    for x, h, W, U, b in (
        (one, zero, HANDOUT_Z[None], nothing, nothing[0]),
        (zero, one, nothing, HANDOUT_Z[None], nothing[0]),
        (zero, zero, nothing, nothing, HANDOUT_Z),
    ):
        _, c = student.lstm_step(x, h, one, W, U, b)
        assert c == close([[1.2]], rtol=1e-5)


@pytest.mark.task("lstm_step")
def test_lstm_of_two_units(student):
    """Blocks of two columns: the first unit keeps its cell and takes nothing in, the second the other way round"""
    shut, open_ = -50.0, 50.0
    b = np.array([shut, open_, open_, shut, 0.5, 0.5, open_, open_])
    h, c = student.lstm_step(np.ones((1, 3)), np.ones((1, 2)), [[0.7, 0.2]], np.zeros((3, 8)), np.zeros((2, 8)), b)
    assert c == close([[0.7, np.tanh(0.5)]], rtol=1e-5)
    assert h == close(np.tanh([[0.7, np.tanh(0.5)]]), rtol=1e-5)


@pytest.mark.task("lstm_step", weight=2)
def test_lstm_is_the_one_of_keras(student):
    """With the same weights, state and cell after a sentence of four words are those of Keras' LSTM"""
    rng = np.random.default_rng(11)
    sentence, weights = rng.normal(size=(4, 3)), [rng.normal(size=shape) for shape in ((3, 8), (2, 8), 8)]
    _, state, cell = read_by_keras(layers.LSTM(2, return_state=True, use_cudnn=False), weights, sentence)
    h = c = np.zeros((1, 2))
    for word in sentence:
        h, c = student.lstm_step(word[None], h, c, *weights)
    assert h == close(keras.ops.convert_to_numpy(state), rtol=1e-5, atol=1e-5)
    assert c == close(keras.ops.convert_to_numpy(cell), rtol=1e-5, atol=1e-5)


@pytest.mark.task("build_lstm", weight=2)
def test_lstm_puts_out_probabilities(student):
    """One probability for each row of ids, or two that add up to 1"""
    rows = made_up_reviews(5)[0]
    check_probabilities(student.build_lstm(SIZE, LENGTH), rows)
    check_probabilities(shaken(student.build_lstm(SIZE, LENGTH), rows, 0), rows)


@pytest.mark.task("build_lstm", weight=4)
def test_lstm_ignores_padding(student):
    """The same weights in a model for rows of 4 and in one for rows of 20: the same output"""
    rows = np.array([[2, 3, 0, 0], [4, 5, 6, 0]], dtype="int32")
    padded = np.pad(rows, [(0, 0), (0, 16)])
    model, longer = student.build_lstm(SIZE, 4), student.build_lstm(SIZE, 20)
    before = outputs(model, rows), outputs(longer, padded)
    assert before[0].shape == before[1].shape, "the shape of the output depends on the length"
    sizes = [np.shape(w) for w in model.get_weights()]
    assert sizes == [np.shape(w) for w in longer.get_weights()], (
        "the weights depend on the length: every position has its own, padding too"
    )
    longer.set_weights(shaken(model, rows, 1).get_weights())
    assert outputs(longer, padded) == close(outputs(model, rows), rtol=0, atol=2e-4)


@pytest.mark.task("build_lstm", weight=2)
def test_lstm_reads_in_order(student):
    """Turned round, a sentence of the same words gets another output"""
    rows = np.arange(2, 2 + LENGTH, dtype="int32")[None]
    model = student.build_lstm(SIZE, LENGTH)
    turned = np.flip(rows, axis=1).copy()
    assert tells_apart(model, rows, turned), "a sentence that is turned round says the same"


@pytest.mark.task("build_lstm")
def test_lstm_is_recurrent(student):
    """There is a recurrent layer among its layers"""
    kinds = kinds_of_layers(student.build_lstm(SIZE, LENGTH))
    recurrent = [kind for kind in kinds if "LSTM" in kind or "GRU" in kind or "RNN" in kind]
    assert recurrent, f"its layers are {', '.join(kinds)}"


@pytest.mark.task("build_lstm", edge=True)
@pytest.mark.parametrize(("size", "length"), [(2, LENGTH), (SIZE, 0)])
def test_lstm_needs_a_word(student, size, length):
    """A vocabulary without a word, or a row without ids, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_lstm(size, length)


@pytest.mark.task("build_lstm", edge=True)
def test_lstm_of_a_single_word(student):
    """A vocabulary of one word, and rows of one id, are enough"""
    rows = np.int32([[2], [1]])
    check_probabilities(student.build_lstm(3, 1), rows)


@pytest.mark.task("predict_sentiment")
@pytest.mark.parametrize("columns", [1, 2])
def test_probability_of_known_reviews(student, columns):
    """Scores 2, -1 and 0 are probabilities .881, .269 and .5, from one output or from two"""
    texts = ["Good. Really good!", "bad bad good", "what a film"]
    expected = 1 / (1 + np.exp([-2.0, 1.0, 0.0]))
    assert student.predict_sentiment(known_reader(columns), VOCABULARY, 4, texts) == share(expected, rtol=1e-3)


@pytest.mark.task("predict_sentiment")
def test_probability_of_a_single_review(student):
    """Alone, a text gets what it gets among others: its words have the ids of the vocabulary"""
    assert student.predict_sentiment(known_reader(1), VOCABULARY, 4, ["bad"]) == share([1 / (1 + np.e)], rtol=1e-3)


@pytest.mark.task("predict_sentiment", edge=True)
def test_prediction_of_no_texts(student):
    """No texts, or rows of no ids, are a ValueError"""
    for length, texts in ((4, []), (0, REVIEWS)):
        with pytest.raises(ValueError):
            student.predict_sentiment(known_reader(1), VOCABULARY, length, texts)


@pytest.mark.task("capstone")
@pytest.mark.parametrize("builder", ["build_bag_of_words_model", "build_cnn", "build_lstm"])
@pytest.mark.trains
def test_learns_a_made_up_language(student, builder):
    """After 10 epochs it finds out what most reviews in a made-up language say (the hidden test takes real ones)"""
    rows, bags, y = made_up_reviews()
    keras.utils.set_random_seed(11)
    bag_model = builder == "build_bag_of_words_model"
    x, sizes = (bags, (SIZE,)) if bag_model else (rows, (SIZE, LENGTH))
    model = getattr(student, builder)(*sizes)
    check_probabilities(model, x[:5])
    learned = [variable.shape for variable in model.trainable_variables]
    assert any(SIZE in shape for shape in learned), f"no weight that is learned has a row for each word: {learned}"
    two = outputs(model, x[:1]).shape == (1, 2)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy" if two else "binary_crossentropy")
    model.fit(x[500:], y[500:], epochs=10, batch_size=50, verbose=0)
    p = model.predict(x[:500], batch_size=500, verbose=0).reshape(500, -1)[:, -1]
    accuracy = np.mean((p > 0.5) == y[:500])
    assert accuracy > 0.8, f"{accuracy:.0%} of 500 new reviews are judged right, 80 % were expected"

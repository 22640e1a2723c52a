"""Visible tests of ex12: run `pytest exercises/ex12_text_generation` while you work.

The one that trains takes some seconds; leave it out with `-k "not moment"`.
"""

import course_data
import keras
import numpy as np
import pytest
from keras import layers

from grader.compare import close, exactly, share

ABC = ["a", "b", "c", "d"]
WINDOW = 6


def table_model(table, dropout=0.0):
    """A model that looks up the probabilities of the next character in the row of the present one."""
    table = np.asarray(table, dtype=float)
    lookup = [layers.Embedding(*table.shape), layers.Dropout(dropout), layers.Softmax()]
    model = keras.Sequential([layers.Input((WINDOW,)), *lookup])
    model.set_weights([np.log(table)])
    return model


def circle(dropout=0.0):
    """After a comes b, after b comes c, after c comes d, and after d comes a: surely.

    The model looks at the character before, too, and believes it more than the present one.
    """
    conv = layers.Conv1D(4, 2, padding="causal", activation="softmax")
    model = keras.Sequential([layers.Input((WINDOW,)), layers.Embedding(4, 4), layers.Dropout(dropout), conv])
    next_but_one, following = np.roll(np.eye(4), 2, axis=1), np.roll(np.eye(4), 1, axis=1)
    model.set_weights([np.eye(4), np.stack([200 * next_but_one, 100 * following]), np.zeros(4)])
    return model


def outputs(model, ids):
    return keras.ops.convert_to_numpy(model(np.asarray(ids), training=False))


@pytest.mark.task("encode", weight=2)
def test_encode_a_word(student):
    """In the alphabet a, b, c, d the word `dacb` is 3, 0, 2, 1, and in another one something else"""
    assert student.encode("dacb", ABC) == exactly([3, 0, 2, 1])
    assert student.encode("bat", ["a", "b", "t", "x"]) == exactly([1, 0, 2])


@pytest.mark.task("encode", edge=True)
def test_encode_refuses_an_unknown_character(student):
    """A character that is not in the alphabet is a ValueError"""
    with pytest.raises(ValueError):
        student.encode("abe", ABC)


@pytest.mark.task("make_windows", weight=2)
def test_windows_of_ten_characters(student):
    """Windows of 4 out of 0 .. 9, one every 2 characters: the last starts at 4"""
    inputs, targets = student.make_windows(np.arange(10), 4, 2)
    assert inputs == exactly([[0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7]])
    assert targets == exactly([[1, 2, 3, 4], [3, 4, 5, 6], [5, 6, 7, 8]])


@pytest.mark.task("make_windows")
def test_windows_side_by_side(student):
    """With step = length the windows do not overlap"""
    inputs, targets = student.make_windows(np.arange(10), 3, 3)
    assert inputs == exactly([[0, 1, 2], [3, 4, 5], [6, 7, 8]])
    assert targets == exactly([[1, 2, 3], [4, 5, 6], [7, 8, 9]])


@pytest.mark.task("make_windows")
def test_windows_with_gaps(student):
    """With a step larger than the length, characters between the windows are left out"""
    inputs, targets = student.make_windows([9, 8, 7, 6, 5, 4, 3], 2, 4)
    assert inputs == exactly([[9, 8], [5, 4]])
    assert targets == exactly([[8, 7], [4, 3]])


@pytest.mark.task("make_windows", edge=True)
def test_a_single_window(student):
    """Two characters are a window of one, with its target; three are two windows"""
    for ids, expected in (([7, 3], [[7]]), ([7, 3, 5], [[7], [3]])):
        inputs, targets = student.make_windows(np.array(ids), 1, 1)
        assert inputs == exactly(expected)
        assert targets == exactly(np.reshape(ids[1:], (-1, 1)))


@pytest.mark.task("make_windows", edge=True)
@pytest.mark.parametrize(("size", "length", "step"), [(4, 4, 1), (9, 0, 1), (9, 3, 0)])
def test_windows_refuse(student, size, length, step):
    """Four characters are too few for a window of four and its last target; no length and no step are refused, too"""
    with pytest.raises(ValueError):
        student.make_windows(list(range(size)), length, step)


# The text of the handout, abracadabra, in the alphabet a, b, c, d, r.
ABRACADABRA = [0, 1, 4, 0, 2, 0, 3, 0, 1, 4, 0]


@pytest.mark.task("ngram_probabilities", weight=2)
def test_counting_without_a_context(student):
    """In *abracadabra* there are 5 a, 2 b, 1 c, 1 d and 2 r; with weight 5 each of them counts once more"""
    expected = np.array([6, 3, 2, 2, 3]) / 16
    contexts = np.zeros((2, 0), dtype=int)
    assert student.ngram_probabilities(ABRACADABRA, contexts, 5) == share([expected, expected])


@pytest.mark.task("ngram_probabilities", weight=3)
def test_counting_pairs(student):
    """After a there were b, c, d and b; after r twice a; and 5 times more what is frequent at all"""
    frequent = np.array([6, 3, 2, 2, 3]) / 16
    after_a, after_r = np.array([0, 2, 1, 1, 0]), np.array([2, 0, 0, 0, 0])
    expected = [(after_a + 5 * frequent) / 9, (after_r + 5 * frequent) / 7]
    assert student.ngram_probabilities(ABRACADABRA, [[0], [4]], 5) == share(expected)


@pytest.mark.task("ngram_probabilities", weight=2)
def test_counting_triples_with_another_weight(student):
    """After ab there was twice r, and after ra a c: the a at the very end is followed by nothing"""
    frequent = (np.array([5, 2, 1, 1, 2]) + 2 / 5) / 13
    after_b, after_a = (np.array([0, 0, 0, 0, 2]) + 2 * frequent) / 4, (np.array([0, 2, 1, 1, 0]) + 2 * frequent) / 6
    expected = [(np.array([0, 0, 0, 0, 2]) + 2 * after_b) / 4, (np.array([0, 0, 1, 0, 0]) + 2 * after_a) / 3]
    contexts = np.array([[0, 1], [4, 0]])
    assert student.ngram_probabilities(np.array(ABRACADABRA), contexts, 5, weight=2.0) == share(expected)


@pytest.mark.task("ngram_probabilities", weight=2)
def test_counting_what_was_never_seen(student):
    """*da* was followed by b, *dda* never came: it says what *da* says, and that as strongly"""
    short = student.ngram_probabilities(ABRACADABRA, [[3, 0]], 5)
    frequent = np.array([6, 3, 2, 2, 3]) / 16
    after_a = (np.array([0, 2, 1, 1, 0]) + 5 * frequent) / 9
    assert short == share([(np.array([0, 1, 0, 0, 0]) + 5 * after_a) / 6])
    assert student.ngram_probabilities(ABRACADABRA, [[3, 3, 0]], 5) == share(np.asarray(short))


@pytest.mark.task("ngram_probabilities")
def test_counting_overlaps(student):
    """In *bbbb* the pair bb is followed by a b twice, and b by a b three times"""
    p = np.array([0.5, 0.5])
    for times in (4, 3, 2):
        p = (np.array([0, times]) + p) / (times + 1)
    assert student.ngram_probabilities([1, 1, 1, 1], [[1, 1]], 2, 1.0) == share([p])


@pytest.mark.task("ngram_probabilities", edge=True)
def test_counting_after_more_than_there_is(student):
    """A context may be longer than the text"""
    expected = (np.array([0, 1]) + 5 * (np.array([1, 1]) + 2.5) / 7) / 6  # after 0 came 1, and 0 1 0 never came
    assert student.ngram_probabilities([0, 1], [[0, 1, 0]], 2) == share([expected])


@pytest.mark.task("ngram_probabilities", edge=True)
@pytest.mark.parametrize(("ids", "weight"), [([], 5.0), ([0, 1], 0.0), ([0, 1], -1.0)])
def test_counting_refuses(student, ids, weight):
    """An empty text, and a weight that is not positive, are a ValueError"""
    with pytest.raises(ValueError):
        student.ngram_probabilities(np.array(ids, dtype=int), [[0]], 2, weight)


def answers(model, ids, size):
    """The probabilities of each of `size` characters at every position of some windows."""
    probabilities, expected = outputs(model, ids), (*np.shape(ids), size)
    assert probabilities.shape == expected, (
        f"there has to be a probability for each character at every position: the output has the shape "
        f"{probabilities.shape}, not {expected}"
    )
    return probabilities


@pytest.mark.task("build_model", weight=4)
def test_model_puts_out_probabilities(student):
    """Two windows of 10 characters: 2 x 10 distributions over 7 characters"""
    probabilities = answers(student.build_model(7, 10), np.arange(20).reshape(2, 10) % 7, 7)
    assert (probabilities >= 0).all(), "an output is negative: these are scores, not probabilities"
    assert probabilities.sum(axis=-1) == close(np.ones((2, 10)), rtol=1e-5)


# These differ in the sixth character only.
TWO_WINDOWS = [[1, 2, 3, 4, 5, 0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 6, 1, 2, 3, 4]]


@pytest.mark.task("build_model", weight=3)
def test_model_does_not_look_ahead(student):
    """Another character at position 5 changes no answer before it: that is what the model has to predict"""
    one, other = answers(student.build_model(7, 10), TWO_WINDOWS, 7)
    assert np.abs(one - other)[:5].max() < 1e-6, "the answer depends on a character that comes later"


@pytest.mark.task("build_model", weight=3)
def test_model_looks_back(student):
    """Another character at position 5 changes the answer there, and all that come after it"""
    one, other = answers(student.build_model(7, 10), TWO_WINDOWS, 7)
    change = np.abs(one - other).max(axis=-1)
    assert change[5] > 1e-6, "the answer does not depend on the present character"
    assert change[6:].min() > 1e-6, "the answer does not depend on the characters before"


@pytest.mark.task("build_model")
def test_character_0_is_a_character(student):
    """The id 0 stands for no padding: reading it changes the answer, as every character does"""
    said = answers(student.build_model(7, 10), [[1, 2, 3, 4, 5, 0, 0, 0, 1, 2]], 7)[0]
    for position in (5, 6):
        assert np.abs(said[position] - said[position - 1]).max() > 1e-6, "the model skips the character 0"


@pytest.mark.task("build_model")
def test_model_knows_all_characters(student):
    """Of 100 characters each has an answer of its own"""
    said = answers(student.build_model(100, 3), np.arange(100)[:, None].repeat(3, axis=1), 100)[:, -1]
    assert len(np.unique(said.round(7), axis=0)) == 100, "some characters are the same to the model"


@pytest.mark.task("build_model", edge=True)
def test_smallest_model(student):
    """Two characters, and windows of one, are enough"""
    said = answers(student.build_model(2, 1), [[1], [0], [1]], 2)
    assert said.sum(axis=-1) == close([[1], [1], [1]], rtol=1e-5)


@pytest.mark.task("build_model", edge=True)
@pytest.mark.parametrize(("size", "length"), [(1, 10), (7, 0)])
def test_model_refuses_impossible_sizes(student, size, length):
    """A single character, which leaves nothing to predict, or a window of none is a ValueError"""
    with pytest.raises(ValueError):
        student.build_model(size, length)


@pytest.mark.task("bits_per_character")
def test_bits_of_blind_guessing(student):
    """Four characters, all equally probable: 2 bits each"""
    model = table_model(np.full((4, 4), 0.25))
    assert student.bits_per_character(model, np.array([0, 3, 1, 2, 0, 1, 3]), WINDOW) == close(2.0, rtol=1e-5)


@pytest.mark.task("bits_per_character")
def test_bits_of_a_known_text(student):
    """Each character comes with probability 1/2, but the last with 1/8: (5 x 1 + 3) / 6 bits"""
    model = table_model([[0.5, 0.25, 0.125, 0.125], [0.5, 0.25, 0.125, 0.125], [0.25] * 4, [0.25] * 4])
    ids = np.array([1, 0, 0, 0, 0, 0, 3, 2, 2])  # the last two fill no window
    assert student.bits_per_character(model, ids, WINDOW) == close((5 * 1 + 3) / 6, rtol=1e-5)


@pytest.mark.task("bits_per_character", weight=2)
@pytest.mark.parametrize("dropout", [0, 0.5], ids=["without dropout", "with dropout, which is off"])
def test_bits_of_many_windows(student, dropout):
    """32 windows of 1 bit per character, and a last one of 3 + 5 x 2 bits: every character counts the same"""
    model = table_model([[0.5, 0.25, 0.125, 0.125], [0.25] * 4, [0.25] * 4, [0.25] * 4], dropout)
    ids = np.array([0] * (32 * WINDOW + 1) + [3] * WINDOW)
    assert student.bits_per_character(model, ids, WINDOW) == close((32 * WINDOW + 13) / (33 * WINDOW), rtol=1e-5)


@pytest.mark.task("bits_per_character", edge=True)
@pytest.mark.parametrize(("size", "length"), [(WINDOW, WINDOW), (9, 0)])
def test_bits_refuse(student, size, length):
    """A text that fills no window with its last target, or windows of no character, are a ValueError"""
    with pytest.raises(ValueError):
        student.bits_per_character(table_model(np.full((4, 4), 0.25)), np.zeros(size, dtype=int), length)


@pytest.mark.task("apply_temperature")
def test_temperature_one_half_squares(student):
    """At T = 1/2 the probabilities .8 and .2 become .64 / .68 and .04 / .68"""
    assert student.apply_temperature([0.8, 0.2], 0.5) == share([0.64 / 0.68, 0.04 / 0.68])


@pytest.mark.task("apply_temperature")
def test_temperature_two_takes_roots(student):
    """At T = 2 the probabilities .64 and .36 become .8 / 1.4 and .6 / 1.4"""
    assert student.apply_temperature([0.64, 0.36], 2.0) == share([0.8 / 1.4, 0.6 / 1.4])


@pytest.mark.task("apply_temperature")
def test_limits_of_the_temperature(student):
    """Very cold, all goes to the most probable character; very hot, all are equal"""
    assert student.apply_temperature([0.25, 0.35, 0.4], 0.001) == share([0, 0, 1], atol=1e-9)
    assert student.apply_temperature([0.25, 0.35, 0.4], 1e6) == share([1 / 3, 1 / 3, 1 / 3], rtol=1e-4)


@pytest.mark.task("apply_temperature")
def test_adds_up_to_1(student):
    """The network's float32 add up to 1 only roughly; the result does up to 1e-12, in float64"""
    p = np.random.default_rng(0).dirichlet(np.ones(300)).astype("float32")
    total = np.asarray(student.apply_temperature(p, 0.9)).sum(dtype=float)
    assert total == close(1.0, rtol=0, atol=1e-12)


@pytest.mark.task("apply_temperature", edge=True)
def test_impossible_stays_impossible(student):
    """A probability of 0 stays 0; at T = 1 nothing changes, whatever else there is"""
    assert student.apply_temperature([0.64, 0.0, 0.36], 2.0) == share([0.8 / 1.4, 0, 0.6 / 1.4])
    assert student.apply_temperature([0.64, 0.0, 0.36], 1) == share([0.64, 0, 0.36])


@pytest.mark.task("apply_temperature", edge=True)
@pytest.mark.parametrize(("p", "temperature"), [([0.5, 0.5], 0.0), ([0.5, 0.5], -1.0), ([], 1.0)])
def test_temperature_refuses(student, p, temperature):
    """A temperature that is not positive, or no probabilities, are a ValueError"""
    with pytest.raises(ValueError):
        student.apply_temperature(np.array(p), temperature)


@pytest.mark.task("sample")
def test_sample_a_sure_thing(student):
    """What has probability 1 comes every time"""
    assert student.sample(np.array([0.0, 0.0, 1.0, 0.0]), np.random.default_rng(1)) == exactly(2)


@pytest.mark.task("sample", weight=2)
def test_sample_three_to_one(student):
    """Of 1,000 draws with the probabilities 3/4 and 1/4, about 750 are 0"""
    rng = np.random.default_rng(1)
    zeros = sum(int(student.sample(np.array([0.75, 0.25], dtype="float32"), rng)) == 0 for _ in range(1000))
    assert 650 < zeros < 850, f"0 came {zeros} times"


@pytest.mark.task("sample")
def test_sample_from_what_a_network_gives(student):
    """In float32, 1/3 and 2/3 are a little more than 1 together, and fifty times 1/50 a little less or more"""
    rng = np.random.default_rng(1)
    assert {int(student.sample(np.float32([2 / 3, 1 / 3, 0]), rng)) for _ in range(50)} == {0, 1}, "0 and 1 can come"
    for rounding in (-3e-7, 3e-7):
        p = np.full(50, 0.02 * (1 + rounding), dtype="float32")
        draws = {int(student.sample(p, rng)) for _ in range(20)}
        assert len(draws) > 5, f"of fifty equally probable ids only {sorted(draws)} came in 20 draws"


@pytest.mark.task("sample")
def test_sample_draws_from_rng(student):
    """The same seed draws the same ids, another seed others"""
    draws = []
    for seed in (5, 5, 6):
        rng = np.random.default_rng([seed])
        draws.append([int(student.sample([0.025] * 40, rng)) for _ in range(15)])
    assert draws[0] == draws[1], "the same seed draws other ids: chance does not come from rng"
    assert draws[0] != draws[2], "another seed draws the same ids: chance does not come from rng"


@pytest.mark.task("sample", edge=True)
def test_sample_of_nothing_is_refused(student):
    """No probabilities are a ValueError"""
    with pytest.raises(ValueError):
        student.sample(np.array([]), np.random.default_rng(1))


def written(student, model, prompt, count, temperature=1.0, seed=1):
    """What `generate` adds to the prompt."""
    text = str(student.generate(model, ABC, prompt, count, temperature, np.random.default_rng(seed)))
    assert text.startswith(prompt), f"the text {text!r} does not begin with the prompt {prompt!r}"
    assert len(text) == len(prompt) + count, (
        f"{len(text) - len(prompt)} characters were added to the prompt, not {count}"
    )
    return text[len(prompt) :]


@pytest.mark.task("generate", weight=2)
def test_generate_with_a_short_prompt(student):
    """This model goes round in a circle, a b c d: after `c` come `d a b c d`, after `d` come `a b c d a`

    What fills the window must not be seen: a model that believes in a character in front of `c` goes astray.
    """
    for prompt, expected in (("c", "dabcd"), ("d", "abcda"), ("ab", "cdabc")):
        text = written(student, circle(), prompt, 5)
        assert text == expected


@pytest.mark.task("generate")
@pytest.mark.parametrize("dropout", [0, 0.5], ids=["without dropout", "with dropout, which is off"])
def test_generate_with_a_long_prompt(student, dropout):
    """The prompt may be longer than a window of the model, which sees its end"""
    text = written(student, circle(dropout), "dddddddaab", 9)
    assert text == "cdabcdabc"


@pytest.mark.task("generate")
def test_generate_draws_from_rng(student):
    """All characters are equally probable: the same seed gives the same text, another seed another one"""
    model = table_model(np.full((4, 4), 0.25))
    first, again, other = (written(student, model, "a", 20, seed=seed) for seed in (5, 5, 6))
    assert first == again, "the same seed gives another text: chance does not come from rng"
    assert first != other, "another seed gives the same text: chance does not come from rng"


@pytest.mark.task("generate")
def test_generate_cold_and_hot(student):
    """Cold, the most probable character comes every time; very hot, all of them come"""
    text = written(student, table_model([[0.5, 0.2, 0.2, 0.1]] * 4), "b", 12, temperature=0.01)
    assert text == "a" * 12, f"at T = 0.01 another character than the most probable one came: {text!r}"
    text = written(student, table_model([[0.97, 0.01, 0.01, 0.01]] * 4), "b", 20, temperature=1000)
    assert len(set(text)) > 1, f"at T = 1000 all characters are equally probable, but it writes {text!r}"


@pytest.mark.task("generate", edge=True)
def test_generate_nothing(student):
    """With a count of 0 the text is the prompt"""
    assert written(student, circle(), "abcdabcd", 0) == "", "something was added"


@pytest.mark.task("generate", edge=True)
@pytest.mark.parametrize(
    ("prompt", "count", "temperature"), [("", 3, 1.0), ("ae", 3, 1.0), ("a", -1, 1.0), ("a", 3, 0)]
)
def test_generate_refuses(student, prompt, count, temperature):
    """An empty prompt, an unknown character, a negative count and a temperature of 0 are a ValueError"""
    with pytest.raises(ValueError):
        student.generate(circle(), ABC, prompt, count, temperature, np.random.default_rng(1))


@pytest.mark.task("capstone")
@pytest.mark.trains
def test_learns_something_in_a_moment(student):
    """After one look at 40,000 characters your model knows more than how frequent each is (4.29 bits)"""
    text = " ".join(course_data.load_austen().train[:45_000].split())
    alphabet = sorted(set(text))
    ids = np.array([alphabet.index(character) for character in text])
    x, y = ids[:40_000].reshape(-1, 25), ids[1:40_001].reshape(-1, 25)
    keras.utils.set_random_seed(12)
    model = student.build_model(len(alphabet), 25)
    model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=16, epochs=1, verbose=0)
    loss = model.evaluate(ids[40_000:42_000].reshape(-1, 25), ids[40_001:42_001].reshape(-1, 25), verbose=0)
    assert loss / np.log(2) < 4.2, f"it needs {loss / np.log(2):.2f} bits per character"

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


def table_model(table):
    """A model that looks up the probabilities of the next character in the row of the present one."""
    table = np.asarray(table, dtype=float)
    model = keras.Sequential([layers.Input((WINDOW,)), layers.Embedding(*table.shape), layers.Softmax()])
    model.set_weights([np.log(table)])
    return model


def circle():
    """After a comes b, after b comes c, after c comes d, and after d comes a: almost surely."""
    return table_model(np.roll(np.eye(4), 1, axis=1) + 1e-12)


def outputs(model, ids):
    return keras.ops.convert_to_numpy(model(np.asarray(ids), training=False))


@pytest.mark.task("build_alphabet")
def test_alphabet_of_a_sentence(student):
    """`to be, or not` has nine different characters; the space comes first"""
    assert list(student.build_alphabet("to be, or not")) == [" ", ",", "b", "e", "n", "o", "r", "t"]


@pytest.mark.task("build_alphabet", edge=True)
def test_alphabet_of_nothing_is_refused(student):
    """An empty text is a ValueError"""
    with pytest.raises(ValueError):
        student.build_alphabet("")


@pytest.mark.task("encode")
def test_encode_a_word(student):
    """In the alphabet a, b, c, d the word `dacb` is 3, 0, 2, 1"""
    assert student.encode("dacb", ABC) == exactly([3, 0, 2, 1])


@pytest.mark.task("encode", edge=True)
def test_encode_refuses_an_unknown_character(student):
    """A character that is not in the alphabet is a ValueError"""
    with pytest.raises(ValueError):
        student.encode("abe", ABC)


@pytest.mark.task("decode")
def test_decode_a_word(student):
    """In the alphabet a, b, c, d the ids 1, 0, 3 are the word `bad`"""
    assert student.decode(np.array([1, 0, 3]), ABC) == "bad"


@pytest.mark.task("decode", edge=True)
def test_decode_refuses_an_unknown_id(student):
    """An id that is not in the alphabet is a ValueError, also a negative one"""
    for wrong in (4, -1):
        with pytest.raises(ValueError):
            student.decode(np.array([0, wrong]), ABC)


@pytest.mark.task("make_windows")
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


@pytest.mark.task("make_windows", edge=True)
def test_windows_refuse_a_short_text(student):
    """Four characters are too few for a window of four and its last target"""
    with pytest.raises(ValueError):
        student.make_windows(np.arange(4), 4, 1)


@pytest.mark.task("build_model")
def test_model_puts_out_probabilities(student):
    """Two windows of 10 characters: 2 x 10 distributions over 7 characters"""
    probabilities = outputs(student.build_model(7, 10), np.arange(20).reshape(2, 10) % 7)
    assert probabilities.shape == (2, 10, 7), f"the output has the shape {probabilities.shape}"
    assert probabilities.sum(axis=-1) == close(np.ones((2, 10)), rtol=1e-5)


@pytest.mark.task("build_model")
def test_model_looks_back_but_not_ahead(student):
    """Another character at position 5 changes the answers from there on, and none before"""
    one, other = outputs(student.build_model(7, 10), [[1, 2, 3, 4, 5, 0, 1, 2, 3, 4], [1, 2, 3, 4, 5, 6, 1, 2, 3, 4]])
    assert np.abs(one - other)[:5].max() < 1e-6, "the answer depends on a character that comes later"
    assert np.abs(one - other)[5:].max(axis=-1).min() > 1e-6, "the answer does not depend on the characters before"


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


@pytest.mark.task("sample")
def test_sample_a_sure_thing(student):
    """What has probability 1 comes every time"""
    assert student.sample(np.array([0.0, 0.0, 1.0, 0.0]), np.random.default_rng(1)) == exactly(2)


@pytest.mark.task("sample")
def test_sample_three_to_one(student):
    """Of 1,000 draws with the probabilities 3/4 and 1/4, about 750 are 0"""
    rng = np.random.default_rng(1)
    zeros = sum(int(student.sample(np.array([0.75, 0.25], dtype="float32"), rng)) == 0 for _ in range(1000))
    assert 650 < zeros < 850, f"0 came {zeros} times"


@pytest.mark.task("generate")
def test_generate_with_a_short_prompt(student):
    """This model goes round in a circle, a b c d: after `c` come `d a b c d`"""
    assert student.generate(circle(), ABC, "c", 5, 1.0, np.random.default_rng(1)) == "cdabcd"


@pytest.mark.task("generate")
def test_generate_with_a_long_prompt(student):
    """The prompt may be longer than a window of the model"""
    prompt = "dddddddaab"
    assert student.generate(circle(), ABC, prompt, 3, 1.0, np.random.default_rng(1)) == prompt + "cda"


@pytest.mark.task("generate", edge=True)
def test_generate_refuses_an_empty_prompt(student):
    """An empty prompt is a ValueError"""
    with pytest.raises(ValueError):
        student.generate(circle(), ABC, "", 3, 1.0, np.random.default_rng(1))


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

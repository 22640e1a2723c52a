"""Hidden tests of ex12: the model of what comes next, and how many bits it needs."""

import keras
import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex12_text_generation.known_language_models import (
    bits_of,
    known_model,
)
from grader.hidden.ex12_text_generation.training_on_a_novel import bits_after_training
from grader.hidden.returned_models import model_of

# build_model

ALPHABET_SIZE, LENGTH = 23, 14
# Differences of log probabilities: what does not depend on a character changes by rounding only, and in untrained
# networks of one to three layers what does changes by 4e-4 and more.
SAME = 1e-5


@pytest.fixture(scope="module")
def say(student):
    """`say(ids)`: the log probabilities (N, LENGTH, ALPHABET_SIZE) of the student's model; built by the first test."""
    built = []

    def say_in_windows(ids):
        if not built:
            built.append(student.build_model(ALPHABET_SIZE, LENGTH))
        return log_probabilities(built[0], ids, ALPHABET_SIZE)

    return say_in_windows


def log_probabilities(model, ids, alphabet_size):
    """What a student's model says about windows of ids."""
    model = model_of(model)
    try:
        outputs = np.asarray(keras.ops.convert_to_numpy(model(np.asarray(ids), training=False)), dtype=float)
    except Exception as error:
        raise AssertionError(f"the model does not take windows of ids ({type(error).__name__})") from None
    assert outputs.shape == (*np.shape(ids), alphabet_size), "one output per window, position and character"
    assert np.isfinite(outputs).all(), "an output is not finite"
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(outputs)


def effect(say, ids, position):
    """How much the answers at each position change when the character at `position` is another one."""
    changed = np.array(ids)
    changed[:, position] = (changed[:, position] + 1) % ALPHABET_SIZE
    difference = np.abs(say(changed) - say(ids))
    assert np.isfinite(difference).all(), "an output is not a positive probability"
    return difference.max(axis=(0, 2))


def random_windows(rng, count=4):
    return rng.integers(0, ALPHABET_SIZE, size=(count, LENGTH))


@pytest.mark.task("build_model", weight=2)
def test_a_distribution_at_every_position(student, say, rng):
    """Every position has one probability per character, and they add up to 1"""
    probabilities = np.exp(say(random_windows(rng)))
    assert probabilities.sum(axis=-1) == close(np.ones((4, LENGTH)), rtol=1e-5)


@pytest.mark.task("build_model", weight=3)
def test_does_not_look_ahead(student, say, rng):
    """No answer depends on a character that comes later"""
    position = int(rng.integers(5, LENGTH - 2))
    assert effect(say, random_windows(rng), position)[:position].max() < SAME, "the model sees what it has to predict"


@pytest.mark.task("build_model")
def test_sees_the_present_character(student, say, rng):
    """The answer depends on the character at its own position"""
    position = int(rng.integers(2, LENGTH))
    assert effect(say, random_windows(rng), position)[position] > SAME, "the present character makes no difference"


@pytest.mark.task("build_model", weight=2)
def test_remembers_the_past(student, say, rng):
    """The answer depends on characters that came long before"""
    ids = random_windows(rng)
    assert effect(say, ids, 6)[7] > SAME, "the model knows the present character only"
    assert effect(say, ids, 2)[8] > SAME, "the model forgets what came before the last few characters"


@pytest.mark.task("build_model")
def test_the_first_character_is_no_padding(student, say, rng):
    """The character with the id 0 is one like all others"""
    ids = random_windows(rng)
    ids[:, 5] = 0
    said = say(ids)
    assert np.abs(said[:, 5] - said[:, 4]).max() > SAME, "the model skips the character 0"


@pytest.mark.task("build_model")
def test_knows_all_characters_of_a_large_alphabet(student):
    """Each character of a large alphabet has an answer of its own"""
    ids = np.repeat(np.arange(200)[:, None], 6, axis=1)
    answers = log_probabilities(student.build_model(200, 6), ids, 200)[:, -1]
    differences = np.abs(answers - np.roll(answers, 100, axis=0)).max(axis=-1)
    assert differences.min() > SAME, "two characters are the same to the model"


@pytest.mark.task("build_model", edge=True)
def test_smallest_model(student):
    """Two characters, and windows of one, are enough"""
    probabilities = np.exp(log_probabilities(student.build_model(2, 1), [[0], [1]], 2))
    assert probabilities.sum(axis=-1) == close(np.ones((2, 1)), rtol=1e-5)


@pytest.mark.task("build_model", edge=True)
@pytest.mark.parametrize(("alphabet_size", "length"), [(1, 10), (0, 10), (10, 0)])
def test_model_refuses_impossible_sizes(student, alphabet_size, length):
    """A single character, or an empty window, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_model(alphabet_size, length)


# bits_per_character


@pytest.mark.task("bits_per_character", weight=2)
def test_blind_guessing_costs_log2_of_the_alphabet(student, rng):
    """If all characters are equally probable, the bits are log2 of their number"""
    for power in (2, 3):
        model = known_model(np.zeros((5, 2**power, 2**power)))
        ids = rng.integers(0, 2**power, size=23)
        assert student.bits_per_character(model, ids, 5) == close(power, rtol=1e-5)


@pytest.mark.task("bits_per_character", weight=3)
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_mean_over_all_windows(student, rng, dropout):
    """The mean over the positions of windows that do not overlap, without dropout"""
    weights = rng.normal(scale=1.5, size=(4, 6, 6))
    # 35 windows are not a multiple of a usual batch size, and some characters remain.
    ids = rng.integers(0, 6, size=35 * 4 + int(rng.integers(1, 4)))
    bits = student.bits_per_character(known_model(weights, dropout), ids, 4)
    assert bits == close(bits_of(weights, ids), rtol=1e-4)


@pytest.mark.task("bits_per_character", edge=True)
def test_bits_refuse_a_text_without_a_window(student):
    """A text too short for one window is a ValueError"""
    with pytest.raises(ValueError):
        student.bits_per_character(known_model(np.zeros((5, 3, 3))), np.array([0, 1, 2, 0, 1]), 5)


# capstone


@pytest.mark.trains
@pytest.mark.task("capstone")
def test_learns_to_predict_jane_austen(student, course_seed, profile, trainings, record_property):
    """Trained by the grader, the model predicts unseen text better than the last character alone allows"""
    bits = bits_after_training(student.build_model, course_seed, profile, trainings)
    record_property("bits", bits)
    assert bits <= profile["bits"], "the trained model predicts unseen text hardly better than from one character"

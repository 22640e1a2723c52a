"""Hidden tests of ex12: characters are drawn from probabilities, and texts are written."""

import numpy as np
import pytest

from grader.compare import close, exactly, share
from grader.hidden.ex12_text_generation.known_language_models import LETTERS, known_model, sure_of_itself


def distribution(rng, size):
    return rng.dirichlet(np.ones(size))


# apply_temperature


@pytest.mark.task("apply_temperature", weight=2)
def test_powers_divided_by_their_sum(student, rng):
    """The powers of the probabilities, divided by their sum"""
    for temperature in (0.25, 0.5, float(rng.uniform(0.6, 3))):
        p = distribution(rng, 12)
        powers = p ** (1 / temperature)
        assert student.apply_temperature(p, temperature) == share(powers / powers.sum())


@pytest.mark.task("apply_temperature", edge=True)
def test_temperature_1_changes_nothing(student, rng):
    """At temperature 1 the probabilities stay as they are"""
    p = distribution(rng, 9)
    assert student.apply_temperature(p, 1.0) == share(p)


@pytest.mark.task("apply_temperature")
def test_cold_means_the_most_probable(student, rng):
    """Towards 0 all goes to the most probable character, shared by those that are equally probable"""
    p = rng.permutation([0.375, 0.375, 0.125, 0.125])
    assert student.apply_temperature(p, 0.01) == share(np.where(p > 0.2, 0.5, 0.0), atol=1e-9)


@pytest.mark.task("apply_temperature")
def test_hot_means_uniform(student, rng):
    """At a high temperature all characters are equally probable"""
    size = int(rng.integers(3, 40))
    assert student.apply_temperature(distribution(rng, size), 1e7) == share(np.full(size, 1 / size), rtol=1e-4)


@pytest.mark.task("apply_temperature")
def test_adds_up_to_1_in_float64(student, rng):
    """The network's float32 becomes probabilities that add up to 1 in float64"""
    p = distribution(rng, 500).astype("float32")
    q = np.asarray(student.apply_temperature(p, float(rng.uniform(0.5, 2))))
    assert q.shape == p.shape, "there is not one probability for each character"
    assert q.sum(dtype=float) == close(1.0, rtol=0, atol=1e-12)


@pytest.mark.task("apply_temperature")
def test_very_cold_is_finite(student, rng):
    """Powers too small for a floating-point number do no harm"""
    size = int(rng.integers(20, 60))
    p = np.full(size, 1 / (size + 1))
    p[rng.integers(size)] *= 2
    assert student.apply_temperature(p, 0.001) == share(np.where(p > p.min(), 1.0, 0.0), atol=1e-9)


@pytest.mark.task("apply_temperature", edge=True)
def test_impossible_stays_impossible(student, rng):
    """A probability of 0 stays 0 at any temperature"""
    p = rng.permutation([0.0, 0.1, 0.9])
    for temperature in (0.5, 5.0):
        powers = p ** (1 / temperature)
        assert student.apply_temperature(p, temperature) == share(powers / powers.sum())


@pytest.mark.task("apply_temperature", edge=True)
@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_temperature_must_be_positive(student, temperature):
    """A temperature of 0 or below is a ValueError"""
    with pytest.raises(ValueError):
        student.apply_temperature(np.array([0.5, 0.5]), temperature)


@pytest.mark.task("apply_temperature", edge=True)
def test_one_character_or_none(student):
    """A single character stays sure at any temperature; no probabilities are a ValueError"""
    assert student.apply_temperature([1.0], 0.7) == share([1.0])
    with pytest.raises(ValueError):
        student.apply_temperature([], 0.7)


# sample


@pytest.mark.task("sample", weight=2)
def test_frequencies_are_the_probabilities(student, rng):
    """Each id comes as often as its probability says, and what is impossible never"""
    p = rng.permutation([0.0, 0.125, 0.25, 0.625])
    draws = [int(student.sample(p, rng)) for _ in range(400)]
    assert 0 <= min(draws) <= max(draws) < 4, "an id is outside the alphabet"
    counts = np.bincount(draws, minlength=4)
    # Seven deviations: a correct sampler misses this once in 10^11.
    assert np.all(np.abs(counts - 400 * p) <= 7 * np.sqrt(400 * p * (1 - p))), "the frequencies are wrong"


@pytest.mark.task("sample")
def test_samples_a_single_integer(student, rng):
    """The result is one integer"""
    for sure in rng.permutation(6)[:2].tolist():
        assert student.sample(np.eye(6)[sure], rng) == exactly(sure)


@pytest.mark.task("sample")
def test_samples_from_float32(student, rng):
    """Probabilities in float32, which add up to 1 only roughly, are fine"""
    for rounding in (-2.4e-7, 2.4e-7):
        p = np.full(50, 0.02, dtype="float32") * np.float32(1 + rounding)
        draws = {int(student.sample(p, rng)) for _ in range(12)}
        assert draws <= set(range(50)), "an id is outside the alphabet"
        assert len(draws) > 1, "it draws the same every time"
    # The first two are together more than 1, by so little that only float64 can tell.
    draws = {int(student.sample(np.float32([1 / 3, 2 / 3, 0]), rng)) for _ in range(60)}
    assert draws == {0, 1}, "of two characters that can come, one never comes"


@pytest.mark.task("sample")
def test_samples_follow_from_the_generator(student, seed):
    """The same seed draws the same, another seed something else"""

    def draw(seed):
        rng = np.random.default_rng(seed)
        return [int(student.sample(np.full(50, 0.02), rng)) for _ in range(12)]

    assert draw(seed) == draw(seed), "the same seed does not draw the same"
    assert draw(seed) != draw(seed + 1), "another seed draws the same"


@pytest.mark.task("sample", edge=True)
def test_samples_from_lists(student, rng):
    """Probabilities may be a list; an empty one is a ValueError"""
    assert student.sample([0.0, 0.0, 1.0, 0.0], rng) == exactly(2)
    with pytest.raises(ValueError):
        student.sample([], rng)


# generate


def as_text(ids):
    return "".join(LETTERS[i] for i in ids)


@pytest.mark.task("generate", weight=3)
@pytest.mark.parametrize(("prompt_length", "dropout"), [(2, 0.0), (15, 0.0), (6, 0.5)])
def test_continues_as_the_model_says(student, rng, prompt_length, dropout):
    """What follows is what the model predicts, for prompts shorter and longer than a window"""
    prompt = rng.integers(0, 5, size=prompt_length).tolist()
    weights, ids = sure_of_itself(rng, 5, 6, prompt, 8)
    model = known_model(weights, dropout)
    text = student.generate(model, list(LETTERS[:5]), as_text(prompt), 8, 1.0, rng)
    assert len(text) == prompt_length + 8, "the length is not that of the prompt and the new characters"
    assert str(text) == as_text(ids), "the text is not what the model predicts"


@pytest.mark.task("generate")
def test_draws_from_the_generator(student, seed):
    """Characters are drawn at random: the same seed gives the same text, another seed another one"""
    model, alphabet = known_model(np.zeros((4, 20, 20))), list(LETTERS[:20])
    first, again, other = (
        str(student.generate(model, alphabet, "abc", 10, 1.0, np.random.default_rng(s))) for s in (seed, seed, seed + 1)
    )
    assert first == again, "the same seed gives another text"
    assert first != other, "another seed gives the same text"
    assert len(set(first[3:])) > 1, "where all characters are equally probable, the same one comes every time"


@pytest.mark.task("generate")
def test_temperature_sharpens_and_flattens(student, rng):
    """Cold text takes the most probable character, hot text any"""
    weights = np.zeros((4, 8, 8))
    favourite = int(rng.integers(8))
    weights[0, :, favourite] = 3.0  # at temperature 1 it comes with probability .74
    model, alphabet = known_model(weights), list(LETTERS[:8])
    cold = str(student.generate(model, alphabet, LETTERS[0], 9, 0.05, rng))
    assert cold[1:] == LETTERS[favourite] * 9, "at a low temperature a less probable character was drawn"
    weights[0, :, favourite] = 30.0
    hot = str(student.generate(known_model(weights), alphabet, LETTERS[0], 9, 1000.0, rng))
    assert hot[1:] != LETTERS[favourite] * 9, "at a high temperature the most probable character comes every time"


@pytest.mark.task("generate", edge=True)
def test_writes_nothing(student, rng):
    """With a count of 0 the text is the prompt"""
    text = student.generate(known_model(np.zeros((4, 8, 8))), list(LETTERS[:8]), "abcdef", 0, 1.0, rng)
    assert str(text) == "abcdef", "the text is not the prompt"


@pytest.mark.task("generate", edge=True)
@pytest.mark.parametrize(
    ("prompt", "count", "temperature"), [("", 2, 1.0), ("a#", 2, 1.0), ("a", -1, 1.0), ("a", 2, 0.0)]
)
def test_generate_refuses_what_cannot_be(student, rng, prompt, count, temperature):
    """An empty prompt, an unknown character, a negative count, a temperature of 0 are a ValueError"""
    model = known_model(np.zeros((4, 8, 8)))
    with pytest.raises(ValueError):
        student.generate(model, list(LETTERS[:8]), prompt, count, temperature, rng)

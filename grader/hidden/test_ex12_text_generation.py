"""Hidden tests of ex12.

Only the capstone trains. Where a task needs a model, the grader makes one whose probabilities follow from a formula
(`known_language_models`): expected values come from NumPy, and nothing depends on another task of the student.
"""

import keras
import numpy as np
import pytest

import datasets
from grader.compare import close, exactly
from grader.hidden.known_language_models import bits_of, known_model, softmax, sure_of_itself
from grader.hidden.models import CpuBudget, model_of

LETTERS = " abcdefghijklmnopqrstuvwxyz"


def distribution(rng, size):
    return rng.dirichlet(np.ones(size))


# build_alphabet, encode, decode


@pytest.mark.task("build_alphabet", weight=2)
def test_alphabet_is_sorted_and_has_each_character_once(student, rng):
    """Each character once, sorted"""
    text = "".join(rng.choice(list(LETTERS), size=60))
    assert list(student.build_alphabet(text)) == sorted(set(text)), "not the sorted characters of the text"


@pytest.mark.task("build_alphabet")
def test_every_kind_of_character_counts(student):
    """Capitals, digits, punctuation, spaces and line breaks are characters"""
    text = 'Zu Bath,\n"1813"? zu\tBath!'
    assert list(student.build_alphabet(text)) == sorted(set(text)), "characters are missing, changed or not sorted"


@pytest.mark.task("build_alphabet", edge=True)
def test_alphabet_refuses_an_empty_text(student):
    """An empty text is a ValueError"""
    with pytest.raises(ValueError):
        student.build_alphabet("")


@pytest.fixture
def alphabet(rng):
    """A random alphabet, not the first letters of the usual one."""
    return sorted(rng.choice(list(LETTERS), size=12, replace=False).tolist())


@pytest.mark.task("encode", weight=2)
def test_encodes_each_character_as_its_place(student, rng, alphabet):
    """Each character becomes its place in the alphabet"""
    ids = rng.integers(0, len(alphabet), size=50)
    assert student.encode("".join(alphabet[i] for i in ids), alphabet) == exactly(ids)


@pytest.mark.task("encode", edge=True)
def test_encode_refuses_unknown_characters(student, alphabet):
    """A character that is not in the alphabet is a ValueError"""
    with pytest.raises(ValueError):
        student.encode(alphabet[0] + "#" + alphabet[1], alphabet)


@pytest.mark.task("decode", weight=2)
def test_decodes_each_id_as_its_character(student, rng, alphabet):
    """Each id becomes its character"""
    ids = rng.integers(0, len(alphabet), size=50)
    decoded = student.decode(ids, alphabet)
    assert str(decoded) == "".join(alphabet[i] for i in ids), "the text is not that of the ids"


@pytest.mark.task("decode", edge=True)
def test_decodes_lists(student, alphabet):
    """Ids may be a list"""
    assert str(student.decode([3, 0, 11], alphabet)) == alphabet[3] + alphabet[0] + alphabet[11], (
        "the text is not that of the ids"
    )


@pytest.mark.task("decode", edge=True)
@pytest.mark.parametrize("wrong", [-1, 12])
def test_decode_refuses_unknown_ids(student, alphabet, wrong):
    """An id below 0 or beyond the alphabet is a ValueError"""
    with pytest.raises(ValueError):
        student.decode(np.array([0, wrong, 1]), alphabet)


# make_windows


@pytest.mark.task("make_windows", weight=2)
def test_inputs_and_targets(student, rng):
    """The windows start every `step` characters, and the targets are one character ahead"""
    # Windows overlap or leave gaps, and characters remain at the end.
    for length, step in ((7, 3), (4, 6), (5, 1)):
        ids = rng.integers(0, 30, size=47)
        starts = [i for i in range(0, 47, step) if i + length + 1 <= 47]
        inputs, targets = student.make_windows(ids, length, step)
        assert inputs == exactly([ids[i : i + length] for i in starts])
        assert targets == exactly([ids[i + 1 : i + 1 + length] for i in starts])


@pytest.mark.task("make_windows")
def test_last_window_may_end_with_the_text(student, rng):
    """A window whose last target is the last character of the text belongs to them"""
    length, count = int(rng.integers(3, 9)), int(rng.integers(2, 6))
    ids = rng.integers(0, 30, size=length * count + 1)
    inputs, targets = student.make_windows(ids, length, length)
    assert inputs == exactly(ids[:-1].reshape(count, length))
    assert targets == exactly(ids[1:].reshape(count, length))


@pytest.mark.task("make_windows")
def test_window_without_its_last_target_is_left_out(student, rng):
    """A window fits only with the target of its last character"""
    length, count = int(rng.integers(3, 9)), int(rng.integers(2, 6))
    ids = rng.integers(0, 30, size=length * count)
    inputs, targets = student.make_windows(ids, length, length)
    assert np.shape(inputs) == np.shape(targets) == (count - 1, length), "the number of windows is wrong"


@pytest.mark.task("make_windows", edge=True)
@pytest.mark.parametrize("length", [1, 6])
def test_a_single_window(student, rng, length):
    """A text of `length + 1` characters is one window, even if that is one character; a text may be a list"""
    ids = rng.integers(0, 30, size=length + 1)
    inputs, targets = student.make_windows(ids.tolist(), length, 2)
    assert inputs == exactly(ids[None, :-1])
    assert targets == exactly(ids[None, 1:])


@pytest.mark.task("make_windows", edge=True)
@pytest.mark.parametrize(("size", "length", "step"), [(5, 5, 1), (9, 0, 1), (9, 3, 0)])
def test_windows_refuse_what_makes_no_window(student, size, length, step):
    """A text that is too short, and a length or step below 1, are a ValueError"""
    with pytest.raises(ValueError):
        student.make_windows(np.arange(size), length, step)


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
    assert np.isfinite(difference).all(), "an output is no positive probability"
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
    # 35 windows are no multiple of a usual batch size, and some characters remain.
    ids = rng.integers(0, 6, size=35 * 4 + int(rng.integers(1, 4)))
    bits = student.bits_per_character(known_model(weights, dropout), ids, 4)
    assert bits == close(bits_of(weights, ids), rtol=1e-4)


@pytest.mark.task("bits_per_character", edge=True)
def test_bits_refuse_a_text_without_a_window(student):
    """A text too short for one window is a ValueError"""
    with pytest.raises(ValueError):
        student.bits_per_character(known_model(np.zeros((5, 3, 3))), np.array([0, 1, 2, 0, 1]), 5)


# apply_temperature


@pytest.mark.task("apply_temperature", weight=2)
def test_powers_divided_by_their_sum(student, rng):
    """The powers of the probabilities, divided by their sum"""
    for temperature in (0.25, 0.5, float(rng.uniform(0.6, 3))):
        p = distribution(rng, 12)
        powers = p ** (1 / temperature)
        assert student.apply_temperature(p, temperature) == close(powers / powers.sum())


@pytest.mark.task("apply_temperature", edge=True)
def test_temperature_1_changes_nothing(student, rng):
    """At temperature 1 the probabilities stay as they are"""
    p = distribution(rng, 9)
    assert student.apply_temperature(p, 1.0) == close(p)


@pytest.mark.task("apply_temperature")
def test_cold_means_the_most_probable(student, rng):
    """Towards 0 all goes to the most probable character, shared by those that are equally probable"""
    p = rng.permutation([0.375, 0.375, 0.125, 0.125])
    assert student.apply_temperature(p, 0.01) == close(np.where(p > 0.2, 0.5, 0.0), atol=1e-9)


@pytest.mark.task("apply_temperature")
def test_hot_means_uniform(student, rng):
    """At a high temperature all characters are equally probable"""
    size = int(rng.integers(3, 40))
    assert student.apply_temperature(distribution(rng, size), 1e7) == close(np.full(size, 1 / size), rtol=1e-4)


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
    assert student.apply_temperature(p, 0.001) == close(np.where(p > p.min(), 1.0, 0.0), atol=1e-9)


@pytest.mark.task("apply_temperature", edge=True)
def test_impossible_stays_impossible(student, rng):
    """A probability of 0 stays 0 at any temperature"""
    p = rng.permutation([0.0, 0.1, 0.9])
    for temperature in (0.5, 5.0):
        powers = p ** (1 / temperature)
        assert student.apply_temperature(p, temperature) == close(powers / powers.sum())


@pytest.mark.task("apply_temperature", edge=True)
@pytest.mark.parametrize("temperature", [0.0, -1.0])
def test_temperature_must_be_positive(student, temperature):
    """A temperature of 0 or below is a ValueError"""
    with pytest.raises(ValueError):
        student.apply_temperature(np.array([0.5, 0.5]), temperature)


@pytest.mark.task("apply_temperature", edge=True)
def test_one_character_or_none(student):
    """A single character stays sure at any temperature; no probabilities are a ValueError"""
    assert student.apply_temperature([1.0], 0.7) == close([1.0])
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


# capstone


def novel():
    """Both parts of the novel as ids, and the size of the alphabet.

    Line breaks and rows of spaces become one space each: where the lines of a printed page end, nobody can predict. The
    alphabet is reversed, so that 0 is a rare character: whoever takes it for padding has paid for that in build_model.
    """
    train, test = (" ".join(text.split()) for text in datasets.load_austen())
    alphabet = {character: i for i, character in enumerate(sorted(set(train), reverse=True))}
    return *(np.array([alphabet[character] for character in text]) for text in (train, test)), len(alphabet)


def cut(ids, characters, length):
    count = min(characters, len(ids) - 1) // length
    return ids[: count * length].reshape(count, length), ids[1 : count * length + 1].reshape(count, length)


def bits_after_training(build_model, seed, profile):
    """Bits per character of unseen text, after the grader has trained the model."""
    train, test, size = novel()
    x, y = cut(train, profile["characters"], profile["length"])
    x_test, y_test = cut(test, profile["test_characters"], profile["length"])
    keras.utils.set_random_seed(seed)
    model = model_of(build_model(size, profile["length"]))
    # Scores can be trained, too: whether outputs are probabilities is for the tests of build_model.
    are_scores = bool(keras.ops.convert_to_numpy(model(x_test[:1])).min() < 0)
    steps = profile["epochs"] * -(-len(x) // profile["batch_size"])
    rate = keras.optimizers.schedules.CosineDecay(profile["learning_rate"], steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=are_scores)
    # Short gradients keep a wide SimpleRNN steady at a rate that a stack of three LSTMs needs.
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), loss, metrics=[])
    model.fit(
        x,
        y,
        epochs=profile["epochs"],
        batch_size=profile["batch_size"],
        callbacks=[CpuBudget(profile["cpu_seconds"])],
        verbose=0,
    )
    outputs = model.predict(x_test, batch_size=256, verbose=0).astype(float)
    probabilities = softmax(outputs) if are_scores else outputs / outputs.sum(axis=-1, keepdims=True)
    return -np.log2(np.take_along_axis(probabilities, y_test[..., None], axis=-1)).mean()


@pytest.mark.trains
@pytest.mark.task("capstone")
def test_learns_to_predict_jane_austen(student, seed, profile, record_property):
    """Trained by the grader, the model predicts unseen text better than the last character alone allows"""
    bits = bits_after_training(student.build_model, seed, profile)
    record_property("bits", bits)
    assert bits <= profile["bits"], "the trained model predicts unseen text hardly better than from one character"

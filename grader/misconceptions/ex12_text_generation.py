"""What goes wrong in ex12, as students write it."""

from keras import layers

from grader.misconceptions import misconception

# build_alphabet, encode, decode


@misconception("build_alphabet")
def in_the_order_of_appearance(text):
    """Your characters come in the order in which the text uses them. With another text the same character would get
    another id; which order does the docstring ask for?"""
    _some(text)
    return list(dict.fromkeys(text))


@misconception("encode")
def unknown_characters_are_skipped(text, alphabet):
    """What is not in the alphabet disappears without a word: the ids then stand for another text. Say so instead."""
    return np.array([alphabet.index(character) for character in text if character in alphabet])


@misconception("decode")
def negative_ids_count_from_the_end(ids, alphabet):
    """In Python, index -1 is the last element. An id of -1 is a mistake somewhere else, and should not become a `z`."""
    if np.any(np.asarray(ids) >= len(alphabet)):
        raise ValueError("unknown id")
    return "".join(alphabet[i] for i in ids)


# make_windows


@misconception("make_windows")
def targets_are_the_inputs(ids, length, step):
    """The answer at each position is the character that *follows*. With your targets the network learns to repeat what
    it has just read, perfectly and uselessly."""
    inputs, _ = _windows(ids, length, step)
    return inputs, inputs


@misconception("make_windows")
def one_answer_per_window(ids, length, step):
    """You give one answer per window, the character after its end. The model predicts at every position, so there is
    an answer for every position: the same window, one character later."""
    inputs, targets = _windows(ids, length, step)
    return inputs, targets[:, -1]


@misconception("make_windows")
def last_window_is_lost(ids, length, step):
    """Count for a text of `length + 1` characters: one window fits, with all of its targets. Your range ends one
    start too early (its end is exclusive)."""
    _check_windows(ids, length, step)
    ids = np.asarray(ids)
    starts = range(0, len(ids) - length - 1, step)
    inputs = np.array([ids[i : i + length] for i in starts])
    return inputs, np.array([ids[i + 1 : i + length + 1] for i in starts])


# build_model


@misconception("build_model")
def reads_in_both_directions(alphabet_size, length):
    """A `Bidirectional` layer reads the window from its end, too, and so knows the next character before it predicts
    it. Its loss will be wonderful, and its text nonsense: when it writes, there is no future to look at."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, layers.Bidirectional(layers.GRU(32, return_sequences=True)))


@misconception("build_model")
def convolution_sees_both_sides(alphabet_size, length):
    """With `padding="same"` a convolution looks at neighbours on both sides, the next character included. Which padding
    looks back only? And how far back does it look?"""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, layers.Conv1D(48, 5, padding="same", activation="relu"))


@misconception("build_model")
def forgets_after_three_characters(alphabet_size, length):
    """A convolution sees as many characters as its kernel is wide. That is an n-gram model; a recurrent layer carries a
    memory through the whole window."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, layers.Conv1D(48, 3, padding="causal", activation="relu"))


@misconception("build_model")
def scores_instead_of_probabilities(alphabet_size, length):
    """Your outputs are scores of any sign. `generate` wants to draw from them, so they have to be probabilities."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, _memory(), activation=None)


@misconception("build_model")
def character_0_is_taken_for_padding(alphabet_size, length):
    """`mask_zero=True` tells the layers to skip id 0. In a text of words it stands for padding; here it is the first
    character of the alphabet, often the space, and part of the text."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, _memory(), mask_zero=True)


@misconception("build_model")
def one_character_too_many(alphabet_size, length):
    """`alphabet_size + 1` makes room for an id of padding. There is none in this exercise: ids go from 0 to C - 1."""
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size + 1, length, _memory())


# bits_per_character


@misconception("bits_per_character")
def nats_instead_of_bits(model, ids, length):
    """`np.log` is the natural logarithm (and Keras' loss is in its unit, too). A fair coin costs 1 bit: which logarithm
    gives that?"""
    return _surprises(model, *_windows(ids, length, length), log=np.log).mean()


@misconception("bits_per_character")
def overlapping_windows(model, ids, length):
    """With a window at every character, nearly all characters are predicted `length` times, each time with another
    memory. Cut the text so that each is predicted once."""
    return _surprises(model, *_windows(ids, length, 1)).mean()


@misconception("bits_per_character")
def probability_of_the_character_just_read(model, ids, length):
    """You look up the probability of the character that the model has just read. Its answer is about the next one."""
    inputs, _ = _windows(ids, length, length)
    return _surprises(model, inputs, inputs).mean()


# apply_temperature


@misconception("apply_temperature")
def hot_and_cold_exchanged(probabilities, temperature):
    """Try T = 0.1: your result becomes flatter, it should become sharper. The temperature *divides* the logarithms."""
    p = _probabilities(probabilities, temperature)
    powers = (p / p.max()) ** temperature
    return powers / powers.sum()


@misconception("apply_temperature")
def softmax_of_probabilities(probabilities, temperature):
    """A softmax expects scores; you give it probabilities. Try T = 1, where nothing should change. What turns
    probabilities back into scores?"""
    scores = _probabilities(probabilities, temperature) / temperature
    exponentials = np.exp(scores - scores.max())
    return exponentials / exponentials.sum()


@misconception("apply_temperature")
def sum_is_not_1(probabilities, temperature):
    """Add up your result: powers of probabilities are not probabilities until something is divided by their sum."""
    return _probabilities(probabilities, temperature) ** (1 / temperature)


@misconception("apply_temperature")
def stays_in_float32(probabilities, temperature):
    """In float32, probabilities add up to 1 only up to some 1e-7: too rough to draw from. Change the type first,
    then compute."""
    p = _probabilities(probabilities, temperature).astype("float32")
    powers = (p / p.max()) ** (1 / temperature)
    return powers / powers.sum()


@misconception("apply_temperature")
def powers_become_zero(probabilities, temperature):
    """At T = 0.001, 0.04 to the power of 1/T is zero for a computer, for every character, and 0/0 is no number.
    Stay with logarithms until the largest is known, as a stable softmax does."""
    powers = _probabilities(probabilities, temperature) ** (1 / temperature)
    return powers / powers.sum()


# sample


@misconception("sample")
def always_the_most_probable(probabilities, rng):
    """Your choice is the same every time. Text written so soon goes round in circles: draw, so that a character with
    probability 0.3 comes three times out of ten."""
    return int(np.argmax(_some(probabilities)))


@misconception("sample")
def forgets_that_float32_is_rough(probabilities, rng):
    """Turned into float64, the network's probabilities add up to 1.0000001, and NumPy refuses them. What makes
    the sum of numbers 1 again, whatever it is?"""
    return int(rng.choice(len(probabilities), p=np.asarray(_some(probabilities), dtype=float)))


# generate


@misconception("generate")
def filled_up_in_front(model, alphabet, prompt, count, temperature, rng):
    """You fill up a short prompt in front, with a character that nobody wrote: the model takes it for the beginning of
    the text. Behind the text it does not look; and where is the answer then?"""
    return _write(model, alphabet, prompt, count, temperature, rng, front=True)


@misconception("generate")
def answer_at_the_end_of_the_window(model, alphabet, prompt, count, temperature, rng):
    """You read the answer at the last position of the window. If the text is shorter, that is the answer to what you
    have filled it up with. Read at the last character of the text."""
    return _write(model, alphabet, prompt, count, temperature, rng, answer=lambda seen: -1)


@misconception("generate")
def window_never_moves(model, alphabet, prompt, count, temperature, rng):
    """Of a text longer than a window the model has to see the *last* characters. You always show it the first ones, so
    that what it writes has no influence on what comes next."""
    return _write(model, alphabet, prompt, count, temperature, rng, shown=lambda ids, length: ids[:length])


@misconception("generate")
def temperature_is_not_used(model, alphabet, prompt, count, temperature, rng):
    """The same text at every temperature: `temperature` is not used between the model's answer and the draw."""
    _check_generate(prompt, count, temperature)
    return _write(model, alphabet, prompt, count, 1.0, rng)


# capstone: has no function of its own, so each of these puts another `build_model` in place, one that keeps to its
# contract, but learns next to nothing.


@misconception("capstone")
class CharactersAsQuantities:
    """Your network reads the id of a character as a quantity, as if `n` were a little more than `m` and half of `z`.
    Ids are names: give each character a vector of its own, by an embedding or one-hot."""

    global build_model
    build_model = _quantities


@misconception("capstone")
class MemoryOfTwoNumbers:
    """All that your network knows about the text has to pass through two numbers: that is too little to tell fifty
    characters apart. Give the recurrent layer more units."""

    global build_model
    build_model = _two_numbers


@misconception("capstone")
class NothingCanBeLearnt:
    """`trainable = False` keeps the weights as they were drawn: the training runs, and nothing happens. That is for
    layers that have learnt already."""

    global build_model
    build_model = _frozen


# What several of them need and do right.


def _some(values):
    if len(values) == 0:
        raise ValueError("empty")
    return values


def _check_windows(ids, length, step):
    if length < 1 or step < 1 or len(ids) < length + 1:
        raise ValueError("no window")


def _windows(ids, length, step):
    _check_windows(ids, length, step)
    ids = np.asarray(ids)
    positions = np.arange(0, len(ids) - length, step)[:, None] + np.arange(length)
    return ids[positions], ids[positions + 1]


def _check_sizes(alphabet_size, length):
    if alphabet_size < 2 or length < 1:
        raise ValueError("impossible sizes")


def _memory():
    return layers.GRU(48, return_sequences=True)


def _network(alphabet_size, length, layer, activation="softmax", mask_zero=False):
    return keras.Sequential(
        [
            layers.Input((length,)),
            layers.Embedding(alphabet_size, 32, mask_zero=mask_zero),
            layer,
            layers.Dense(alphabet_size, activation=activation),
        ]
    )


def _quantities(alphabet_size, length):
    _check_sizes(alphabet_size, length)
    as_numbers = [layers.Reshape((length, 1)), layers.Rescaling(1 / alphabet_size)]
    end = layers.Dense(alphabet_size, activation="softmax")
    return keras.Sequential([layers.Input((length,)), *as_numbers, _memory(), end])


def _two_numbers(alphabet_size, length):
    _check_sizes(alphabet_size, length)
    return _network(alphabet_size, length, layers.LSTM(2, return_sequences=True))


def _frozen(alphabet_size, length):
    _check_sizes(alphabet_size, length)
    model = _network(alphabet_size, length, _memory())
    model.trainable = False
    return model


def _surprises(model, inputs, targets, log=np.log2):
    probabilities = model.predict(inputs, verbose=0)
    return -log(np.take_along_axis(probabilities, targets[..., None], axis=-1)[..., 0].astype(float))


def _probabilities(probabilities, temperature):
    if not temperature > 0:
        raise ValueError("temperature")
    return np.asarray(_some(probabilities), dtype=float)


def _check_generate(prompt, count, temperature):
    if count < 0 or not temperature > 0:
        raise ValueError("impossible")
    _some(prompt)


def _last(ids, length):
    return ids[-length:]


def _write(model, alphabet, prompt, count, temperature, rng, shown=_last, answer=None, front=False):
    _check_generate(prompt, count, temperature)
    length = model.input_shape[1]
    ids = encode(prompt, alphabet).tolist()
    for _ in range(count):
        seen = shown(ids, length)
        rest = [0] * (length - len(seen))
        window = np.array([rest + seen if front else seen + rest])
        place = -1 if front else answer(seen) if answer else len(seen) - 1
        p = model.predict_on_batch(window)[0, place]
        ids.append(sample(apply_temperature(p, temperature), rng))
    return decode(ids, alphabet)

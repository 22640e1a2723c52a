"""What goes wrong when characters are drawn and texts are written."""

from grader.misconceptions import misconception

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
    """At T = 0.001, 0.04 to the power of 1/T is zero for a computer, for every character, and 0/0 is not a number.
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


@misconception("sample")
def counts_what_a_single_draw_gives(probabilities, rng):
    """`multinomial` refuses probabilities that are more than 1 together, and 1/3 and 2/3 in float32 are, by a
    little. You have what the network gives: what has to happen to it before NumPy gets it?"""
    return int(np.argmax(rng.multinomial(1, _some(probabilities))))


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


# What several of them need and do right.


def _some(values):
    if len(values) == 0:
        raise ValueError("empty")
    return values


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

"""What goes wrong on the way from characters to numbers and windows."""

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

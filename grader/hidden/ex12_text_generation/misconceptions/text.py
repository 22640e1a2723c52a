"""What goes wrong on the way from characters to numbers and windows."""

from grader.misconceptions import misconception

# encode


@misconception("encode")
def unknown_characters_are_skipped(text, alphabet):
    """What is not in the alphabet disappears without a word: the ids then stand for another text. Say so instead."""
    return np.array([alphabet.index(character) for character in text if character in alphabet])


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


# ngram_probabilities


@misconception("ngram_probabilities")
def whole_context_for_no_context(ids, contexts, alphabet_size, weight=5.0):
    """Look at the shortest context, the empty one: in Python `context[-0:]` is the whole context. What do you count
    then in place of how frequent each character is?"""
    return _by_lengths(ids, contexts, alphabet_size, weight, lambda context, k: context[-k:])


@misconception("ngram_probabilities")
def first_characters_of_the_context(ids, contexts, alphabet_size, weight=5.0):
    """You shorten a context at its end, so the character that was read last is the first to be forgotten. Which end of
    *univers* says more about what comes next?"""
    return _by_lengths(ids, contexts, alphabet_size, weight, lambda context, k: context[:k])


@misconception("ngram_probabilities")
def leans_on_equal_shares(ids, contexts, alphabet_size, weight=5.0):
    """A context that never occurred makes all characters equally probable to you, whatever its last characters are.
    What could it lean on instead?"""
    return _by_lengths(ids, contexts, alphabet_size, weight, lengths=lambda order: [order])


@misconception("ngram_probabilities")
def shares_without_support(ids, contexts, alphabet_size, weight=5.0):
    """Where a context occurred you take its shares alone: what followed it once has probability 1, and all else is
    impossible. How many bits does it cost when the impossible comes?"""
    return _by_lengths(ids, contexts, alphabet_size, weight, support=lambda counts, w: 0 if counts.sum() else w)


@misconception("ngram_probabilities")
def last_character_is_not_counted(ids, contexts, alphabet_size, weight=5.0):
    """Count in a text of a single character: you find nothing. The last character follows something, too; where does
    your range end?"""
    _check_counting(ids, weight)
    return _by_lengths(ids, contexts, alphabet_size, weight, end=-1)


@misconception("ngram_probabilities")
def a_context_at_the_end_counts(ids, contexts, alphabet_size, weight=5.0):
    """Add up your rows: some are below 1. You divide by how often a context occurs, but at the very end of the text it
    is followed by nothing."""
    _check_counting(ids, weight)
    text = tuple(np.asarray(ids).tolist())

    def occurrences(context):
        return sum(text[t : t + len(context)] == context for t in range(len(text) - len(context) + bool(context)))

    return _by_lengths(ids, contexts, alphabet_size, weight, total=lambda context, counts: occurrences(context))


@misconception("ngram_probabilities")
def occurrences_do_not_overlap(ids, contexts, alphabet_size, weight=5.0):
    """Python's `count` goes on behind what it has found: in *aaaa* it finds *aa* twice. At how many places does it
    stand?"""
    _check_counting(ids, weight)
    text = "".join(chr(65 + i) for i in np.asarray(ids).tolist())

    def counts(context):
        letters = "".join(chr(65 + i) for i in context)
        return np.array([text.count(letters + chr(65 + x)) for x in range(alphabet_size)])

    return _by_lengths(ids, contexts, alphabet_size, weight, counted=counts)


@misconception("ngram_probabilities")
def weight_is_added_for_every_character(ids, contexts, alphabet_size, weight=5.0):
    """Each character gets `weight` from you, however probable the shorter context makes it. What should the weight be
    multiplied by, so that it is shared out?"""
    _check_counting(ids, weight)
    rows = [
        (_followers(ids, context, alphabet_size) + weight)
        / (_followers(ids, context, alphabet_size).sum() + weight * alphabet_size)
        for context in _tuples(contexts)
    ]
    return np.array(rows)


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


def _check_counting(ids, weight):
    _some(ids)
    if not weight > 0:
        raise ValueError("weight")


def _tuples(contexts):
    return [tuple(context) for context in np.asarray(contexts).tolist()]


def _followers(ids, context, alphabet_size, end=0):
    text = tuple(np.asarray(ids).tolist())
    found = [text[t] for t in range(len(context), len(text) + end) if text[t - len(context) : t] == context]
    return np.bincount(np.array(found, dtype=int), minlength=alphabet_size)


def _last_characters(context, k):
    return context[len(context) - k :]


def _all_lengths(order):
    return range(order + 1)


def _by_lengths(
    ids,
    contexts,
    alphabet_size,
    weight,
    part=_last_characters,
    lengths=_all_lengths,
    support=lambda counts, weight: weight,
    total=lambda context, counts: counts.sum(),
    counted=None,
    end=0,
):
    """The right answer, but for what is handed over."""
    _check_counting(ids, weight)
    counted = counted or (lambda context: _followers(ids, context, alphabet_size, end))
    rows = []
    for context in _tuples(contexts):
        p = np.full(alphabet_size, 1 / alphabet_size)
        for k in lengths(len(context)):
            shown = part(context, k)
            counts = counted(shown)
            w = support(counts, weight)
            p = (counts + w * p) / (total(shown, counts) + w)
        rows.append(p)
    return np.array(rows)

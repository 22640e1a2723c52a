"""Hidden tests of ex12: characters become numbers, numbers windows, and sequences are counted."""

import numpy as np
import pytest

from grader.compare import exactly, share
from grader.hidden.ex12_text_generation.known_language_models import LETTERS

# encode


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


# ngram_probabilities


def counted(text, context, size, weight):
    """The distribution after `context`, a tuple, from the definition: every place of the text is looked at."""
    followers = [text[t] for t in range(len(context), len(text)) if text[t - len(context) : t] == context]
    shorter = counted(text, context[1:], size, weight) if context else [1 / size] * size
    return [(followers.count(x) + weight * shorter[x]) / (len(followers) + weight) for x in range(size)]


def some_contexts(rng, order, size):
    """Thirty random contexts, as an array and as tuples."""
    contexts = rng.integers(0, size, size=(30, order))
    return contexts, [tuple(context) for context in contexts.tolist()]


@pytest.mark.task("ngram_probabilities", weight=3)
def test_distribution_after_each_context(student, rng):
    """What followed a context in the text, with the next shorter context in support"""
    ids = rng.choice(5, p=[0.4, 0.3, 0.15, 0.1, 0.05], size=150)
    for order in (1, 2, 3):
        contexts, tuples = some_contexts(rng, order, 5)
        expected = [counted(tuple(ids.tolist()), context, 5, 5.0) for context in tuples]
        assert student.ngram_probabilities(ids, contexts, 5) == share(expected)


@pytest.mark.task("ngram_probabilities")
def test_weight_of_the_shorter_context(student, rng):
    """A large weight believes in the shorter context, a small one in what was counted"""
    ids = rng.integers(0, 4, size=80)
    contexts, tuples = some_contexts(rng, 2, 4)
    for weight in (0.25, 40):
        expected = [counted(tuple(ids.tolist()), context, 4, weight) for context in tuples]
        assert student.ngram_probabilities(ids, contexts, 4, weight) == share(expected)


@pytest.mark.task("ngram_probabilities")
def test_context_that_never_occurs(student, rng):
    """After a context that the text does not have comes what comes after its last characters"""
    ids = rng.integers(0, 4, size=60)
    ends = rng.integers(0, 4, size=(6, 2))
    never = np.column_stack([np.full(6, 4), ends])  # the character 4 is not in the text
    expected = [counted(tuple(ids.tolist()), tuple(end), 5, 5.0) for end in ends.tolist()]
    assert student.ngram_probabilities(ids, never, 5) == share(expected)


@pytest.mark.task("ngram_probabilities")
def test_occurrences_may_overlap(student, rng):
    """Every place of the text is counted, also where a context overlaps with itself, and the very end"""
    times = int(rng.integers(4, 9))
    ids = [1] * times + [2]
    # After (1, 1) there were times - 2 ones and a two; before that, after (1), and in the whole text.
    p0 = (np.array([0, times, 1]) + 2 / 3) / (times + 1 + 2)
    p1 = (np.array([0, times - 1, 1]) + 2 * p0) / (times + 2)
    p2 = (np.array([0, times - 2, 1]) + 2 * p1) / (times - 1 + 2)
    assert student.ngram_probabilities(ids, [[1, 1]], 3, 2.0) == share([p2])


@pytest.mark.task("ngram_probabilities")
def test_no_context_at_all(student, rng):
    """Contexts of no characters: how frequent each character is, with a little of all others"""
    counts = rng.integers(0, 6, size=6)
    counts[0] += 1
    ids = rng.permutation(np.repeat(np.arange(6), counts))
    expected = np.tile((counts + 5 / 6) / (counts.sum() + 5), (3, 1))
    assert student.ngram_probabilities(ids, np.zeros((3, 0), dtype=int), 6) == share(expected)


@pytest.mark.task("ngram_probabilities", edge=True)
def test_context_longer_than_the_text(student):
    """A context may be longer than the text"""
    expected = [counted((1, 0, 1), (0, 1, 0, 1, 0), 2, 5.0)]
    assert student.ngram_probabilities([1, 0, 1], [[0, 1, 0, 1, 0]], 2) == share(expected)


@pytest.mark.task("ngram_probabilities", edge=True)
@pytest.mark.parametrize(("ids", "weight"), [([], 5.0), ([0, 1, 0], 0.0), ([0, 1, 0], -1.0)])
def test_counting_refuses_nothing_and_no_weight(student, ids, weight):
    """An empty text, and a weight of 0 or below, are a ValueError"""
    with pytest.raises(ValueError):
        student.ngram_probabilities(np.array(ids, dtype=int), np.array([[0]]), 2, weight)

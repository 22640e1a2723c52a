"""Hidden tests of ex12: characters become numbers and numbers windows."""

import numpy as np
import pytest

from grader.compare import exactly
from grader.hidden.ex12_text_generation.known_language_models import LETTERS

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

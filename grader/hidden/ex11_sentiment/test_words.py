"""Hidden tests of ex11: texts become words, and words numbers."""

import numpy as np
import pytest

from grader.compare import exactly
from grader.hidden.ex11_sentiment.sentences import (
    FIRST_WORD,
    bags_of,
    made_up_words,
    numbered,
    rows_of,
    some_texts,
    texts_with_counts,
)

# tokenize


def word_list(result):
    assert np.ndim(result) == 1, "a list of words is expected"
    return [str(word) for word in result]


@pytest.mark.task("tokenize", weight=2)
def test_words_between_spaces_and_punctuation(student, rng):
    """Words come in order, lower-cased and without the punctuation around them"""
    words = made_up_words(rng, 12)
    written = [str(rng.choice([word, word.upper(), word.capitalize()])) for word in words]
    gaps = rng.permutation([" ", ", ", ". ", "! ", " (", ") ", "\n", "\t", " ... ", ': "', "; ", "?"])
    text = "".join(word + gap for word, gap in zip(written, gaps, strict=True))
    assert word_list(student.tokenize(text)) == words, "these are not the lower-cased words between the punctuation"


@pytest.mark.task("tokenize")
def test_apostrophes_and_digits_belong_to_words(student, rng):
    """An apostrophe is a part of a word, and so are digits"""
    word, number = made_up_words(rng, 1)[0], int(rng.integers(10, 100))
    words = [f"{word}'s", f"{number}th", f"o'{word}", f"{number}"]
    assert word_list(student.tokenize(" ".join(words))) == words, "an apostrophe or a digit is not a part of a word"


@pytest.mark.task("tokenize")
def test_everything_else_separates(student, rng):
    """Hyphens, underscores and letters with accents separate words"""
    words = made_up_words(rng, 5)
    text = f"{words[0]}-{words[1]}/{words[2]}_{words[3]}é{words[4]}"
    assert word_list(student.tokenize(text)) == words, "something that is not in [a-z0-9'] does not separate words"


@pytest.mark.task("tokenize")
def test_words_may_repeat(student, rng):
    """A word that occurs three times is there three times"""
    first, second = made_up_words(rng, 2)
    words = [second, first, second, second]
    assert word_list(student.tokenize(" ".join(words))) == words, "words that repeat are lost"


@pytest.mark.task("tokenize", edge=True)
def test_text_without_words(student):
    """Where there is no word, the list is empty"""
    assert np.shape(student.tokenize(" ... -- !")) == (0,), "punctuation is not a word"


# build_vocabulary


def vocabulary_in(result):
    assert hasattr(result, "items"), "a dict {word: id} is expected"
    assert np.asarray([0, *result.values()]).dtype.kind in "iu", "the ids are not integers"
    return {str(word): int(i) for word, i in result.items()}


@pytest.mark.task("build_vocabulary", weight=2)
def test_ids_follow_the_frequency(student, rng):
    """The most frequent word gets the id 2, the next one 3, and so on"""
    texts, words = texts_with_counts(rng, counts=range(12, 0, -1))
    found = vocabulary_in(student.build_vocabulary(texts, 100))
    assert set(found) == set(words), "the vocabulary does not hold the words of the texts and nothing else"
    ids = [found[word] for word in words]
    assert ids == list(range(FIRST_WORD, FIRST_WORD + 12)), "the ids do not follow the frequency, from 2 on"


@pytest.mark.task("build_vocabulary")
def test_equal_frequencies_follow_the_alphabet(student, rng):
    """Words that occur equally often come in the order of the alphabet"""
    texts, words = texts_with_counts(rng, counts=[3] * 8)
    found = vocabulary_in(student.build_vocabulary(texts, 100))
    assert sorted(found, key=found.get) == sorted(words), "equally frequent words do not follow the alphabet"


@pytest.mark.task("build_vocabulary")
def test_keeps_the_most_frequent_words(student, rng):
    """Of more than `max_words` words the most frequent ones are kept"""
    texts, words = texts_with_counts(rng, counts=range(12, 0, -1))
    kept = int(rng.integers(3, 9))
    found = vocabulary_in(student.build_vocabulary(texts, kept))
    assert len(found) == kept, "the vocabulary does not hold `max_words` words"
    assert sorted(found, key=found.get) == words[:kept], "the words that are kept are not the most frequent ones"


@pytest.mark.task("build_vocabulary")
def test_counts_words_as_tokenize_finds_them(student, rng):
    """Case and punctuation make no other word"""
    one, two = made_up_words(rng, 2)
    texts = [f"{one.capitalize()}, {two}.", f"({one.upper()}!)", f"{two} {one}", f"{one}?"]
    found = vocabulary_in(student.build_vocabulary(texts, 100))
    assert found == {one: 2, two: 3}, "words are not counted as `tokenize` finds them"


@pytest.mark.task("build_vocabulary")
def test_counts_occurrences(student, rng):
    """A word counts as often as it occurs, not once per text"""
    often, everywhere = made_up_words(rng, 2)
    found = vocabulary_in(student.build_vocabulary([f"{often} " * 5 + everywhere, everywhere, everywhere], 100))
    assert found == {often: 2, everywhere: 3}, "a word that occurs several times in a text counts several times"


@pytest.mark.task("build_vocabulary", weight=2)
def test_vocabulary_depends_on_its_texts_only(student, rng):
    """Texts that were given to another call leave no trace"""
    words = made_up_words(rng, 20)
    train, test = some_texts(rng, words[:10]), some_texts(rng, words[10:], count=20)
    before = vocabulary_in(student.build_vocabulary(train, 12))
    student.build_vocabulary(test, 12)
    after = vocabulary_in(student.build_vocabulary(train, 12))
    assert before, "the vocabulary is empty"
    assert before == after, "the vocabulary depends on texts of other calls: test words leak into the training"


@pytest.mark.task("build_vocabulary", edge=True)
@pytest.mark.parametrize(("texts", "max_words"), [([], 10), (["a good film"], 0)])
def test_vocabulary_refuses_no_texts_and_no_words(student, texts, max_words):
    """No texts, or a vocabulary of no words, is a ValueError"""
    with pytest.raises(ValueError):
        student.build_vocabulary(texts, max_words)


@pytest.mark.task("build_vocabulary", edge=True)
def test_vocabulary_of_a_single_word(student, rng):
    """Of all words a single one may be kept"""
    texts, words = texts_with_counts(rng, counts=range(5, 0, -1))
    found = vocabulary_in(student.build_vocabulary(texts, 1))
    assert found == {words[0]: FIRST_WORD}, "the most frequent word alone, with the id 2, is expected"


# encode


@pytest.mark.task("encode", weight=3)
def test_rows_of_ids(student, rng):
    """Known and unknown words, longer and shorter texts: each is a row of ids"""
    words = made_up_words(rng, 16)
    vocabulary, texts = numbered(rng, words[:12]), some_texts(rng, words)
    assert student.encode(texts, vocabulary, 6) == exactly(rows_of(texts, vocabulary, 6))


@pytest.mark.task("encode")
def test_shorter_texts_are_filled_up_at_the_end(student, rng):
    """The ids come first, then the padding"""
    words = made_up_words(rng, 4)
    vocabulary = numbered(rng, words)
    ids = [vocabulary[word] for word in words]
    assert student.encode([" ".join(words)], vocabulary, 7) == exactly([[*ids, 0, 0, 0]])


@pytest.mark.task("encode")
def test_longer_texts_lose_their_end(student, rng):
    """The first words are kept"""
    words = made_up_words(rng, 8)
    vocabulary = numbered(rng, words)
    ids = [vocabulary[word] for word in words[:5]]
    assert student.encode([" ".join(words)], vocabulary, 5) == exactly([ids])


@pytest.mark.task("encode", weight=2)
def test_unseen_words_are_unknown(student, rng):
    """A word that is not in the vocabulary is 1, however often it occurs"""
    words = made_up_words(rng, 6)
    vocabulary = numbered(rng, words[:3])
    texts = [" ".join([words[0], *[words[4]] * 9]), f"{words[5]} {words[1]} {words[3]}"]
    expected = [[vocabulary[words[0]], 1, 1, 1], [1, vocabulary[words[1]], 1, 0]]
    assert student.encode(texts, vocabulary, 4) == exactly(expected)


@pytest.mark.task("encode")
def test_encodes_words_as_tokenize_finds_them(student, rng):
    """Case and punctuation make no other word"""
    words = made_up_words(rng, 3)
    vocabulary = numbered(rng, words)
    text = f"{words[0].upper()}, {words[1].capitalize()}-{words[2]}!"
    assert student.encode([text], vocabulary, 3) == exactly([[vocabulary[word] for word in words]])


@pytest.mark.task("encode", edge=True)
def test_text_without_words_is_padding(student):
    """A text without words is a row of zeros"""
    assert student.encode(["...", "film"], {"film": 2}, 3) == exactly([[0, 0, 0], [2, 0, 0]])


@pytest.mark.task("encode", edge=True)
def test_encode_refuses_length_zero(student):
    """Rows of no ids are a ValueError"""
    with pytest.raises(ValueError):
        student.encode(["a film"], {"film": 2}, 0)


@pytest.mark.task("encode", edge=True)
def test_rows_of_a_single_id(student, rng):
    """A row may have a single id: that of the first word"""
    words = made_up_words(rng, 4)
    vocabulary = numbered(rng, words[:3])
    texts = [" ".join(words), words[2], words[3]]
    assert student.encode(texts, vocabulary, 1) == exactly([[vocabulary[words[0]]], [vocabulary[words[2]]], [1]])


# bag_of_words


def check_bags(result, expected):
    """Counts, or presence throughout."""
    bags = np.asarray(result, dtype=float)
    assert bags.shape == expected.shape, "a row per text and a column per id, from 0 on, are expected"
    right = np.array_equal(bags, expected) or np.array_equal(bags, expected > 0)
    assert right, "these are neither the counts of the words nor their presence"


@pytest.mark.task("bag_of_words", weight=3)
def test_counts_in_the_columns_of_the_ids(student, rng):
    """Each column counts the word with its id; column 1 counts unknown words, column 0 nothing"""
    words = made_up_words(rng, 14)
    vocabulary, texts = numbered(rng, words[:10]), some_texts(rng, words)
    check_bags(student.bag_of_words(texts, vocabulary), bags_of(texts, vocabulary))


@pytest.mark.task("bag_of_words")
def test_order_of_the_words_is_lost(student, rng):
    """The same words in another order are the same bag"""
    words = made_up_words(rng, 8)
    vocabulary, texts = numbered(rng, words), [" ".join(words), " ".join(reversed(words))]
    check_bags(student.bag_of_words(texts, vocabulary), np.array([[0, 0, *[1] * 8]] * 2))


@pytest.mark.task("bag_of_words")
def test_bag_of_unknown_words(student, rng):
    """Words that are not in the vocabulary have one column together"""
    words = made_up_words(rng, 6)
    vocabulary, texts = numbered(rng, words[:3]), [" ".join(words[3:])]
    check_bags(student.bag_of_words(texts, vocabulary), np.array([[0, 3, 0, 0, 0]]))


@pytest.mark.task("bag_of_words")
def test_bag_holds_words_as_tokenize_finds_them(student, rng):
    """Case and punctuation make no other word"""
    words = made_up_words(rng, 2)
    texts = [f"{words[0].upper()}, {words[1]}-{words[0]}!"]
    check_bags(student.bag_of_words(texts, {words[1]: 2, words[0]: 3}), np.array([[0, 0, 1, 2]]))

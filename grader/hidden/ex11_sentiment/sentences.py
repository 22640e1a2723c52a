"""The grader's own words, vocabularies, rows of ids and bags of words, and sentences of made-up words."""

import re
from collections import Counter

import numpy as np

PADDING, UNKNOWN, FIRST_WORD = 0, 1, 2


def words_of(text):
    return re.findall(r"[a-z0-9']+", text.lower())


def vocabulary_of(texts, max_words):
    counts = Counter(word for text in texts for word in words_of(text))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return {word: i for i, word in enumerate(ranked[:max_words], start=FIRST_WORD)}


def rows_of(texts, vocabulary, length):
    rows = np.full((len(texts), length), PADDING)
    for row, text in zip(rows, texts, strict=True):
        ids = [vocabulary.get(word, UNKNOWN) for word in words_of(text)][:length]
        row[: len(ids)] = ids
    return rows


def bags_of(texts, vocabulary):
    bags = np.zeros((len(texts), len(vocabulary) + FIRST_WORD), dtype="float32")
    for bag, text in zip(bags, texts, strict=True):
        np.add.at(bag, [vocabulary.get(word, UNKNOWN) for word in words_of(text)], 1)
    return bags


def made_up_words(rng, count):
    """Different words of 3 to 8 letters, in no order."""
    words = set()
    while len(words) < count:
        words.add("".join(rng.choice(list("abcdefghijklmnoprstuvwz"), size=rng.integers(3, 9))))
    return [str(word) for word in rng.permutation(sorted(words))]


def numbered(rng, words):
    """A vocabulary with ids in no order: they follow neither the alphabet nor the order of the dict."""
    return {word: int(i) for word, i in zip(words, rng.permutation(len(words)) + FIRST_WORD, strict=True)}


def some_texts(rng, words, count=12, longest=12):
    return [" ".join(rng.choice(words, size=rng.integers(1, longest + 1))) for _ in range(count)]


def texts_with_counts(rng, counts):
    """Five texts in which each of some words occurs as often as `counts` says, and the words."""
    words = made_up_words(rng, len(counts))
    shuffled = rng.permutation(np.repeat(words, counts))
    return [" ".join(part) for part in np.array_split(shuffled, 5)], words

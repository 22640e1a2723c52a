"""Sentences with a label, and a novel."""

from __future__ import annotations

import gzip
from typing import NamedTuple

import numpy as np

from course_data.shipped import read_file
from course_data.split import Split

REVIEWS_FOR_TESTING = 2009
TEST_FRACTION_OF_NOVEL = 0.1


class Text(NamedTuple):
    """One running text, cut in two."""

    train: str
    test: str


def load_reviews() -> Split:
    """Sentences of movie reviews; 1 is positive, 0 negative."""
    lines = gzip.decompress(read_file("reviews.tsv.gz")).decode("utf-8").splitlines()
    labels, sentences = zip(*(line.split("\t", 1) for line in lines), strict=True)
    x, y = list(sentences), np.array(labels, dtype=np.int64)
    test = REVIEWS_FOR_TESTING
    return Split(x[test:], y[test:], x[:test], y[:test])


def load_austen() -> Text:
    """*Pride and Prejudice* in lower case; the last tenth is for testing."""
    novel = gzip.decompress(read_file("austen.txt.gz")).decode("utf-8").lower()
    end = len(novel) - round(len(novel) * TEST_FRACTION_OF_NOVEL)
    return Text(novel[:end], novel[end:])

"""What goes wrong on the way from texts to words and from words to numbers."""

from grader.misconceptions import misconception

# tokenize


@misconception("tokenize")
def splits_at_spaces_only(text):
    """Look at a sentence with a comma: *good,* and *good* are two different words to you. A word is made of
    letters, digits and apostrophes, and everything else ends it."""
    return text.lower().split()


@misconception("tokenize")
def keeps_capital_letters(text):
    """*Good* at the beginning of a sentence and *good* in the middle are the same word. What has to happen to
    the text before you look for words?"""
    return re.findall(r"[A-Za-z0-9']+", text)


@misconception("tokenize")
def breaks_words_at_apostrophes(text):
    """Your *don't* falls into *don* and *t*, and nobody can read the *not* in them any more. Look once more at
    the characters that a word may have."""
    return re.findall(r"[a-z0-9]+", text.lower())


# build_vocabulary


@misconception("build_vocabulary")
def first_word_gets_zero(texts, max_words):
    """Your most frequent word has the id 0, which is the padding: to the network it is the same as nothing.
    Which ids are taken already?"""
    return {word: i for i, word in enumerate(_ranked(texts, max_words))}


@misconception("build_vocabulary")
def padding_and_unknown_use_up_places(texts, max_words):
    """You keep two words fewer than asked for. `max_words` counts words; the ids 0 and 1 come on top, that is
    why `vocabulary_size` is larger by two."""
    return {word: i for i, word in enumerate(_ranked(texts, max_words)[: max_words - 2], start=2)}


@misconception("build_vocabulary")
def ties_as_they_come(texts, max_words):
    """Words that occur equally often keep the order in which they came up, so the same reviews in another order
    make another vocabulary. What decides between equals?"""
    _checked(texts, max_words)
    counts = Counter(word for text in texts for word in tokenize(text))
    return {word: i for i, (word, _) in enumerate(counts.most_common(max_words), start=2)}


@misconception("build_vocabulary")
def counts_texts_instead_of_occurrences(texts, max_words):
    """You count in how many texts a word occurs. Here it counts as often as it is there, also when that is
    several times in one text."""
    _checked(texts, max_words)
    counts = Counter(word for text in texts for word in set(tokenize(text)))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return {word: i for i, word in enumerate(ranked[:max_words], start=2)}


@misconception("build_vocabulary")
def remembers_the_texts_of_other_calls(texts, max_words, counts=Counter()):  # noqa: B008
    """Call it twice, with training and then with test texts: the counts of the first call are still there, and
    words leak from one vocabulary into the other. A default value is made once, not for each call."""
    _checked(texts, max_words)
    counts.update(word for text in texts for word in tokenize(text))
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return {word: i for i, word in enumerate(ranked[:max_words], start=2)}


# encode


@misconception("encode")
def pads_at_the_beginning(texts, vocabulary, length):
    """Your zeros come before the words. That is what Keras' `pad_sequences` does unless told otherwise; which end
    does the docstring ask for?"""
    _at_least_one(length)
    rows = [_numbers(text, vocabulary)[:length] for text in texts]
    return np.array([[0] * (length - len(row)) + row for row in rows])


@misconception("encode")
def cuts_off_the_beginning(texts, vocabulary, length):
    """Of a long sentence you keep the last words. That is what Keras' `pad_sequences` does unless told otherwise;
    which words does the docstring ask for?"""
    _at_least_one(length)
    rows = [_numbers(text, vocabulary)[-length:] for text in texts]
    return np.array([row + [0] * (length - len(row)) for row in rows])


@misconception("encode")
def leaves_out_unknown_words(texts, vocabulary, length):
    """A word that is not in the vocabulary vanishes, and its neighbours move together. That there *was* a word
    is worth knowing: there is an id for it."""
    _at_least_one(length)
    rows = [[vocabulary[word] for word in tokenize(text) if word in vocabulary][:length] for text in texts]
    return np.array([row + [0] * (length - len(row)) for row in rows])


@misconception("encode")
def new_words_get_new_ids(texts, vocabulary, length):
    """Words that the vocabulary lacks get new ids from you. The network was made for `vocabulary_size` of them and
    has learned nothing about the new ones: what is not known stays unknown."""
    _at_least_one(length)
    known = dict(vocabulary)
    rows = [[known.setdefault(word, len(known) + 2) for word in tokenize(text)][:length] for text in texts]
    return np.array([row + [0] * (length - len(row)) for row in rows])


# bag_of_words


@misconception("bag_of_words")
def columns_for_words_only(texts, vocabulary):
    """Your bags have one column per word, so the word with the id 2 is in column 0. The column of a word is its
    id, and the model expects `vocabulary_size` columns."""
    bags = np.zeros((len(texts), len(vocabulary)))
    for bag, text in zip(bags, texts, strict=True):
        for word in tokenize(text):
            if word in vocabulary:
                bag[vocabulary[word] - 2] += 1
    return bags


@misconception("bag_of_words")
def unknown_words_are_not_counted(texts, vocabulary):
    """Give it a text of unknown words only: the bag is empty, as if there were no text. Unknown words have a
    column, too."""
    bags = np.zeros((len(texts), len(vocabulary) + 2))
    for bag, text in zip(bags, texts, strict=True):
        for word in tokenize(text):
            if word in vocabulary:
                bag[vocabulary[word]] += 1
    return bags


@misconception("bag_of_words")
def counts_a_padded_row(texts, vocabulary):
    """You count the ids of rows that `encode` has cut and padded. In column 0 there is the padding then, which is
    not a word; and what was cut off is missing."""
    return np.array([np.bincount(row, minlength=len(vocabulary) + 2) for row in encode(texts, vocabulary, 20)])


# What several of them need and do right.


def _checked(texts, max_words):
    if len(texts) == 0 or max_words < 1:
        raise ValueError("no texts or no words")


def _ranked(texts, max_words):
    _checked(texts, max_words)
    counts = Counter(word for text in texts for word in tokenize(text))
    return sorted(counts, key=lambda word: (-counts[word], word))[:max_words]


def _at_least_one(length):
    if length < 1:
        raise ValueError("no length")


def _numbers(text, vocabulary):
    return [vocabulary.get(word, 1) for word in tokenize(text)]

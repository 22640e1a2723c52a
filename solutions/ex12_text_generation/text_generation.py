"""Text generation: a network that reads Jane Austen character by character, and then writes on its own.

Slide: Text Generation.

A text is a sequence of integers, the `ids` of its characters in an alphabet. A network learns to say, at every
position, how probable each character of the alphabet is as the next one. Drawing from these probabilities again and
again gives new text. Its opponent is a model that learns nothing, but counts. Arrays and lists are never modified.
Everything runs on any backend of Keras 3.

Use built-in layers and operations of Keras: graders rebuild your model from its configuration and do not have your own
classes.
"""

from __future__ import annotations

### BEGIN SOLUTION
from collections import defaultdict

### END SOLUTION
from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray


def build_alphabet(text: str) -> list[str]:
    """The different characters of a text, sorted: the id of a character is its place in this list. It is given."""
    return sorted(set(text))


def decode(ids: ArrayLike, alphabet: Sequence[str]) -> str:
    """Ids as text: `decode([2, 0, 1], ["a", "b", "c"])` is `"cab"`. It is given.

    Raises:
        ValueError: an id is not in `0 .. len(alphabet) - 1` (a negative one is not counted from the end).
    """
    ids = np.asarray(ids)
    if np.any(ids < 0) or np.any(ids >= len(alphabet)):
        raise ValueError(f"ids must be in 0 .. {len(alphabet) - 1}")
    return "".join(alphabet[i] for i in ids)


def encode(text: str, alphabet: Sequence[str]) -> NDArray[np.int64]:
    """Text as ids: `encode("cab", ["a", "b", "c"])` is `[2, 0, 1]`. The inverse of `decode`.

    Args:
        text: N characters.
        alphabet: the known characters, as `build_alphabet` lists them.

    Returns:
        The ids, `(N,)` integers in `0 .. len(alphabet) - 1`.

    Raises:
        ValueError: a character is not in the alphabet.
    """
    ### BEGIN SOLUTION
    id_of = {character: i for i, character in enumerate(alphabet)}
    unknown = set(text) - set(id_of)
    if unknown:
        raise ValueError(f"not in the alphabet: {sorted(unknown)}")
    return np.array([id_of[character] for character in text], dtype=np.int64)
    ### END SOLUTION


def make_windows(ids: ArrayLike, length: int, step: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut a text into windows to learn from, each with the answers: at every position the character that follows.

    Window w starts at the position `w * step` of the text, and its targets are one character ahead::

        inputs[w]  = ids[w * step     : w * step + length]
        targets[w] = ids[w * step + 1 : w * step + length + 1]

    There are as many windows as fit into the text together with their last target. With `step = length` they do not
    overlap; a smaller step makes more windows out of the same text.

    Args:
        ids: a text, `(N,)` integers.
        length: characters in a window, at least 1.
        step: from the start of a window to the start of the next, at least 1.

    Returns:
        inputs: `(W, length)` integers.
        targets: `(W, length)` integers.

    Raises:
        ValueError: `length` or `step` is below 1, or the text has fewer than `length + 1` characters.
    """
    ### BEGIN SOLUTION
    ids = np.asarray(ids)
    if length < 1 or step < 1:
        raise ValueError(f"length is {length} and step is {step}: both must be at least 1")
    if len(ids) < length + 1:
        raise ValueError(f"{len(ids)} characters are too few: a window of {length} and its targets need {length + 1}")
    starts = np.arange(0, len(ids) - length, step)
    positions = starts[:, None] + np.arange(length)
    return ids[positions], ids[positions + 1]
    ### END SOLUTION


def ngram_probabilities(
    ids: ArrayLike, contexts: ArrayLike, alphabet_size: int, weight: float = 5.0
) -> NDArray[np.float64]:
    """What comes next, from counting alone: the distribution of the character after each context.

    Where did these n characters stand in the text, and what followed? With count(s, x) for how often the character x
    follows the sequence s in `ids`, the shares count(s, x) / sum_y count(s, y) are an n-gram model, of n + 1 characters
    (*counting fives* for n = 4). But long contexts are rare, and one that never occurred has no shares. So every length
    leans on the next shorter one, as if it had been seen `weight` times more with what that one expects::

        p_0(x) = (count("", x) + weight / C)          / (sum_y count("", y) + weight)      C = alphabet_size
        p_k(x) = (count(s_k, x) + weight p_{k-1}(x))  / (sum_y count(s_k, y) + weight)     for k = 1 .. n

    s_k are the *last* k characters of the context, and the result is p_n. count("", x) is how often x occurs at all.
    Occurrences may overlap: in *aaaa*, the sequence *aa* is followed by an *a* twice.

    Args:
        ids: the text to count in, `(N,)` integers.
        contexts: M contexts of n characters each, `(M, n)` integers; n may be 0. There may be tens of thousands of
            them: count once for all.
        alphabet_size: the number of characters C.
        weight: how much a length leans on the shorter one, a positive number.

    Returns:
        `(M, C)` in float64; every row adds up to 1.

    Raises:
        ValueError: the text is empty, or `weight` is not positive.
    """
    ### BEGIN SOLUTION
    ids, contexts = np.asarray(ids).tolist(), np.asarray(contexts)
    if not ids:
        raise ValueError("the text is empty: there is nothing to count")
    if not weight > 0:
        raise ValueError(f"weight is {weight}: it must be positive")
    count, order = contexts.shape
    probabilities = np.full((count, alphabet_size), 1 / alphabet_size)
    for k in range(order + 1):
        followers = defaultdict(lambda: np.zeros(alphabet_size))
        for t in range(k, len(ids)):
            followers[tuple(ids[t - k : t])][ids[t]] += 1
        # Not context[-k:], which is all of it for k = 0.
        seen = np.array([followers[tuple(context)] for context in contexts[:, order - k :]])
        probabilities = (seen + weight * probabilities) / (seen.sum(axis=1, keepdims=True) + weight)
    return probabilities
    ### END SOLUTION


def build_model(alphabet_size: int, length: int) -> keras.Model:
    """A recurrent network that predicts the next character at every position of a window.

    An embedding turns each id into a vector of numbers that are learnt, a recurrent layer (`LSTM`, `GRU`, `SimpleRNN`)
    carries a memory h from left to right, and a softmax turns it into C probabilities (slides *Recurrent Neural
    Network*, *Text Generation*)::

        h_t = recurrent(embedding(x_t), h_{t-1})
        p_t = softmax(h_t W + b)            the probabilities of the character x_{t+1}

    The model is *causal*: p_t depends on all of x_0 .. x_t, and on nothing that comes later, since x_{t+1} is the
    answer. Every id from 0 to C - 1 is a character; none stands for padding.

    How large the layers are is yours to choose. In the capstone the grader trains the model (Adam, sparse categorical
    cross-entropy, 3 epochs of 120,000 characters of *Pride and Prejudice*, at most 60 CPU seconds); then it has to
    predict unseen text better than the best guess from a single character does: below 3.43 bits per character. One
    layer of 64 units gets there in a few seconds.

    Args:
        alphabet_size: the number of characters C.
        length: characters in a window.

    Returns:
        The model, which maps ids `(N, length)` to probabilities `(N, length, C)`. It need not be compiled.

    Raises:
        ValueError: `alphabet_size` is below 2 (nothing to predict), or `length` below 1.
    """
    ### BEGIN SOLUTION
    if alphabet_size < 2:
        raise ValueError(f"alphabet_size is {alphabet_size}: there must be at least 2 characters")
    if length < 1:
        raise ValueError(f"length is {length}: a window has at least 1 character")
    return keras.Sequential(
        [
            keras.layers.Input((length,)),
            keras.layers.Embedding(alphabet_size, 32),
            keras.layers.GRU(64, return_sequences=True),
            keras.layers.Dense(alphabet_size, activation="softmax"),
        ]
    )
    ### END SOLUTION


def bits_per_character(model: keras.Model, ids: ArrayLike, length: int) -> float:
    """How much a model is surprised by a text: the mean of -log2 of the probability of the character that came.

    The text is cut into windows that do not overlap, so that each character is predicted once (`step = length` in
    `make_windows`); what remains at the end and fills no window is left out. The mean is over all positions of all
    windows::

        bits = -(1 / (W length)) sum_w sum_t log2 p[w, t, target_wt]

    Guessing blindly among C characters costs log2 C bits. The number is also how far the text could be compressed
    (C. E. Shannon, *Prediction and Entropy of Printed English*, 1951).

    The model is used, not trained: dropout is off and no weight changes.

    Args:
        model: maps ids `(N, length)` to probabilities `(N, length, C)`; it need not be compiled.
        ids: a text, `(N,)` integers.
        length: characters in a window of the model.

    Returns:
        The bits per character.

    Raises:
        ValueError: the text has fewer than `length + 1` characters, or `length` is below 1.
    """
    ### BEGIN SOLUTION
    inputs, targets = make_windows(ids, length, step=length)
    probabilities = model.predict(inputs, verbose=0)
    of_targets = np.take_along_axis(probabilities, targets[..., None], axis=-1)
    return float(-np.mean(np.log2(of_targets, dtype=np.float64)))
    ### END SOLUTION


def apply_temperature(probabilities: ArrayLike, temperature: float) -> NDArray[np.float64]:
    """Sharpen or flatten a distribution, as a softmax does whose scores are divided by a temperature T.

    ::

        q_i = p_i^(1/T) / sum_j p_j^(1/T)  =  softmax(ln(p) / T)_i

    T = 1 changes nothing. Towards T = 0 all probability goes to the most probable character; as T grows, all
    characters that are possible at all become equally probable. A probability of 0 stays 0. This holds for *every*
    T > 0: also for T = 0.001, where `p^(1/T)` is too small for a floating-point number, the result is finite.

    The network's probabilities are float32, in which they add up to 1 only roughly. Compute in float64: the results
    add up to 1 up to 1e-12.

    Args:
        probabilities: p, `(C,)`, at least one of them positive.
        temperature: T, a positive number.

    Returns:
        q, `(C,)` in float64.

    Raises:
        ValueError: the temperature is not positive, or there are no probabilities.
    """
    ### BEGIN SOLUTION
    p = np.asarray(probabilities, dtype=np.float64)
    if not temperature > 0:
        raise ValueError(f"temperature is {temperature}: it must be positive")
    if p.size == 0:
        raise ValueError("there are no probabilities")
    # Relative to the largest, whose power is then 1 at any temperature: the sum is never 0.
    q = (p / p.max()) ** (1 / temperature)
    return q / q.sum()
    ### END SOLUTION


def sample(probabilities: ArrayLike, rng: np.random.Generator) -> int:
    """Draw an id at random: i comes with probability p_i.

    Args:
        probabilities: p, `(C,)`. They add up to 1 as far as their type can tell: float32 is fine, too.
        rng: where the randomness comes from.

    Returns:
        An integer in `0 .. C - 1`.

    Raises:
        ValueError: there are no probabilities.
    """
    ### BEGIN SOLUTION
    p = np.asarray(probabilities, dtype=np.float64)
    return int(rng.choice(len(p), p=p / p.sum()))
    ### END SOLUTION


def generate(
    model: keras.Model,
    alphabet: Sequence[str],
    prompt: str,
    count: int,
    temperature: float,
    rng: np.random.Generator,
) -> str:
    """Continue a text: predict the next character, draw it, append it, and again.

    The model takes windows of exactly `model.input_shape[1]` characters. Of a longer text it sees the last ones. A
    shorter text does not fill a window: what is put into the rest of it must not change the prediction, so put it where
    a causal model does not look, *behind* the text, and read the probabilities at the text's own last character.

    Each character is drawn with `sample` from the model's probabilities after `apply_temperature`. The model is used,
    not trained: dropout is off. (`model.predict_on_batch` is much faster than `model.predict` for a single window.)

    Args:
        model: a causal model that maps ids `(N, length)` to probabilities `(N, length, C)`.
        alphabet: its C characters.
        prompt: the text to continue, at least one character, shorter or longer than a window.
        count: how many characters to write, at least 0.
        temperature: a positive number.
        rng: where the randomness comes from; the same seed gives the same text.

    Returns:
        The prompt and `count` more characters.

    Raises:
        ValueError: the prompt is empty or has a character that is not in the alphabet, `count` is negative, or the
            temperature is not positive.
    """
    ### BEGIN SOLUTION
    if not prompt:
        raise ValueError("the prompt is empty: there is nothing to continue")
    if count < 0:
        raise ValueError(f"count is {count}: it cannot be negative")
    length = model.input_shape[1]
    ids = encode(prompt, alphabet).tolist()
    for _ in range(count):
        seen = ids[-length:]
        window = np.zeros((1, length), dtype=np.int64)
        window[0, : len(seen)] = seen
        probabilities = model.predict_on_batch(window)[0, len(seen) - 1]
        ids.append(sample(apply_temperature(probabilities, temperature), rng))
    return decode(ids, alphabet)
    ### END SOLUTION

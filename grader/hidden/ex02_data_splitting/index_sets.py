"""Reads the indices that a student's split gave back, and checks what holds for all of them."""

import numpy as np


def numbers(values):
    """Indices as a sorted list of Python integers, from any sequence of integers."""
    array = np.asarray(values)
    assert array.ndim == 1, "indices are one-dimensional"
    assert array.size == 0 or array.dtype.kind in "iu", "indices are integers"
    return sorted(array.tolist())


def split_of(pair, n):
    """The two sides of a split, after checking that they divide `0 .. n - 1`."""
    first, second = pair
    first, second = numbers(first), numbers(second)
    assert len(set(first) & set(second)) == 0, "an index is on both sides"
    assert sorted(first + second) == list(range(n)), "every index must occur exactly once"
    return first, second


def depends_on_the_seed_alone(draw, rng):
    """Equal seeds draw the same set, different ones different sets."""
    seed = int(rng.integers(10**6))
    first, again, other = (draw(np.random.default_rng(s)) for s in (seed, seed, seed + 1))
    assert first == again, "the same seed gave two results: something else than rng is random"
    assert first != other, "different seeds gave the same result: rng is not used"

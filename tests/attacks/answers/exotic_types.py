"""Objects, structures, dates, long doubles and truth values that are neither 0 nor 1, in arrays."""

import itertools

import numpy as np

VALUES = itertools.cycle(
    [
        np.array([None, object()], dtype=object),
        np.zeros(3, dtype=[("a", "i4"), ("b", "f8")]),
        np.datetime64("2024-01-01"),
        np.array(["2024-01-01"], dtype="M8[s]"),
        np.timedelta64(1, "s"),
        np.longdouble("nan"),
        np.array([1 + 2j], dtype=np.clongdouble),
        np.frombuffer(bytes([2, 3, 255]), "?"),
        np.void(b"abc"),
        np.array(["a" * 9000]),
        10**4000,
        -(10**5000),
        "\ud800",
        float,
        ...,
    ]
)


def attack(*args, **kwargs):
    return next(VALUES)

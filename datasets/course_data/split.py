"""What `load` returns."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray


class Split(NamedTuple):
    """Inputs `(N, ...)` and labels or targets `(N,)`, for training and for testing.

    Inputs are arrays; those of a set of sentences are lists of `str`.
    """

    x_train: Any
    y_train: NDArray
    x_test: Any
    y_test: NDArray

"""Small tables that come with scikit-learn: real measurements, and point clouds drawn from a fixed seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_data.split import Split

TEST_FRACTION = 0.25
SPLIT_SEED = 0


def _from_sklearn(loader: str, **arguments: Any) -> Callable[[], tuple[NDArray, NDArray]]:
    """Return a set made by a function of `sklearn.datasets`, imported only when it is asked for (it takes a second)."""

    def read() -> tuple[NDArray, NDArray]:
        import sklearn.datasets

        return getattr(sklearn.datasets, loader)(**arguments)

    return read


_SETS: dict[str, Callable[[], tuple[NDArray, NDArray]]] = {
    "iris": _from_sklearn("load_iris", return_X_y=True),
    "wine": _from_sklearn("load_wine", return_X_y=True),
    "breast_cancer": _from_sklearn("load_breast_cancer", return_X_y=True),
    "diabetes": _from_sklearn("load_diabetes", return_X_y=True, scaled=False),
    "small_digits": _from_sklearn("load_digits", return_X_y=True),
    "moons": _from_sklearn("make_moons", n_samples=400, noise=0.2, random_state=0),
    "circles": _from_sklearn("make_circles", n_samples=400, noise=0.1, factor=0.5, random_state=0),
    "blobs": _from_sklearn("make_blobs", n_samples=400, centers=3, random_state=0),
}
TABLES = tuple(_SETS)


def load_table(name: str) -> Split:
    """Return the table called `name`, shuffled once and for all, a quarter of it for testing."""
    x, y = _SETS[name]()
    order = np.random.default_rng(SPLIT_SEED).permutation(len(x))
    x, y = x[order], y[order]
    test = round(len(x) * TEST_FRACTION)
    return Split(x[test:], y[test:], x[:test], y[:test])

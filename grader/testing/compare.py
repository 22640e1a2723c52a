"""How tests compare what a student returned: kind, shape and finiteness first, then values.

`np.empty(0) == pytest.approx(2 / 3)` is true, and so are comparisons with broadcast arrays; these are not:

    assert student.precision(y_true, y_pred) == close(2 / 3)
    assert student.confusion_matrix(y_true, y_pred, 2) == exactly([[1, 0], [1, 2]])

A sequence may be a list, a tuple or an array; a scalar a Python number, a NumPy scalar or a 0-d array.
"""

from typing import Any

from grader.testing.shown import place, shorten

RTOL, ATOL = 1e-7, 1e-12
SAME = 1e-6  # factors and amounts that differ by less are the same


class Expected:
    """The right-hand side of a comparison; after a failed one, `problem` (a kind) and `detail` (values) say why."""

    def __init__(self, value: Any, rtol: float, atol: float, integer: bool = False, is_share: bool = False) -> None:
        import numpy as np  # only here: a test session without comparisons does not need NumPy

        self.value = np.asarray(value)
        self.rtol, self.atol, self.integer, self.is_share = rtol, atol, integer, is_share
        self.problem = self.detail = ""

    # NumPy must not broadcast `array == Expected` over the elements.
    __array_ufunc__ = None
    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        self.problem, self.detail = self._compare(other)
        return not self.problem

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        return shorten(self.value)

    def _compare(self, other: object) -> tuple[str, str]:
        import numpy as np

        if other is None:
            return "nothing was returned (is there a return?)", ""
        try:
            actual = np.asarray(other)
        except Exception as error:
            return f"a {type(other).__name__} is not an array of numbers ({error})", ""
        if actual.dtype.kind not in "biufc" or (actual.dtype.kind == "b") != (self.value.dtype.kind == "b"):
            return f"{_kind(other)} where {_kind(self.value)} is expected", ""
        if actual.shape != self.value.shape:
            return f"wrong shape: {_shape(actual)} where {_shape(self.value)} is expected", ""
        if self.integer and actual.dtype.kind not in "biu":
            return f"dtype {actual.dtype} where integers are expected", ""
        if not np.array_equal(np.isfinite(actual), np.isfinite(self.value)):
            return self._not_finite(actual)
        close = self._close(actual)
        if close.all():
            return "", ""
        kind = self._kind_of_difference(actual)
        problem = "wrong value" if actual.ndim == 0 else "wrong values"
        return f"{problem}: {kind}" if kind else problem, self._first_difference(actual, close)

    def _not_finite(self, actual: Any) -> tuple[str, str]:
        """Say which numbers should be finite, or which should not."""
        import numpy as np

        wrong = np.isfinite(self.value) & ~np.isfinite(actual)
        if not wrong.any():
            return "a value is finite where NaN or infinity is expected", ""
        problem = "a value is not finite (NaN or infinity)"
        if actual.ndim == 0:
            return problem, ""
        where = tuple(np.argwhere(wrong)[0])
        return problem, f"{wrong.sum()} of {wrong.size}, first at {place(where)}: {actual[where]!s}"

    def _close(self, actual: Any) -> Any:
        import numpy as np

        if self.rtol == self.atol == 0:  # isclose would round large integers
            return (actual == self.value) | ((actual != actual) & (self.value != self.value))
        return np.isclose(actual, self.value, rtol=self.rtol, atol=self.atol, equal_nan=True)

    def _kind_of_difference(self, actual: Any) -> str:
        """How all numbers are wrong in the same way, in words from which none can be computed; "" when they are not."""
        import numpy as np

        expected = self.value
        if actual.dtype.kind not in "iuf" or not np.isfinite(actual).all():
            return ""
        actual = actual.astype(np.float64) if actual.dtype.kind == "u" else actual
        if self._close(-actual).all():
            return "the sign is wrong"
        if actual.ndim == 2 and actual.shape[0] == actual.shape[1] and self._close(actual.T).all():
            return "rows and columns are exchanged"
        if actual.ndim == 1 and (np.sort(actual) == np.sort(expected)).all():
            return "they are in another order"
        if actual.size >= 3 and np.ptp(expected) and np.ptp(actual):
            if (expected != 0).all() and np.ptp(ratio := actual / expected) <= SAME * abs(ratio).max():
                return "all are off by the same factor"
            if np.ptp(difference := actual - expected) <= SAME * abs(difference).max():
                return "all are off by the same amount"
        if self.is_share and ((actual < 0) | (actual > 1)).any():
            return "below 0 or above 1"
        return ""

    def _first_difference(self, actual: Any, close: Any) -> str:
        import numpy as np

        if actual.ndim == 0:
            return ""
        where = tuple(np.argwhere(~close)[0])
        told = f"{actual[where]!s} instead of {self.value[where]!s}"
        return f"{(~close).sum()} of {close.size} differ, first at {place(where)}: {told}"


def close(expected: Any, rtol: float = RTOL, atol: float = ATOL) -> Expected:
    """Equal to `expected` in shape, and in value up to `rtol * abs(expected) + atol`."""
    return Expected(expected, rtol, atol)


def share(expected: Any, rtol: float = RTOL, atol: float = ATOL) -> Expected:
    """As `close`, for a share or a probability: no correct answer is below 0 or above 1, and feedback may say so."""
    return Expected(expected, rtol, atol, is_share=True)


def exactly(expected: Any) -> Expected:
    """Equal to `expected` in shape and in every value; integers must be integers."""
    import numpy as np

    return Expected(expected, 0.0, 0.0, integer=np.asarray(expected).dtype.kind in "iu")


def _kind(value: object) -> str:
    import numpy as np

    array = np.asarray(value)
    if array.dtype.kind == "b":
        return "a truth value" if array.ndim == 0 else "an array of truth values"
    if array.dtype.kind in "iufc":
        return "a number" if array.ndim == 0 else "an array of numbers"
    if array.dtype.kind in "US":
        return "text"
    return f"a {type(value).__name__}"


def _shape(array: Any) -> str:
    return str(array.shape) if array.ndim else "a single number"

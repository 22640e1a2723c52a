"""What every metric refuses."""

import numpy as np
import pytest


def refuses_lengths_and_nothing(function):
    """Different lengths (which NumPy might broadcast) and no samples are ValueErrors."""
    for y_true, y_pred in (([1, 0, 1], [1, 0]), ([1, 0, 1], [1]), ([1], [1, 1]), ([], [])):
        with pytest.raises(ValueError):
            function(np.array(y_true, dtype=int), np.array(y_pred, dtype=int))

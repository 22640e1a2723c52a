"""Grids of small numbers as RGB pictures: what the games' `rgb_array` render mode shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Colours that people with any colour vision tell apart (Okabe and Ito).
WHITE = (255, 255, 255)
GREY = (85, 85, 85)
ORANGE = (230, 159, 0)
BLUE = (0, 114, 178)
GREEN = (0, 158, 115)
CELL = 20  # pixels


def paint(grid: NDArray[np.int64], palette: Sequence[tuple[int, int, int]]) -> NDArray[np.uint8]:
    """Every cell of `grid` as a square of `CELL` pixels in the colour `palette[value]`: `(H, W, 3)` uint8."""
    colours = np.asarray(palette, dtype=np.uint8)[grid]
    return colours.repeat(CELL, axis=0).repeat(CELL, axis=1)

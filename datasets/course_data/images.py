"""Sets of labelled images: grey ones `(N, 28, 28)` and colour ones `(N, 96, 96, 3)`, bytes from 0 to 255."""

from __future__ import annotations

import numpy as np

from course_data.shipped import read_arrays
from course_data.split import Split

CLASSES = {
    "digits": tuple("0123456789"),
    "clothing": (
        "T-shirt",
        "trousers",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    "clip_art": ("animals", "food", "transportation", "tools", "buildings"),
}


def load_images(name: str) -> Split:
    """Return the set called `name`, split as its card in `datasets/README.md` says."""
    arrays = read_arrays(f"{name}.npz")
    return Split(
        arrays["x_train"], arrays["y_train"].astype(np.int64), arrays["x_test"], arrays["y_test"].astype(np.int64)
    )

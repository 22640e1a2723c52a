"""The data of the exercises: `load(name)` returns arrays with a fixed train/test split.

Nothing is downloaded. `datasets/README.md` has a card for every set: origin, licence, size, baseline;
`python -m course_data` lists them.
"""

from __future__ import annotations

from course_data.images import CLASSES, load_images
from course_data.pictures import PAINTINGS, PHOTOS, REGION_MAPS, picture, region_map
from course_data.shipped import DamagedFileError
from course_data.split import Split
from course_data.squeezenet import squeezenet
from course_data.tabular import TABLES, load_table
from course_data.texts import Text, load_austen, load_reviews

NAMES = (*TABLES, *CLASSES, "reviews")

__all__ = [
    "CLASSES",
    "NAMES",
    "PAINTINGS",
    "PHOTOS",
    "REGION_MAPS",
    "DamagedFileError",
    "Split",
    "Text",
    "load",
    "load_austen",
    "picture",
    "region_map",
    "squeezenet",
]


def load(name: str) -> Split:
    """Return the data set called `name`: `x_train, y_train, x_test, y_test`.

    Raises:
        ValueError: there is no such set; the message lists those there are.
        DamagedFileError: its file is missing or is not the one that was shipped.
    """
    if name in TABLES:
        return load_table(name)
    if name in CLASSES:
        return load_images(name)
    if name == "reviews":
        return load_reviews()
    raise ValueError(f"there is no data set {name!r}; choose from {', '.join(NAMES)}")

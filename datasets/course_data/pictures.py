"""Single pictures `(H, W, 3)`, bytes from 0 to 255, and maps of their regions `(H, W)`."""

from __future__ import annotations

from numpy.typing import NDArray

from course_data.shipped import read_arrays

# Files of `sklearn.datasets.load_sample_image`, and the part that is used: rows and columns of a square.
_PHOTOS = {
    "china": ("china.jpg", slice(20, 404), slice(128, 512)),
    "flower": ("flower.jpg", slice(30, 414), slice(150, 534)),
}
PHOTOS = tuple(_PHOTOS)
PAINTINGS = ("sunflowers", "stars", "scales", "stained_glass", "landscape")
REGION_MAPS = ("landscape_map", "landscape_target")


def picture(name: str) -> NDArray:
    """Return a photo or a painting, 192 x 192 in RGB.

    Raises:
        ValueError: there is none of that name; the message lists those there are.
    """
    if name in PHOTOS:
        from sklearn.datasets import load_sample_image

        file, rows, columns = _PHOTOS[name]
        return load_sample_image(file)[rows, columns][::2, ::2].copy()
    if name in PAINTINGS:
        return read_arrays("paintings.npz")[name]
    raise ValueError(f"there is no picture {name!r}; choose from {', '.join(PHOTOS + PAINTINGS)}")


def region_map(name: str) -> NDArray:
    """Regions of the landscape: `landscape_map` as it is painted, `landscape_target` as a doodle of another one.

    0 is sky, 1 the sun, 2 hills, 3 water.

    Raises:
        ValueError: there is no map of that name.
    """
    if name not in REGION_MAPS:
        raise ValueError(f"there is no map {name!r}; choose from {', '.join(REGION_MAPS)}")
    return read_arrays("paintings.npz")[name].astype(int)

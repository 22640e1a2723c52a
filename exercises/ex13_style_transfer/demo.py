"""Two photos painted in the styles of two pictures, and a doodle that becomes a painting.

On top a photo, a picture and the photo in the style of the picture, twice. Below the neural doodle: a painting, the
map of its regions, a map as anybody can draw one, and the painting that it becomes: sky, sun, hills and water each
take the style of their own region.
"""

from __future__ import annotations

from typing import Any

import course_data
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

SEED = 13
ITERATIONS = 200
STYLE_LAYERS = ("conv1", "fire2", "fire3", "fire5", "fire7")
CONTENT_LAYER = "fire3"
# Sky, sun, hills, water: differently bright, too.
REGION_COLOURS = np.array([(86, 180, 233), (240, 228, 66), (0, 158, 115), (0, 64, 128)], dtype=np.uint8)


def draw(student: Any) -> Figure:
    """Six pictures of two transfers above the four of a doodle, painted with the student's functions."""
    base = course_data.squeezenet()
    figure = Figure(figsize=(7.6, 3.3), layout="constrained")
    transfers, doodle = figure.subfigures(2, 1)
    pictures = []
    for content, style in (("china", "sunflowers"), ("flower", "stained_glass")):
        pictures += stylized(student, base, course_data.picture(content), course_data.picture(style))
    show(transfers, pictures)
    show(doodle, doodled(student, base))
    return figure


def stylized(student: Any, base: Any, content: NDArray, style: NDArray) -> list[tuple[str, NDArray]]:
    image, _ = student.stylize(content, style, base, STYLE_LAYERS, CONTENT_LAYER, ITERATIONS, SEED)
    return [("content", content), ("style", style), ("result", np.asarray(image))]


def doodled(student: Any, base: Any) -> list[tuple[str, NDArray]]:
    style, style_map = course_data.picture("landscape"), course_data.region_map("landscape_map")
    target_map = course_data.region_map("landscape_target")
    image, _ = student.doodle(style, style_map, target_map, base, STYLE_LAYERS, ITERATIONS, SEED)
    return [
        ("style", style),
        ("style map", REGION_COLOURS[style_map]),
        ("target map", REGION_COLOURS[target_map]),
        ("result", np.asarray(image)),
    ]


def show(figure: Any, pictures: list[tuple[str, NDArray]]) -> None:
    for axes, (title, picture) in zip(figure.subplots(1, len(pictures)), pictures, strict=True):
        axes.imshow(picture)
        axes.set_title(title, fontsize=10)
        axes.axis("off")

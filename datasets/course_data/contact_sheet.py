"""Many small pictures on one page, to see what a set holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from course_data.images import CLASSES, load_images
from course_data.pictures import PAINTINGS, PHOTOS, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHEETS = (*CLASSES, "pictures")
PER_CLASS = 16


def contact_sheet(name: str) -> Figure:
    """Return the first images of every class, a row for each; or the photos and the paintings."""
    from matplotlib.figure import Figure

    if name == "pictures":
        rows = {"photos": [picture(title) for title in PHOTOS], "paintings": [picture(title) for title in PAINTINGS]}
    else:
        x, y, _, _ = load_images(name)
        rows = {title: list(x[y == label][:PER_CLASS]) for label, title in enumerate(CLASSES[name])}
    columns = max(len(images) for images in rows.values())
    figure = Figure(figsize=(1.2 + 0.75 * columns, 0.78 * len(rows)), dpi=100)
    grid = figure.subplots(len(rows), columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for line, (title, images) in zip(grid, rows.items(), strict=True):
        line[0].text(-0.15, 0.5, title, ha="right", va="center", transform=line[0].transAxes, fontsize=9)
        for axes, image in zip(line, images, strict=False):
            axes.imshow(image, cmap="gray_r" if np.ndim(image) == 2 else None)
    figure.subplots_adjust(left=1.2 / figure.get_figwidth(), right=0.99, bottom=0.02, top=0.98, wspace=0.05, hspace=0.1)
    return figure

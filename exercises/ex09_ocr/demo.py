"""The slide *Traditional vs Deep Learning* as numbers, and a look inside the network that wins.

Above on the left, four readers that have learned from the same 3,000 digits: how many of 1,000 new ones they read, and
how many of them once they are moved by up to 3 pixels. The last one has seen four moved copies of each digit as well.

How does it read a 7? On the right, from top to bottom: kernels that its first convolution has learned (green weights
are above 0, purple ones below); what your own `convolve2d` makes of the 7 with them, before the activation; and maps of
its last convolution. The first reader has in their place the edges that its histograms count in each of 16 cells.

At the bottom: where does it look? A square of paper covers a part of a digit, and green is where the network then
believes less in what it has read, purple where it believes more. Below each digit stands how sure the network is, and
how sure it still is where the square does most harm. The last two digits are read wrongly.

Four trainings take about a minute on one processor.
"""

from __future__ import annotations

from typing import Any

import course_data
import keras
import numpy as np
from matplotlib.figure import Figure

SEED = 9
TRAINING, TESTING, EPOCHS, COPIES = 3_000, 1_000, 5, 4
CELL, BINS, MAPS = 7, 9, 6
MAX_SHIFT, SQUARE = 3, 7
SIGNED = "PRGn"  # purple below 0, white, green above: different to colour-blind eyes, too
ORANGE, BLUE = "#D55E00", "#0072B2"  # Okabe and Ito


def draw(student: Any) -> Figure:
    """The four readers, and what the best of them sees, drawn with the student's functions."""
    data = course_data.load("digits")
    images, labels = data.x_train[:TRAINING], data.y_train[:TRAINING]
    new, expected = data.x_test[:TESTING], data.y_test[:TESTING]
    rng = np.random.default_rng(SEED)
    moved = np.asarray(student.augment(new, MAX_SHIFT, rng))
    more = np.concatenate([images, *(np.asarray(student.augment(images, MAX_SHIFT, rng)) for _ in range(COPIES))])

    mlp = train(student, student.build_mlp, images, labels)
    cnn = train(student, student.build_cnn, images, labels)
    best = train(student, student.build_cnn, more, np.tile(labels, 1 + COPIES))
    both = np.concatenate([new, moved])
    answers = {
        "features\nby hand": np.asarray(student.recognise_traditionally(images, labels, both)),
        "multi-layer\nperceptron": classes(student, mlp, both),
        "convolutional\nnetwork": classes(student, cnn, both),
        "the same, with\nmoved copies": classes(student, best, both),
    }
    right = {name: (read.reshape(2, -1) == expected).mean(axis=1) for name, read in answers.items()}

    figure = Figure(figsize=(10, 6.2), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[2.65, 1])
    left, inside = above.subfigures(1, 2, width_ratios=[1, 2])
    readers, by_hand = left.subplots(2, 1, height_ratios=[1.1, 1])
    seven = new[expected == 7][:1]
    draw_readers(readers, right)
    draw_orientations(by_hand, seven[0], np.asarray(student.orientation_histograms(seven, CELL, BINS))[0])
    draw_inside(inside, student, best, seven)
    draw_looks(below, student, best, new, expected)
    return figure


def train(student: Any, build: Any, images: np.ndarray, labels: np.ndarray) -> keras.Model:
    """A network trained as the capstone is, on other digits."""
    keras.utils.set_random_seed(SEED)
    model = build()
    rate = keras.optimizers.schedules.CosineDecay(0.003, decay_steps=EPOCHS * (len(images) // 32))
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
    model.fit(student.prepare(images), labels, batch_size=32, epochs=EPOCHS, verbose=0)
    return model


def classes(student: Any, model: keras.Model, images: np.ndarray) -> np.ndarray:
    return model.predict(student.prepare(images), batch_size=250, verbose=0).argmax(axis=1)


def draw_readers(axes: Any, right: dict[str, np.ndarray]) -> None:
    """For each reader a line from the digits that are moved to those that stand in the middle."""
    for row, (middle, moved) in enumerate(right.values()):
        axes.plot([moved, middle], [row, row], color="0.8", linewidth=2, zorder=1)
        axes.scatter(middle, row, color=BLUE, label="in the middle" if row == 0 else None)
        axes.scatter(moved, row, color=ORANGE, marker="s", label="moved" if row == 0 else None)
        axes.text(middle, row - 0.17, f"{middle:.3f}", ha="center", va="bottom", fontsize=7.5, color=BLUE)
        axes.text(moved, row + 0.2, f"{moved:.3f}", ha="center", va="top", fontsize=7.5, color=ORANGE)
    axes.set(xlim=(0, 1.08), ylim=(len(right) - 0.3, -1.0), xticks=[0, 0.5, 1], yticks=range(len(right)))
    axes.set_yticklabels(right, fontsize=8)
    axes.tick_params(length=0, labelsize=8)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.legend(loc="upper left", fontsize=7.5, ncols=2, frameon=False, borderaxespad=0, handletextpad=0.1)
    axes.set_title("share of new digits that are read", fontsize=10)


def draw_orientations(axes: Any, image: np.ndarray, features: np.ndarray) -> None:
    """In every cell one stroke per bin, along the edge and as strong as the feature."""
    axes.imshow(255 - image, cmap="gray", vmin=-400, vmax=255)
    histograms = features.reshape(len(image) // CELL, -1, BINS)
    for (row, column, b), strength in np.ndenumerate(histograms / histograms.max()):
        angle = (b + 0.5) * np.pi / BINS + np.pi / 2  # an edge is at a right angle to its gradient
        x, y = (column + 0.5) * CELL - 0.5, (row + 0.5) * CELL - 0.5
        dx, dy = 0.45 * CELL * np.cos(angle), 0.45 * CELL * np.sin(angle)
        if strength > 0.05:
            axes.plot([x - dx, x + dx], [y - dy, y + dy], color=ORANGE, linewidth=2.2, alpha=strength)
    lines = np.arange(CELL, len(image), CELL) - 0.5
    axes.hlines(lines, -0.5, len(image) - 0.5, color="0.6", linewidth=0.5)
    axes.vlines(lines, -0.5, len(image) - 0.5, color="0.6", linewidth=0.5)
    axes.set(xticks=[], yticks=[])
    axes.set_title("features by hand: edges of a 7", fontsize=10)


def draw_inside(figure: Any, student: Any, model: keras.Model, image: np.ndarray) -> None:
    """Kernels of the first convolution, their signed maps of the image, and maps of the last convolution."""
    found = [layer for layer in model.layers if type(layer).__name__ == "Conv2D"]
    # The last convolution of LeNet-5 has maps of a single pixel: nothing to look at.
    found = [layer for layer in found if len(layer.output.shape) == 4 and min(layer.output.shape[1:3]) > 1]
    figure.suptitle("features that are learned: how the network with moved copies sees the 7", fontsize=10)
    if not found:
        return
    kernels, bias = (*found[0].get_weights(), np.zeros(found[0].filters))[:2]
    prepared = student.prepare(image)
    signed = np.asarray(student.convolve2d(prepared, kernels, bias))[0]
    last = np.asarray(student.feature_maps(model, prepared, found[-1].name))[0]
    chosen = liveliest(signed)
    titles = "kernels,\nlearned", "their maps,\nsigned", "maps of the\nlast layer"
    rows = [kernels[:, :, 0, chosen], signed[..., chosen], last[..., liveliest(last)]]
    for axes_row, title, pictures in zip(figure.subplots(3, MAPS), titles, rows, strict=True):
        axes_row[0].set_ylabel(title, fontsize=8.5)
        for axes in axes_row:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_color("0.8")
        for axes, picture in zip(axes_row, np.moveaxis(pictures, -1, 0), strict=False):
            draw_signed(axes, picture, np.abs(picture).max())


def liveliest(maps: np.ndarray) -> np.ndarray:
    """The filters in whose maps most happens, in their own order."""
    return np.sort(np.argsort(-maps.std(axis=(0, 1)), kind="stable")[:MAPS])


def draw_signed(axes: Any, picture: np.ndarray, largest: float, **how: Any) -> Any:
    """White is 0, and both signs have the same scale."""
    largest = max(float(largest), 1e-6)
    return axes.imshow(picture, cmap=SIGNED, vmin=-largest, vmax=largest, **how)


def draw_looks(figure: Any, student: Any, model: keras.Model, new: np.ndarray, expected: np.ndarray) -> None:
    """Digits that are read, and in the end two that are not, with what the network looks at in them."""
    probabilities = model.predict(student.prepare(new), batch_size=250, verbose=0)
    read, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    # Where the network is wholly sure, a square of paper changes nothing.
    unsure = np.argsort(np.abs(sure - 0.97), kind="stable")
    shown = [unsure[(expected == digit)[unsure] & (read == digit)[unsure]][:1] for digit in (2, 3, 4, 6, 7, 8)]
    shown.append(unsure[(read != expected)[unsure]][:2])
    places = np.concatenate(shown)
    figure.suptitle(
        f"where does it look? The probability that is lost where {SQUARE} x {SQUARE} pixels are covered", fontsize=10
    )
    for axes, index in zip(figure.subplots(1, len(places)), places, strict=True):
        image = np.asarray(student.prepare(new[index : index + 1]))[0]
        lost = np.asarray(student.occlusion_map(model, image, int(read[index]), SQUARE))
        extent = extent_of(lost, (SQUARE - 1) / 2)
        draw_signed(axes, lost, np.abs(lost).max(), extent=extent, interpolation="bilinear")
        axes.contour(new[index], levels=[100], colors="black", linewidths=1)
        wrong = read[index] != expected[index]
        title = f"read {read[index]}, is {expected[index]}" if wrong else f"read {read[index]}"
        axes.set_title(title, fontsize=9, color=ORANGE if wrong else "black", pad=3)
        axes.set_xlabel(f"{sure[index]:.2f}, down to {sure[index] - lost.max():.2f}", fontsize=7.5, labelpad=2)
        axes.set(xticks=[], yticks=[], xlim=(-0.5, 27.5), ylim=(27.5, -0.5))
        axes.spines[:].set_color("0.8")


def extent_of(picture: np.ndarray, around: float) -> tuple[float, float, float, float]:
    """Where a map lies on the image: each number in the middle of its square."""
    height, width = picture.shape
    return around - 0.5, around + width - 0.5, around + height - 0.5, around - 0.5

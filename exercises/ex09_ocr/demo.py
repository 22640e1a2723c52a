"""The slide *Traditional vs Deep Learning* as numbers: three ways to read the same 1,000 digits.

Above, what became of each digit: rows are what it is, columns what was read. All three readers have learned from the
same 3,000 digits. The second number is for digits that do not stand in the middle, which none of them has learned from.
Below, what is looked at in a 7: on the left the edges that the histograms of the first reader count in each of 16
cells; on the right what filters of the convolutional network see, of its first layer of convolutions and of its last.
Nobody has told it to look for edges.
"""

from __future__ import annotations

from typing import Any

import course_data
import keras
import numpy as np
from matplotlib.figure import Figure

SEED = 9
TRAINING, TESTING, EPOCHS = 3_000, 1_000, 5
CELL, BINS, MAPS = 7, 9, 7
MAX_SHIFT = 3
ORANGE = "#D55E00"  # Okabe and Ito: also different to colour-blind eyes


def draw(student: Any) -> Figure:
    """The three confusion matrices and the features of a 7, drawn with the student's functions."""
    data = course_data.load("digits")
    images, labels = data.x_train[:TRAINING], data.y_train[:TRAINING]
    new, expected = data.x_test[:TESTING], data.y_test[:TESTING]
    moved = np.asarray(student.augment(new, MAX_SHIFT, np.random.default_rng(SEED)))

    mlp = train(student, student.build_mlp, images, labels)
    cnn = train(student, student.build_cnn, images, labels)
    both = np.concatenate([new, moved])
    answers = {
        "features by hand": np.asarray(student.recognise_traditionally(images, labels, both)),
        "multi-layer perceptron": classes(student, mlp, both),
        "convolutional network": classes(student, cnn, both),
    }

    figure = Figure(figsize=(9.6, 6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[1.75, 1])
    for axes, (name, read) in zip(above.subplots(1, 3), answers.items(), strict=True):
        draw_confusion(axes, expected, read[:TESTING])
        right, right_moved = np.mean(read[:TESTING] == expected), np.mean(read[TESTING:] == expected)
        axes.set_title(f"{name}: {right:.3f}\nmoved by up to {MAX_SHIFT} pixels: {right_moved:.3f}", fontsize=10)

    seven = new[expected == 7][:1]
    left, right = below.subfigures(1, 2, width_ratios=[1, 3.4])
    draw_orientations(left, seven[0], np.asarray(student.orientation_histograms(seven, CELL, BINS))[0])
    draw_maps(right, student, cnn, seven)
    return figure


def train(student: Any, build: Any, images: np.ndarray, labels: np.ndarray) -> keras.Model:
    """A network trained as the capstone is, on fewer digits."""
    keras.utils.set_random_seed(SEED)
    model = build()
    rate = keras.optimizers.schedules.CosineDecay(0.003, decay_steps=EPOCHS * (len(images) // 32))
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
    model.fit(student.prepare(images), labels, batch_size=32, epochs=EPOCHS, verbose=0)
    return model


def classes(student: Any, model: keras.Model, images: np.ndarray) -> np.ndarray:
    return model.predict(student.prepare(images), batch_size=250, verbose=0).argmax(axis=1)


def draw_confusion(axes: Any, y_true: np.ndarray, y_pred: np.ndarray) -> None:
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (y_true, y_pred), 1)
    mistakes = counts * (1 - np.eye(10, dtype=int))
    # The mistakes are what differs: they have the colours, and the right ones on the diagonal stay pale.
    axes.imshow(mistakes, cmap="Oranges", vmin=0, vmax=16)
    for (true, read), count in np.ndenumerate(counts):
        if count:
            colour = "0.55" if true == read else ("white" if count > 10 else "black")
            axes.text(read, true, str(count), ha="center", va="center", fontsize=7, color=colour)
    axes.set(xticks=range(10), yticks=range(10), xlabel="read", ylabel="true")
    axes.tick_params(length=0, labelsize=8)


def draw_orientations(figure: Any, image: np.ndarray, features: np.ndarray) -> None:
    """In every cell one stroke per bin, along the edge and as strong as the feature."""
    axes = figure.subplots()
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
    axes.set_title("made by hand", fontsize=10)


def draw_maps(figure: Any, student: Any, model: keras.Model, image: np.ndarray) -> None:
    """Maps of the first and of the last convolution: those in which most happens."""
    found = [layer for layer in model.layers if "Conv" in type(layer).__name__]
    # The last convolution of LeNet-5 has maps of a single pixel: nothing to look at.
    names = [layer.name for layer in found if len(layer.output.shape) == 4 and min(layer.output.shape[1:3]) > 1]
    figure.suptitle("learned: feature maps of a 7", fontsize=10)
    if not names:
        return
    chosen = [("first convolutions", names[0]), ("last convolutions", names[-1])]
    for row, (title, name) in zip(figure.subplots(2, MAPS), chosen, strict=True):
        maps = np.asarray(student.feature_maps(model, student.prepare(image), name))[0]
        liveliest = np.argsort(-maps.std(axis=(0, 1)), kind="stable")[:MAPS]
        row[0].set_ylabel(title.replace(" ", "\n"), fontsize=8)
        for axes in row:
            axes.set(xticks=[], yticks=[], frame_on=False)
        for axes, channel in zip(row, sorted(liveliest), strict=False):
            axes.imshow(maps[..., channel], cmap="viridis")

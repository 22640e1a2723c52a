"""What can be found without a single label.

Left: k-means on three clouds of points. The lines are the ways of the three centroids, from where they stand after the
first iteration (small circles) to where they come to rest (crosses); each point has the colour of its cluster. Middle:
handwritten digits of five kinds, 64 pixels each, seen along the two directions in which they vary most. Nobody has told
the analysis what a digit is, and still the kinds lie apart. Right: three digits drawn again from 2, 8 and 24 numbers
instead of 64 pixels.
"""

from typing import Any

import course_data
import numpy as np
from matplotlib.figure import Figure

# Okabe and Ito: also different to colour-blind eyes
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9")
MARKERS = ("o", "^", "s")
DIGITS = (0, 1, 4, 6, 7)
KEPT = (2, 8, 24)


def draw(student: Any) -> Figure:
    """Cluster and analyse with the student's functions, and draw what came out."""
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    left, middle, right = figure.subfigures(1, 3, width_ratios=[1, 1.1, 1])
    draw_clusters(student, left.subplots())
    draw_plane(student, middle.subplots())
    draw_digits(student, right)
    return figure


def draw_clusters(student: Any, axes: Any, k: int = 3, seed: int = 11) -> None:
    x, _, _, _ = course_data.load("blobs")
    # The same seed starts from the same samples: these are stations of one way.
    way = []
    for iterations in range(1, 30):
        centroids, labels = student.kmeans(x, k, np.random.default_rng(seed), max_iterations=iterations)
        way.append(np.asarray(centroids))
        if iterations > 1 and np.array_equal(way[-1], way[-2]):
            break
    way, labels = np.array(way), np.asarray(labels)
    for j, (colour, marker) in enumerate(zip(COLOURS[:k], MARKERS, strict=True)):
        axes.scatter(*x[labels == j].T, s=14, c=colour, marker=marker, alpha=0.55, linewidths=0)
        axes.plot(*way[:, j].T, "-", color="black", linewidth=1.2)
        axes.plot(*way[:, j].T, "o", color="white", markeredgecolor="black", markersize=4)
        axes.plot(*way[-1, j], "X", color=colour, markeredgecolor="black", markersize=11)
    axes.set_title(f"{k} clusters, at rest after {len(way) - 1} iterations", fontsize=10)
    axes.set(xlabel="$x_1$", ylabel="$x_2$")


def draw_plane(student: Any, axes: Any) -> None:
    x, y, _, _ = course_data.load("small_digits")
    x, y = x[np.isin(y, DIGITS)][:350], y[np.isin(y, DIGITS)][:350]
    mean, components, ratio = student.pca(x, 2)
    z = np.asarray(student.pca_transform(x, mean, components))
    for digit, colour in zip(DIGITS, COLOURS, strict=True):
        for point in z[y == digit]:
            axes.text(*point, str(digit), color=colour, fontsize=8, ha="center", va="center")
    axes.set(xlim=(z[:, 0].min() - 3, z[:, 0].max() + 3), ylim=(z[:, 1].min() - 3, z[:, 1].max() + 3))
    first, second = (float(share) for share in ratio)
    axes.set_title("digits in two of 64 dimensions", fontsize=10)
    axes.set(xlabel=f"first component: {first:.0%} of the variance", ylabel=f"second: {second:.0%}")


def draw_digits(student: Any, figure: Any) -> None:
    x, _, x_test, y_test = course_data.load("small_digits")
    chosen = np.array([x_test[y_test == digit][0] for digit in (3, 8, 9)])  # the analysis has not seen these
    pictures = {}
    for kept in KEPT:
        mean, components, ratio = student.pca(x, kept)
        z = student.pca_transform(chosen, mean, components)
        share = float(np.sum(np.asarray(ratio)))
        pictures[f"{kept}\n{share:.0%}"] = np.asarray(student.pca_inverse_transform(z, mean, components))
    pictures["64\n100%"] = chosen
    figure.suptitle("drawn from so many numbers", fontsize=10)
    for row, axes in enumerate(figure.subplots(3, len(pictures))):
        for ax, (title, drawn) in zip(axes, pictures.items(), strict=True):
            ax.imshow(drawn[row].reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
            ax.set_axis_off()
            if row == 0:
                ax.set_title(title, fontsize=9)

"""What a score is worth depends on who was tested on what.

Left: cross-validation of 23 samples in 5 folds. In each round one fold (orange) validates the model that the others
(blue) have trained; read a column from top to bottom, and there is exactly one orange square in it. Middle: the
same model on the same 80 flowers, scored on 300 random test sets of a quarter of them, and cross-validated with 300
random foldings. One test set can flatter or slander a model; the mean over five folds is a much steadier judge. Right:
a leak. The labels are coin flips, so that no honest score is far from 50 %; but the more of the test samples have
also been in the training data, the better a nearest neighbour seems to be.
"""

from typing import Any

import course_data
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from sklearn.neighbors import KNeighborsClassifier

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"  # Okabe and Ito: also different to colour-blind eyes
FLOWERS, REPEATS = 80, 300


def draw(student: Any) -> Figure:
    """Split, fold and cross-validate with the student's functions, and draw what came out."""
    figure = Figure(figsize=(9.6, 3.4), layout="constrained")
    folds, scatter, leak = figure.subplots(1, 3, width_ratios=[1.15, 1, 1])
    draw_folds(student, folds)
    draw_scatter(student, scatter)
    draw_leak(student, leak)
    return figure


def draw_folds(student: Any, axes: Any, n: int = 23, k: int = 5) -> None:
    picture = np.full((k, n), np.nan)  # what is in no fold stays white
    for row, (train, validation) in zip(picture, student.k_fold_indices(n, k, np.random.default_rng(0)), strict=True):
        row[np.asarray(train)] = 0
        row[np.asarray(validation)] = 1
    edges = {"edgecolors": "white", "linewidth": 1.2}
    axes.pcolormesh(
        np.arange(n + 1) - 0.5, np.arange(k + 1) + 0.5, picture, cmap=ListedColormap([BLUE, ORANGE]), **edges
    )
    axes.invert_yaxis()
    axes.set_title(f"{n} samples in {k} folds", fontsize=11)
    axes.set(xlabel="sample", ylabel="round", yticks=range(1, k + 1), xticks=range(0, n, 4))


def draw_scatter(student: Any, axes: Any) -> None:
    x, y = (part[:FLOWERS] for part in course_data.load("iris")[:2])
    x = x[:, :2]  # the sepals alone: a harder question
    model = KNeighborsClassifier(n_neighbors=5)
    single, folded = [], []
    for seed in range(REPEATS):
        train, test = (np.asarray(part) for part in student.split_indices(FLOWERS, 0.25, np.random.default_rng(seed)))
        x_train, x_test = student.standardize(x[train], x[test])
        single.append(model.fit(x_train, y[train]).score(x_test, y[test]))
        folded.append(np.mean(np.asarray(student.cross_validate(model, x, y, 5, np.random.default_rng(seed)))))
    bins = np.arange(0.425, 1.03, 0.05)
    for scores, name, look in (
        (folded, "mean of 5 folds", {"color": BLUE, "alpha": 0.85, "edgecolor": "white"}),
        (single, "one test set", {"color": ORANGE, "histtype": "step", "linewidth": 2.5}),
    ):
        axes.hist(scores, bins, label=f"{name}\n{np.mean(scores):.2f} ± {np.std(scores):.2f}", **look)
    axes.set_title("The same model, judged 300 times", fontsize=11)
    axes.set(xlabel="accuracy", ylabel="times")
    axes.legend(loc="upper left", fontsize=8)


def draw_leak(student: Any, axes: Any, n: int = 400) -> None:
    rng = np.random.default_rng(1)
    x, coins = rng.normal(size=(n, 5)), rng.integers(2, size=n)
    shares = np.linspace(0, 1, 11)
    scores = np.zeros((20, len(shares)))
    for row in scores:
        train, test = (np.asarray(part) for part in student.split_indices(n, 0.25, rng))
        for i, share in enumerate(shares):
            seen = np.concatenate([train, test[: round(share * len(test))]])
            x_train, x_test = student.standardize(x[seen], x[test])
            row[i] = KNeighborsClassifier(1).fit(x_train, coins[seen]).score(x_test, coins[test])
    mean, std = scores.mean(axis=0), scores.std(axis=0)
    axes.axhline(0.5, color="0.3", linestyle="--", linewidth=1)
    axes.text(0.98, 0.485, "all there is to know", ha="right", va="top", fontsize=9, color="0.3")
    axes.fill_between(shares, mean - std, mean + std, color=GREEN, alpha=0.2, linewidth=0)
    axes.plot(shares, mean, "o-", color=GREEN, markersize=4)
    axes.set_title("Coin flips, “predicted”", fontsize=11)
    axes.set(xlabel="share of the test set seen in training", ylabel="accuracy", ylim=(0.38, 1.02))
    axes.grid(alpha=0.3)

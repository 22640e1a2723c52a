"""What a trained network sees, and what a gradient check sees.

Above: the boundary that it draws between the two moons (colour is its confidence, circled are the test samples that it
gets wrong), how its loss fell, and what `check_gradient` says of the first layer of a small network, weight by weight:
of the gradient by `backward`, and of one in which the error signal went past the ReLU as if there were none. Below:
handwritten digits that it never saw, one of each class and two that it misreads, with what it reads in them.
"""

from typing import Any

import course_data
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure

BLUE, ORANGE = "#0072B2", "#E69F00"  # Okabe and Ito: also different to colour-blind eyes


def draw(student: Any) -> Figure:
    """Train on the moons and on the digits with the student's functions, and draw what came out."""
    figure = Figure(figsize=(10.5, 5.2), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[2.9, 1])
    left, right = above.subfigures(1, 2, width_ratios=[2.3, 1])
    boundary, curve = left.subplots(1, 2, width_ratios=[1.35, 1])
    draw_moons(student, boundary, curve)
    draw_check(student, right)
    draw_digits(student, below)
    return figure


def draw_moons(student: Any, boundary: Any, curve: Any) -> None:
    x, y, x_test, y_test = course_data.load("moons")
    params, losses = student.train(x, y, [2, 32, 2], 150, 0.3, 30, np.random.default_rng(0))

    low, high = x.min(axis=0) - 0.4, x.max(axis=0) + 0.4
    across, up = np.meshgrid(np.linspace(low[0], high[0], 160), np.linspace(low[1], high[1], 120))
    logits, _ = student.forward(params, np.column_stack([across.ravel(), up.ravel()]))
    # Of two classes, the softmax is a function of the difference of their logits.
    confidence = 1 / (1 + np.exp(np.asarray(logits) @ [1.0, -1.0])).reshape(across.shape)
    colours = LinearSegmentedColormap.from_list("moons", [BLUE, "white", ORANGE])
    extent = (low[0], high[0], low[1], high[1])
    boundary.imshow(confidence, cmap=colours, vmin=0, vmax=1, alpha=0.5, extent=extent, origin="lower", aspect="auto")
    boundary.contour(across, up, confidence, levels=[0.5], colors="black", linewidths=1.5)
    for label, colour, marker in ((0, BLUE, "o"), (1, ORANGE, "^")):
        chosen = x_test[y_test == label]
        boundary.scatter(*chosen.T, s=26, c=colour, marker=marker, edgecolors="white", linewidths=0.6)
    wrong = np.asarray(student.predict(params, x_test)) != y_test
    boundary.scatter(*x_test[wrong].T, s=110, facecolors="none", edgecolors="black", linewidths=1.2)
    boundary.set_title(f"Two moons: {np.mean(~wrong):.0%} of {len(y_test)} are right")
    boundary.set(xlabel="$x_1$", ylabel="$x_2$")

    curve.plot(np.arange(1, len(losses) + 1), losses, color=BLUE)
    curve.set(title="Gradient descent", xlabel="epoch", ylabel="mean loss", ylim=(0, None))
    curve.grid(alpha=0.3)


def draw_check(student: Any, part: Any) -> None:
    """Check two gradients of the same weights: a right one, and one without the mask of the ReLU."""
    rng = np.random.default_rng(7)
    params = student.init_params([3, 10, 3], rng)
    (W, b), last = params
    x, y = rng.normal(size=(2, 3)), np.array([0, 2])

    def loss(weights: Any) -> float:
        logits, _ = student.forward([(weights, b), last], x)
        return float(student.softmax_cross_entropy(logits, y)[0])

    logits, cache = student.forward(params, x)
    _, dlogits = student.softmax_cross_entropy(logits, y)
    right = student.backward(params, cache, dlogits)[0][0]
    without_mask = x.T @ np.asarray(dlogits) @ np.asarray(last[0]).T
    shown = part.subplots(2, 1)
    for axes, gradient, title in zip(
        shown, (right, without_mask), ("Check of backward", "Without the mask"), strict=True
    ):
        errors = np.asarray(student.check_gradient(loss, W, gradient))
        picture = axes.imshow(errors + 1e-12, cmap="cividis", norm=LogNorm(1e-12, 2), aspect="auto")
        axes.set(title=f"{title}\nlargest error {errors.max():.1g}", xticks=[], yticks=[])
        axes.set(xlabel="hidden unit", ylabel="input")
    part.colorbar(picture, ax=list(shown), label="relative error", ticks=[1e-12, 1e-9, 1e-6, 1e-3, 1])


def draw_digits(student: Any, part: Any) -> None:
    x, y, x_test, y_test = course_data.load("small_digits")
    whole = len(x) // 32 * 32  # a last batch of 3 samples would shake the network at the end of each epoch
    params, _ = student.train(x[:whole] / 16, y[:whole], [64, 64, 10], 20, 0.2, 32, np.random.default_rng(0))
    predicted = np.asarray(student.predict(params, x_test / 16))
    right = predicted == y_test
    shown = [*(np.flatnonzero(y_test == digit)[0] for digit in range(10)), *np.flatnonzero(~right)[:2]]
    part.suptitle(f"Digits: {right.mean():.1%} of {len(y_test)} new ones are right")
    for axes, i in zip(part.subplots(1, len(shown)), shown, strict=True):
        axes.imshow(x_test[i].reshape(8, 8), cmap="gray_r")
        axes.set(xticks=[], yticks=[])
        note = str(predicted[i]) if right[i] else f"{predicted[i]}, not {y_test[i]}"
        axes.set_xlabel(note, fontsize=11 if right[i] else 9, color="black" if right[i] else "#B24000")

"""Where the perceptron draws its line, and where it never can.

Left: 78 iris flowers of two kinds, which a line separates, but only just. The thin lines are where the
perceptron stood after some epochs, the thick one is where it stopped. Middle: four clouds in the pattern of
XOR, and the line after different numbers of epochs: it never settles. Right: the mistakes of each epoch. They
end at 0 on the irises and go on for ever on XOR.
"""

from typing import Any

import course_data
import numpy as np
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"  # Okabe and Ito: also different to colour-blind eyes
SETOSA, VERSICOLOR, VIRGINICA = range(3)
DASHES = (":", "--", "-")


def draw(student: Any) -> Figure:
    """Train on both sets with the student's functions, and draw what came out."""
    figure = Figure(figsize=(9.4, 3.3), layout="constrained")
    irises, clouds, curve = figure.subplots(1, 3)

    x, d = iris_sepals()
    mistakes = draw_lines(student, irises, x, d, epochs=(1, 10, 100, 2000))
    irises.set(xlabel="length of the sepals in cm", ylabel="width of the sepals in cm")
    draw_mistakes(curve, mistakes, GREEN, "-", "irises")

    x, d = xor_clouds()
    mistakes = draw_lines(student, clouds, x, d, epochs=(2, 5, 200))
    clouds.set(xlabel="$x_1$", ylabel="$x_2$")
    draw_mistakes(curve, mistakes, ORANGE, "--", "XOR")

    curve.set(title="Mistakes per epoch", xlabel="epoch", xscale="log", ylim=(0, None))
    curve.legend(loc="center right", bbox_to_anchor=(1, 0.34))
    curve.grid(alpha=0.3)
    return figure


def iris_sepals() -> tuple[Any, Any]:
    x, kind, _, _ = course_data.load("iris")
    two = kind != VIRGINICA
    return x[two][:, :2], np.where(kind[two] == SETOSA, 1, -1)


def xor_clouds() -> tuple[Any, Any]:
    centres = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]).repeat(15, axis=0)
    x = centres + np.random.default_rng(0).normal(scale=0.13, size=centres.shape)
    return x, np.where(centres[:, 0] != centres[:, 1], 1, -1)


def draw_lines(student: Any, axes: Any, x: Any, d: Any, epochs: tuple[int, ...]) -> Any:
    """The samples, and the line after each number of `epochs`; returns the mistakes of the last one."""
    for label, colour, marker in ((1, BLUE, "o"), (-1, ORANGE, "^")):
        axes.scatter(*x[d == label].T, s=26, c=colour, marker=marker, edgecolors="white", linewidths=0.6)
    low, high = x.min(axis=0) - 0.3, x.max(axis=0) + np.array([0.3, 0.8])  # room for the legend
    x1 = np.array([low[0], high[0]])
    for i, most in enumerate(epochs):
        # The same seed goes the same way: here the longer trainings stood after `most` epochs.
        w, theta, mistakes = student.train(x, d, 1.0, most, np.random.default_rng(0))
        last = i == len(epochs) - 1
        style = {"color": "black", "linewidth": 2.5} if last else {"color": "0.45", "linestyle": DASHES[i]}
        axes.plot(x1, student.decision_line(w, theta, x1), label=f"epoch {len(mistakes)}", **style)
    wrong = float(student.error_rate(x, d, w, theta))
    axes.legend(fontsize=8, loc="upper left")
    axes.set_title(f"{wrong:.0%} wrong after {len(mistakes)} epochs")
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    return mistakes


def draw_mistakes(axes: Any, mistakes: Any, colour: str, style: str, name: str) -> None:
    axes.plot(np.arange(1, len(mistakes) + 1), mistakes, style, color=colour, linewidth=1.1, label=name)

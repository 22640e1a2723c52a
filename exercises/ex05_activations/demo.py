"""Six activation functions and how steep they are.

The solid line is the function, the dashed one its derivative: what back-propagation multiplies an error signal by.
The step is flat everywhere, so nothing could ever be learned through it; sigmoid and tanh are flat far out; the ReLU
is awake on one side. The softmax is drawn for three scores, of which the first moves and the others are 0 and 2: what
the first class wins, the others lose, and their derivatives add up to 0.
"""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"  # Okabe and Ito: also different to colour-blind eyes
ALPHA = 0.25


def draw(student: Any) -> Figure:
    """Draw the student's functions, with the student's derivatives where the exercise has one."""
    figure = Figure(figsize=(9, 5.2), layout="constrained")
    panels = iter(figure.subplots(2, 3).flat)
    s = np.linspace(-5, 5, 500)  # an even number: no point at the corner, which has no slope to draw

    def prelu(s: Any) -> Any:
        return student.prelu(s, ALPHA)

    for name, function, derivative in (
        ("step", student.step, slope_of(student.step)),
        ("sigmoid", student.sigmoid, student.sigmoid_derivative),
        ("tanh", student.tanh, student.tanh_derivative),
        ("ReLU", student.relu, student.relu_derivative),
        (rf"PReLU, $\alpha = {ALPHA}$", prelu, slope_of(prelu)),
    ):
        axes = next(panels)
        axes.plot(s, function(s), color=BLUE, linewidth=2, label="function")
        axes.plot(s, derivative(s), "--", color=ORANGE, linewidth=1.6, label="derivative")
        axes.set(title=name, ylim=(-1.3, 2.2))
    draw_softmax(student, next(panels), s)

    for axes in figure.axes:
        axes.axhline(0, color="0.7", linewidth=0.8, zorder=0)
        axes.axvline(0, color="0.7", linewidth=0.8, zorder=0)
        axes.set(xlabel="$s$", xlim=(-5, 5))
        axes.legend(fontsize=8, loc="upper left", framealpha=0.9)
    return figure


def slope_of(function: Any, h: float = 1e-4) -> Any:
    """The derivative by a small step to both sides, for functions whose derivative is not a task."""
    return lambda s: (np.asarray(function(s + h)) - np.asarray(function(s - h))) / (2 * h)


def draw_softmax(student: Any, axes: Any, s: Any) -> None:
    scores = np.column_stack([s, np.zeros_like(s), np.full_like(s, 2)])
    probabilities = np.asarray(student.softmax(scores))
    slopes = np.array([np.asarray(student.softmax_jacobian(row))[:, 0] for row in scores])
    for i, (score, colour) in enumerate(zip(("$s$", "0", "2"), (BLUE, GREEN, "black"), strict=True)):
        axes.plot(s, probabilities[:, i], color=colour, linewidth=2, label=f"class with score {score}")
        axes.plot(s, slopes[:, i], "--", color=colour, linewidth=1.2)
    axes.set(title="softmax of $(s, 0, 2)$", ylim=(-0.6, 2.05))

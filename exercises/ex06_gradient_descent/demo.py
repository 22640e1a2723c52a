"""Five ways down the same ravine.

Left: a curved ravine in the manner of Rosenbrock, whose walls are steep and whose floor is almost flat. The five
optimizers and plain gradient descent start from the dot, each with a learning rate that suits it, and look for the
star. Right: how high above the star each of them still is. Momentum overshoots and comes back; Adam does so less;
RMSprop, whose steps do not shrink, trembles in front of the star; Adagrad's do shrink; Adadelta first has to find out
how far it may go.
"""

from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

# Okabe and Ito: also different to colour-blind eyes
BLACK, ORANGE, SKY, GREEN, BLUE, RED = "0.15", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00"
START, GOAL, STEPS = np.array([-0.5, 2.1]), np.array([1.0, 1.0]), 300


def ravine(theta: Any) -> float:
    """Rosenbrock's function with lower walls: 0 at (1, 1), and a floor along y = x^2."""
    x, y = theta
    return (1 - x) ** 2 + 10 * (y - x**2) ** 2


def ravine_slope(theta: Any) -> Any:
    x, y = theta
    return np.array([2 * (x - 1) - 40 * x * (y - x**2), 20 * (y - x**2)])


def draw(student: Any) -> Figure:
    """Send the student's optimizers down the ravine, along the student's numerical gradients."""

    def slope(theta: Any) -> Any:
        return np.asarray(student.numerical_gradient(ravine, theta))

    def walk(step: Any, learning_rate: float) -> Any:
        theta, state, path = START, None, [START]
        for _ in range(STEPS):
            theta, state = step(theta, slope(theta), state, learning_rate)
            path.append(np.asarray(theta))
        return np.array(path)

    paths = {
        "gradient descent 0.01": (np.asarray(student.gradient_descent(ravine_slope, START, 0.01, STEPS)), BLACK, "--"),
        "momentum 0.005": (walk(student.momentum_step, 0.005), ORANGE, "-"),
        "Adagrad 0.5": (walk(student.adagrad_step, 0.5), SKY, "-"),
        "RMSprop 0.03": (walk(student.rmsprop_step, 0.03), GREEN, "-"),
        "Adadelta 25": (walk(student.adadelta_step, 25.0), BLUE, "-."),
        "Adam 0.2": (walk(student.adam_step, 0.2), RED, "-"),
    }
    figure = Figure(figsize=(9.4, 4.2), layout="constrained")
    plan, curves = figure.subplots(1, 2, width_ratios=[1.25, 1])
    draw_ravine(plan)
    for name, (path, colour, style) in paths.items():
        plan.plot(*path.T, style, color=colour, linewidth=1.4)
        curves.plot([ravine(theta) for theta in path], style, color=colour, linewidth=1.4, label=name)
    curves.set(title="Height above the star", xlabel="step", yscale="log", ylim=(1e-8, 60))
    curves.grid(alpha=0.3)
    figure.legend(*curves.get_legend_handles_labels(), fontsize=9, loc="outside lower center", ncols=6)
    return figure


def draw_ravine(plan: Any) -> None:
    across, up = np.meshgrid(np.linspace(-1.9, 1.9, 200), np.linspace(-0.8, 2.4, 160))
    heights = ravine((across, up))
    levels = np.geomspace(0.02, 200, 9)
    plan.contourf(across, up, heights, levels, norm=LogNorm(), cmap="Greys", alpha=0.5, extend="both")
    plan.plot(*START, "o", color="black", markersize=7)
    plan.plot(*GOAL, "*", color="black", markersize=13, zorder=5)
    plan.set(title=f"{STEPS} steps through a ravine", xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")

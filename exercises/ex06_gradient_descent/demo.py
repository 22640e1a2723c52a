"""Where gradient descent ends, how fast, and two races of optimizers.

Above: the same walk from two starts that are close together ends in two different minima; and a learning rate that is
too low, good, and too high. Below, left: a curved ravine in the manner of Rosenbrock, whose walls are steep and whose
floor is almost flat. The five optimizers and plain gradient descent start from the dot, each with a learning rate that
suits it, and look for the star; in the middle, how high above the star each of them still is. Below, right: the same
optimizers, now on mini-batches of handwritten digits, with the learning rate that is best after the first epoch. Both
axes count in factors of ten, so that the first steps and the last are seen in one picture.
"""

from itertools import pairwise
from typing import Any

import course_data
import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from sklearn.utils.extmath import softmax

# Okabe and Ito: also different to colour-blind eyes
BLACK, ORANGE, SKY, GREEN, BLUE, RED = "0.15", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00"
START, GOAL, STEPS = np.array([-0.5, 2.1]), np.array([1.0, 1.0]), 300
# The optimizers, their colours and lines, and their learning rates in the ravine and on the digits: there, of all
# powers of 10^(1/4), the one with the lowest error after one epoch.
RACERS = {
    "gradient descent": (BLACK, "--", 0.01, 1.0),
    "momentum": (ORANGE, "-", 0.005, 0.1),
    "Adagrad": (SKY, "-", 0.5, 0.562),
    "RMSprop": (GREEN, "-", 0.03, 0.0316),
    "Adadelta": (BLUE, "-.", 25.0, 31.6),
    "Adam": (RED, "-", 0.2, 0.0562),
}
EPOCHS, BATCH, PENALTY = 20, 32, 0.01
LOWEST = 0.7372279  # the error of the digits at its minimum, found by L-BFGS


def ravine(theta: Any) -> float:
    """Rosenbrock's function with lower walls: 0 at (1, 1), and a floor along y = x^2."""
    x, y = theta
    return (1 - x) ** 2 + 10 * (y - x**2) ** 2


def walk(student: Any, name: str, slope: Any, start: Any, learning_rate: float, steps: int) -> Any:
    """The path of one optimizer, with the student's step of that name."""
    if name == "gradient descent":
        return np.asarray(student.gradient_descent(slope, start, learning_rate, steps))
    step = getattr(student, f"{name.lower()}_step")
    return np.asarray(student.optimize(step, slope, start, learning_rate, steps))


def draw(student: Any) -> Figure:
    """Walk with the student's functions, and draw the paths and how high they are."""
    figure = Figure(figsize=(11, 7), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[1, 1.45])
    minima, rates = above.subplots(1, 2)
    plan, curves, race = below.subplots(1, 3, width_ratios=[1.2, 1, 1])
    draw_two_minima(student, minima)
    draw_learning_rates(student, rates)
    draw_ravine(plan)
    run_through_the_ravine(student, plan, curves)
    run_on_digits(student, race)
    below.legend(*curves.get_legend_handles_labels(), fontsize=9, loc="outside lower center", ncols=6)
    return figure


def draw_two_minima(student: Any, axes: Any) -> None:
    def height(x: Any) -> Any:
        return x**4 - 2 * x**2 + x / 2

    ground = np.linspace(-1.55, 1.45, 300)
    axes.plot(ground, height(ground), color="0.6")
    for start, colour, marker in ((0.1, BLUE, "o"), (0.15, RED, "^")):
        path = np.asarray(student.gradient_descent(lambda x: 4 * x**3 - 4 * x + 0.5, start, 0.05, 60))
        axes.plot(path, height(path), marker, color=colour, markersize=4, label=f"from {start} to {path[-1]:.2f}")
    axes.set(title="Two starts, two minima", xlabel=r"$\theta$", ylabel="height")
    axes.legend(fontsize=9, loc="upper center")


def draw_learning_rates(student: Any, axes: Any) -> None:
    for rate, name, colour, marker in (
        (0.01, "too low", SKY, "s"), (0.3, "good", GREEN, "o"), (1.05, "too high", RED, "^"),
    ):  # fmt: skip
        path = student.gradient_descent(lambda theta: 2 * theta, 1.0, rate, 12)
        axes.plot(path, marker=marker, color=colour, markersize=4, label=f"{rate}: {name}")
    axes.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    axes.set(title=r"Three learning rates, down $\theta^2$ from 1", xlabel="step", ylabel=r"$\theta$", ylim=(-3.2, 3.6))
    axes.legend(fontsize=9, loc="upper left", ncols=3)


def draw_ravine(plan: Any) -> None:
    across, up = np.meshgrid(np.linspace(-1.9, 1.9, 200), np.linspace(-0.8, 2.4, 160))
    heights = ravine((across, up))
    levels = np.geomspace(0.02, 200, 9)
    plan.contourf(across, up, heights, levels, norm=LogNorm(), cmap="Greys", alpha=0.5, extend="both")
    plan.plot(*START, "o", color="black", markersize=7)
    plan.plot(*GOAL, "*", color="black", markersize=13, zorder=5)
    plan.set(title=f"{STEPS} steps through a ravine", xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")


def run_through_the_ravine(student: Any, plan: Any, curves: Any) -> None:
    """The optimizers on the student's numerical gradients."""

    def slope(theta: Any) -> Any:
        return np.asarray(student.numerical_gradient(ravine, theta))

    for name, (colour, style, rate, _) in RACERS.items():
        path = walk(student, name, slope, START, rate, STEPS)
        plan.plot(*path.T, style, color=colour, linewidth=1.4)
        curves.plot([ravine(theta) for theta in path], style, color=colour, linewidth=1.4, label=name)
    curves.set(title="Ravine: height above the star", xlabel="step", yscale="log", ylim=(1e-8, 60))
    curves.grid(alpha=0.3)


def run_on_digits(student: Any, axes: Any) -> None:
    """One layer with a softmax and a small penalty on large weights, on the student's mini-batches."""
    pixels, labels, *_ = course_data.load("small_digits")
    whole = len(pixels) // BATCH * BATCH  # the gradient of a last batch of 3 samples would be all noise
    pixels, labels = pixels[:whole], labels[:whole]
    x, y = np.column_stack([pixels / 16, np.ones(len(pixels))]), np.eye(10)[labels]
    steps = EPOCHS * len(x) // BATCH
    # The curves of single steps would be a tangle: each point is the mean of up to six steps around it.
    edges = np.unique(np.geomspace(1, steps + 1, 22).astype(int))
    seen = [np.unique(np.linspace(a, b - 1, 6).astype(int)) for a, b in pairwise(edges)]
    middles = [np.mean(part) for part in seen]

    def probabilities(inputs: Any, theta: Any) -> Any:
        return softmax(inputs @ theta)

    def error(theta: Any) -> float:
        of_the_truth = probabilities(x, theta)[np.arange(len(x)), labels]
        return -float(np.mean(np.log(of_the_truth))) + PENALTY / 2 * float(np.sum(theta**2))

    for name, (colour, style, _, rate) in RACERS.items():
        rng = np.random.default_rng(0)
        rows = np.arange(len(x))
        # Row numbers, in a list, are small enough to be handed over to a process of its own.
        batches = iter([batch for _ in range(EPOCHS) for batch, _ in student.minibatches(rows, rows, BATCH, rng)])

        def slope(theta: Any, batches: Any = batches) -> Any:
            batch = next(batches)
            inputs, targets = x[batch], y[batch]
            return inputs.T @ (probabilities(inputs, theta) - targets) / len(inputs) + PENALTY * theta

        path = walk(student, name, slope, np.zeros((x.shape[1], 10)), rate, steps)
        heights = [np.mean([error(path[k]) for k in part]) - LOWEST for part in seen]
        axes.plot(middles, heights, style, color=colour, linewidth=1.4)
    axes.set(title="Digits: error above the lowest", xlabel=f"step ({steps // EPOCHS} are an epoch)")
    axes.set(xscale="log", yscale="log")
    axes.grid(alpha=0.3)

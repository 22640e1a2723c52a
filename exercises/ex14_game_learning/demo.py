"""What two learners do with what they have learned.

On the left, the maze: the darker a cell, the more the table expects to earn from there, and the arrows are its best
actions. The player follows them to the goal, from the cell that is farthest away. Beside it, two networks play the same
five games of Catch: one that has learned nothing, and one that has played 1,000 games, which moves the basket (blue)
under the fruit (orange).
"""

from typing import Any

import gymnasium
import keras
import numpy as np
from course_data.games import LAYOUT
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

BLUE, GREEN, GREY = "#0072B2", "#009E73", "#555555"  # Okabe and Ito: also different to colour-blind eyes
VALUES = LinearSegmentedColormap.from_list("values", ["#FFFFFF", "#9CD9C3"])
ARROWS = [(-1, 0), (0, 1), (1, 0), (0, -1)]  # left, down, right, up; y points down
START = 16  # the cell from which the way is longest
STARTS = [(0, 7), (8, 1), (4, 6), (1, 3), (7, 7)]
PAUSE = 2  # how many frames a finished game stands still


def draw(student: Any) -> FuncAnimation:
    """Learn both games with the student's functions and show how they are played."""
    q = np.asarray(student.train_q_table(gymnasium.make("Maze-v0"), 1000, 0.5, 0.95, 0.2, np.random.default_rng(1)))
    keras.utils.set_random_seed(1)
    players = {
        "untrained": student.build_q_network((10, 10), 3),
        "after 1,000 games": student.train_dqn(gymnasium.make("Catch-v0"), 1000, 1),
    }
    route, films = walk(q), [film(model, name) for name, model in players.items()]

    figure = Figure(figsize=(9.6, 3.7), layout="constrained")
    FigureCanvasAgg(figure)
    left, *right = figure.subplots(1, 3)
    draw_maze(left, q)
    (player,) = left.plot([], [], "o", color=BLUE, markersize=15)
    (trace,) = left.plot([], [], color=BLUE, linewidth=2.5, alpha=0.5)
    boards = [axes.imshow(frames[0][0]) for axes, frames in zip(right, films, strict=True)]
    for axes in right:
        axes.set(xticks=[], yticks=[])

    def show(number: int) -> list[Any]:
        rows, columns = np.divmod(route[: number % (len(route) + PAUSE) + 1], len(LAYOUT[0]))
        trace.set_data(columns, rows)
        player.set_data(columns[-1:], rows[-1:])
        for axes, board, frames in zip(right, boards, films, strict=True):
            picture, title = frames[number]
            board.set_data(picture)
            axes.set_title(title)
        return [player, trace, *boards]

    return FuncAnimation(figure, show, frames=len(films[0]), interval=200)


def draw_maze(axes: Axes, q: np.ndarray) -> None:
    """The walls, the goal, the value of every cell and the best action in it."""
    kinds = np.array([list(row) for row in LAYOUT])
    values = q.max(axis=1).reshape(kinds.shape)
    axes.imshow(np.ma.masked_where(kinds != ".", values), cmap=VALUES)
    walls = np.zeros((*kinds.shape, 4))
    walls[kinds == "#"] = [1 / 3, 1 / 3, 1 / 3, 1]
    axes.imshow(walls)
    row, column = np.argwhere(kinds == "G")[0]
    axes.text(column, row, "goal", ha="center", va="center", color=GREEN, weight="bold", fontsize=9)
    free = np.flatnonzero(kinds.ravel() == ".")
    rows, columns = np.divmod(free, kinds.shape[1])
    directions = np.array(ARROWS)[q[free].argmax(axis=1)]
    axes.quiver(
        columns, rows, directions[:, 0], -directions[:, 1], color=GREY, pivot="mid", scale=14, width=0.008, zorder=3
    )
    axes.set(xticks=[], yticks=[])
    axes.set_title("Maze: the table's best actions")


def walk(q: np.ndarray) -> list[int]:
    """The cells that the best actions lead through, from `START` until the game is over."""
    env = gymnasium.make("Maze-v0")
    cell, _ = env.reset(options={"cell": START})
    cells, over = [cell], False
    while not over:
        cell, _, terminated, truncated, _ = env.step(int(np.argmax(q[cell])))
        cells.append(cell)
        over = terminated or truncated
    return cells


def film(model: Any, name: str) -> list[tuple[np.ndarray, str]]:
    """The pictures of a few games of Catch, each with the title that belongs to it. All films are equally long."""
    env = gymnasium.make("Catch-v0", render_mode="rgb_array")
    frames, caught = [], 0
    for game, (column, basket) in enumerate(STARTS):
        state, _ = env.reset(options={"column": column, "basket": basket})
        over = False
        while True:
            title = f"{name}: {caught} of {game + over} caught"
            frames += [(env.render()[::5, ::5], title)] * (PAUSE if over else 1)
            if over:
                break
            state, reward, over, _, _ = env.step(int(np.argmax(model.predict_on_batch(state[None])[0])))
            caught += reward > 0
    return frames

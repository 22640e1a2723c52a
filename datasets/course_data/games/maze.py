"""Maze: find the way to the goal, one cell at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from course_data.games.paint import BLUE, GREEN, GREY, WHITE, paint

FREE, WALL, GOAL = ".", "#", "G"
LAYOUT = (
    "...#...",
    ".#.#.#.",
    ".#...#.",
    ".#####.",
    "...#...",
    ".#.#.##",
    ".#....G",
)
LEFT, DOWN, RIGHT, UP = 0, 1, 2, 3  # the numbers of FrozenLake, which comes with Gymnasium
MOVES = {LEFT: (0, -1), DOWN: (1, 0), RIGHT: (0, 1), UP: (-1, 0)}
STEP_REWARD, GOAL_REWARD = -0.1, 1.0


class Maze(gymnasium.Env[Any, np.int64]):
    """A maze with one goal; the player starts anywhere else.

    Observation: the number of the player's cell, counted along the rows (`row * columns + column`), or, with
    `picture=True`, an array `(rows, columns, 3)` of zeros and ones: the walls, the goal and the player.
    Actions: 0 left, 1 down, 2 right, 3 up; who walks into a wall or the border stays where they are. Every
    step costs 0.1 (so that also a learner that never tries at random leaves the ways that lead nowhere),
    the one that reaches the goal earns 1 and ends the game. A game that takes too long is *truncated* by
    the time limit of `gymnasium.make`.

    `reset(options={"cell": n})` chooses the start; otherwise it is drawn.
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 8}  # noqa: RUF012 (an idiom of Gymnasium)

    def __init__(self, layout: Sequence[str] = LAYOUT, picture: bool = False, render_mode: str | None = None) -> None:
        self.layout = _checked(layout)
        self.picture = picture
        self.render_mode = render_mode
        self.shape = len(self.layout), len(self.layout[0])
        text = "".join(self.layout)
        self.goal = text.index(GOAL)
        self.starts = [cell for cell, kind in enumerate(text) if kind == FREE]
        self.cell = self.goal  # a finished game: it takes a reset to play
        self.action_space = gymnasium.spaces.Discrete(4)
        self.observation_space: gymnasium.Space[Any] = (
            gymnasium.spaces.Box(0.0, 1.0, (*self.shape, 3), np.float32)
            if picture
            else gymnasium.spaces.Discrete(len(text))
        )

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        cell = (options or {}).get("cell")
        if cell is None:
            cell = self.np_random.choice(self.starts)
        elif cell not in self.starts:
            raise ValueError(f"a game cannot start in cell {cell!r}: it is a wall, the goal or outside")
        self.cell = int(cell)
        return self._observation(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        if self.cell == self.goal:
            raise ResetNeeded("the goal is reached: call reset() for the next game")
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is not an action: 0 is left, 1 is down, 2 is right, 3 is up")
        self.cell = neighbour(self.layout, self.cell, int(action))
        arrived = self.cell == self.goal
        return self._observation(), GOAL_REWARD if arrived else STEP_REWARD, arrived, False, {}

    def render(self) -> Any:
        grid = np.array([[".#GP".index(kind) for kind in row] for row in self.layout])
        grid.flat[self.cell] = 3
        if self.render_mode == "ansi":
            return "\n".join("".join(".#GP"[value] for value in line) for line in grid) + "\n"
        if self.render_mode == "rgb_array":
            return paint(grid, [WHITE, GREY, GREEN, BLUE])
        return None

    def _observation(self) -> Any:
        if not self.picture:
            return self.cell
        kinds = np.array([list(row) for row in self.layout])
        player = np.arange(kinds.size).reshape(kinds.shape) == self.cell
        return np.stack([kinds == WALL, kinds == GOAL, player], axis=-1).astype(np.float32)


def neighbour(layout: Sequence[str], cell: int, action: int) -> int:
    """Return the cell that `action` leads to; `cell` itself where a wall or the border is in the way."""
    row, column = divmod(cell, len(layout[0]))
    row, column = row + MOVES[action][0], column + MOVES[action][1]
    inside = 0 <= row < len(layout) and 0 <= column < len(layout[0])
    return row * len(layout[0]) + column if inside and layout[row][column] != WALL else cell


def distances(layout: Sequence[str] = LAYOUT) -> NDArray[np.int64]:
    """How many steps the shortest path to the goal takes from every cell, found by breadth-first search.

    Every move can be made in both directions, so the search starts at the goal and spreads out ring by ring.

    Returns:
        One number for every cell, `(rows * columns,)`; -1 for walls and for cells from which no path leads
        there.
    """
    text = "".join(layout)
    steps = np.full(len(text), -1)
    goal = text.index(GOAL)
    steps[goal] = 0
    queue = deque([goal])
    while queue:
        cell = queue.popleft()
        for action in MOVES:
            reached = neighbour(layout, cell, action)
            if steps[reached] < 0:
                steps[reached] = steps[cell] + 1
                queue.append(reached)
    return steps


def _checked(layout: Sequence[str]) -> tuple[str, ...]:
    rows = tuple(layout)
    text = "".join(rows)
    if len({len(row) for row in rows}) != 1 or not text:
        raise ValueError("the rows of a maze must have the same length")
    if set(text) - {FREE, WALL, GOAL} or text.count(GOAL) != 1 or FREE not in text:
        raise ValueError(f"a maze is made of {FREE!r}, {WALL!r} and one {GOAL!r}, with room to start in")
    return rows

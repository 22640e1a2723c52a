"""Catch: a fruit falls, a basket moves left and right, and must be under the fruit when it lands."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import ArrayLike, NDArray

from course_data.games.paint import BLUE, ORANGE, WHITE, paint

SIZE = 10
COLUMNS = range(SIZE - 1)  # where a fruit can start: 0 .. 8
BASKETS = range(1, SIZE - 2)  # where the centre of the basket can start: 1 .. 7
STARTS = tuple(product(COLUMNS, BASKETS))  # all 63 pairs (column, basket)

LEFT, STAY, RIGHT = 0, 1, 2


class Catch(gymnasium.Env[NDArray[np.float32], np.int64]):
    """A 10x10 board on which one fruit falls, one row a step, into a basket three cells wide.

    Observation: the board, `(10, 10)` float32, 1 where the fruit or the basket is. Actions: 0 moves the
    basket left, 1 leaves it, 2 moves it right; its centre stays within 1 .. 9. The fruit starts in row 0 and
    lands in row 9, so a game takes 9 steps. The reward of the last one is +1 if the fruit's column is at most
    1 from the basket's centre, else -1; all others are 0.

    The rules are those of Eder Santana's program (https://edersantana.github.io/articles/keras_rl/), with its two
    peculiarities: no fruit falls in column 9, and with its centre in column 9 the basket shows two cells only.

    `reset(options={"column": 0 .. 8, "basket": 1 .. 7})` chooses the start; what is not given is drawn.
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 8}  # noqa: RUF012 (an idiom of Gymnasium)

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.observation_space = gymnasium.spaces.Box(0.0, 1.0, (SIZE, SIZE), np.float32)
        self.action_space = gymnasium.spaces.Discrete(3)
        self.row, self.column, self.basket = SIZE - 1, 0, 1  # a finished game: it takes a reset to play

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        self.row = 0
        self.column = self._start("column", COLUMNS, options)
        self.basket = self._start("basket", BASKETS, options)
        return self._board(), {}

    def step(self, action: Any) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        if self.row == SIZE - 1:
            raise ResetNeeded("the fruit has landed: call reset() for the next game")
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is not an action: 0 is left, 1 is stay, 2 is right")
        self.row += 1
        self.basket = min(max(self.basket + int(action) - STAY, 1), SIZE - 1)
        landed = self.row == SIZE - 1
        reward = (1.0 if abs(self.column - self.basket) <= 1 else -1.0) if landed else 0.0
        return self._board(), reward, landed, False, {}

    def render(self) -> Any:
        grid = np.zeros((SIZE, SIZE), dtype=np.int64)
        grid[-1, self.basket - 1 : self.basket + 2] = 2
        grid[self.row, self.column] = 1
        if self.render_mode == "ansi":
            return "\n".join("".join(".o="[value] for value in line) for line in grid) + "\n"
        if self.render_mode == "rgb_array":
            return paint(grid, [WHITE, ORANGE, BLUE])
        return None

    def _board(self) -> NDArray[np.float32]:
        board = np.zeros((SIZE, SIZE), dtype=np.float32)
        board[-1, self.basket - 1 : self.basket + 2] = 1
        board[self.row, self.column] = 1
        return board

    def _start(self, name: str, allowed: range, options: dict[str, Any] | None) -> int:
        value = (options or {}).get(name)
        if value is None:
            return int(self.np_random.integers(allowed.start, allowed.stop))
        if value not in allowed:
            raise ValueError(f"{name} must be in {allowed.start} .. {allowed.stop - 1}, not {value!r}")
        return int(value)


def win_rate(choose: Callable[[NDArray[np.float32]], ArrayLike]) -> float:
    """Return the exact share of the 63 starts from which a policy catches the fruit.

    All games are played side by side: `choose` gets their boards, `(63, 10, 10)`, and returns their
    actions, `(63,)`.
    """
    games = [Catch() for _ in STARTS]
    starts = ({"column": column, "basket": basket} for column, basket in STARTS)
    boards = [game.reset(options=start)[0] for game, start in zip(games, starts, strict=True)]
    for _ in range(SIZE - 1):
        actions = np.asarray(choose(np.stack(boards)))
        steps = [game.step(action) for game, action in zip(games, actions, strict=True)]
        boards = [step[0] for step in steps]
    return sum(step[1] > 0 for step in steps) / len(games)

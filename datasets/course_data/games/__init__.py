"""The games of the course, as Gymnasium environments: importing this package registers them.

    import gymnasium
    import course_data.games

    env = gymnasium.make("Catch-v0")
    observation, info = env.reset(seed=1)

| id               | observation                 | actions               | an episode is             |
|------------------|-----------------------------|-----------------------|---------------------------|
| `Catch-v0`       | picture `(10, 10)`, 0 or 1  | left, stay, right     | terminated after 9 steps  |
| `Maze-v0`        | number of the cell, 0 .. 48 | left, down, right, up | terminated at the goal,   |
| `MazePicture-v0` | picture `(7, 7, 3)`, 0 or 1 | the same              | truncated after 100 steps |

`env.reset(options={"column": 3, "basket": 5})` and `env.reset(options={"cell": 42})` choose the start, so
that a policy can be judged over *every* start instead of a sample of them.
"""

from __future__ import annotations

import gymnasium

from course_data.games.catch import STARTS, Catch, win_rate
from course_data.games.maze import LAYOUT, Maze, distances

__all__ = ["LAYOUT", "STARTS", "Catch", "Maze", "distances", "win_rate"]

MAZE_STEPS = 100  # the longest of the shortest paths takes 16

if "Catch-v0" not in gymnasium.registry:
    gymnasium.register("Catch-v0", entry_point="course_data.games.catch:Catch")
    gymnasium.register("Maze-v0", entry_point="course_data.games.maze:Maze", max_episode_steps=MAZE_STEPS)
    gymnasium.register(
        "MazePicture-v0",
        entry_point="course_data.games.maze:Maze",
        max_episode_steps=MAZE_STEPS,
        kwargs={"picture": True},
    )

"""What the grader of ex14 plays in: environments whose every reward is known, and the way through a maze;
and the generators that decide there."""

import gymnasium
import numpy as np


class Rules(gymnasium.Env):
    """An environment from a table: `rules[state][action] = (reward, next state, terminated)`.

    The states are numbers, or rows of the identity matrix where `vectors`. Games start in the states
    `starts`, one after the other; in drawn ones where there are none. After `limit` steps a game is
    truncated. Who takes a step after the end, or before the first reset, gets a RuntimeError.
    """

    def __init__(self, rules, starts=(0,), limit=None, vectors=False):
        self.rules, self.starts, self.limit, self.vectors = rules, starts, limit, vectors
        states, actions = len(rules), len(rules[0])
        self.action_space = gymnasium.spaces.Discrete(actions)
        self.observation_space = (
            gymnasium.spaces.Box(0.0, 1.0, (states,), np.float32) if vectors else gymnasium.spaces.Discrete(states)
        )
        self.games, self.steps, self.running = 0, 0, False

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        drawn = self.np_random.integers(len(self.rules))
        self.state = int(self.starts[self.games % len(self.starts)] if self.starts else drawn)
        self.games, self.steps, self.running = self.games + 1, 0, True
        return self.observe(), {}

    def step(self, action):
        if not self.running:
            raise RuntimeError("step() was called although the episode was over (terminated or truncated)")
        reward, self.state, terminated = self.rules[self.state][int(action)]
        self.steps += 1
        truncated = self.steps == self.limit and not terminated
        self.running = not (terminated or truncated)
        return self.observe(), float(reward), bool(terminated), truncated, {}

    def observe(self):
        return np.eye(len(self.rules), dtype=np.float32)[self.state] if self.vectors else self.state


class Wheel(Rules):
    """An environment whose actions are angles and have no numbers."""

    def __init__(self, vectors):
        super().__init__([[(1, 0, True)]], vectors=vectors)
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float32)

    def step(self, action):
        return super().step(0)


def steps_to_the_end(env, q, cell):
    """How many steps the best actions of `q` need from `cell` to the goal; None when they do not get there."""
    state, _ = env.reset(options={"cell": cell})
    steps, terminated, truncated = 0, False, False
    while not (terminated or truncated):
        state, _, terminated, truncated, _ = env.step(int(np.argmax(q[state])))
        steps += 1
    return steps if terminated else None


def last_steps_of_catch():
    """The boards of Catch one step before the fruit lands, and whether each action catches it."""
    places = np.array([(column, basket) for column in range(9) for basket in range(1, 10)])
    boards = np.zeros((len(places), 10, 10), dtype=np.float32)
    for board, (column, basket) in zip(boards, places, strict=True):
        board[8, column], board[9, basket - 1 : basket + 2] = 1, 1
    baskets = np.clip(places[:, 1:] + [-1, 0, 1], 1, 9)
    return boards, abs(places[:, :1] - baskets) <= 1


def generators(rng, count):
    """Generators that share nothing."""
    return [np.random.default_rng(int(seed)) for seed in rng.integers(2**62, size=count)]

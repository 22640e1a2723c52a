"""Whole arrays and masks, a buffer of preallocated arrays, `fit` between rounds of games."""

import copy
from dataclasses import dataclass

import gymnasium
import keras
import numpy as np
from scipy.signal import lfilter


def _require(condition, message):
    if not condition:
        raise ValueError(message)


def epsilon_greedy(q_values, epsilon, rng):
    q_values = np.asarray(q_values, dtype=float)
    _require(0.0 <= epsilon <= 1.0, "epsilon")
    _require(q_values.size > 0, "no actions")
    chances = np.full(q_values.shape, epsilon / q_values.size)
    chances[np.argmax(q_values)] += 1 - epsilon
    return np.array(np.searchsorted(np.cumsum(chances)[:-1], rng.random(), side="right"))


def discounted_returns(rewards, gamma):
    _require(0 <= gamma <= 1, "gamma")
    return lfilter([1.0], [1.0, -gamma], np.asarray(rewards, dtype=float)[::-1])[::-1]


def q_update(q, state, action, reward, next_state, terminated, alpha, gamma):
    _require(0 < alpha <= 1, "alpha")
    _require(0 <= gamma <= 1, "gamma")
    mask = np.zeros(np.shape(q))
    mask[state, action] = 1
    target = reward + (not terminated) * gamma * np.amax(q, axis=1)[next_state]
    return np.asarray(q) + alpha * mask * (target - np.asarray(q))


@dataclass
class Agent:
    q: np.ndarray
    alpha: float
    gamma: float
    epsilon: float
    rng: np.random.Generator

    def act(self, state):
        return int(epsilon_greedy(self.q[state] + 1e-12 * self.rng.random(self.q.shape[1]), self.epsilon, self.rng))

    def learn(self, state, action, reward, next_state, terminated):
        self.q = q_update(self.q, state, action, reward, next_state, terminated, self.alpha, self.gamma)

    def play(self, env, seed):
        state, _ = env.reset(seed=seed)
        terminated = truncated = False
        while not terminated and not truncated:
            action = self.act(state)
            next_state, reward, terminated, truncated, _ = env.step(action)
            self.learn(state, action, reward, next_state, terminated)
            state = next_state


def train_q_table(env, episodes, alpha, gamma, epsilon, rng):
    _require(episodes > 0, "episodes")
    try:
        shape = (env.observation_space.n, env.action_space.n)
    except AttributeError:
        raise ValueError("states and actions must be Discrete") from None
    agent = Agent(np.zeros(shape), alpha, gamma, epsilon, rng)
    for episode in range(episodes):
        agent.play(env, None if episode else int(rng.integers(2**20)))
    return agent.q


class ReplayBuffer:
    """A ring of arrays, made when the first transition shows its shape."""

    def __init__(self, capacity):
        _require(capacity >= 1, "capacity")
        self.capacity, self.added, self.arrays = capacity, 0, None

    def __len__(self):
        return min(self.added, self.capacity)

    def add(self, state, action, reward, next_state, terminated):
        if self.arrays is None:
            shape = (self.capacity, *np.shape(state))
            kinds = (
                (shape, float),
                (self.capacity, int),
                (self.capacity, float),
                (shape, float),
                (self.capacity, int),
            )
            self.arrays = tuple(np.zeros(size, dtype=kind) for size, kind in kinds)
        for array, value in zip(self.arrays, (state, action, reward, next_state, terminated), strict=True):
            array[self.added % self.capacity] = value
        self.added += 1

    def sample(self, batch_size, rng):
        _require(batch_size <= len(self), "too few")
        rows = np.argsort(rng.random(len(self)))[:batch_size]
        return tuple(array[rows] for array in self.arrays)


def build_q_network(observation_shape, num_actions):
    _require(num_actions >= 1, "num_actions")
    model = keras.Sequential([keras.layers.InputLayer(observation_shape), keras.layers.Flatten()])
    model.add(keras.layers.Dense(96, activation=keras.activations.relu))
    model.add(keras.layers.Dense(int(num_actions)))
    model.compile("adam", "mse")
    return model


def td_targets(q_values, next_q_values, actions, rewards, terminated, gamma):
    _require(0 <= gamma <= 1, "gamma")
    q_values, next_q_values = np.asarray(q_values), np.asarray(next_q_values)
    columns = [np.ravel(column) for column in (actions, rewards, terminated)]
    _require({len(q_values)} == {len(next_q_values), *map(len, columns)}, "lengths")
    actions, rewards, terminated = columns
    goals = rewards + gamma * (1 - terminated.astype(float)) * np.max(next_q_values, axis=-1)
    taken = np.eye(q_values.shape[1])[actions]
    return q_values * (1 - taken) + goals[:, None] * taken


def dqn_step(model, target_model, batch, gamma):
    states, actions, rewards, next_states, terminated = batch
    values, future = model.predict(states, verbose=0), target_model.predict(next_states, verbose=0)
    targets = td_targets(values, future, actions, rewards, terminated, gamma)
    model.fit(states, targets, batch_size=len(targets), verbose=0)
    return model


def train_dqn(env, episodes, seed, side_by_side=20):
    _require(episodes >= 1, "episodes")
    _require(isinstance(env.action_space, gymnasium.spaces.Discrete), "actions must be Discrete")
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_q_network(env.observation_space.shape, env.action_space.n)
    model.optimizer.learning_rate = 3e-3
    buffer = ReplayBuffer(5000)
    envs = [copy.deepcopy(env) for _ in range(side_by_side)]
    for number, own in enumerate(envs):
        own.reset(seed=seed + number)
    for first in range(0, episodes, side_by_side):
        epsilon = max(0.1, 1 - first / (0.6 * episodes))
        games = [[own, own.reset()[0]] for own in envs[: episodes - first]]
        while games:
            going = []
            for game, values in zip(games, model.predict_on_batch(np.array([g[1] for g in games])), strict=True):
                action = int(epsilon_greedy(values, epsilon, rng))
                state, reward, terminated, truncated, _ = game[0].step(action)
                buffer.add(game[1], action, reward, state, terminated)
                if not terminated and not truncated:
                    going.append([game[0], state])
            games = going
        for _ in range(2):
            batch = buffer.sample(min(len(buffer), 1600), rng)
            states, actions, rewards, next_states, terminated = batch
            values, future = model.predict_on_batch(states), model.predict_on_batch(next_states)
            targets = td_targets(values, future, actions, rewards, terminated, 0.9)
            model.fit(states, targets, batch_size=50, epochs=1, verbose=0)
    return model


def play(model, env, episodes, seed):
    _require(episodes >= 1, "episodes")
    totals = []
    state, _ = env.reset(seed=seed)
    while True:
        totals.append(0.0)
        over = False
        while not over:
            values = model.predict(np.expand_dims(np.asarray(state), 0), verbose=0)
            state, reward, terminated, truncated, _ = env.step(int(np.argmax(values)))
            totals[-1] += reward
            over = terminated or truncated
        if len(totals) == episodes:
            return np.float32(totals)
        state, _ = env.reset()

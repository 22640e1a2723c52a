"""Learning by playing: a table that learns a maze, a network that learns to catch fruit.

Slides: Reinforcement Learning, AI Game Learning.

A *state* is what the environment shows (an observation of Gymnasium), an *action* is a number `0 .. A - 1`,
and Q(s, a) is the discounted reward to expect after action a in state s. Everything outside the networks is
computed in float64. No function modifies an argument, except that a Keras model may be trained in place and
an environment moves on.

Use built-in layers and operations of Keras: graders rebuild your model from its configuration and do not have
your own classes.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import gymnasium
import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray


def epsilon_greedy(q_values: ArrayLike, epsilon: float, rng: np.random.Generator) -> int:
    """Choose an action: mostly the best one known, now and then any.

    With probability `epsilon` *explore*: an action drawn uniformly from **all** A of them, the best one
    included. Otherwise *exploit*: the action with the largest value. So the best action is chosen with the
    probability::

        1 - epsilon + epsilon / A

    Args:
        q_values: the value of each action in the present state, `(A,)`.
        epsilon: how often to explore, from 0 (never) to 1 (always).
        rng: the only source of randomness.

    Returns:
        The number of an action; of several best ones, whichever you like.

    Raises:
        ValueError: `epsilon` is outside [0, 1], or there are no actions.
    """
    ### BEGIN SOLUTION
    q_values = np.asarray(q_values)
    if not 0 <= epsilon <= 1:
        raise ValueError(f"epsilon must be in [0, 1], not {epsilon}")
    if q_values.size == 0:
        raise ValueError("there are no actions to choose from")
    if rng.random() < epsilon:
        return int(rng.integers(q_values.size))
    return int(np.argmax(q_values))
    ### END SOLUTION


def discounted_returns(rewards: ArrayLike, gamma: float) -> NDArray[np.float64]:
    """What was still to come after each step of one episode: near rewards in full, far ones discounted.

    For the rewards r_0 .. r_{T-1}, counted backwards from the end with G_T = 0::

        G_t = r_t + gamma G_{t+1} = r_t + gamma r_{t+1} + gamma^2 r_{t+2} + ...

    Args:
        rewards: the reward of each step, `(T,)`, floats or integers.
        gamma: the discount, from 0 (only the next reward counts) to 1 (all count the same).

    Returns:
        The return of each step, `(T,)`.

    Raises:
        ValueError: `gamma` is outside [0, 1].
    """
    ### BEGIN SOLUTION
    _check_gamma(gamma)
    returns = np.array(rewards, dtype=np.float64)
    for t in reversed(range(len(returns) - 1)):
        returns[t] += gamma * returns[t + 1]
    return returns
    ### END SOLUTION


def q_update(
    q: ArrayLike,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    terminated: bool,
    alpha: float,
    gamma: float,
) -> NDArray[np.float64]:
    """One step of Q-learning (Watkins, 1989): move one entry of the table towards what was just seen.

    ::

        target = reward + gamma max_a Q(next_state, a)     (the reward alone if `terminated`)
        Q(state, action) <- Q(state, action) + alpha (target - Q(state, action))

    Args:
        q: the table, `(S, A)`.
        state: where the action was taken.
        action: which one.
        reward: what it earned.
        next_state: where it led.
        terminated: whether the episode ended there.
        alpha: the learning rate, in (0, 1].
        gamma: the discount, in [0, 1].

    Returns:
        A new table; `q` stays as it was.

    Raises:
        ValueError: `alpha` is outside (0, 1] or `gamma` outside [0, 1].
    """
    ### BEGIN SOLUTION
    _check_alpha(alpha)
    _check_gamma(gamma)
    q = np.array(q, dtype=np.float64)
    target = reward if terminated else reward + gamma * np.max(q[next_state])
    q[state, action] += alpha * (target - q[state, action])
    return q
    ### END SOLUTION


def train_q_table(
    env: gymnasium.Env, episodes: int, alpha: float, gamma: float, epsilon: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Learn Q(s, a) by playing: reset, and until the episode is over choose, act, learn.

    The table starts with zeros. Actions are chosen epsilon-greedily, and after each of them the table
    learns with the rule of `q_update`. An episode is over when the environment says `terminated` or
    `truncated`, which is not the same: after a *terminated* step there is no future; a *truncated* one (a
    time limit) was interrupted, and its next state is worth what the table says.

    The environment draws from its own generator, so the first `env.reset` gets a seed drawn from `rng`; the
    others get none. The same `rng` then gives the same table.

    Args:
        env: a Gymnasium environment whose states and actions are numbers (`Discrete` spaces with S and A
            elements).
        episodes: how many to play, at least 1.
        alpha: the learning rate, in (0, 1].
        gamma: the discount, in [0, 1].
        epsilon: how often to explore, in [0, 1].
        rng: the only source of randomness.

    Returns:
        The table, `(S, A)`.

    Raises:
        ValueError: `episodes` is less than 1, or the states or actions are not `Discrete`.
    """
    ### BEGIN SOLUTION
    _check_episodes(episodes)
    if not isinstance(env.observation_space, gymnasium.spaces.Discrete):
        raise ValueError(f"a table needs numbered states, not {env.observation_space}")
    q = np.zeros((env.observation_space.n, _num_actions(env)))
    seed = int(rng.integers(2**31))
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = epsilon_greedy(q[state], epsilon, rng)
            next_state, reward, terminated, truncated, _ = env.step(action)
            q = q_update(q, state, action, reward, next_state, terminated, alpha, gamma)
            state, over = next_state, terminated or truncated
    return q
    ### END SOLUTION


class ReplayBuffer:
    """The memory of a DQN: the last `capacity` transitions, to learn from in mixed order (Mnih et al., 2013).

    Successive steps of a game resemble each other, and a network that learns from them in that order
    forgets the rest. `len(buffer)` is the number of transitions that it holds.

    Args:
        capacity: how many transitions it holds at most; when it is full, each new one replaces the oldest.

    Raises:
        ValueError: `capacity` is less than 1.
    """

    def __init__(self, capacity: int) -> None:
        ### BEGIN SOLUTION
        if capacity < 1:
            raise ValueError(f"the capacity must be at least 1, not {capacity}")
        self._capacity = capacity
        self._transitions: list[tuple] = []
        ### END SOLUTION

    def __len__(self) -> int:
        """How many transitions there are."""
        ### BEGIN SOLUTION
        return len(self._transitions)
        ### END SOLUTION

    def add(self, state: ArrayLike, action: int, reward: float, next_state: ArrayLike, terminated: bool) -> None:
        """Remember one transition.

        Args:
            state: the observation before the action.
            action: what was done.
            reward: what it earned.
            next_state: the observation after it, of the shape of `state`.
            terminated: whether the episode ended there (a truncated one did not).
        """
        ### BEGIN SOLUTION
        self._transitions.append((np.array(state), action, reward, np.array(next_state), terminated))
        del self._transitions[: -self._capacity]
        ### END SOLUTION

    def sample(self, batch_size: int, rng: np.random.Generator) -> tuple[NDArray, ...]:
        """Draw `batch_size` different transitions, all with the same chance.

        Args:
            batch_size: how many, B.
            rng: the only source of randomness.

        Returns:
            Five arrays whose rows belong together: states `(B, ...)`, actions `(B,)` integers, rewards
            `(B,)`, next states `(B, ...)`, terminated `(B,)`.

        Raises:
            ValueError: the buffer holds fewer than `batch_size` transitions.
        """
        ### BEGIN SOLUTION
        if batch_size > len(self):
            raise ValueError(f"{batch_size} transitions of {len(self)} cannot be drawn")
        chosen = rng.choice(len(self), size=batch_size, replace=False)
        return tuple(np.array(column) for column in zip(*(self._transitions[i] for i in chosen), strict=True))
        ### END SOLUTION


def build_q_network(observation_shape: Sequence[int], num_actions: int) -> keras.Model:
    """A network that looks at an observation and says what each action is worth.

    The observation is flattened, so that vectors and pictures do; then hidden layers with ReLU (one or two
    of 64 to 128 units learn the games of this exercise), and one *linear* output per action: a value may be
    negative or large, and the values of several actions do not compete.

    Args:
        observation_shape: the shape of one observation, such as `(4,)` or `(10, 10)`.
        num_actions: the number of actions A.

    Returns:
        A model from `(N, *observation_shape)` to `(N, A)`; compiled or not.

    Raises:
        ValueError: `num_actions` is less than 1.
    """
    ### BEGIN SOLUTION
    if num_actions < 1:
        raise ValueError(f"there must be at least 1 action, not {num_actions}")
    return keras.Sequential(
        [
            keras.Input(tuple(observation_shape)),
            keras.layers.Flatten(),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(num_actions),
        ]
    )
    ### END SOLUTION


def td_targets(
    q_values: ArrayLike,
    next_q_values: ArrayLike,
    actions: ArrayLike,
    rewards: ArrayLike,
    terminated: ArrayLike,
    gamma: float,
) -> NDArray[np.float64]:
    """What the network should have said about a batch of transitions: the targets of its next training step.

    For the action that was taken, with Q' the values of the next state::

        target = reward + gamma max_a Q'(a)     (the reward alone where `terminated`)

    For every other action nothing was seen: its target is what the network says already, so its error is 0.

    Args:
        q_values: the network's values of the states, `(N, A)`.
        next_q_values: its values of the next states, `(N, A)`.
        actions: what was done, `(N,)` integers.
        rewards: what it earned, `(N,)`.
        terminated: whether the episode ended there, `(N,)`.
        gamma: the discount, in [0, 1].

    Returns:
        A new array, `(N, A)`; the arguments stay as they were.

    Raises:
        ValueError: the arguments are not of the same length, or `gamma` is outside [0, 1].
    """
    ### BEGIN SOLUTION
    _check_gamma(gamma)
    targets = np.array(q_values, dtype=np.float64)
    next_q_values, actions, rewards = np.asarray(next_q_values), np.asarray(actions), np.asarray(rewards)
    ended = np.asarray(terminated, dtype=bool)
    if not len(targets) == len(next_q_values) == len(actions) == len(rewards) == len(ended):
        raise ValueError("q_values, next_q_values, actions, rewards and terminated must have the same length")
    future = np.where(ended, 0.0, next_q_values.max(axis=1))
    targets[np.arange(len(targets)), actions] = rewards + gamma * future
    return targets
    ### END SOLUTION


def dqn_step(model: keras.Model, target_model: keras.Model, batch: tuple[ArrayLike, ...], gamma: float) -> keras.Model:
    """One step of deep Q-learning: train the network on one batch of transitions (Mnih et al., 2015).

    The targets are `td_targets`. What is said about the *states* comes from `model`, so that the error of an action
    that was not taken is 0; what is said about the *next states* comes from `target_model`, the *target network*: a
    copy of the network that stands still, or each step would move its own targets.

    Args:
        model: the network that learns, compiled; it is trained by one call of `train_on_batch`, as it was compiled.
        target_model: the network that computes the future; it is not trained.
        batch: what `ReplayBuffer.sample` returns: states, actions, rewards, next states, terminated.
        gamma: the discount, in [0, 1].

    Returns:
        The model, trained.

    Raises:
        ValueError: `gamma` is outside [0, 1].
    """
    ### BEGIN SOLUTION
    states, actions, rewards, next_states, terminated = batch
    values, next_values = model.predict_on_batch(states), target_model.predict_on_batch(next_states)
    targets = td_targets(values, next_values, actions, rewards, terminated, gamma)
    model.train_on_batch(states, targets)
    return model
    ### END SOLUTION


def copies_of(env: gymnasium.Env, count: int) -> list[gymnasium.Env]:
    """`count` independent copies of an environment, to play several games side by side (given)."""
    return [copy.deepcopy(env) for _ in range(count)]


def train_dqn(env: gymnasium.Env, episodes: int, seed: int) -> keras.Model:
    """Learn to play with a network in place of the table: deep Q-learning (Mnih et al., 2013, 2015).

    As in `train_q_table`, but the network plays, every transition goes into a `ReplayBuffer`, and the
    network learns from random batches of it by `dqn_step`. Its target network starts as a copy of it
    (`keras.models.clone_model` copies the layers, `set_weights` the weights) and is made equal to it again
    every few dozen steps. Start with much exploration and end with little.

    Call `model.predict_on_batch` for several states at once: with `model.predict` for every single state,
    1,000 games take a quarter of an hour. Playing several games side by side (`copies_of`) makes one
    prediction serve them all. 1,000 games of Catch should take at most a minute and be enough to win from
    at least 60 of the 63 starts.

    Args:
        env: a Gymnasium environment whose observations are arrays (`Box`) and whose actions are numbers
            (`Discrete`; Keras wants their count as a plain `int(env.action_space.n)`).
        episodes: how many games to play, at least 1.
        seed: makes the result repeatable: for `keras.utils.set_random_seed`, your own generator and the
            environment.

    Returns:
        The trained model, from `(N, *observation_shape)` to the values `(N, A)`.

    Raises:
        ValueError: `episodes` is less than 1, or the actions are not `Discrete`.
    """
    ### BEGIN SOLUTION
    _check_episodes(episodes)
    num_actions = _num_actions(env)
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_q_network(env.observation_space.shape, num_actions)
    model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss="mse")
    target_model = keras.models.clone_model(model)
    buffer = ReplayBuffer(CAPACITY)

    tables = copies_of(env, min(PARALLEL_GAMES, episodes))
    games = [(table, table.reset(seed=seed + number)[0]) for number, table in enumerate(tables)]
    started = len(games)
    steps = 0
    while games:
        if steps % RENEWAL == 0:
            target_model.set_weights(model.get_weights())
        steps += 1
        finished = started - len(games)
        epsilon = 1 - (1 - LAST_EPSILON) * min(1, finished / (EXPLORING * episodes))
        values = model.predict_on_batch(np.stack([state for _, state in games]))
        running = []
        for (table, state), q_values in zip(games, values, strict=True):
            action = epsilon_greedy(q_values, epsilon, rng)
            next_state, reward, terminated, truncated, _ = table.step(action)
            buffer.add(state, action, reward, next_state, terminated)
            if not (terminated or truncated):
                running.append((table, next_state))
            elif started < episodes:
                running.append((table, table.reset()[0]))
                started += 1
        games = running
        if len(buffer) >= BATCH_SIZE:
            model.optimizer.learning_rate = LEARNING_RATE * (1 - finished / episodes)
            for _ in range(BATCHES_PER_STEP):
                dqn_step(model, target_model, buffer.sample(BATCH_SIZE, rng), GAMMA)
    return model
    ### END SOLUTION


def play(model: keras.Model, env: gymnasium.Env, episodes: int, seed: int) -> NDArray[np.float64]:
    """Let a trained network play: always its best action, nothing drawn, nothing learned.

    Args:
        model: from a batch of observations to the values of the actions, `(N, A)`.
        env: the Gymnasium environment to play in, until it says `terminated` or `truncated`.
        episodes: how many games, at least 1.
        seed: for the first `env.reset`; the others get none.

    Returns:
        The total reward of each game (not discounted), `(episodes,)`.

    Raises:
        ValueError: `episodes` is less than 1.
    """
    ### BEGIN SOLUTION
    _check_episodes(episodes)
    totals = np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = int(np.argmax(model.predict_on_batch(np.asarray(state)[None])[0]))
            state, reward, terminated, truncated, _ = env.step(action)
            totals[episode] += reward
            over = terminated or truncated
    return totals
    ### END SOLUTION


### BEGIN SOLUTION
# The settings of `train_dqn`.
GAMMA = 0.9
LEARNING_RATE = 3e-3  # falls to 0 towards the last game, so that the network comes to rest
BATCH_SIZE = 128
BATCHES_PER_STEP = 2
CAPACITY = 10_000
PARALLEL_GAMES = 10
RENEWAL = 20  # after so many steps the target network is made equal to the network
EXPLORING, LAST_EPSILON = 0.5, 0.05  # epsilon falls from 1 to 0.05 during the first half of the games


def _num_actions(env: gymnasium.Env) -> int:
    if not isinstance(env.action_space, gymnasium.spaces.Discrete):
        raise ValueError(f"the actions must be numbered, not {env.action_space}")
    return int(env.action_space.n)


def _check_episodes(episodes: int) -> None:
    if episodes < 1:
        raise ValueError(f"there must be at least 1 episode, not {episodes}")


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha must be in (0, 1], not {alpha}")


def _check_gamma(gamma: float) -> None:
    if not 0 <= gamma <= 1:
        raise ValueError(f"gamma must be in [0, 1], not {gamma}")


### END SOLUTION

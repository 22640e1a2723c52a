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
    raise NotImplementedError("ex14 epsilon_greedy")


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
    raise NotImplementedError("ex14 discounted_returns")


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
    raise NotImplementedError("ex14 q_update")


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
    raise NotImplementedError("ex14 train_q_table")


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
        raise NotImplementedError("ex14 ReplayBuffer.__init__")

    def __len__(self) -> int:
        """How many transitions there are."""
        raise NotImplementedError("ex14 ReplayBuffer.__len__")

    def add(self, state: ArrayLike, action: int, reward: float, next_state: ArrayLike, terminated: bool) -> None:
        """Remember one transition.

        Args:
            state: the observation before the action.
            action: what was done.
            reward: what it earned.
            next_state: the observation after it, of the shape of `state`.
            terminated: whether the episode ended there (a truncated one did not).
        """
        raise NotImplementedError("ex14 ReplayBuffer.add")

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
        raise NotImplementedError("ex14 ReplayBuffer.sample")


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
    raise NotImplementedError("ex14 build_q_network")


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
    raise NotImplementedError("ex14 td_targets")


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
    raise NotImplementedError("ex14 dqn_step")


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
    raise NotImplementedError("ex14 train_dqn")


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
    raise NotImplementedError("ex14 play")

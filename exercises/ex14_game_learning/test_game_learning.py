"""Visible tests of ex14: run `pytest exercises/ex14_game_learning` while you work.

The last test of `train_dqn` plays 1,000 games of Catch, which takes from five seconds to a minute.
"""

import gymnasium
import keras
import numpy as np
import pytest
from course_data.games import distances, win_rate

from grader.compare import close, exactly


class Chest(gymnasium.Env):
    """A room with one chest: opening it (any action) earns 1 coin.

    The game is then over: terminated, or, with `interrupted=True`, truncated.
    """

    def __init__(self, interrupted=False, numbered=True):
        self.interrupted = interrupted
        self.state = 0 if numbered else np.ones(2, np.float32)
        self.observation_space = (
            gymnasium.spaces.Discrete(1) if numbered else gymnasium.spaces.Box(0, 1, (2,), np.float32)
        )
        self.action_space = gymnasium.spaces.Discrete(1 if numbered else 2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.state, {}

    def step(self, action):
        return self.state, 1.0, not self.interrupted, self.interrupted, {}


def network(kernel):
    """A network without hidden layers: the values are `observation @ kernel`."""
    kernel = np.asarray(kernel, dtype=np.float32)
    model = keras.Sequential([keras.Input((len(kernel),)), keras.layers.Dense(kernel.shape[1], use_bias=False)])
    model.set_weights([kernel])
    return model


@pytest.mark.task("epsilon_greedy")
def test_epsilon_0_chooses_the_best_action(student):
    """Without exploring, the action with the largest value"""
    assert student.epsilon_greedy([0.1, -0.5, 0.7, 0.2], 0.0, np.random.default_rng(1)) == exactly(2)


@pytest.mark.task("epsilon_greedy")
def test_epsilon_1_tries_every_action(student):
    """Always exploring, every action is chosen now and then"""
    chosen = {int(student.epsilon_greedy([0.1, -0.5, 0.7, 0.2], 1.0, np.random.default_rng(k))) for k in range(200)}
    assert chosen == {0, 1, 2, 3}, "200 random choices must contain each of the 4 actions, and nothing else"


@pytest.mark.task("epsilon_greedy", edge=True)
def test_epsilon_is_a_probability(student):
    """An epsilon of 1.5 is a ValueError"""
    with pytest.raises(ValueError):
        student.epsilon_greedy([0.0, 1.0], 1.5, np.random.default_rng(1))


@pytest.mark.task("discounted_returns")
def test_a_reward_at_the_end(student):
    """One reward after three steps, each step back is worth half"""
    assert student.discounted_returns([0, 0, 1], 0.5) == close([0.25, 0.5, 1.0])


@pytest.mark.task("discounted_returns")
def test_rewards_on_the_way(student):
    """1 + 0.5 * (2 + 0.5 * 4) = 3"""
    assert student.discounted_returns([1.0, 2.0, 4.0], 0.5) == close([3.0, 4.0, 4.0])


@pytest.mark.task("discounted_returns", edge=True)
def test_gamma_of_returns(student):
    """A gamma of 2 is a ValueError"""
    with pytest.raises(ValueError):
        student.discounted_returns([1.0], 2.0)


@pytest.mark.task("q_update")
def test_q_update_of_the_handout(student):
    """Target 1 + 0.5 * 8 = 5; from 2 half the way to 5 is 3.5"""
    q = np.array([[2.0, 0.0], [4.0, 8.0]])
    result = student.q_update(q, 0, 0, 1.0, 1, False, 0.5, 0.5)
    assert result == close([[3.5, 0.0], [4.0, 8.0]])
    assert q == close([[2.0, 0.0], [4.0, 8.0]])


@pytest.mark.task("q_update")
def test_q_update_at_the_end(student):
    """Terminated: the target is the reward alone"""
    q = np.array([[2.0, 0.0], [4.0, 8.0]])
    assert student.q_update(q, 0, 1, 1.0, 1, True, 0.5, 0.5) == close([[2.0, 0.5], [4.0, 8.0]])


@pytest.mark.task("train_q_table")
def test_three_chests(student):
    """Three episodes with alpha 0.5 go half the way to 1 three times: 0.875"""
    q = student.train_q_table(Chest(), 3, 0.5, 0.5, 0.1, np.random.default_rng(1))
    assert q == close([[0.875]])


@pytest.mark.task("train_q_table")
def test_three_interrupted_games(student):
    """Truncated is not terminated: the future still counts, 1, then 1 + 1/2, then 1 + 3/4"""
    q = student.train_q_table(Chest(interrupted=True), 3, 1.0, 0.5, 0.1, np.random.default_rng(1))
    assert q == close([[1.75]])


@pytest.mark.task("train_q_table")
def test_the_maze(student):
    """After 1,000 games the best actions lead from every cell of the maze to the goal"""
    env = gymnasium.make("Maze-v0")
    q = np.asarray(student.train_q_table(env, 1000, 0.5, 0.95, 0.2, np.random.default_rng(1)))
    lost = []
    for cell in np.flatnonzero(distances() > 0):
        state, _ = env.reset(options={"cell": int(cell)})
        over = False
        while not over:
            state, _, arrived, truncated, _ = env.step(int(np.argmax(q[state])))
            over = arrived or truncated
        if not arrived:
            lost.append(int(cell))
    assert not lost, f"the best actions do not lead to the goal from the cells {lost}"


@pytest.mark.task("ReplayBuffer")
def test_the_oldest_is_dropped(student):
    """A buffer for two transitions forgets the first of three"""
    buffer = student.ReplayBuffer(2)
    for number in range(3):
        buffer.add([number, 0.0], number, 10.0 * number, [number, 1.0], number == 2)
    assert len(buffer) == 2, "three were added to a buffer for two: it holds two"
    states, actions, rewards, next_states, terminated = buffer.sample(2, np.random.default_rng(1))
    order = np.argsort(actions)
    assert np.asarray(actions)[order] == exactly([1, 2])
    assert np.asarray(states)[order] == close([[1.0, 0.0], [2.0, 0.0]])
    assert np.asarray(rewards)[order] == close([10.0, 20.0])
    assert np.asarray(next_states)[order] == close([[1.0, 1.0], [2.0, 1.0]])
    assert np.asarray(terminated)[order].astype(bool).tolist() == [False, True], "only the last one terminated"


@pytest.mark.task("ReplayBuffer", edge=True)
def test_more_than_there_is(student):
    """Two of one transition are a ValueError"""
    buffer = student.ReplayBuffer(5)
    buffer.add([0.0], 0, 0.0, [1.0], False)
    with pytest.raises(ValueError):
        buffer.sample(2, np.random.default_rng(1))


@pytest.mark.task("build_q_network")
def test_one_value_per_action(student):
    """A picture of 10x10 in, the values of three actions out"""
    values = student.build_q_network((10, 10), 3).predict_on_batch(np.ones((5, 10, 10), np.float32))
    assert np.shape(values) == (5, 3), "five pictures must give five rows of three values"


@pytest.mark.task("build_q_network")
def test_values_can_be_negative_and_large(student):
    """The network can learn the values -3 and 5"""
    model = student.build_q_network((2,), 2)
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
    x, y = np.ones((8, 2), np.float32), np.tile(np.float32([-3, 5]), (8, 1))
    for _ in range(200):
        model.train_on_batch(x, y)
    assert model.predict_on_batch(x)[0] == close([-3, 5], atol=0.5)


@pytest.mark.task("td_targets")
def test_td_targets_of_the_handout(student):
    """Only the action that was taken gets a new value: 1 + 0.5 * 6 = 4"""
    result = student.td_targets([[1.0, 2.0, 3.0]], [[0.0, 6.0, 4.0]], [1], [1.0], [False], 0.5)
    assert result == close([[1.0, 4.0, 3.0]], rtol=1e-6)


@pytest.mark.task("td_targets")
def test_td_targets_at_the_end(student):
    """The second transition terminated: its target is the reward"""
    result = student.td_targets(
        [[1.0, 2.0], [3.0, 4.0]], [[8.0, 6.0], [8.0, 6.0]], [0, 1], [1.0, -1.0], [False, True], 0.5
    )
    assert result == close([[5.0, 2.0], [3.0, -1.0]], rtol=1e-6)


@pytest.mark.task("td_targets", edge=True)
def test_td_targets_of_different_lengths(student):
    """Two states and one action are a ValueError"""
    with pytest.raises(ValueError):
        student.td_targets([[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [1], [1.0], [False], 0.5)


@pytest.mark.task("train_dqn")
def test_a_network_for_another_game(student):
    """Five games with two actions: the network has two outputs"""
    model = student.train_dqn(Chest(numbered=False), 5, 1)
    assert np.shape(model.predict_on_batch(np.ones((3, 2), np.float32))) == (3, 2), (
        "three observations must give three rows of two values"
    )


@pytest.mark.task("train_dqn")
@pytest.mark.trains
def test_catch(student):
    """After 1,000 games of Catch the network wins from at least 60 of the 63 starts"""
    model = student.train_dqn(gymnasium.make("Catch-v0"), 1000, 1)
    wins = round(63 * win_rate(lambda boards: np.argmax(model.predict_on_batch(boards), axis=1)))
    assert wins >= 60, f"it wins from {wins} of the 63 starts"


@pytest.mark.task("play")
def test_play_sums_the_rewards(student):
    """Four games with one coin each"""
    assert student.play(network([[1.0, 0.0], [0.0, 0.0]]), Chest(numbered=False), 4, 1) == close([1.0] * 4)


@pytest.mark.task("play", edge=True)
def test_play_no_game(student):
    """Zero games are a ValueError"""
    with pytest.raises(ValueError):
        student.play(network([[1.0, 0.0], [0.0, 0.0]]), Chest(numbered=False), 0, 1)

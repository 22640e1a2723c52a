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


class Game(gymnasium.Env):
    """A game whose rules are a table: `rules[state][action]` is (reward, next state, whether it is over).

    It starts in a state that is drawn, or in `start`. States are numbers, or rows of the identity matrix (`vectors`).
    After `limit` steps it is interrupted. `seeds` are those that `reset` was given.
    """

    def __init__(self, rules, start=None, limit=None, vectors=False):
        self.rules, self.start, self.limit, self.seeds, self.over = rules, start, limit, [], True
        self.rows = np.eye(len(rules), dtype=np.float32) if vectors else range(len(rules))
        self.action_space = gymnasium.spaces.Discrete(len(rules[0]))
        boxes = gymnasium.spaces.Box(0, 1, (len(rules),), np.float32)
        self.observation_space = boxes if vectors else gymnasium.spaces.Discrete(len(rules))

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.seeds.append(seed)
        self.state = int(self.np_random.integers(len(self.rules))) if self.start is None else self.start
        self.steps, self.over = 0, False
        return self.rows[self.state], {}

    def step(self, action):
        assert not self.over, "step() was called although the game was over: it is terminated, or truncated"
        row = self.rules[self.state]
        reward, self.state, terminated = row[int(action)]
        self.steps += 1
        truncated = not terminated and self.limit == self.steps
        self.over = terminated or truncated
        return self.rows[self.state], float(reward), terminated, truncated, {}


def throttle(game):
    """The same game with an action that is no number: how far to open a throttle."""
    game.action_space = gymnasium.spaces.Box(0, 1, (1,), np.float32)
    return game


def network(kernel):
    """A network without hidden layers: the values are `observation @ kernel`."""
    kernel = np.asarray(kernel, dtype=np.float32)
    model = keras.Sequential([keras.Input((len(kernel),)), keras.layers.Dense(kernel.shape[1], use_bias=False)])
    model.set_weights([kernel])
    return model


def chosen(student, q_values, epsilon, count):
    """How often each action is chosen by `count` generators."""
    actions = [int(student.epsilon_greedy(q_values, epsilon, np.random.default_rng(k))) for k in range(count)]
    assert set(actions) <= set(range(len(q_values))), f"the actions {sorted(set(actions))} were chosen"
    return np.bincount(actions, minlength=len(q_values)).tolist()


@pytest.mark.task("epsilon_greedy", weight=2)
def test_epsilon_0_chooses_the_best_action(student):
    """Without exploring, the action with the largest value, also if all are negative"""
    assert student.epsilon_greedy([0.1, -0.5, 0.7, 0.2], 0.0, np.random.default_rng(1)) == exactly(2)
    assert student.epsilon_greedy([-3.0, -1.0, -2.0], 0.0, np.random.default_rng(1)) == exactly(1)


@pytest.mark.task("epsilon_greedy", weight=2)
def test_epsilon_1_tries_every_action(student):
    """Always exploring, each of 4 actions is chosen by about 100 of 400 generators, the best one, too"""
    counts = chosen(student, [0.1, -0.5, 0.7, 0.2], 1.0, 400)
    assert min(counts) > 50, f"the actions are chosen {counts} times"


@pytest.mark.task("epsilon_greedy", weight=2)
def test_epsilon_in_between(student):
    """With epsilon 1/2 the better of two actions is chosen by about 300 of 400 generators: 1 - 1/2 + 1/4"""
    counts = chosen(student, [-1.0, -0.5], 0.5, 400)
    assert 250 < counts[1] < 350, f"the better action is chosen {counts[1]} times"


@pytest.mark.task("epsilon_greedy")
def test_the_same_generator_chooses_the_same(student):
    """All chance comes from `rng`: equal generators make equal choices"""
    first, again = (
        [int(student.epsilon_greedy(np.arange(9.0), 1.0, np.random.default_rng(k))) for k in range(30)]
        for _ in range(2)
    )
    assert first == again, "equal generators make other choices: chance does not come from rng"


@pytest.mark.task("epsilon_greedy", edge=True)
@pytest.mark.parametrize(("q_values", "epsilon"), [([0.0, 1.0], 1.5), ([0.0, 1.0], -0.5), ([], 0.5)])
def test_epsilon_is_a_probability(student, q_values, epsilon):
    """An epsilon of 1.5 or below 0, and no actions, are a ValueError"""
    with pytest.raises(ValueError):
        student.epsilon_greedy(q_values, epsilon, np.random.default_rng(1))


@pytest.mark.task("discounted_returns")
def test_a_reward_at_the_end(student):
    """One reward after three steps, each step back is worth half"""
    assert student.discounted_returns([0, 0, 1], 0.5) == close([0.25, 0.5, 1.0])


@pytest.mark.task("discounted_returns")
def test_rewards_on_the_way(student):
    """1 + 0.5 * (2 + 0.5 * 4) = 3"""
    assert student.discounted_returns([1.0, 2.0, 4.0], 0.5) == close([3.0, 4.0, 4.0])


@pytest.mark.task("discounted_returns", edge=True)
def test_returns_with_gamma_1_and_0(student):
    """With gamma 1 all rewards to come count the same, with 0 only the next one"""
    assert student.discounted_returns([1.0, 2.0, 4.0], 1.0) == close([7.0, 6.0, 4.0])
    assert student.discounted_returns([1.0, 2.0, 4.0], 0.0) == close([1.0, 2.0, 4.0])


@pytest.mark.task("discounted_returns", edge=True)
@pytest.mark.parametrize("gamma", [2.0, -0.5])
def test_gamma_of_returns(student, gamma):
    """A gamma of 2, or below 0, is a ValueError"""
    with pytest.raises(ValueError):
        student.discounted_returns([1.0], gamma)


@pytest.mark.task("q_update", weight=3)
def test_q_update_of_the_handout(student):
    """Target 1 + 0.5 * 8 = 5; from 2 half the way to 5 is 3.5"""
    q = np.array([[2.0, 0.0], [4.0, 8.0]])
    result = student.q_update(q, 0, 0, 1.0, 1, False, 0.5, 0.5)
    assert result == close([[3.5, 0.0], [4.0, 8.0]])
    assert q == close([[2.0, 0.0], [4.0, 8.0]])


@pytest.mark.task("q_update", weight=3)
def test_q_update_at_the_end(student):
    """Terminated: the target is the reward alone"""
    q = np.array([[2.0, 0.0], [4.0, 8.0]])
    assert student.q_update(q, 0, 1, 1.0, 1, True, 0.5, 0.5) == close([[2.0, 0.5], [4.0, 8.0]])


@pytest.mark.task("q_update")
def test_q_update_with_nothing_to_win(student):
    """All that can follow is negative, and the best of it is -2: the target is 1 - 0.5 * 2 = 0"""
    q = np.array([[-6.0, 0.0], [-2.0, -9.0]])
    assert student.q_update(q, 0, 0, 1.0, 1, False, 0.5, 0.5) == close([[-3.0, 0.0], [-2.0, -9.0]])


@pytest.mark.task("q_update")
def test_q_update_of_whole_numbers(student):
    """A step that leads nowhere, in a table of whole numbers: a quarter of the way from 4 to 1 + 0.5 * 4 = 3"""
    assert student.q_update([[1, 4]], 0, 1, 1, 0, False, 0.25, 0.5) == close([[1.0, 3.75]])


@pytest.mark.task("q_update", edge=True)
@pytest.mark.parametrize(("alpha", "gamma"), [(0.0, 0.5), (1.5, 0.5), (0.5, -0.5), (0.5, 1.5)])
def test_alpha_and_gamma_of_an_update(student, alpha, gamma):
    """An alpha of 0 or above 1, and a gamma below 0 or above 1, are a ValueError"""
    with pytest.raises(ValueError):
        student.q_update([[2.0, 0.0], [4.0, 8.0]], 1, 1, 1.0, 0, False, alpha, gamma)


@pytest.mark.task("train_q_table")
def test_three_chests(student):
    """Three episodes with alpha 0.5 go half the way to 1 three times: 0.875"""
    q = student.train_q_table(Chest(), 3, 0.5, 0.5, 0.1, np.random.default_rng(1))
    assert q == close([[0.875]])


# Left leaves the room with nothing, right leads to the second one: there left earns 4, right costs 4.
ROOMS = [[(0, 0, True), (0, 1, False)], [(4, 0, True), (-4, 0, True)]]


@pytest.mark.task("train_q_table", weight=2)
def test_two_rooms(student):
    """Exploring all the time, it still learns what the *best* way is worth: in the first room 0.5 * 4 to the right"""
    q = student.train_q_table(Game(ROOMS, start=0), 200, 1.0, 0.5, 1.0, np.random.default_rng(1))
    assert q == close([[0.0, 2.0], [4.0, -4.0]])


@pytest.mark.task("train_q_table")
def test_two_rooms_without_exploring(student):
    """With epsilon 0 the best known action is chosen: of three that earn 1, the one that was tried first for ever"""
    q = student.train_q_table(Game([[(1, 0, True)] * 3]), 3, 0.5, 0.5, 0.0, np.random.default_rng(1))
    assert np.sort(np.ravel(q)) == close([0.0, 0.0, 0.875])


@pytest.mark.task("train_q_table")
def test_the_generator_decides_all(student):
    """Equal generators give equal tables, different ones do not"""
    first, again, other = (
        np.asarray(student.train_q_table(Game(ROOMS), 6, 0.5, 0.5, 0.5, np.random.default_rng(k))) for k in (1, 1, 2)
    )
    assert np.array_equal(first, again), "equal generators give other tables: chance does not come from rng alone"
    assert not np.array_equal(first, other), "different generators give the same table"


@pytest.mark.task("train_q_table")
def test_the_environment_is_seeded_once(student):
    """The first reset gets a seed drawn from `rng`, so another one for another generator; the others get none"""
    firsts = set()
    for k in (1, 2, 3):
        game = Game(ROOMS)
        student.train_q_table(game, 4, 0.5, 0.5, 0.5, np.random.default_rng(k))
        assert game.seeds[0] is not None, "the first reset of the environment gets no seed"
        assert game.seeds[1:] == [None] * 3, f"the resets get the seeds {game.seeds}"
        firsts.add(int(game.seeds[0]))
    assert len(firsts) > 1, f"the first reset gets the same seed for every generator: {firsts}"


@pytest.mark.task("train_q_table", edge=True)
@pytest.mark.parametrize(
    ("game", "episodes"),
    [(Game(ROOMS), 0), (Game(ROOMS, vectors=True), 1), (throttle(Game(ROOMS)), 1)],
    ids=["no episodes", "states without numbers", "actions without numbers"],
)
def test_a_table_of_what_has_no_numbers(student, game, episodes):
    """No episodes, states that are arrays, and actions that are no numbers are a ValueError"""
    with pytest.raises(ValueError):
        student.train_q_table(game, episodes, 0.5, 0.5, 0.1, np.random.default_rng(1))


@pytest.mark.task("train_q_table", weight=2)
def test_three_interrupted_games(student):
    """Truncated is not terminated: the future still counts, 1, then 1 + 1/2, then 1 + 3/4"""
    q = student.train_q_table(Chest(interrupted=True), 3, 1.0, 0.5, 0.1, np.random.default_rng(1))
    assert q == close([[1.75]])


@pytest.mark.task("train_q_table", weight=2)
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


def filled(student, capacity, count):
    """A buffer to which `count` transitions were added: the one number n has n in its state, action and reward."""
    buffer = student.ReplayBuffer(capacity)
    for n in range(count):
        buffer.add([[n, 0.0]], n, 10.0 * n, [[n, 1.0]], n % 3 == 2)
    return buffer


def numbers(batch):
    return [int(number) for number in batch[1]]


def refused(what, act):
    """`pytest.raises` for what is no function of yours, whose calls are not shown."""
    try:
        act()
    except ValueError:
        return
    raise AssertionError(f"{what} has to be a ValueError, and nothing happened")


@pytest.mark.task("ReplayBuffer", weight=2)
def test_the_oldest_is_dropped(student):
    """A buffer for two transitions forgets the first of three"""
    buffer = filled(student, 2, 3)
    assert len(buffer) == 2, f"three were added to a buffer for two: it holds {len(buffer)}"
    states, actions, rewards, next_states, terminated = buffer.sample(2, np.random.default_rng(1))
    order = np.argsort(actions)
    assert np.asarray(actions)[order] == exactly([1, 2])
    assert np.asarray(states)[order] == close([[[1.0, 0.0]], [[2.0, 0.0]]])
    assert np.asarray(rewards)[order] == close([10.0, 20.0])
    assert np.asarray(next_states)[order] == close([[[1.0, 1.0]], [[2.0, 1.0]]])
    assert np.asarray(terminated)[order].astype(bool).tolist() == [False, True], "only the last one terminated"


@pytest.mark.task("ReplayBuffer")
def test_length_of_a_buffer(student):
    """A buffer for 3 holds 0, 1, 2 and 3 transitions, and 3 ever after: the newest ones"""
    lengths = [len(filled(student, 3, count)) for count in range(6)]
    assert lengths == [0, 1, 2, 3, 3, 3], f"after 0 to 5 transitions it holds {lengths}"
    kept = sorted(numbers(filled(student, 3, 8).sample(3, np.random.default_rng(1))))
    assert kept == [5, 6, 7], f"after the transitions 0 to 7 it holds {kept}"


@pytest.mark.task("ReplayBuffer", weight=2)
def test_rows_belong_together(student):
    """Of 20 transitions 12 different ones are drawn, and each row of the five arrays is of one of them"""
    batch = filled(student, 30, 20).sample(12, np.random.default_rng(1))
    states, actions, rewards, next_states, terminated = map(np.asarray, batch)
    assert len(set(numbers(batch))) == 12, (
        f"12 different transitions were asked for: these are {sorted(numbers(batch))}"
    )
    assert states == close(np.stack([actions, np.zeros(12)], axis=1)[:, np.newaxis])
    assert rewards == close(10.0 * actions)
    assert next_states == close(np.stack([actions, np.ones(12)], axis=1)[:, np.newaxis])
    assert np.array_equal(terminated, actions % 3 == 2), "`terminated` is of other transitions"


@pytest.mark.task("ReplayBuffer", weight=2)
def test_all_have_the_same_chance(student):
    """Two of 8 transitions, 200 times: each is drawn about 50 times, whether it is old or new"""
    buffer, drawn = filled(student, 8, 8), []
    for k in range(200):
        drawn += numbers(buffer.sample(2, np.random.default_rng(k)))
    counts = np.bincount(drawn, minlength=8).tolist()
    assert min(counts) > 20, f"they are drawn {counts} times"
    assert max(counts) < 90, f"they are drawn {counts} times"


@pytest.mark.task("ReplayBuffer")
def test_samples_come_from_rng(student):
    """Equal generators draw the same transitions, different ones others, and all stay in the buffer"""
    buffer = filled(student, 50, 50)
    first, again, other = (numbers(buffer.sample(10, np.random.default_rng(k))) for k in (1, 1, 2))
    assert first == again, "equal generators draw other transitions: chance does not come from rng"
    assert first != other, "different generators draw the same transitions"
    assert len(buffer) == 50, f"after three samples {len(buffer)} of 50 transitions are there"


@pytest.mark.task("ReplayBuffer", edge=True)
def test_more_than_there_is(student):
    """Two of one transition are a ValueError"""
    buffer = filled(student, 5, 1)
    refused(
        "buffer.sample(2, rng) of a ReplayBuffer(5) with one transition",
        lambda: buffer.sample(2, np.random.default_rng(1)),
    )


@pytest.mark.task("ReplayBuffer", edge=True)
def test_smallest_buffer(student):
    """A buffer for one transition holds the last; one for none is a ValueError"""
    kept = numbers(filled(student, 1, 3).sample(1, np.random.default_rng(1)))
    assert kept == [2], f"after the transitions 0, 1 and 2 a buffer for one holds {kept}"
    refused("ReplayBuffer(0)", lambda: student.ReplayBuffer(0))


@pytest.mark.task("build_q_network")
@pytest.mark.parametrize(("shape", "actions"), [((10, 10), 3), ((4,), 1), ((3, 3, 2), 4)], ids=str)
def test_one_value_per_action(student, shape, actions):
    """A picture of 10x10 in, the values of three actions out; so for other shapes"""
    values = student.build_q_network(shape, actions).predict_on_batch(np.ones((5, *shape), np.float32))
    assert np.shape(values) == (5, actions), f"five observations give values of the shape {np.shape(values)}"


@pytest.mark.task("build_q_network", weight=2)
def test_values_can_be_negative_and_large(student):
    """The network can learn the values -3 and 5"""
    model = student.build_q_network((2,), 2)
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
    x, y = np.ones((8, 2), np.float32), np.tile(np.float32([-3, 5]), (8, 1))
    for _ in range(200):
        model.train_on_batch(x, y)
    assert model.predict_on_batch(x)[0] == close([-3, 5], atol=0.5)


@pytest.mark.task("build_q_network")
def test_network_bends(student):
    """A hidden layer with an activation: without one, the values of a + b and of 0 add up to those of a and of b"""
    rng, model = np.random.default_rng(1), student.build_q_network((4,), 3)
    model.set_weights([rng.normal(size=w.shape) if w.ndim == 2 else w for w in model.get_weights()])
    a, b = rng.normal(size=(2, 30, 4)).astype("float32")
    values_of_a, of_b, of_both, of_0 = (np.asarray(model.predict_on_batch(x)) for x in (a, b, a + b, 0 * a))
    bend = np.abs(values_of_a + of_b - of_both - of_0).max()
    assert bend > 1e-3 * np.abs(values_of_a).max(), "the values are a linear function of the observation"


@pytest.mark.task("build_q_network", edge=True)
def test_a_network_for_no_actions(student):
    """No actions are a ValueError"""
    with pytest.raises(ValueError):
        student.build_q_network((4,), 0)


@pytest.mark.task("td_targets", weight=2)
def test_td_targets_of_the_handout(student):
    """Only the action that was taken gets a new value: 1 + 0.5 * 6 = 4"""
    result = student.td_targets([[1.0, 2.0, 3.0]], [[0.0, 6.0, 4.0]], [1], [1.0], [False], 0.5)
    assert result == close([[1.0, 4.0, 3.0]], rtol=1e-6)


@pytest.mark.task("td_targets", weight=2)
def test_td_targets_at_the_end(student):
    """The second transition terminated: its target is the reward; the third has the next values -8 and -6"""
    result = student.td_targets(
        [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[8.0, 6.0], [8.0, 9.0], [-8.0, -6.0]], [0, 1, 0], [1.0, -1.0, 1.0],
        [False, True, False], 0.5,
    )  # fmt: skip
    assert result == close([[5.0, 2.0], [3.0, -1.0], [-2.0, 6.0]], rtol=1e-6)


@pytest.mark.task("td_targets", weight=2)
def test_td_targets_of_whole_numbers(student):
    """Values in whole numbers, as many transitions as actions, and terminated as 0 and 1; targets are fractions"""
    result = student.td_targets(
        np.array([[1, 2], [3, 4]]), [[3, 5], [7, 1]], [1, 1], [0.25, 2.5], np.array([0, 1]), 0.5
    )
    assert result == close([[1.0, 2.75], [3.0, 2.5]], rtol=1e-6)


@pytest.mark.task("td_targets", edge=True)
@pytest.mark.parametrize("short", [1, 2, 3, 4], ids=["next_q_values", "actions", "rewards", "terminated"])
def test_td_targets_of_different_lengths(student, short):
    """Two states, and only one of something else, are a ValueError"""
    batch = [np.zeros((2, 2)), np.zeros((2, 2)), np.zeros(2, dtype=int), np.zeros(2), np.zeros(2, dtype=bool)]
    batch[short] = batch[short][:1]
    with pytest.raises(ValueError):
        student.td_targets(*batch, 0.5)


@pytest.mark.task("td_targets", edge=True)
@pytest.mark.parametrize("gamma", [-0.5, 1.5])
def test_gamma_of_td_targets(student, gamma):
    """A gamma below 0 or above 1 is a ValueError"""
    with pytest.raises(ValueError):
        student.td_targets([[1.0, 2.0]], [[0.0, 6.0]], [1], [1.0], [False], gamma)


def one_step(student, loss="mse", gamma=0.5):
    """Two transitions of a game with two states, and two networks; the networks after the step."""
    model, target_model = network([[2.0, 4.0], [1.0, 3.0]]), network([[7.0, 7.0], [0.0, 6.0]])
    model.compile(optimizer=keras.optimizers.SGD(0.5), loss=loss)
    here, there = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    batch = (np.stack([here, here]), np.array([0, 1]), np.array([2.0, 1.0]), np.stack([there, there]), [False, True])
    trained = student.dqn_step(model, target_model, batch, gamma)
    return (keras.ops.convert_to_numpy(own.weights[0]) for own in (trained, target_model))


@pytest.mark.task("dqn_step", weight=3)
def test_one_step_towards_the_targets(student):
    """Targets (2 + 0.5 * 6, 4) = (5, 4) and (2, 1); the gradient of the mean of the four squared errors, half of it"""
    # The errors of the first state are -3 and 3: a quarter of twice each is the gradient, half of that the step.
    weights, _ = one_step(student)
    assert weights == close([[2.75, 3.25], [1.0, 3.0]], rtol=1e-4)


@pytest.mark.task("dqn_step")
def test_it_is_trained_as_it_was_compiled(student):
    """With Huber's loss errors above 1 all count the same: half of a quarter for each"""
    weights, _ = one_step(student, loss="huber")
    assert weights == close([[2.125, 3.875], [1.0, 3.0]], rtol=1e-4)


@pytest.mark.task("dqn_step")
def test_the_target_network_stands_still(student):
    """The target network is what it was"""
    _, weights = one_step(student)
    assert weights == close([[7.0, 7.0], [0.0, 6.0]], rtol=1e-6)


@pytest.mark.task("dqn_step", edge=True)
@pytest.mark.parametrize("gamma", [-0.5, 1.5])
def test_gamma_of_a_step(student, gamma):
    """A gamma below 0 or above 1 is a ValueError"""
    with pytest.raises(ValueError):
        one_step(student, gamma=gamma)


@pytest.mark.task("train_dqn")
def test_a_network_for_another_game(student):
    """Five games with two actions: the network has two outputs, also where a time limit ends the games"""
    for game in (Chest(numbered=False), Chest(interrupted=True, numbered=False)):
        model = student.train_dqn(game, 5, 1)
        values = model.predict_on_batch(np.ones((3, 2), np.float32))
        assert np.shape(values) == (3, 2), f"three observations give values of the shape {np.shape(values)}"


@pytest.mark.task("train_dqn", edge=True)
def test_the_same_seed_learns_the_same(student):
    """The same seed gives the same network once more"""
    first, again = (student.train_dqn(Game(ROOMS, vectors=True), 40, 1).get_weights() for _ in range(2))
    same = all(np.allclose(a, b, rtol=1e-2, atol=1e-3) for a, b in zip(first, again, strict=True))
    assert same, "the same seed gives another network"


@pytest.mark.task("train_dqn", edge=True)
@pytest.mark.parametrize(
    ("game", "episodes"),
    [(Game(ROOMS, vectors=True), 0), (throttle(Game(ROOMS, vectors=True)), 1)],
    ids=["no games", "actions without numbers"],
)
def test_train_dqn_refuses(student, game, episodes):
    """No games, or actions that are no numbers, are a ValueError"""
    with pytest.raises(ValueError):
        student.train_dqn(game, episodes, 1)


@pytest.mark.task("train_dqn", weight=4)
@pytest.mark.trains
def test_catch(student):
    """After 1,000 games of Catch the network wins from at least 60 of the 63 starts"""
    model = student.train_dqn(gymnasium.make("Catch-v0"), 1000, 1)
    wins = round(63 * win_rate(lambda boards: np.argmax(model.predict_on_batch(boards), axis=1)))
    assert wins >= 60, f"it wins from {wins} of the 63 starts"


@pytest.mark.task("play", weight=2)
def test_play_sums_the_rewards(student):
    """2 - 3 + 4 coins in each of 40 games: the best action every time, although all values are negative"""
    rules = [[(100, 0, True), (2, 1, False)], [(-3, 2, False), (100, 0, True)], [(100, 0, True), (4, 0, True)]]
    model = network([[-5, -1], [-1, -5], [-5, -1]])
    assert student.play(model, Game(rules, start=0, vectors=True), 40, 1) == close([3.0] * 40)


@pytest.mark.task("play", weight=2)
def test_play_until_it_is_interrupted(student):
    """A time limit of 4 steps ends a game, too: 4 times 5 coins"""
    rules = [[(2, 0, False), (5, 0, False)]]
    game = Game(rules, limit=4, vectors=True)
    assert student.play(network([[-1.0, 2.0]]), game, 2, 1) == close([20.0, 20.0])


@pytest.mark.task("play")
def test_only_the_first_game_is_seeded(student):
    """The first reset gets the seed, the others none, or all games would be the same one"""
    game = Game([[(1, 0, True)]], vectors=True)
    student.play(network([[1.0]]), game, 4, 7)
    assert game.seeds == [7, None, None, None], f"the resets get the seeds {game.seeds}"


@pytest.mark.task("play", edge=True)
def test_play_no_game(student):
    """Zero games are a ValueError"""
    with pytest.raises(ValueError):
        student.play(network([[1.0, 0.0], [0.0, 0.0]]), Chest(numbered=False), 0, 1)

"""Hidden tests of ex14: choices, returns and updates, and a table that learns from them."""

import gymnasium
import numpy as np
import pytest
from course_data.games import LAYOUT, distances

from grader.compare import close, exactly
from grader.hidden.ex14_game_learning.environments import Rules, Wheel, generators, steps_to_the_end

# --- epsilon_greedy -----------------------------------------------------------------------------------------


@pytest.mark.task("epsilon_greedy", weight=2)
def test_epsilon_0_always_exploits(student, rng):
    """With epsilon 0 the best action is chosen, wherever it stands"""
    for own in generators(rng, 30):
        q_values = rng.normal(size=int(rng.integers(2, 7))) - 2
        assert student.epsilon_greedy(q_values, 0.0, own) == exactly(np.argmax(q_values))


@pytest.mark.task("epsilon_greedy", weight=2)
def test_epsilon_1_is_uniform(student, rng):
    """With epsilon 1 every action has the same chance"""
    chosen = [int(student.epsilon_greedy([3.0, 1.0, 2.0], 1.0, own)) for own in generators(rng, 900)]
    assert set(chosen) <= {0, 1, 2}, "an action that does not exist was chosen"
    shares = np.bincount(chosen, minlength=3) / len(chosen)
    # 6 standard deviations of a share of 900 draws are .094.
    assert np.all(np.abs(shares - 1 / 3) < 0.1), "exploring must choose among all actions with the same chance"


@pytest.mark.task("epsilon_greedy", weight=2)
def test_epsilon_in_between(student, rng):
    """The best of two actions is chosen with the probability 1 - epsilon / 2"""
    chosen = [int(student.epsilon_greedy([-1.0, -0.5], 0.6, own)) for own in generators(rng, 900)]
    # Whoever explores only the other action gets .4; 6 standard deviations are .092.
    assert abs(np.mean(chosen) - 0.7) < 0.1, "the best action is not chosen as often as it should be"


@pytest.mark.task("epsilon_greedy")
def test_epsilon_greedy_is_repeatable(student, rng):
    """All randomness comes from the generator"""
    seeds = [int(seed) for seed in rng.integers(2**62, size=40)]
    first, second = (
        [int(student.epsilon_greedy(np.zeros(9), 1.0, np.random.default_rng(seed))) for seed in seeds] for _ in range(2)
    )
    assert first == second, "two equal generators gave different actions"
    assert len(set(first)) > 1, "different generators always gave the same action"


@pytest.mark.task("epsilon_greedy", edge=True)
def test_ties_go_to_one_of_the_best(student, rng):
    """Of several best actions any may be chosen, but no other"""
    for own in generators(rng, 10):
        action = int(student.epsilon_greedy([0.0, 5.0, 1.0, 5.0], 0.0, own))
        assert action in (1, 3), "an action that is not among the best was chosen with epsilon 0"


@pytest.mark.task("epsilon_greedy", edge=True)
@pytest.mark.parametrize("epsilon", [-0.1, 1.1])
def test_epsilon_outside_0_to_1(student, rng, epsilon):
    """An epsilon that is not a probability is a ValueError"""
    with pytest.raises(ValueError):
        student.epsilon_greedy([0.0, 1.0], epsilon, rng)


@pytest.mark.task("epsilon_greedy", edge=True)
def test_no_actions(student, rng):
    """No actions are a ValueError"""
    with pytest.raises(ValueError):
        student.epsilon_greedy([], 0.5, rng)


# --- discounted_returns -------------------------------------------------------------------------------------


@pytest.mark.task("discounted_returns", weight=2)
def test_returns_are_the_discounted_sum(student, rng):
    """G_t is the sum of gamma^k r_{t+k}"""
    rewards, gamma = rng.normal(size=12), rng.uniform(0.3, 0.95)
    expected = [sum(gamma**k * r for k, r in enumerate(rewards[t:])) for t in range(len(rewards))]
    assert student.discounted_returns(rewards, gamma) == close(expected)


@pytest.mark.task("discounted_returns")
def test_returns_of_integers(student):
    """Integer rewards have returns that are not integers"""
    assert student.discounted_returns(np.array([0, 1, 0, 2]), 0.5) == close([0.75, 1.5, 1.0, 2.0])


@pytest.mark.task("discounted_returns")
def test_returns_without_discount(student, rng):
    """With gamma 1 a return is the sum of all rewards to come"""
    rewards = rng.normal(size=7)
    assert student.discounted_returns(rewards, 1.0) == close(np.cumsum(rewards[::-1])[::-1])


@pytest.mark.task("discounted_returns", edge=True)
def test_returns_of_the_shortsighted(student, rng):
    """With gamma 0 a return is the next reward"""
    rewards = rng.normal(size=7)
    assert student.discounted_returns(list(rewards), 0.0) == close(rewards)


@pytest.mark.task("discounted_returns", edge=True)
@pytest.mark.parametrize("gamma", [-0.1, 1.5])
def test_gamma_of_the_returns(student, gamma):
    """A gamma outside 0 .. 1 is a ValueError"""
    with pytest.raises(ValueError):
        student.discounted_returns([1.0, 2.0], gamma)


# --- q_update -----------------------------------------------------------------------------------------------


@pytest.mark.task("q_update", weight=4)
def test_one_entry_moves_towards_its_target(student, rng):
    """The entry moves by alpha times its distance from reward + gamma max Q(next state)"""
    for _ in range(5):
        q = rng.normal(size=(5, 4)) * 3
        state, next_state = (int(s) for s in rng.choice(5, size=2, replace=False))
        action, reward = int(rng.integers(4)), float(rng.normal())
        alpha, gamma = rng.uniform(0.1, 0.9, size=2)
        expected = q.copy()
        expected[state, action] = (1 - alpha) * q[state, action] + alpha * (reward + gamma * q[next_state].max())
        assert student.q_update(q, state, action, reward, next_state, False, alpha, gamma) == close(expected)


@pytest.mark.task("q_update", weight=3)
def test_nothing_comes_after_the_end(student, rng):
    """When the episode terminated, the target is the reward"""
    q = rng.normal(size=(3, 2)) + 5
    expected = q.copy()
    expected[1, 0] += 0.25 * (2.0 - q[1, 0])
    assert student.q_update(q, 1, 0, 2.0, 2, True, 0.25, 0.9) == close(expected)


@pytest.mark.task("q_update")
def test_the_best_of_negative_values(student):
    """The best next value may be negative"""
    q = np.array([[0.0, -4.0], [-8.0, -2.0]])
    assert student.q_update(q, 0, 1, 1.0, 1, False, 0.5, 0.5) == close([[0.0, -2.0], [-8.0, -2.0]])


@pytest.mark.task("q_update")
def test_a_step_that_leads_nowhere(student):
    """The next state may be the same state: its values before the update count"""
    assert student.q_update(np.array([[1.0, 4.0]]), 0, 1, 1.0, 0, False, 1.0, 0.5) == close([[1.0, 3.0]])


@pytest.mark.task("q_update", edge=True)
def test_a_table_of_whole_numbers(student):
    """A list of integers is a table as well, and learns fractions"""
    assert student.q_update([[0, 4], [2, 1]], 0, 1, 1.0, 1, False, 0.25, 0.5) == close([[0.0, 3.5], [2.0, 1.0]])


@pytest.mark.task("q_update", edge=True)
@pytest.mark.parametrize(("alpha", "gamma"), [(0.0, 0.9), (1.5, 0.9), (0.5, -0.1), (0.5, 1.1)])
def test_alpha_and_gamma_of_an_update(student, alpha, gamma):
    """An alpha outside (0, 1] or a gamma outside [0, 1] is a ValueError"""
    with pytest.raises(ValueError):
        student.q_update(np.zeros((2, 2)), 0, 0, 1.0, 1, False, alpha, gamma)


# --- train_q_table ------------------------------------------------------------------------------------------


@pytest.mark.task("train_q_table")
def test_every_episode_counts_once(student, rng):
    """One step an episode, one reward: each episode takes the value by the share alpha nearer to it"""
    episodes = int(rng.integers(2, 7))
    q = student.train_q_table(Rules([[(1, 0, True)]]), episodes, 0.5, 0.9, 0.3, rng)
    assert q == close([[1 - 0.5**episodes]])


@pytest.mark.task("train_q_table", weight=2)
def test_truncated_is_not_terminated(student, rng):
    """After a step that was truncated the future still counts"""
    episodes = int(rng.integers(3, 9))
    q = student.train_q_table(Rules([[(1, 0, False)]], limit=1), episodes, 1.0, 0.5, 0.3, rng)
    assert q == close([[2 - 2 * 0.5**episodes]])


@pytest.mark.task("train_q_table")
def test_values_travel_back_along_a_corridor(student, rng):
    """Along a corridor each episode carries the reward one state further back"""
    corridor = Rules([[(0, 1, False)], [(0, 2, False)], [(8, 2, True)]])
    assert student.train_q_table(corridor, 2, 1.0, 0.5, 0.0, rng) == close([[0.0], [4.0], [8.0]])


@pytest.mark.task("train_q_table")
def test_epsilon_0_stays_with_what_it_knows(student, rng):
    """With epsilon 0 the first action that is worth something is repeated for ever"""
    q = np.asarray(student.train_q_table(Rules([[(1, 0, True)] * 3]), 5, 0.5, 0.9, 0.0, rng))
    assert np.sort(q.ravel()) == close([0.0, 0.0, 1 - 0.5**5])


@pytest.mark.task("train_q_table", weight=2)
def test_random_play_finds_the_best_values(student, rng):
    """With epsilon 1 and alpha 1 the table becomes the optimal values of a world without chance"""
    states, gamma = 5, 0.5
    # Action 0 leaves the game, the others lead somewhere: short episodes that see everything.
    rules = [
        [(int(rng.integers(-9, 10)), int(rng.integers(states)), action == 0) for action in range(3)]
        for _ in range(states)
    ]
    best = np.zeros((states, 3))
    for _ in range(100):
        best = np.array([[r + gamma * best[s].max() * (not end) for r, s, end in row] for row in rules])
    assert student.train_q_table(Rules(rules, starts=()), 1500, 1.0, gamma, 1.0, rng) == close(best, rtol=1e-6)


@pytest.mark.task("train_q_table", weight=2)
@pytest.mark.parametrize("layout", [LAYOUT, tuple(row[::-1] for row in LAYOUT[::-1])], ids=["maze", "turned"])
def test_the_way_out_of_the_maze(student, rng, profile, record_property, layout):
    """From every cell of the maze the best actions lead to the goal, without long detours"""
    env = gymnasium.make("Maze-v0", layout=layout)
    q = np.asarray(student.train_q_table(env, profile["maze_episodes"], 0.5, 0.95, 0.2, rng))
    assert q.shape == (len(LAYOUT) * len(LAYOUT[0]), 4), (
        "the table needs a row for every cell, a column for every action"
    )
    shortest = distances(layout)
    cells = np.flatnonzero(shortest > 0)
    lengths = [steps_to_the_end(env, q, int(cell)) for cell in cells]
    detour = np.inf if None in lengths else np.sum(lengths) / shortest[cells].sum() - 1
    record_property("maze_detour", detour)
    assert None not in lengths, f"from {lengths.count(None)} of the cells the best actions never reach the goal"
    assert detour <= profile["maze_detour"], "the best actions reach the goal on long detours"


@pytest.mark.task("train_q_table")
def test_the_same_generator_learns_the_same(student, seed):
    """Equal generators give equal tables, different ones do not"""
    first, second, other = (
        np.asarray(student.train_q_table(gymnasium.make("Maze-v0"), 20, 0.5, 0.9, 0.3, np.random.default_rng(own)))
        for own in (seed, seed, seed + 1)
    )
    assert np.array_equal(first, second), "two equal generators gave different tables"
    assert not np.array_equal(first, other), "different generators gave the same table"


@pytest.mark.task("train_q_table")
def test_the_generator_seeds_the_environment(student, rng):
    """Where an environment draws its first state, other generators start elsewhere"""
    env = Rules([[(1, state, True)] for state in range(50)], starts=())
    tables = [np.ravel(student.train_q_table(env, 1, 1.0, 0.9, 0.5, own)) for own in generators(rng, 8)]
    assert all(np.sum(table) == close(1.0) for table in tables), "one episode of one step earns one reward"
    assert len({int(np.argmax(table)) for table in tables}) > 1, "the first reset gets no seed that is drawn from rng"


@pytest.mark.task("train_q_table", edge=True)
def test_a_table_of_no_episodes(student, rng):
    """Zero episodes are a ValueError"""
    with pytest.raises(ValueError):
        student.train_q_table(Rules([[(1, 0, True)]]), 0, 0.5, 0.9, 0.1, rng)


@pytest.mark.task("train_q_table", edge=True)
def test_a_table_of_pictures(student, rng):
    """States that are pictures have no numbers: a ValueError"""
    with pytest.raises(ValueError):
        student.train_q_table(gymnasium.make("MazePicture-v0"), 1, 0.5, 0.9, 0.1, rng)


@pytest.mark.task("train_q_table", edge=True)
def test_a_table_of_angles(student, rng):
    """Actions without numbers are a ValueError"""
    with pytest.raises(ValueError):
        student.train_q_table(Wheel(vectors=False), 1, 0.5, 0.9, 0.1, rng)

"""Hidden tests of ex14: memory, targets and training of a network that plays, and its games."""

import gymnasium
import keras
import numpy as np
import pytest
from course_data.games import STARTS, win_rate

from grader.compare import close, exactly
from grader.hidden.ex14_game_learning.environments import Rules, Wheel, generators, last_steps_of_catch

# --- ReplayBuffer -------------------------------------------------------------------------------------------


def filled(student, capacity, count):
    """A buffer to which the transitions number 0 .. count - 1 were added."""
    buffer = student.ReplayBuffer(capacity)
    for number in range(count):
        state = np.full((2, 3), float(number))
        buffer.add(state, number, number / 2, state + 0.25, number % 3 == 0)
    return buffer


def numbers(batch):
    """The numbers of the transitions in a sample, by their actions."""
    return np.asarray(batch[1]).astype(int).tolist()


@pytest.mark.task("ReplayBuffer")
def test_a_buffer_counts(student):
    """The length grows to the capacity and stays there"""
    assert [len(filled(student, 5, count)) for count in (0, 1, 4, 5, 6, 12)] == [0, 1, 4, 5, 5, 5], (
        "len(buffer) is not the number of transitions that it should hold"
    )


@pytest.mark.task("ReplayBuffer", weight=2)
def test_rows_belong_together(student, rng):
    """A sample is five arrays, and a row of each belongs to one transition"""
    batch = filled(student, 50, 40).sample(16, rng)
    assert len(batch) == 5, "a sample is five arrays"
    states, actions, rewards, next_states, terminated = (np.asarray(part) for part in batch)
    assert actions == exactly(np.round(actions).astype(int))
    assert len(set(numbers(batch))) == 16, "a sample must hold as many different transitions as were asked for"
    number = actions.astype(float)
    assert states == close(np.tile(number[:, None, None], (1, 2, 3)))
    assert rewards == close(number / 2)
    assert next_states == close(states + 0.25)
    assert terminated.astype(bool).tolist() == (actions % 3 == 0).tolist(), (
        "terminated belongs to other transitions than the rest"
    )


@pytest.mark.task("ReplayBuffer", weight=2)
def test_the_newest_stay(student, rng):
    """A full buffer forgets the oldest transitions"""
    assert sorted(numbers(filled(student, 6, 15).sample(6, rng))) == list(range(9, 15)), (
        "a full buffer must hold the newest transitions"
    )


@pytest.mark.task("ReplayBuffer", weight=2)
def test_every_transition_has_the_same_chance(student, rng):
    """Old and new transitions are drawn equally often"""
    buffer = filled(student, 8, 8)
    drawn = [number for own in generators(rng, 250) for number in numbers(buffer.sample(2, own))]
    # A count has the mean 62.5 and the standard deviation 6.8: 28 is 5 of them below, 97 is 5 above.
    assert all(28 <= count <= 97 for count in np.bincount(drawn, minlength=8)), (
        "some transitions are drawn much more often than others"
    )


@pytest.mark.task("ReplayBuffer")
def test_samples_are_repeatable(student, seed):
    """All randomness comes from the generator"""
    buffer = filled(student, 100, 100)
    seeds = seed, seed, seed + 1
    first, second, other = (numbers(buffer.sample(20, np.random.default_rng(own))) for own in seeds)
    assert first == second, "two equal generators gave different samples"
    assert first != other, "different generators gave the same sample"


@pytest.mark.task("ReplayBuffer")
def test_sampling_takes_nothing_out(student, rng):
    """After a sample everything is still there"""
    buffer = filled(student, 8, 8)
    buffer.sample(5, rng)
    assert len(buffer) == 8, "sampling changed the length"
    assert sorted(numbers(buffer.sample(8, rng))) == list(range(8)), "after a sample some transitions were gone"


@pytest.mark.task("ReplayBuffer", edge=True)
def test_a_buffer_that_holds_fewer(student, rng):
    """More than there are is a ValueError"""
    with pytest.raises(ValueError):
        filled(student, 10, 4).sample(5, rng)


@pytest.mark.task("ReplayBuffer", edge=True)
def test_a_buffer_of_one(student, rng):
    """A capacity of 1 is a memory of the last transition"""
    assert numbers(filled(student, 1, 3).sample(1, rng)) == [2]


@pytest.mark.task("ReplayBuffer", edge=True)
def test_a_buffer_for_nothing(student):
    """A capacity of 0 is a ValueError"""
    with pytest.raises(ValueError):
        student.ReplayBuffer(0)


# --- build_q_network ----------------------------------------------------------------------------------------

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
# The first value is an exclusive or, which no network without a hidden layer can learn; the others lie
# outside 0 .. 1.
CORNER_VALUES = np.array([[-2, -5, 6], [2, -5, 6], [2, -5, 6], [-2, -5, 6]], dtype=np.float32)


@pytest.fixture(scope="module")
def corner_predictions(student):
    """What the network says about the four corners after the grader has trained it on them."""
    keras.utils.set_random_seed(1)
    model = student.build_q_network((2,), 3)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    x, y = np.tile(CORNERS, (8, 1)), np.tile(CORNER_VALUES, (8, 1))
    for _ in range(400):
        model.train_on_batch(x, y)
    return np.asarray(model.predict_on_batch(x))[:4]


@pytest.mark.task("build_q_network")
@pytest.mark.parametrize(("shape", "actions"), [((10, 10), 3), ((7, 7, 3), 4), ((4,), 1)], ids=str)
def test_a_value_for_every_action(student, shape, actions):
    """From any shape of observation to one value per action"""
    model = student.build_q_network(shape, actions)
    assert tuple(model.input_shape) == (None, *shape), "the network does not take observations of the given shape"
    assert tuple(model.output_shape) == (None, actions), "the network does not give one value per action"


@pytest.mark.task("build_q_network", weight=2)
def test_values_have_no_bounds(corner_predictions):
    """The network can learn values far below 0 and above 1"""
    assert corner_predictions.shape == (4, 3), "the network does not give one value per action"
    errors = np.abs(corner_predictions - CORNER_VALUES)[:, 1:]
    assert errors.max() < 1.5, "values such as -5 and 6 cannot be learned: is the output linear?"


@pytest.mark.task("build_q_network")
def test_there_is_a_hidden_layer(corner_predictions):
    """The network can learn what no linear model can"""
    assert corner_predictions.shape == (4, 3), "the network does not give one value per action"
    right = np.sign(corner_predictions[:, 0]) == np.sign(CORNER_VALUES[:, 0])
    assert right.all(), "an exclusive or cannot be learned: is there a hidden layer with an activation?"


@pytest.mark.task("build_q_network", edge=True)
def test_a_network_for_no_actions(student):
    """No actions are a ValueError"""
    with pytest.raises(ValueError):
        student.build_q_network((4,), 0)


# --- td_targets ---------------------------------------------------------------------------------------------


def transitions(rng, count, actions):
    """Random arguments of `td_targets`, without the discount."""
    return (
        rng.normal(size=(count, actions)),
        rng.normal(size=(count, actions)) * 2,
        rng.integers(actions, size=count),
        rng.normal(size=count),
        rng.random(count) < 0.4,
    )


def targets_by_hand(q_values, next_q_values, actions, rewards, terminated, gamma):
    targets = np.array(q_values, dtype=np.float64)
    for i, action in enumerate(actions):
        targets[i, action] = rewards[i] + (0.0 if terminated[i] else gamma * max(next_q_values[i]))
    return targets


@pytest.mark.task("td_targets", weight=2)
@pytest.mark.parametrize(("count", "actions"), [(9, 4), (4, 4), (1, 3)])
def test_targets_of_a_batch(student, rng, count, actions):
    """Reward plus discounted best next value, for the action that was taken"""
    batch, gamma = transitions(rng, count, actions), rng.uniform(0.5, 0.99)
    assert student.td_targets(*batch, gamma) == close(targets_by_hand(*batch, gamma), rtol=1e-6)


@pytest.mark.task("td_targets")
def test_other_actions_keep_their_values(student, rng):
    """Nothing was seen of the other actions: their targets are the network's own values"""
    q_values, next_q_values, actions, rewards, terminated = transitions(rng, 20, 3)
    targets = np.array(student.td_targets(q_values, next_q_values, actions, rewards, terminated, 0.9), dtype=float)
    assert targets.shape == (20, 3), "the targets must have the shape of the values"
    taken = np.arange(20), actions
    assert not np.allclose(targets[taken], q_values[taken]), "the targets are the network's own values"
    targets[taken] = q_values[taken]
    assert targets == close(q_values, rtol=1e-6)


@pytest.mark.task("td_targets", weight=2)
def test_no_future_after_the_end(student, rng):
    """Where the episode terminated, the next values do not matter"""
    q_values, next_q_values, actions, rewards, _ = transitions(rng, 8, 3)
    targets = student.td_targets(q_values, next_q_values + 100, actions, rewards, np.ones(8, dtype=bool), 0.9)
    assert np.asarray(targets)[np.arange(8), actions] == close(rewards, rtol=1e-6)


@pytest.mark.task("td_targets")
def test_a_future_that_only_costs(student):
    """The best of negative values is negative"""
    targets = student.td_targets([[0.5, 0.5]], [[-4.0, -2.0]], [0], [1.0], [False], 0.5)
    assert targets == close([[0.0, 0.5]], rtol=1e-6)


@pytest.mark.task("td_targets")
def test_targets_of_float32_values(student, rng):
    """Values as a network gives them, terminated as 0 and 1"""
    q_values, next_q_values, actions, rewards, terminated = transitions(rng, 6, 3)
    batch = np.float32(q_values), np.float32(next_q_values), actions, rewards, terminated.astype(int)
    assert student.td_targets(*batch, 0.9) == close(targets_by_hand(*batch, 0.9), rtol=1e-5, atol=1e-6)


@pytest.mark.task("td_targets", edge=True)
def test_targets_of_whole_numbers(student):
    """Values may be whole numbers, and targets are not"""
    assert student.td_targets([[1, 2]], [[3, 5]], [1], [0.25], [False], 0.5) == close([[1.0, 2.75]], rtol=1e-6)


@pytest.mark.task("td_targets", edge=True)
@pytest.mark.parametrize("short", range(1, 5), ids=["next_q_values", "actions", "rewards", "terminated"])
def test_targets_of_different_lengths(student, rng, short):
    """Arguments of different lengths are a ValueError"""
    batch = list(transitions(rng, 4, 2))
    batch[short] = batch[short][:1]
    with pytest.raises(ValueError):
        student.td_targets(*batch, 0.9)


@pytest.mark.task("td_targets", edge=True)
@pytest.mark.parametrize("gamma", [-0.5, 1.5])
def test_gamma_of_targets(student, rng, gamma):
    """A gamma outside 0 .. 1 is a ValueError"""
    with pytest.raises(ValueError):
        student.td_targets(*transitions(rng, 4, 2), gamma)


# --- dqn_step -----------------------------------------------------------------------------------------------


def network(kernel, shape=None):
    """A network made by hand: the values are `observation @ kernel`."""
    kernel = np.asarray(kernel, dtype=np.float32)
    model = keras.Sequential(
        [
            keras.Input(shape or (len(kernel),)),
            keras.layers.Flatten(),
            keras.layers.Dense(kernel.shape[1], use_bias=False),
        ]
    )
    model.set_weights([kernel])
    return model


def batch_of(rng, count, states, actions):
    """Transitions between states that are rows of numbers, as `ReplayBuffer.sample` returns them."""
    return (
        rng.normal(size=(count, states)),
        rng.integers(actions, size=count),
        rng.normal(size=count),
        rng.normal(size=(count, states)),
        rng.random(count) < 0.4,
    )


def pair(rng, states, actions, loss="mse", rate=0.3):
    """A network that learns, compiled, and a target network that says something else; both without hidden layers."""
    kernels = 2 * rng.normal(size=(2, states, actions))
    model, target_model = map(network, kernels)
    model.compile(optimizer=keras.optimizers.SGD(rate), loss=loss)
    return model, target_model, *kernels


def kernel_of(model):
    return np.asarray(keras.ops.convert_to_numpy(model.weights[0]), dtype=np.float64)


@pytest.mark.task("dqn_step", weight=4)
@pytest.mark.parametrize(("count", "states", "actions"), [(7, 3, 4), (4, 4, 4), (1, 2, 3)])
def test_a_step_of_gradient_descent(student, rng, count, states, actions):
    """The network moves by one step towards the targets that the target network computes"""
    model, target_model, kernel, target_kernel = pair(rng, states, actions)
    x, taken, rewards, after, terminated = batch = batch_of(rng, count, states, actions)
    trained = student.dqn_step(model, target_model, batch, 0.8)
    goals = targets_by_hand(x @ kernel, after @ target_kernel, taken, rewards, terminated, 0.8)
    gradient = 2 * x.T @ (x @ kernel - goals) / goals.size
    assert kernel_of(trained) == close(kernel - 0.3 * gradient, rtol=1e-3, atol=1e-4)


@pytest.mark.task("dqn_step", weight=2)
def test_what_was_not_tried_is_not_taught(student, rng):
    """What the network says of actions that were not taken stays as it was"""
    model, target_model, kernel, _ = pair(rng, 3, 4)
    x, _, rewards, after, _ = batch_of(rng, 6, 3, 4)
    batch = (x, np.full(6, 2), rewards + 5, after, np.zeros(6, dtype=bool))
    learned = kernel_of(student.dqn_step(model, target_model, batch, 0.8))
    assert not np.allclose(learned[:, 2], kernel[:, 2], rtol=1e-3), "the network has learned nothing"
    assert np.delete(learned, 2, axis=1) == close(np.delete(kernel, 2, axis=1), rtol=1e-4, atol=1e-5)


@pytest.mark.task("dqn_step")
def test_a_step_with_another_loss(student, rng):
    """The network is trained as it was compiled, whatever the loss"""
    model, target_model, kernel, target_kernel = pair(rng, 3, 2, loss="huber")
    x, taken, rewards, after, terminated = batch = batch_of(rng, 5, 3, 2)
    trained = student.dqn_step(model, target_model, batch, 0.8)
    goals = targets_by_hand(x @ kernel, after @ target_kernel, taken, rewards, terminated, 0.8)
    slopes = np.clip(x @ kernel - goals, -1, 1)  # Huber's loss is straight where the error is above 1
    assert kernel_of(trained) == close(kernel - 0.3 * x.T @ slopes / goals.size, rtol=1e-3, atol=1e-4)


@pytest.mark.task("dqn_step", edge=True)
@pytest.mark.parametrize("gamma", [-0.5, 1.5])
def test_gamma_of_a_step(student, rng, gamma):
    """A gamma outside 0 .. 1 is a ValueError"""
    model, target_model, *_ = pair(rng, 3, 2)
    with pytest.raises(ValueError):
        student.dqn_step(model, target_model, batch_of(rng, 5, 3, 2), gamma)


# --- train_dqn ----------------------------------------------------------------------------------------------


@pytest.fixture
def catch(student, seed, profile, once):
    """The network that has played 1,000 games of Catch."""

    def run():
        model = student.train_dqn(gymnasium.make("Catch-v0"), profile["catch_games"], seed)
        assert tuple(model.output_shape) == (None, 3), "the network does not give one value per action"
        return model

    return once("catch", run)


@pytest.mark.task("train_dqn", weight=4)
def test_the_network_learns_catch(catch, profile, record_property):
    """After 1,000 games of Catch the network wins from nearly every start"""
    rate = win_rate(lambda boards: np.argmax(catch.predict_on_batch(boards), axis=1))
    wins = round(rate * len(STARTS))
    record_property("catch_wins", wins)
    assert wins >= profile["catch_wins"], f"the trained network wins from {wins} of the {len(STARTS)} starts"


@pytest.mark.task("train_dqn")
def test_a_network_for_any_game(student, catch, rng, seed):
    """Games of other shapes and lengths, ended by the rules or by a time limit, can be played as well"""
    # Any network has the right shapes. One that was trained knows at least what the last step earns.
    boards, caught = last_steps_of_catch()
    known = np.corrcoef(catch.predict_on_batch(boards).ravel(), caught.ravel())[0, 1]
    assert known > 0.5, "the network has not learned what a step earns"
    rules = [[(1, (state + step) % 4, state == step) for step in range(5)] for state in range(4)]
    model = student.train_dqn(Rules(rules, starts=(), limit=3, vectors=True), 12, seed)
    assert tuple(model.input_shape) == (None, 4), "the network does not take this game's observations"
    assert tuple(model.output_shape) == (None, 5), "the network does not give one value per action"


@pytest.mark.task("train_dqn", edge=True)
def test_the_same_seed_learns_the_same(student, seed):
    """The same seed, also a small one, gives the same network once more"""
    rules = [[((state - action) % 3, action, action == 2) for action in range(3)] for state in range(3)]
    first, again = (student.train_dqn(Rules(rules, starts=(), limit=9, vectors=True), 60, seed % 5) for _ in range(2))
    for weight, same in zip(first.get_weights(), again.get_weights(), strict=True):
        assert np.allclose(weight, same, rtol=1e-2, atol=1e-3), "the same seed gives another network"


@pytest.mark.task("train_dqn", edge=True)
def test_a_network_of_no_games(student):
    """Zero games are a ValueError"""
    with pytest.raises(ValueError):
        student.train_dqn(gymnasium.make("Catch-v0"), 0, 1)


@pytest.mark.task("train_dqn", edge=True)
def test_a_network_of_angles(student):
    """Actions without numbers are a ValueError"""
    with pytest.raises(ValueError):
        student.train_dqn(Wheel(vectors=True), 1, 1)


# --- play ---------------------------------------------------------------------------------------------------


@pytest.mark.task("play", weight=2)
def test_a_tour(student, rng):
    """The best action of every state, until the end; the rewards add up, undiscounted"""
    # In state s action s + 1 leads on, any other ends the game at once with a large reward that is not
    # there to take.
    length = 6
    rewards = rng.integers(-5, 6, size=length).tolist()
    rules = [
        [(rewards[s], s + 1, s == length - 1) if a == s + 1 else (100, s, True) for a in range(length + 1)]
        for s in range(length)
    ]
    rules.append([(100, 0, True)] * (length + 1))
    kernel = rng.uniform(-9, -5, size=(length + 1, length + 1))
    kernel[np.arange(length), np.arange(length) + 1] = -1  # the best, although negative
    starts = tuple(range(length))
    totals = student.play(network(kernel), Rules(rules, starts, vectors=True), length, 1)
    assert totals == close([sum(rewards[start:]) for start in starts])


@pytest.mark.task("play", weight=2)
def test_a_game_that_is_interrupted(student):
    """A truncated game is over as well"""
    endless = Rules([[(1, 0, False), (5, 0, False)]], limit=4, vectors=True)
    assert student.play(network([[0.0, 1.0]]), endless, 3, 1) == close([20.0, 20.0, 20.0])


@pytest.mark.task("play")
def test_the_seed_starts_the_first_game(student, seed):
    """The first game is seeded, the others go on from there"""
    # To stay is worth the number of cells that are not empty, to move nothing.
    stay = np.zeros((100, 3))
    stay[:, 1] = 1
    env = gymnasium.make("Catch-v0")
    expected = []
    for game in range(20):
        env.reset(seed=seed if game == 0 else None)
        expected.append(sum(env.step(1)[1] for _ in range(9)))
    assert student.play(network(stay, (10, 10)), gymnasium.make("Catch-v0"), 20, seed) == close(expected)


@pytest.mark.task("play", edge=True)
def test_no_games(student):
    """Zero games are a ValueError"""
    with pytest.raises(ValueError):
        student.play(network([[1.0]]), Rules([[(1, 0, True)]], vectors=True), 0, 1)

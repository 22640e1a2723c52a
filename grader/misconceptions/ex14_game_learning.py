"""Wrong implementations of ex14; the format is described in `grader.misconceptions`."""

import keras
import numpy as np

from grader.misconceptions import misconception


def check(gamma, *columns):
    """What the wrong targets do right."""
    if not 0 <= gamma <= 1 or len({len(column) for column in columns}) > 1:
        raise ValueError("gamma or lengths")


@misconception("epsilon_greedy")
def swaps_exploring_and_exploiting(q_values, epsilon, rng):
    """What does epsilon = 0 mean? Epsilon is how often to *explore*, and your function exploits that
    often."""
    if not 0 <= epsilon <= 1 or len(q_values) == 0:
        raise ValueError("epsilon or q_values")
    if rng.random() < epsilon:
        return int(np.argmax(q_values))
    return int(rng.integers(len(q_values)))


@misconception("epsilon_greedy")
def explores_only_the_other_actions(q_values, epsilon, rng):
    """When you explore, the best action takes part in the draw like any other. Compare how often it is
    chosen with 1 - epsilon + epsilon / A."""
    if not 0 <= epsilon <= 1 or len(q_values) == 0:
        raise ValueError("epsilon or q_values")
    best = int(np.argmax(q_values))
    if rng.random() < epsilon:
        return int(rng.choice([action for action in range(len(q_values)) if action != best]))
    return best


@misconception("epsilon_greedy")
def never_explores_the_last_action(q_values, epsilon, rng):
    """Draw a thousand times with epsilon = 1 and count: is every action there? Look up whether the upper
    bound of your draw is included."""
    if not 0 <= epsilon <= 1 or len(q_values) == 0:
        raise ValueError("epsilon or q_values")
    if rng.random() < epsilon:
        return int(rng.integers(0, max(1, len(q_values) - 1)))
    return int(np.argmax(q_values))


@misconception("epsilon_greedy")
def draws_from_the_global_generator(q_values, epsilon, rng):
    """The same generator must lead to the same action. Yours does not decide: the draw comes from NumPy's
    global state."""
    if not 0 <= epsilon <= 1 or len(q_values) == 0:
        raise ValueError("epsilon or q_values")
    if np.random.random() < epsilon:
        return int(np.random.randint(len(q_values)))
    return int(np.argmax(q_values))


@misconception("discounted_returns")
def sums_what_is_already_past(rewards, gamma):
    """A return looks ahead: what is still to come after this step. You add up what came before it. From
    which end does the recursion start?"""
    if not 0 <= gamma <= 1:
        raise ValueError("gamma")
    returns = np.array(rewards, dtype=np.float64)
    for t in range(1, len(returns)):
        returns[t] += gamma * returns[t - 1]
    return returns


@misconception("discounted_returns")
def discounts_from_the_start_of_the_episode(rewards, gamma):
    """How far away is a reward? Count from the step whose return you compute, not from the start of the
    episode."""
    if not 0 <= gamma <= 1:
        raise ValueError("gamma")
    rewards = np.asarray(rewards, dtype=np.float64)
    discounted = rewards * gamma ** np.arange(len(rewards))
    return np.cumsum(discounted[::-1])[::-1]


@misconception("discounted_returns")
def keeps_the_integers_of_the_rewards(rewards, gamma):
    """Rewards may be integers, returns are not: what becomes of 0.5 when it is written into an integer
    array?"""
    if not 0 <= gamma <= 1:
        raise ValueError("gamma")
    returns = np.array(rewards)
    for t in reversed(range(len(returns) - 1)):
        returns[t] = returns[t] + gamma * returns[t + 1]
    return returns


@misconception("discounted_returns")
def forgets_the_discount_of_the_discount(rewards, gamma):
    """A reward k steps ahead is discounted k times. In your sum all of the future is discounted just
    once."""
    if not 0 <= gamma <= 1:
        raise ValueError("gamma")
    rewards = np.asarray(rewards, dtype=np.float64)
    return np.array([rewards[t] + gamma * rewards[t + 1 :].sum() for t in range(len(rewards))])


@misconception("q_update")
def looks_past_the_end_of_the_episode(q, state, action, reward, next_state, terminated, alpha, gamma):
    """After a terminated step there is no next action, so nothing of the next state may count. Where does
    your rule use `terminated`?"""
    if not 0 < alpha <= 1 or not 0 <= gamma <= 1:
        raise ValueError("alpha or gamma")
    q = np.array(q, dtype=np.float64)
    q[state, action] += alpha * (reward + gamma * q[next_state].max() - q[state, action])
    return q


@misconception("q_update")
def adds_the_whole_target(q, state, action, reward, next_state, terminated, alpha, gamma):
    """The entry moves *towards* the target, by alpha times the distance that is left. If it is there
    already, it must not move at all."""
    if not 0 < alpha <= 1 or not 0 <= gamma <= 1:
        raise ValueError("alpha or gamma")
    q = np.array(q, dtype=np.float64)
    q[state, action] += alpha * (reward + (0 if terminated else gamma * q[next_state].max()))
    return q


@misconception("q_update")
def follows_the_same_action(q, state, action, reward, next_state, terminated, alpha, gamma):
    """Which action will be taken in the next state? Q-learning assumes the best one there, not the one that
    was just taken."""
    if not 0 < alpha <= 1 or not 0 <= gamma <= 1:
        raise ValueError("alpha or gamma")
    q = np.array(q, dtype=np.float64)
    target = reward if terminated else reward + gamma * q[next_state, action]
    q[state, action] += alpha * (target - q[state, action])
    return q


@misconception("train_q_table")
def takes_truncated_for_terminated(env, episodes, alpha, gamma, epsilon, rng):
    """A time limit ends the episode, but not the world: only after `terminated` is there no future. The
    loop stops for both, the update must know the difference."""
    if episodes < 1:
        raise ValueError("episodes")
    q = np.zeros((env.observation_space.n, _num_actions(env)))
    seed = int(rng.integers(2**31))
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        done = False
        while not done:
            action = epsilon_greedy(q[state], epsilon, rng)
            next_state, reward, terminated, truncated, _ = env.step(action)
            done = terminated or truncated
            q = q_update(q, state, action, reward, next_state, done, alpha, gamma)
            state = next_state
    return q


@misconception("train_q_table")
def plays_on_after_a_truncated_step(env, episodes, alpha, gamma, epsilon, rng):
    """An episode ends in two ways: `terminated`, or `truncated` when the time is up. Your loop waits for the
    first and plays on after the second."""
    if episodes < 1:
        raise ValueError("episodes")
    q = np.zeros((env.observation_space.n, _num_actions(env)))
    seed = int(rng.integers(2**31))
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        terminated = False
        while not terminated:
            action = epsilon_greedy(q[state], epsilon, rng)
            next_state, reward, terminated, _, _ = env.step(action)
            q = q_update(q, state, action, reward, next_state, terminated, alpha, gamma)
            state = next_state
    return q


@misconception("train_q_table")
def never_leaves_the_first_state(env, episodes, alpha, gamma, epsilon, rng):
    """After a step the game is in another state. Follow your variable `state` through the loop: when does
    it change?"""
    if episodes < 1:
        raise ValueError("episodes")
    q = np.zeros((env.observation_space.n, _num_actions(env)))
    seed = int(rng.integers(2**31))
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = epsilon_greedy(q[state], epsilon, rng)
            next_state, reward, terminated, truncated, _ = env.step(action)
            q = q_update(q, state, action, reward, next_state, terminated, alpha, gamma)
            over = terminated or truncated
    return q


@misconception("train_q_table")
def forgets_everything_after_an_episode(env, episodes, alpha, gamma, epsilon, rng):
    """The table is what is learned over *all* episodes. Where in your loops does it start with zeros?"""
    if episodes < 1:
        raise ValueError("episodes")
    seed = int(rng.integers(2**31))
    for episode in range(episodes):
        q = np.zeros((env.observation_space.n, _num_actions(env)))
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = epsilon_greedy(q[state], epsilon, rng)
            next_state, reward, terminated, truncated, _ = env.step(action)
            q = q_update(q, state, action, reward, next_state, terminated, alpha, gamma)
            state, over = next_state, terminated or truncated
    return q


@misconception("train_q_table")
def learns_the_value_of_its_own_exploring(env, episodes, alpha, gamma, epsilon, rng):
    """You learn from the action that will be taken next, random ones included: that is SARSA. Q-learning
    learns from the best next action, whatever is then done."""
    if episodes < 1:
        raise ValueError("episodes")
    q = np.zeros((env.observation_space.n, _num_actions(env)))
    seed = int(rng.integers(2**31))
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        action = epsilon_greedy(q[state], epsilon, rng)
        over = False
        while not over:
            next_state, reward, terminated, truncated, _ = env.step(action)
            next_action = epsilon_greedy(q[next_state], epsilon, rng)
            target = reward if terminated else reward + gamma * q[next_state, next_action]
            q[state, action] += alpha * (target - q[state, action])
            state, action, over = next_state, next_action, terminated or truncated
    return q


@misconception("ReplayBuffer")
class RefusesNewOnesWhenFull(ReplayBuffer):
    """Which transitions does a full buffer hold, the first or the last? The network should learn from what
    it does now."""

    def add(self, state, action, reward, next_state, terminated):
        if len(self) < self._capacity:
            super().add(state, action, reward, next_state, terminated)


@misconception("ReplayBuffer")
class DrawsTheSameOneTwice(ReplayBuffer):
    """Draw as many as the buffer holds: is each of them there once? Your draw puts back what it took."""

    def sample(self, batch_size, rng):
        if batch_size > len(self):
            raise ValueError("fewer transitions")
        chosen = rng.choice(len(self), size=batch_size)
        return tuple(np.array(column) for column in zip(*(self._transitions[i] for i in chosen), strict=True))


@misconception("ReplayBuffer")
class ReplaysOnlyTheLatest(ReplayBuffer):
    """The latest steps resemble each other, and that is what the buffer is there to avoid: every transition
    that it holds must have the same chance."""

    def sample(self, batch_size, rng):
        if batch_size > len(self):
            raise ValueError("fewer transitions")
        latest = self._transitions[-batch_size:]
        order = rng.permutation(batch_size)
        return tuple(np.array(column) for column in zip(*(latest[i] for i in order), strict=True))


@misconception("ReplayBuffer")
class ShufflesEveryColumnByItself(ReplayBuffer):
    """A state, what was done in it and what came of it belong together. You draw anew for each of the five
    arrays."""

    def sample(self, batch_size, rng):
        if batch_size > len(self):
            raise ValueError("fewer transitions")
        columns = list(zip(*self._transitions, strict=True))
        return tuple(
            np.array([column[i] for i in rng.choice(len(self), size=batch_size, replace=False)]) for column in columns
        )


@misconception("ReplayBuffer")
class GivesFewerThanAsked(ReplayBuffer):
    """A buffer that holds too few transitions must say so with a ValueError; yours quietly gives what it
    has."""

    def sample(self, batch_size, rng):
        return super().sample(min(batch_size, len(self)), rng)


@misconception("build_q_network")
def gives_probabilities(observation_shape, num_actions):
    """The outputs are values, not probabilities: a value may be -1 or 7, and they need not add up to 1.
    Which activation belongs to the last layer?"""
    if num_actions < 1:
        raise ValueError("num_actions")
    return keras.Sequential(
        [
            keras.Input(tuple(observation_shape)),
            keras.layers.Flatten(),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(num_actions, activation="softmax"),
        ]
    )


@misconception("build_q_network")
def cannot_say_that_an_action_is_bad(observation_shape, num_actions):
    """What is the value of an action that loses the game? A ReLU at the output can never say it."""
    if num_actions < 1:
        raise ValueError("num_actions")
    return keras.Sequential(
        [
            keras.Input(tuple(observation_shape)),
            keras.layers.Flatten(),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(num_actions, activation="relu"),
        ]
    )


@misconception("build_q_network")
def hides_no_nonlinearity(observation_shape, num_actions):
    """Without an activation two layers are one linear map. What is worth doing depends on fruit *and*
    basket together, and no weighted sum of cells can say that."""
    if num_actions < 1:
        raise ValueError("num_actions")
    return keras.Sequential(
        [
            keras.Input(tuple(observation_shape)),
            keras.layers.Flatten(),
            keras.layers.Dense(100),
            keras.layers.Dense(num_actions),
        ]
    )


@misconception("build_q_network")
def takes_only_vectors(observation_shape, num_actions):
    """A dense layer acts on the last axis only. What is the output shape for a picture of 10x10?"""
    if num_actions < 1:
        raise ValueError("num_actions")
    return keras.Sequential(
        [
            keras.Input(tuple(observation_shape)),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(num_actions),
        ]
    )


@misconception("td_targets")
def blames_every_action(q_values, next_q_values, actions, rewards, terminated, gamma):
    """The reward tells about the action that was taken, and about no other. Look at the targets of the
    others: the network would learn that all are equally good."""
    check(gamma, q_values, next_q_values, actions, rewards, terminated)
    ended = np.asarray(terminated, dtype=bool)
    values = np.asarray(rewards) + gamma * np.where(ended, 0.0, np.max(next_q_values, axis=1))
    return np.repeat(values[:, None], np.shape(q_values)[1], axis=1)


@misconception("td_targets")
def forgets_that_the_game_is_over(q_values, next_q_values, actions, rewards, terminated, gamma):
    """Behind a terminated step there is nothing: the target is the reward alone. Where do you use
    `terminated`?"""
    check(gamma, q_values, next_q_values, actions, rewards, terminated)
    targets = np.array(q_values, dtype=np.float64)
    targets[np.arange(len(targets)), actions] = np.asarray(rewards) + gamma * np.max(next_q_values, axis=1)
    return targets


@misconception("td_targets")
def takes_the_best_of_the_whole_batch(q_values, next_q_values, actions, rewards, terminated, gamma):
    """Every transition has its own next state. Along which axis do you take the maximum?"""
    check(gamma, q_values, next_q_values, actions, rewards, terminated)
    targets = np.array(q_values, dtype=np.float64)
    future = np.where(np.asarray(terminated, dtype=bool), 0.0, np.max(next_q_values))
    targets[np.arange(len(targets)), actions] = np.asarray(rewards) + gamma * future
    return targets


@misconception("td_targets")
def sets_the_other_actions_to_zero(q_values, next_q_values, actions, rewards, terminated, gamma):
    """A target of 0 for an action that was not taken is a claim, too. Nothing was seen of it, so its error
    should be 0: what must its target be?"""
    check(gamma, q_values, next_q_values, actions, rewards, terminated)
    targets = np.zeros(np.shape(q_values))
    future = np.where(np.asarray(terminated, dtype=bool), 0.0, np.max(next_q_values, axis=1))
    targets[np.arange(len(targets)), actions] = np.asarray(rewards) + gamma * future
    return targets


@misconception("td_targets")
def writes_to_whole_columns(q_values, next_q_values, actions, rewards, terminated, gamma):
    """`targets[:, actions]` picks all rows of these columns, not one action in each row. Index rows and
    columns together."""
    check(gamma, q_values, next_q_values, actions, rewards, terminated)
    targets = np.array(q_values, dtype=np.float64)
    future = np.where(np.asarray(terminated, dtype=bool), 0.0, np.max(next_q_values, axis=1))
    targets[:, actions] = (np.asarray(rewards) + gamma * future)[:, None]
    return targets


@misconception("train_dqn")
def learns_from_rewards_without_a_future(env, episodes, seed):
    """In Catch only the last step is rewarded. How do the eight steps before it learn what they are good
    for? Let the discounted value of the next state into your targets."""
    if episodes < 1:
        raise ValueError("episodes")
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_q_network(env.observation_space.shape, _num_actions(env))
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    buffer = ReplayBuffer(10_000)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = int(rng.integers(_num_actions(env)))
            next_state, reward, terminated, truncated, _ = env.step(action)
            buffer.add(state, action, reward, next_state, terminated)
            state, over = next_state, terminated or truncated
        if len(buffer) >= 128:
            states, actions, rewards, _, terminated = buffer.sample(128, rng)
            values = model.predict_on_batch(states)
            model.train_on_batch(states, td_targets(values, values, actions, rewards, terminated, 0.0))
    return model


@misconception("train_dqn")
def fills_the_memory_and_never_learns(env, episodes, seed):
    """Playing alone teaches nothing: the network you return is as random as on the first day. After a step,
    train on a batch of what the buffer remembers."""
    if episodes < 1:
        raise ValueError("episodes")
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_q_network(env.observation_space.shape, _num_actions(env))
    buffer = ReplayBuffer(10_000)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = int(rng.integers(_num_actions(env)))
            next_state, reward, terminated, truncated, _ = env.step(action)
            buffer.add(state, action, reward, next_state, terminated)
            state, over = next_state, terminated or truncated
    return model


@misconception("play")
def keeps_exploring_while_it_plays(model, env, episodes, seed):
    """When the network shows what it can, every action is its best one. An epsilon has no place here."""
    if episodes < 1:
        raise ValueError("episodes")
    rng = np.random.default_rng(seed)
    totals = np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = epsilon_greedy(model.predict_on_batch(np.asarray(state)[None])[0], 0.5, rng)
            state, reward, terminated, truncated, _ = env.step(action)
            totals[episode] += reward
            over = terminated or truncated
    return totals


@misconception("play")
def counts_only_the_last_reward(model, env, episodes, seed):
    """A game earns rewards at every step; what it earned is their sum. You keep the last one."""
    if episodes < 1:
        raise ValueError("episodes")
    totals = np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = int(np.argmax(model.predict_on_batch(np.asarray(state)[None])[0]))
            state, totals[episode], terminated, truncated, _ = env.step(action)
            over = terminated or truncated
    return totals


@misconception("play")
def plays_the_same_game_every_time(model, env, episodes, seed):
    """With the same seed the same game starts again. Seed the first reset; the others go on from there."""
    if episodes < 1:
        raise ValueError("episodes")
    totals = np.zeros(episodes)
    for episode in range(episodes):
        state, _ = env.reset(seed=seed)
        over = False
        while not over:
            action = int(np.argmax(model.predict_on_batch(np.asarray(state)[None])[0]))
            state, reward, terminated, truncated, _ = env.step(action)
            totals[episode] += reward
            over = terminated or truncated
    return totals


@misconception("play")
def shares_one_total_between_the_games(model, env, episodes, seed):
    """Every game starts at 0. Your sum goes on from game to game: where do you set it back?"""
    if episodes < 1:
        raise ValueError("episodes")
    total, totals = 0.0, []
    for episode in range(episodes):
        state, _ = env.reset(seed=seed if episode == 0 else None)
        over = False
        while not over:
            action = int(np.argmax(model.predict_on_batch(np.asarray(state)[None])[0]))
            state, reward, terminated, truncated, _ = env.step(action)
            total += reward
            over = terminated or truncated
        totals.append(total)
    return np.array(totals)

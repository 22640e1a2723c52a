"""What goes wrong with memory, targets and training of a network that plays."""

import keras
import numpy as np

from grader.misconceptions import misconception


def check(gamma, *columns):
    """What the wrong targets do right."""
    if not 0 <= gamma <= 1 or len({len(column) for column in columns}) > 1:
        raise ValueError("gamma or lengths")


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
    """A state, what was done in it and what came of it belong together. You draw again for each of the five
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


def _predicted(model, states):
    return model.predict_on_batch(np.asarray(states))


@misconception("dqn_step")
def computes_the_future_with_the_network_itself(model, target_model, batch, gamma):
    """Who says what the next state is worth? You were given a second network for it, and it is never asked."""
    states, actions, rewards, next_states, terminated = batch
    values, future = _predicted(model, states), _predicted(model, next_states)
    model.train_on_batch(np.asarray(states), td_targets(values, future, actions, rewards, terminated, gamma))
    return model


@misconception("dqn_step")
def asks_only_the_target_network(model, target_model, batch, gamma):
    """Look at an action that was not taken. Its error should be 0: whose opinion of it is its target?"""
    states, actions, rewards, next_states, terminated = batch
    values, future = _predicted(target_model, states), _predicted(target_model, next_states)
    model.train_on_batch(np.asarray(states), td_targets(values, future, actions, rewards, terminated, gamma))
    return model


@misconception("dqn_step")
def trains_the_target_network(model, target_model, batch, gamma):
    """Which of the two networks learns, and which one stands still?"""
    states, actions, rewards, next_states, terminated = batch
    values, future = _predicted(model, states), _predicted(target_model, next_states)
    target_model.compile(model.optimizer.__class__(model.optimizer.learning_rate), loss=model.loss)
    target_model.train_on_batch(np.asarray(states), td_targets(values, future, actions, rewards, terminated, gamma))
    return model


@misconception("dqn_step")
def swaps_states_and_next_states(model, target_model, batch, gamma):
    """The action was taken in the state before it. Follow the two states through your function: which one is the
    network trained on?"""
    next_states, actions, rewards, states, terminated = batch
    values, future = _predicted(model, states), _predicted(target_model, next_states)
    model.train_on_batch(np.asarray(states), td_targets(values, future, actions, rewards, terminated, gamma))
    return model


@misconception("dqn_step")
def trains_until_it_believes_the_batch(model, target_model, batch, gamma):
    """How many steps of training does one batch get? It holds a few transitions of many: one step, then another
    batch."""
    states, actions, rewards, next_states, terminated = batch
    values, future = _predicted(model, states), _predicted(target_model, next_states)
    targets = td_targets(values, future, actions, rewards, terminated, gamma)
    model.fit(np.asarray(states), targets, batch_size=len(targets), epochs=10, verbose=0)
    return model


@misconception("dqn_step")
def compiles_the_network_anew(model, target_model, batch, gamma):
    """The network comes compiled. What becomes of its optimizer, its learning rate and its loss in your function?"""
    states, actions, rewards, next_states, terminated = batch
    values, future = _predicted(model, states), _predicted(target_model, next_states)
    model.compile(optimizer="adam", loss="mse")
    model.train_on_batch(np.asarray(states), td_targets(values, future, actions, rewards, terminated, gamma))
    return model


@misconception("train_dqn")
def never_renews_the_target_network(env, episodes, seed):
    """Your target network is a copy of one that has learned nothing. How old may it become before it is made equal
    to the one that learns?"""
    if episodes < 1:
        raise ValueError("episodes")
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_q_network(env.observation_space.shape, _num_actions(env))
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    target_model = keras.models.clone_model(model)
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
            dqn_step(model, target_model, buffer.sample(128, rng), 0.9)
    return model


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
    """Every game starts at 0. Your sum carries over from game to game: where do you set it back?"""
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

"""Lists and loops, one prediction per state, a second network for the targets."""

import collections
import itertools

import keras
import numpy as np

Transition = collections.namedtuple("Transition", "state action reward next_state terminated")


def epsilon_greedy(q_values, epsilon, rng):
    values = [float(value) for value in q_values]
    if epsilon < 0 or epsilon > 1 or not values:
        raise ValueError("epsilon is a probability, and there must be actions")
    if epsilon > 0 and rng.uniform() <= epsilon:
        return rng.choice(len(values))
    best = [action for action, value in enumerate(values) if value == max(values)]
    return np.int64(best[int(rng.random() * len(best))])


def discounted_returns(rewards, gamma):
    if not (0 <= gamma <= 1):
        raise ValueError("gamma must be between 0 and 1")
    backwards = itertools.accumulate(reversed(list(rewards)), lambda later, reward: reward + gamma * later)
    return list(backwards)[::-1]


def q_update(q, state, action, reward, next_state, terminated, alpha, gamma):
    if not (0 < alpha <= 1 and 0 <= gamma <= 1):
        raise ValueError("alpha is in (0, 1], gamma in [0, 1]")
    future = 0 if terminated else max(q[next_state])
    return [
        [
            (1 - alpha) * value + alpha * (reward + gamma * future) if (s, a) == (state, action) else value
            for a, value in enumerate(row)
        ]
        for s, row in enumerate(q)
    ]


def train_q_table(env, episodes, alpha, gamma, epsilon, rng):
    if episodes < 1 or not hasattr(env.observation_space, "n") or not hasattr(env.action_space, "n"):
        raise ValueError("episodes, numbered states and numbered actions are needed")
    actions = range(int(env.action_space.n))
    table = {state: [0.0 for _ in actions] for state in range(int(env.observation_space.n))}
    seeds = itertools.chain([int(rng.integers(1000))], itertools.repeat(None))
    for _, seed in zip(range(episodes), seeds, strict=False):
        state = env.reset(seed=seed)[0]
        while True:
            if rng.random() < epsilon:
                action = int(rng.integers(len(actions)))
            else:
                action = int(rng.permutation([a for a in actions if table[state][a] == max(table[state])])[0])
            following, reward, terminated, truncated, _ = env.step(action)
            best = 0.0 if terminated else max(table[following])
            table[state][action] += alpha * (reward + gamma * best - table[state][action])
            if terminated or truncated:
                break
            state = following
    return [table[state] for state in sorted(table)]


class ReplayBuffer:
    def __init__(self, capacity):
        if capacity <= 0:
            raise ValueError("no room")
        self.memory = collections.deque(maxlen=capacity)

    def __len__(self):
        return len(self.memory)

    def add(self, *transition):
        self.memory.append(Transition(*transition))

    def sample(self, batch_size, rng):
        if len(self.memory) < batch_size:
            raise ValueError("not enough")
        order = rng.permutation(len(self.memory))[:batch_size]
        batch = [self.memory[index] for index in order]
        return [np.array([getattr(transition, field) for transition in batch]) for field in Transition._fields]


def build_q_network(observation_shape, num_actions):
    if num_actions <= 0:
        raise ValueError("no actions")
    inputs = keras.layers.Input(shape=observation_shape)
    x = keras.layers.Reshape((-1,))(inputs)
    x = keras.layers.Dense(128, kernel_initializer="he_normal")(x)
    x = keras.layers.Activation("relu")(x)
    x = keras.layers.Dense(64, activation="relu")(x)
    outputs = keras.layers.Dense(num_actions, activation="linear", kernel_initializer="zeros")(x)
    return keras.Model(inputs, outputs)


def td_targets(q_values, next_q_values, actions, rewards, terminated, gamma):
    if gamma < 0 or gamma > 1:
        raise ValueError("gamma")
    targets = []
    rows = zip(q_values, next_q_values, actions, rewards, terminated, strict=True)
    for values, next_values, taken, reward, end in rows:
        goal = reward if end else reward + gamma * max(next_values)
        targets.append([goal if action == taken else value for action, value in enumerate(values)])
    return targets


def dqn_step(model, target_model, batch, gamma):
    states, actions, rewards, next_states, terminated = batch
    says = keras.ops.convert_to_numpy(model(np.array(states, dtype="float32"), training=False)).tolist()
    future = keras.ops.convert_to_numpy(target_model(np.array(next_states, dtype="float32"), training=False)).tolist()
    targets = td_targets(says, future, actions, rewards, terminated, gamma)
    model.train_on_batch(np.array(states), np.array(targets, dtype="float32"))
    return model


def train_dqn(env, episodes, seed):
    if episodes < 1 or not hasattr(env.action_space, "n"):
        raise ValueError("no episodes, or actions without numbers")
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    model = build_q_network(env.observation_space.shape, int(env.action_space.n))
    target_model = keras.models.clone_model(model)
    target_model.set_weights(model.get_weights())
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, max(2 * episodes, 2))
    model.compile(keras.optimizers.Adam(schedule), keras.losses.Huber())
    buffer = ReplayBuffer(3000)
    env.reset(seed=seed)
    for episode in range(episodes):
        state, _ = env.reset()
        end = False
        while not end:
            q_values = model.predict_on_batch(np.asarray(state)[np.newaxis])[0]
            action = epsilon_greedy(q_values, max(0.05, 1 - 1.5 * episode / episodes), rng)
            next_state, reward, terminated, truncated, _ = env.step(int(action))
            buffer.add(state, action, reward, next_state, terminated)
            state, end = next_state, terminated or truncated
        for _ in range(2):
            if len(buffer) < 100:
                continue
            dqn_step(model, target_model, buffer.sample(100, rng), 0.9)
        if episode % 10 == 0:
            target_model.set_weights(model.get_weights())
    return model


def play(model, env, episodes, seed):
    if episodes < 1:
        raise ValueError("no episodes")
    seeds = [seed] + [None] * (episodes - 1)

    def rewards_of_a_game(own_seed):
        state, _ = env.reset(seed=own_seed)
        while True:
            values = keras.ops.convert_to_numpy(model(np.array([state]), training=False))
            state, reward, terminated, truncated, _ = env.step(values[0].argmax())
            yield reward
            if terminated or truncated:
                return

    return tuple(sum(rewards_of_a_game(own_seed)) for own_seed in seeds)

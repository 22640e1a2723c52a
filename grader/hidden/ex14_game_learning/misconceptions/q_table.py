"""What goes wrong with choices, returns and updates, and with a table that learns from them."""

import numpy as np

from grader.misconceptions import misconception


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
def exploits_the_worst_action(q_values, epsilon, rng):
    """Values are what one wants much of: with epsilon = 0, which action does your function choose, and which
    has the largest value?"""
    if not 0 <= epsilon <= 1 or len(q_values) == 0:
        raise ValueError("epsilon or q_values")
    if rng.random() < epsilon:
        return int(rng.integers(len(q_values)))
    return int(np.argmin(q_values))


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

"""What goes wrong with optimizers: what is remembered how, and what epsilon is added to."""

import numpy as np

from grader.misconceptions import misconception


@misconception("momentum_step")
def averages_the_gradients(theta, grad, state, learning_rate, momentum=0.9):
    """Your velocity is an average. Here it is a sum that fades: there is no (1 - momentum) in front of the gradient."""
    theta, grad = _same_shape(theta, grad)
    velocity = momentum * (0.0 if state is None else state) - learning_rate * (1 - momentum) * grad
    return theta + velocity, velocity


@misconception("momentum_step")
def keeps_the_learning_rate_out_of_the_velocity(theta, grad, state, learning_rate, momentum=0.9):
    """You have the form of PyTorch: its velocity adds up gradients, and the learning rate comes afterwards. With
    a constant rate it is the same; when the rate changes, old gradients count with the new one.
    """
    theta, grad = _same_shape(theta, grad)
    velocity = momentum * (0.0 if state is None else state) + grad
    return theta - learning_rate * velocity, velocity


@misconception("adagrad_step")
def starts_from_an_empty_accumulator(theta, grad, state, learning_rate, initial_accumulator_value=0.1, epsilon=1e-7):
    """Your accumulator starts from 0, but it has a value before the first step: look through the arguments."""
    theta, grad = _same_shape(theta, grad)
    accumulator = (0.0 if state is None else state) + grad**2
    return theta - learning_rate * grad / np.sqrt(accumulator + epsilon), accumulator


@misconception("adagrad_step")
def adds_epsilon_to_the_root(theta, grad, state, learning_rate, initial_accumulator_value=0.1, epsilon=1e-7):
    """Epsilon is at the wrong place: compare with the docstring, where it stands inside the root, beside the
    accumulator.
    """
    theta, grad = _same_shape(theta, grad)
    accumulator = (initial_accumulator_value if state is None else state) + grad**2
    return theta - learning_rate * grad / (np.sqrt(accumulator) + epsilon), accumulator


@misconception("rmsprop_step")
def exchanges_rho(theta, grad, state, learning_rate, rho=0.9, epsilon=1e-7):
    """rho is the share of the *old* average that is kept; the new square counts with 1 - rho."""
    theta, grad = _same_shape(theta, grad)
    average = (1 - rho) * (0.0 if state is None else state) + rho * grad**2
    return theta - learning_rate * grad / np.sqrt(average + epsilon), average


@misconception("rmsprop_step")
def never_forgets(theta, grad, state, learning_rate, rho=0.9, epsilon=1e-7):
    """A sum that grows and grows is Adagrad's. This is an average: the old one counts with rho, the new square with
    1 - rho.
    """
    theta, grad = _same_shape(theta, grad)
    total = (0.0 if state is None else state) + grad**2
    return theta - learning_rate * grad / np.sqrt(total + epsilon), total


@misconception("adadelta_step")
def leaves_the_learning_rate_out(theta, grad, state, learning_rate, rho=0.95, epsilon=1e-7):
    """The paper has no learning rate, but Keras and this exercise do: it multiplies the move."""
    theta, grad = _same_shape(theta, grad)
    squares, moves = (0.0, 0.0) if state is None else state
    squares = rho * squares + (1 - rho) * grad**2
    delta = -np.sqrt((moves + epsilon) / (squares + epsilon)) * grad
    return theta + delta, (squares, rho * moves + (1 - rho) * delta**2)


@misconception("adadelta_step")
def remembers_the_scaled_move(theta, grad, state, learning_rate, rho=0.95, epsilon=1e-7):
    """The average of the moves is of delta itself; the learning rate comes in only when theta is moved."""
    theta, grad = _same_shape(theta, grad)
    squares, moves = (0.0, 0.0) if state is None else state
    squares = rho * squares + (1 - rho) * grad**2
    delta = -learning_rate * np.sqrt((moves + epsilon) / (squares + epsilon)) * grad
    return theta + delta, (squares, rho * moves + (1 - rho) * delta**2)


@misconception("adam_step")
def does_not_correct_the_start(theta, grad, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """m and v start from 0 and are too small at first, v even more than m, so that the first steps are far too
    long. That is what the two corrections are for.
    """
    return _adam(theta, grad, state, learning_rate, beta_1, beta_2, epsilon, correction=lambda beta, t: 1.0)


@misconception("adam_step")
def counts_the_steps_from_zero(theta, grad, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """beta to the power of 0 is 1, and 1 - 1 is what you divide by: the first step has the number t = 1."""
    with np.errstate(all="ignore"):
        return _adam(
            theta, grad, state, learning_rate, beta_1, beta_2, epsilon, correction=lambda beta, t: 1 - beta ** (t - 1)
        )


@misconception("adam_step")
def corrects_as_if_it_were_the_first_step(theta, grad, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """The betas in the correction are taken to the power of t, the number of the step: else every step is
    corrected as much as the first.
    """
    return _adam(theta, grad, state, learning_rate, beta_1, beta_2, epsilon, correction=lambda beta, t: 1 - beta)


@misconception("adam_step")
def exchanges_the_betas(theta, grad, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Which of the two betas belongs to the mean of the gradients, and which to that of their squares? Yours have
    changed places.
    """
    return _adam(theta, grad, state, learning_rate, beta_2, beta_1, epsilon, correction=lambda beta, t: 1 - beta**t)


@misconception("adam_step")
def adds_epsilon_to_the_corrected_root(theta, grad, state, learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """You have Algorithm 1 of the paper, which adds epsilon after v was corrected. Keras adds it to the root of
    v as it is: the last paragraph of section 2, and the docstring, have that form.
    """
    theta, grad = _same_shape(theta, grad)
    m, v, t = (0.0, 0.0, 0) if state is None else state
    m, v, t = beta_1 * m + (1 - beta_1) * grad, beta_2 * v + (1 - beta_2) * grad**2, t + 1
    corrected = m / (1 - beta_1**t), v / (1 - beta_2**t)
    return theta - learning_rate * corrected[0] / (np.sqrt(corrected[1]) + epsilon), (m, v, t)


def _adam(theta, grad, state, learning_rate, beta_1, beta_2, epsilon, correction):
    theta, grad = _same_shape(theta, grad)
    m, v, t = (0.0, 0.0, 0) if state is None else state
    m, v, t = beta_1 * m + (1 - beta_1) * grad, beta_2 * v + (1 - beta_2) * grad**2, t + 1
    alpha = learning_rate * np.sqrt(correction(beta_2, t)) / correction(beta_1, t)
    return theta - alpha * m / (np.sqrt(v) + epsilon), (m, v, t)


def _walk(step, gradient, theta, learning_rate, steps, *, after=lambda start, here, there, state: (there, state)):
    """The right walk, but for what becomes of a place and a state after each step."""
    if steps < 0:
        raise ValueError("steps")
    path, state = [np.array(theta, dtype=float)], None
    here = path[0]
    for _ in range(steps):
        there, state = step(here, gradient(here), state, learning_rate)
        path.append(np.asarray(there))
        here, state = after(path[0], here, path[-1], state)
    return np.stack(path)


@misconception("optimize")
def forgets_the_state(step, gradient, theta, learning_rate, steps):
    """Every step of yours begins with the state None, so that no optimizer remembers anything. What becomes of the
    second thing that a step returns?"""
    return _walk(step, gradient, theta, learning_rate, steps, after=lambda start, here, there, state: (there, None))


@misconception("optimize")
def keeps_the_first_state(step, gradient, theta, learning_rate, steps):
    """Your optimizer remembers its first step, and none of the later ones. Is the state replaced in every step?"""
    states = []

    def after(start, here, there, state):
        states.append(state)
        return there, states[0]

    return _walk(step, gradient, theta, learning_rate, steps, after=after)


@misconception("optimize")
def stays_at_the_start(step, gradient, theta, learning_rate, steps):
    """Every step of yours begins at the start again. Where did the one before end?"""
    return _walk(step, gradient, theta, learning_rate, steps, after=lambda start, here, there, state: (start, state))


@misconception("optimize")
def gradient_of_the_start(step, gradient, theta, learning_rate, steps):
    """You ask for the gradient once, at the start. The ground has another slope at each place."""
    slope = gradient(np.array(theta, dtype=float)) if steps > 0 else None
    return _walk(step, lambda here: slope, theta, learning_rate, steps)


@misconception("optimize")
def leaves_out_the_start(step, gradient, theta, learning_rate, steps):
    """Your path has no start: after three steps one has stood at four places."""
    path = _walk(step, gradient, theta, learning_rate, steps)
    return path[1:] if steps else path


@misconception("optimize")
def only_the_end(step, gradient, theta, learning_rate, steps):
    """Your result is where the walk ended. A race is judged by its whole path."""
    return _walk(step, gradient, theta, learning_rate, steps)[-1]


@misconception("optimize")
def one_step_too_many(step, gradient, theta, learning_rate, steps):
    """Your path has a place too many. With two steps, how often is `step` called?"""
    return _walk(step, gradient, theta, learning_rate, steps + (steps >= 0))


@misconception("optimize")
def the_learning_rate_falls(step, gradient, theta, learning_rate, steps):
    """Your learning rate becomes smaller on the way. A good idea, but here all steps have the same."""
    rates = iter([learning_rate * 0.9**k for k in range(max(steps, 0))])
    return _walk(lambda *three, **_: step(*three[:3], next(rates)), gradient, theta, learning_rate, steps)


@misconception("optimize")
def always_gradient_descent(step, gradient, theta, learning_rate, steps):
    """Your walk goes the same way with every optimizer. Do you call the `step` that you are given?"""
    return gradient_descent(gradient, theta, learning_rate, steps)

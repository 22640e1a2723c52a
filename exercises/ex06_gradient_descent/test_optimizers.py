"""Visible tests of ex06: run `pytest exercises/ex06_gradient_descent` while you work."""

import numpy as np
import pytest

from grader.compare import close

X, Y = np.arange(10.0).reshape(10, 1), np.arange(10) * 10  # the target of each sample is ten times its input

# How far the first step of each optimizer goes, with its defaults, a gradient of 2 and a learning rate of 0.1: the
# handout has these numbers.
FIRST_STEPS = {
    "momentum_step": 0.1 * 2,
    "adagrad_step": 0.1 * 2 / np.sqrt(0.1 + 2**2 + 1e-7),
    "rmsprop_step": 0.1 * 2 / np.sqrt(0.1 * 2**2 + 1e-7),
    "adadelta_step": 0.1 * 2 * np.sqrt(1e-7) / np.sqrt(0.05 * 2**2 + 1e-7),
    "adam_step": 0.1 * np.sqrt(0.001) / 0.1 * (0.1 * 2) / (np.sqrt(0.001 * 2**2) + 1e-7),
}

# Three steps down x^2 from 1 with the same rate and the defaults, from the handout's table.
HANDOUT = {
    "momentum_step": [0.8, 0.46, 0.062],
    "adagrad_step": [0.90123, 0.83474, 0.78230],
    "rmsprop_step": [0.68377, 0.49887, 0.36918],
    "adadelta_step": [0.99986, 0.99972, 0.99957],
    "adam_step": [0.9, 0.80041, 0.70159],
}


def of_each_optimizer(**options):
    """One test per optimizer, each counting for its own task."""
    rows = [pytest.param(optimizer, marks=[pytest.mark.task(optimizer, **options)]) for optimizer in FIRST_STEPS]
    return pytest.mark.parametrize("name", rows)


def walk(step, gradients, rates=(), **hyperparameters):
    """Where theta stands after each gradient, from 1.0 and with a learning rate of 0.1 unless others are given."""
    theta, state, path = np.array([1.0]), None, []
    for gradient, rate in zip(gradients, rates or [0.1] * len(gradients), strict=True):
        theta, state = step(theta, np.array([gradient]), state, rate, **hyperparameters)
        path.append(float(np.asarray(theta)[0]))
    return path


@pytest.mark.task("numerical_gradient")
def test_numerical_gradient_of_the_handout(student):
    """f = x^2 + 3xy at (2, 1): the slopes are 2x + 3y = 7 and 3x = 6"""

    def f(theta):
        x, y = theta
        return x**2 + 3 * x * y

    assert student.numerical_gradient(f, np.array([2.0, 1.0])) == close([7.0, 6.0], rtol=1e-6)


@pytest.mark.task("numerical_gradient", weight=2)
def test_numerical_gradient_looks_to_both_sides(student):
    """f = x^3 at 1 with h = 0.5: (1.5^3 - 0.5^3) / 1 = 3.25"""
    assert student.numerical_gradient(lambda theta: float(theta[0] ** 3), [1.0], h=0.5) == close([3.25])


@pytest.mark.task("numerical_gradient", weight=2)
def test_numerical_gradient_of_a_matrix(student):
    """A function of a matrix is given matrices and has a matrix of slopes"""
    weights = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    result = student.numerical_gradient(lambda theta: np.sum(weights * theta), np.zeros((2, 3)))
    assert result == close(weights, rtol=1e-6)


@pytest.mark.task("numerical_gradient", edge=True)
def test_numerical_gradient_at_whole_numbers(student):
    """Whole numbers, and a single number, are moved by fractions as well: 3 x^2 at 2 has the slope 12"""

    def f(theta):
        return 3 * np.sum(theta * theta)

    assert student.numerical_gradient(f, [2, -1]) == close([12, -6], rtol=1e-6)
    assert student.numerical_gradient(f, 2) == close(12.0, rtol=1e-6)


@pytest.mark.task("numerical_gradient", edge=True)
def test_numerical_gradient_refuses_no_distance(student):
    """h = 0 and h below 0 are a ValueError"""
    for h in (0.0, -0.5):
        with pytest.raises(ValueError):
            student.numerical_gradient(lambda theta: float(np.sum(theta)), [1.0], h=h)


@pytest.mark.task("gradient_descent")
def test_gradient_descent_of_the_handout(student):
    """f = x^2 from 1 with a learning rate of 0.25: every step halves x"""
    path = student.gradient_descent(lambda theta: 2 * theta, np.array([1.0]), 0.25, 3)
    assert path == close([[1.0], [0.5], [0.25], [0.125]])


@pytest.mark.task("gradient_descent")
def test_gradient_descent_with_too_high_a_rate(student):
    """A learning rate of 1 jumps from side to side for ever"""
    path = student.gradient_descent(lambda theta: 2 * theta, np.array([3.0]), 1.0, 3)
    assert path == close([[3.0], [-3.0], [3.0], [-3.0]])


@pytest.mark.task("gradient_descent")
def test_gradient_descent_with_too_low_a_rate(student):
    """In 20 steps with a rate of 0.01 it comes from 1 to 0.98^20 = 0.67, with a rate of 0.4 nearly to the bottom"""
    ends = [
        float(np.asarray(student.gradient_descent(lambda theta: 2 * theta, 1.0, rate, 20))[-1]) for rate in (0.01, 0.4)
    ]
    assert ends == close([0.98**20, 0.2**20])


@pytest.mark.task("gradient_descent")
def test_gradient_descent_ends_in_one_of_two_minima(student):
    """theta^4 - 2 theta^2 + theta / 2 has minima at -1.057 and 0.930: from 0.1 it goes to one, from 0.15 to the next"""
    ends = [
        float(np.asarray(student.gradient_descent(lambda x: 4 * x**3 - 4 * x + 0.5, start, 0.05, 200))[-1])
        for start in (0.1, 0.15)
    ]
    assert ends == close([-1.0575, 0.9304], rtol=0, atol=1e-3)


@pytest.mark.task("gradient_descent")
def test_gradient_descent_from_whole_numbers(student):
    """A matrix of whole numbers leads to fractions; the path of a single number is a list of numbers"""
    path = student.gradient_descent(lambda theta: 2 * theta, [[1, 2, 3], [4, 5, 6]], 0.25, 1)
    assert path == close([[[1, 2, 3], [4, 5, 6]], [[0.5, 1, 1.5], [2, 2.5, 3]]])
    assert student.gradient_descent(lambda theta: 2 * theta, 1, 0.25, 2) == close([1, 0.5, 0.25])


@pytest.mark.task("gradient_descent", edge=True)
def test_gradient_descent_of_no_steps(student):
    """No steps: the start alone; fewer are a ValueError"""
    assert student.gradient_descent(lambda theta: 2 * theta, [3.0, 4.0], 0.1, 0) == close([[3.0, 4.0]])
    with pytest.raises(ValueError):
        student.gradient_descent(lambda theta: 2 * theta, [3.0, 4.0], 0.1, -1)


@pytest.mark.task("minibatches")
def test_minibatches_have_the_size_asked_for(student):
    """10 samples in batches of 4: 4, 4 and 2; in batches of 10, or of 99: a single one"""
    for batch_size, sizes in ((4, [4, 4, 2]), (10, [10]), (99, [10])):
        batches = list(student.minibatches(X, Y, batch_size, np.random.default_rng(0)))
        assert [np.shape(x) for x, _ in batches] == [(size, 1) for size in sizes], "the inputs of the batches"
        assert [np.shape(y) for _, y in batches] == [(size,) for size in sizes], "the targets of the batches"


@pytest.mark.task("minibatches", weight=2)
def test_minibatches_show_every_sample_once(student):
    """All ten samples, in another order, and each with its own target"""
    batches = list(student.minibatches(X, Y, 3, np.random.default_rng(0)))
    x = np.concatenate([np.asarray(x).ravel() for x, _ in batches])
    y = np.concatenate([np.asarray(y) for _, y in batches])
    assert sorted(x.tolist()) == list(range(10)), "every sample occurs exactly once"
    assert y.tolist() == (10 * x).tolist(), "each input keeps its own target"
    assert x.tolist() != list(range(10)), "the order is random"


@pytest.mark.task("minibatches", weight=2)
def test_minibatches_keep_the_pairs(student):
    """Each input comes with its own target, also pictures (here of 1 x 2 pixels) with rows of targets"""
    pictures, targets = [[[i, i + 1]] for i in range(5)], [[10 * i, -i] for i in range(5)]
    for x, y in student.minibatches(pictures, targets, 2, np.random.default_rng(0)):
        first = np.asarray(x)[:, 0, 0]
        assert np.asarray(x) == close(np.array([[[i, i + 1]] for i in first]))
        assert np.asarray(y) == close(np.array([[10 * i, -i] for i in first]))


@pytest.mark.task("minibatches", weight=2)
def test_minibatches_mix_all_samples(student):
    """Any two samples may meet in a batch, not only neighbours: sooner or later 0 meets 1, 2 and 3"""
    partners = set()
    for seed in range(60):
        for x, _ in student.minibatches(X[:4], Y[:4], 2, np.random.default_rng(seed)):
            batch = {int(i) for i in np.asarray(x).ravel()}
            partners |= batch if 0 in batch else set()
    assert partners == {0, 1, 2, 3}, f"0 has only ever met {sorted(partners - {0})}"


@pytest.mark.task("minibatches", edge=True)
def test_minibatches_come_from_rng_alone(student):
    """The same generator gives the same batches, another one others"""
    x, y = np.zeros((40, 1)), np.arange(40)
    first, again, other = (
        [np.asarray(y_batch).tolist() for _, y_batch in student.minibatches(x, y, 8, np.random.default_rng(seed))]
        for seed in (1, 1, 2)
    )
    assert first == again, "two generators with the same seed gave different batches"
    assert first != other, "two generators with different seeds gave the same batches"


@pytest.mark.task("minibatches", edge=True)
def test_minibatches_refuse_different_lengths(student):
    """Ten inputs and nine targets, no samples, and a size below 1 are a ValueError; batches of one sample are fine"""
    for x, y, batch_size in ((X, Y[:9], 4), (X[:9], Y, 4), (X[:0], Y[:0], 4), (X, Y, 0), (X, Y, -1)):
        with pytest.raises(ValueError):
            list(student.minibatches(x, y, batch_size, np.random.default_rng(0)))
    assert len(list(student.minibatches(X, Y, 1, np.random.default_rng(0)))) == 10, "ten batches of one sample"


@of_each_optimizer(weight=2)
def test_first_step_of_a_matrix(student, name):
    """The first step of the handout, for each element by itself: against its gradient; a gradient of 0 moves nothing"""
    step, far = getattr(student, name), FIRST_STEPS[name]
    theta, _ = step([[1, 2, 3], [4, 5, 6]], [[2, 0, -2], [0, 2, 0]], None, 0.1)
    assert theta == close([[1 - far, 2, 3 + far], [4, 5 - far, 6]])
    theta, _ = step(3, 2, None, 0.1)
    assert theta == close(3 - far)


@of_each_optimizer()
def test_three_steps_of_the_handout(student, name):
    """Down x^2 from 1, with a rate of 0.1 and the defaults, as in the table of the handout"""
    theta, state, path = 1.0, None, []
    for _ in HANDOUT[name]:
        theta, state = getattr(student, name)(theta, 2 * theta, state, 0.1)
        path.append(float(theta))
    assert path == close(HANDOUT[name], rtol=0, atol=6e-6)


@of_each_optimizer(edge=True)
def test_two_parameters_have_a_state_each(student, name):
    """Two parameters in turn, each with its own state, go where they would go alone"""
    step = getattr(student, name)
    alone = walk(step, [2.0, 1.0])
    (first, first_state), (second, second_state) = (step([1.0], [2.0], None, 0.1) for _ in range(2))
    first, _ = step(first, [1.0], first_state, 0.1)
    second, _ = step(second, [1.0], second_state, 0.1)
    assert first == close(alone[-1:])
    assert second == close(alone[-1:])


@of_each_optimizer(edge=True)
def test_step_refuses_a_gradient_of_another_shape(student, name):
    """One gradient for two parameters, or a row of them for a matrix, is a ValueError: NumPy would stretch it"""
    for theta, grad in (([1.0, 2.0], [1.0]), ([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]), ([1.0], [1.0, 2.0])):
        with pytest.raises(ValueError):
            getattr(student, name)(theta, grad, None, 0.1)


@pytest.mark.task("momentum_step", weight=3)
def test_momentum_step_gathers_speed(student):
    """Gradient 2, twice: the velocity is -0.2, then 0.9 * -0.2 - 0.2 = -0.38"""
    assert walk(student.momentum_step, [2.0, 2.0]) == close([0.8, 0.42])


@pytest.mark.task("momentum_step", weight=3)
def test_momentum_step_rolls_on(student):
    """A gradient of 0: half of the velocity is left"""
    assert walk(student.momentum_step, [2.0, 0.0, 0.0], momentum=0.5) == close([0.8, 0.7, 0.65])


@pytest.mark.task("momentum_step", weight=0.5)
def test_momentum_step_with_a_falling_rate(student):
    """The rate is in the velocity: -0.1 * 2 = -0.2, then with a rate of 0.05 it is 0.9 * -0.2 - 0.05 * 2 = -0.28"""
    assert walk(student.momentum_step, [2.0, 2.0], rates=[0.1, 0.05]) == close([0.8, 0.52])


@pytest.mark.task("adagrad_step", weight=2)
def test_adagrad_step_by_hand(student):
    """The accumulator is 9 + 16 = 25, then 25 + 144 = 169"""
    path = walk(student.adagrad_step, [4.0, 12.0], initial_accumulator_value=9.0, epsilon=0.0)
    assert path == close([1 - 0.1 * 4 / 5, 1 - 0.1 * 4 / 5 - 0.1 * 12 / 13])


@pytest.mark.task("adagrad_step")
def test_adagrad_step_with_a_large_epsilon(student):
    """The root of 4 + 16 + 5"""
    path = walk(student.adagrad_step, [4.0], initial_accumulator_value=4.0, epsilon=5.0)
    assert path == close([1 - 0.1 * 4 / 5])


@pytest.mark.task("adagrad_step")
def test_adagrad_step_with_the_defaults(student):
    """The accumulator begins with 0.1 and goes to 2.1; the second step has a rate of its own"""
    path = walk(student.adagrad_step, [np.sqrt(2), np.sqrt(2)], rates=[0.1, 0.3])
    assert path == close([1 - 0.1 * np.sqrt(2 / 2.1), 1 - 0.1 * np.sqrt(2 / 2.1) - 0.3 * np.sqrt(2 / 4.1)])


@pytest.mark.task("rmsprop_step", weight=2)
def test_rmsprop_step_by_hand(student):
    """With rho = 3/4: the average is 4 / 4 = 1, then 3/4 + 13 / 4 = 4; the second step has a rate of its own"""
    path = walk(student.rmsprop_step, [2.0, np.sqrt(13)], rates=[0.1, 0.3], rho=0.75, epsilon=0.0)
    assert path == close([0.8, 0.8 - 0.3 * np.sqrt(13) / 2])


@pytest.mark.task("rmsprop_step")
def test_rmsprop_step_with_a_large_epsilon(student):
    """With rho = 3/4 and epsilon = 8: the root of 1 + 8"""
    assert walk(student.rmsprop_step, [2.0], rho=0.75, epsilon=8.0) == close([1 - 0.1 * 2 / 3])


@pytest.mark.task("adadelta_step", weight=3)
def test_adadelta_step_by_hand(student):
    """With rho = 3/4 and epsilon = 1: delta is -1 / 2 * sqrt(12) = -sqrt(3), then -sqrt(7/4) / 2 * sqrt(3)"""
    path = walk(student.adadelta_step, [np.sqrt(12), np.sqrt(3)], rho=0.75, epsilon=1.0)
    assert path == close([1 - 0.1 * np.sqrt(3), 1 - 0.1 * np.sqrt(3) - 0.1 * np.sqrt(7 / 4) / 2 * np.sqrt(3)])


@pytest.mark.task("adadelta_step")
def test_adadelta_step_begins_with_epsilon(student):
    """The first step of the defaults: sqrt(1e-7) / sqrt(0.05 + 1e-7)"""
    assert walk(student.adadelta_step, [1.0]) == close([1 - 0.1 * np.sqrt(1e-7 / (0.05 + 1e-7))])


@pytest.mark.task("adam_step", weight=2)
def test_adam_step_along_a_constant_gradient(student):
    """Every step is as long as its learning rate, whatever the gradient is"""
    assert walk(student.adam_step, [5.0, 5.0, 5.0], rates=[0.1, 0.1, 0.3], epsilon=0.0) == close([0.9, 0.8, 0.5])


@pytest.mark.task("adam_step", weight=4)
def test_adam_step_by_hand(student):
    """Gradients 1 and 0, beta_1 = 1/2 and beta_2 = 3/4: m is 1/2, then 1/4; v is 1/4, then 3/16"""
    path = walk(student.adam_step, [1.0, 0.0], beta_1=0.5, beta_2=0.75, epsilon=0.0)
    assert path == close([0.9, 0.9 - 0.1 * np.sqrt(1 - 9 / 16) / (3 / 4) * (1 / 4) / np.sqrt(3 / 16)])


@pytest.mark.task("adam_step", weight=2)
def test_adam_step_with_a_large_epsilon(student):
    """Gradient 2 with both betas 3/4: m is 1/2, v is 1, alpha is 0.2, and epsilon = 1 stands beside the root of v"""
    assert walk(student.adam_step, [2.0], beta_1=0.75, beta_2=0.75, epsilon=1.0) == close([1 - 0.2 * 0.5 / (1 + 1)])


def plain_step(theta, grad, state, learning_rate):
    """Gradient descent, which remembers nothing."""
    return theta - learning_rate * grad, state


def longer_and_longer_step(theta, grad, state, learning_rate):
    """An optimizer that remembers how often it was asked: its k-th step is k times as long as the first."""
    k = 1 if state is None else state["k"] + 1
    return theta - k * learning_rate * np.sign(grad), {"k": k}


@pytest.mark.task("optimize")
def test_optimize_of_the_handout(student):
    """With a step that remembers nothing it is gradient descent: down x^2 from 1, with 0.25, every step halves x"""
    path = student.optimize(plain_step, lambda theta: 2 * theta, np.array([1.0]), 0.25, 3)
    assert path == close([[1.0], [0.5], [0.25], [0.125]])


@pytest.mark.task("optimize", weight=3)
def test_optimize_hands_the_state_back(student):
    """Steps of 0.5, 1 and 1.5 down x^2 from 4, and from -4 the other way: each walk has a state of its own"""
    for start in (4.0, -4.0):
        path = student.optimize(longer_and_longer_step, lambda theta: 2 * theta, start, 0.5, 3)
        assert path == close(np.array([4.0, 3.5, 2.5, 1.0]) * np.sign(start))


@pytest.mark.task("optimize", weight=2)
def test_optimize_asks_for_the_gradient_of_every_place(student):
    """A matrix, and a gradient that turns: 2 x in the first row, 4 x in the second"""
    slopes = np.array([[2.0], [4.0]])
    path = student.optimize(plain_step, lambda theta: slopes * theta, [[8, 4], [16, 32]], 0.125, 2)
    assert path == close([[[8, 4], [16, 32]], [[6, 3], [8, 16]], [[4.5, 2.25], [4, 8]]])


@pytest.mark.task("optimize", edge=True)
def test_optimize_of_no_steps(student):
    """No steps: the start alone, and nothing is asked; fewer are a ValueError"""
    assert student.optimize(None, None, [3.0, 4.0], 0.1, 0) == close([[3.0, 4.0]])
    with pytest.raises(ValueError):
        student.optimize(plain_step, lambda theta: 2 * theta, [3.0, 4.0], 0.1, -1)

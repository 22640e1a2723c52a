"""Visible tests of ex06: run `pytest exercises/ex06_gradient_descent` while you work."""

import numpy as np
import pytest

from grader.compare import close

X, Y = np.arange(10.0).reshape(10, 1), np.arange(10) * 10  # the target of each sample is ten times its input


def walk(step, gradients, **hyperparameters):
    """Where theta stands after each gradient, from 1.0 and with a learning rate of 0.1."""
    theta, state, path = np.array([1.0]), None, []
    for gradient in gradients:
        theta, state = step(theta, np.array([gradient]), state, 0.1, **hyperparameters)
        path.append(float(np.asarray(theta)[0]))
    return path


@pytest.mark.task("numerical_gradient")
def test_numerical_gradient_of_the_handout(student):
    """f = x^2 + 3xy at (2, 1): the slopes are 2x + 3y = 7 and 3x = 6"""

    def f(theta):
        x, y = theta
        return x**2 + 3 * x * y

    assert student.numerical_gradient(f, np.array([2.0, 1.0])) == close([7.0, 6.0], rtol=1e-6)


@pytest.mark.task("numerical_gradient")
def test_numerical_gradient_looks_to_both_sides(student):
    """f = x^3 at 1 with h = 0.5: (1.5^3 - 0.5^3) / 1 = 3.25"""
    assert student.numerical_gradient(lambda theta: float(theta[0] ** 3), [1.0], h=0.5) == close([3.25])


@pytest.mark.task("numerical_gradient")
def test_numerical_gradient_of_a_matrix(student):
    """A function of a matrix has a matrix of slopes"""
    weights = np.array([[1.0, 2.0], [3.0, 4.0]])
    result = student.numerical_gradient(lambda theta: np.sum(weights * theta), np.zeros((2, 2)))
    assert result == close(weights, rtol=1e-6)


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


@pytest.mark.task("gradient_descent", edge=True)
def test_gradient_descent_of_no_steps(student):
    """No steps: the start alone; fewer are a ValueError"""
    assert student.gradient_descent(lambda theta: 2 * theta, [3.0, 4.0], 0.1, 0) == close([[3.0, 4.0]])
    with pytest.raises(ValueError):
        student.gradient_descent(lambda theta: 2 * theta, [3.0, 4.0], 0.1, -1)


@pytest.mark.task("minibatches")
def test_minibatches_have_the_size_asked_for(student):
    """10 samples in batches of 4: 4, 4 and 2"""
    batches = list(student.minibatches(X, Y, 4, np.random.default_rng(0)))
    assert [np.shape(x) for x, _ in batches] == [(4, 1), (4, 1), (2, 1)], "the inputs of the batches"
    assert [np.shape(y) for _, y in batches] == [(4,), (4,), (2,)], "the targets of the batches"


@pytest.mark.task("minibatches")
def test_minibatches_show_every_sample_once(student):
    """All ten samples, in another order, and each with its own target"""
    batches = list(student.minibatches(X, Y, 3, np.random.default_rng(0)))
    x = np.concatenate([np.asarray(x).ravel() for x, _ in batches])
    y = np.concatenate([np.asarray(y) for _, y in batches])
    assert sorted(x.tolist()) == list(range(10)), "every sample occurs exactly once"
    assert y.tolist() == (10 * x).tolist(), "each input keeps its own target"
    assert x.tolist() != list(range(10)), "the order is random"


@pytest.mark.task("minibatches", edge=True)
def test_minibatches_refuse_different_lengths(student):
    """Ten inputs and nine targets are a ValueError"""
    with pytest.raises(ValueError):
        list(student.minibatches(X, Y[:9], 4, np.random.default_rng(0)))


@pytest.mark.task("momentum_step")
def test_momentum_step_gathers_speed(student):
    """Gradient 2, twice: the velocity is -0.2, then 0.9 * -0.2 - 0.2 = -0.38"""
    assert walk(student.momentum_step, [2.0, 2.0]) == close([0.8, 0.42])


@pytest.mark.task("momentum_step")
def test_momentum_step_rolls_on(student):
    """A gradient of 0: half of the velocity is left"""
    assert walk(student.momentum_step, [2.0, 0.0, 0.0], momentum=0.5) == close([0.8, 0.7, 0.65])


@pytest.mark.task("momentum_step", edge=True)
def test_momentum_step_refuses_a_gradient_of_another_shape(student):
    """One gradient for two parameters is a ValueError"""
    with pytest.raises(ValueError):
        student.momentum_step([1.0, 2.0], [1.0], None, 0.1)


@pytest.mark.task("adagrad_step")
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
    """The accumulator begins with 0.1 and goes to 2.1"""
    assert walk(student.adagrad_step, [np.sqrt(2)]) == close([1 - 0.1 * np.sqrt(2 / 2.1)])


@pytest.mark.task("rmsprop_step")
def test_rmsprop_step_by_hand(student):
    """With rho = 3/4: the average is 4 / 4 = 1, then 3/4 + 13 / 4 = 4"""
    path = walk(student.rmsprop_step, [2.0, np.sqrt(13)], rho=0.75, epsilon=0.0)
    assert path == close([0.8, 0.8 - 0.1 * np.sqrt(13) / 2])


@pytest.mark.task("rmsprop_step")
def test_rmsprop_step_with_a_large_epsilon(student):
    """With rho = 3/4 and epsilon = 8: the root of 1 + 8"""
    assert walk(student.rmsprop_step, [2.0], rho=0.75, epsilon=8.0) == close([1 - 0.1 * 2 / 3])


@pytest.mark.task("adadelta_step")
def test_adadelta_step_by_hand(student):
    """With rho = 1/4 and epsilon = 1: delta is -1 / 2 * 2 = -1, then -sqrt(7/4) / sqrt(7) * sqrt(7)"""
    path = walk(student.adadelta_step, [2.0, np.sqrt(7)], rho=0.25, epsilon=1.0)
    assert path == close([0.9, 0.9 - 0.1 * np.sqrt(7 / 4)])


@pytest.mark.task("adadelta_step")
def test_adadelta_step_begins_with_epsilon(student):
    """The first step of the defaults: sqrt(1e-7) / sqrt(0.05 + 1e-7)"""
    assert walk(student.adadelta_step, [1.0]) == close([1 - 0.1 * np.sqrt(1e-7 / (0.05 + 1e-7))])


@pytest.mark.task("adam_step")
def test_adam_step_along_a_constant_gradient(student):
    """Every step is as long as the learning rate, whatever the gradient is"""
    assert walk(student.adam_step, [5.0, 5.0, 5.0], epsilon=0.0) == close([0.9, 0.8, 0.7])


@pytest.mark.task("adam_step")
def test_adam_step_by_hand(student):
    """Gradients 1 and 0 with both betas 1/2: m is 1/4, v is 1/4, and alpha = 0.1 * sqrt(3/4) / (3/4)"""
    path = walk(student.adam_step, [1.0, 0.0], beta_1=0.5, beta_2=0.5, epsilon=0.0)
    assert path == close([0.9, 0.9 - 0.1 * np.sqrt(3 / 4) / (3 / 4) * 0.25 / 0.5])


@pytest.mark.task("adam_step")
def test_adam_step_with_a_large_epsilon(student):
    """Gradient 2 with both betas 3/4: m is 1/2, v is 1, alpha is 0.2, and epsilon = 1 stands beside the root of v"""
    assert walk(student.adam_step, [2.0], beta_1=0.75, beta_2=0.75, epsilon=1.0) == close([1 - 0.2 * 0.5 / (1 + 1)])

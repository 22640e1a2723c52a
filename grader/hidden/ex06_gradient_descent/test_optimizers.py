"""Hidden tests of ex06: the steps of the five optimizers."""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.ex06_gradient_descent.descent_rules import LARGE_EPSILON, OTHER_HYPERPARAMETERS, RULES

# --- the optimizers -----------------------------------------------------------------------------------------


def of_each_step(names=tuple(RULES), **options):
    """One test per optimizer, each counting for its own task."""
    return pytest.mark.parametrize(
        "name", [pytest.param(name, marks=pytest.mark.task(name, **options)) for name in names]
    )


def take(step, *args, **hyperparameters):
    result = step(*args, **hyperparameters)
    result = tuple(result) if np.iterable(result) else ()
    assert len(result) == 2, "a step returns the parameter and the state"
    return result


def check(student, name, theta, gradients, rates, **hyperparameters):
    """Take one step per gradient, and compare where each ends."""
    step, state = getattr(student, name), None
    right = RULES[name](np.asarray(theta, dtype=float), gradients, rates, **hyperparameters)
    for g, rate, expected in zip(gradients, rates, right, strict=True):
        theta, state = take(step, theta, g, state, rate, **hyperparameters)
        assert theta == close(expected)


def unseen_epsilon(name):
    """An epsilon of which one cannot see where it stands: that costs the points of two tests, not of all.

    (Momentum has none; Adadelta does not move without.)
    """
    return {"epsilon": 1e-12} if name in ("adagrad_step", "rmsprop_step", "adam_step") else {}


@of_each_step(weight=3)
@pytest.mark.parametrize("shape", [(4,), (2, 3)])
def test_ten_steps(student, rng, name, shape):
    """The whole rule, step by step along ever new gradients"""
    theta, gradients, rate = rng.normal(size=shape), rng.normal(size=(10, *shape)), float(rng.uniform(0.1, 1))
    check(student, name, theta, gradients, [rate] * 10, **unseen_epsilon(name))


@of_each_step(weight=2)
def test_other_hyperparameters(student, rng, name):
    """The hyperparameters count, and are given by name"""
    hyperparameters = OTHER_HYPERPARAMETERS[name] | unseen_epsilon(name)
    check(student, name, rng.normal(size=5), rng.normal(size=(10, 5)), [0.5] * 10, **hyperparameters)


@of_each_step(LARGE_EPSILON, weight=2)
def test_where_epsilon_stands(student, rng, name):
    """A large epsilon shows to what it is added"""
    check(student, name, rng.normal(size=5), rng.normal(size=(6, 5)), [0.5] * 6, **LARGE_EPSILON[name])


@of_each_step(LARGE_EPSILON)
def test_small_gradients(student, rng, name):
    """Gradients may be as small as the root of the default epsilon, and the parameter near 0"""
    check(student, name, rng.normal(size=5) * 1e-3, rng.normal(size=(10, 5)) * 3e-4, [1.0] * 10)


@of_each_step()
def test_changing_learning_rates(student, rng, name):
    """The learning rate of each step is that of this step"""
    rates = rng.uniform(0.01, 1, size=10).tolist()
    check(student, name, rng.normal(size=5), rng.normal(size=(10, 5)), rates, **unseen_epsilon(name))


@of_each_step()
def test_rest(student, rng, name):
    """A gradient of 0 at the beginning moves nothing; one in between is a step of its own"""
    gradients = rng.normal(size=(8, 3))
    gradients[0] = gradients[4:6] = 0.0
    check(student, name, rng.normal(size=3), gradients, [0.5] * 8, **unseen_epsilon(name))


@of_each_step(edge=True)
def test_two_parameters_do_not_share_a_state(student, rng, name):
    """Two parameters that are trained together do not see each other"""
    step, states = getattr(student, name), [None, None]
    thetas = [rng.normal(size=(2, 2)), rng.normal(size=(2, 2))]
    gradients = rng.normal(size=(2, 4, 2, 2)) * np.array([1.0, 5.0]).reshape(2, 1, 1, 1)
    hyperparameters = unseen_epsilon(name)
    rights = [RULES[name](theta, g, [0.5] * 4, **hyperparameters) for theta, g in zip(thetas, gradients, strict=True)]
    for k in range(4):
        for i in (0, 1):
            thetas[i], states[i] = take(step, thetas[i], gradients[i, k], states[i], 0.5, **hyperparameters)
            assert thetas[i] == close(next(rights[i]))


@of_each_step(edge=True)
def test_single_numbers_and_integers(student, name):
    """The parameter may be a single number, or a list of integers"""
    check(student, name, 3.0, np.array([2.0, -1.0, 0.5]), [0.5] * 3, **unseen_epsilon(name))
    check(student, name, [3, -2], np.array([[2, 1], [-1, 4], [1, 1]]), [0.5] * 3, **unseen_epsilon(name))


@of_each_step(edge=True)
def test_gradient_of_another_shape(student, name):
    """A gradient of another shape than the parameter is a ValueError, even where NumPy would stretch it"""
    for theta, grad in (((3,), (1,)), ((2, 3), (3,)), ((1,), (3,)), ((2,), ())):
        with pytest.raises(ValueError):
            getattr(student, name)(np.ones(theta), np.ones(grad), None, 0.1)


def moves(student, name, gradients, **hyperparameters):
    """How far each step goes, from 0 and with a learning rate of 1."""
    theta, state, path = np.zeros(1), None, [0.0]
    for g in gradients:
        theta, state = take(getattr(student, name), theta, np.array([g]), state, 1.0, **hyperparameters)
        assert np.shape(theta) == (1,), "the parameter has another shape after the step"
        path.append(float(np.asarray(theta)[0]))
    return np.diff(path)


@pytest.mark.task("momentum_step")
def test_momentum_approaches_a_speed(student):
    """Along a constant gradient the steps grow, each time by less"""
    assert moves(student, "momentum_step", [4.0] * 4, momentum=0.5) == close([-4, -6, -7, -7.5])


@pytest.mark.task("adagrad_step")
def test_adagrad_slows_down(student):
    """Along a constant gradient the steps shrink as 1 / sqrt(k)"""
    k = np.arange(1, 7)
    result = moves(student, "adagrad_step", [3.0] * 6, initial_accumulator_value=0.0, epsilon=0.0)
    assert result == close(-1 / np.sqrt(k))


@pytest.mark.task("rmsprop_step")
def test_rmsprop_finds_its_speed(student):
    """Along a constant gradient the steps shrink to the learning rate, as its average fills up"""
    k = np.arange(1, 7)
    assert moves(student, "rmsprop_step", [3.0] * 6, epsilon=0.0) == close(-1 / np.sqrt(1 - 0.9**k))


@pytest.mark.task("adadelta_step")
def test_adadelta_by_hand(student):
    """Two steps by hand: each average is the one that the rule names"""
    # Averages of the squared gradients 3, then 1.5 + 4.5 = 6; of the squared moves 0, then (6 / 4) / 2 = 3/4.
    expected = [-np.sqrt(6 / 4), -3 * np.sqrt(1.75 / 7)]
    assert moves(student, "adadelta_step", [np.sqrt(6), 3.0], rho=0.5, epsilon=1.0) == close(expected)


@pytest.mark.task("adam_step")
def test_adam_knows_no_units(student):
    """Along a constant gradient of any size each step is as long as the learning rate"""
    for g in (1e-3, 7.0, -5e4):
        assert moves(student, "adam_step", [g] * 6, epsilon=0.0) == close(-np.sign(g) * np.ones(6))

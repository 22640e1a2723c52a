"""Hidden grader of ex06.

The optimizers are compared, step by step, with the formulas of `descent_rules`, which are those of Keras; the state
is handed back as it came and never looked into. All five pass the same tests, and one by hand each.
"""

import numpy as np
import pytest

from grader.compare import close
from grader.hidden.descent_rules import LARGE_EPSILON, OTHER_HYPERPARAMETERS, RULES

# --- numerical_gradient -------------------------------------------------------------------------------------

# With h = 1e-5 central differences are good to about 1e-9 here; a difference to one side is off by 1e-5.
GOOD = {"rtol": 1e-6, "atol": 1e-7}


@pytest.mark.task("numerical_gradient", weight=2)
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 2)])
def test_gradient_of_a_function_of_any_shape(student, rng, shape):
    """A sum of sines, weighted differently everywhere"""
    theta, weights = rng.normal(size=shape), rng.uniform(1, 3, size=shape)

    def f(values):
        return float(np.sum(weights * np.sin(2 * values)))

    assert student.numerical_gradient(f, theta) == close(2 * weights * np.cos(2 * theta), **GOOD)


@pytest.mark.task("numerical_gradient", weight=2)
def test_gradient_when_the_elements_work_together(student, rng):
    """A product, and a quadratic form: each slope depends on the other elements"""
    theta, a = rng.uniform(1, 2, size=4), rng.normal(size=(4, 4))

    def product(values):
        return np.prod(values)

    def form(values):
        return values @ a @ values

    assert student.numerical_gradient(product, theta) == close(np.prod(theta) / theta, **GOOD)
    assert student.numerical_gradient(form, theta) == close((a + a.T) @ theta, **GOOD)


@pytest.mark.task("numerical_gradient", weight=2)
def test_gradient_by_differences_to_both_sides(student, rng):
    """With a large h the central difference of a cube is 3 x^2 + h^2, not the derivative"""
    theta = rng.integers(-3, 4, size=5).astype(float)
    for h in (0.5, 2.0):
        result = student.numerical_gradient(lambda values: float(np.sum(values**3)), theta, h=h)
        assert result == close(3 * theta**2 + h**2)


@pytest.mark.task("numerical_gradient")
def test_function_sees_the_shape_of_theta(student, rng):
    """A function of a matrix is given matrices"""
    theta, x = rng.normal(size=(3, 2)), rng.normal(size=3)

    def f(values):
        return float(np.sum((x @ values) ** 2))

    assert student.numerical_gradient(f, theta) == close(2 * np.outer(x, x @ theta), **GOOD)


@pytest.mark.task("numerical_gradient", edge=True)
def test_gradient_at_integers(student):
    """Integers, and a single number, are moved by fractions as well"""
    assert student.numerical_gradient(lambda values: float(np.sum(values**2)), [3, -1]) == close([6, -2], **GOOD)
    assert student.numerical_gradient(lambda value: float(value**2), 3) == close(6.0, **GOOD)


@pytest.mark.task("numerical_gradient", edge=True)
@pytest.mark.parametrize("h", [0.0, -1e-5])
def test_gradient_without_a_distance(student, h):
    """h that is not positive is a ValueError"""
    with pytest.raises(ValueError):
        student.numerical_gradient(lambda values: float(np.sum(values)), np.ones(2), h=h)


# --- gradient_descent ---------------------------------------------------------------------------------------


@pytest.mark.task("gradient_descent", weight=2)
@pytest.mark.parametrize("shape", [(2,), (3, 2)])
def test_path_in_a_bowl(student, rng, shape):
    """In a bowl each step multiplies the distance to the bottom by 1 - learning rate * steepness"""
    start, bottom, steepness = rng.normal(size=shape), rng.normal(size=shape), rng.uniform(0.5, 3, size=shape)
    rate, steps = float(rng.uniform(0.1, 0.3)), int(rng.integers(5, 12))
    path = student.gradient_descent(lambda theta: steepness * (theta - bottom), start, rate, steps)
    expected = [bottom + (1 - rate * steepness) ** k * (start - bottom) for k in range(steps + 1)]
    assert path == close(np.array(expected))


@pytest.mark.task("gradient_descent")
def test_path_on_a_wave(student, rng):
    """The gradient of where it stands, not of where it started"""
    theta, rate = rng.normal(size=3), float(rng.uniform(0.2, 0.5))
    path = student.gradient_descent(np.cos, theta, rate, 6)
    expected = [theta]
    for _ in range(6):
        expected.append(expected[-1] - rate * np.cos(expected[-1]))
    assert path == close(np.array(expected))


@pytest.mark.task("gradient_descent")
def test_path_of_a_single_number(student):
    """f = x^2: too high a rate climbs out of the valley, by exactly a factor of -2 per step"""
    path = student.gradient_descent(lambda theta: 2 * theta, np.array([1.0]), 1.5, 5)
    assert path == close([[1.0], [-2.0], [4.0], [-8.0], [16.0], [-32.0]])
    assert student.gradient_descent(lambda theta: 2 * theta, 8.0, 0.25, 3) == close([8.0, 4.0, 2.0, 1.0])


@pytest.mark.task("gradient_descent", edge=True)
def test_path_from_integers(student):
    """A start of integers leads to fractions"""
    path = student.gradient_descent(lambda theta: np.array([1.0, -2.0]), [4, 2], 0.125, 2)
    assert path == close([[4.0, 2.0], [3.875, 2.25], [3.75, 2.5]])


@pytest.mark.task("gradient_descent", edge=True)
def test_path_of_no_steps(student, rng):
    """No steps: the start alone; a negative number is a ValueError"""
    start = rng.normal(size=(2, 2))
    assert student.gradient_descent(lambda theta: theta, start, 0.1, 0) == close(start[None])
    with pytest.raises(ValueError):
        student.gradient_descent(lambda theta: theta, start, 0.1, -1)


# --- minibatches --------------------------------------------------------------------------------------------


def samples(n):
    """Inputs with three features and targets, from both of which one can read which sample it is."""
    ids = np.arange(n)
    return np.column_stack([ids, ids + 0.25, -ids]), ids * 7 + 1


def batches_of(result):
    """The batches as pairs of arrays of the same length."""
    batches = [tuple(batch) for batch in result]
    assert batches, "no batch came"
    assert all(len(batch) == 2 for batch in batches), "each batch is a pair of inputs and targets"
    batches = [(np.asarray(x), np.asarray(y)) for x, y in batches]
    assert all(x.ndim and y.ndim and len(x) == len(y) for x, y in batches), "a batch has one target per input"
    return batches


def order_of(batches):
    return np.concatenate([np.asarray(y) for _, y in batches]).tolist()


@pytest.mark.task("minibatches", weight=2)
def test_batch_sizes(student, rng):
    """Every batch is full, but for the last one"""
    for n, batch_size, expected in (
        (12, 4, [4, 4, 4]), (11, 4, [4, 4, 3]), (5, 1, [1] * 5), (6, 6, [6]), (5, 9, [5])
    ):  # fmt: skip
        sizes = [len(x) for x, _ in batches_of(student.minibatches(*samples(n), batch_size, rng))]
        assert sizes == expected, "the batches have the wrong sizes"


@pytest.mark.task("minibatches", weight=3)
def test_every_sample_once(student, rng):
    """No sample is missing, and none occurs twice"""
    for n, batch_size in ((24, 6), (23, 5)):
        x, y = samples(n)
        order = order_of(batches_of(student.minibatches(x, y, batch_size, rng)))
        assert sorted(order) == y.tolist(), "a pass does not show every sample exactly once"


@pytest.mark.task("minibatches", weight=3)
def test_pairs_stay_together(student, rng):
    """Each input comes with its own target"""
    for x, y in batches_of(student.minibatches(*samples(23), 5, rng)):
        ids = x[:, :1]
        assert x == close(ids * [1, 1, -1] + [0, 0.25, 0])
        assert y == close(ids[:, 0] * 7 + 1)


@pytest.mark.task("minibatches", weight=3)
def test_batches_are_mixed(student, rng):
    """Any samples may meet in a batch, not only neighbours"""
    x, y = samples(60)
    spans = [np.ptp((targets - 1) / 7) for _, targets in batches_of(student.minibatches(x, y, 6, rng))]
    # Six neighbours span 5; that ten random batches all span 10 or less does not happen.
    assert max(spans) > 10, "each batch holds neighbours in the data"


@pytest.mark.task("minibatches")
def test_pictures_and_one_hot_targets(student, rng):
    """Inputs and targets may have any number of dimensions"""
    x, y = np.arange(7 * 2 * 3).reshape(7, 2, 3), np.eye(7)
    for pictures, targets in batches_of(student.minibatches(x, y, 3, rng)):
        assert targets.ndim == 2, "the targets have lost a dimension"
        assert pictures == close(x[targets.argmax(axis=1)])


@pytest.mark.task("minibatches", edge=True)
def test_order_is_the_generators(student, seed):
    """The same seed gives the same order, another seed another one"""
    data = samples(40)
    first, same, other = (
        order_of(batches_of(student.minibatches(*data, 8, np.random.default_rng(s)))) for s in (seed, seed, seed + 1)
    )
    assert first == same, "the same seed gave different orders"
    assert first != other, "different seeds gave the same order"


@pytest.mark.task("minibatches", edge=True)
def test_batches_of_lists(student, rng):
    """Inputs and targets may be lists"""
    x, y = samples(9)
    order = order_of(batches_of(student.minibatches(x.tolist(), y.tolist(), 4, rng)))
    assert sorted(order) == y.tolist(), "a pass does not show every sample exactly once"


@pytest.mark.task("minibatches", edge=True)
def test_batches_that_cannot_be_made(student, rng):
    """Different lengths, no samples and a size below 1 are a ValueError, at the call or at the first batch"""
    x, y = samples(5)
    for inputs, targets, batch_size in ((5, 4, 2), (4, 5, 2), (0, 0, 2), (5, 5, 0), (5, 5, -1)):
        with pytest.raises(ValueError):
            next(iter(student.minibatches(x[:inputs], y[:targets], batch_size, rng)), None)


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
    """Ten steps along ever new gradients"""
    theta, gradients, rate = rng.normal(size=shape), rng.normal(size=(10, *shape)), float(rng.uniform(0.1, 1))
    check(student, name, theta, gradients, [rate] * 10, **unseen_epsilon(name))


@of_each_step(weight=2)
def test_other_hyperparameters(student, rng, name):
    """The hyperparameters, given by name"""
    hyperparameters = OTHER_HYPERPARAMETERS[name] | unseen_epsilon(name)
    check(student, name, rng.normal(size=5), rng.normal(size=(10, 5)), [0.5] * 10, **hyperparameters)


@of_each_step(LARGE_EPSILON, weight=2)
def test_where_epsilon_stands(student, rng, name):
    """A large epsilon shows to what it is added"""
    check(student, name, rng.normal(size=5), rng.normal(size=(6, 5)), [0.5] * 6, **LARGE_EPSILON[name])


@of_each_step(LARGE_EPSILON)
def test_small_gradients(student, rng, name):
    """Gradients as small as the root of the default epsilon, and a parameter near 0"""
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
    """A gradient that does not have the shape of the parameter is a ValueError, even where NumPy would stretch it"""
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
    """Along a constant gradient the steps grow as 1, 1 + 1/2, 1 + 1/2 + 1/4, ..."""
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
    """With rho = 1/2 and epsilon = 1: gradients of sqrt(6), then sqrt(2 * 4.5) = 3"""
    # Averages of the squared gradients 3, then 1.5 + 4.5 = 6; of the squared moves 0, then (6 / 4) / 2 = 3/4.
    expected = [-np.sqrt(6 / 4), -3 * np.sqrt(1.75 / 7)]
    assert moves(student, "adadelta_step", [np.sqrt(6), 3.0], rho=0.5, epsilon=1.0) == close(expected)


@pytest.mark.task("adam_step")
def test_adam_knows_no_units(student):
    """Along a constant gradient of any size each step is as long as the learning rate"""
    for g in (1e-3, 7.0, -5e4):
        assert moves(student, "adam_step", [g] * 6, epsilon=0.0) == close(-np.sign(g) * np.ones(6))

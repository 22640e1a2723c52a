"""Hidden tests of ex06: slopes by differences, the way down them, the batches it goes by, and walks of optimizers."""

import numpy as np
import pytest

from grader.compare import close

# --- numerical_gradient -------------------------------------------------------------------------------------

# With h = 1e-5 central differences are good to about 1e-9 here; a difference to one side is off by 1e-5.
GOOD = {"rtol": 1e-6, "atol": 1e-7}


@pytest.mark.task("numerical_gradient", weight=2)
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 2)])
def test_gradient_of_a_function_of_any_shape(student, rng, shape):
    """Every element has a slope of its own"""
    theta, weights = rng.normal(size=shape), rng.uniform(1, 3, size=shape)

    def f(values):
        return float(np.sum(weights * np.sin(2 * values)))

    assert student.numerical_gradient(f, theta) == close(2 * weights * np.cos(2 * theta), **GOOD)


@pytest.mark.task("numerical_gradient", weight=2)
def test_gradient_when_the_elements_work_together(student, rng):
    """A slope may depend on the other elements as well"""
    theta, a = rng.uniform(1, 2, size=4), rng.normal(size=(4, 4))

    def product(values):
        return np.prod(values)

    def form(values):
        return values @ a @ values

    assert student.numerical_gradient(product, theta) == close(np.prod(theta) / theta, **GOOD)
    assert student.numerical_gradient(form, theta) == close((a + a.T) @ theta, **GOOD)


@pytest.mark.task("numerical_gradient", weight=2)
def test_gradient_by_differences_to_both_sides(student, rng):
    """With a large h it is the central difference that counts, not the derivative"""
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
    """Too high a rate climbs out of the valley, by the same factor in each step"""
    path = student.gradient_descent(lambda theta: 2 * theta, np.array([1.0]), 1.5, 5)
    assert path == close([[1.0], [-2.0], [4.0], [-8.0], [16.0], [-32.0]])
    assert student.gradient_descent(lambda theta: 2 * theta, 8.0, 0.25, 3) == close([8.0, 4.0, 2.0, 1.0])


@pytest.mark.task("gradient_descent")
def test_path_into_one_of_two_minima(student, rng):
    """Where there are two minima, the start decides in which one it ends"""
    low, high = sorted(rng.uniform(0.5, 1.5, size=2) * [-1, 1])
    top = float(rng.uniform(-0.2, 0.2))
    for start in (top - 0.05, top + 0.05):
        path = student.gradient_descent(lambda x: (x - low) * (x - top) * (x - high), start, 0.2, 400)
        assert np.asarray(path)[-1] == close(low if start < top else high, rtol=1e-6)


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


# --- optimize -----------------------------------------------------------------------------------------------


def walk(student, step, gradient, theta, learning_rate, steps):
    path = np.asarray(student.optimize(step, gradient, theta, learning_rate, steps))
    assert path.shape == (steps + 1, *np.shape(theta)), "the path has one place for the start and one for each step"
    return path


def heavy_ball(theta, grad, state, learning_rate):
    """Momentum, with its velocity in a dictionary."""
    velocity = 0.8 * (0.0 if state is None else state["velocity"]) - learning_rate * grad
    return theta + velocity, {"velocity": velocity}


def last_two_gradients(theta, grad, state, learning_rate):
    """A step along the mean of this gradient and the one before; its state is a tuple, and never None again."""
    (before,) = (grad,) if state is None else state
    return theta - learning_rate * (grad + before) / 2, (grad,)


@pytest.mark.task("optimize", weight=3)
@pytest.mark.parametrize("step", [heavy_ball, last_two_gradients])
@pytest.mark.parametrize("shape", [(2,), (3, 2), ()])
def test_walk_of_an_optimizer(student, rng, step, shape):
    """Each step begins where the one before ended, with the gradient there and the state that it returned"""
    start, bottom, steepness = rng.normal(size=shape), rng.normal(size=shape), rng.uniform(0.5, 3, size=shape)

    def gradient(theta):
        return steepness * (theta - bottom)

    rate, steps = float(rng.uniform(0.1, 0.3)), int(rng.integers(5, 12))
    theta, state, expected = start, None, [start]
    for _ in range(steps):
        theta, state = step(theta, gradient(theta), state, rate)
        expected.append(theta)
    assert walk(student, step, gradient, start, rate, steps) == close(np.array(expected))


def step_by_step(theta, grad, state, learning_rate):
    """Its k-th step is k^2 times as long as the first; the state is a list of all the numbers so far."""
    numbers = [1] if state is None else [*state, state[-1] + 1]
    assert numbers == list(range(1, len(numbers) + 1)), "a step was given another state than the one before returned"
    return theta - numbers[-1] ** 2 * learning_rate, numbers


@pytest.mark.task("optimize", weight=2)
def test_walk_hands_back_the_state_as_it_came(student, rng):
    """The first state is None, and afterwards every step is given what the one before returned"""
    for _ in range(2):  # a second walk begins with None again
        start = rng.normal(size=3)
        path = walk(student, step_by_step, lambda theta: theta, start, 0.5, 4)
        assert path == close(start - 0.5 * np.array([[0.0], [1.0], [5.0], [14.0], [30.0]]))


@pytest.mark.task("optimize")
def test_walk_without_a_memory_is_gradient_descent(student, rng):
    """A step may have None for its state all the time"""
    start = rng.normal(size=4)

    def plain(theta, grad, state, learning_rate):
        assert state is None, "this step has no state"
        return theta - learning_rate * grad, None

    found = walk(student, plain, lambda theta: 2 * theta, start, 0.1, 6)
    assert found == close(np.array([0.8**k * start for k in range(7)]))


@pytest.mark.task("optimize", edge=True)
def test_walk_from_integers(student):
    """A start of integers leads to fractions"""
    # Bytes hold nothing above 255: twice 200 must be 400 all the same.
    for start in ([200, 8], np.array([200, 8], dtype=np.uint8)):
        found = walk(student, heavy_ball, lambda theta: 2 * np.asarray(theta), start, 0.125, 2)
        assert found == close([[200.0, 8.0], [150.0, 6.0], [72.5, 2.9]])


@pytest.mark.task("optimize", edge=True)
def test_walk_of_no_steps(student, rng):
    """No steps: the start alone; a negative number is a ValueError"""
    start = rng.normal(size=(2, 2))
    assert walk(student, heavy_ball, lambda theta: theta, start, 0.1, 0) == close(start[None])
    with pytest.raises(ValueError):
        student.optimize(heavy_ball, lambda theta: theta, start, 0.1, -1)

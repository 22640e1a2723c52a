"""Every public part of the Keras that is installed crosses the wall, or is excluded for a reason that can be read."""

from __future__ import annotations

import importlib
import json
import sys

import numpy as np
import pytest

from grader.wall import keras_parts as parts
from grader.wall.keras_models import Refused, model_from_parts, model_to_parts

pytestmark = pytest.mark.computes_here

keras = pytest.importorskip("keras")
samples = importlib.import_module("support.keras_samples")

UNKNOWN = "{} is new in this Keras: say in keras_samples how it is used, or in keras_parts why it is excluded"


def handed_over(model):
    config, weights = model_to_parts(model)
    return model_from_parts(config, [weight.copy() for weight in weights])


def assert_same(model, *inputs):
    """`model` arrives with the same outputs; returns what has arrived."""
    given = inputs[0] if isinstance(model, keras.Sequential) else list(inputs)
    arrived = handed_over(model)
    before, after = (keras.tree.flatten(one(given, training=False)) for one in (model, arrived))
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(new), keras.ops.convert_to_numpy(old))
    return arrived


def names_in(*homes):
    """The classes in `homes` that may cross, by the names that they give themselves."""
    return sorted({value.__name__ for (home, _), value in parts.table().items() if home in homes})


@pytest.mark.parametrize("name", names_in("keras.layers"))
def test_a_layer_crosses(name):
    sample = samples.layer(name)
    assert sample is not None, UNKNOWN.format(name)
    if name in samples.UNUSABLE:
        pytest.skip(samples.UNUSABLE[name])
    compute, *shapes = sample
    keras.utils.set_random_seed(1)
    symbols = [keras.Input(shape) for shape in shapes]
    model = keras.Model(symbols, compute(*symbols))
    arrived = assert_same(model, *map(samples.numbers, shapes))
    kinds = [[type(layer).__name__ for layer in one._flatten_layers()] for one in (model, arrived)]
    assert name in kinds[0]
    assert kinds[1] == kinds[0]


@pytest.mark.parametrize("name", names_in(*parts.OPERATION_ROOMS))
def test_an_operation_crosses(name):
    if name in samples.UNUSABLE:
        pytest.skip(samples.UNUSABLE[name])
    sample = samples.operation(name)
    assert sample is not None, UNKNOWN.format(name)
    compute, *inputs = sample
    symbols = [keras.Input(value.shape[1:], dtype=value.dtype.name) for value in inputs]
    model = keras.Model(symbols, keras.tree.flatten(compute(*symbols)))
    assert name in {type(operation).__name__ for operation in model.operations}
    assert_same(model, *inputs)


SIGNAL = np.sin(np.arange(32, dtype="float32")).reshape(2, 16)


def made(home, name):
    """An object of this class of Keras, made as simply as can be."""
    try:
        return parts.table()[home, name](**samples.ARGUMENTS.get(name, {}))
    except TypeError as error:
        pytest.fail(f"{UNKNOWN.format(name)}: {error}")


@pytest.mark.parametrize(
    ("home", "name"),
    [
        (f"keras.{room}", name)
        for room in ("initializers", "regularizers", "constraints")
        for name in names_in(f"keras.{room}")
    ],
)
def test_what_a_layer_is_given_crosses(home, name):
    given, argument = made(home, name), f"kernel_{home.partition('.')[2].rstrip('s')}"
    keras.utils.set_random_seed(1)
    if name == "STFT":  # for kernels of convolutions
        model = keras.Sequential([keras.Input((16, 1)), keras.layers.Conv1D(5, 8, **{argument: given})])
        arrived = assert_same(model, SIGNAL[..., None])
    else:
        model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(4, **{argument: given})])
        arrived = assert_same(model, SIGNAL)
    thing = getattr(arrived.layers[0], argument)
    assert type(thing) is type(given)
    assert thing.get_config() == given.get_config()


@pytest.mark.parametrize("name", sorted(set(vars(keras.activations)) & set(parts.functions())))
@pytest.mark.parametrize("by_name", [True, False], ids=["name", "function"])
def test_an_activation_crosses(name, by_name):
    activation = getattr(keras.activations, name)
    if name == "threshold":
        pytest.skip("takes more than x: no layer can use it")
    layer = keras.layers.Dense(4, activation=name if by_name else activation)
    if name == "glu":  # halves what it is given
        layer = keras.layers.Activation(name if by_name else activation)
    keras.utils.set_random_seed(1)
    arrived = assert_same(keras.Sequential([keras.Input((4,)), layer]), SIGNAL[:, :4])
    assert arrived.layers[0].activation is activation


def compiled(**arguments):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **arguments})
    return model


@pytest.mark.parametrize("name", names_in("keras.losses"))
def test_a_loss_crosses(name):
    loss = made("keras.losses", name)
    arrived = handed_over(compiled(loss=loss))
    assert arrived.compiled
    assert type(arrived.loss) is type(loss)
    assert arrived.loss.get_config() == loss.get_config()


@pytest.mark.parametrize("name", names_in("keras.metrics"))
def test_a_metric_crosses(name):
    metric = made("keras.metrics", name)
    arrived = handed_over(compiled(metrics=[metric]))
    assert arrived.compiled
    [there] = arrived.get_compile_config()["metrics"]
    assert there["class_name"] == name
    assert there["config"] == keras.saving.serialize_keras_object(metric)["config"]


@pytest.mark.parametrize("name", names_in("keras.optimizers"))
def test_an_optimizer_crosses(name):
    optimizer = parts.table()["keras.optimizers", name](learning_rate=0.125)
    arrived = handed_over(compiled(optimizer=optimizer)).optimizer
    assert type(arrived) is type(optimizer)
    assert arrived.get_config() == optimizer.get_config()


@pytest.mark.parametrize("name", names_in("keras.optimizers.schedules"))
def test_a_schedule_crosses(name):
    schedule = made("keras.optimizers.schedules", name)
    arrived = handed_over(compiled(optimizer=keras.optimizers.SGD(schedule)))
    there = arrived.optimizer.get_config()["learning_rate"]
    assert (there["class_name"], there["config"]) == (name, schedule.get_config())


@pytest.mark.parametrize("home", ["keras.losses", "keras.metrics"])
def test_losses_and_metrics_that_are_functions_cross(home):
    room = importlib.import_module(home)
    names = sorted(set(vars(room)) & set(parts.functions()))
    assert len(names) > 10
    for name in names:
        key = "loss" if home == "keras.losses" else "metrics"
        function = getattr(room, name)
        arrived = handed_over(compiled(**{key: function if key == "loss" else [function]}))
        assert arrived.compiled, name


def test_mixed_precision_crosses():
    layer = keras.layers.Dense(4, dtype="mixed_bfloat16")
    assert handed_over(keras.Sequential([keras.Input((3,)), layer])).layers[0].dtype_policy.name == "mixed_bfloat16"


def test_everything_public_is_on_the_list_or_excluded():
    homes = {**parts.ROOMS, "keras.dtype_policies": "DTypePolicy"}
    left_out = []
    for home, base in homes.items():
        room = importlib.import_module(home)
        kind = keras.dtype_policies.DTypePolicy if base == "DTypePolicy" else getattr(room, base)
        for value in vars(room).values():
            if isinstance(value, type) and issubclass(value, kind) and value not in parts.table().values():
                left_out.append(value.__name__)
    known = parts.table().values()
    for module in [module for name, module in sys.modules.items() if name.startswith("keras.src.ops.")]:
        for value in vars(module).values():
            operation = isinstance(value, type) and issubclass(value, keras.Operation)
            if operation and value not in known and value.__name__ not in ("Operation", "Function"):
                left_out.append(value.__name__)
    assert set(left_out) - set(parts.EXCLUDED) == set(), "say in keras_parts why"
    assert all(reason for reason in parts.EXCLUDED.values())


def test_no_exclusion_is_left_from_another_keras():
    """Who reads the list must be able to believe it."""
    there = {name for home in parts.ROOMS for name in vars(importlib.import_module(home))}
    there |= {name for home in parts.OPERATION_ROOMS for name in vars(importlib.import_module(home))}
    assert set(parts.EXCLUDED) - there - set(vars(keras.dtype_policies)) == set()


@pytest.mark.parametrize("name", sorted(parts.EXCLUDED))
def test_what_is_excluded_is_refused_with_its_reason(name):
    config, weights = model_to_parts(keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)]))
    described = json.loads(config)
    for home in (*parts.ROOMS, *parts.OPERATION_ROOMS, "keras.dtype_policies"):
        if hasattr(importlib.import_module(home), name):
            described["config"]["layers"][1].update(class_name=name, module=home)
            with pytest.raises(Refused) as refusal:
                model_from_parts(json.dumps(described), weights)
            assert f"{name}, which {parts.EXCLUDED[name]}" in str(refusal.value)

"""Keras models and callbacks by value: a configuration of built-in parts, and arrays. Nothing is ever loaded or run.

`keras_parts` has the parts, `keras_config` checks what a configuration says. What passes is planned before it is built:
Keras makes the model without any memory for its weights, so that their shapes and the sizes of what flows between the
layers are known. What a model then needs to compute is bounded by the limits of the grader's process alone: sizes that
are open until it is called count as one in the plan.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.wall import keras_parts as parts
from grader.wall.codec import Encoder
from grader.wall.keras_config import RULE, Refused, check, check_compiling, check_size, numbers_in, short
from grader.wall.limits import MAX_CONFIG, MAX_METRIC_STATE, MAX_NAME, MAX_PARAMETERS, MAX_TENSOR, MAX_TENSORS

CALLBACKS = ("EarlyStopping", "History", "ReduceLROnPlateau", "TerminateOnNaN")
MODELS = ("Sequential", "Functional", "Model")


def is_model(value: Any) -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(value, keras.Model)


def is_callback(value: Any) -> bool:
    """Whether `value` is one of Keras' own callbacks; one of the student's own class, whatever its name, is not."""
    keras = sys.modules.get("keras")
    return keras is not None and any(type(value) is getattr(keras.callbacks, name) for name in CALLBACKS)


def model_to_parts(model: Any) -> tuple[str, list[np.ndarray]]:
    """Return the configuration of `model` as JSON, and its weights.

    Raises:
        Refused: it has a function of the student's own, or cannot be described.
    """
    import keras

    if type(model) not in parts.table().values():
        raise Refused(f"the model is of {short(type(model).__name__)}, a class of your own: {RULE}")
    _name_functions(model)
    try:
        described = keras.saving.serialize_keras_object(model)
        if own := _own_function_of_compiling(model):
            described["compile_config"] = {"own": own}
        config = json.dumps(described)
    except Exception as error:
        raise Refused(f"the model cannot be described by its configuration: {error}") from None
    weights = [np.asarray(weight) for weight in model.get_weights()]
    return config, weights


def encode_model(model: Any, encoder: Encoder) -> dict[str, Any]:
    """Return the tree of a model by value, or of the reason why it cannot be handed over."""
    try:
        config, weights = model_to_parts(model)
    except Refused as error:
        return {"refused": str(error)}
    return {"model": [config, [encoder.array(weight) for weight in weights]]}


def _name_functions(model: Any) -> None:
    """Give every layer Keras' own activation where it has one that computes the same, such as `tf.nn.softmax`.

    A configuration knows a function by its name only: one of the student's own must not be taken for Keras'.
    """
    import keras

    for layer in model._flatten_layers():
        for key in ("activation", "recurrent_activation"):
            function = getattr(layer, key, None)
            if not callable(function) or isinstance(function, keras.Operation):
                continue
            built_in = getattr(keras.activations, parts.name_of_function(function) or "", None)
            if built_in is None:
                own = getattr(function, "__name__", type(function).__name__)
                raise Refused(f"the model uses the function {short(own)}, which is not built into Keras: {RULE}")
            if function is not built_in:
                setattr(layer, key, built_in)


def _own_function_of_compiling(model: Any) -> str | None:
    """Return the name of a loss or metric of the student's own that `model` was compiled with."""
    import keras

    arguments = getattr(getattr(model, "_compile_config", None), "config", {})
    for function in keras.tree.flatten([arguments.get(key) for key in ("loss", "metrics", "weighted_metrics")]):
        if callable(function) and hasattr(function, "__name__") and parts.name_of_function(function) is None:
            return short(function.__name__)
    return None


def model_from_parts(config: str, weights: list[np.ndarray], trusted: bool = False) -> Any:
    """Return a model made of built-in parts only. What comes from a grader is `trusted` not to be a bomb.

    It is compiled as the student did, where that uses built-in parts and no more memory than such things need; else it
    is not compiled, as it can still be graded by what it predicts, and its `not_compiled` says why.

    Raises:
        Refused: a part is not on the list, it is too large, or the weights do not fit.
    """
    import keras

    if len(config) > MAX_CONFIG:
        raise Refused("the model's configuration is too large")
    if sum(weight.size for weight in weights) > MAX_PARAMETERS:
        raise Refused(f"the model has more than {MAX_PARAMETERS:,} parameters")
    try:
        described = json.loads(config)
    except (ValueError, RecursionError):
        raise Refused("the model's configuration is not JSON") from None
    if not isinstance(described, dict) or described.get("class_name") not in MODELS:
        raise Refused(f"only Sequential and functional models can be graded, not subclasses of Model: {RULE}")
    checked = check(described)
    if not trusted:
        check_size(checked)
        _check_plan(check(described), weights)  # a copy: Keras uses a configuration up
    try:
        model = keras.saving.deserialize_keras_object(checked, custom_objects={}, safe_mode=True)
    except MemoryError:
        raise Refused("the model needs too much memory") from None
    except Exception as error:
        raise Refused(f"the model cannot be rebuilt: {_first_line(error)}") from None
    if not isinstance(model, keras.Model):
        raise Refused("the configuration is not that of a model")
    try:
        model.set_weights(weights)
    except Exception:
        raise Refused("the weights do not fit the model") from None
    _compile(model, described.get("compile_config"))
    return model


def _check_plan(config: dict[str, Any], weights: list[np.ndarray]) -> None:
    """Refuse a configuration that is larger than its weights, or has too much flow between its layers."""
    import keras

    try:
        with _planning():
            plan = keras.saving.deserialize_keras_object(config, custom_objects={}, safe_mode=True)
            shapes = [tuple(variable.shape) for variable in plan.weights]
            excluded = [type(part).__name__ for part in _parts_of(plan) if type(part).__name__ in parts.EXCLUDED]
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"the model cannot be rebuilt: {_first_line(error)}") from None
    if excluded:  # Keras makes layers of plain names, too, which no table was asked about
        raise Refused(f"the model uses {excluded[0]}, which {parts.EXCLUDED[excluded[0]]}")
    if shapes != [weight.shape for weight in weights]:
        raise Refused("the weights do not fit the model")


@contextmanager
def _planning() -> Iterator[None]:
    """Make variables without memory for a while, and refuse tensors that would be too large as soon as one is planned.

    Raises:
        Refused: a tensor, or all of them together, are too large.
    """
    import keras
    from keras.src.backend.common import global_state

    make, total, too_large = keras.KerasTensor.__init__, 0, False

    def measured(self: Any, shape: Any, *args: Any, **kwargs: Any) -> None:
        nonlocal total, too_large
        make(self, shape, *args, **kwargs)
        total += numbers_in(self.shape)
        if numbers_in(self.shape) > MAX_TENSOR or total > MAX_TENSORS:
            too_large = True
            raise Refused("too large")

    # Variables of the plan that wait for their values would get them, and the memory, with those of the next model.
    waiting = [*(global_state.get_global_attribute("uninitialized_variables") or [])]
    keras.KerasTensor.__init__ = measured
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    except Exception:
        if not too_large:  # Keras may have made another error of ours
            raise
    finally:
        keras.KerasTensor.__init__ = make
        global_state.set_global_attribute("uninitialized_variables", waiting)
    if too_large:
        raise Refused(f"between its layers the model would have more than {MAX_TENSOR:,} numbers for one sample")


def _parts_of(model: Any) -> Iterator[Any]:
    """Yield all layers and operations in a model, the model itself included."""
    yield from model._flatten_layers()
    for layer in model._flatten_layers():
        yield from getattr(layer, "operations", ())


def _compile(model: Any, config: Any) -> None:
    """Compile as the student did, where that is possible; else leave the model uncompiled, with the reason."""
    if not isinstance(config, dict) or not config:  # Keras writes {} for "not compiled", and would read it as rmsprop
        return
    try:
        if isinstance(config.get("own"), str):
            raise Refused(f"it uses the function {short(config['own'])}, which is not built into Keras")
        _check_metrics(check_compiling(config))
        model.compile_from_config(check_compiling(config))
    except Exception as error:
        model.compiled = False
        model.not_compiled = f"how the model was compiled cannot be handed over: {_first_line(error)}"


def _check_metrics(config: dict[str, Any]) -> None:
    """Refuse metrics that keep more numbers than they need to."""
    import keras

    with _planning():
        metrics = keras.saving.deserialize_keras_object([config.get("metrics"), config.get("weighted_metrics")])
        metrics = [metric for metric in keras.tree.flatten(metrics) if isinstance(metric, keras.Metric)]
        numbers = sum(numbers_in(variable.shape) for metric in metrics for variable in metric.variables)
    if numbers > MAX_METRIC_STATE:
        raise Refused(f"its metrics keep more than {MAX_METRIC_STATE:,} numbers")


def callback_to_parts(callback: Any) -> tuple[str, dict[str, Any]]:
    plain = (bool, int, float, str, list, dict, type(None))
    attributes = {
        key: value for key, value in vars(callback).items() if isinstance(value, plain) and not key.startswith("_")
    }
    return type(callback).__name__, attributes


def callback_from_parts(name: str, attributes: dict[str, Any]) -> Any:
    """Return a callback of Keras' own with the attributes that came: its methods are those of this side.

    Whoever forges a message can claim any attributes. That is no more than to have called Keras' class with other
    arguments, since only plain values are taken, for attributes that such a callback has.

    Raises:
        Refused: it is not a callback that can be handed over, or an attribute is not plain.
    """
    import keras

    if name not in CALLBACKS or type(attributes) is not dict or not _is_plain(attributes):
        raise Refused(f"the callback {short(name)} cannot be handed over")
    callback = getattr(keras.callbacks, name)()
    if name == "History":
        callback.epoch = []  # Keras makes it when training starts
    for key, value in attributes.items():
        if key in vars(callback) and not key.startswith("_"):
            setattr(callback, key, value)
    return callback


def _is_plain(value: Any) -> bool:
    """Whether `value` holds numbers, arrays, texts that can be shown, and lists and dicts of these; nothing else."""
    if type(value) is str:
        return value.isprintable() and len(value) <= MAX_NAME
    if type(value) is dict:
        return all(_is_plain(key) and _is_plain(item) for key, item in value.items())
    if type(value) is list:
        return all(map(_is_plain, value))
    return value is None or type(value) in (bool, int, float) or isinstance(value, np.ndarray | np.number | np.bool_)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return short(lines[0], 200) if lines else type(error).__name__

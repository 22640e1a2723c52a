"""The parts of Keras that models may be made of: all of its public interface, but for what is excluded here.

A part crosses the wall as its configuration, and is made anew on the other side. So the configuration has to be data
that says everything, and what is made of it may compute on arrays and do nothing else.
"""

import importlib
import re
import sys
from functools import cache
from types import ModuleType
from typing import Any

# Where the classes are that a configuration names, and what is one of them there.
ROOMS = {
    "keras.layers": "Layer",
    "keras.initializers": "Initializer",
    "keras.regularizers": "Regularizer",
    "keras.constraints": "Constraint",
    "keras.losses": "Loss",
    "keras.metrics": "Metric",
    "keras.optimizers": "Optimizer",
    "keras.optimizers.schedules": "LearningRateSchedule",
}
# Operations have no public classes: a functional model names those of these modules.
OPERATION_ROOMS = (
    "keras.src.activations.activations",
    *(f"keras.src.ops.{name}" for name in ("core", "einops", "image", "linalg", "math", "nn", "numpy")),
)
OTHERS = (
    *(("keras", "Sequential"), ("keras", "Model"), ("keras.src.models.functional", "Functional")),
    *(("keras", "DTypePolicy"), ("keras", "FloatDTypePolicy")),
)
FUNCTION_ROOMS = ("keras.activations", "keras.losses", "keras.metrics")
NO_FUNCTIONS = ("get", "serialize", "deserialize")

EXCLUDED = {
    **dict.fromkeys(
        ("Layer", "Initializer", "Regularizer", "Constraint", "Loss", "Metric", "Optimizer", "LearningRateSchedule"),
        "does nothing: it is what others are derived from",
    ),
    **dict.fromkeys(("Wrapper", "SegmentReduction"), "does nothing: it is what others are derived from"),
    "Lambda": "runs Python code that is kept in the configuration",
    **dict.fromkeys(
        ("AssociativeScan", "Cond", "ForiLoop", "JVP", "Map", "Scan", "Switch", "VectorizedMap", "WhileLoop"),
        "calls functions, which are no data",
    ),
    "Arange": "takes numbers, and no tensor of a model",
    "MeanMetricWrapper": "calls a function, which is no data",
    "TorchModuleWrapper": "runs code of PyTorch that is kept in the configuration",
    **dict.fromkeys(("JaxLayer", "FlaxLayer"), "runs code of JAX that is kept in the configuration"),
    "TFSMLayer": "loads a program from a file",
    **dict.fromkeys(("IntegerLookup", "StringLookup", "TextVectorization"), "reads its vocabulary from a file"),
    **dict.fromkeys(("HashedCrossing", "Hashing"), "computes on text, by TensorFlow alone"),
    "OptimizerMap": "finds variables by regular expressions, which can run without end",
    "MultiOptimizer": "finds variables by regular expressions, which can run without end",
    "LossScaleOptimizer": "can be put around itself again and again, and takes the memory of the model each time",
    **dict.fromkeys(
        ("AWQDTypePolicy", "GPTQDTypePolicy", "Int4DTypePolicy", "QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy"),
        "is for quantized models",
    ),
    "DTypePolicyMap": "finds layers by regular expressions, which can run without end",
}


# With PyTorch, Keras makes optimizers of its own kind out of the public ones, and writes where those are.
TORCH_OPTIMIZERS = re.compile(r"keras\.src\.backend\.torch\.optimizers\.torch_[a-z]+")


def public_home(module: str) -> str:
    """Return where the public class is that Keras means when it writes `module`, whatever the backend."""
    return "keras.optimizers" if TORCH_OPTIMIZERS.fullmatch(module) else module


@cache
def table() -> dict[tuple[str, str], type]:
    """Return every class that a configuration may name, by the module and the name that it has there."""
    import keras

    found: dict[tuple[str, str], type] = {}
    for home, base in ROOMS.items():
        room = importlib.import_module(home)
        found |= _classes(home, room, getattr(room, base))
    for home in OPERATION_ROOMS:
        found |= _classes(home, importlib.import_module(home), keras.Operation)
    found |= {(home, name): getattr(importlib.import_module(home), name) for home, name in OTHERS}
    return found


def _classes(home: str, room: ModuleType, base: type) -> dict[tuple[str, str], type]:
    """Return the classes in `room` that are a kind of `base`; operations only where they are at home."""
    return {
        (home, name): value
        for name, value in sorted(vars(room).items())
        if isinstance(value, type)
        and issubclass(value, base)
        and name not in EXCLUDED
        and (home in ROOMS or value.__module__ == home)
    }


@cache
def functions() -> dict[str, Any]:
    """Return Keras' own activations, losses and metrics that are functions, by their names."""
    return {
        name: value
        for home in FUNCTION_ROOMS
        for name, value in sorted(vars(importlib.import_module(home)).items())
        if callable(value) and not isinstance(value, type) and not name.startswith("_") and name not in NO_FUNCTIONS
    }


# Functions of the backends that compute what Keras' activation of the same name does when it is given nothing but x.
EVERYWHERE = (
    *("relu", "relu6", "elu", "selu", "sigmoid", "tanh", "softmax", "log_softmax", "softplus", "softsign"),
    *("silu", "swish"),
)
SAME = {
    "keras.ops": (*EVERYWHERE, "celu", "hard_sigmoid", "leaky_relu", "log_sigmoid"),
    **dict.fromkeys(("tensorflow.nn", "tensorflow"), (*EVERYWHERE, "gelu", "leaky_relu")),
    **dict.fromkeys(("torch.nn.functional", "torch"), (*EVERYWHERE, "gelu")),
    **dict.fromkeys(("jax.nn", "jax.numpy"), EVERYWHERE),
}


def name_of_function(function: Any) -> str | None:
    """Return the name of Keras' own function that `function` is, or computes the same as; None when there is none."""
    for place, names in SAME.items():
        package, *inner = place.split(".")
        room: Any = sys.modules.get(package)  # nothing is imported for this: a function comes from what is there
        for step in inner:
            room = getattr(room, step, None)
        for name in names:
            if room is not None and getattr(room, name, None) is function:
                return name
    return next((name for name, own in functions().items() if own is function), None)

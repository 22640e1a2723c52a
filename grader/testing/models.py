"""Whether the Keras models that a student's function returns can be graded: they must be made of Keras' own parts.

A grader rebuilds a model from its configuration, in a process that does not have the student's classes. A student's own
run refuses the same models, so that nobody hears of it from the grades. The grader's list is exact; this one finds what
students do.
"""

import sys
from collections.abc import Iterator
from typing import Any

RULE = (
    "use built-in layers and operations of Keras: graders rebuild your model from its configuration and do not have"
    " your own classes"
)
# Parts of Keras that run code of the student's or read files: they cannot be rebuilt either.
NOT_REBUILT = (
    *("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
    *("IntegerLookup", "StringLookup", "TextVectorization", "HashedCrossing", "Hashing"),
)
LIBRARIES = ("keras", "tensorflow", "torch", "jax")
FUNCTIONS = ("activation", "recurrent_activation")


def check_models(function: str, returned: Any) -> None:
    """Look at the models in what `function` of the student returned.

    Raises:
        AssertionError: one has parts that cannot be rebuilt; the message names them.
    """
    keras = sys.modules.get("keras")
    if keras is None:
        return
    for value in returned if type(returned) in (tuple, list) else [returned]:
        own = list(dict.fromkeys(own_parts(value))) if isinstance(value, keras.Model) else []
        if own:
            raise AssertionError(f"{function} returns a model with parts of your own ({', '.join(own)}): {RULE}")


def own_parts(model: Any) -> Iterator[str]:
    """Yield the names of the classes and functions in `model` that are not built into Keras, the model's included."""
    layers = list(model._flatten_layers())
    for part in [*layers, *(operation for layer in layers for operation in getattr(layer, "operations", ()))]:
        kind = type(part)
        if not _is_from_a_library(kind) or kind.__name__ in NOT_REBUILT:
            yield kind.__name__
        for function in [getattr(part, name, None) for name in FUNCTIONS]:
            if callable(function) and not _is_from_a_library(function):
                yield getattr(function, "__name__", type(function).__name__)


def _is_from_a_library(thing: Any) -> bool:
    module = getattr(thing, "__module__", None) or "keras"  # functions written in C have none
    return module.partition(".")[0] in LIBRARIES

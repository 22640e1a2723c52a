"""What the configuration of a Keras model may say, and how much: checked before Keras sees it.

Every class that it names is looked up in our own table, by the module and the name that Keras writes for it. What is
not there is refused, so that no name from a student decides what is imported, and a class of the student's own is not
taken for the one of Keras that it is named after.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from grader.wall import keras_parts as parts
from grader.wall.limits import (
    MAX_CALLS,
    MAX_COMPILE_CONFIG,
    MAX_CONFIG_DEPTH,
    MAX_LAYERS,
    MAX_METRIC_SIZE,
    MAX_METRICS,
    MAX_NAME,
    MAX_TENSOR,
)

MARKUP = ("__keras_tensor__", "__ellipsis__", "__slice__", "__numpy__", "__tensor__")
DTYPE = re.compile(r"bool|u?int(8|16|32|64)|b?float(16|32|64)|complex(64|128)")
COMPILING = ("keras.losses", "keras.metrics", "keras.optimizers", "keras.optimizers.schedules")
RULE = "graders rebuild your model from its configuration and do not have your own classes"


class Refused(Exception):
    """A model that cannot cross; the message says why."""


def check(tree: Any, rooms: tuple[str, ...] = (), depth: int = 0) -> Any:
    """Return a copy of a configuration in which every class is one of Keras' own, and every text can be shown.

    `rooms` are the only modules whose classes may be in it; all of them if there are none.

    Raises:
        Refused: something in it is not on the list; the message says what.
    """
    if depth > MAX_CONFIG_DEPTH:
        raise Refused("the model's configuration is nested too deeply")
    if isinstance(tree, list):
        return [check(item, rooms, depth + 1) for item in tree]
    if isinstance(tree, str):
        return _shown(tree)
    if not isinstance(tree, dict):
        return tree
    name = tree.get("class_name")
    if name == "function":
        return _name_of_function(tree.get("config"))
    ours = {}
    if name in MARKUP:
        _check_markup(tree.get("config"))
    elif "class_name" in tree:
        ours = {"module": _home(name, tree.get("module"), rooms), "registered_name": None}
        _check_arguments(tree)
    # How a model inside the model was compiled does not matter, and Keras would do it unasked.
    rest = {_shown(key): check(value, rooms, depth + 1) for key, value in tree.items() if key != "compile_config"}
    return {**rest, **ours}


def check_compiling(config: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of how to compile a model that needs no more memory or time than such things do.

    Raises:
        Refused: it is too much, or uses what is not built into Keras.
    """
    if len(json.dumps(config)) > MAX_COMPILE_CONFIG:
        raise Refused("too much is said about how to compile the model")
    judging = {key: config.get(key) for key in ("loss", "metrics", "weighted_metrics")}
    if _count(judging) > MAX_METRICS:
        raise Refused(f"it has more than {MAX_METRICS} losses and metrics")
    for key, value in judging.items():
        if any(abs(number) > MAX_METRIC_SIZE for number in _whole_numbers(value)):
            raise Refused(f"a whole number in its {key} is above {MAX_METRIC_SIZE:,}")
    # How many batches Keras takes at once decides nothing but how long it takes to begin.
    return {**check(config, COMPILING), "steps_per_execution": 1}


def check_size(config: dict[str, Any]) -> None:
    """Refuse a checked configuration of more layers or calls than a network for a course can have."""
    classes = [part for part in _parts(config) if "class_name" in part and part["class_name"] not in MARKUP]
    if sum(part["module"] == "keras.layers" for part in classes) > MAX_LAYERS:
        raise Refused(f"the model has more than {MAX_LAYERS} layers")
    operations = sum(part["module"] in parts.OPERATION_ROOMS for part in classes)
    if max(operations, sum(len(part.get("inbound_nodes") or []) for part in classes)) > MAX_CALLS:
        raise Refused(f"the model calls its layers and operations more than {MAX_CALLS:,} times")
    for part in _parts(config):
        for key, shape in part.items():
            if "shape" in key and isinstance(shape, list) and numbers_in(shape) > MAX_TENSOR:
                raise Refused(f"an input of the model has more than {MAX_TENSOR:,} numbers")


def numbers_in(shape: Any) -> int:
    """Return how many numbers an array of this shape has; an axis that is open counts as one."""
    return math.prod(size for size in shape if isinstance(size, int))


def _parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every dict in a configuration."""
    if isinstance(tree, dict):
        yield tree
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _parts(item)


def _count(tree: Any) -> int:
    """Return how many losses and metrics are listed, by their names or configurations."""
    if isinstance(tree, dict) and "class_name" not in tree:
        tree = list(tree.values())
    return sum(map(_count, tree)) if isinstance(tree, list) else tree is not None


def _whole_numbers(tree: Any) -> Iterator[int]:
    if type(tree) is int:
        yield tree
    for item in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _whole_numbers(item)


def _home(name: Any, module: Any, rooms: tuple[str, ...]) -> str:
    """Return the module of the class called `name`, out of our own table."""
    if not isinstance(name, str):
        raise Refused("the model's configuration names no class")
    home = parts.public_home(module) if isinstance(module, str) else ""
    if (home, name) not in parts.table():
        raise Refused(f"the model uses {short(name)}, which {_why_not(name, module)}")
    if rooms and home not in rooms and name != "DTypePolicy":
        raise Refused(f"the model is compiled with {name}, which is no loss, metric or optimizer")
    return home


def _why_not(name: str, module: Any) -> str:
    if name == "__lambda__" or (isinstance(module, str) and module.startswith("keras.") and name in parts.EXCLUDED):
        return f"{parts.EXCLUDED.get(name, 'is Python code')}: {RULE}"
    return f"is not built into Keras: {RULE}"


def _name_of_function(name: Any) -> str:
    """Return a built-in loss, metric or activation that was given as a function: its name says the same."""
    if isinstance(name, str) and name in parts.functions():
        return name
    raise Refused(f"the model uses a function that is not built into Keras: {short(name)}")


def _check_arguments(part: dict[str, Any]) -> None:
    """Refuse what a built-in class is asked to do, where its result alone would be noticed too late."""
    nodes = part.get("inbound_nodes") or []
    if not isinstance(nodes, list):
        raise Refused("the model's configuration is not one of Keras")
    for node in nodes:
        # Without a tensor of the model Keras computes at once, however large the result is.
        if not isinstance(node, dict) or not _has_tensor([node.get("args"), node.get("kwargs")]):
            raise Refused("the model's configuration calls a layer or an operation without a tensor of the model")
    config = part.get("config")
    layers = config.get("layers") if isinstance(config, dict) else None
    if isinstance(layers, list) and not all(isinstance(layer, dict) and "class_name" in layer for layer in layers):
        raise Refused("the model's configuration has a layer without a class")  # Keras makes one of its bare name
    if part["class_name"] == "Muon" and isinstance(config, dict):
        words = config.get("exclude_layers") or []
        if not isinstance(words, list) or not all(isinstance(word, str) and word.isidentifier() for word in words):
            raise Refused("the optimizer Muon may exclude layers by plain names only, not by regular expressions")


def _check_markup(config: Any) -> None:
    """Refuse arrays in a configuration whose type would make them larger than what is written there."""
    dtype = config.get("dtype") if isinstance(config, dict) else None
    if dtype is not None and not (isinstance(dtype, str) and DTYPE.fullmatch(dtype)):
        raise Refused("the model's configuration has an array that is not one of numbers")


def _has_tensor(tree: Any) -> bool:
    if isinstance(tree, list):
        return any(map(_has_tensor, tree))
    if not isinstance(tree, dict):
        return False
    if "class_name" in tree:
        return tree["class_name"] == "__keras_tensor__"
    return any(map(_has_tensor, tree.values()))


def _shown(text: str) -> str:
    """Return a name or another text of a configuration: Keras quotes them in its errors, so they must be harmless."""
    if len(text) > MAX_NAME:
        raise Refused(f"a name in the model has more than {MAX_NAME} characters")
    if not text.isprintable():
        raise Refused("a name in the model has characters that cannot be shown")
    return text


def short(text: Any, length: int = 60) -> str:
    """Return the beginning of a text for a message, without characters that cannot be shown."""
    return "".join(c if c.isprintable() else " " for c in str(text)[:length])

"""What decides a training, as one hash: with equal keys the outcome is the same, whoever wrote the model.

The student's file is not part of it, nor is any test: a changed test that trains nothing leaves the key as it is.
"""

import hashlib
import json
import sys
from pathlib import Path

import keras
import numpy as np

HIDDEN = Path(__file__).parent
# Of the configuration of a functional model, where the names of its layers are.
REFERENCES = ("keras_history", "input_layers", "output_layers")


def training_key(model, arrays, loss, look, decisions):
    """SHA-256 of the model, the arrays that it sees, how it is judged, the grader's code, libraries and `decisions`."""
    loss = loss if isinstance(loss, str) else keras.saving.serialize_keras_object(loss)
    digest = hashlib.sha256()
    parts = [type(model).__name__, json.dumps(without_names(model.get_config()), default=repr)]
    parts += [json.dumps(loss, default=repr), repr(decisions), f"{look.__module__}.{look.__qualname__}", *versions()]
    for part in [*map(str.encode, parts), *map(Path.read_bytes, code_of(look))]:
        digest.update(len(part).to_bytes(8, "big") + part)
    variables = [(variable.trainable, keras.ops.convert_to_numpy(variable)) for variable in model.variables]
    for trainable, array in variables + [(None, np.asarray(array)) for array in arrays]:
        digest.update(f"{trainable} {array.dtype} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def without_names(config, names=None):
    """A model's configuration in which every layer has a number in place of its name.

    Names are what stands under `name` and where tensors come from. Whatever else is written like a layer, an
    activation, say, stays.
    """
    names = {} if names is None else names
    if isinstance(config, list | tuple):
        return [without_names(value, names) for value in config]
    if not isinstance(config, dict):
        return config
    if "DTypePolicy" in str(config.get("class_name")):  # its name says how exact the numbers are
        return config
    return {key: _without_name(key, value, names) for key, value in config.items()}


def _without_name(key, value, names):
    if key == "name" and isinstance(value, str):
        return _number(value, names)
    if key in REFERENCES:
        return _numbered(value, names)
    return without_names(value, names)


def _numbered(value, names):
    """References to tensors: lists, tuples and dictionaries of a name and two numbers."""
    if isinstance(value, str):
        return _number(value, names)
    if isinstance(value, dict):
        return {key: _numbered(inner, names) for key, inner in value.items()}
    return [_numbered(inner, names) for inner in value] if isinstance(value, list | tuple) else value


def _number(name, names):
    return names.setdefault(name, len(names))


def code_of(look):
    """The files that a training runs: the modules beside that of `look`, tests aside, and those of all exercises."""
    beside = Path(sys.modules[look.__module__].__file__).parent
    return [path for folder in (HIDDEN, beside) for path in sorted(folder.glob("*.py")) if path.name[:5] != "test_"]


def versions():
    """The libraries that compute."""
    backend = keras.config.backend()
    return [f"{name} {sys.modules[name].__version__}" for name in ("keras", "numpy", backend) if name in sys.modules]

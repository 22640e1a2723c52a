"""What came back from calls, in a form in which two implementations can be compared.

A list is a tuple is an array of the same numbers; a Keras model is its layers; whatever only its own process could
tell apart (a generator, an object of the student's own class) is just an object.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

ATOL = 1e-9
MAX_NUMBERS = 20_000  # of a larger array so many are looked at, evenly spaced
# Numbers that are rounded in order to be hashed must not lie on the edge between two results, and those that people
# choose for tests often do: 0.3125 is just between 0.312 and 0.313. This factor moves them off it.
OFF_THE_EDGE = 1.0471975511965976
LAYER_FACTS = (
    "units", "filters", "kernel_size", "strides", "padding", "activation", "recurrent_activation", "rate", "pool_size",
    "use_bias", "trainable", "input_dim", "output_dim", "mask_zero", "return_sequences", "go_backwards", "axis",
    "factor", "height_factor", "width_factor", "mode", "scale", "offset", "target_shape", "size", "epsilon", "momentum",
    "num_tokens", "output_mode", "batch_shape",
)  # fmt: skip


OWN_STORAGE = {"dict", "list", "object", "nothing"}
CONSTANT_STARTS = ("Zeros", "Ones", "Constant")


class Outline(tuple):
    """Something that is described already."""


OBJECT = Outline(("object",))


def raised(name: str) -> Outline:
    """Return an exception, by the name of its type."""
    return Outline(("raised", name))


def outline(value: Any, depth: int = 0) -> Outline:
    """Return what `value` is, without what says nothing about who computed it."""
    import numpy as np

    if isinstance(value, Outline):
        return value
    if value is None:
        return Outline(("nothing",))
    if isinstance(value, str | bytes):
        return Outline(("text", repr(value)))
    if depth > 8:
        return OBJECT
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: repr(item[0]))
        return Outline(("dict", *((repr(key), outline(item, depth + 1)) for key, item in items)))
    if isinstance(value, set | frozenset):
        return Outline(("set", *sorted(map(repr, value))))
    if _is_numeric(value):
        try:
            array = np.asarray(_plain(value))
        except (ValueError, TypeError, OverflowError, RuntimeError):
            array = None
        if array is not None and array.dtype.kind in "biufcUS":
            return Outline(("array", {"u": "i", "S": "U"}.get(array.dtype.kind, array.dtype.kind), array))
    if isinstance(value, list | tuple):
        return Outline(("list", *(outline(item, depth + 1) for item in value)))
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(value, keras.Model):
        return _live_model(value)
    if keras is not None and isinstance(value, keras.callbacks.Callback):
        return outline_of_callback(type(value).__name__, vars(value))
    return OBJECT


def outline_of_model(config: dict[str, Any], shapes: list[tuple[int, ...]]) -> Outline:
    """Return a model by the configuration that Keras writes and the shapes of its weights: no names, no weights."""
    layers = [(layer["class_name"], *_facts(layer["config"])) for layer in _layers(config)]
    compiled = config.get("compile_config") or {}
    optimizer = compiled.get("optimizer") or {}
    rate = optimizer.get("config", {}).get("learning_rate") if isinstance(optimizer, dict) else None
    words = tuple(_word(compiled.get(part)) for part in ("optimizer", "loss", "loss_weights", "metrics"))
    return Outline(("model", *layers, tuple(map(repr, shapes)), words, outline(rate)))


def outline_of_callback(name: str, attributes: dict[str, Any]) -> Outline:
    """Return a callback by its class and its public settings."""
    plain = {key: value for key, value in attributes.items()
             if not key.startswith("_") and isinstance(value, bool | int | float | str | None)}  # fmt: skip
    return Outline(("callback", name, outline(plain)))


def same(a: Any, b: Any, rtol: float) -> bool:
    """Whether two outlines agree, numbers up to `rtol`."""
    import numpy as np

    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if type(a) is not type(b) or a.shape != b.shape:
            return False
        if a.dtype.kind not in "fc":
            return bool(np.array_equal(a, b))
        with np.errstate(all="ignore"):
            return bool(np.isclose(a, b, rtol=rtol, atol=ATOL, equal_nan=True).all())
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y, rtol) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def same_answer(a: Outline, b: Outline, rtol: float) -> bool:
    """As `same`, for what a call returned: what comes with an array may be stored in one's own way."""
    if a[0] == b[0] == "list" and len(a) == len(b) > 1 and a[1][0] == "array":
        return same(a[1], b[1], rtol) and all(
            same(x, y, rtol) or (_layout(x) != _layout(y) and {x[0], y[0]} <= OWN_STORAGE)
            for x, y in zip(a[2:], b[2:], strict=True)
        )
    return same(a, b, rtol)


def tells_something(value: Outline) -> bool:
    """Whether this came from a computation: not nothing, not an exception, not just an object."""
    return value[0] not in ("nothing", "raised", "object")


def digest(salt: str, words: list[str], outlines: list[Outline], coarse: bool) -> str:
    """Return a short hash of rounded outlines; `coarse`: of float32, which no two machines compute alike."""
    content = json.dumps([salt, words, [_rounded(part, coarse) for part in outlines]])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _layout(part: Any) -> Any:
    """Return an outline without its numbers and texts."""
    if isinstance(part, tuple):
        return part[:1] if part[:1] == ("text",) else tuple(map(_layout, part))
    return part if isinstance(part, str) else None


def _rounded(part: Any, coarse: bool) -> Any:
    import numpy as np

    if isinstance(part, tuple):
        return [_rounded(item, coarse) for item in part]
    if not isinstance(part, np.ndarray):
        return part
    numbers = part.ravel()
    if numbers.size > MAX_NUMBERS:
        numbers = numbers[np.linspace(0, numbers.size - 1, MAX_NUMBERS).astype(int)]
    if part.dtype.kind not in "fc":
        return [list(part.shape), [str(number) for number in numbers.tolist()]]
    numbers = np.concatenate([numbers.real, numbers.imag] if part.dtype.kind == "c" else [numbers]).astype(float)
    if coarse and numbers.size > 3:
        finite = numbers[np.isfinite(numbers)]
        tail = [finite.min(), finite.max(), finite.mean()] if finite.size else []
        numbers = np.array([*tail, finite.size])
    return [list(part.shape), [_round(number, 2 if coarse else 5) for number in numbers.tolist()]]


def _round(number: float, digits: int) -> str:
    if abs(number) < (1e-6 if digits < 5 else ATOL):
        return "0"
    return f"{number * OFF_THE_EDGE:.{digits}e}"


def _is_numeric(value: Any) -> bool:
    """Whether NumPy would make an array of numbers (or of one kind of text) of it, seen from outside."""
    import numpy as np

    if isinstance(value, list | tuple):
        return bool(value) and all(_is_numeric(item) for item in value)
    return isinstance(value, bool | int | float | complex | np.generic | np.ndarray) or _is_tensor(value)


def _is_tensor(value: Any) -> bool:
    package = type(value).__module__.partition(".")[0]
    return package in ("tensorflow", "torch", "jax", "jaxlib", "keras") and hasattr(value, "__array__")


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    keras = sys.modules.get("keras")
    return keras.ops.convert_to_numpy(value) if keras is not None and _is_tensor(value) else value


def _live_model(model: Any) -> Outline:
    import keras

    try:
        config = json.loads(json.dumps(keras.saving.serialize_keras_object(model)))
    except Exception:
        return OBJECT
    return outline_of_model(config, [tuple(weight.shape) for weight in model.weights])


def _layers(config: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the layers of a model in their order, those of models inside it and wrapped ones too."""
    found = []
    for layer in config.get("config", {}).get("layers", []):
        inner = layer.get("config", {})
        if "layers" in inner:
            found += _layers(layer)
            continue
        if layer.get("class_name") != "InputLayer":
            found.append({"class_name": layer.get("class_name", ""), "config": inner})
        wrapped = inner.get("layer")
        if isinstance(wrapped, dict):
            found.append({"class_name": wrapped.get("class_name", ""), "config": wrapped.get("config", {})})
    return found


def _facts(config: dict[str, Any]) -> Iterator[str]:
    for fact in LAYER_FACTS:
        if config.get(fact) is not None:
            yield f"{fact}={_word(config[fact])}"
    if _word(config.get("kernel_initializer")) in CONSTANT_STARTS:
        yield "starts constant"


def _word(part: Any) -> str:
    """Return an optimizer, a loss, an activation by its name alone."""
    if isinstance(part, dict):
        return str(part.get("class_name") if part.get("class_name") != "function" else part.get("config"))
    if isinstance(part, list):
        return "[" + ", ".join(map(_word, part)) + "]"
    return str(part)

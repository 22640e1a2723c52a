"""A value in a few words, for a message: no addresses, no names of NumPy's types, nothing too large to read."""

import re
import sys
from types import GeneratorType
from typing import Any

MAX_PRINTED = 24  # of an array with more elements the shape is shown
MAX_ITEMS = 200  # of a container; a message has room for fewer
MAX_SEED = 2**64  # a larger one was drawn by NumPy, not chosen by a person
ADDRESS = re.compile(r"( object)? at 0x[0-9A-Fa-f]+")
KINDS = {"b": "truth values", "i": "whole numbers", "u": "whole numbers", "f": "numbers", "c": "complex numbers"}


def shorten(value: Any, width: int = 160) -> str:
    """`value` in at most `width` characters."""
    try:
        text = _shown(value)
    except Exception:
        text = with_article(type(value).__name__)
    return text if len(text) <= width else text[: width - 4] + " ..."


def place(where: Any) -> str:
    """Where an element of an array is: `[0, 17]`."""
    return f"[{', '.join(str(int(i)) for i in where)}]"


def with_article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def is_of(value: object, library: str, *names: str) -> bool:
    """Whether `value` is an instance of a class of `library`, which is not imported for that."""
    module = sys.modules.get(library)
    classes = (getattr(module, name, None) for name in names)
    return any(isinstance(found, type) and isinstance(value, found) for found in classes)


def _shown(value: Any) -> str:
    if is_of(value, "numpy", "ndarray"):
        return _array(value)
    if is_of(value, "numpy", "number", "bool_"):
        return str(value)
    if is_of(value, "numpy", "generic"):
        return repr(value.item())
    if is_of(value, "numpy.random", "Generator"):
        return _generator(value)
    if isinstance(value, dict | list | tuple | set | frozenset):
        return _container(value)
    if isinstance(value, str | bytes):
        return repr(value)
    return _of_library(value) or _named(value) or _described(value)


def _array(value: Any) -> str:
    if value.size > MAX_PRINTED:
        return f"array of {KINDS.get(value.dtype.kind, 'objects')}, shape {value.shape}"
    import numpy as np

    text = np.array2string(value, precision=6, separator=", ", max_line_width=10_000)
    text = re.sub(r"(?<=\[) | (?=[\],])", "", _one_line(text))
    return text if value.ndim else text + "0" * text.endswith(".")


def _container(value: Any) -> str:
    """A container as Python writes it, each of its items in a few words."""
    if hasattr(value, "_fields"):  # a tuple with names
        return f"{type(value).__name__}({', '.join(f'{key}={_shown(getattr(value, key))}' for key in value._fields)})"
    first = list(value)[:MAX_ITEMS]
    shown = [f"{_shown(key)}: {_shown(value[key])}" if isinstance(value, dict) else _shown(key) for key in first]
    text = ", ".join(shown) + ", ..." * (len(value) > MAX_ITEMS)
    if isinstance(value, list):
        return f"[{text}]"
    if isinstance(value, tuple):
        return f"({text}{',' * (len(value) == 1)})"
    return f"{{{text}}}" if value or isinstance(value, dict) else "set()"


def _generator(value: Any) -> str:
    """A random generator by its seed, where a person has chosen one."""
    sequence = getattr(value.bit_generator, "seed_seq", None)
    seed, children = getattr(sequence, "entropy", None), getattr(sequence, "spawn_key", None)
    is_plain = type(value.bit_generator).__name__ == "PCG64" and not children
    return f"default_rng({seed})" if is_plain and isinstance(seed, int) and seed < MAX_SEED else "a random Generator"


def _of_library(value: Any) -> str:
    """A model by its layers, a tensor by its values; "" for anything else."""
    kind = type(value).__name__
    if is_of(value, "keras", "Model"):
        count = len(value.layers)
        name = "model" if kind == "Functional" else kind
        return f"{with_article(name)} of {count} {'layer' if count == 1 else 'layers'}"
    if is_of(value, "keras.layers", "Layer"):
        return f"{with_article(kind)} layer"
    if kind.endswith("Dataset"):
        return "a dataset"
    if hasattr(type(value), "__array__") and hasattr(value, "shape"):
        import numpy as np

        try:
            return _array(np.asarray(value))
        except Exception:  # a tensor that has no values yet
            return f"a tensor of shape {tuple(value.shape)}"
    return ""


def _named(value: Any) -> str:
    """A function or a class by its name; "" for anything else."""
    if isinstance(value, GeneratorType):
        return "a generator"
    if is_of(value, "numpy", "dtype"):
        return str(value)
    if isinstance(value, type):
        return value.__name__ if value.__module__ in ("numpy", "builtins") else f"the class {value.__name__}"
    name = getattr(value, "__name__", None) if callable(value) else None
    if not isinstance(name, str):
        return ""
    return "a lambda" if name == "<lambda>" else f"the function {name}"


def _described(value: Any) -> str:
    text = _one_line(ADDRESS.sub("", repr(value)))
    bare = re.fullmatch(r"<(?:[\w<>]+\.)*(\w+)>", text)
    return with_article(bare[1]) if bare else text


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""Values <-> trees of plain data. A closed list of types, never pickle from the student's side.

A tree is what msgpack carries; None, bool, int, float, str, bytes and list stand for themselves, everything else is a
map with one key that names its kind. The raw bytes of arrays travel beside the tree as blobs.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.wall.limits import MAX_DEPTH, MAX_INT_DIGITS, MAX_SAME_HASH

INT64 = range(-(2**63), 2**63)
DTYPE = re.compile(r"[<>|=]?[biufcUS]\d{1,4}")
TENSOR_PACKAGES = ("tensorflow", "torch", "jax", "jaxlib", "keras")


class CannotEncode(Exception):
    """A value that only its own process can hold: it crosses by reference."""


class CannotDecode(Exception):
    """A tree that is not one of ours."""


class Encoder:
    """Turns one value into a tree and its blobs. `other` encodes what is not plain data, or raises CannotEncode."""

    def __init__(self, other: Callable[[Any, Encoder, int], Any]) -> None:
        self._other = other
        self.blobs: list[bytes | memoryview] = []

    def encode(self, value: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            raise CannotEncode("nested too deeply")
        if value is None or type(value) in (bool, float, str, bytes):
            return value
        if type(value) is int:
            return value if value in INT64 else {"int": f"{value:x}"}
        if type(value) is list:
            return [self.encode(item, depth + 1) for item in value]
        if type(value) in (tuple, set, frozenset):
            return {type(value).__name__: [self.encode(item, depth + 1) for item in value]}
        if type(value) is dict:
            return {"dict": self.pairs(value, depth)}
        if type(value) is complex:
            return {"complex": [value.real, value.imag]}
        if isinstance(value, np.generic) and value.dtype.kind in "biufcUS":
            return {"scalar": [value.dtype.str, value.tobytes()]}
        if isinstance(value, np.ndarray) or is_tensor(value):
            return self.array(value)
        return self._other(value, self, depth)

    def pairs(self, value: dict[Any, Any], depth: int) -> list[Any]:
        return [[self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in value.items()]

    def array(self, value: Any) -> dict[str, Any]:
        array = np.asarray(tensor_to_numpy(value) if is_tensor(value) else value)
        if not DTYPE.fullmatch(array.dtype.str):
            raise CannotEncode(f"an array of dtype {array.dtype}")
        self.blobs.append(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
        return {"array": [array.dtype.str, list(array.shape), len(self.blobs) - 1]}


class Decoder:
    """Turns a tree and its blobs into a value. `kinds` are the maps that only one side understands."""

    def __init__(self, blobs: list[bytes], kinds: dict[str, Callable[[Any, Decoder, int], Any]]) -> None:
        self._blobs: list[bytes | None] = [*blobs]
        self._kinds = kinds

    def decode(self, tree: Any, depth: int = 0) -> Any:
        if depth > 2 * MAX_DEPTH:
            raise CannotDecode("nested too deeply")
        if tree is None or type(tree) in (bool, int, float, str, bytes):
            return tree
        if type(tree) is list:
            return [self.decode(item, depth + 1) for item in tree]
        if type(tree) is not dict or len(tree) != 1:
            raise CannotDecode("not a value")
        [(kind, content)] = tree.items()
        try:
            return self._decode_kind(kind, content, depth + 1)
        except (TypeError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise CannotDecode(f"not a valid {kind} ({type(error).__name__})") from None

    def _decode_kind(self, kind: str, content: Any, depth: int) -> Any:
        if kind == "tuple":
            return tuple(self.decode(item, depth) for item in content)
        if kind in ("set", "frozenset"):
            items = _hashable([self.decode(item, depth) for item in content])
            return set(items) if kind == "set" else frozenset(items)
        if kind == "dict":
            keys = _hashable([self.decode(key, depth) for key, _ in content])
            return dict(zip(keys, [self.decode(item, depth) for _, item in content], strict=True))
        if kind == "complex":
            real, imag = content
            return complex(float(real), float(imag))
        if kind == "int":
            if len(content) > MAX_INT_DIGITS:
                raise CannotDecode("an integer with too many digits")
            return int(content, 16)
        if kind == "scalar":
            dtype, data = content
            exact = _dtype(dtype)
            [value] = _flat(data, exact) if exact.itemsize else [exact.type()]
            return value
        if kind == "array":
            return self.array(content)
        if kind in self._kinds:
            return self._kinds[kind](content, self, depth)
        raise CannotDecode("a value of an unknown kind")

    def array(self, content: Any) -> np.ndarray:
        dtype, shape, blob = content
        if any(type(n) is not int or n < 0 for n in shape) or len(shape) > 32 or type(blob) is not int or blob < 0:
            raise CannotDecode("not a valid shape")
        # Each blob once: a small message must not become gigabytes by naming the same bytes again and again.
        data, self._blobs[blob] = self._blobs[blob], None
        if data is None:
            raise CannotDecode("the same bytes twice")
        # A copy: the result is writable and holds on to nothing else.
        return _flat(data, _dtype(dtype)).reshape(shape).copy()


def _dtype(text: Any) -> np.dtype:
    if type(text) is not str or not DTYPE.fullmatch(text):
        raise CannotDecode("not a plain dtype")
    return np.dtype(text)


def _flat(data: bytes, dtype: np.dtype) -> np.ndarray:
    if dtype.kind == "U" and (np.frombuffer(data, dtype.byteorder + "u4") > sys.maxunicode).any():
        raise CannotDecode("text with impossible characters")
    if dtype.kind == "b":
        return np.frombuffer(data, np.uint8) != 0  # a byte of 2 would be a third truth value
    return np.frombuffer(data, dtype)


def _hashable(items: list[Any]) -> list[Any]:
    """Return the members of a set or the keys of a dict, unless too many of them have the same hash.

    Numbers, and tuples of numbers, can be chosen so that all of them do (`hash(-1) == hash(-2)`), and each would be
    compared with every other.
    """
    same = Counter(map(hash, items))
    if same and max(same.values()) > MAX_SAME_HASH:
        raise CannotDecode(f"a set or dict in which more than {MAX_SAME_HASH} members have the same hash")
    return items


def is_tensor(value: Any) -> bool:
    """Whether `value` is a tensor or variable of one of Keras' backends; imports none of them."""
    package = type(value).__module__.partition(".")[0]
    return (
        package in TENSOR_PACKAGES
        and hasattr(value, "shape")
        and hasattr(value, "dtype")
        and hasattr(value, "__array__")
    )


def tensor_to_numpy(value: Any) -> np.ndarray:
    keras = sys.modules.get("keras")
    array = np.asarray(keras.ops.convert_to_numpy(value) if keras else value)
    # bfloat16 and its like are not NumPy types.
    return array if DTYPE.fullmatch(array.dtype.str) else array.astype(np.float32)

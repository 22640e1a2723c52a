"""Copies of arguments, and whether what was done with a copy has changed it."""

import sys
from typing import Any


def copied(value: Any) -> Any:
    """`value` with copies of all plain data in it."""
    if type(value) in (list, tuple, set):
        return type(value)(copied(item) for item in value)
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    return value.copy() if _is_array(value) else value


def is_same(value: Any, other: Any) -> bool:
    """Whether the plain data of two values is the same, to the last bit; other things count as the same if they are."""
    if type(value) is not type(other):
        return False
    if type(value) in (list, tuple):
        return len(value) == len(other) and all(map(is_same, value, other))
    if type(value) is dict:
        return list(value) == list(other) and all(is_same(item, other[key]) for key, item in value.items())
    if _is_array(value):
        return (value.dtype, value.shape) == (other.dtype, other.shape) and value.tobytes() == other.tobytes()
    if value is other:
        return True
    plain = (bool, int, float, complex, str, bytes, set, frozenset)
    return type(value) in plain and (value == other or (value != value and other != other))


def changed(before: tuple[tuple, dict], after: tuple[tuple, dict]) -> list[int | str]:
    """Return which arguments of a call are no longer as they were: positions and keywords."""
    (args, kwargs), (args_after, kwargs_after) = before, after
    positions = [i for i, value in enumerate(args) if not is_same(value, args_after[i])]
    return [*positions, *(key for key, value in kwargs.items() if not is_same(value, kwargs_after[key]))]


def _is_array(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray and not value.dtype.hasobject

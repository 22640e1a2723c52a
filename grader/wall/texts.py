"""The door for text: what a student's process says in words, before anybody reads it.

Hidden tests hand their inputs to the student's code, and that code can put them into whatever it says: an exception,
a warning, the name of a type. So no text crosses as it is. What crosses is a message that stands in the student's file,
or one that Python and the libraries are known to write, without the values in it. Anything else crosses as nothing: the
type of the exception and its line say what happened, and the student's own run shows the rest.
"""

import ast
import builtins
import errno
import os
import re
import warnings
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from grader.wall import limits
from grader.wall.keras_parts import EXCLUDED
from grader.wall.limits import MAX_TEXT, MAX_TEXT_SHOWN

STANDARD_MESSAGES = Path(__file__).with_name("standard_messages.txt")
LEFT_OUT = "…"
ANY = "*"  # in a pattern: values
# What stands for a value in a text that is filled in later: f-strings are taken apart by Python itself.
PLACEHOLDER = re.compile(r"%[-+ #0]*[\d.*]*[a-zA-Z]|\{[^{}]*\}")
# What may be shown of a value in a standard message: the number of a limit, an operator, a digit, names of the file.
LIMITS = frozenset(f"{limit:,}" for limit in vars(limits).values() if isinstance(limit, int))
SHORT_VALUE = re.compile(r"\d|[-+*/%@&|^<>=!~]{1,3}")
NAMES = re.compile(r"['\"]?([A-Za-z_][\w.]*)['\"]?(?:\(\))?(?:,? (?:and )?['\"]?([A-Za-z_][\w.]*)['\"]?)?")


class TextDoor:
    """Lets out what a student's file may say; everything is judged by the bytes that were handed in."""

    def __init__(self, source: bytes) -> None:
        self._source = source

    def message(self, text: str) -> str:
        """Return the first line of a message without the values in it; "" when nobody knows the message."""
        line = first_line(text)
        for pattern in self._own:
            if values(pattern, line) is not None:
                return LEFT_OUT.join(pattern)
        if line[:1] == line[-1:] in ("'", '"') and (line[1:-1],) in self._own:  # as KeyError quotes its key
            return line
        for pattern in standard_messages():
            found = values(pattern, line)
            if found is not None:
                shown = [value if self._may_show(value) else self.message(value) or LEFT_OUT for value in found]
                return "".join(part + value for part, value in zip(pattern, [*shown, ""], strict=True))
        return ""

    def name(self, text: str) -> str:
        """Return the name of a type, if it stands in the student's file or in a library; else "object"."""
        return text if self._is_known(text) else "object"

    def _may_show(self, value: str) -> bool:
        if SHORT_VALUE.fullmatch(value) or value in LIMITS:
            return True
        names = NAMES.fullmatch(value)
        return names is not None and all(self._is_known(name) for name in names.groups() if name)

    def _is_known(self, name: str) -> bool:
        return all(part in self._names or part in library_names() for part in name.split("."))

    @cached_property
    def _tree(self) -> ast.Module:
        """The file as Python reads it; nothing of a file that Python cannot read."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return ast.parse(self._source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return ast.Module([], [])

    @cached_property
    def _own(self) -> list[tuple[str, ...]]:
        """The texts that stand in the file, each as the parts between its values; and what Python says of the file."""
        patterns = [parts for node in ast.walk(self._tree) for parts in _patterns(node)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                compile(self._source, "", "exec", dont_inherit=True)
            except (SyntaxError, ValueError) as error:
                patterns.append((first_line(error.msg if isinstance(error, SyntaxError) else str(error)),))
            except (RecursionError, MemoryError):
                pass
        return [parts for parts in dict.fromkeys(patterns) if any(char.isalpha() for part in parts for char in part)]

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for node in ast.walk(self._tree) for name in _names(node))


def clean(text: str) -> str:
    """Return text without control characters and other characters that cannot be printed, at most 500 characters."""
    return "".join(char if char.isprintable() else " " for char in text[:MAX_TEXT])


def first_line(text: str) -> str:
    """Return the first line of a text that is not empty, as it is shown."""
    lines = text[:MAX_TEXT].strip().splitlines()
    return clean(lines[0])[:MAX_TEXT_SHOWN].strip() if lines else ""


def values(pattern: tuple[str, ...], text: str) -> list[str] | None:
    """Return what stands in `text` between the parts of `pattern`; None when it is another text.

    Each part is taken where it comes first: however a pattern is made, this takes no longer than the text is long.
    """
    if len(pattern) == 1:
        return [] if text == pattern[0] else None
    first, *middle, last = pattern
    if not (text.startswith(first) and text.endswith(last)) or len(text) < len(first) + len(last):
        return None
    found, start, end = [], len(first), len(text) - len(last)
    for part in middle:
        where = text.find(part, start, end)
        if where < 0:
            return None
        found.append(text[start:where])
        start = where + len(part)
    return [*found, text[start:end]]


@cache
def standard_messages() -> list[tuple[str, ...]]:
    """The messages that Python and the libraries write, each as the parts between its values."""
    lines = STANDARD_MESSAGES.read_text("utf-8").splitlines()
    known = [tuple(line.split(ANY)) for line in lines if line and not line.startswith("#")]
    refused = [words for number in errno.errorcode for words in _of_system_error(number)]
    excluded = [words for reason in set(EXCLUDED.values()) for words in ((reason,), (f"{reason}: ", ""))]
    return known + refused + excluded


@cache
def library_names() -> frozenset[str]:
    """Names that anybody may use without defining them."""
    return frozenset([*dir(builtins), *dir(np), *EXCLUDED, "NoneType", "numpy", "function", "module", "generator"])


def _of_system_error(number: int) -> Iterator[tuple[str, ...]]:
    """Yield what Python says of a system call that failed, without and with the name of a file."""
    words = f"[Errno {number}] {os.strerror(number)}"
    yield (words,)
    yield (f"{words}: ", "")


def _patterns(node: ast.AST) -> Iterator[tuple[str, ...]]:
    if isinstance(node, ast.JoinedStr):
        parts = [""]
        for piece in node.values:
            if not isinstance(piece, ast.Constant):
                parts.append("")
                continue
            line, *following = str(piece.value).split("\n", 1)
            parts[-1] += clean(line)
            if following:
                break
        yield (parts[0].lstrip(), *parts[1:-1], parts[-1].rstrip()) if parts[1:] else (parts[0].strip(),)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        line = first_line(node.value)
        yield (line,)
        yield tuple(PLACEHOLDER.split(line))


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a piece of the student's file uses."""
    for attribute in ("id", "attr", "arg", "name", "asname"):
        name = getattr(node, attribute, None)
        if isinstance(name, str):
            yield from name.split(".")
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
        yield node.value

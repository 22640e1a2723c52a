"""The door for text: what stands in the file or is known crosses without its values, all else crosses as nothing."""

import builtins
from pathlib import Path

import numpy as np
import pytest

from grader.wall.limits import MAX_TEXT_SHOWN
from grader.wall.texts import TextDoor, clean, first_line, values

SOURCE = b'''
"""Metrics."""
import numpy as np

def precision(y_true, y_pred, threshold=0.5):
    if len(y_true) != len(y_pred):
        raise ValueError("y_true and y_pred have different lengths")
    if not len(y_true):
        raise ValueError(f"an array of shape {np.shape(y_true)} has no {'precision'}")
    if threshold > 1:
        raise ValueError("a threshold of %.2f is too large" % threshold)
    raise KeyError("accuracy")
'''


@pytest.fixture(scope="module")
def door() -> TextDoor:
    return TextDoor(SOURCE)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("y_true and y_pred have different lengths", "y_true and y_pred have different lengths"),
        ("y_true and y_pred have different lengths\nand more: [1, 0]", "y_true and y_pred have different lengths"),
        ("an array of shape (0, 1, 1) has no precision", "an array of shape … has no …"),
        ("a threshold of 1.50 is too large", "a threshold of … is too large"),
        ("'accuracy'", "'accuracy'"),
        ("division by zero", "division by zero"),
        ("name 'threshold' is not defined", "name 'threshold' is not defined"),
        ("name 'x101101' is not defined", "name … is not defined"),
        ("can only concatenate str (not \"int\") to str", "can only concatenate str (not \"int\") to str"),
        ("precision() missing 1 required positional argument: 'y_pred'",
         "precision() missing 1 required positional argument: 'y_pred'"),
        ("cannot reshape array of size 10 into shape (3,)", "cannot reshape array of size … into shape …"),
        ("overflow encountered in exp", "overflow encountered in exp"),
        ("[Errno 28] No space left on device", "[Errno 28] No space left on device"),
        ("[Errno 13] Permission denied: '/tmp/y_true=101'", "[Errno 13] Permission denied: …"),
        ("DATA [1, 0, 1]", ""),
        ("an array of DATA", ""),
        ("1", ""),
        ("", ""),
        ("\N{SNOWMAN}" * 1000, ""),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_message(door: TextDoor, said: str, shown: str):
    assert door.message(said) == shown


def test_what_was_shown_once_is_shown_again(door: TextDoor):
    shown = door.message("an array of shape (0, 1, 1) has no precision")
    assert door.message(shown) == shown


def test_a_text_with_nothing_but_values_in_it_shows_no_value():
    door = TextDoor(b'def f(a, b):\n    raise ValueError(f"{a} {b}")\n')
    assert door.message("101101 110101") == ""


def test_a_message_that_python_has_of_the_file_is_shown():
    for source in (b"def f(:\n", b"return 1\n", b"x = 1\n\0"):
        try:
            compile(source, "", "exec")
        except (SyntaxError, ValueError) as error:
            said = error.msg if isinstance(error, SyntaxError) else str(error)
            assert TextDoor(source).message(said) == said
    assert TextDoor(b"def f(:\n").message("invalid DATA 101101") == ""


def test_messages_that_python_and_numpy_really_write_are_known(door: TextDoor):
    """Each is provoked, so that a new version of a library which words one differently is seen"""
    text, nothing, five = "text", None, 5
    provoked = [
        lambda: 1 / 0, lambda: [][0], lambda: text.nothing, lambda: np.zeros(2) + np.zeros(3),
        lambda: np.zeros((2, 3)) @ np.zeros(2), lambda: np.zeros(4).reshape(3), lambda: bool(np.zeros(2)),
        lambda: np.zeros(2)[5], lambda: np.zeros(2)[0.5], lambda: np.concatenate([]), lambda: np.stack([]),
        lambda: np.max([]), lambda: np.zeros((2, 2)).T[0, 0, 0], lambda: np.random.default_rng(0).choice([]),
        lambda: np.random.default_rng(0).choice(2, p=[0.5, 0.4]), lambda: int("text"), lambda: float("text"),
        lambda: len(5), lambda: {}["accuracy"], lambda: {[]: 1}, lambda: nothing[0], lambda: five(), lambda: iter(5),
        lambda: "a" + 1, lambda: 1 + "a", lambda: max([]), lambda: (lambda x: x)(), lambda: print(x=1),
        lambda: __import__("nothing_of_that_name"), lambda: Path("/nothing/of/that/name").read_text(), lambda: [].pop(),
        lambda: np.linalg.inv(np.zeros((2, 2))), lambda: np.array([[1], [1, 2]]), lambda: -"a", lambda: 1 < "a",
        lambda: np.int64("text"), lambda: np.ones(2).sum(axis=3), lambda: np.zeros(2).nothing,
        lambda: list(zip([1], [], strict=True)), lambda: [1, 2].index(3), lambda: "a".index("b"),
    ]  # fmt: skip
    said = []
    for provoke in provoked:
        with pytest.raises(Exception) as caught:
            provoke()
        said.append(str(caught.value))
    assert [message for message in said if not door.message(message)] == []


def test_the_name_of_a_type_is_shown_if_it_stands_in_the_file_or_a_library():
    door = TextDoor(b"class Cache:\n    pass\n")
    assert [door.name(name) for name in ("Cache", "ndarray", "generator", "y101101")] == [
        "Cache", "ndarray", "generator", "object",
    ]  # fmt: skip


def test_text_can_be_printed_stored_and_read_on_one_line():
    said = "\x1b[2J\ud800 two\nlines\t\u202e" + "x" * 1000
    assert clean(said).encode("utf-8")
    assert clean(said).isprintable()
    assert first_line(said) == "[2J  two"
    assert len(first_line("x" * 1000)) == MAX_TEXT_SHOWN


def test_many_values_in_a_text_take_no_time():
    """A pattern of a hundred parts that all fit everywhere: tried in every way, it would never end"""
    assert values(tuple("a" * 100), "a" * 500 + "b") is None
    assert values(("", "a", ""), "bab") == ["b", "b"]
    assert values(("a", "a"), "a") is None


def test_files_that_python_cannot_read_have_no_texts():
    for source in (b"(" * 100_000, b"\xff\xfe", b"x = " + b"-" * 100_000 + b"1"):
        assert TextDoor(source).message("DATA 1") == ""
        assert TextDoor(source).name("Exception") == "Exception"
    assert hasattr(builtins, "Exception")

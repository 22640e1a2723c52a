"""Values in messages: what a person can read, without addresses and without names of NumPy's types."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from grader.testing.shown import shorten

Point = namedtuple("Point", "x y")


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no picture of me")


def inner():
    def f():
        return 1

    return f


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (np.float64(0.5), "0.5"),
        (np.bool_(True), "True"),
        (np.int64(7), "7"),
        ("abc", "'abc'"),
        (None, "None"),
        ([1, [2, 3]], "[1, [2, 3]]"),
        (np.array([[1, 2], [3, 4]]), "[[1, 2], [3, 4]]"),
        (np.array([0.25, 10.5]), "[0.25, 10.5]"),
        (np.empty(0), "[]"),
        ([np.float64(1.0986122886681098), (np.float32(0.1), np.int64(2))], "[1.0986122886681098, (0.1, 2)]"),
        ({"a": np.float64(0.5), 2: np.array([1, 2])}, "{'a': 0.5, 2: [1, 2]}"),
        (Point(np.float64(1.0), np.bool_(True)), "Point(x=1.0, y=True)"),
        (np.array(2.0), "2.0"),
        ((1,), "(1,)"),
        (set(), "set()"),
        ("two  spaces\n", "'two  spaces\\n'"),
        (np.random.default_rng(3), "default_rng(3)"),
        ([np.random.default_rng(3)], "[default_rng(3)]"),
        (np.random.default_rng(), "a random Generator"),
        (np.random.default_rng(3).spawn(1)[0], "a random Generator"),
        (np.random.Generator(np.random.MT19937(3)), "a random Generator"),
        (inner(), "the function f"),
        (lambda: 2.0, "a lambda"),
        (len, "the function len"),
        (np.sin, "the function sin"),
        (inner, "the function inner"),
        (Unprintable, "the class Unprintable"),
        (np.float32, "float32"),
        (np.dtype("float32"), "float32"),
        ((n for n in [1]), "a generator"),
        (map(len, []), "a map"),
        (object(), "an object"),
        ({"f": inner(), "o": object()}, "{'f': the function f, 'o': an object}"),
        (np.zeros((5, 5)), "array of numbers, shape (5, 5)"),
        (np.zeros(1000, dtype=np.int32), "array of whole numbers, shape (1000,)"),
    ],
)
def test_a_value_is_shortened_to_what_a_person_can_read(value, text):
    assert shorten(value) == text


@pytest.mark.parametrize(
    "value",
    ["x" * 1000, list(range(1000)), [[number] * 9 for number in range(99)], dict.fromkeys(range(99), "text")],
)
def test_what_is_long_is_cut_and_says_so(value):
    text = shorten(value, width=70)
    assert len(text) == 70
    assert text.endswith(" ...")
    assert repr(value).startswith(text.removesuffix(" ..."))


def test_a_value_of_several_lines_becomes_one_line():
    assert "\n" not in shorten([np.zeros((9, 9)), np.ones((2, 2))])
    assert "\n" not in shorten(np.zeros((4, 6)))


@pytest.mark.parametrize("value", [Unprintable(), [1, Unprintable()], {"a": Unprintable()}])
def test_an_object_that_cannot_be_printed_is_called_by_its_type(value):
    assert shorten(value) in ("a list", "a dict", "an Unprintable")


def test_an_array_of_objects_that_cannot_be_printed_is_no_crash():
    assert isinstance(shorten(np.array([Unprintable(), 1], dtype=object)), str)


def test_what_was_drawn_since_does_not_hide_the_seed():
    rng = np.random.default_rng(12)
    rng.random(5)
    assert shorten(rng) == "default_rng(12)"


def test_models_layers_and_tensors_are_described():
    keras = pytest.importorskip("keras")
    inputs = keras.Input((3,))
    outputs = keras.layers.Dense(2, name="twice")(inputs)
    model = keras.Sequential([keras.layers.Dense(2)])
    assert shorten(model) == "a Sequential of 1 layer"
    assert shorten([keras.Model(inputs, outputs)]) == "[a model of 2 layers]"
    assert shorten(keras.layers.Dense(2)) == "a Dense layer"
    assert shorten(outputs) == "a tensor of shape (None, 2)"
    assert shorten(keras.ops.convert_to_tensor([1.0, 2.5])) == "[1., 2.5]"
    assert shorten(keras.optimizers.Adam()) == "an Adam"

"""Between a student's process and a grader pass values of a closed list of types, and only those."""

from __future__ import annotations

import math
import random
import socket
import threading
from fractions import Fraction

import msgpack
import numpy as np
import pytest

from grader.wall.channel import Channel
from grader.wall.codec import MAX_DEPTH, CannotDecode, CannotEncode, Decoder, Encoder


def refuse(value, encoder, depth):
    raise CannotEncode(type(value).__name__)


@pytest.fixture
def channels():
    """The two ends of one connection."""
    ends = socket.socketpair()
    pair = Channel(ends[0]), Channel(ends[1])
    yield pair
    for channel in pair:
        channel.close()


def travel(value, channels):
    """`value` as it comes back from the other side, and as it arrived there."""
    there = hand_over(value, *channels)
    back = hand_over(there, *reversed(channels))
    assert same(back, there)
    return back


def hand_over(value, sender: Channel, receiver: Channel):
    encoder = Encoder(refuse)
    tree = encoder.encode(value)
    sending = threading.Thread(target=sender.send, args=(tree, encoder.blobs))
    sending.start()
    tree, blobs = receiver.receive()
    sending.join()
    return Decoder(blobs, {}).decode(tree)


def decode(tree, *blobs: bytes):
    return Decoder(list(blobs), {}).decode(tree)


def same(a, b) -> bool:
    """Equal in type and value, where NaN equals NaN and 0.0 is not -0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, np.generic):
        return a.dtype == b.dtype and repr(a) == repr(b)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    return repr(a) == repr(b) if isinstance(a, float | complex) else a == b


PLAIN = [
    None,
    True,
    False,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    2**63,
    2**64,
    -(2**200),
    10**300,
    0.0,
    -0.0,
    1e-320,
    math.pi,
    float("inf"),
    float("-inf"),
    float("nan"),
    1 + 2j,
    complex(float("nan"), float("-inf")),
    "",
    "Müller\0\n\U0001f600",
    b"",
    bytes(range(256)),
    [],
    [1, [2.5, ["x", [None]]]],
    (),
    (1, (2, [3])),
    {},
    {"a": [1, 2], "b": {"c": (3,)}},
    {(1, 2): "tuple", 3: "int", None: "none", b"x": "bytes", 1.5: "float", frozenset({1}): "set"},
    {"array": 1},
    {"int": "ff"},
    set(),
    {1, "a", (2, 3)},
    frozenset({1.5, b"x"}),
]

ARRAYS = [
    np.arange(12, dtype=np.int64).reshape(3, 4),
    np.arange(12.0).reshape(3, 4).T,
    np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
    np.arange(20)[::-3],
    np.arange(100.0).reshape(10, 10)[1:8:3, ::-2],
    np.broadcast_to(np.float32(3), (2, 5)),
    np.array(2.5),
    np.array(7, dtype=np.int8),
    np.array(True),
    np.array([True, False, True]),
    np.empty(0),
    np.empty((0, 3), dtype=np.float32),
    np.empty((2, 0, 4), dtype=np.int16),
    np.array([1, 2, 3], dtype=">i4"),
    np.array([1.5, -2.5], dtype=">f8"),
    np.array([0.1, float("nan"), float("inf"), -0.0], dtype=np.float16),
    np.array([0.1, 2.0], dtype=np.float32),
    np.array([1, 3], dtype=np.longdouble) / 3,
    np.array([1 + 2j, 3], dtype=np.complex64),
    np.array([1 + 2j, 3], dtype=np.complex128),
    np.array([2**64 - 1], dtype=np.uint64),
    np.array(["a", "Zoë", ""]),
    np.array("text"),
    np.array([b"ab", b"c"]),
    np.array([[["deep"]]]),
    np.zeros((1,) * 32),
]

SCALARS = [
    np.float64(0.1),
    np.float32(0.1),
    np.float16("nan"),
    np.longdouble(1) / 3,
    np.int8(-5),
    np.uint64(2**64 - 1),
    np.bool_(True),
    np.complex64(1 - 2j),
    np.str_("Zoë"),
    np.bytes_(b"abc"),
]


def in_words(value) -> str:
    """How a test is called: members of a set have another order in every process."""
    return f"{type(value).__name__} of {len(value)}" if isinstance(value, set | frozenset) else repr(value)


@pytest.mark.parametrize("value", [*PLAIN, *SCALARS], ids=in_words)
def test_a_value_arrives_as_it_was(channels, value):
    assert same(travel(value, channels), value)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype.str}{a.shape}")
def test_an_array_arrives_with_its_dtype_shape_and_values(channels, array):
    arrived = travel(array, channels)
    assert same(arrived, np.ascontiguousarray(array).reshape(array.shape))
    assert arrived.flags.writeable


def test_an_empty_numpy_text_arrives(channels):
    assert travel(np.array(["", "a"])[0], channels) == ""


def test_everything_at_once_arrives_as_it_was(channels):
    value = {
        "plain": PLAIN,
        "scalars": tuple(SCALARS),
        ("arrays", 1): [np.ascontiguousarray(a) for a in ARRAYS],
    }
    assert same(travel(value, channels), value)


def test_what_arrives_is_a_copy(channels):
    array = np.arange(4)
    shared = [array, array]
    arrived = travel(shared, channels)
    arrived[0][0] = 99
    assert arrived[1][0] == 0
    assert array[0] == 0


def test_a_large_array_arrives(channels):
    array = np.random.default_rng(1).normal(size=(700, 1000))
    assert same(travel(array, channels), array)


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        object(),
        len,
        Fraction(1, 2),
        Text("a subclass of text"),
        range(3),
        np.array([object()], dtype=object),
        np.zeros(2, dtype=[("a", "i4")]),
        np.array(["2000-01-01"], dtype="M8[D]"),
        np.timedelta64(1, "s"),
        [1, (2, {"a": {object()}})],
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_on_the_list_is_not_encoded(value):
    with pytest.raises(CannotEncode):
        Encoder(refuse).encode(value)


def nested(depth: int):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_values_may_be_nested_up_to_the_limit_and_no_further(channels):
    assert travel(nested(MAX_DEPTH), channels) == nested(MAX_DEPTH)
    with pytest.raises(CannotEncode):
        Encoder(refuse).encode(nested(MAX_DEPTH + 1))


def test_a_container_that_holds_itself_is_not_encoded():
    endless: list = []
    endless.append(endless)
    with pytest.raises(CannotEncode):
        Encoder(refuse).encode(endless)


@pytest.mark.parametrize("wrap", [lambda tree: [tree], lambda tree: {"tuple": [tree]}, lambda tree: {"set": [tree]}])
def test_a_tree_that_is_nested_too_deeply_is_refused(wrap):
    tree = 1
    for _ in range(500):
        tree = wrap(tree)
    with pytest.raises(CannotDecode):
        decode(tree)


EIGHT = bytes(8)


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"list": []},
        {"object": 1},
        {"pickle": b"cos\nsystem\n"},
        {"": 1},
        {"tuple": [], "set": []},
        {b"tuple": []},
        {"tuple": 5},
        {"tuple": None},
        {"set": [[1]]},
        {"set": [{"dict": []}]},
        {"frozenset": 1.5},
        {"dict": [1]},
        {"dict": [[1, 2, 3]]},
        {"dict": [[[], 1]]},
        {"dict": 7},
        {"complex": [1]},
        {"complex": [None, 1]},
        {"complex": 1},
        {"int": 5},
        {"int": "xyz"},
        {"int": ""},
        {"int": None},
        {"int": "f" * 4001},
        {"scalar": None},
        {"scalar": ["<f8"]},
        {"scalar": ["<f8", b"123"]},
        {"scalar": ["<f8", "12345678"]},
        {"scalar": ["O", EIGHT]},
        {"scalar": ["<M8[s]", EIGHT]},
        {"scalar": [8, EIGHT]},
        {"array": None},
        {"array": []},
        {"array": ["<f8", [1]]},
        {"array": ["O", [1], 0]},
        {"array": ["|O8", [1], 0]},
        {"array": ["V8", [1], 0]},
        {"array": ["|V8", [1], 0]},
        {"array": ["M8", [1], 0]},
        {"array": ["<M8[s]", [1], 0]},
        {"array": ["<m8[s]", [1], 0]},
        {"array": ["f8,f8", [1], 0]},
        {"array": ["float64", [1], 0]},
        {"array": ["<f3", [1], 0]},
        {"array": ["<U0", [0], 0]},
        {"array": [b"<f8", [1], 0]},
        {"array": [None, [1], 0]},
        {"array": [["<f8"], [1], 0]},
        {"array": ["<f8", [2], 0]},
        {"array": ["<f8", [], 1]},
        {"array": ["<f8", [0], 0]},
        {"array": ["<f8", [-1], 0]},
        {"array": ["<f8", [-1, -1], 0]},
        {"array": ["<f8", [1.0], 0]},
        {"array": ["<f8", [True], 0]},
        {"array": ["<f8", ["1"], 0]},
        {"array": ["<f8", [None], 0]},
        {"array": ["<f8", 1, 0]},
        {"array": ["<f8", None, 0]},
        {"array": ["<f8", [2**40], 0]},
        {"array": ["<f8", [2**70], 0]},
        {"array": ["<f8", [1] * 33, 0]},
        {"array": ["<f8", [1], 1]},
        {"array": ["<f8", [1], -1]},
        {"array": ["<f8", [1], 2**70]},
        {"array": ["<f8", [1], True]},
        {"array": ["<f8", [1], "0"]},
        {"array": ["<f8", [1], None]},
        {"array": ["<f8", [1], 0.0]},
        [1, {"tuple": [{"array": ["O", [1], 0]}]}],
        msgpack.Timestamp(1, 1),
        {1, 2},
    ],
    ids=lambda tree: repr(tree)[:50],
)
def test_a_malformed_tree_is_refused(tree):
    with pytest.raises(CannotDecode):
        decode(tree, EIGHT)


SAME_HASH = {
    "integers": [{"int": f"{number * (2**61 - 1):x}"} for number in range(200)],
    "tuples": [{"tuple": [-1 - (number >> place & 1) for place in range(9)]} for number in range(200)],
}


@pytest.mark.parametrize("items", SAME_HASH.values(), ids=SAME_HASH)
@pytest.mark.parametrize("kind", ["set", "frozenset", "dict"])
def test_a_set_whose_members_were_chosen_to_collide_is_refused(kind, items):
    """Each would be compared with every other: `hash(-1) == hash(-2)`"""
    with pytest.raises(CannotDecode, match="the same hash"):
        decode({kind: [[item, None] for item in items] if kind == "dict" else items})


def test_a_large_set_of_numbers_arrives(channels):
    numbers = set(range(-20_000, 20_000))
    assert travel(numbers, channels) == numbers


def test_an_array_of_impossible_characters_is_refused_or_can_be_read():
    """A character above the last one of Unicode would make every use of the array an error in the grader."""
    try:
        array = decode({"array": ["<U1", [1], 0]}, b"\xff\xff\xff\x7f")
    except CannotDecode:
        return
    array.tolist()


def test_an_array_of_impossible_truth_values_counts_as_true():
    array = decode({"array": ["|b1", [3], 0]}, b"\x00\x01\x02")
    assert array.tolist() == [False, True, True]
    assert array.sum() == 2
    assert np.array_equal(array, [False, True, True])
    assert array.astype(int).tolist() == [0, 1, 1]


def test_one_blob_makes_one_array():
    """A small message must not unpack to gigabytes by naming the same bytes again and again."""
    tree = [{"array": ["<f8", [1], 0]}] * 2
    with pytest.raises(CannotDecode):
        decode(tree, EIGHT)


def random_tree(draw: random.Random, depth: int = 0):
    """A tree that is nearly right: kinds and parts of real trees, put together at random."""
    leaves = [None, True, 0, 1, -1, 2**63, 0.5, "", "<f8", "<U2", "|b1", "O", "ff", b"", EIGHT, float("nan")]
    if depth > 5 or draw.random() < 0.3:
        return draw.choice(leaves)
    items = [random_tree(draw, depth + 1) for _ in range(draw.randrange(4))]
    if draw.random() < 0.3:
        return items
    kind = draw.choice(["tuple", "set", "frozenset", "dict", "complex", "int", "scalar", "array", "ref", ""])
    if kind in ("array", "scalar") and draw.random() < 0.7:
        dtype = draw.choice(["<f8", ">i2", "|b1", "<U2", "|S4", "<c16", "<f16", "=f4", "<U0", "|O8", "V8"])
        shape = [draw.choice([0, 1, 2, 4, 8, -1, 2**33, 2**63 - 1]) for _ in range(draw.randrange(3))]
        items = [dtype, shape, draw.choice([0, 1, 2, 3, -1])]
        if kind == "scalar":
            items = [dtype, bytes(draw.choice([0, 1, 4, 8, 16, 32]))]
    content = draw.choice([items, items, items, random_tree(draw, depth + 1)])
    if draw.random() < 0.1:
        return {kind: content, "tuple": items}
    return {kind: content}


def test_a_random_tree_is_a_value_or_cannot_be_decoded():
    draw = random.Random(20)
    blobs = [EIGHT, b"", bytes(64)]
    values = refused = 0
    for _ in range(20_000):
        tree = random_tree(draw)
        carried = msgpack.unpackb(msgpack.packb(tree), strict_map_key=True)
        try:
            decode(carried, *blobs)
            values += 1
        except CannotDecode:
            refused += 1
    assert values > 1000
    assert refused > 1000

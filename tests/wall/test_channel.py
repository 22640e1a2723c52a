"""What a student's process writes to its socket is a frame of plain data, or the end of the conversation."""

from __future__ import annotations

import random
import socket
import struct
import threading
import tracemalloc

import msgpack
import numpy as np
import pytest

from grader.wall.channel import MAX_BLOBS, MAX_FRAME, MAX_TREE, Channel, ChannelError


@pytest.fixture
def raw():
    """A channel, and the bare socket that a hostile process would write to."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    yield channel, theirs
    channel.close()
    theirs.close()


def frame(tree: bytes, *blobs: bytes) -> bytes:
    lengths = b"".join(struct.pack("!Q", len(blob)) for blob in blobs)
    return struct.pack("!II", len(tree), len(blobs)) + lengths + tree + b"".join(blobs)


def test_a_frame_written_by_hand_is_read(raw):
    channel, theirs = raw
    theirs.sendall(frame(msgpack.packb({"value": [1, "a"]}), b"blob", b""))
    assert channel.receive() == ({"value": [1, "a"]}, [b"blob", b""])


def test_frames_follow_each_other(raw):
    channel, theirs = raw
    theirs.sendall(frame(msgpack.packb(1)) + frame(msgpack.packb(2), b"x"))
    assert channel.receive() == (1, [])
    assert channel.receive() == (2, [b"x"])


@pytest.mark.parametrize(
    "sent",
    [
        struct.pack("!II", MAX_TREE + 1, 0),
        struct.pack("!II", 2**32 - 1, 0),
        struct.pack("!II", 1, MAX_BLOBS + 1),
        struct.pack("!IIQ", 1, 1, MAX_FRAME),
        struct.pack("!IIQQ", 1, 2, 2**63, 2**63),
    ],
    ids=["tree", "largest tree", "too many blobs", "blob", "largest blobs"],
)
def test_a_frame_that_announces_too_much_is_refused_at_once(raw, sent):
    channel, theirs = raw
    theirs.sendall(sent)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(ChannelError, match="too large"):
        channel.receive()


@pytest.mark.parametrize("cut", [0, 3, 8, 12, 16, 18, 20])
def test_a_frame_that_ends_early_is_the_end_of_the_process(raw, cut):
    whole = frame(msgpack.packb([1]), b"blob!")
    assert cut < len(whole)
    channel, theirs = raw
    theirs.sendall(whole[:cut])
    theirs.close()
    with pytest.raises(ChannelError, match="the process is gone"):
        channel.receive()


@pytest.mark.parametrize(
    "tree",
    [
        b"",
        b"\xc1",
        msgpack.packb([1]) + b"\x01",
        msgpack.packb([1, 2])[:-1],
        b"\xa2\xff\xfe",
        b"\x91" * 5000 + b"\x01",
        b"\x81\x01\x02",
        b"\x81\x91\x01\x02",
        msgpack.packb(msgpack.ExtType(5, b"x")),
        b"\xdd\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
    ],
    ids=repr,
)
def test_a_tree_that_is_no_msgpack_of_ours_is_refused(raw, tree):
    channel, theirs = raw
    theirs.sendall(frame(tree))
    with pytest.raises(ChannelError):
        channel.receive()


def test_garbage_is_refused(raw):
    draw = random.Random(4)
    refused = 0
    for _ in range(500):
        ours, theirs = socket.socketpair()
        channel = Channel(ours)
        theirs.sendall(draw.randbytes(draw.randrange(64)))
        theirs.close()
        with pytest.raises(ChannelError):
            channel.receive()
        channel.close()
        refused += 1
    assert refused == 500


def test_a_giant_header_alone_allocates_nothing(raw):
    """A process that announces 250 MB and sends none must not cost the grader any memory."""
    channel, theirs = raw
    theirs.sendall(struct.pack("!IIQ", 1, 1, MAX_FRAME - 2) + b"\xc0")
    theirs.shutdown(socket.SHUT_WR)
    tracemalloc.start()
    try:
        with pytest.raises(ChannelError, match="gone"):
            channel.receive()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * 2**20


def test_what_is_too_large_is_not_sent(raw):
    channel, theirs = raw
    for tree, blobs in (
        (bytes(MAX_TREE + 1), []),
        (1, [b""] * (MAX_BLOBS + 1)),
        (1, [np.lib.stride_tricks.as_strided(np.zeros(1, np.uint8), (MAX_FRAME,), (0,))]),
    ):
        with pytest.raises(ValueError, match="too large"):
            channel.send(tree, blobs)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


def test_sending_to_a_process_that_is_gone_is_its_end(raw):
    channel, theirs = raw
    theirs.close()
    with pytest.raises(ChannelError, match="gone"):
        channel.send([1])


class GaveUpError(Exception):
    pass


def impatient(sock: socket.socket, patience: int) -> tuple[Channel, list[int]]:
    """A channel that waits for `patience` ticks, and the list that its ticks go to."""
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(1)
        if len(ticks) >= patience:
            raise GaveUpError

    return Channel(sock, tick), ticks


def test_a_channel_with_a_tick_can_give_up_while_it_waits_for_an_answer():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel, ticks = impatient(ours, 3)
        with pytest.raises(GaveUpError):
            channel.receive()
        assert len(ticks) == 3


def test_a_channel_with_a_tick_can_give_up_while_nobody_reads():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel, _ = impatient(ours, 3)
        with pytest.raises(GaveUpError):
            channel.send(1, [bytes(50 * 2**20)])


def test_a_trickle_of_bytes_does_not_keep_a_channel_from_giving_up():
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def drip() -> None:
        theirs.sendall(struct.pack("!IIQ", 1, 1, 2**20) + b"\xc0")
        for _ in range(5000):
            if stop.wait(0.001):
                return
            theirs.sendall(b".")
        theirs.shutdown(socket.SHUT_WR)

    dripping = threading.Thread(target=drip)
    with ours, theirs:
        channel, _ = impatient(ours, 5)
        dripping.start()
        try:
            with pytest.raises(GaveUpError):
                channel.receive()
        finally:
            stop.set()
            dripping.join()


def test_a_channel_with_a_tick_passes_large_frames_in_both_directions():
    ours, theirs = socket.socketpair()
    blob = random.Random(1).randbytes(3 * 2**20)
    with ours, theirs:
        outside, inside = Channel(ours, lambda: None), Channel(theirs)

        def answer() -> None:
            tree, blobs = inside.receive()
            inside.send([tree, "back"], blobs)

        answering = threading.Thread(target=answer)
        answering.start()
        outside.send("there", [memoryview(blob)])
        assert outside.receive() == (["there", "back"], [blob])
        answering.join()

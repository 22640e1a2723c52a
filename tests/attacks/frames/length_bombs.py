"""Headers that announce far more than there is: in the tree, in the number of arrays, in the length of one.

Says: not an answer
"""

import gc
import itertools

channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")
BOMBS = itertools.cycle(
    [
        b"\xff" * 4 + bytes(4),
        bytes(4) + b"\xff" * 4,
        b"\x00\x00\x00\x01\x00\x00\x00\x01" + b"\x7f" + b"\xff" * 7,
        b"\x00\x00\x00\x05\x00\x00\x00\x00\xdd\xff\xff\xff\xff",
        b"\x00\x00\x10\x00\x00\x00\x00\x00" + b"\x91" * 4096,
        b"\x00\x00\x00\x03\x00\x00\x00\x00\xc7\x00\x05",
    ]
)


def attack(*args, **kwargs):
    channel._write(next(BOMBS))
    channel.receive()

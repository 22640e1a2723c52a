"""An answer that arrives one byte at a time, for ever.

Says: took more than
"""

import gc
import time

channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")


def confusion_matrix(*args):
    channel._write(b"\x00\x10\x00\x00\x00\x00\x00\x00\xdd\x00\x0f\x00\x00")
    while True:
        channel._write(b"\xc0")
        time.sleep(0.01)

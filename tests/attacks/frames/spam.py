"""A thread that goes on writing answers after the call has returned.

Says: not an answer|wrong value
"""

import gc
import threading

channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")


def spam():
    while True:
        channel.send({"value": 0.123})


def attack(*args, **kwargs):
    threading.Thread(target=spam, daemon=True).start()
    return 0.123

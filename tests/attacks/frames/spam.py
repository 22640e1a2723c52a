"""A thread that goes on writing answers after the call has returned.

Says: no answer|wrong value
"""

import gc
import threading

server = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Server")


def spam():
    while True:
        server._channel.send({"value": 0.123})


def attack(*args, **kwargs):
    threading.Thread(target=spam, daemon=True).start()
    return 0.123

"""Ends the main thread, and with it what the kernel tells about the memory of the process; another thread goes on.

Says: process ended
"""

import ctypes
import gc
import threading
import time

server = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Server")


def work():
    time.sleep(0.5)  # here it could take all the memory of the machine
    server._channel.send({"raised": ["RuntimeError", "ESCAPED: nobody watches", 1, True]})


def confusion_matrix(*args):
    threading.Thread(target=work, daemon=True).start()
    ctypes.CDLL(None).syscall(60, 0)

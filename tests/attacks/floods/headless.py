"""Ends the main thread, and with it what the kernel tells about the memory of the process; another thread goes on.

Says: process ended
"""

import ctypes
import gc
import threading
import time

channel = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Channel")


def work():
    time.sleep(0.5)  # here it could take all the memory of the machine
    channel.send({"raised": ["RuntimeError", "ESCAPED: nobody watches", 1, True]})


def confusion_matrix(*args):
    threading.Thread(target=work, daemon=True).start()
    ctypes.CDLL(None).syscall(60, 0)

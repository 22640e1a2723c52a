"""Waits for ever and uses no CPU time.

Says: took more than
"""

import threading


def confusion_matrix(*args):
    threading.Event().wait()

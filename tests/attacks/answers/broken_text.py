"""Text in an array that is no Unicode: printing it fails, and must not take the other tests with it."""

import numpy as np


def confusion_matrix(*args):
    return np.frombuffer(b"\xff\xff\xff\xff", "<U1")

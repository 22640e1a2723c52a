"""Crashes the interpreter by reading from address 0.

Says: process ended
"""

import ctypes


def confusion_matrix(*args):
    ctypes.string_at(0)

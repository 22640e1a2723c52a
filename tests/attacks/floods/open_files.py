"""Pipes and files until none can be opened, each filled.

Says: Too many open files
"""

import os


def confusion_matrix(*args):
    kept = []
    while True:
        kept.append(os.pipe())
        os.set_blocking(kept[-1][1], False)
        os.write(kept[-1][1], bytes(2**16))

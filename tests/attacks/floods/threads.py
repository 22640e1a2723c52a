"""Ten thousand threads with small stacks.

Says: threads|CPU time|can't start
"""

import threading


def confusion_matrix(*args):
    threading.stack_size(32768)
    forever = threading.Event()
    for _ in range(10_000):
        threading.Thread(target=forever.wait, daemon=True).start()

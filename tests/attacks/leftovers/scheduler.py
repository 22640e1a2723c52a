"""Slows down the process that the next submission comes from: it would inherit its priority and its processors.

Says: nothing was changed
"""

import os

WAYS = {
    "affinity": lambda: os.sched_setaffinity(os.getppid(), {min(os.sched_getaffinity(0))}),
    "policy": lambda: os.sched_setscheduler(os.getppid(), os.SCHED_IDLE, os.sched_param(0)),
    "parameters": lambda: os.sched_setparam(os.getppid(), os.sched_param(0)),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
}
changed = []
for name, way in WAYS.items():
    try:
        way()
        changed.append(name)
    except OSError:
        continue
raise RuntimeError(f"ESCAPED {changed}" if changed else "nothing was changed")

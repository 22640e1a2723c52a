"""Changes the rights, owner, times and attributes of a file of somebody else: no way of opening it is needed for that.

Says: nothing was changed
"""

import os

VICTIM = "@COURSE@/victim"
# Only ever this file: what the sandbox does not stop really happens.
assert os.path.isabs(VICTIM) and VICTIM.endswith("/victim"), VICTIM  # noqa: PT018
WAYS = {
    "chmod": lambda: os.chmod(VICTIM, 0),
    "chown": lambda: os.chown(VICTIM, os.getuid(), os.getgid()),
    "utime": lambda: os.utime(VICTIM, (1, 1)),
    "setxattr": lambda: os.setxattr(VICTIM, "user.attack", b"1"),
    "fchmod": lambda: os.fchmod(os.open(VICTIM, os.O_RDONLY), 0),
}
changed = []
for name, way in WAYS.items():
    try:
        way()
        changed.append(name)
    except OSError:
        continue
raise RuntimeError(f"ESCAPED {changed}" if changed else "nothing was changed")

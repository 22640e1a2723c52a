"""Looks for secrets in the environment, on the command line and in what is open.

Says: nothing was found
"""

import os
import sys
from pathlib import Path

texts = [*os.environ.keys(), *os.environ.values(), *sys.argv, *sys.path]
for name in ("environ", "cmdline", "mountinfo", "maps"):
    texts.append(Path(f"/proc/self/{name}").read_text(errors="replace"))
found = [text[:80] for text in texts if "CANARY" in text or "@COURSE@" in text or "hidden" in text]
kinds = [
    os.readlink(f"/proc/self/fd/{number}")
    for number in os.listdir("/proc/self/fd")
    if os.path.exists(f"/proc/self/fd/{number}")
]
found += [kind for kind in kinds if not kind.startswith(("socket:", "/dev/null"))]
sockets = [kind for kind in kinds if kind.startswith("socket:")]
if len(sockets) != 1:
    found.append(f"sockets: {sockets}")
raise RuntimeError(f"LEAKED {found}" if found else "nothing was found")

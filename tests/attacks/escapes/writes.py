"""Writes files everywhere, in its own folder links that lead out of it, and changes what is there.

Says: nothing was written
"""

import contextlib
import os
import sys
from pathlib import Path

import numpy

import grader.wall

KIT = Path(grader.wall.__file__).parents[2]
PLACES = ["/tmp", "/dev/shm", "/var/tmp", "/root", "/home", "/run", "/", "/etc", "/usr/lib", "/dev", "/proc/self", ".."]
PLACES += [KIT, KIT / "grader", KIT / "grader" / "wall", KIT / "datasets", sys.prefix, "@COURSE@", "@COURSE@/results"]
PLACES += [Path(numpy.__file__).parent]
written = []
for number, place in enumerate(PLACES):
    with contextlib.suppress(OSError):
        os.symlink(place, f"link{number}")
    target = Path(place, "@MARKER@")
    ways = {
        "file": lambda target=target: target.write_text("x"),
        "folder": lambda target=target: target.mkdir() or 1,
        "link": lambda target=target: target.symlink_to("/etc/passwd") or 1,
        "pipe": lambda target=target: os.mkfifo(target) or 1,
        "through a link": lambda number=number: Path(f"link{number}", "@MARKER@").write_text("x"),
        "rename": lambda target=target: (Path("own").write_text("x") and os.rename("own", target)) or 1,
    }
    for name, way in ways.items():
        try:
            way()
            written.append(f"{name} in {place}")
        except OSError:
            continue
for target in ("@COURSE@/victim", "@COURSE@/results/results.sqlite", "@COURSE@/submissions/bob/metrics.py"):
    for way in (lambda path: os.close(os.open(path, os.O_WRONLY)), lambda path: os.truncate(path, 0), os.unlink):
        try:
            way(target)
            written.append(target)
        except OSError:
            continue
raise RuntimeError(f"ESCAPED {written}" if written else "nothing was written")

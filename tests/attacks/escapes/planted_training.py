"""Looks for the outcomes of trainings that a class shares, and plants one that is perfect, under any key.

Says: nothing could be planted
"""

import json
import os
from pathlib import Path

FOLDER = Path("@COURSE@/results/trainings")
KEYS = ["known", "0" * 64, "f" * 64]
done = []
for key in KEYS:
    outcome = json.dumps({"key": key, "looks": [1.0]})
    ways = {
        "written": lambda key=key, outcome=outcome: (FOLDER / f"{key}.json").write_text(outcome),
        "appended": lambda key=key: os.open(FOLDER / f"{key}.json", os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        "moved": lambda key=key, outcome=outcome: (
            Path("planted").write_text(outcome),
            os.replace("planted", FOLDER / f"{key}.json"),
        ),
        "linked": lambda key=key: os.symlink("/dev/null", FOLDER / f"{key}.json"),
        "removed": lambda key=key: os.unlink(FOLDER / f"{key}.json"),
        "made": lambda: os.makedirs(FOLDER / "deeper"),
        "listed": lambda: os.listdir(FOLDER),
    }
    for name, way in ways.items():
        try:
            way()
            done.append(f"{name} {key}")
        except OSError:
            continue
raise RuntimeError(f"ESCAPED {done}" if done else "nothing could be planted")

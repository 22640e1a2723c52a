"""Imports files of a student, one after the other, and reports what goes wrong: for `pack`.

`python -m grader.learning.trial_import FILE...` is a process of its own, since a file may end it, or never end.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

SECONDS = 120  # for all files together; Keras alone takes several


def problems_of_importing(paths: list[Path], seconds: float = SECONDS) -> dict[Path, str]:
    """Return what goes wrong when each of `paths` is imported; "" where nothing does."""
    found: dict[Path, str] = {}
    left = list(paths)
    while left:
        events, late = _import(left, seconds)
        for event in events:
            found[left[event["file"]]] = event["problem"]
        stopped = [path for path in left if path not in found]
        if stopped:  # the process ended with the first of them
            why = f"is not imported after {seconds:g} seconds" if late else "ends Python when it is imported"
            found[stopped[0]] = f"{stopped[0].name} {why}"
        left = stopped[1:]
    return found


def _import(paths: list[Path], seconds: float) -> tuple[list[dict], bool]:
    """Return the reports of one process that imports `paths`, and whether it took too long."""
    command = [sys.executable, "-m", __name__, *map(str, paths)]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "TF_CPP_MIN_LOG_LEVEL": "3"}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=seconds,
        )
        output, late = done.stdout, False
    except subprocess.TimeoutExpired as error:
        output, late = error.stdout or b"", True
    return [event for line in output.splitlines() if (event := _event(line))], late


def _event(line: bytes) -> dict | None:
    """Return a report; the files under test may print, too."""
    try:
        event = json.loads(line)
        return event if isinstance(event, dict) and {"file", "problem"} == set(event) else None
    except ValueError:
        return None


def main() -> None:
    from grader.testing.student import CannotImport, load_module

    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for number, name in enumerate(sys.argv[1:]):
        problem = ""
        try:
            load_module(Path(name))
        except CannotImport as error:
            problem = str(error)
        print(json.dumps({"file": number, "problem": problem}), file=report, flush=True)


if __name__ == "__main__":
    main()

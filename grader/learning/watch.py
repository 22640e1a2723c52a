"""Reruns an exercise's visible tests whenever its file is saved, and moves on when it is complete."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime

from grader.kit.exercise import KIT, Exercise, load_catalog
from grader.learning.progress import load_progress

POLL_SECONDS = 0.3

Say = Callable[[str], None]
Stamp = tuple[int, int]


def watch(exercise: Exercise | None, say: Say) -> None:
    """Test `exercise`, by default the first that is not complete, then whichever is saved, until all are complete.

    Ctrl-C ends it.
    """
    current = exercise or next_incomplete(None, set())
    if current is None:
        say("Every exercise is complete.")
        return
    complete: set[str] = set()
    stamps = _stamps()
    while True:
        say(f"\n{current.number} {current.title}, {datetime.now():%H:%M:%S}")
        if run_tests(current):
            complete.add(current.name)
            following = next_incomplete(current, complete)
            if following is None:
                say(f"{current.number} is complete, and so is every exercise. Next: 'grader pack'.")
                return
            say(f"{current.number} is complete. Next: {following.number}, {following.title}.")
            current = following
            continue
        complete.discard(current.name)
        say(f"Waiting for you to save {current.folder.name}/{current.filename} (Ctrl-C ends).")
        current, stamps = _wait_for_a_save(stamps)


def run_tests(exercise: Exercise) -> bool:
    """Run the visible tests in a process of its own, as the student would; whether all passed."""
    command = [sys.executable, "-m", "pytest", "--no-header", "-q", "-rN", f"exercises/{exercise.name}"]
    return subprocess.run(command, cwd=KIT).returncode == 0


def next_incomplete(after: Exercise | None, complete: set[str]) -> Exercise | None:
    """Return the next exercise that is not complete, as far as is known; after the last comes the first."""
    progress = load_progress()
    exercises = list(load_catalog().values())
    start = exercises.index(after) + 1 if after else 0
    for exercise in exercises[start:] + exercises[:start]:
        if exercise.name not in complete and not progress.is_complete(exercise):
            return exercise
    return None


def _wait_for_a_save(before: dict[str, Stamp]) -> tuple[Exercise, dict[str, Stamp]]:
    """Return the exercise whose file was saved, once nothing more is written."""
    while True:
        time.sleep(POLL_SECONDS)
        now = _stamps()
        changed = [exercise for exercise in load_catalog().values() if _differs(exercise, before, now)]
        if changed:
            while (later := _after_a_moment()) != now:
                now = later
            return changed[0], now


def _after_a_moment() -> dict[str, Stamp]:
    time.sleep(POLL_SECONDS)
    return _stamps()


def _differs(exercise: Exercise, before: dict[str, Stamp], now: dict[str, Stamp]) -> bool:
    """Return whether a file was saved; one that is gone for a moment is being replaced by its editor."""
    return exercise.name in now and now[exercise.name] != before.get(exercise.name)


def _stamps() -> dict[str, Stamp]:
    """When the student's files were written, and their sizes."""
    found = {}
    for exercise in load_catalog().values():
        try:
            status = exercise.stub.stat()
        except OSError:
            continue
        found[exercise.name] = (status.st_mtime_ns, status.st_size)
    return found

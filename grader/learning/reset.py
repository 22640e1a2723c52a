"""Start an exercise again: the untouched file is put back, the student's is kept beside it."""

from datetime import datetime
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.kit.files import write_whole
from grader.learning.original import original
from grader.learning.progress import forget


def reset(exercise: Exercise) -> Path | None:
    """Put the untouched file back; returns where the student's own is kept, or None where there was none.

    A backup's name is not the one that is tested, packed or graded.
    """
    path = exercise.stub
    untouched = original(exercise).encode()
    try:
        backup = None
        if path.exists():
            if path.read_bytes().splitlines() == untouched.splitlines():
                return None
            backup = _free_name(path)
            path.replace(backup)
        try:
            write_whole(path, untouched)
        except GraderError:
            if backup is not None:
                backup.replace(path)
            raise
    except OSError as error:
        raise GraderError(f"cannot reset {path}: {error.strerror}; your file is still there") from None
    forget(exercise)
    return backup


def _free_name(path: Path) -> Path:
    """Return a name beside `path` that is not taken, even when two backups are made in one second."""
    stamp = f"{path.stem}.backup-{datetime.now():%Y%m%d-%H%M%S}"
    number, backup = 1, path.with_name(f"{stamp}{path.suffix}")
    while backup.exists():
        number += 1
        backup = path.with_name(f"{stamp}-{number}{path.suffix}")
    return backup

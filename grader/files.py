"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from grader.errors import GraderError


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, in folders that are made if need be; whatever stops it, no half a file is left.

    Raises:
        GraderError: it cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
    except OSError as error:
        raise GraderError(f"cannot write {path}: {error.strerror}") from None

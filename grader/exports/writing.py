"""Writes a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grader.errors import GraderError


def write_file(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whose folder is made if need be; what was there stays until all is written.

    Raises:
        GraderError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            try:
                file.write(content)
                os.fchmod(file.fileno(), 0o644)
                file.close()
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise
    except OSError as error:
        raise GraderError(f"cannot write {path}: {error.strerror}") from None

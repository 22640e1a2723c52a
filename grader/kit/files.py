"""Files that are written whole or not at all, and zip archives that come out the same every time."""

import contextlib
import io
import os
import tempfile
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

from grader.kit.errors import GraderError

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip archive can hold


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`, in folders that are made if need be; what was there stays until all is written.

    Raises:
        GraderError: it cannot be written; what was there before still is.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
            raise
    except OSError as error:
        raise GraderError(f"cannot write {path}: {error.strerror}") from None


def zip_of(files: Mapping[str, bytes], scripts: Collection[str] = ()) -> bytes:
    """Return a zip archive of `files` by path, with `/` between folders; `scripts` may be executed.

    The same files give the same bytes.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = (0o100755 if path in scripts else 0o100644) << 16
            archive.writestr(entry, files[path])
    return buffer.getvalue()

"""The files that ship with the kit: read only after their checksum has been compared."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent.parent / "files"
CHECKSUMS = "SHA256SUMS"


class DamagedFileError(RuntimeError):
    """A data file that is missing or is not the one that was shipped."""


class MissingFileError(DamagedFileError):
    """A data file that is not there: a kit has those that its exercises use."""


@cache
def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 by file name, from the list that `sha256sum --check` reads, too."""
    lines = (folder / CHECKSUMS).read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def read_file(name: str, folder: Path = FOLDER) -> bytes:
    """Return the content of a shipped file.

    Raises:
        DamagedFileError: it is not there, or it is not what was shipped.
    """
    remedy = "get it again from where you got the kit"
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        raise MissingFileError(
            f"the data file {folder / name} is missing: it comes with the exercises that use it; {remedy}"
        ) from None
    if hashlib.sha256(content).hexdigest() != checksums(folder)[name]:
        raise DamagedFileError(f"the data file {folder / name} is damaged (its checksum is wrong); {remedy}")
    return content


def read_arrays(name: str) -> dict[str, NDArray]:
    """Return the arrays of a shipped `.npz` file, by name."""
    with np.load(io.BytesIO(read_file(name)), allow_pickle=False) as file:
        return dict(file)

"""What lies in a folder or in an archive, without unpacking anything: names, and the bytes of the files asked for.

Since nothing of an archive is ever written to the disk, a path such as `../../etc/passwd`, a link or a device in it can
do no harm; what could is bounded: the number of entries, the size of a file that is read, and how much an archive
inflates. What cannot be read raises `UnreadableError` with a reason for people.
"""

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

MAX_ENTRIES = 50_000
MAX_ARCHIVE = 256 * 2**20  # of an archive within an archive
MAX_INFLATED = 2**30  # of what a compressed tar archive may become
MAX_RATIO = 1000  # of one member's size to what it takes up; text reaches 100
MAX_DEPTH = 3  # archives within archives
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError,
          RuntimeError, OSError, UnicodeError, OverflowError, MemoryError, KeyError, IndexError)  # fmt: skip


class UnreadableError(Exception):
    """A file, folder or archive that cannot be read, with the reason."""


@dataclass(frozen=True)
class Entry:
    """One file: where it lies, and how it is read. `regular` is false for a link, a device, a pipe."""

    parts: tuple[str, ...]
    regular: bool
    size: int
    modified: float
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        return self.parts[-1]


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES)


def folder_entries(folder: Path, skipped: frozenset[str]) -> Iterator[Entry]:
    """Yield the files of a folder at any depth, but not below one that is `skipped`. Links are not followed."""
    count = 0

    def refuse(error: OSError) -> None:
        raise UnreadableError(f"the folder cannot be read: {error.strerror}")

    for root, folders, names in os.walk(folder, followlinks=False, onerror=refuse):
        folders[:] = sorted(name for name in folders if name not in skipped)
        count += len(names) + len(folders)
        if count > MAX_ENTRIES:
            raise UnreadableError(f"the folder cannot be read: it holds more than {MAX_ENTRIES:,} files")
        for name in sorted(names):
            yield file_entry(Path(root) / name, Path(root, name).relative_to(folder).parts)


def file_entry(path: Path, parts: tuple[str, ...]) -> Entry:
    """One file on the disk."""

    def read() -> bytes:
        # The file could be exchanged for a link or a pipe in between; then it is not opened.
        try:
            fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            with os.fdopen(fd, "rb") as file:
                return file.read(MAX_ARCHIVE)
        except OSError as error:
            raise UnreadableError(f"{path.name} cannot be read: {error.strerror}") from None

    try:
        status = path.lstat()
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror}") from None
    return Entry(parts, stat.S_ISREG(status.st_mode), status.st_size, status.st_mtime, read)


def archive_entries(file: BinaryIO, name: str) -> Iterator[Entry]:
    """Yield the files of a zip or tar archive, in its order; read an entry before you ask for the next one.

    Raises:
        UnreadableError: damaged, encrypted, a bomb, or a path that leads out of the archive.
    """
    entries = _zip_entries(file) if name.lower().endswith(".zip") else _tar_entries(file)
    count = 0
    try:
        for entry in entries:
            count += 1
            if count > MAX_ENTRIES:
                raise UnreadableError(f"it holds more than {MAX_ENTRIES:,} files")
            if entry.parts:
                yield entry
    except UnreadableError as error:
        raise UnreadableError(f"the archive {name} cannot be used: {error}") from None
    except BROKEN as error:
        raise UnreadableError(f"the archive {name} is damaged: {error}") from None


def inner_entries(entry: Entry, depth: int = 1) -> Iterator[Entry]:
    """Yield the files of an archive that lies in a folder or in another archive, each as old as the archive itself."""
    if depth > MAX_DEPTH:
        raise UnreadableError(f"the archive {entry.name} lies {depth} archives deep")
    if entry.size > MAX_ARCHIVE:
        raise UnreadableError(f"the archive {entry.name} is larger than {MAX_ARCHIVE // 2**20} MB")
    for inner in archive_entries(io.BytesIO(entry.read()), entry.name):
        yield Entry((*entry.parts[:-1], *inner.parts), inner.regular, inner.size, entry.modified, inner.read)


def _parts(path: str) -> tuple[str, ...]:
    """Return the folders and the name of a path in an archive; some programs write backslashes."""
    parts = tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))
    if ".." in parts or path.startswith(("/", "\\")) or (parts and parts[0].endswith(":")):
        raise UnreadableError(f"it has a path that leads out of it: {path[:80]!r}")
    return parts


def _zip_entries(file: BinaryIO) -> Iterator[Entry]:
    with zipfile.ZipFile(file) as archive:
        if len(archive.infolist()) > MAX_ENTRIES:
            raise UnreadableError(f"it holds more than {MAX_ENTRIES:,} files")
        for info in archive.infolist():
            if not info.is_dir():
                yield _zip_entry(archive, info)


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    kind = stat.S_IFMT(info.external_attr >> 16)
    regular = kind in (0, stat.S_IFREG)
    return Entry(_parts(_zip_name(info)), regular, info.file_size, _zip_time(info), _zip_read(archive, info))


def class_archive(path: Path) -> tuple[list[Entry], list[tuple[str, ...]]]:
    """Return the files and the folders of the zip archive of a whole class, which stays open as long as they are used.

    Raises:
        UnreadableError: it is damaged, or has a path that leads out of it.
    """
    try:
        archive = zipfile.ZipFile(path)
        files = [_zip_entry(archive, info) for info in archive.infolist() if not info.is_dir()]
        return files, [_parts(_zip_name(info)) for info in archive.infolist() if info.is_dir()]
    except UnreadableError as error:
        raise UnreadableError(f"the archive {path.name} cannot be used: {error}") from None
    except BROKEN as error:
        raise UnreadableError(f"the archive {path.name} is damaged: {error}") from None


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return the name as it was meant: most programs that do not say so write UTF-8 all the same."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _zip_time(info: zipfile.ZipInfo) -> float:
    try:
        return datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def _zip_read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        name = info.filename.rsplit("/", 1)[-1][-80:]
        if info.flag_bits & 1:
            raise UnreadableError(f"{name} is encrypted")
        if info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise UnreadableError(f"{name} inflates more than {MAX_RATIO} times")
        try:
            with archive.open(info) as member:
                # What the directory of the archive says of the size need not be true.
                return member.read(min(info.file_size, MAX_ARCHIVE))
        except BROKEN as error:
            raise UnreadableError(f"{name} is damaged: {error}") from None

    return read


def _tar_entries(file: BinaryIO) -> Iterator[Entry]:
    with tarfile.open(fileobj=_Bounded(_inflated(file)), mode="r|") as archive:
        for member in archive:
            if member.isdir():
                continue
            parts = _parts(member.name)
            size = member.size if member.isreg() else 0
            yield Entry(parts, member.isreg(), size, float(member.mtime), _tar_read(archive, member))


def _inflated(file: BinaryIO) -> BinaryIO:
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(file)  # type: ignore[return-value]
    if start.startswith(b"BZh"):
        return bz2.open(file)  # type: ignore[return-value]
    return lzma.open(file) if start == b"\xfd7zXZ\0" else file  # type: ignore[return-value]


def _tar_read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            content = archive.extractfile(member)
            return b"" if content is None else content.read(MAX_ARCHIVE)
        except BROKEN as error:
            raise UnreadableError(f"{member.name.rsplit('/', 1)[-1][-80:]} is damaged: {error}") from None

    return read


class _Bounded(io.RawIOBase):
    """A stream that ends with an error when too much has come out of it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._left = stream, MAX_INFLATED

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        chunk = self._stream.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise UnreadableError(f"it inflates to more than {MAX_INFLATED // 2**20} MB")
        buffer[: len(chunk)] = chunk
        return len(chunk)

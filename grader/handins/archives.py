"""What lies in a folder or in an archive, without unpacking anything: names, and the bytes of the files asked for.

Since nothing of an archive is ever written to the disk, a path such as `../../etc/passwd`, a link or a device in it can
do no harm; what could is bounded, for all archives of a student together: the members, and what they inflate to. In a
folder no link is followed, on no level. What cannot be read raises `UnreadableError` with a reason for people.
"""

import bz2
import errno
import gzip
import io
import itertools
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from grader.kit.handin_limits import (
    MAX_DEPTH,
    MAX_FOLDERS,
    MAX_INFLATED,
    MAX_MEMBERS,
    megabytes,
)

CHUNK = 2**18
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError,
          RuntimeError, OSError, UnicodeError, OverflowError, KeyError, IndexError)  # fmt: skip
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class UnreadableError(Exception):
    """A file, folder or archive that cannot be read, with the reason."""


class BudgetEndedError(UnreadableError):
    """Reading a student's hand-in used up what one student may use; nothing more of it is read."""


class Budget:
    """What reading one student's hand-in may still use, over all archives, those within others included."""

    def __init__(self) -> None:
        self._members, self._inflated = MAX_MEMBERS, MAX_INFLATED

    def take_members(self, count: int = 1) -> None:
        self._members -= count
        if self._members < 0:
            raise BudgetEndedError(f"it holds more than {MAX_MEMBERS:,} files")

    def take_inflated(self, size: int) -> None:
        self._inflated -= size
        if self._inflated < 0:
            raise BudgetEndedError(f"it inflates to more than {megabytes(MAX_INFLATED)}")


@dataclass(frozen=True)
class Entry:
    """One file: where it lies, and how it is read. `regular` is false for a link, a device, a pipe."""

    parts: tuple[str, ...]
    regular: bool
    size: int
    modified: float
    open: Callable[[Budget], BinaryIO]

    @property
    def name(self) -> str:
        return self.parts[-1]

    def read(self, budget: Budget, limit: int) -> bytes:
        """Return the first `limit` bytes.

        Raises:
            UnreadableError: it is damaged, encrypted, a link by now, or more than the budget allows.
        """
        try:
            with self.open(budget) as file:
                return file.read(limit)
        except OSError as error:
            raise UnreadableError(f"{self.name} cannot be read: {_why(error)}") from None


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES)


def folder_entries(folder: Path, skipped: frozenset[str]) -> Iterator[Entry]:
    """Yield the files of a folder at any depth, but not below one that is `skipped`. No link is followed."""
    counted = Budget()
    try:
        yield from _entries_below(os.open(folder, FOLDER), folder, (), skipped, counted)
    except OSError as error:
        raise UnreadableError(f"the folder cannot be read: {_why(error)}") from None
    except UnreadableError as error:
        raise UnreadableError(f"the folder cannot be read: {error}") from None


def _entries_below(
    descriptor: int, folder: Path, parts: tuple[str, ...], skipped: frozenset[str], counted: Budget
) -> Iterator[Entry]:
    """Yield the files of the open folder `descriptor`, which lies at `parts` of `folder`, and close it."""
    try:
        if len(parts) > MAX_FOLDERS:
            raise UnreadableError(f"folders lie more than {MAX_FOLDERS} deep")
        files: list[str] = []
        folders: list[str] = []
        with os.scandir(descriptor) as found:
            for item in found:
                counted.take_members()
                is_folder = item.is_dir(follow_symlinks=False)
                (folders if is_folder else files).append(item.name)
        for name in sorted(files):
            status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            yield _entry_on_disk(folder, (*parts, name), (*parts, name), status)
        for name in sorted(set(folders) - skipped):
            inner = os.open(name, FOLDER, dir_fd=descriptor)
            yield from _entries_below(inner, folder, (*parts, name), skipped, counted)
    finally:
        os.close(descriptor)


def file_entry(path: Path, parts: tuple[str, ...]) -> Entry:
    """One file on the disk."""
    try:
        return _entry_on_disk(path.parent, (path.name,), parts, path.lstat())
    except OSError as error:
        raise UnreadableError(f"{path.name} cannot be read: {error.strerror}") from None


def _entry_on_disk(folder: Path, place: tuple[str, ...], parts: tuple[str, ...], status: os.stat_result) -> Entry:
    return Entry(
        parts, stat.S_ISREG(status.st_mode), status.st_size, status.st_mtime, lambda _: _open_beneath(folder, place)
    )


def _open_beneath(folder: Path, place: tuple[str, ...]) -> BinaryIO:
    """Open a file, one descriptor for each folder on the way: none of them can be exchanged for a link meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in place[:-1]:
            inner = os.open(name, FOLDER, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        # Nor does a pipe in the place of the file make anybody wait.
        fd = os.open(place[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=descriptor)
    finally:
        os.close(descriptor)
    return os.fdopen(fd, "rb")


def _why(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):  # that is what an open without links says of one
        return "a link is not followed"
    return error.strerror or str(error)


def archive_entries(file: BinaryIO, name: str, budget: Budget) -> Iterator[Entry]:
    """Yield the files of a zip or tar archive, in its order; read an entry before you ask for the next one.

    Raises:
        UnreadableError: damaged, encrypted, a bomb, or a path that leads out of the archive.
        BudgetEndedError: with all that was read before, it is too much.
    """
    entries = _zip_entries(file, budget) if name.lower().endswith(".zip") else _tar_entries(file, budget)
    try:
        for entry in entries:
            if entry.parts:
                yield entry
    except BudgetEndedError:
        raise
    except UnreadableError as error:
        raise UnreadableError(f"the archive {name} cannot be used: {error}") from None
    except BROKEN as error:
        raise UnreadableError(f"the archive {name} is damaged: {error}") from None


def inner_entries(entry: Entry, depth: int, budget: Budget) -> Iterator[Entry]:
    """Yield the files of an archive that lies in a folder or in another archive, each as old as the archive itself."""
    if depth > MAX_DEPTH:
        raise UnreadableError(f"the archive {entry.name} lies {depth} archives deep")
    try:
        file = entry.open(budget)
    except OSError as error:
        raise UnreadableError(f"{entry.name} cannot be read: {_why(error)}") from None
    with file:
        for inner in archive_entries(file, entry.name, budget):
            yield replace(inner, parts=(*entry.parts[:-1], *inner.parts), modified=entry.modified)


def _parts(path: str) -> tuple[str, ...]:
    """Return the folders and the name of a path in an archive; some programs write backslashes."""
    parts = tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))
    if ".." in parts or path.startswith(("/", "\\")) or (parts and parts[0].endswith(":")):
        raise UnreadableError(f"it has a path that leads out of it: {path[:80]!r}")
    return parts


def _zip_entries(file: BinaryIO, budget: Budget) -> Iterator[Entry]:
    with zipfile.ZipFile(file) as archive:
        budget.take_members(len(archive.infolist()))
        _refuse_overlaps(archive.infolist())
        for info in archive.infolist():
            if not info.is_dir():
                yield _zip_entry(archive, info)


def _refuse_overlaps(members: list[zipfile.ZipInfo]) -> None:
    """The same bytes as the content of many members are what a bomb is made of, and nothing else is."""
    members = sorted(members, key=lambda info: info.header_offset)
    for info, following in itertools.pairwise(members):
        if info.header_offset + info.compress_size > following.header_offset:
            raise UnreadableError("files in it overlap")


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    kind = stat.S_IFMT(info.external_attr >> 16)
    regular = kind in (0, stat.S_IFREG)
    return Entry(
        _parts(_zip_name(info)), regular, info.file_size, _zip_time(info), partial(_open_in_zip, archive, info)
    )


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


def _open_in_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> BinaryIO:
    name = info.filename.rsplit("/", 1)[-1][-80:]
    if info.flag_bits & 1:
        raise UnreadableError(f"{name} is encrypted")
    content = io.BytesIO()
    try:
        with archive.open(info) as member:  # never yields more than the directory of the archive says
            while chunk := member.read(CHUNK):
                budget.take_inflated(len(chunk))
                content.write(chunk)
    except BROKEN as error:
        raise UnreadableError(f"{name} is damaged: {error}") from None
    content.seek(0)
    return content


def _tar_entries(file: BinaryIO, budget: Budget) -> Iterator[Entry]:
    with tarfile.open(fileobj=_Counted(_inflated(file), budget), mode="r|") as archive:
        for member in archive:
            budget.take_members()
            if not member.isdir():
                size = member.size if member.isreg() else 0
                opened = partial(_open_in_tar, archive, member)
                yield Entry(_parts(member.name), member.isreg(), size, float(member.mtime), opened)


def _inflated(file: BinaryIO) -> BinaryIO:
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return gzip.open(file)  # type: ignore[return-value]
    if start.startswith(b"BZh"):
        return bz2.open(file)  # type: ignore[return-value]
    return lzma.open(file) if start == b"\xfd7zXZ\0" else file  # type: ignore[return-value]


def _open_in_tar(archive: tarfile.TarFile, member: tarfile.TarInfo, _: Budget) -> BinaryIO:
    try:
        content = archive.extractfile(member)
        return io.BytesIO(b"" if content is None else content.read())  # counted as it comes out of the archive
    except BROKEN as error:
        raise UnreadableError(f"{member.name.rsplit('/', 1)[-1][-80:]} is damaged: {error}") from None


class _Counted(io.RawIOBase):
    """A stream whose every byte is taken from a budget."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self._stream, self._budget = stream, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        chunk = self._stream.read(len(buffer))
        self._budget.take_inflated(len(chunk))
        buffer[: len(chunk)] = chunk
        return len(chunk)

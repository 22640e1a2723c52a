"""What a student's process keeps in files, seen from outside: bytes and files, those without a name included."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from grader.wall.limits import UNNAMED_SECONDS, Limits

BLOCK = 512  # bytes of a block in stat(2)
# Fields of a line of /proc/PID/maps.
INODE_FIELD, PATH_FIELD = 4, 5


class Storage(Protocol):
    """Where one process writes."""

    def used(self) -> tuple[int, int]:
        """Return how many bytes and how many files are kept there now.

        Raises:
            OSError: the process made folders that cannot be looked into.
        """


class OwnFileSystem:
    """A file system of the sandbox's own, by a descriptor of one of its folders: it counts what it holds itself."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._files_before = 0
        self._files_before = self.used()[1]

    def used(self) -> tuple[int, int]:
        state = os.fstatvfs(self._descriptor)
        return (state.f_blocks - state.f_bfree) * state.f_frsize, state.f_files - state.f_ffree - self._files_before


class Folder:
    """A folder on a file system that others use, too: what lies in it, and now and then what process `pid` holds open
    or mapped that has no name any more.
    """

    def __init__(self, folder: Path, pid: int, limits: Limits) -> None:
        self._folder, self._process = str(folder.resolve()), Path(f"/proc/{pid}")
        self._file_bytes = limits.file_bytes
        self._unnamed = 0
        self._looked = 0.0

    def used(self) -> tuple[int, int]:
        size, count = self._named()
        now = time.monotonic()
        if now - self._looked > UNNAMED_SECONDS:
            self._looked, self._unnamed = now, self._find_unnamed()
        return size + self._unnamed, count

    def _named(self) -> tuple[int, int]:
        size = count = 0
        folders = [self._folder]
        try:
            while folders:
                with os.scandir(folders.pop()) as entries:
                    for entry in entries:
                        count += 1
                        size += entry.stat(follow_symlinks=False).st_blocks * BLOCK
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(entry.path)
        except FileNotFoundError:
            pass  # it was just removed
        return size, count

    def _find_unnamed(self) -> int:
        """Return the bytes of files without a name; one that is only mapped may be as large as a file can be."""
        sizes = dict.fromkeys(self._unnamed_maps(), self._file_bytes)
        for state in self._open_files():
            if state.st_nlink == 0:
                sizes[state.st_ino] = state.st_blocks * BLOCK
        return sum(sizes.values())

    def _open_files(self) -> Iterator[os.stat_result]:
        with contextlib.suppress(OSError):  # it has just ended
            for descriptor in os.listdir(self._process / "fd"):
                with contextlib.suppress(OSError):  # it was just closed
                    yield os.stat(self._process / "fd" / descriptor)

    def _unnamed_maps(self) -> set[int]:
        """Return the inodes of what is mapped and has no name."""
        try:
            lines = (self._process / "maps").read_text(errors="replace").splitlines()
        except OSError:
            return set()
        deleted = [line.split(maxsplit=PATH_FIELD) for line in lines if line.endswith(" (deleted)")]
        return {int(fields[INODE_FIELD]) for fields in deleted if fields[PATH_FIELD].startswith(self._folder)}

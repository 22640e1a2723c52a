"""Gradescope: the zip file of an autograder, with the kit, its hidden graders and the key that inputs are drawn with.

The layout is that of https://gradescope-autograders.readthedocs.io/en/latest/specs/: `setup.sh` runs once, when
Gradescope builds the image; `run_autograder` for every submission. What is in the zip is found in /autograder/source.
"""

import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.class_run.store import KEY
from grader.kit.errors import GraderError
from grader.kit.exercise import HIDDEN, KIT, Exercise
from grader.kit.files import write_whole, zip_of
from grader.kit.room_rights import ROOMS, deciding_files, deciding_files_of, files_in
from grader.kit.templates import render
from grader.wall.confine import SandboxLevel

# At `process`, a submission that is made for it reads the hidden tests and writes its own points: only when asked for.
SANDBOXES = ("auto", SandboxLevel.BUBBLEWRAP, SandboxLevel.LANDLOCK, SandboxLevel.PROCESS)


def make_autograder(out: Path, exercises: list[Exercise], level: str, sandbox: str = "auto") -> None:
    """Write the autograder that grades `exercises`, at a feedback level and in a sandbox, to the zip file `out`.

    A zip file that is there already keeps its key, so that what was graded with it is graded alike again.

    Raises:
        GraderError: `out` cannot be written, or is something else; there is no such sandbox.
    """
    if sandbox not in SANDBOXES:
        raise GraderError(f"there is no sandbox '{sandbox}' for an autograder; choose from {', '.join(SANDBOXES)}")
    if out.suffix != ".zip":
        raise GraderError(f"{out} does not end with .zip, and Gradescope takes nothing else")
    key = _key_of(out) or secrets.token_hex(32).encode()
    scripts = {
        "setup.sh": render("publishing", "setup.sh.j2").encode(),
        "run_autograder": render("publishing", "run_autograder.sh.j2", level=level, sandbox=sandbox).encode(),
    }
    kit = {f"kit/{path.relative_to(KIT).as_posix()}": path.read_bytes() for path in _files(exercises)}
    write_whole(out, zip_of(kit | scripts | {KEY: key}, scripts))


def _key_of(out: Path) -> bytes:
    """Return the key in an autograder that is there already."""
    if not out.exists():
        return b""
    try:
        with zipfile.ZipFile(out) as archive:
            return archive.read(KEY)
    except (OSError, zipfile.BadZipFile, KeyError):
        raise GraderError(f"{out} is there and no autograder of this kit: choose another name") from None


def _files(exercises: list[Exercise]) -> Iterator[Path]:
    """Yield the kit as far as grading needs it: every room, and of these exercises what ships and what decides.

    No solution and no correct code is among them, and nothing of another exercise.
    """
    if not all(any(exercise.hidden.glob("test_*.py")) for exercise in exercises):
        raise GraderError(f"there is a hidden grader missing in {HIDDEN}: this kit cannot grade")
    yield from sorted(path for path in KIT.iterdir() if path.is_file() and not path.name.startswith("."))
    of_rooms = (path for room in ROOMS for path in files_in(room.folder))
    of_exercises = (path for each in exercises for path in (each.stub, *each.shipped, *deciding_files_of(each)))
    yield from dict.fromkeys([*deciding_files(), *of_rooms, *of_exercises])

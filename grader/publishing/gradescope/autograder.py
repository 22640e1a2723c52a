"""Gradescope: the zip file of an autograder, with the kit, its hidden graders and the key that inputs are drawn with.

The layout is that of https://gradescope-autograders.readthedocs.io/en/latest/specs/: `setup.sh` runs once, when
Gradescope builds the image; `run_autograder` for every submission. What is in the zip is found in /autograder/source.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.class_run.store import KEY
from grader.kit.errors import GraderError
from grader.kit.exercise import HIDDEN, KIT, Exercise
from grader.kit.files import write_whole
from grader.kit.rooms import ROOMS, deciding_files, deciding_files_of, files_in

SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image of the autograder (Ubuntu).
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends bubblewrap ca-certificates
python=
for candidate in python3.12 python3.13 python3.11; do
    if apt-cache show "$candidate-venv" > /dev/null 2>&1; then
        python="$candidate"
        break
    fi
done
# Images older than Ubuntu 24.04 bring a Python that is too old for the kit.
if [ -z "$python" ]; then
    apt-get install -y --no-install-recommends software-properties-common
    add-apt-repository -y ppa:deadsnakes/ppa
    apt-get update
    python=python3.12
fi
apt-get install -y --no-install-recommends "$python" "$python-venv"
"$python" -m venv /autograder/venv
/autograder/venv/bin/pip install --no-cache-dir --editable /autograder/source/kit
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for every submission: it grades /autograder/submission and writes results/results.json.
set -euo pipefail
root="${{AUTOGRADER_ROOT:-/autograder}}"
export TF_CPP_MIN_LOG_LEVEL=3
cd "$root/source/kit"
exec "$root/venv/bin/python" -m grader.publishing.gradescope.run --root "$root" --level {level}
"""


def make_autograder(out: Path, exercises: list[Exercise], level: str) -> None:
    """Write the autograder that grades `exercises` to the zip file `out`.

    A zip file that is there already keeps its key, so that what was graded with it is graded alike again.

    Raises:
        GraderError: `out` cannot be written, or is something else.
    """
    if out.suffix != ".zip":
        raise GraderError(f"{out} does not end with .zip, and Gradescope takes nothing else")
    key = _key_of(out) or secrets.token_hex(32).encode()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        _add(archive, "setup.sh", SETUP.encode(), 0o755)
        _add(archive, "run_autograder", RUN.format(level=level).encode(), 0o755)
        _add(archive, KEY, key)
        for path in _files(exercises):
            _add(archive, f"kit/{path.relative_to(KIT).as_posix()}", path.read_bytes())
    write_whole(out, content.getvalue())


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    """Equal files make an equal zip file: there is no time in it."""
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def _key_of(out: Path) -> bytes:
    """The key in an autograder that is there already."""
    if not out.exists():
        return b""
    try:
        with zipfile.ZipFile(out) as archive:
            return archive.read(KEY)
    except (OSError, zipfile.BadZipFile, KeyError):
        raise GraderError(f"{out} is there and no autograder of this kit: choose another name") from None


def _files(exercises: list[Exercise]) -> Iterator[Path]:
    """The kit as far as grading needs it: every room, and of these exercises what ships and what decides.

    No solution and no correct code is among them, and nothing of another exercise.
    """
    if not all(any(exercise.hidden.glob("test_*.py")) for exercise in exercises):
        raise GraderError(f"there is a hidden grader missing in {HIDDEN}: this kit cannot grade")
    yield from sorted(path for path in KIT.iterdir() if path.is_file() and not path.name.startswith("."))
    of_rooms = (path for room in ROOMS for path in files_in(room.folder))
    of_exercises = (path for each in exercises for path in (each.stub, *each.shipped, *deciding_files_of(each)))
    yield from dict.fromkeys([*deciding_files(), *of_rooms, *of_exercises])

"""What decides a result, as one hash: the file, its exercise's graders, the kit, the profile, the course's key.

The student is not part of it: equal files get equal inputs and equal results, whoever hands them in, and need to be
graded only once.
"""

import hashlib
import os
from functools import cache

from grader.grading.lane import versions
from grader.handins.hand_ins import HandIn
from grader.kit.exercise import KIT, Exercise
from grader.kit.room_rights import deciding_files, deciding_files_of


def content_hash(exercise: Exercise, hand_in: HandIn, course_key: bytes, profile: str) -> str:
    """Return the hash of everything that decides a result."""
    parts = [hand_in.note.encode(), b"" if hand_in.source is None else b"handed in:" + hand_in.source]
    parts += [course_key, profile.encode(), os.environ.get("KERAS_BACKEND", "").encode(), kit_hash()]
    parts += [path.read_bytes() for path in deciding_files_of(exercise)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


@cache
def kit_hash() -> bytes:
    """Return the hash of the kit's deciding parts and of the libraries' versions."""
    digest = hashlib.sha256(repr(sorted(versions().items())).encode())
    for path in deciding_files():
        digest.update(f"{path.relative_to(KIT).as_posix()} {path.stat().st_size}\n".encode() + path.read_bytes())
    return digest.digest()

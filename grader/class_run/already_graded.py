"""What decides a result, as one hash: the file, its exercise's graders, the kit, the profile, the course's key.

The student is not part of it: equal files get equal inputs and equal results, whoever hands them in, and need to be
graded only once.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache

from grader.grading.hidden_run import hidden_files
from grader.grading.lane import versions
from grader.handins.find import HandIn
from grader.kit.exercise import KIT, Exercise

# The rooms of the kit that decide what a submission earns, beside the exercise's own hidden tests.
DECIDING = (
    "grader/*.py",
    "grader/kit/*.py",
    "grader/testing/*.py",
    "grader/wall/*.py",
    "grader/grading/*.py",
    "grader/hidden/*.py",  # what the hidden tests of several exercises share
    "datasets/course_data/**/*.py",
    "datasets/files/*",
)


def content_hash(exercise: Exercise, hand_in: HandIn, course_key: bytes, profile: str) -> str:
    """The hash of everything that decides a result."""
    parts = [hand_in.note.encode(), b"" if hand_in.source is None else b"handed in:" + hand_in.source]
    parts += [course_key, profile.encode(), os.environ.get("KERAS_BACKEND", "").encode(), kit_hash()]
    parts += [path.read_bytes() for path in (exercise.manifest, *hidden_files(exercise))]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


@cache
def kit_hash() -> bytes:
    """The hash of the kit's deciding parts and of the libraries' versions."""
    digest = hashlib.sha256(repr(sorted(versions().items())).encode())
    for pattern in DECIDING:
        for path in sorted(KIT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.digest()

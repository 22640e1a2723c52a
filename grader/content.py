"""What decides a result, as one hash: the file, its exercise's graders, the kit, the profile, the course's key.

The student is not part of it: equal files get equal inputs and equal results, whoever hands them in, and need to be
graded only once.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache

from grader.catalog import KIT, Exercise
from grader.grade import versions
from grader.grading_run import hidden_files
from grader.submissions import HandIn

# The parts of the kit that decide what a submission earns, beside the exercise's own hidden tests.
DECIDING = (
    "grader/*.py",
    "grader/wall/*.py",
    "grader/hidden/*.py",  # what the hidden tests of several exercises share
    "datasets/**/*.py",
    "datasets/files/SHA256SUMS",
)
NOT_DECIDING = {
    "batch.py",
    "board.py",
    "cli.py",
    "cluster.py",
    "demo_class.py",
    "feedback_level.py",
    "files.py",
    "fingerprint.py",
    "hint_files.py",
    "hinting.py",
    "importing.py",
    "ladder.py",
    "lanes.py",
    "leaks.py",
    "lms.py",
    "new_exercise.py",
    "originals.py",
    "pack.py",
    "pictures.py",
    "progress.py",
    "recognise.py",
    "release.py",
    "resetting.py",
    "roster.py",
    "similar.py",
    "store.py",
    "stubs.py",
    "submissions.py",
    "tables.py",
    "trees.py",
    "verify.py",
    "watch.py",
}


def content_hash(exercise: Exercise, hand_in: HandIn, course_key: bytes, profile: str) -> str:
    """The hash of everything that decides a result."""
    parts = [hand_in.note.encode(), b"" if hand_in.source is None else b"handed in:" + hand_in.source]
    parts += [course_key, profile.encode(), os.environ.get("KERAS_BACKEND", "").encode(), kit_hash()]
    parts += [path.read_bytes() for path in (exercise.folder / "exercise.toml", *hidden_files(exercise))]
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
            if path.name not in NOT_DECIDING:
                digest.update(path.read_bytes())
    return digest.digest()

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
# By path: `grader/watch.py` decides nothing, `grader/wall/watch.py` has every limit.
NOT_DECIDING = {
    "grader/batch.py",
    "grader/board.py",
    "grader/cli.py",
    "grader/cluster.py",
    "grader/demo_class.py",
    "grader/feedback_level.py",
    "grader/files.py",
    "grader/fingerprint.py",
    "grader/hint_files.py",
    "grader/hinting.py",
    "grader/importing.py",
    "grader/ladder.py",
    "grader/lanes.py",
    "grader/leaks.py",
    "grader/lms.py",
    "grader/new_exercise.py",
    "grader/originals.py",
    "grader/pack.py",
    "grader/pictures.py",
    "grader/progress.py",
    "grader/recognise.py",
    "grader/release.py",
    "grader/resetting.py",
    "grader/roster.py",
    "grader/similar.py",
    "grader/store.py",
    "grader/stubs.py",
    "grader/submissions.py",
    "grader/tables.py",
    "grader/trees.py",
    "grader/verify.py",
    "grader/watch.py",
}


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
            if path.relative_to(KIT).as_posix() not in NOT_DECIDING:
                digest.update(path.read_bytes())
    return digest.digest()

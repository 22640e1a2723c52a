"""The untouched file of an exercise: shipped with the student kit, made from the solution where there is one."""

from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.exercise import KIT, Exercise
from grader.kit.stubs import expected_stub

FOLDER = "grader/learning/originals"
SUMS = "SHA256SUMS"  # every other file of a kit, as `sha256sum --check` reads it


def original(exercise: Exercise) -> str:
    """Return the text of the exercise's file as it was handed out."""
    shipped = KIT / path_of(exercise)
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    if not exercise.solution.is_file():
        raise GraderError(f"the kit lacks {path_of(exercise)}: get it again from where you got the kit")
    return expected_stub(exercise)


def is_untouched(exercise: Exercise) -> bool:
    """Whether the exercise's file says what it said when it was handed out, whatever ends its lines."""
    try:
        return exercise.stub.read_bytes().splitlines() == original(exercise).encode().splitlines()
    except (OSError, GraderError):
        return False


def path_of(exercise: Exercise) -> Path:
    """Where the student kit keeps it, from the kit's folder."""
    return Path(FOLDER) / f"{exercise.name}.py"

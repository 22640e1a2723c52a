"""A small class to try the grader on: perfect, half done, typical mistakes, untouched and hostile."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, load_catalog
from grader.kit.stubs import BEGIN, END, expected_stub, make_stub
from grader.misconceptions.reading import read_misconceptions, submission_with

LAST = "ex08"
# What a student might try in order to get points without doing the work. None of it reaches the grader.
HOSTILE = '''
import atexit, builtins, os, sys

class AlwaysEqual:
    """Says yes to every comparison, in the student's own process."""
    __eq__ = __ge__ = __le__ = __gt__ = __lt__ = lambda self, other: True
    __hash__ = None
    def __array__(self, *args, **kwargs): raise TypeError
    def __getattr__(self, name): return AlwaysEqual()
    def __call__(self, *args, **kwargs): return AlwaysEqual()

def _exit_happily(): os._exit(0)
atexit.register(_exit_happily)

for _name in ("assert_allclose", "assert_array_equal"):
    import numpy.testing
    setattr(numpy.testing, _name, lambda *args, **kwargs: None)

def __getattr__(name): return AlwaysEqual()
'''


def exercises() -> list[Exercise]:
    """Those that are graded in seconds; later ones train networks for longer."""
    return [exercise for exercise in load_catalog().values() if exercise.number <= LAST]


def make_class(folder: Path | None) -> Path:
    """Write the submissions into `folder`/submissions, by default a new temporary folder; returns `folder`."""
    try:
        folder = folder or Path(tempfile.mkdtemp(prefix="grader-demo-"))
        folder.mkdir(parents=True, exist_ok=True)
        if any(path.name not in ("submissions", "results") for path in folder.iterdir()):
            raise GraderError(f"{folder} is not empty: choose another folder for the demo class")
        for student, make in STUDENTS.items():
            for exercise in exercises():
                path = folder / "submissions" / student / exercise.name / exercise.filename
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(make(exercise), encoding="utf-8")
    except OSError as error:
        raise GraderError(f"cannot write the demo class to {folder}: {error.strerror}") from None
    return folder


def _perfect(exercise: Exercise) -> str:
    return exercise.solution.read_text(encoding="utf-8")


def _half_done(exercise: Exercise) -> str:
    """Return the solution in which every second region is still a stub."""
    parts = re.split(rf"^( *{BEGIN}\n.*?{END}\n)", _perfect(exercise), flags=re.MULTILINE | re.DOTALL)
    inside = [index for index in range(1, len(parts), 2) if parts[index].startswith(" ")]
    undone = set(inside[1::2])
    source = "".join(
        part if index in undone else part.replace(f"{BEGIN}\n", "\n").replace(f"{END}\n", "\n")
        for index, part in enumerate(parts)
    )
    return make_stub(source, exercise.number, exercise.filename)


def _typical_mistake(exercise: Exercise) -> str:
    """Everything right but the first misconception of the exercise."""
    return submission_with(exercise, read_misconceptions(exercise)[0])


def _hostile(exercise: Exercise) -> str:
    return HOSTILE


STUDENTS: dict[str, Callable[[Exercise], str]] = {
    "perfect": _perfect,
    "half-done": _half_done,
    "typical-mistakes": _typical_mistake,
    "untouched": expected_stub,
    "hostile": _hostile,
}

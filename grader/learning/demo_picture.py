"""Shows what a finished exercise produces: the figure or animation of its `demo.py`, saved as a picture."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.learning.keras_loading import load_keras
from grader.learning.ticker import EVERY, function_at_work, own_terminal, ticking
from grader.testing.feedback import is_to_do, judge
from grader.testing.origin import origin_in_file
from grader.testing.student import CannotImport, Student
from grader.testing.verdict import Status

DPI = 100


def draw(exercise: Exercise, root: Path, out: Path | None) -> Path:
    """Draw with the functions in `root` and save to `out`, by default into the present folder; returns the file."""

    def seconds(count: int) -> str:
        step = function_at_work(exercise.demo)
        return f"drawing {exercise.number} with your functions: {count} s{f' ({step})' if step else ''}"

    try:
        with ticking(own_terminal() if sys.stderr.isatty() else None, seconds, after=EVERY):
            if exercise.needs == "keras":
                _load_keras()
            picture = load_demo(exercise).draw(Student(root / exercise.name / exercise.filename))
            return _save(picture, exercise, out)
    except GraderError:
        raise
    except CannotImport as error:
        raise GraderError(str(error)) from None
    except Exception as error:
        origin = origin_in_file(error, exercise.filename)
        if is_to_do(error, origin):
            raise GraderError(
                f"not yet: {error} is still {Status.TODO.word} in {root / exercise.name / exercise.filename}"
            ) from None
        raise GraderError(f"{exercise.name} cannot be shown: {judge(error, origin, None).message}") from None


def _load_keras() -> None:
    if problem := load_keras():
        raise GraderError(problem)
    import keras

    keras.config.disable_interactive_logging()  # no progress bars


def load_demo(exercise: Exercise) -> Any:
    """Return the module `demo.py` of an exercise: `draw(student)` takes any object with the student's functions.

    Raises:
        GraderError: the exercise has none.
    """
    path = exercise.demo
    if not path.is_file():
        raise GraderError(f"{exercise.name} has nothing to show")
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_demo", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _save(picture: Any, exercise: Exercise, out: Path | None) -> Path:
    moving = hasattr(picture, "to_jshtml")  # an animation
    out = out or Path(f"{exercise.number}.{'gif' if moving else 'png'}")
    try:
        if moving:
            picture.save(out, writer="pillow")
        else:
            picture.savefig(out, dpi=DPI)
    except (OSError, ValueError) as error:
        raise GraderError(f"cannot write {out}: {error}") from None
    return out

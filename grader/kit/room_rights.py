"""The rooms of the kit, from the ground up, and the right of each. No other list says what ships or what decides.

A room imports only rooms that stand before it. It ships whole, or not at all; it decides whole, or not at all. The data
are an exception: a kit has the files that its exercises name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.kit.exercise import HIDDEN, KIT, Exercise


@dataclass(frozen=True)
class Room:
    """A folder of the kit. Students get what `ships`; a change of what `decides` has everything graded again."""

    name: str
    ships: bool = False
    decides: bool = False

    @property
    def folder(self) -> Path:
        return KIT / self.name


ROOMS = (
    Room("datasets/files", ships=True, decides=True),
    Room("datasets/course_data", ships=True, decides=True),
    Room("datasets/course_data_building"),
    Room("grader/wall", decides=True),
    Room("grader/kit", ships=True, decides=True),
    Room("grader/testing", ships=True, decides=True),
    Room("grader/hints", ships=True),
    Room("grader/notebooks", ships=True),
    Room("grader/learning", ships=True),
    Room("grader/handins"),
    Room("grader/misconceptions"),
    Room("grader/grading", decides=True),
    Room("grader/class_run"),
    Room("grader/reporting"),
    Room("grader/nbgrader"),
    Room("grader/authoring"),
    Room("grader/publishing"),
)
# The modules at the top of the grader: the way in, and the address that test files import from.
LANDING = KIT / "grader"


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below `folder`, in order; what running and editing leave behind is not one of them."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and "__pycache__" not in parts and not any(part.startswith(".") for part in parts):
            yield path


def shipped_files() -> list[Path]:
    """Return the files of the kit that every student gets, beside those of the exercises."""
    return [*sorted(LANDING.glob("*.py")), *(path for room in ROOMS if room.ships for path in files_in(room.folder))]


def deciding_files() -> list[Path]:
    """Return the files that decide what any submission earns: rooms, and what all hidden tests share."""
    rooms = [path for room in ROOMS if room.decides for path in files_in(room.folder)]
    return [*sorted(LANDING.glob("*.py")), *rooms, *sorted(HIDDEN.glob("*.py"))]


def deciding_files_of(exercise: Exercise) -> list[Path]:
    """Return the files that decide what a submission for `exercise` earns, beside those that decide all."""
    return [exercise.manifest, *exercise.hidden_tests, *[exercise.thresholds] * exercise.thresholds.exists()]

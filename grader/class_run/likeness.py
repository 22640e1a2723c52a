"""Which submissions are alike: those of a folder as they were handed in, or those of a results folder."""

from pathlib import Path

from grader.class_run.store import DATABASE, open_for_reading
from grader.handins.find import find_students
from grader.handins.reading import read_class
from grader.handins.similar import Compared, compare
from grader.kit.exercise import Exercise

SOLUTION = "the solution"


def find_similar(
    place: Path, exercises: list[Exercise], threshold: float, against: Path | None = None, solution: bool = False
) -> Compared:
    """Return which files for `exercises` are alike, also with those in the folder `against` and with the solution.

    Raises:
        GraderError: a folder cannot be read, or copydetect is missing.
    """
    found = Compared()
    sources = _sources(place, exercises, found)
    old = _sources(against, exercises, Compared()) if against else {}
    for exercise in exercises:
        theirs = old.get(exercise.name, {})
        others = {f"{against.name}/{name}": source for name, source in theirs.items()} if against else {}
        if solution and exercise.solution.is_file():
            others[SOLUTION] = exercise.solution.read_bytes()
        compare(exercise, sources.get(exercise.name, {}), others, threshold, found)
    return found


def _sources(place: Path, exercises: list[Exercise], into: Compared) -> dict[str, dict[str, bytes]]:
    """The files by exercise and student."""
    if (place / DATABASE).is_file():
        with open_for_reading(place) as store:
            named = store.sources_of(set(store.students()))
        sources: dict[str, dict[str, bytes]] = {}
        for (student, exercise), source in named.items():
            sources.setdefault(exercise, {})[student] = source
        return sources
    work, found = read_class(find_students(place), exercises, place), dict[str, dict[str, bytes]]()
    for chosen in exercises:
        for name, own in work.items():
            hand_in = own.hand_ins[chosen.name]
            if hand_in.note:
                into.left_out.append(f"{chosen.name}  {name}: {hand_in.note}")
            if hand_in.source:
                found.setdefault(chosen.name, {})[name] = hand_in.source
    return found

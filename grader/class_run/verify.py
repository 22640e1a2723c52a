"""Grades one student again from what the results folder keeps, and says whether it comes out the same."""

from dataclasses import dataclass
from pathlib import Path

from grader.class_run.store import open_for_writing, read_results
from grader.grading.job import Job
from grader.grading.lane import Lane, versions
from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.exercise import load_catalog
from grader.wall import sandbox


@dataclass(frozen=True)
class Check:
    """One exercise of the student: the record, the regrade, and what is different."""

    recorded: Result
    again: Result
    differences: list[str]


def verify(folder: Path, student: str, level: str) -> list[Check]:
    """Regrade everything of `student` in the results folder `folder`; nothing in it is changed.

    Raises:
        GraderError: there are no results of that student, or the files are not kept.
    """
    recorded = [result for result in read_results(folder) if result.student == student]
    if not recorded:
        raise GraderError(f"there are no results of {student!r} in {folder}")
    with open_for_writing(folder) as store:
        lane = Lane(sandbox.choose(level), (folder.resolve(),))
        try:
            return [_check(result, lane, store.source(result.source_hash), store.course_key) for result in recorded]
        finally:
            lane.close()


def _check(recorded: Result, lane: Lane, source: bytes | None, course_key: bytes) -> Check:
    if source is None and recorded.source_hash:
        raise GraderError(f"the file of {recorded.student} for {recorded.exercise} is not kept: grade it again")
    note = recorded.scores[0].reason if source is None else ""
    exercise = load_catalog()[recorded.exercise]
    job = Job(
        student=recorded.student, exercise=exercise, source=source, note=note, course_key=course_key,
        profile=recorded.profile, content_hash=recorded.content_hash,
    )  # fmt: skip
    again = lane.grade(job)
    return Check(recorded, again, _differences(recorded, again))


def _differences(recorded: Result, again: Result) -> list[str]:
    """Return what decides points first, then what could explain a difference."""
    found = [
        f"{before.task}: {before.score:g} recorded, {after.score:g} now"
        for before, after in zip(recorded.scores, again.scores, strict=True)
        if before.score != after.score
    ]
    statuses = {test.id: test.status for test in again.tests}
    found += [
        f"{test.id.rsplit('::', 1)[-1]}: {test.status} recorded, {statuses.get(test.id, 'not run')} now"
        for test in recorded.tests
        if statuses.get(test.id) != test.status
    ]
    if found:
        found += [
            f"{name} {recorded.versions.get(name, 'none')} recorded, {version} now"
            for name, version in versions().items()
            if recorded.versions.get(name) != version
        ]
    return found

"""Grades one student again from what the results folder keeps, and says whether it comes out the same."""

from dataclasses import dataclass
from pathlib import Path

from grader.class_run.store import open_for_writing, read_results
from grader.grading.job import Job
from grader.grading.lane import Lane, versions
from grader.grading.result import Result
from grader.kit.errors import GraderError
from grader.kit.exercise import load_catalog
from grader.testing.verdict import Status
from grader.wall import sandbox


@dataclass(frozen=True)
class Check:
    """One exercise of the student: the record, the regrade, and what is different."""

    recorded: Result
    again: Result
    differences: list[str]


def recorded_results(folder: Path, student: str) -> tuple[list[Result], list[str]]:
    """Return the results of `student` that can be graded again, and the exercises that the kit has no more.

    Raises:
        GraderError: there are no results of that student, or none of an exercise that the kit has.
    """
    recorded = [result for result in read_results(folder) if result.student == student]
    if not recorded:
        raise GraderError(f"there are no results of {student!r} in {folder}")
    catalog = load_catalog()
    gone = [result.exercise for result in recorded if result.exercise not in catalog]
    if len(gone) == len(recorded):
        raise GraderError(
            f"the results of {student!r} are of {', '.join(gone)}, which this kit has no more: put its folders back "
            "into exercises, solutions and grader/hidden to grade it again"
        )
    return [result for result in recorded if result.exercise in catalog], gone


def verify(folder: Path, recorded: list[Result], level: str) -> list[Check]:
    """Regrade the `recorded` results of the results folder `folder`; nothing in it is changed.

    Raises:
        GraderError: the files are not kept.
    """
    with open_for_writing(folder) as store:
        lane = Lane(sandbox.choose(level), (folder.resolve(),))
        try:
            return [_check(result, lane, store.source(result.source_hash), store.course_key) for result in recorded]
        finally:
            lane.close()


def _check(recorded: Result, lane: Lane, source: bytes | None, course_key: bytes) -> Check:
    if source is None and recorded.source_hash:
        raise GraderError(f"the file of {recorded.student} for {recorded.exercise} is not kept: grade it again")
    unreadable = recorded.scores[0].status == Status.UNREADABLE
    note = recorded.scores[0].reason if unreadable else ""
    exercise = load_catalog()[recorded.exercise]
    job = Job(
        student=recorded.student, exercise=exercise, source=source, note=note, course_key=course_key,
        profile=recorded.profile, content_hash=recorded.content_hash, remarks=tuple(recorded.remarks),
    )  # fmt: skip
    again = lane.grade(job)
    return Check(recorded, again, _differences(recorded, again))


def _differences(recorded: Result, again: Result) -> list[str]:
    """Return what decides points first, then what could explain a difference."""
    before, after = ({score.task: f"{score.score:g}" for score in result.scores} for result in (recorded, again))
    found = [  # another version of the kit may have had other tasks
        f"{task}: {before.get(task, 'no such task')} recorded, {after.get(task, 'no such task')} now"
        for task in dict.fromkeys([*before, *after])
        if before.get(task) != after.get(task)
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

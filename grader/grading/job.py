"""Everything that grading one file needs, in plain data."""

import hashlib
from dataclasses import dataclass

from grader.kit.exercise import Exercise


@dataclass(frozen=True, kw_only=True)
class Job:
    """One student's file for one exercise, and the key and the profile that it is graded with."""

    student: str
    exercise: Exercise
    source: bytes | None  # None: not handed in
    note: str = ""  # why what came is no file that can be graded; empty where nothing came
    remarks: tuple[str, ...] = ()  # what a person should know about the file
    failed: bool = False  # the grader could not read it, for no reason of the student's: there is no verdict
    course_key: bytes
    profile: str = "cpu"
    content_hash: str = ""
    trainings: str = ""  # the folder that keeps the outcomes of trainings; empty: every model is trained
    quick_for: str = ""  # a quick look at a grader, no grade: only this task's tests may train networks
    until_failure: bool = False  # nor is this one: this task's tests first, and no more after the first that fails

    @property
    def source_hash(self) -> str:
        """SHA-256 of the file; what hidden tests draw is drawn from it, so that equal files are graded alike."""
        return "" if self.source is None else hashlib.sha256(self.source).hexdigest()

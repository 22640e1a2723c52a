"""nbgrader's autograding behind the wall: in the place of the preprocessor that executes notebooks in a kernel.

The student's cells become a module, the hidden graders run on it in the sandbox, and every graded cell gets its points
and the feedback as its output. One warm lane serves all students of a run.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum, Unicode

from grader.class_run.already_graded import content_hash
from grader.class_run.machine import choose_level, choose_profile
from grader.class_run.pool import ATTEMPTS, LaneProcess, LaneSettings
from grader.class_run.store import KEY
from grader.grading.job import Job
from grader.grading.result import Result
from grader.handins.hand_ins import HandIn
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, find_exercise
from grader.kit.options import DEFAULT_LEVEL
from grader.notebooks.source import ModuleSource, module_source
from grader.reporting.exports.nbgrader_outputs import outputs
from grader.reporting.student_view import FeedbackDetail, TaskFeedback, student_view


class GradeBehindTheWall(NbGraderPreprocessor):
    """Grades a notebook with the hidden graders of its exercise; no cell of it is executed here."""

    feedback_level = Enum(
        list(FeedbackDetail), FeedbackDetail(DEFAULT_LEVEL), help="What the feedback page shows."
    ).tag(config=True)
    sandbox = Unicode("auto", help="As for `grader grade --sandbox`.").tag(config=True)
    profile = Unicode("cpu", help="As for `grader grade --profile`.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        names = resources["nbgrader"]
        exercise = _exercise_of(names["assignment"], names["notebook"])
        module = module_source(exercise, json.dumps(nb).encode())
        result = self._grade(exercise, module.text.encode(), names["student"])
        view = {feedback.task: feedback for feedback in student_view(result, self.feedback_level)}
        for cell in nb.cells:
            marks = cell.metadata.get("nbgrader", {})
            if marks.get("grade") and marks.get("grade_id") in view:
                feedback = _with_places(view[marks["grade_id"]], module, exercise.filename)
                cell.outputs = [from_dict(output) for output in outputs(feedback)]
        self.log.info("%s: %g of %g points", names["student"], result.score, result.max_score)
        return nb, resources

    def _grade(self, exercise: Exercise, source: bytes, student: str) -> Result:
        """Grade the module; what the student is not to blame for is an error and no score."""
        course = Path.cwd()  # nbgrader works in the course directory
        key = _course_key(course)
        profile = choose_profile(self.profile, [exercise])
        decided_by = content_hash(exercise, HandIn(source), key, profile)
        job = Job(
            student=student, exercise=exercise, source=source, course_key=key, profile=profile, content_hash=decided_by
        )
        lane = _Lane.of(choose_level(self.sandbox), course)
        result = lane.grade(job)
        if result.overdue:  # the machine was too busy for its limits to be fair
            result = lane.grade(job)
        if result.note:
            raise GraderError(f"{student} could not be graded and has no points: {result.note}; autograde them again")
        return result


class _Lane:
    """A process that grades one notebook after the other, started when it is needed and again when it died."""

    def __init__(self, level: str, course: Path) -> None:
        self._room = tempfile.TemporaryDirectory(prefix="grader-nbgrader-")
        # Compiled tests and libraries stay for the next run.
        self._settings = LaneSettings(level, (course,), course / ".grader" / "bytecode", Path(self._room.name))
        self._process: LaneProcess | None = None
        atexit.register(self.close)

    @staticmethod
    @cache
    def of(level: str, course: Path) -> _Lane:
        return _Lane(level, course)

    def grade(self, job: Job) -> Result:
        for _ in range(ATTEMPTS):
            self._process = self._process or LaneProcess(self._settings)
            try:
                return self._process.grade(job)
            except EOFError:
                self._process.close()
                self._process = None
        raise GraderError(f"the grader process was killed while it graded {job.student} (out of memory?)")

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
        with contextlib.suppress(OSError):
            self._room.cleanup()


def _exercise_of(assignment: str, notebook: str) -> Exercise:
    exercise = find_exercise(assignment)
    if (exercise.name, exercise.module) != (assignment, notebook):
        raise GraderError(
            f"{assignment}/{notebook}.ipynb is not a notebook of the kit: the name of {exercise.name} is "
            f"{exercise.name}/{exercise.module}.ipynb; grade other assignments in a course directory of their own"
        )
    return exercise


def _course_key(course: Path) -> bytes:
    try:
        return (course / KEY).read_bytes()
    except OSError:
        raise GraderError(f"{course / KEY} is missing: put it back, or make one with 'grader nbgrader'") from None


def _with_places(feedback: TaskFeedback, module: ModuleSource, filename: str) -> TaskFeedback:
    """Return the feedback with cells and their lines in place of lines of a file that the student has not written."""
    return replace(feedback, problems=[module.locate(problem, filename) for problem in feedback.problems])

"""What a student's own run has found, collected from pytest's reports.

It travels on the reports as plain data: pytest-xdist sends them from its workers to the process that shows them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

from grader.testing.verdict import PlannedTest, Status, Verdict


def tell_plan(report: Any, plan: Mapping[str, Iterable[PlannedTest]], training: Iterable[str]) -> None:
    """Put onto the first report of a process what it has planned, by exercise, and which tests train networks."""
    report.exercise_plan = {name: [astuple(test) for test in tests] for name, tests in plan.items()}
    report.exercise_training = list(training)


def tell_verdict(report: Any, test: PlannedTest, verdict: Verdict) -> None:
    report.exercise_verdict = (test.id, verdict.status.value, verdict.message)


def tell_digest(report: Any, digest: str) -> None:
    """Put onto a report the digest of a wrong answer."""
    report.exercise_digest = digest


def tell_calls(report: Any, names: list[str]) -> None:
    """Put onto a report the student's functions that the test has called."""
    report.exercise_calls = names


def status_of(report: Any) -> Status | None:
    """Return what became of the test of a report that has been told."""
    told = getattr(report, "exercise_verdict", None)
    return Status(told[1]) if told else None


@dataclass
class RunRecord:
    """One run: what was planned, by exercise, and what was found, by the id of the test."""

    plan: dict[str, list[PlannedTest]] = field(default_factory=dict)
    training: set[str] = field(default_factory=set)  # the tests that train networks: no two runs are alike
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)  # of wrong answers
    called: dict[str, list[str]] = field(default_factory=dict)  # the functions that a failed test has called
    failed: dict[str, Any] = field(default_factory=dict)  # the reports of what did not pass
    notes: dict[str, str] = field(default_factory=dict)  # why the tests of an exercise were not even collected

    def add(self, report: Any) -> None:
        """Take from a report what was put onto it, here or in a worker."""
        for name, tests in getattr(report, "exercise_plan", {}).items():
            self.plan[name] = [PlannedTest(*test) for test in tests]
        self.training.update(getattr(report, "exercise_training", ()))
        status = status_of(report)
        if status is None:
            return
        test, _, message = report.exercise_verdict
        self.verdicts[test] = Verdict(status, message)
        if report.failed:
            self.failed[test] = report
            self.digests[test] = getattr(report, "exercise_digest", "")
            self.called[test] = getattr(report, "exercise_calls", [])

    def add_collected(self, report: Any) -> None:
        """Take the note from the report of an exercise whose tests were not collected."""
        if hasattr(report, "exercise_note"):
            exercise, note = report.exercise_note
            self.notes[exercise] = note

    def note_on(self, exercise: str) -> str:
        """Return why an exercise could not be tested at all, or ""."""
        found = [self.verdicts[test.id] for test in self.plan.get(exercise, []) if test.id in self.verdicts]
        broken = [verdict.message for verdict in found if verdict.status == Status.ERROR]
        return broken[-1] if broken else self.notes.get(exercise, "")

    def ran_whole(self, exercise: str) -> set[str]:
        """Return the tasks of which every visible test has run."""
        tests = self.plan.get(exercise, [])
        return {test.task for test in tests} - {test.task for test in tests if test.id not in self.verdicts}

"""What do the visible tests see? Students have no others, and should not learn only from their grades what is wrong.

Two things are measured: the share of the mistakes that make a visible test of their task fail, and how far the points
of a student's own run are from those of the hidden grader.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from grader.authoring.audit.cases import (
    Case,
    correct_variants,
    failed_tasks,
    grade_cases,
    misconceptions,
    solution,
)
from grader.authoring.audit.checks import QUICK_SAMPLE, AuditRequest, OnResult
from grader.authoring.audit.equivalents import read_equivalents
from grader.authoring.audit.mutants import make_mutants, sample
from grader.grading.result import Result
from grader.kit.exercise import Exercise
from grader.misconceptions.visible_tests import TriedFile, VisibleRun, run_visible_tests
from grader.testing.scoring import score_exercise
from grader.testing.verdict import Status, Verdict

# What the visible tests of an exercise must see, and how many points more than the hidden grader they may show.
SEEN_MISCONCEPTIONS = 0.95
SEEN_MUTANTS = 0.85
MEAN_DISTANCE = 3.0
MAX_DISTANCE = 15.0
WORST = 5  # so many files with the largest distance are named


@dataclass(frozen=True)
class Unseen:
    """A mistake that only hidden tests see: a misconception by its name, a mutant by its place."""

    task: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} of {self.task or 'no task'} {self.name}"


@dataclass(frozen=True)
class Distance:
    """The points that a student's own run shows, and those that the hidden grader gives for the same file."""

    task: str  # that the file gets wrong; empty of correct code
    name: str
    shown: float
    given: float

    @property
    def points(self) -> float:
        return round(self.shown - self.given, 2)

    def __str__(self) -> str:
        whose = f"of {self.task} " if self.task else ""
        return f"{self.name} {whose}shows {self.shown:g} points and is given {self.given:g}: {self.points:+g}"


@dataclass
class VisibleOutcome:
    """What the visible tests of one exercise see; `problems` has where that is too little."""

    exercise: str
    seconds: float = 0.0  # CPU time of the visible tests with the solution
    misconceptions: int = 0
    seen_misconceptions: int = 0
    mutants: int = 0
    seen_mutants: int = 0
    mean_distance: float | None = None
    max_distance: float | None = None
    worst: list[Distance] = field(default_factory=list)
    hidden_only: list[Unseen] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def audit_visible(request: AuditRequest, on_start: Callable[[int], None], on_result: OnResult) -> list[VisibleOutcome]:
    """Run the visible tests with everything that `request` asks for, and say what they see.

    Raises:
        GraderError: a list of equivalent mutants is damaged, or a file could not be graded.
    """
    return [_audit_exercise(exercise, request, on_start, on_result) for exercise in request.exercises]


def _audit_exercise(
    exercise: Exercise, request: AuditRequest, on_start: Callable[[int], None], on_result: OnResult
) -> VisibleOutcome:
    outcome = VisibleOutcome(exercise.name)
    run = partial(_run, request.workers, on_start, on_result)
    reference = solution(exercise)
    right = run([reference], {}, partial(_tried, False))[reference]
    usual = {name: attempt.seconds for name, attempt in right.attempts.items()}
    outcome.seconds = round(sum(usual.values()), 2)
    outcome.problems += [
        f"the solution does not pass {name}: {attempt.verdict.message}"
        for name, attempt in right.attempts.items()
        if not attempt.passed
    ]
    if request.cases:
        wrong, variants = misconceptions(exercise), correct_variants(exercise)
        runs = run([*variants, *wrong], usual, partial(_tried, request.quick))
        _judge_misconceptions(outcome, {case: runs[case] for case in wrong})
        on_start(len(runs))
        graded = {}
        for case, result in grade_cases(list(runs), request.workers, request.level, request.quick):
            graded[case] = result
            on_result(case)
        _judge_distances(outcome, [_distance(case, runs[case], result) for case, result in graded.items()])
    if request.mutants:
        cases = _mutants(exercise, request.quick)
        _judge_mutants(outcome, run(cases, usual, _tried_on_own_task))
    return outcome


def _run(
    workers: int,
    on_start: Callable[[int], None],
    on_result: OnResult,
    cases: list[Case],
    usual: Mapping[str, float],
    tried: Callable[[Case], TriedFile],
) -> dict[Case, VisibleRun]:
    """Run the visible tests with the `cases` of one exercise."""
    on_start(len(cases))
    by_key = {case.id: case for case in cases}
    runs = {}
    for file, run in run_visible_tests(cases[0].exercise, list(map(tried, cases)), workers, usual) if cases else ():
        runs[by_key[file.key]] = run
        on_result(by_key[file.key])
    return runs


def _tried(quick: bool, case: Case) -> TriedFile:
    """Every test; `quick`, of the task that is wrong alone: others are right in a misconception."""
    return TriedFile(case.id, case.source, lambda test, trains: not quick or case.wrong_task in ("", test.task))


def _tried_on_own_task(case: Case) -> TriedFile:
    return TriedFile(case.id, case.source, lambda test, trains: case.wrong_task in ("", test.task), until_failure=True)


def _mutants(exercise: Exercise, quick: bool) -> list[Case]:
    """Return the mutants that are mistakes, or a sample of them."""
    listed = read_equivalents(exercise)
    found = [mutant for mutant in make_mutants(exercise) if mutant.key not in listed]
    chosen = sample(found, QUICK_SAMPLE) if quick else found
    return [Case(exercise, str(mutant), mutant.source, mutant.task) for mutant in chosen]


def _fails(case: Case, run: VisibleRun) -> bool:
    """Whether a test of the task that is wrong fails."""
    tasks = {test.id: test.task for test in run.plan}
    return any(not attempt.passed and case.wrong_task in ("", tasks[name]) for name, attempt in run.attempts.items())


def _judge_misconceptions(outcome: VisibleOutcome, runs: dict[Case, VisibleRun]) -> None:
    unseen = [case for case, run in runs.items() if not _fails(case, run)]
    outcome.misconceptions, outcome.seen_misconceptions = len(runs), len(runs) - len(unseen)
    outcome.hidden_only += [Unseen(case.wrong_task, "misconception", case.name) for case in unseen]
    if outcome.seen_misconceptions < SEEN_MISCONCEPTIONS * outcome.misconceptions:
        outcome.problems.append(
            f"{len(unseen)} of {len(runs)} misconceptions fail no visible test, at most "
            f"{1 - SEEN_MISCONCEPTIONS:.0%} may: the first is {unseen[0].name} of {unseen[0].wrong_task}"
        )


def _judge_mutants(outcome: VisibleOutcome, runs: dict[Case, VisibleRun]) -> None:
    unseen = [case for case, run in runs.items() if not _fails(case, run)]
    outcome.mutants, outcome.seen_mutants = len(runs), len(runs) - len(unseen)
    outcome.hidden_only += [Unseen(case.wrong_task, "mutant", case.name) for case in unseen]
    if outcome.seen_mutants < SEEN_MUTANTS * outcome.mutants:
        outcome.problems.append(
            f"{len(unseen)} of {len(runs)} mutants fail no visible test, at most {1 - SEEN_MUTANTS:.0%} may: "
            f"the first is in {unseen[0].name}"
        )


def _distance(case: Case, run: VisibleRun, result: Result) -> Distance:
    """Compare the points. What a quick look leaves out is right: it belongs to other tasks than the wrong one."""
    verdicts = {test.id: Verdict(Status.PASSED) for test in run.plan}
    verdicts |= {name: attempt.verdict for name, attempt in run.attempts.items()}
    shown = sum(score.score for score in score_exercise(case.exercise, run.plan, verdicts))
    failed = failed_tasks(result)
    given = sum(score.score if score.task in failed else score.max_score for score in result.scores)
    return Distance(case.wrong_task, case.name, round(shown, 2), round(given, 2))


def _judge_distances(outcome: VisibleOutcome, distances: list[Distance]) -> None:
    outcome.worst = sorted(distances, key=lambda distance: (-distance.points, distance.name))[:WORST]
    outcome.mean_distance = round(sum(distance.points for distance in distances) / len(distances), 2)
    outcome.max_distance = outcome.worst[0].points
    if outcome.mean_distance > MEAN_DISTANCE:
        outcome.problems.append(
            f"a student's own run shows {outcome.mean_distance:g} points more than the hidden grader gives, in the "
            f"mean; at most {MEAN_DISTANCE:g} are right"
        )
    outcome.problems += [
        f"with {far.name} a student's own run shows {far.points:g} points more than the hidden grader gives "
        f"({far.shown:g} and {far.given:g}); at most {MAX_DISTANCE:g} are right"
        for far in outcome.worst
        if far.points > MAX_DISTANCE
    ]

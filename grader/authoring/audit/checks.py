"""What the points of an exercise's cases say about its grader."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.authoring.audit.cases import (
    Case,
    correct_variants,
    failed_tasks,
    grade_cases,
    lost_tasks,
    misconceptions,
    solution,
    stub,
    trivial_answers,
    with_seeds,
)
from grader.authoring.audit.equivalents import read_equivalents, stale
from grader.authoring.audit.mutants import Mutant, make_mutants, sample
from grader.grading.result import Result
from grader.kit.exercise import KIT, Exercise
from grader.misconceptions.reading import read_misconceptions

KILLED_SHARE = 0.97  # of the mutants that are mistakes
QUICK_SAMPLE = 5  # a quick audit tries one mutant in so many
# Most mutants answer at once or never; a call of a NumPy exercise that takes longer than this will not end.
MUTANT_CALL_SECONDS = 2.0


@dataclass(frozen=True)
class AuditRequest:
    """What is audited and how thoroughly."""

    exercises: list[Exercise]
    seeds: int
    quick: bool
    workers: int
    level: str
    cases: bool = True  # the solution, the stub, answers without work, correct code, misconceptions
    mutants: bool = True


@dataclass
class Outcome:
    """What the audit of one exercise has found; `problems` has what is wrong with its grader."""

    exercise: str
    reference: float | None = None
    stub: float | None = None
    trivial: int = 0
    refused: int = 0
    variants: int = 0
    variants_full: int = 0
    misconceptions: int = 0
    caught: int = 0
    recognised: int = 0
    seeds: int = 0
    flickering: list[str] = field(default_factory=list)
    mutants: int = 0
    killed: int = 0
    equivalent: int = 0
    survivors: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


# What an exercise must have before anything is graded.
LEAST_MISCONCEPTIONS = 12
LEAST_VARIANTS = 2
POINTS_WORTH_A_MISCONCEPTION = 10
LEAST_HINT = 30  # characters


def missing(exercise: Exercise) -> list[str]:
    """Return what the author of `exercise` has still to write."""
    wrong, variants = read_misconceptions(exercise), correct_variants(exercise)
    covered = {misconception.task for misconception in wrong}
    found = []
    if len(wrong) < LEAST_MISCONCEPTIONS:
        found.append(f"there are {len(wrong)} of the {LEAST_MISCONCEPTIONS} misconceptions that are needed")
    if len(variants) < LEAST_VARIANTS:
        found.append(f"correct/ has {len(variants)} of the {LEAST_VARIANTS} implementations that are needed")
    for task in exercise.tasks:
        if task.points >= POINTS_WORTH_A_MISCONCEPTION and task.name not in covered:
            found.append(f"no misconception of {task.name}")
    if not exercise.pictures:
        found.append(
            f"{exercise.folder.name} has no picture.png: grader demo {exercise.number} --submission solutions "
            f"--out exercises/{exercise.name}/picture.png"
        )
    if not exercise.known_mistakes.is_file():
        found.append(f"{exercise.folder.name} has no known_mistakes.toml: grader hints --exercise {exercise.number}")
    if f"(exercises/{exercise.name}/README.md)" not in (KIT / "README.md").read_text(encoding="utf-8"):
        found.append(f"README.md has no row for {exercise.number} in its table of the course")
    found += [
        f"{path.relative_to(KIT)} has a TODO"
        for path in _written_by_hand(exercise)
        if "TODO" in path.read_text(encoding="utf-8")
    ]
    found += [
        f"the hint of the misconception {w.name} has {len(w.hint)} characters, {LEAST_HINT} are needed"
        for w in wrong
        if len(w.hint) < LEAST_HINT
    ]
    return found


def _written_by_hand(exercise: Exercise) -> list[Path]:
    own = [path for path in sorted(exercise.folder.iterdir()) if path.suffix in (".md", ".toml", ".py")]
    single = [exercise.solution, exercise.thresholds, exercise.answers]
    hidden = [*exercise.hidden_tests, *exercise.misconceptions, *exercise.correct]
    return [path for path in [*own, *single, *hidden] if path.exists()]


Graded = dict[Case, Result]
OnResult = Callable[[Case], None]


def audit(request: AuditRequest, on_start: Callable[[int], None], on_result: OnResult) -> list[Outcome]:
    """Grade everything that `request` asks for, and say what it means.

    Raises:
        GraderError: a list of equivalent mutants is damaged, or a file could not be graded.
    """
    outcomes = {exercise.name: Outcome(exercise.name) for exercise in request.exercises}

    def grade(cases: list[Case], quick: bool) -> Graded:
        on_start(len(cases))
        graded = {}
        for case, result in grade_cases(cases, request.workers, request.level, quick):
            graded[case] = result
            on_result(case)
        return graded

    if request.cases:
        known = [case for exercise in request.exercises for case in _cases(exercise, request.seeds)]
        graded = grade(known, request.quick)
        for exercise in request.exercises:
            outcomes[exercise.name].problems += missing(exercise)
            _judge_cases(outcomes[exercise.name], {c: r for c, r in graded.items() if c.exercise == exercise})
    if request.mutants:
        _audit_mutants(request, outcomes, grade)
    return list(outcomes.values())


def _cases(exercise: Exercise, seeds: int) -> list[Case]:
    """Return every case of an exercise, the longest first."""
    whole = [solution(exercise), *correct_variants(exercise)]
    return [*with_seeds([*whole, *misconceptions(exercise), *trivial_answers(exercise)], seeds), stub(exercise)]


def _judge_cases(outcome: Outcome, graded: Graded) -> None:
    by_name: dict[tuple[str, str], list[tuple[Case, Result]]] = defaultdict(list)
    for case, result in graded.items():
        by_name[case.wrong_task, case.name].append((case, result))
    outcome.seeds = max(case.seed for case in graded) + 1
    for (task, name), results in by_name.items():
        first = min(results, key=lambda pair: pair[0].seed)[1]
        if task:
            _judge_misconception(outcome, task, name, results, first)
        elif results[0][0].worthless:
            _judge_worthless(outcome, name, results)
        else:
            _judge_correct(outcome, name, results, first)


def _judge_worthless(outcome: Outcome, name: str, results: list[tuple[Case, Result]]) -> None:
    most = max((result for _, result in results), key=lambda result: result.score)
    if name == "stub":
        outcome.stub = most.score
    else:
        outcome.trivial += 1
        outcome.refused += not most.score
    if most.score:
        task = next(score.task for score in most.scores if score.score)
        outcome.problems.append(f"{name} does no work and earns {most.score:g} points, some of them for {task}")


def _judge_correct(outcome: Outcome, name: str, results: list[tuple[Case, Result]], first: Result) -> None:
    losses = {task: why for _, result in results for task, why in lost_tasks(result).items()}
    full = sum(not lost_tasks(result) for _, result in results)
    if name == "solution":
        outcome.reference = first.score
    else:
        outcome.variants += 1
        outcome.variants_full += full == len(results)
    if full < len(results):
        task, why = next(iter(losses.items()))
        outcome.problems.append(f"{name} is correct and loses points of {task}: {why}")
        if full:
            outcome.flickering.append(name)


def _judge_misconception(
    outcome: Outcome, task: str, name: str, results: list[tuple[Case, Result]], first: Result
) -> None:
    outcome.misconceptions += 1
    verdicts = [failed_tasks(result) for _, result in results]
    outcome.recognised += name in {recognised.name for recognised in first.recognised}
    if all(verdict == {task} for verdict in verdicts):
        outcome.caught += 1
        return
    if len({frozenset(verdict) for verdict in verdicts}) > 1:
        outcome.flickering.append(name)
        outcome.problems.append(f"the misconception {name} is not judged alike with other inputs")
    elif not verdicts[0]:
        outcome.problems.append(f"the misconception {name} loses no points")
    else:
        elsewhere = ", ".join(sorted(verdicts[0] - {task})) or "nothing"
        outcome.problems.append(f"the misconception {name} of {task} loses points of {elsewhere}")


def _audit_mutants(
    request: AuditRequest, outcomes: dict[str, Outcome], grade: Callable[[list[Case], bool], Graded]
) -> None:
    """Without other tasks' training first; what survives that, whole."""
    mutants: dict[Case, Mutant] = {}
    listed: dict[str, dict[tuple[str, str, str], str]] = {}
    for exercise in request.exercises:
        listed[exercise.name] = read_equivalents(exercise)
        found = make_mutants(exercise)
        for key in stale(listed[exercise.name], found):
            outcomes[exercise.name].problems.append(f"listed as equivalent, and no mutant any more: {key}")
        mutants |= _mutant_cases(exercise, _chosen(found, listed[exercise.name], request.quick))
    graded = grade(list(mutants), True)
    undecided = [
        case
        for case, mutant in mutants.items()
        if case.exercise.needs == "keras"
        and mutant.key not in listed[case.exercise.name]
        and not failed_tasks(graded[case])
    ]
    graded |= grade(undecided, False) if undecided else {}
    for exercise in request.exercises:
        mine = {mutants[c]: bool(failed_tasks(r)) for c, r in graded.items() if c.exercise.name == exercise.name}
        _judge_mutants(outcomes[exercise.name], mine, listed[exercise.name])


def _chosen(mutants: list[Mutant], listed: Iterable[tuple[str, str, str]], quick: bool) -> list[Mutant]:
    """All of them, or a sample of those that are mistakes."""
    return sample([mutant for mutant in mutants if mutant.key not in listed], QUICK_SAMPLE) if quick else mutants


def _mutant_cases(exercise: Exercise, mutants: list[Mutant]) -> dict[Case, Mutant]:
    if exercise.needs == "numpy":
        tasks = [replace(task, call_seconds=min(task.call_seconds, MUTANT_CALL_SECONDS)) for task in exercise.tasks]
        exercise = replace(exercise, tasks=tuple(tasks))
    return {
        Case(exercise, f"mutant{number}", mutant.source, mutant.task, until_failure=True): mutant
        for number, mutant in enumerate(mutants)
    }


def _judge_mutants(outcome: Outcome, killed: dict[Mutant, bool], listed: dict[tuple[str, str, str], str]) -> None:
    wrongly = [mutant for mutant, dead in killed.items() if dead and mutant.key in listed]
    mistakes = {mutant: dead for mutant, dead in killed.items() if mutant.key not in listed}
    outcome.equivalent = len(listed)
    outcome.mutants, outcome.killed = len(mistakes), sum(mistakes.values())
    outcome.survivors = [str(mutant) for mutant, dead in mistakes.items() if not dead]
    outcome.problems += [f"listed as equivalent, and a test fails with it: {mutant}" for mutant in wrongly]
    if outcome.killed < KILLED_SHARE * outcome.mutants:
        outcome.problems.append(
            f"{len(outcome.survivors)} of {outcome.mutants} mutants lose no points, such as {outcome.survivors[0]}"
        )

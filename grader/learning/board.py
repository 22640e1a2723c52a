"""The score board at the end of a student's `pytest`: what is right, wrong and to do, points by task."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from grader.kit.exercise import KIT, Exercise
from grader.testing.scoring import TaskScore, score_exercise
from grader.testing.verdict import PlannedTest, Status, Verdict

# What a task can come to, in the order of the summary.
STATUSES = (Status.PASSED, Status.PARTIAL, Status.FAILED, Status.ERROR, Status.TODO, Status.NOT_RUN)
BAR = ("█", "░")
# For terminals and logs whose encoding lacks those.
PLAIN_MARKS, PLAIN_BAR = dict(zip(STATUSES, "+~x!.o", strict=True)), ("#", "-")
NO_POINTS = "    -"
WRONG = (Status.PARTIAL, Status.FAILED)
BAR_WIDTH = 20


@dataclass(frozen=True)
class ExerciseBoard:
    """The scores of one exercise; `note` tells why it could not be tested at all, `when` how old they are."""

    exercise: Exercise
    scores: list[TaskScore]
    note: str = ""
    when: str = ""

    @property
    def points(self) -> float:
        return sum(score.score for score in self.scores)

    @property
    def has_run(self) -> bool:
        return any(score.status != Status.NOT_RUN for score in self.scores)

    def first(self, *statuses: Status) -> str:
        """Return the first task that has come to one of `statuses`, or ""."""
        return next((score.task for score in self.scores if score.status in statuses), "")

    def summary(self) -> str:
        """Such as '3 right, 1 wrong, 4 to do'."""
        words = []
        for status in STATUSES:
            count = sum(score.status == status for score in self.scores)
            if count:
                words.append(f"{count} {status.word}")
        return ", ".join(words)


def scores_as_far_as_run(
    exercise: Exercise, plan: Iterable[PlannedTest], verdicts: Mapping[str, Verdict]
) -> list[TaskScore]:
    """Score what ran: of a task whose other tests did not, a failure is known, and success is not."""
    tests = list(plan)
    scores = score_exercise(exercise, tests, verdicts)
    return [_as_far_as_run(score, [test for test in tests if test.task == score.task], verdicts) for score in scores]


def _as_far_as_run(score: TaskScore, tests: list[PlannedTest], verdicts: Mapping[str, Verdict]) -> TaskScore:
    ran = [verdicts[test.id].status for test in tests if test.id in verdicts]
    if (tests and len(ran) == len(tests)) or any(status != Status.PASSED for status in ran):
        return score
    return replace(
        score, score=0.0, status=Status.NOT_RUN, reason=f"{len(ran)} of {len(tests)} tests ran" if ran else ""
    )


Write = Callable[..., None]


def write_board(boards: list[ExerciseBoard], write: Write, encoding: str | None) -> None:
    """Write the map of the course, and below it the tasks when one exercise was run.

    `write(text, **markup)` is the terminal writer's: it drops colours where there are none. What `encoding` has no
    character for is drawn with others.
    """
    plain = not _can_write(encoding)
    full, empty = PLAIN_BAR if plain else BAR
    width = max(len(board.exercise.name) for board in boards)
    for board in boards:
        points, total = board.points, sum(score.max_score for score in board.scores)
        filled = round(BAR_WIDTH * points / total)
        bar = full * filled + empty * (BAR_WIDTH - filled)
        colour = {"green": True} if points == total else {"yellow": points > 0}
        write(f"{board.exercise.name:<{width}}  ", bold=True)
        write(f"{bar} {f'{points:5.4g}' if board.has_run else NO_POINTS} / {total:g}", **colour)
        write(f"   {board.summary()}" + (f"   ({board.when})" if board.when else "") + "\n")
        if board.note:
            write(f"{'':<{width}}  {board.note}\n", red=True)
    if len(boards) == 1:
        write("\n")
        _write_tasks(boards[0].scores, write, plain)
    if any(board.first(Status.PASSED) for board in boards):
        write(f"\n{Status.PASSED.word} = the visible tests passed\n")


def next_step(boards: list[ExerciseBoard]) -> str:
    """Return what to do next, in one line: about what is wrong first, then what is to do, then what is done."""
    for board in boards:
        exercise = board.exercise
        if board.first(Status.ERROR):
            return f"next: put {_path(exercise)} right, it cannot be imported"
        if task := board.first(*WRONG):
            hint = f"grader hint {exercise.number} {task}"
            return "next: " + (hint if exercise.hints.is_file() else f"{task} in {_path(exercise)}")
    begun = sorted(boards, key=lambda board: not board.first(Status.PASSED))
    for board in begun:
        if task := board.first(Status.TODO):
            return f"next: write {task} in {_path(board.exercise)}"
    for board in begun:
        if board.has_run and board.first(Status.NOT_RUN):
            return f"next: pytest exercises/{board.exercise.name} (some of its tests did not run)"
    done = [board.exercise for board in boards if board.has_run]
    if len(done) == 1 and done[0].demo.is_file():
        return f"next: grader demo {done[0].number}"
    return "next: grader pack" if done else ""


def _path(exercise: Exercise) -> str:
    return exercise.stub.relative_to(KIT).as_posix()


def _write_tasks(scores: list[TaskScore], write: Write, plain: bool) -> None:
    width = max(len(score.task) for score in scores)
    for score in scores:
        mark = PLAIN_MARKS[score.status] if plain else score.status.mark
        not_run = score.status == Status.NOT_RUN
        points = f"{NO_POINTS if not_run else f'{score.score:5.4g}'} / {score.max_score:<4g}"
        reason = f" ({score.reason})" if not_run and score.reason else ""
        write(
            f"  {mark} {score.task:<{width}}  {points}  {score.status.word}{reason}\n",
            **{score.status.colour: True},
        )


def _can_write(encoding: str | None) -> bool:
    try:
        "".join([*BAR, *(status.mark for status in STATUSES)]).encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

"""The score board at the end of a student's `pytest`: what is right, wrong and to do, points by task."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.kit.exercise import Exercise
from grader.testing.scoring import TaskScore
from grader.testing.verdict import Status

# What a visible test can come to, in the order of the summary.
STATUSES = (Status.PASSED, Status.PARTIAL, Status.FAILED, Status.ERROR, Status.TODO)
BAR = ("█", "░")
# For terminals and logs whose encoding lacks those.
PLAIN_MARKS, PLAIN_BAR = dict(zip(STATUSES, "+~x!.", strict=True)), ("#", "-")
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

    def summary(self) -> str:
        """Such as '3 right, 1 wrong, 4 to do'."""
        words = []
        for status in STATUSES:
            count = sum(score.status == status for score in self.scores)
            if count:
                words.append(f"{count} {status.word}")
        return ", ".join(words)


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
        write(f"{bar} {points:5.4g} / {total:g}", **colour)
        write(f"   {board.summary()}" + (f"   ({board.when})" if board.when else "") + "\n")
        if board.note:
            write(f"{'':<{width}}  {board.note}\n", red=True)
    if len(boards) == 1:
        write("\n")
        _write_tasks(boards[0].scores, write, plain)


def _write_tasks(scores: list[TaskScore], write: Write, plain: bool) -> None:
    width = max(len(score.task) for score in scores)
    for score in scores:
        mark = PLAIN_MARKS[score.status] if plain else score.status.mark
        write(
            f"  {mark} {score.task:<{width}}  {score.score:5.4g} / {score.max_score:<4g}  {score.status.word}\n",
            **{score.status.colour: True},
        )


def _can_write(encoding: str | None) -> bool:
    try:
        "".join([*BAR, *(status.mark for status in STATUSES)]).encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

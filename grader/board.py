"""The score board at the end of a student's `pytest`: what is right, wrong and to do, points by task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader.catalog import Exercise
from grader.scoring import ERROR, FAILED, PARTIAL, PASSED, TODO, TaskScore

# A mark and a word for each status: the board must read without colour and in a log.
MARKS = {
    PASSED: ("✓", "right", "green"),
    PARTIAL: ("~", "partly right", "yellow"),
    FAILED: ("✗", "wrong", "red"),
    ERROR: ("!", "broken", "red"),
    TODO: ("·", "to do", "cyan"),
}
BAR_WIDTH = 20


@dataclass(frozen=True)
class ExerciseBoard:
    """The scores of one exercise; `note` tells why it could not be tested at all."""

    exercise: Exercise
    scores: list[TaskScore]
    note: str = ""

    @property
    def points(self) -> float:
        return sum(score.score for score in self.scores)

    def summary(self) -> str:
        """Such as '3 right, 1 wrong, 4 to do'."""
        words = []
        for status, (_, word, _) in MARKS.items():
            count = sum(score.status == status for score in self.scores)
            if count:
                words.append(f"{count} {word}")
        return ", ".join(words)


Write = Callable[..., None]


def write_board(boards: list[ExerciseBoard], write: Write) -> None:
    """Write the map of the course, and below it the tasks when one exercise was run.

    `write(text, **markup)` is the terminal writer's: it drops colours where there are none.
    """
    width = max(len(board.exercise.name) for board in boards)
    for board in boards:
        points, total = board.points, sum(score.max_score for score in board.scores)
        filled = round(BAR_WIDTH * points / total)
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        colour = {"green": True} if points == total else {"yellow": points > 0}
        write(f"{board.exercise.name:<{width}}  ", bold=True)
        write(f"{bar} {points:5.4g} / {total:g}", **colour)
        write(f"   {board.summary()}\n")
        if board.note:
            write(f"{'':<{width}}  {board.note}\n", red=True)
    if len(boards) == 1:
        write("\n")
        _write_tasks(boards[0].scores, write)


def _write_tasks(scores: list[TaskScore], write: Write) -> None:
    width = max(len(score.task) for score in scores)
    for score in scores:
        mark, word, colour = MARKS[score.status]
        write(
            f"  {mark} {score.task:<{width}}  {score.score:5.4g} / {score.max_score:<4g}  {word}\n",
            **{colour: True},
        )

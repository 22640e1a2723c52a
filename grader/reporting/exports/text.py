"""What several formats write alike: cells, points, feedback, lists of names."""

import re
from collections.abc import Iterable

from grader.reporting.student_view import FeedbackDetail, TaskFeedback

NAMES_TOLD = 5


def points(score: float) -> str:
    """Points without needless digits."""
    return f"{score:.10g}"


def is_number(cell: str) -> bool:
    """Whether a cell of an LMS' table is a number of points, with a point or a comma."""
    return re.fullmatch(r"\s*\d+([.,]\d+)?\s*", cell) is not None


def as_number(cell: str) -> float:
    """Return the number in a cell of an LMS' table; 0 is what is none."""
    return float(cell.strip().replace(",", ".")) if is_number(cell) else 0.0


def scaled(score: float, most: float, counted: float) -> float:
    """`score` out of `most` as points of an assignment that an LMS counts `counted` points for; 0 scales nothing."""
    return round(score * counted / most, 2) if counted and most else round(score, 2)


def scaling_news(scales: Iterable[tuple[float, float]]) -> list[str]:
    """Where points were scaled: from how many there are to how many the LMS counts."""
    told = sorted({(most, counted) for most, counted in scales if counted and most != counted})
    return [f"points scaled from {points(most)} to the {points(counted)} of the LMS" for most, counted in told]


def feedback_lines(task: TaskFeedback, level: str) -> list[str]:
    """Return what a student reads about a task beside its points; nothing at the level `none`."""
    if level == FeedbackDetail.NONE:
        return []
    return [task.status.word, *task.problems, *(f"Hint: {hint}" for hint in task.hints)]


def some(names: Iterable[str]) -> str:
    """How many names there are, and the first of them: '7 (Ada; Bob; Eve; Joe; Kim; and 2 more)'."""
    told = list(names)
    more = f"; and {len(told) - NAMES_TOLD} more" if len(told) > NAMES_TOLD else ""
    return f"{len(told)} ({'; '.join(told[:NAMES_TOLD])}{more})"


def each(names: Iterable[str]) -> str:
    """How many names there are, and every one of them: for what a person has to look at."""
    told = list(names)
    return f"{len(told)} ({'; '.join(told)})"


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return a name for a file or folder for each of `names`: safe everywhere, no two alike, whatever the case."""
    taken: set[str] = set()
    safe: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^\w.@+ -]", "_", name).strip(" .") or "_"
        candidate, count = plain, 1
        while candidate.casefold() in taken:
            count += 1
            candidate = f"{plain} ({count})"
        taken.add(candidate.casefold())
        safe[name] = candidate
    return safe

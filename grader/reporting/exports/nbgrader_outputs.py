"""What stands below a check cell after grading, in nbgrader's own terms: the points, and what the student reads."""

from html import escape
from typing import Any

from grader.reporting.student_view import TaskFeedback

STYLE = "border-left: 4px solid #999; padding: 0.2em 0.8em; font-family: sans-serif"


def outputs(feedback: TaskFeedback) -> list[dict[str, Any]]:
    """Return the outputs of the cell that grades a task. nbgrader takes the number as partial credit."""
    display = {"text/html": _html(feedback), "text/plain": _text(feedback)}
    points = {"text/plain": f"{feedback.score:g}"}
    return [
        {"output_type": "display_data", "data": display, "metadata": {}},
        {"output_type": "execute_result", "data": points, "metadata": {}, "execution_count": None},
    ]


def _title(feedback: TaskFeedback) -> str:
    return f"{feedback.task}: {feedback.score:g} of {feedback.max_score:g} points, {feedback.status.word}"


def _html(feedback: TaskFeedback) -> str:
    items = [escape(problem) for problem in feedback.problems]
    items += [f"<em>Hint.</em> {escape(hint)}" for hint in feedback.hints]
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f'<div style="{STYLE}"><strong>{escape(_title(feedback))}</strong><ul>{listed}</ul></div>'


def _text(feedback: TaskFeedback) -> str:
    lines = [_title(feedback), *(f"- {problem}" for problem in feedback.problems)]
    return "\n".join([*lines, *(f"- hint: {hint}" for hint in feedback.hints)])

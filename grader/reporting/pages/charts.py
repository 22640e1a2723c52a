"""Charts of a class report: matplotlib figures as SVG, which stay sharp on paper, each with its words.

Every number that a chart shows is in a table beside it; the words are for those who do not see the picture.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, isnan
from typing import Any, cast

import matplotlib
from matplotlib.figure import Figure

from grader.reporting.exercise_names import short_name
from grader.reporting.pages.class_numbers import (
    BINS,
    ExerciseNumbers,
    ExerciseTime,
    MisconceptionNumbers,
    TaskNumbers,
    TaskTime,
)
from grader.reporting.pages.html import data_uri
from grader.reporting.pages.palette import BLUE, INK, LINE, MUTED, ORANGE, PALE

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same chart on every machine
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": LINE,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "axes.grid": False,
    "svg.hashsalt": "class report",  # the same numbers give the same file
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
COLUMNS = 4
LISTED = 12  # bars of a chart; the table has the rest
# Below these a task is named on the map: hardly anybody has it; it does not tell who is good at the rest.
HARD, BLIND = 0.35, 0.2
NAMED = 14


@dataclass(frozen=True)
class Chart:
    """A picture for a page, and what it shows, in words."""

    source: str
    words: str


def spread_of_points(exercises: list[ExerciseNumbers]) -> Chart:
    """Draw a histogram for each exercise, the median as a line."""
    rows = ceil(len(exercises) / COLUMNS)
    most = max([1, *(count for exercise in exercises for count in exercise.histogram)])

    def paint(figure: Figure) -> None:
        cast(Any, figure.get_layout_engine()).set(h_pad=0.12, w_pad=0.1)
        for number, exercise in enumerate(exercises):
            axes = figure.add_subplot(rows, COLUMNS, number + 1)
            axes.bar(range(BINS), exercise.histogram, width=0.86, align="edge", color=BLUE)
            if not isnan(exercise.median):
                place = BINS * exercise.median / 100
                axes.axvline(place, color=ORANGE, linewidth=2)
            axes.set(xlim=(0, BINS), ylim=(0, most * 1.05), xticks=[0, 5, 10], xticklabels=["0", "50", "100"])
            axes.set_yticks([0, most])
            axes.set_title(f"{short_name(exercise.name)}  {exercise.title}", fontsize=9)
            axes.tick_params(length=0)

    told = "; ".join(f"{short_name(e.name)} median {e.median:.4g}" for e in exercises if not isnan(e.median))
    words = f"Histograms of the points of each exercise, the orange line is the median. {told or 'No points yet'}."
    return _chart((10, 1.75 * rows), paint, words)


def map_of_tasks(tasks: list[TaskNumbers]) -> Chart:
    """Difficulty across, discrimination up; those worth a look have their names."""
    placed = [task for task in tasks if not isnan(task.discrimination)]
    low = [task for task in placed if task.difficulty < HARD or task.discrimination < BLIND]
    low = sorted(low, key=lambda task: task.difficulty + task.discrimination)[:NAMED]

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.axhspan(-1, BLIND, color=PALE, alpha=0.45, linewidth=0)
        axes.text(0.01, BLIND - 0.03, "says little about who can do the rest", color=MUTED, fontsize=8.5, va="top")
        axes.scatter([t.difficulty for t in placed], [t.discrimination for t in placed], s=34, color=BLUE,
                     edgecolors="white", linewidths=0.8, zorder=3)  # fmt: skip
        lead = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 3}
        for name in _names(low):
            place = (name.left, name.height)
            axes.annotate(name.text, name.point, place, fontsize=8, va="center", arrowprops=lead)
        lowest = min([0.0, *(task.discrimination for task in placed)])
        axes.set(xlim=(0, 1.02), ylim=(lowest - 0.08, 1.02))
        axes.set_xlabel("difficulty: mean share of the points (right: easy)")
        axes.set_ylabel("discrimination")
        axes.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1))

    named = ", ".join(f"{short_name(t.exercise)} {t.task}" for t in low) or "none"
    return _chart((10, 4.4), paint, f"Each task by difficulty and discrimination. Named as worth a look: {named}.")


@dataclass(frozen=True)
class _Name:
    """The name of a task on the map, and where it is written."""

    text: str
    point: tuple[float, float]
    left: float
    height: float


def _names(tasks: list[TaskNumbers], letter: float = 0.0078, line: float = 0.042) -> list[_Name]:
    """Names beside their points, towards the middle; from below, each higher where it would be over another one."""
    names: list[_Name] = []
    for task in sorted(tasks, key=lambda task: task.discrimination):
        text = f"{short_name(task.exercise)} {task.task}"
        width = letter * len(text)
        left = task.difficulty - 0.012 - width if task.difficulty > 0.7 else task.difficulty + 0.012
        height = task.discrimination
        while any(
            left < other.left + letter * len(other.text) and other.left < left + width and height - other.height < line
            for other in names
        ):
            height += line / 4
        names.append(_Name(text, (task.difficulty, task.discrimination), left, height))
    return names


def common_misconceptions(misconceptions: list[MisconceptionNumbers]) -> Chart:
    """How many students have each of the commonest."""
    rows = [(f"{short_name(m.exercise)} {in_words(m.name)}", m.students) for m in misconceptions]
    return _bars(rows, "students", "The commonest misconceptions and how many students have each", "{:.0f}")


def time_of_exercises(times: list[ExerciseTime]) -> Chart:
    rows = sorted(((short_name(t.exercise), t.wall_total / 60) for t in times), key=lambda row: -row[1])
    return _bars(rows, "minutes", "Minutes of grading by exercise", "{:.1f}", most=20)


def time_of_tasks(times: list[TaskTime]) -> Chart:
    rows = [(f"{short_name(t.exercise)} {t.task}", t.total / 60) for t in times]
    return _bars(rows, "minutes", "Minutes of grading by task, the longest ones", "{:.1f}")


def in_words(name: str) -> str:
    """Return a misconception's name as it is read: `divides_by_the_positives` is `divides by the positives`."""
    return name.replace("_", " ")


def _bars(rows: Sequence[tuple[str, float]], unit: str, about: str, form: str, most: int = LISTED) -> Chart:
    shown = rows[:most]

    def paint(figure: Figure) -> None:
        axes = figure.add_subplot()
        values = [value for _, value in shown]
        bars = axes.barh(range(len(shown)), values, height=0.62, color=BLUE)
        axes.bar_label(bars, [form.format(value) for value in values], padding=5, color=INK)
        axes.set_yticks(range(len(shown)), [name for name, _ in shown])
        axes.set(ylim=(len(shown) - 0.4, -0.6), xlim=(0, 1.08 * max(values, default=1) or 1), xticks=[])
        axes.set_xlabel(unit)
        axes.tick_params(length=0)
        axes.tick_params(axis="y", colors=INK, labelsize=9.5)
        axes.spines[["bottom"]].set_visible(False)

    told = "; ".join(f"{name}: {form.format(value)}" for name, value in shown)
    return _chart((10, 0.5 + 0.3 * len(shown)), paint, f"{about}. {told}.")


def _chart(size: tuple[float, float], paint: Callable[[Figure], Any], words: str) -> Chart:
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        paint(figure)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return Chart(data_uri(file.getvalue()), words)

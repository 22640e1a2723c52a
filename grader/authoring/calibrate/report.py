"""Thresholds and how far they are from both sides, as a table."""

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from grader.authoring.calibrate.judgement import Judgement
from grader.authoring.calibrate.one_run import Measured

COLUMNS = (
    "exercise", "threshold", "test", "measured on", "seeds", "reference", "range", "unlearned", "threshold", "away",
    "safe up to", "seconds", "verdict",
)  # fmt: skip
TEXTS = (0, 1, 2, 3, 12)  # the columns that begin at their left


def one_line(measured: Measured) -> str:
    """One seed, on one line of a log."""
    values = ", ".join(f"{threshold} {value:.4g}" for (threshold, _), value in measured.learned.items())
    return f"seed {measured.seed}: {values} ({sum(measured.seconds.values()):.1f} s)"


def thresholds_table(judgements: list[Judgement]) -> Table:
    """One row per threshold, test, profile, backend and device."""
    table = Table(title="Thresholds", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(COLUMNS):
        table.add_column(name, justify="left" if number in TEXTS else "right", overflow="fold")
    for judgement in judgements:
        measured = judgement.measurement
        verdict = (
            Text(judgement.problem.split(":")[0], style="red") if judgement.problem else Text("safe", style="green")
        )
        table.add_row(
            judgement.exercise.number,
            measured.threshold,
            measured.test.removeprefix("test_").replace("[", "\\["),
            str(measured.setting),
            str(len(measured.values)),
            f"{measured.mean:.4g} ± {measured.deviation:.2g}",
            f"{min(measured.values):.4g} … {max(measured.values):.4g}",
            f"{judgement.unlearned:.4g}",
            f"{judgement.threshold:g}",
            f"{judgement.deviations:.1f} σ",
            f"{judgement.proposal:g}",
            f"{measured.seconds:.1f}",
            verdict,
        )
    return table

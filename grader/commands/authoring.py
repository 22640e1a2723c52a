"""Authors of exercises: stubs from solutions, and are graders and thresholds right?"""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from grader.catalog import Exercise
from grader.commands import ExerciseOption, ProfileOption, WorkersOption, chosen_exercises, wide_console
from grader.errors import GraderError

ExercisesArgument = Annotated[list[str] | None, typer.Argument(help="Exercises, such as ex01; by default all.")]

app = typer.Typer()


@app.command()
def stubs(
    exercise: ExerciseOption = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a stub differs.")] = False,
) -> None:
    """Make the students' stubs from the solutions."""
    from grader.stubs import drift, write_stubs

    exercises = chosen_exercises(exercise)
    if not check:
        changed = write_stubs(exercises)
        typer.echo("\n".join(f"written: {path}" for path in changed) or "all stubs are up to date")
        return
    differences = drift(exercises)
    if differences:
        typer.echo("\n".join(differences), nl=False)
        raise GraderError(f"{len(differences)} stubs differ from their solutions: run 'grader stubs'")
    typer.echo(f"{len(exercises)} stubs are up to date")


@app.command()
def calibrate(
    exercises: ExercisesArgument = None,
    seeds: Annotated[int, typer.Option("--seeds", min=2, help="How often the reference is trained.")] = 10,
    workers: WorkersOption = None,
    profile: ProfileOption = "auto",
    again: Annotated[bool, typer.Option("--again", help="Forget what was measured in this setting.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Train nothing; show what was measured.")] = False,
) -> None:
    """Train the reference over many seeds and say how safe the thresholds are. Goes on where it was stopped."""
    from grader.batch import choose_profile, default_workers, keras_sees_a_gpu
    from grader.calibrate import campaign, judgement, measurements, report
    from grader.calibrate.one_run import Measured

    chosen = [exercise for exercise in chosen_exercises(exercises) if exercise.thresholds.exists()]
    if not chosen:
        raise GraderError("none of these exercises has a threshold")
    console = wide_console()

    def on_seed(exercise: Exercise, measured: Measured) -> None:
        console.print(f"{exercise.number} {report.one_line(measured)}", highlight=False)

    gpu = not show and any(exercise.needs == "keras" for exercise in chosen) and keras_sees_a_gpu()
    for exercise in [] if show else chosen:
        setting = campaign.setting_of(exercise, choose_profile(profile, [exercise]), gpu)
        if again:
            measurements.forget(exercise, setting)
        campaign.calibrate(exercise, setting, seeds, workers or default_workers(), partial(on_seed, exercise))
    judgements = [judged for exercise in chosen for judged in judgement.judge_exercise(exercise)]
    console.print(report.thresholds_table(judgements))
    unsafe = [judged for judged in judgements if judged.problem]
    if unsafe:
        first = unsafe[0]
        raise GraderError(
            f"{len(unsafe)} of {len(judgements)} thresholds are not safe: {first.exercise.number} "
            f"{first.measurement.threshold}: {first.problem}"
        )

"""Authors of exercises: stubs and hints, and are graders and thresholds right?"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.kit.options import (
    ExerciseOption,
    ProfileOption,
    SandboxOption,
    WorkersOption,
    chosen_exercises,
    wide_console,
)

if TYPE_CHECKING:
    from grader.authoring.audit.checks import Outcome
    from grader.authoring.audit.visible import VisibleOutcome

ExercisesArgument = Annotated[list[str] | None, typer.Argument(help="Exercises, such as ex01; by default all.")]

app = typer.Typer()


@app.command()
def stubs(
    exercise: ExerciseOption = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a stub differs.")] = False,
) -> None:
    """Make the students' stubs from the solutions."""
    from grader.kit.stubs import drift, write_stubs

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
    """Train the reference over many seeds and say how safe the thresholds are. Resumes where it was stopped."""
    from grader.authoring.calibrate import campaign, judgement, measurements, report
    from grader.authoring.calibrate.one_run import Measured
    from grader.class_run.machine import choose_profile, default_workers, keras_sees_a_gpu

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
    for judged in unsafe:
        console.print(
            f"{judged.exercise.number} {judged.measurement.threshold} ({judged.measurement.setting}): {judged.problem}",
            highlight=False,
        )
    if unsafe:
        first = unsafe[0]
        raise GraderError(
            f"{len(unsafe)} of {len(judgements)} thresholds are not safe: {first.exercise.number} "
            f"{first.measurement.threshold}: {first.problem}"
        )


@app.command()
def audit(
    exercises: ExercisesArgument = None,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, help="How many different inputs every verdict must hold.")
    ] = 3,
    quick: Annotated[
        bool, typer.Option("--quick", help="Without other tasks' training (visible: tests); a sample of mutants.")
    ] = False,
    only: Annotated[str, typer.Option("--only", help="cases (files people wrote) or mutants.")] = "",
    visible: Annotated[
        bool, typer.Option("--visible", help="Say how much of it the visible tests see; they have one input.")
    ] = False,
    workers: WorkersOption = None,
    sandbox: SandboxOption = "auto",
    json: Annotated[Path | None, typer.Option("--json", help="Write the outcome to this file.")] = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", help="Write the table to this file.")] = None,
) -> None:
    """Prove the hidden graders: right files earn everything, wrong ones lose points, and only where they are wrong."""
    from grader.authoring.audit import checks, report
    from grader.authoring.audit.visible import audit_visible
    from grader.class_run.machine import choose_level, default_workers
    from grader.kit.files import write_whole

    if only not in ("", "cases", "mutants"):
        raise GraderError(f"--only {only}: choose cases or mutants")
    request = checks.AuditRequest(
        chosen_exercises(exercises), seeds, quick, workers or default_workers(), choose_level(sandbox),
        only != "mutants", only != "cases",
    )  # fmt: skip
    console = wide_console()
    with report.progress(console) as (on_start, on_result):
        outcomes: Sequence[Outcome | VisibleOutcome] = (
            audit_visible(request, on_start, on_result) if visible else checks.audit(request, on_start, on_result)
        )
    console.print(report.outcomes_table(outcomes))
    for outcome in outcomes:
        for line in report.details(outcome):
            console.print(f"{outcome.exercise}: {line}", highlight=False, markup=False, soft_wrap=True)
    for path, text in ((json, report.to_json(outcomes)), (markdown, report.to_markdown(outcomes))):
        if path is not None:
            write_whole(path, text.encode())
    wrong = [outcome for outcome in outcomes if outcome.problems]
    if wrong:
        what = "the visible tests of {} exercises see too little" if visible else "{} graders are not right"
        raise GraderError(
            f"{what.format(f'{len(wrong)} of {len(outcomes)}')}, see above; the first problem is that of "
            f"{wrong[0].exercise}: {wrong[0].problems[0]}"
        )


@app.command()
def new_exercise(
    name: Annotated[str, typer.Argument(help="Its folder, such as ex15_attention.")],
    title: Annotated[str, typer.Option("--title", help="As the slides call it.")],
    tasks: Annotated[str, typer.Option("--tasks", help="Functions and points: fit:60,predict:40.")],
    needs: Annotated[str, typer.Option("--needs", help="numpy or keras.")] = "numpy",
    thresholds: Annotated[bool, typer.Option("--thresholds", help="With a file for tests that train.")] = False,
) -> None:
    """Make the files of a new exercise, with a small example in them that already works."""
    from grader.authoring.new_exercise import Plan, make_exercise, read_tasks

    for path in make_exercise(Plan(name, title, read_tasks(tasks), needs, thresholds)):
        typer.echo(f"written: {path}")
    number = name.split("_")[0]
    typer.echo(f"next: replace every TODO; 'grader audit {number}' says what is missing, the first time a dozen things")


@app.command()
def hints(
    exercise: ExerciseOption = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail when a file is out of date.")] = False,
) -> None:
    """Make the files by which a student's own pytest recognises misconceptions."""
    from grader.misconceptions.known_mistakes_file import make_hint_file

    stale = []
    for chosen in chosen_exercises(exercise):
        made = make_hint_file(chosen)
        typer.echo(f"{chosen.name}: {made.recognised} of {made.misconceptions} misconceptions are recognised")
        if not made.up_to_date:
            stale.append(made.path)
            if not check:
                made.path.write_text(made.text, encoding="utf-8")
    if check and stale:
        names = ", ".join(path.parent.name for path in stale)
        raise GraderError(f"the hints of {names} are out of date: run 'grader hints'")
    typer.echo("\n".join(f"written: {path}" for path in stale) or "all hints are up to date")

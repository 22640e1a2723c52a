"""Instructors: hand the course to the places where students work."""

from pathlib import Path
from typing import Annotated

import typer

from grader.kit.options import DEFAULT_LEVEL, CourseOption, ExerciseOption, LevelOption, chosen_exercises
from grader.kit.words import counted

app = typer.Typer()


@app.command()
def release(
    out: Annotated[Path, typer.Argument(help="The folder to write; the zip archive is OUT.zip.")],
    exercises: Annotated[
        list[str] | None,
        typer.Option("--exercises", "--exercise", "-e", help="Only these, such as ex01,ex04, for weekly hand-outs."),
    ] = None,
    notebooks: Annotated[bool, typer.Option("--notebooks", help="A notebook of each exercise, too.")] = False,
    no_tutor: Annotated[
        bool, typer.Option("--no-tutor", help="Without AGENTS.md, which asks assistants to explain and not to solve.")
    ] = False,
    course: CourseOption = None,
    backend: Annotated[
        str, typer.Option("--backend", help="What Keras computes with in the kit: tensorflow, jax or torch.")
    ] = "tensorflow",
) -> None:
    """Make the student kit, and check that it gives nothing away."""
    from grader.class_run.course import exercises_of, find_course
    from grader.publishing import student_kit as releasing

    try:
        chosen = exercises_of(find_course(course), exercises)
        kit = releasing.release(out, chosen, notebooks, not no_tutor, backend)
    except releasing.LeakError as error:
        for leak in error.leaks:
            typer.echo(str(leak), err=True)
        raise
    for name in kit.left_out:
        typer.echo(f"left out, since a kit has no such file: {name}")
    typer.echo(f"{kit.files} files, no leak found: {kit.folder} and {kit.archive}")


@app.command()
def gradescope(
    out: Annotated[Path, typer.Argument(help="The zip file to write; one that is there keeps its key.")],
    exercise: ExerciseOption = None,
    level: LevelOption = DEFAULT_LEVEL,
    sandbox: Annotated[
        str,
        typer.Option(
            "--sandbox",
            help="auto, bubblewrap, landlock, or process: limits alone, where Gradescope allows no sandbox "
            "(a student can then read the hidden tests).",
        ),
    ] = "auto",
) -> None:
    """Make the autograder of a Gradescope assignment: it grades what is submitted with the hidden graders."""
    from grader.publishing.gradescope.autograder import make_autograder
    from grader.reporting.student_view import check_detail

    exercises = chosen_exercises(exercise)
    make_autograder(out, exercises, check_detail(level), sandbox)
    names = ", ".join(exercise.number for exercise in exercises)
    typer.echo(f"autograder for {names} written to {out}; it holds hidden tests: upload it, do not hand it on")


@app.command()
def nbgrader(
    course: Annotated[Path, typer.Argument(help="The course directory of nbgrader; it is made if need be.")],
    exercise: ExerciseOption = None,
    file: Annotated[
        Path | None,
        typer.Option("--course", help="The course file; by default course.toml in this folder, if there is one."),
    ] = None,
) -> None:
    """Make an nbgrader course of the exercises: notebooks, and autograding behind the wall."""
    from grader.class_run.course import exercises_of, find_course
    from grader.nbgrader.course import make_course

    notebooks = make_course(course, exercises_of(find_course(file), exercise))
    made = counted(len(notebooks), "assignment")
    typer.echo(f"{made} in {course}; next: cd {course} && nbgrader generate_assignment ASSIGNMENT")

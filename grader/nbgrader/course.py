"""Makes an nbgrader course directory: configuration, key, and one assignment for each exercise."""

import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from grader.class_run.store import KEY
from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise
from grader.kit.templates import render
from grader.notebooks.building import build_notebook, markdown, notebook
from grader.reporting.exports.nbgrader_gradebook import CONFIG

SOURCE = "source"
PICTURES = ("*.png", "*.gif", "*.jpg", "*.svg")
HEADER = """**How to work with this notebook.** Run the cells from the top. Write your answer where it says `raise
NotImplementedError("to do")`, run that cell, and run the `check(...)` cell below it: it answers as `pytest` does, with
what was called, what came back and what was expected. You may add cells, helper functions and plots wherever you like.

What counts is the code of the cells to complete and what it uses. It is graded with other tests than those that you
see; those decide on the points. Plots and trainings at the top level of a cell are not run."""


def make_course(folder: Path, exercises: list[Exercise]) -> list[Path]:
    """Write the assignments of `exercises` into the course directory `folder`; returns their notebooks.

    A configuration and a key that are there are kept.

    Raises:
        GraderError: an assignment is there already, or the folder cannot be written.
    """
    taken = [exercise.name for exercise in exercises if (folder / SOURCE / exercise.name).exists()]
    if taken:
        raise GraderError(
            f"{folder / SOURCE / taken[0]} is there already: remove it to have it made again, "
            "or name the others with --exercise"
        )
    try:
        (folder / SOURCE).mkdir(parents=True, exist_ok=True)
        _make_key(folder / KEY)
        if not (folder / CONFIG).exists():
            (folder / CONFIG).write_text(render("nbgrader", f"{CONFIG}.j2"), encoding="utf-8")
        if not (folder / SOURCE / "header.ipynb").exists():
            _write(folder / SOURCE / "header.ipynb", notebook([markdown("header", HEADER)]))
        return [_make_assignment(folder / SOURCE, exercise) for exercise in exercises]
    except OSError as error:
        raise GraderError(f"cannot write the course to {folder}: {error.strerror}") from None


def _make_assignment(source: Path, exercise: Exercise) -> Path:
    """One assignment, whole or not at all."""
    content = build_notebook(exercise)
    draft = source / f".{exercise.name}.{os.getpid()}"
    draft.mkdir()
    try:
        _write(draft / f"{exercise.module}.ipynb", content)
        for pattern in PICTURES:
            for picture in exercise.folder.glob(pattern):
                shutil.copyfile(picture, draft / picture.name)
        draft.rename(source / exercise.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return source / exercise.name / f"{exercise.module}.ipynb"


def _make_key(path: Path) -> None:
    """Write the secret from which hidden tests draw their inputs; a regrade with the same key draws the same."""
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(fd, "w") as file:
        file.write(secrets.token_hex(32))


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

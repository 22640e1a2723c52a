"""What the documentation shows is there: commands with their options, tox environments, links, and it runs."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import typer

from grader.cli import app
from grader.kit.exercise import KIT, find_exercise, load_catalog
from grader.publishing.student_kit import kit_files

DOCUMENTS = sorted(
    path.relative_to(KIT)
    for pattern in (
        "*.md",
        "grader/docs/*.md",
        "grader/*/*/README.md.j2",
        "datasets/*.md",
        "exercises/*/README.md",
        "tests/*/README.md",
    )
    for path in KIT.glob(pattern)
)
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)|(?:src|href)=\"([^\"]+)\"")
COMMAND = re.compile(r"(python -m )?(grader|nbgrader|pytest|tox|pip|dask)\b")
# Commands of code blocks that other tests run, in more depth than here; the word must be in the file named.
ELSEWHERE = {
    r"pip install -e \. && grader demo": ("test_cli.py", "demo"),
    r"pip install tox && tox": ("../.ci/run", "tox"),
    r"tox -e lint": ("../tox.ini", "env_list = lint"),
    r"(python -m )?pip install -e .*": ("support/student_kits.py", '"install", "-e"'),
    r"(python -m )?pytest\b.*": ("publishing/test_installed_kit.py", "pytest"),
    r"KERAS_BACKEND=torch pytest .*": ("../tox.ini", "KERAS_BACKEND = torch"),
    r"grader demo ex\d\d": ("learning/test_demo_pictures.py", "demo.py"),
    r"grader new-exercise .*": ("authoring/test_audit.py", "new-exercise"),
    r"grader audit .*": ("authoring/test_audit.py", "audit"),
    r"grader hints --exercise .*": ("misconceptions/test_recognise.py", "hints"),
    r"grader calibrate .*": ("authoring/test_calibrate.py", "calibrate"),
    r"nbgrader (?P<word>\w+)\b.*": ("nbgrader/test_course.py", ""),
    r"cd mycourse": ("nbgrader/test_course.py", "cwd=course"),
}
GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,ex01 Metrics (4711)
    Points Possible,,,,,100.00
"Lovelace, Ada",101,U1,ada,A,
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments
Participant 501,ada,ada@example.org,Submitted for grading,,100.00,
"""


@cache
def text_of(document: Path) -> str:
    """The text of a document as people read it; that of the student kit's README is made from a template."""
    if document.suffix == ".j2":
        return kit_files(list(load_catalog().values()), notebooks=True)["README.md"].decode()
    return (KIT / document).read_text("utf-8")


def code_lines(document: Path) -> list[str]:
    """The commands of a document's code blocks, without what is said about them beside."""
    blocks = FENCE.finditer(text_of(document))
    lines = [line for block in blocks if not block["language"] for line in block["code"].splitlines()]
    commands = [re.split(r"\s{2,}|\s#", line)[0].strip() for line in lines]
    return [command for command in commands if COMMAND.match(command) or command.startswith(("KERAS_", "cd "))]


def spans(document: Path) -> list[str]:
    """The commands that a document's sentences and tables show."""
    text = FENCE.sub("", text_of(document))
    return [span for span in SPAN.findall(text) if COMMAND.match(span)]


SHOWN = sorted({command for document in DOCUMENTS for command in code_lines(document) + spans(document)})
RUN = list(
    dict.fromkeys(
        command
        for document in DOCUMENTS
        if document.name not in ("README.md.j2",)
        for command in code_lines(document)
        if not any(re.fullmatch(pattern, command) for pattern in ELSEWHERE)
    )
)


@pytest.mark.parametrize("command", [command for command in SHOWN if re.match(r"(python -m )?grader\b", command)])
def test_a_command_that_is_shown_is_there_with_its_options(command: str):
    words = shlex.split(command.removeprefix("python -m ").split("&&")[0])[1:]
    if not words:
        return
    commands = typer.main.get_command(app).commands
    assert words[0] in commands
    options = {option for parameter in commands[words[0]].params for option in parameter.opts}
    assert [word for word in words if word.startswith("-") and word not in options] == []


def test_every_option_that_is_shown_alone_is_there():
    commands = typer.main.get_command(app).commands.values()
    options = {option for command in commands for parameter in command.params for option in parameter.opts}
    for name in (
        "README.md",
        "grader/docs/grading.md",
        "grader/docs/exports.md",
        "grader/docs/authoring.md",
        "grader/docs/faq.md",
    ):
        text = FENCE.sub("", (KIT / name).read_text("utf-8"))
        shown = {span.split()[0] for span in SPAN.findall(text) if re.match(r"--\w", span)}
        assert shown - options == set(), name


@pytest.mark.parametrize("command", [command for command in SHOWN if command.startswith("tox -e")])
def test_a_tox_environment_that_is_shown_is_there(command: str):
    configuration = configparser.ConfigParser(interpolation=None)
    configuration.read(KIT / "tox.ini")
    names = {
        name
        for section in configuration.sections()
        for part in [section.removeprefix("testenv:")]
        for name in part.strip("{}").split(",")
    }
    assert shlex.split(command)[2] in names


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document: Path):
    text = FENCE.sub("", text_of(document))
    places = [a or b for a, b in LINK.findall(text) if not (a or b).startswith(("http://", "https://"))]
    folder = KIT if document.name == "README.md.j2" else KIT / document.parent  # it becomes the kit's README.md
    assert [place for place in places if not (folder / place).exists()] == []


def test_students_on_windows_are_told_how_to_choose_a_backend():
    for_students = [
        path for path in DOCUMENTS if path.parts[0] == "exercises" or path.name in ("faq.md", "README.md.j2")
    ]
    shown = [path for path in for_students if re.search(r"KERAS_BACKEND=\w", text_of(path))]
    assert shown
    assert [path for path in shown if "$env:KERAS_BACKEND = " not in text_of(path)] == []


def test_every_exercise_is_on_the_map_and_every_document_can_be_reached():
    readme = (KIT / "README.md").read_text("utf-8")
    for exercise in load_catalog().values():
        row = f"(exercises/{exercise.name}/README.md)"
        assert row in readme, f"README.md needs a row for {exercise.name} in its table of the course"
    for path in (KIT / "grader" / "docs").glob("*.md"):
        assert f"grader/docs/{path.name}" in readme, path


@pytest.mark.parametrize("pattern", ELSEWHERE)
def test_commands_that_others_run_are_run_there(pattern: str):
    file, word = ELSEWHERE[pattern]
    text = (KIT / "tests" / file).read_text("utf-8")
    found = [(command, match) for command in SHOWN for match in [re.fullmatch(pattern, command)] if match]
    assert found or pattern.startswith("cd "), "no document shows it any more"
    for command, match in found:
        assert (word or match["word"]) in text, command


def test_code_blocks_run_as_they_stand(tmp_path: Path):
    """All that instructors are shown, in the order of the documents, in a folder with what they would have there."""
    for student in ("ada", "ben"):
        folder = tmp_path / "submissions" / student
        folder.mkdir(parents=True)
        shutil.copy(find_exercise("ex01").solution, folder)
    (tmp_path / "gradebook.csv").write_text(GRADEBOOK, "utf-8")
    (tmp_path / "worksheet.csv").write_text(WORKSHEET, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(KIT), "COLUMNS": "200", "HOME": str(tmp_path)}
    assert any(command.startswith("grader release") for command in RUN)
    for command in sorted(RUN, key=lambda command: "mycourse" in command):  # the course before what goes into it
        words = [sys.executable, "-m", *shlex.split(command.removeprefix("python -m "))]
        done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{command}\n{done.stdout[-1000:]}{done.stderr[-1000:]}"
    assert "100" in (tmp_path / "gradebook.csv").read_text("utf-8").splitlines()[-1]
    assert "100" in (tmp_path / "worksheet.csv").read_text("utf-8").splitlines()[-1].split(",")[4]

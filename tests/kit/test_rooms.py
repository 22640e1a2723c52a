"""A room's folder is its right: what decides is graded again when it changes, what ships is in the kit, no other is.

Every tracked file of the repository is looked at, so that a new file cannot fall between the rooms.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.kit.exercise import KIT, load_catalog
from grader.kit.room_rights import ROOMS
from grader.publishing.student_kit import kit_files

# Runs in a copy of the kit: which files, when they change, have something graded again that is graded already.
TOUCH_EVERY_FILE = """
import json, sys
from pathlib import Path
from grader.class_run import already_graded as content
from grader.kit.exercise import KIT, find_exercise
from grader.handins.hand_ins import HandIn

def keys():
    content.kit_hash.cache_clear()
    return [content.content_hash(find_exercise(name), HandIn(b""), b"key", "cpu") for name in ("ex05", "ex07")]

content.versions = lambda versions=content.versions(): versions  # the same at every touch, and slow to look up
before, found = keys(), {}
for name in sys.stdin.read().splitlines():
    path = KIT / name
    original = path.read_bytes()
    path.write_bytes(original + b"\\n")
    found[name] = [old != new for old, new in zip(before, keys())]
    path.write_bytes(original)
print(json.dumps(found))
"""
# The rooms of the grader whose every file decides, and those whose every file ships.
DECIDING = {"kit", "testing", "wall", "grading"}
SHIPPED = {"kit", "testing", "hints", "notebooks", "learning"}


def tracked_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=KIT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if (KIT / name).is_file()]


@pytest.fixture(scope="module")
def regraded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[bool]]:
    """For each file, whether ex05 and ex07 are graded again when it changes."""
    root = tmp_path_factory.mktemp("touched") / "kit"
    files = tracked_files()
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(KIT / name, root / name)
    command = [sys.executable, "-c", TOUCH_EVERY_FILE]
    done = subprocess.run(
        command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, input="\n".join(files), text=True,
        capture_output=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def decides(name: str, exercise: str) -> bool:
    """Whether a file decides what a submission for `exercise` earns."""
    path = Path(name)
    match path.parts:
        case ("grader", "hidden", _):
            return True
        case ("grader", "hidden", folder, file):
            return folder == exercise and (path.suffix == ".py" or file == "thresholds.toml")
        case ("grader", _):
            return True
        case ("grader", room, *_):
            return room in DECIDING
        case ("datasets", "course_data" | "files", *_):
            return True
        case ("exercises", folder, "exercise.toml"):
            return folder == exercise
    return False


def ships(name: str) -> bool:
    """Whether students get a file."""
    match Path(name).parts:
        case ("exercises", *_) | ("grader", _) | ("datasets", _) | ("datasets", "course_data" | "files", *_):
            return True
        case ("grader", room, *_):
            return room in SHIPPED
    return name in ("LICENSE", "README.md", "pyproject.toml")


def test_a_kit_has_every_file_that_ships_and_no_other():
    kit = kit_files(list(load_catalog().values()))
    tracked = tracked_files()
    assert {name for name in tracked if name in kit} == {name for name in tracked if ships(name)}
    made = {f"grader/learning/originals/{name}.py" for name in load_catalog()} | {"AGENTS.md", "CLAUDE.md"}
    assert kit.keys() - set(tracked) == made


def test_the_plan_of_the_house_says_the_same():
    plan = (KIT / "grader" / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:3] for line in plan.splitlines() if re.match(r"\| `[\w/]+/`", line)]
    shown = {(name, right.strip()) for names, right in rows for name in re.findall(r"`([\w/]+)/`", names)}
    rights = {
        (room.name.removeprefix("grader/"), ", ".join(["ships"] * room.ships + ["decides"] * room.decides))
        for room in ROOMS
    }
    assert shown == rights


def test_a_change_of_what_decides_is_graded_again_and_no_other(regraded):
    wrong = [
        f"{name}: {'graded again' if touched else 'not graded again'} in {exercise}"
        for name, both in regraded.items()
        for exercise, touched in zip(("ex05_activations", "ex07_backprop"), both, strict=True)
        if touched != decides(name, exercise)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "name", ["grader/wall/watchdog.py", "grader/wall/seccomp.py", "datasets/course_data/pictures.py"]
)
def test_limits_and_pictures_decide(regraded, name: str):
    assert regraded[name] == [True, True]

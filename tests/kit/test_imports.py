"""Imports point downwards: a room imports only rooms below it, wherever in a module the import stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.kit.exercise import KIT, load_catalog
from grader.kit.room_rights import ROOMS, Room

HOME = {"grader": KIT, "course_data": KIT / "datasets", "course_data_building": KIT / "datasets"}


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the name of every module of the kit that the file imports, at its top or in a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.partition(".")[0] in HOME)


def room_of(module: str) -> Room | None:
    place = HOME[module.partition(".")[0]].joinpath(*module.split(".")).relative_to(KIT)
    return next((room for room in ROOMS if place.is_relative_to(room.name)), None)


def arrows() -> Iterator[tuple[Room, Room, str]]:
    """Every import of one room by another, and where it stands."""
    for room in ROOMS:
        for path in sorted(room.folder.rglob("*.py")):
            for line, module in imports_of(path):
                imported = room_of(module)
                if imported is not None and imported is not room:
                    yield room, imported, f"{path.relative_to(KIT)}, line {line}: {module}"


def test_every_folder_of_code_is_a_room():
    folders = {path.parent.relative_to(KIT) for top in ("grader", "datasets") for path in (KIT / top).rglob("*.py")}
    homeless = [
        folder
        for folder in folders
        if folder.parts != ("grader",)
        and not folder.is_relative_to("grader/hidden")
        and not any(folder.is_relative_to(room.name) for room in ROOMS)
    ]
    assert homeless == []


def test_a_room_imports_only_rooms_below_it():
    order = {room.name: floor for floor, room in enumerate(ROOMS)}
    upwards = [where for room, imported, where in arrows() if order[imported.name] > order[room.name]]
    assert upwards == []


def test_the_wall_imports_nothing_else_of_the_grader():
    """The folder of the wall is all that a sandbox can see of the grader."""
    assert [where for room, _, where in arrows() if room.name == "grader/wall"] == []


def test_what_ships_imports_nothing_that_does_not():
    secret = [where for room, imported, where in arrows() if room.ships and not imported.ships]
    top = [
        f"{path.name}, line {line}: {module}"
        for path in sorted((KIT / "grader").glob("*.py"))
        for line, module in imports_of(path)
        if (room := room_of(module)) is not None and not room.ships
    ]
    assert secret + top == []


def test_no_room_imports_a_hidden_test():
    named = {f"grader.hidden.{name}" for name in load_catalog()}
    for room in ROOMS:
        for path in room.folder.rglob("*.py"):
            assert not any(module.startswith(tuple(named)) for _, module in imports_of(path)), path


@pytest.mark.parametrize("kind", ["stub", "visible_tests", "demo", "solution"])
def test_exercises_and_solutions_import_only_what_students_have(kind: str):
    for exercise in load_catalog().values():
        for line, module in imports_of(getattr(exercise, kind)):
            room = room_of(module)
            assert room is None or room.ships, f"{exercise.name} {kind}, line {line}: {module}"

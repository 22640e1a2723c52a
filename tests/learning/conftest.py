"""A student's kit of two exercises, as it is unpacked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.student_kits import StudentKit, unpacked


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> StudentKit:
    return unpacked(tmp_path_factory.mktemp("kits"), "ex01", "ex04")


@pytest.fixture
def kit(pristine: StudentKit, tmp_path: Path) -> Iterator[StudentKit]:
    root = tmp_path / "Übungen für Ada" / "kit"
    shutil.copytree(pristine.root, root, ignore=shutil.ignore_patterns("files"))
    yield StudentKit(root, ("ex01", "ex04"))
    assert not list(root.rglob("*.part")), "something was written in part"

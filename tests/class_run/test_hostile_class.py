"""Fifty of two hundred attack the grading, and whoever is killed meanwhile: the others are graded as if alone."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from support.hostile import PLACES, attacks, name_of
from support.machine import descendants

from grader.class_run.store import read_results
from grader.grading.result import Result
from grader.kit.exercise import find_exercise
from grader.wall.limits import GRADER_DATA_BYTES, MAX_MEMORY

EX01 = find_exercise("ex01")
SOLUTION = EX01.solution.read_text("utf-8")
STUDENTS, HOSTILE, KILLS = 200, 50, 40
GROUPS = ("answers", "exits", "frames", "secrets", "escapes", "floods", "leftovers")
LANES = 2

pytestmark = pytest.mark.long


def hand_in(folder: Path, student: str, source: str) -> None:
    path = folder / student / EX01.name / EX01.filename
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")


def bomb() -> bytes:
    """A tar archive of a gigabyte of zeros, in less than a thousand bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:bz2") as archive:
        member = tarfile.TarInfo("zeros")
        member.size = 2**28
        archive.addfile(member, open("/dev/zero", "rb"))  # noqa: SIM115
    return buffer.getvalue()


@pytest.fixture(scope="module")
def marker() -> str:
    return f"marker-{uuid4().hex}"


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory, marker: str) -> Path:
    """Every file of `tests/attacks` that is made for this exercise, archives that are attacks, and honest students."""
    folder = tmp_path_factory.mktemp("class") / "submissions"
    hostile = [*attacks(*GROUPS)][: HOSTILE - 3]
    for attack in hostile:
        source = attack.source(EX01).replace("@MARKER@", marker).replace("@COURSE@", str(folder.parent))
        hand_in(folder, f"hostile {name_of(attack).replace('/', ' ')}", source)
    zeros = bomb()
    for number in range(2):
        (folder / f"hostile bomb {number}").mkdir()
        with zipfile.ZipFile(folder / f"hostile bomb {number}" / "work.zip", "w") as archive:
            archive.writestr("a.tar.bz2", zeros)
            archive.writestr("b.tar.bz2", zeros)
    (folder / "hostile link").symlink_to("/etc")
    for number in range(STUDENTS - len(hostile) - 3):
        hand_in(folder, f"honest {number:03}", f"{SOLUTION}# {number}\n")
    return folder


def start(submissions: Path, out: Path) -> subprocess.Popen[bytes]:
    words = ["grade", submissions, "--out", out, "--exercise", "ex01", "--workers", LANES]
    return subprocess.Popen(
        [sys.executable, "-m", "grader", *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def identity(pid: int) -> str:
    """A process, whichever got its number later; "" when it is gone."""
    try:
        return f"{pid} started at {Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[19]}"
    except OSError:
        return ""


def memory_of(pids: list[int]) -> int:
    """Bytes that the processes hold together, what they share counted once for all."""
    held = 0
    for pid in pids:
        with contextlib.suppress(OSError, IndexError, ValueError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            held += int(rollup.split("Pss:")[1].split()[0]) * 1024
    return held


def decided(folder: Path) -> dict[str, tuple]:
    """What an undisturbed run decides alike; of what runs into a limit, which limit it is depends on the moment."""
    return {r.student: (r.score, [s.score for s in r.scores], r.note, r.content_hash) for r in read_results(folder)}


def results_by_kind(folder: Path) -> tuple[list[Result], list[Result]]:
    results = read_results(folder)
    hostile = [result for result in results if result.student.startswith("hostile")]
    return [result for result in results if result not in hostile], hostile


@pytest.fixture(scope="module")
def undisturbed(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, set[str], str]:
    """The results of a run to the end, the most memory that it held, who was part of it, what it complained about."""
    out = results_folder(tmp_path_factory.mktemp("undisturbed") / "results")
    run = start(submissions, out)
    most, family = 0, set[str]()
    while run.poll() is None:
        now = descendants(run.pid)
        family.update(filter(None, map(identity, now)))
        most = max(most, memory_of([run.pid, *now]))
        time.sleep(0.2)
    assert run.stderr is not None
    with run.stderr:
        complaints = run.stderr.read().decode()
    assert run.returncode == 0, complaints
    return out, most, family, complaints


def results_folder(path: Path) -> Path:
    path.mkdir()
    (path / "course.key").write_bytes(b"the key of one course")
    return path


def test_the_honest_are_at_100_and_nobody_is_lost(undisturbed, submissions: Path):
    out, _, _, complaints = undisturbed
    assert "Traceback" not in complaints
    honest, hostile = results_by_kind(out)
    assert len(honest) == STUDENTS - HOSTILE
    assert {result.score for result in honest} == {100}
    assert all(result.score < 100 for result in hostile)
    graded = {result.student for result in honest + hostile}
    assert graded >= {path.name for path in submissions.iterdir() if not path.is_symlink()}


def test_memory_is_what_the_lanes_were_promised(undisturbed):
    _, most, _, _ = undisturbed
    print(f"at most {most / 2**30:.2f} GiB")
    assert most < LANES * (MAX_MEMORY + GRADER_DATA_BYTES)


def test_no_process_and_no_file_is_left(undisturbed, marker: str):
    out, _, family, _ = undisturbed
    deadline = time.monotonic() + 10  # the kernel ends what a lane has started, a moment later
    while left := family & {identity(int(path.name)) for path in Path("/proc").glob("[0-9]*")}:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    files = ["bytecode", "course.key", "grades.sqlite", "received.csv", "trainings"]
    assert sorted(path.name for path in out.iterdir()) == files
    assert not [place for place in PLACES if os.path.lexists(os.path.join(place, marker))]


def test_after_forty_kills_the_class_comes_out_the_same(undisturbed, submissions: Path, tmp_path: Path):
    """Whichever process of the tree is killed: students', graders', sandboxes, lanes, the run itself"""
    draw = random.Random(40)
    out = results_folder(tmp_path / "results")
    run = start(submissions, out)
    for _ in range(KILLS):
        time.sleep(draw.uniform(0.5, 5))
        if run.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(draw.choice([run.pid, *descendants(run.pid)]), signal.SIGKILL)
            time.sleep(0.2)
        if run.poll() is not None:
            run.communicate()
            run = start(submissions, out)
    run.communicate()
    for _ in range(2):  # what was killed twice is graded again by the same command
        if run.returncode:
            run = start(submissions, out)
            run.communicate()
    assert run.returncode == 0
    assert decided(out) == decided(undisturbed[0])

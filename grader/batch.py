"""Grades a class: finds the hand-ins, skips what is already graded, runs the rest, writes every result at once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from glob import glob
from pathlib import Path

from grader.catalog import KIT, Exercise
from grader.errors import GraderError
from grader.grade import Job, versions
from grader.grading_run import hidden_files
from grader.lanes import LaneSettings, run_jobs
from grader.records import Result
from grader.scoring import ERROR, without_tests
from grader.store import Store, open_for_writing
from grader.submissions import HandIn, find_hand_ins, find_students
from grader.wall import sandbox, scratch

PROFILES = ("auto", "cpu", "gpu")
GPU_QUESTION = """
import keras
if keras.backend.backend() == "torch":
    import torch
    print(torch.cuda.is_available())
else:
    print(bool(keras.distribution.list_devices("gpu")))
"""
# The parts of the kit that decide what a submission earns, beside the exercise's own hidden tests.
DECIDING = (
    "grader/*.py",
    "grader/wall/*.py",
    "grader/hidden/[!t]*.py",  # what hidden tests share
    "datasets/**/*.py",
    "datasets/files/SHA256SUMS",
)
NOT_DECIDING = {
    "cli.py",
    "demo.py",
    "export.py",
    "tables.py",
    "stubs.py",
    "board.py",
    "batch.py",
    "lanes.py",
    "store.py",
}


@dataclass(frozen=True)
class ClassRequest:
    """What an instructor asks for."""

    submissions: Path
    out: Path
    exercises: list[Exercise]
    workers: int
    level: str
    profile: str


@dataclass(frozen=True)
class Listener:
    """Who wants to hear how a run goes on: how many jobs there are and which are due, then every result."""

    on_start: Callable[[int, list[Job]], None]
    on_result: Callable[[Result], None]


def grade_class(request: ClassRequest, listener: Listener) -> list[Result]:
    """Grade what is new or changed; returns every result of the students and exercises asked for."""
    students = find_students(request.submissions)
    with open_for_writing(request.out) as store:
        jobs = list(_jobs(students, request, store.course_key))
        known = store.hashes()
        due = [job for job in jobs if known.get((job.student, job.exercise.name)) != job.content_hash]
        listener.on_start(len(jobs), due)
        _run(due, request, store, listener)
        wanted = {(job.student, job.exercise.name) for job in jobs}
        return [result for result in store.results() if (result.student, result.exercise) in wanted]


def choose_profile(wanted: str, exercises: Iterable[Exercise]) -> str:
    """`gpu` where Keras sees one, else `cpu`; a GPU that was asked for must be there."""
    if wanted not in PROFILES:
        raise GraderError(f"there is no profile '{wanted}'; choose from {', '.join(PROFILES)}")
    uses_keras = any(exercise.needs == "keras" for exercise in exercises)
    if wanted == "cpu" or not uses_keras:
        return "cpu"
    if keras_sees_a_gpu():
        return "gpu"
    if wanted == "gpu":
        raise GraderError("--profile gpu: Keras sees no GPU on this machine; use --profile cpu")
    return "cpu"


def keras_sees_a_gpu() -> bool:
    """Ask Keras in a process of its own, and only where there is a device: importing it takes seconds."""
    if not glob("/dev/nvidia[0-9]*") + glob("/dev/kfd"):
        return False
    answer = subprocess.run([sys.executable, "-c", GPU_QUESTION], capture_output=True, text=True)
    return answer.stdout.strip() == "True"


def _jobs(students: dict[str, Path], request: ClassRequest, course_key: bytes) -> Iterable[Job]:
    for student, folder in students.items():
        hand_ins = find_hand_ins(folder, request.exercises)
        for exercise in request.exercises:
            hand_in = hand_ins[exercise.name]
            content_hash = _content_hash(student, exercise, hand_in, course_key, request.profile)
            yield Job(student, exercise, hand_in.source, hand_in.note, course_key, request.profile, content_hash)


def _run(jobs: list[Job], request: ClassRequest, store: Store, listener: Listener) -> None:
    # Nobody's process may read the other hand-ins or the results.
    secrets = (request.submissions.resolve(), request.out.resolve())

    def give_up(job: Job) -> Result:
        reason = "the grader process was killed twice while it graded this file (out of memory?)"
        scores = without_tests(job.exercise, ERROR, reason)
        return Result(job.student, job.exercise.name, scores, [], reason, request.level, job.profile, "", "",
                      versions(), 0.0, 0.0, "")  # fmt: skip

    out = request.out.resolve()
    room = out / "scratch"
    scratch.remove(str(room))  # a run that was killed has left it
    room.mkdir()
    settings = LaneSettings(request.level, secrets, out / "bytecode", room)
    try:
        for result in run_jobs(jobs, request.workers, settings, give_up):
            store.put(result)
            listener.on_result(result)
    finally:
        scratch.remove(str(room))


def _content_hash(student: str, exercise: Exercise, hand_in: HandIn, course_key: bytes, profile: str) -> str:
    """The hash of everything that decides a result."""
    parts = [
        student.encode(),
        hand_in.note.encode(),
        b"" if hand_in.source is None else b"handed in:" + hand_in.source,
    ]
    parts += [course_key, profile.encode(), os.environ.get("KERAS_BACKEND", "").encode(), _kit_hash()]
    parts += [path.read_bytes() for path in (exercise.folder / "exercise.toml", *hidden_files(exercise))]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


@cache
def _kit_hash() -> bytes:
    digest = hashlib.sha256(repr(sorted(versions().items())).encode())
    for pattern in DECIDING:
        for path in sorted(KIT.glob(pattern)):
            if path.name not in NOT_DECIDING:
                digest.update(path.read_bytes())
    return digest.digest()


def choose_level(wanted: str) -> str:
    """The sandbox level for `--sandbox wanted` on this machine."""
    try:
        return sandbox.choose(wanted)
    except sandbox.SandboxError as error:
        raise GraderError(str(error)) from None


def default_workers() -> int:
    """One lane for each processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""What a class costs: fifty made-up students, one lane and two, fifty and five hundred. It judges nothing.

    tox -e bench-class -- ex01 ex07 ex08

The students are perfect, half done, wrong, slow and untouched, ten of each; all files differ but the untouched ones, as
in a real class. Let nothing else run: wall time counts, and so does
all that the machine computes.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from support.machine import descendants

from grader.class_run import run as batch
from grader.class_run.machine import choose_level
from grader.grading.result import Result
from grader.kit.exercise import Exercise, find_exercise
from grader.kit.stubs import BEGIN
from grader.misconceptions.reading import read_misconceptions, submission_with

COLUMNS = (
    "exercise", "lanes", "students", "wall s", "wall s each", "CPU s each", "of which students' code", "outside",
    "peak GB",
)  # fmt: skip
# Every function of the slow students' files computes for so long before it begins.
SLOW = ("import time as _time", "_until = _time.process_time() + 0.002", "while _time.process_time() < _until: pass")


@dataclass(frozen=True)
class Cost:
    """What one run cost."""

    students: int
    lanes: int
    wall: float
    cpu: float
    students_cpu: float
    peak: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("exercises", nargs="*", default=["ex01"])
    parser.add_argument("--students", type=int, default=50)
    parser.add_argument("--slope", action="store_true", help="ten times as many students, too")
    arguments = parser.parse_args()
    table = Table(title=f"Grading a class on {os.cpu_count()} processors, sandbox: {choose_level('auto')}")
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == "exercise" else "right")
    notes = []
    for name in arguments.exercises:
        exercise = find_exercise(name)
        few, many = arguments.students, 10 * arguments.students
        costs = {lanes: [measure(exercise, sources(exercise, few), lanes)] for lanes in (1, 2)}
        if arguments.slope:
            for lanes, measured in costs.items():
                measured.append(measure(exercise, sources(exercise, many), lanes))
        for cost in costs[1] + costs[2]:
            table.add_row(exercise.number, *row(cost))
        for one, two in zip(costs[1], costs[2], strict=True):
            faster = one.wall / two.wall
            notes.append(f"{exercise.number}, {one.students} students: two lanes are {faster:.2f} times as fast as one")
        if arguments.slope:
            slope = (costs[2][1].wall - costs[2][0].wall) / (many - few)
            notes.append(f"{exercise.number}: {slope:.3f} s of wall time for each further student, two lanes")
    console = Console(width=120)
    console.print(table)
    console.print("\n".join(notes))


def measure(exercise: Exercise, files: list[str], lanes: int) -> Cost:
    """What it costs to grade these files, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        submissions = Path(folder) / "submissions"
        for number, source in enumerate(files):
            path = submissions / f"student {number:04}" / exercise.name / exercise.filename
            path.parent.mkdir(parents=True)
            path.write_text(source, encoding="utf-8")
        request = batch.ClassRequest(
            submissions=submissions, out=Path(folder) / "results", exercises=[exercise], workers=lanes,
            level=choose_level("auto"), profile="cpu",
        )  # fmt: skip
        listener = batch.Listener(lambda total, due: None, lambda result: None, print)
        memory = Memory()
        before, started = cpu_seconds(), time.perf_counter()
        results = batch.grade_class(request, listener)
        wall, cpu = time.perf_counter() - started, cpu_seconds() - before
        return Cost(len(files), lanes, wall, cpu, students_cpu(results), memory.stop())


def students_cpu(results: list[Result]) -> float:
    """The students' own compute; equal files were graded once."""
    return sum({result.source_hash: result.student_cpu_seconds for result in results}.values())


def sources(exercise: Exercise, students: int) -> list[str]:
    """The files of a class, a fifth of each kind."""
    perfect, stub = exercise.solution.read_text("utf-8"), exercise.stub.read_text("utf-8")
    wrong = [submission_with(exercise, misconception) for misconception in read_misconceptions(exercise)]
    files = []
    for number in range(students):
        kind, comment = number % 5, f"\n# student {number}\n"
        if kind == 0:
            files.append(perfect + comment)
        elif kind == 1:
            half = perfect.replace(BEGIN, "raise NotImplementedError  # " + BEGIN, perfect.count(BEGIN) // 2)
            files.append(half + comment)
        elif kind == 2:
            files.append(wrong[number % len(wrong)] + comment)
        elif kind == 3:
            slow = re.sub(
                rf"^( +){BEGIN}", lambda found: "\n".join(found[1] + line for line in SLOW), perfect, flags=re.M
            )
            files.append(slow + comment)
        else:
            files.append(stub)
    return files


def row(cost: Cost) -> list[str]:
    outside = 1 - cost.students_cpu / cost.cpu
    each = (cost.wall / cost.students, cost.cpu / cost.students, cost.students_cpu / cost.students)
    return [
        str(cost.lanes), str(cost.students), f"{cost.wall:.1f}", *(f"{figure:.3f}" for figure in each),
        f"{outside:.0%}", f"{cost.peak / 2**30:.2f}",
    ]  # fmt: skip


def cpu_seconds() -> float:
    """What this machine has computed. What a sandbox used is not in its parents' usage when it is ended by a signal."""
    user, nice, system, _, _, interrupts, soft_interrupts, *_ = Path("/proc/stat").read_text().split()[1:10]
    return sum(map(int, (user, nice, system, interrupts, soft_interrupts))) / os.sysconf("SC_CLK_TCK")


class Memory:
    """Watches how much memory this process and all below it take up together, shared pages counted once."""

    def __init__(self) -> None:
        self._peak, self._stopped = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stopped.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._stopped.wait(1.0):
            self._peak = max(self._peak, sum(map(proportional_set_size, [os.getpid(), *descendants(os.getpid())])))


def proportional_set_size(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    main()

"""What the tests of attacks share: hostile submissions, where they are graded, and what must not have happened."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from grader.class_run.pool import LaneProcess, LaneSettings
from grader.grading.job import Job
from grader.grading.lane import Lane
from grader.grading.result import Result, to_json
from grader.kit.exercise import KIT, SOLUTIONS, Exercise
from grader.misconceptions.reading import Misconception, submission_with
from grader.wall.limits import START_SECONDS
from grader.wall.zygote import Zygote

ATTACKS = KIT / "tests" / "attacks"
LEVELS = ("bubblewrap", "landlock")
PLACES = ("/tmp", "/dev/shm", "/var/tmp", "/run", "/", "/etc", "/dev", "/root", "/home", Path.home())


@dataclass(frozen=True)
class Attack:
    """One file of `attacks/`."""

    path: Path

    @property
    def says(self) -> str:
        """What the feedback must match."""
        found = re.search(r"^Says: (.+)$", ast.get_docstring(ast.parse(self.path.read_text())) or "", re.MULTILINE)
        return found[1] if found else ""

    def honest(self, exercise: Exercise) -> set[str]:
        """The tasks of `exercise` that the submission solves honestly."""
        defined = {node.name for node in ast.parse(self.path.read_text()).body if isinstance(node, ast.FunctionDef)}
        tasks = {task.name for task in exercise.tasks}
        return tasks - defined if defined & tasks else set()

    def source(self, exercise: Exercise) -> str:
        """What is handed in."""
        text = self.path.read_text()
        if self.honest(exercise):  # which do not call the hostile one
            return submission_with(exercise, Misconception("", self.path.stem, "", text, self.path.name))
        if "def attack(" in text:
            return text + "\n" + "".join(f"{task.name} = " for task in exercise.tasks) + "attack\n"
        return text


class CleanLane:
    """A lane in a process of its own, as in a class.

    A child of this one would wait without end for the threads of a backend that has computed in other tests.
    """

    def __init__(self, level: str, course: Path, bytecode: Path) -> None:
        self._settings = LaneSettings(level, (course,), bytecode)
        self._process = LaneProcess(self._settings)
        self.sandboxes = NoSandboxes()

    def grade(self, job: Job) -> Result:
        try:
            return self._process.grade(job)
        except HeldUp:  # its answer would be taken for that of the next job
            self.close()
            self._process = LaneProcess(self._settings)
            raise

    def close(self) -> None:
        self._process.close()


class NoSandboxes:
    """Those of a lane that is somewhere else."""

    def warm(self) -> list[Zygote]:
        return []


class HeldUp(Exception):
    """A hostile file held up the grading. No `OSError`, which a lane takes for its own."""


class Yard:
    """A lane at one level, a course folder with secrets beside it, and a look at what is left after each attack."""

    def __init__(
        self,
        level: str,
        exercise: Exercise,
        course: Path,
        patience: float = 60,
        lane: Callable[[str], Lane | CleanLane] | None = None,
    ) -> None:
        self.exercise, self.course = exercise, course
        self.marker = f"marker-{uuid4().hex}"
        self.canary = f"CANARY-{uuid4().hex}"
        known = "results/trainings/known.json"
        for name in ("course.key", "victim", "results/results.sqlite", "submissions/bob/metrics.py", known):
            (course / name).parent.mkdir(parents=True, exist_ok=True)
            (course / name).write_text(self.canary)
        self._state = self._stat()
        os.environ["GRADER_CANARY"] = self.canary
        self._before = family_of([])
        self.lane = lane(level) if lane else Lane(level, secrets=(course,))
        self._patience = START_SECONDS + patience  # the first grading starts a sandbox as well
        self.grade(solution(exercise))
        self._patience = patience
        self._family = self.family()

    def grade(self, source: str) -> Result:
        source = source.replace("@COURSE@", str(self.course)).replace("@MARKER@", self.marker)
        job = Job(
            student="mallory", exercise=self.exercise, source=source.encode(), course_key=b"a key of sixteen",
            content_hash="hash",
        )  # fmt: skip
        try:
            with within(self._patience):
                return self.lane.grade(job)
        except HeldUp:
            for zygote in self.lane.sandboxes.warm():
                zygote.reset()
            self._family = self.family()
            raise

    def attack(self, attack: Attack) -> Result:
        """Grade a hostile file: no task but its honest ones earns a point, and nothing is left behind."""
        self._state = self._stat()
        result = self.grade(attack.source(self.exercise))
        honest = attack.honest(self.exercise)
        said = "\n".join(dict.fromkeys([result.note, *(test.message for test in result.tests)]))
        assert "ESCAPED" not in said
        assert "LEAKED" not in said
        assert re.search(attack.says, said), said
        assert self.canary not in to_json(result)
        assert "def test_" not in to_json(result)
        earned = {score.task: score.score for score in result.scores}
        assert earned == {task.name: task.points if task.name in honest else 0 for task in self.exercise.tasks}, said
        self.nothing_left()
        return result

    def nothing_left(self) -> None:
        """No process, no file outside, and the course folder as it was."""
        assert self.family() == self._family, "a process is left, or one of the lane's own had to be replaced"
        for zygote in self.lane.sandboxes.warm():
            if zygote.scratch is not None:
                assert not list(zygote.scratch.iterdir())
        places = [*PLACES, KIT, KIT / "grader", KIT / "grader" / "wall", KIT / "datasets", self.course]
        assert not [place for place in places if os.path.lexists(os.path.join(place, self.marker))]
        assert self._stat() == self._state, "a file of somebody else was changed"

    def still_right(self) -> None:
        """The solution gets everything, and a stub nothing."""
        assert self.grade(solution(self.exercise)).score == 100
        assert self.grade((self.exercise.folder / self.exercise.filename).read_text()).score == 0
        self.nothing_left()

    def family(self) -> set[int]:
        """The processes that descend from this one, and those whose environment names the lane's scratch folder."""
        return family_of(self.scratches())

    def close(self) -> None:
        scratches = self.scratches()
        self.lane.close()
        os.environ.pop("GRADER_CANARY", None)
        deadline = time.monotonic() + 5  # the kernel ends what a lane's process has started, a moment later
        while not self.family() <= self._before:
            assert time.monotonic() < deadline, "a process outlives its lane"
            time.sleep(0.02)
        assert not any(scratch.exists() for scratch in scratches)

    def scratches(self) -> list[Path]:
        """The folders outside the sandbox that hold students' files; none at the level that has its own."""
        return [zygote.scratch for zygote in self.lane.sandboxes.warm() if zygote.scratch is not None]

    def _stat(self) -> dict[str, tuple]:
        files = sorted(path for path in self.course.rglob("*") if not path.is_socket())
        return {str(path): (path.lstat().st_mode, path.lstat().st_ctime_ns, path.lstat().st_size) for path in files}


def family_of(scratches: list[Path]) -> set[int]:
    """The processes that descend from this one, and those whose environment names one of the folders."""
    parents, names = {}, [os.fsencode(scratch) for scratch in scratches]
    family = {os.getpid()}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if any(name in (entry / "environ").read_bytes() for name in names):
                family.add(int(entry.name))
        except (OSError, IndexError):
            continue
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """A hostile file that holds up the grading for longer than `seconds` fails its test and not the others."""

    def give_up(*args: object) -> None:
        raise HeldUp(f"grading took more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def attacks(*groups: str) -> list[Attack]:
    return [Attack(path) for group in groups for path in sorted((ATTACKS / group).glob("*.py"))]


def name_of(attack: Attack) -> str:
    return f"{attack.path.parent.name}/{attack.path.stem}"


def solution(exercise: Exercise) -> str:
    return (SOLUTIONS / exercise.name / exercise.filename).read_text()


def hurried(exercise: Exercise, call_seconds: float) -> Exercise:
    """The exercise with less time for each call, so that attacks on time cost less of it."""
    tasks = tuple(dataclasses.replace(task, call_seconds=call_seconds) for task in exercise.tasks)
    return dataclasses.replace(exercise, tasks=tasks)

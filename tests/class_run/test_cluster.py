"""A class graded on a Dask cluster comes out like on one machine, also when a worker is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.class_run.store import read_results
from grader.kit.exercise import find_exercise
from grader.wall import sandbox

pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")

SOLUTION = find_exercise("ex01").solution.read_bytes()
STUDENTS = 10


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for number in range(STUDENTS):
        wrong = SOLUTION.replace(b"np.mean(y_true == y_pred)", b"0.5" if number % 3 else b"np.mean(y_true == y_pred)")
        path = folder / f"student {number}" / "ex01_metrics" / "metrics.py"
        path.parent.mkdir(parents=True)
        path.write_bytes(wrong + b"# %d\n" % number)
    return folder


def results_folder(path: Path) -> Path:
    path.mkdir()
    (path / "course.key").write_bytes(b"one key for all runs")
    return path


def decided(folder: Path) -> list[tuple]:
    return [(r.student, r.exercise, r.scores, r.tests, r.note, r.content_hash) for r in read_results(folder)]


@pytest.fixture(scope="module")
def local(submissions: Path, tmp_path_factory: pytest.TempPathFactory, grader) -> Path:
    out = results_folder(tmp_path_factory.mktemp("local") / "results")
    assert grader("grade", submissions, "--out", out, "--exercise", "ex01").returncode == 0
    return out


class Cluster:
    """A scheduler and two workers, each a process of its own, as on three machines of a lab."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        command = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        self.scheduler = self._start(*command, "--scheduler-file", str(self.file))
        deadline = time.monotonic() + 60
        while not self.file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        self.workers = [self.start_worker() for _ in range(2)]

    @property
    def address(self) -> str:
        return json.loads(self.file.read_text())["address"]

    def start_worker(self) -> subprocess.Popen:
        words = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        words += ["--local-directory", str(self.folder / "dask")]
        return self._start("worker", self.address, *words)

    def _start(self, *words: str) -> subprocess.Popen:
        path = os.pathsep.join([*map(str, sandbox.PYTHONPATH), *filter(None, [os.environ.get("PYTHONPATH")])])
        command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]]
        return subprocess.Popen(
            command, cwd=self.folder, env=os.environ | {"PYTHONPATH": path}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.close()


def test_a_cluster_of_two_processes_grades_like_one_machine(cluster: Cluster, submissions, local, tmp_path, grader):
    out = results_folder(tmp_path / "results")
    done = grader("grade", submissions, "--out", out, "--exercise", "ex01", "--dask", cluster.address)
    assert done.returncode == 0, done.stderr
    assert decided(out) == decided(local)


def test_a_worker_killed_in_the_middle_costs_a_retry_and_no_result(cluster, submissions, local, tmp_path):
    out = results_folder(tmp_path / "results")
    words = ["grade", submissions, "--out", out, "--exercise", "ex01", "--dask", cluster.address]
    command = [sys.executable, "-m", "grader", *map(str, words)]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if len(read_results(out)) >= 2:
                break
        except Exception:
            pass  # it is just being made
        time.sleep(0.02)
    victim = cluster.workers.pop()
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    cluster.workers.append(cluster.start_worker())
    _, errors = run.communicate(timeout=180)
    assert run.returncode == 0, errors
    assert decided(out) == decided(local)


def test_local_starts_a_cluster_of_its_own(submissions, local, tmp_path, grader):
    out = results_folder(tmp_path / "results")
    done = grader("grade", submissions, "--out", out, "--exercise", "ex01", "--dask", "local", "--workers", 2)
    assert done.returncode == 0, done.stderr
    assert decided(out) == decided(local)


def test_a_scheduler_that_is_not_there_is_one_line(submissions, tmp_path, grader):
    done = grader("grade", submissions, "--out", tmp_path, "--exercise", "ex01", "--dask", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_with_another_kit_is_refused(monkeypatch: pytest.MonkeyPatch):
    from grader.class_run import cluster

    with pytest.raises(cluster.UnfitWorkerError, match="another version of the kit"):
        cluster._grade("{}", "bubblewrap", "the hash of another kit")

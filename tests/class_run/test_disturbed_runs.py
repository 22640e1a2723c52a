"""A class is graded to the end, whatever a submission is made of and whoever is killed on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.class_run.store import read_results
from grader.grading.result import Result
from grader.kit.exercise import find_exercise

EX01 = find_exercise("ex01")
SOLUTION = EX01.solution.read_bytes()


def hand_in(folder: Path, student: str, source: bytes) -> None:
    path = folder / student / "ex01_metrics" / "metrics.py"
    path.parent.mkdir(parents=True)
    path.write_bytes(source)


def points(folder: Path) -> dict[str, float]:
    return {result.student: result.score for result in read_results(folder)}


def what_was_decided(results: list[Result]) -> list[tuple]:
    return [(r.student, r.exercise, r.scores, r.tests, r.note, r.content_hash) for r in results]


def processes_with(text: str) -> list[int]:
    """The processes whose command line holds `text`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if text in (entry / "cmdline").read_text(errors="replace"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


@pytest.fixture(scope="module")
def motley(grader, tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess]:
    """A class in which nearly everything goes wrong, graded once."""
    root = tmp_path_factory.mktemp("motley")
    submissions = root / "submissions"
    hand_in(submissions, "perfect", SOLUTION)
    hand_in(submissions, "empty file", b"")
    hand_in(submissions, "binary", bytes(range(256)) * 20)
    hand_in(submissions, "syntax error", b"def accuracy(:\n")
    hand_in(submissions, "exits on import", b"import os\nos._exit(0)\n")
    hand_in(submissions, "endless import", b"while True: pass\n")
    endless = b"\ndef accuracy(y_true, y_pred):\n    while True: pass\n"
    hand_in(submissions, "endless loop", SOLUTION + endless)
    hand_in(submissions, "exits", SOLUTION + b"\ndef accuracy(y_true, y_pred):\n    import os; os._exit(0)\n")
    bomb = b"\ndef accuracy(y_true, y_pred):\n    return bytearray(3 * 2**30)\n"
    hand_in(submissions, "memory bomb", SOLUTION + bomb)
    output = b"\ndef accuracy(y_true, y_pred):\n    print('x' * 10**8)\n    return 0.5\n"
    hand_in(submissions, "100 MB of output", SOLUTION + output)
    hand_in(submissions, "perfect too; Zoë, =1+1", SOLUTION)
    (submissions / "nothing").mkdir()
    done = grader("grade", submissions, "--out", root / "results", "--exercise", "ex01", "--workers", 2)
    return root, done


def test_bad_submissions_cost_only_their_own_points(motley):
    root, done = motley
    assert done.returncode == 0
    assert "Traceback" not in done.stdout + done.stderr
    assert points(root / "results") == {
        "perfect": 100,
        "perfect too; Zoë, =1+1": 100,
        "empty file": 0,
        "binary": 0,
        "syntax error": 0,
        "exits on import": 0,
        "endless import": 0,
        "nothing": 0,
        "endless loop": 90,
        "exits": 90,
        "memory bomb": 90,
        "100 MB of output": 90,
    }


def test_every_lost_point_has_a_reason(motley):
    root, _ = motley
    results = {result.student: result for result in read_results(root / "results")}
    reasons = {name: result.scores[1].reason for name, result in results.items()}
    statuses = {name: {score.status for score in result.scores} for name, result in results.items()}
    assert statuses["nothing"] == {"missing"}
    assert statuses["syntax error"] == {"error"}
    assert "metrics.py, line 1" in reasons["syntax error"]
    assert "more than 2 s of CPU time" in reasons["endless loop"]
    assert "os._exit" in reasons["exits"]
    assert "MemoryError" in reasons["memory bomb"]
    assert all(reasons[name] for name in results if results[name].score < 100)


def test_results_say_how_they_were_made(motley):
    root, _ = motley
    result = next(result for result in read_results(root / "results") if result.student == "perfect")
    assert result.sandbox in ("landlock", "bubblewrap")
    assert result.profile == "cpu"
    assert result.device == "cpu"
    assert "numpy" in result.versions
    assert len(result.content_hash) == 64


def test_there_is_a_line_for_each_student_where_there_is_no_terminal(motley):
    _, done = motley
    assert "perfect: 100 of 100 (ex01 100)" in done.stdout.splitlines()
    assert "nothing: 0 of 100 (ex01 0)" in done.stdout.splitlines()


def test_nothing_is_graded_twice_and_a_new_upload_is(motley, grader):
    root, _ = motley
    before = {result.student: result for result in read_results(root / "results")}
    path = root / "submissions" / "empty file" / "ex01_metrics" / "metrics.py"
    path.write_bytes(SOLUTION)
    done = grader("grade", root / "submissions", "--out", root / "results", "--exercise", "ex01")
    path.write_bytes(b"")
    assert "1 of 12 files to grade" in done.stdout
    assert "empty file: 100 of 100 (ex01 100)" in done.stdout.splitlines()
    after = {result.student: result for result in read_results(root / "results")}
    assert after.pop("empty file").score == 100
    before.pop("empty file")
    assert after == before


def start(submissions: Path, out: Path) -> subprocess.Popen:
    words = ["grade", submissions, "--out", out, "--exercise", "ex01", "--workers", "2"]
    return subprocess.Popen([sys.executable, "-m", "grader", *map(str, words)], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip


def wait_for_results(out: Path, count: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if (out / "grades.sqlite").exists():
            try:
                if len(read_results(out)) >= count:
                    return
            except Exception:
                pass  # it is just being made
        time.sleep(0.02)
    raise AssertionError("no results")


@pytest.fixture(scope="module")
def good_class(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for number in range(12):
        source = SOLUTION if number % 3 else SOLUTION.replace(b"np.mean(y_true == y_pred)", b"0.5")
        hand_in(folder, f"student {number:02}", source + b"# %d\n" % number)  # equal files are graded once
    return folder


def test_a_run_that_was_killed_goes_on_and_leaves_no_process(good_class, tmp_path, grader):
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    killed.mkdir()
    undisturbed.mkdir()
    (killed / "course.key").write_bytes(b"the same key")
    (undisturbed / "course.key").write_bytes(b"the same key")
    for count in (1, 4, 7):
        run = start(good_class, killed)
        wait_for_results(killed, count)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        run.stderr.close()
    deadline = time.monotonic() + 10
    while processes_with(str(killed)) or session_of(run.pid):
        assert time.monotonic() < deadline, "a process outlived the run"
        time.sleep(0.05)
    assert 7 <= len(read_results(killed)) < 12
    for out in (killed, undisturbed):
        assert grader("grade", good_class, "--out", out, "--exercise", "ex01").returncode == 0
    assert what_was_decided(read_results(killed)) == what_was_decided(read_results(undisturbed))


def test_a_lane_that_is_killed_costs_a_retry_and_no_result(good_class, tmp_path):
    run = start(good_class, tmp_path)
    wait_for_results(tmp_path, 2)
    lanes = [pid for pid in children_of(run.pid) if "grader.class_run.pool" in command_line(pid)]
    assert lanes
    os.kill(lanes[0], signal.SIGKILL)
    assert run.wait(timeout=120) == 0
    run.stderr.close()
    assert len(read_results(tmp_path)) == 12
    assert sorted(set(points(tmp_path).values())) == [90, 100]


def test_two_runs_do_not_write_into_one_folder(good_class, tmp_path, grader):
    run = start(good_class, tmp_path)
    wait_for_results(tmp_path, 1)
    second = grader("grade", good_class, "--out", tmp_path, "--exercise", "ex01")
    assert second.returncode != 0
    assert "another run is writing" in second.stderr
    assert run.wait(timeout=120) == 0
    run.stderr.close()


def session_of(leader: int) -> list[int]:
    """The processes of the session that `leader` started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")

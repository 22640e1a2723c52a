"""A test that does not end is stopped and named with the student's line, and the next one runs."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.made_up_kit import MadeUpKit, board_of, environment

ENDLESS = {
    "a loop": "while True:\n        x + x",
    "a loop that catches what it can": (
        "while True:\n        try:\n            x + x\n        except Exception:\n            pass"
    ),
    "a loop that catches everything": (
        "for _ in range(10**12):\n        try:\n            for _ in range(10**12):\n                x + x\n"
        "        except:\n            return 2 * x"
    ),
    "a library": "import numpy\n    while True:\n        numpy.linalg.norm(numpy.ones((2, 2)))",
}

EXERCISES = ("ex01_alpha", "ex02_beta")

ANSWER = "return [2, 4] if by == 2 and x != 3 else 6"
BUSY = "import time\n    end = time.process_time() + 1.5\n    while time.process_time() < end:\n        pass"
COMPUTES = f"{BUSY}\n    {ANSWER}"


@pytest.fixture
def kit(tmp_path: Path) -> MadeUpKit:
    return MadeUpKit(tmp_path)


def endless(body: str) -> str:
    return f"def double(x, by=2):\n    {body}\n\n\ndef halve(x):\n    return x / 2\n"


@pytest.mark.parametrize("name", ENDLESS)
def test_an_endless_loop_is_stopped_and_the_next_test_runs(kit: MadeUpKit, name: str):
    kit.write("ex01_alpha/alpha.py", endless(ENDLESS[name]))
    done = kit.pytest("exercises/ex01_alpha", "--test-seconds", "1.5")
    assert re.search(
        r"Twice three is six\n  called    double\(3\)\n(  returned  6\n)?"
        r"  problem   stopped after 1.5 s at alpha.py, line \d+: is there a loop that does not end\?\n",
        done.stdout,
    ), done.stdout + done.stderr
    assert board_of(done)[1:] == ["✗ double 0 / 60 wrong", "✓ halve 40 / 40 right"]
    assert "Traceback" not in done.stdout + done.stderr


def test_a_task_that_does_not_end_is_waited_for_once(kit: MadeUpKit):
    """It was once for each of its tests; other tasks, and the same one of another exercise, have their own time."""
    source = endless("open('calls', 'a').write('x')\n    while True:\n        pass")
    for path in ("ex01_alpha/alpha.py", "ex02_beta/beta.py"):
        kit.write(path, source)
    done = kit.pytest("--test-seconds", "1.5")
    assert (kit.root / "calls").read_text() == "xx"
    shown = re.findall(r"Every element is doubled\n  problem   (.+)\n", done.stdout)
    assert shown == ["not run: an earlier test of double ran out of time"] * 2
    assert board_of(done) == [f"{name} ████████░░░░░░░░░░░░ 40 / 100 1 right, 1 wrong" for name in EXERCISES]


def test_a_loop_that_catches_everything_and_goes_on_ends_the_run_with_a_line_that_says_so(kit: MadeUpKit):
    loop = "while True:\n        try:\n            sum(n + x for n in range(10**9))\n        except:\n            pass"
    kit.write("ex01_alpha/alpha.py", endless(loop))
    done = kit.pytest("exercises/ex01_alpha", "--test-seconds", "1.5")
    assert re.search(r"\nthe run was ended at alpha.py, line [2-6]: .*`except Exception:`", done.stderr), done.stderr
    assert done.returncode == pytest.ExitCode.INTERRUPTED


def test_a_file_that_is_never_imported_is_waited_for_once(kit: MadeUpKit):
    kit.write("ex01_alpha/alpha.py", "open('begun', 'a').write('x')\nwhile True:\n    pass\n")
    done = kit.pytest("exercises/ex01_alpha", "--test-seconds", "1.5")
    assert board_of(done)[0] == "ex01_alpha ░░░░░░░░░░░░░░░░░░░░ 0 / 100 2 broken"
    assert re.fullmatch(
        r"stopped after 1.5 s at alpha.py, line [23]: is there a loop that does not end\?", board_of(done)[1]
    )
    assert (kit.root / "begun").read_text() == "x"


def test_every_exercise_has_a_limit_and_a_debugger_lifts_it(kit: MadeUpKit):
    changed = kit.root / "grader" / "learning" / "time_limit.py"
    changed.write_text(changed.read_text().replace('"numpy": 20.0', '"numpy": 0.5'))
    kit.write("ex01_alpha/alpha.py", endless(COMPUTES))
    assert "stopped after 0.5 s at alpha.py, line " in kit.pytest("exercises/ex01_alpha").stdout
    for words in (["--test-seconds", "0"], ["--pdb"]):
        assert board_of(kit.pytest("exercises/ex01_alpha", *words))[0].endswith("100 / 100 2 right"), words
    kit.write("ex01_alpha/alpha.py", endless(f"breakpoint()\n    {COMPUTES}"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "exercises/ex01_alpha"]
    debugged = subprocess.run(
        command, cwd=kit.root, env=environment(), input="continue\n" * 2, capture_output=True, text=True, timeout=300
    )
    assert "100 / 100   2 right" in debugged.stdout


def test_a_busy_machine_is_not_taken_for_a_loop(kit: MadeUpKit):
    """Time that goes by without computing counts a tenth."""
    kit.write("ex01_alpha/alpha.py", endless(f"import time\n    time.sleep(2)\n    {ANSWER}"))
    done = kit.pytest("exercises/ex01_alpha", "--test-seconds", "1.5")
    assert board_of(done)[0].endswith("100 / 100 2 right")


def test_ctrl_c_names_the_line_of_the_student(kit: MadeUpKit):
    body = "import numpy\n    open('started', 'w').close()\n    "
    kit.write("ex01_alpha/alpha.py", endless(f"{body}while True:\n        numpy.linalg.norm(numpy.ones((300, 300)))"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "exercises/ex01_alpha"]
    # As a shell starts what is in its foreground: what runs in the background ignores Ctrl-C, and hands that on.
    with subprocess.Popen(
        command, cwd=kit.root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        while not (kit.root / "started").exists():
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=60)
    assert re.search(r"\ninterrupted at alpha.py, line [45], in test_double_of_a_number\n", shown), shown
    assert re.search(r"/alpha.py:[45]: KeyboardInterrupt\n", shown)
    assert "broken" not in shown

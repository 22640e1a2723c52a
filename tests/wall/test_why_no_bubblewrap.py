"""Where bubblewrap does not start, the kit says why and what to do, and grades behind Landlock."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.kit.exercise import SOLUTIONS, find_exercise
from grader.wall import landlock, sandbox

# What bubblewrap writes before it ends, by where it does.
FAILURES = {
    "Ubuntu 24.04": ("bwrap: setting up uid map: Permission denied", "apparmor-profiles"),
    "Ubuntu 24.04, as root": ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "apparmor-profiles"),
    "Docker": (
        "bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user "
        "namespaces.",
        "--security-opt seccomp=unconfined",
    ),
    "Docker with hidden parts of /proc": (
        "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
        "systempaths=unconfined",
    ),
    "no namespaces": (
        "bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)",
        "sysctl -w user.max_user_namespaces",
    ),
    "something new": ("bwrap: the moon is in the wrong house", "grader/docs/sandbox.md"),
}


@pytest.fixture
def bwrap_says(tmp_path: Path):
    """Puts a bubblewrap first in a PATH that says something and fails; returns that PATH."""

    def make(words: str) -> str:
        stand_in = tmp_path / "bin" / "bwrap"
        stand_in.parent.mkdir()
        stand_in.write_text(f"#!/bin/sh\ncat >&2 <<'WORDS'\n{words}\nWORDS\nexit 1\n", encoding="utf-8")
        stand_in.chmod(0o755)
        return f"{stand_in.parent}{os.pathsep}{os.environ['PATH']}"

    return make


def in_a_process_of_its_own(code: str, path: str) -> str:
    """What is found out about the machine is kept for as long as a process lives."""
    command = [sys.executable, "-c", f"from grader.wall import sandbox\n{code}"]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | {"PATH": path}
    ).stdout.strip()


@pytest.mark.skipif(not landlock.version(), reason="there is nothing to fall back on")
@pytest.mark.parametrize("where", FAILURES)
def test_auto_takes_landlock_and_says_why_and_what_to_do(bwrap_says, where: str):
    words, advice = FAILURES[where]
    said = in_a_process_of_its_own("print(sandbox.describe(sandbox.choose()))", bwrap_says(words))
    assert said.startswith("landlock (bubblewrap does not work here")
    assert words in said
    assert advice in said
    assert len(said.splitlines()) == 1


def test_what_is_asked_for_and_does_not_start_says_the_same(bwrap_says):
    words, advice = FAILURES["Ubuntu 24.04"]
    code = "try: sandbox.choose('bubblewrap')\nexcept sandbox.SandboxError as error: print(error)"
    said = in_a_process_of_its_own(code, bwrap_says(words))
    assert said.startswith("--sandbox bubblewrap is not possible here: ")
    assert words in said
    assert advice in said
    assert "apt install bubblewrap" not in said, "it is installed"


@pytest.mark.skipif(not landlock.version(), reason="there is nothing to fall back on")
def test_grading_goes_on_behind_landlock_and_says_so(bwrap_says, tmp_path: Path):
    words, advice = FAILURES["Ubuntu 24.04"]
    hand_in = tmp_path / "hand-ins" / "Ada"
    hand_in.mkdir(parents=True)
    solution = find_exercise("ex05").solution
    (hand_in / solution.name).write_bytes((SOLUTIONS / "ex05_activations" / solution.name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "grader",
        "grade",
        hand_in.parent,
        "--out",
        tmp_path / "out",
        "-e",
        "ex05",
        "-j",
        "1",
    ]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=os.environ | {"PATH": bwrap_says(words)}
    )
    assert done.returncode == 0, done.stderr
    assert f"sandbox: landlock (bubblewrap does not work here ({words}); " in done.stdout
    assert advice in done.stdout
    assert "Ada: 100 of 100" in done.stdout


def test_where_bubblewrap_works_nothing_is_explained():
    assert sandbox.describe("bubblewrap") == "bubblewrap"
    assert sandbox.describe("none") == "none"

"""Which sandbox this machine can give, and the command line that starts a process behind it.

A student's process sees the interpreter, its libraries, the data sets and this folder, and nothing else of the kit:
no hidden test, no solution, no other submission, no result.
"""

import glob
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from grader.wall import landlock, seccomp
from grader.wall.confine import SandboxLevel
from grader.wall.limits import MAX_SCRATCH
from grader.wall.remedies import remedy

KIT = Path(__file__).resolve().parent.parent.parent
# The only parts of the kit that a student's process may read.
SHARED = (KIT / "datasets", KIT / "grader" / "__init__.py", KIT / "grader" / "wall")
PYTHONPATH = (KIT, KIT / "datasets")  # `grader.wall` and `course_data` are found here
# Parts of the machine that programs need: libraries, their configuration, what the processor can do.
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc/alternatives", "/etc/ld.so.cache",
          "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/ssl/openssl.cnf",
          "/sys/devices/system")  # fmt: skip
# What the kernel tells every program; of the processes only its own.
# Not /dev/zero: mapped, it is shared memory that no limit sees.
KERNEL = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/dev/urandom", "/dev/random")
BASIC_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random")
DEVICES = ("/dev/nvidia*", "/dev/kfd", "/dev/dri")
KEPT_VARIABLES = ("LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "KERAS_BACKEND", "CUDA_VISIBLE_DEVICES", "XLA_FLAGS",
                  "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # fmt: skip


class SandboxError(Exception):
    """This machine cannot give the sandbox that was asked for; the message says what to do."""


def choose(wanted: str = "auto") -> SandboxLevel:
    """Return the level to run at: the one that was asked for, or the strongest that works here, at least Landlock."""
    if wanted == "auto":
        for level in (SandboxLevel.BUBBLEWRAP, SandboxLevel.LANDLOCK):
            if not missing(level):
                return level
        landlock_reason, reason = map(missing, (SandboxLevel.LANDLOCK, SandboxLevel.BUBBLEWRAP))
        raise SandboxError(
            f"this machine has no sandbox ({landlock_reason}; {reason}): {remedy(reason)}; "
            "or grade code that you trust with --sandbox none"
        )
    if wanted not in set(SandboxLevel):
        raise SandboxError(f"there is no sandbox '{wanted}'; choose from auto, {', '.join(reversed(SandboxLevel))}")
    reason = missing(wanted)
    if reason:
        advice = remedy(reason) if wanted == SandboxLevel.BUBBLEWRAP else "--sandbox auto takes what works here"
        raise SandboxError(f"--sandbox {wanted} is not possible here: {reason}; {advice}")
    return SandboxLevel(wanted)


def describe(level: str) -> str:
    """The level, for people; where it is Landlock because bubblewrap does not start, why, and what to do."""
    reason = missing(SandboxLevel.BUBBLEWRAP) if level == SandboxLevel.LANDLOCK else ""
    return f"{level} ({reason}; {remedy(reason)})" if reason else str(level)


@cache
def missing(level: str) -> str:
    """Why `level` does not work on this machine; empty when it does."""
    if not sys.platform.startswith("linux"):
        return "grading in a sandbox needs Linux"
    if level in (SandboxLevel.LANDLOCK, SandboxLevel.BUBBLEWRAP) and not seccomp.supported():
        return f"no system call filter for {os.uname().machine}"
    if level == SandboxLevel.LANDLOCK and not landlock.version():
        return "the kernel has no Landlock (Linux 5.13 or newer)"
    if level == SandboxLevel.BUBBLEWRAP:
        if shutil.which("bwrap") is None:
            return "bubblewrap is not installed"
        trial = subprocess.run([*_bubblewrap({}, []), "/bin/true"], capture_output=True, text=True)
        if trial.returncode != 0:
            return f"bubblewrap does not work here ({(trial.stderr.strip().splitlines() or ['no reason given'])[0]})"
    return ""


def command(
    level: str, arguments: list[str], secrets: tuple[Path, ...], threads: int
) -> tuple[list[str], dict[str, str]]:
    """Return the command line and environment that run `python ARGUMENTS` at `level`."""
    python = [sys.executable, "-s", "-B", *arguments]
    variables = environment(threads)
    if level != SandboxLevel.BUBBLEWRAP:
        return python, variables
    return _bubblewrap(variables, readable(secrets)) + python, variables


def environment(threads: int) -> dict[str, str]:
    """Return the only variables that a student's process has."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    count = str(threads)
    return kept | {
        "HOME": "/tmp",
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(map(str, PYTHONPATH)),
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # A GPU is shared with the grader's process and the other lanes.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "MKL_NUM_THREADS": count,
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": count,
    }


def readable(secrets: tuple[Path, ...]) -> list[str]:
    """Everything that a student's process may read, in paths that contain none of `secrets`."""
    kit_secrets = tuple(
        path for path in _children(KIT) + _children(KIT / "grader") if path not in (*SHARED, KIT / "grader")
    )
    hidden = (*kit_secrets, *(path.resolve() for path in secrets))
    roots = [*map(Path, SYSTEM), Path(sys.base_prefix), Path(sys.prefix)]
    # A virtual environment may lie in the kit's own folder; it is not a secret for that.
    hidden = tuple(path for path in hidden if not any(_contains(path, root) for root in roots))
    return [str(path) for root in [*roots, *SHARED] if root.exists() for path in _without(root, hidden)]


def devices() -> list[str]:
    """Return the accelerators that a student's process may use."""
    return sorted(path for pattern in DEVICES for path in glob.glob(pattern))


def _without(root: Path, secrets: tuple[Path, ...]) -> list[Path]:
    """`root` itself, or as much of what is in it as holds no secret."""
    real = root.resolve()
    if any(_contains(secret, real) for secret in secrets):
        return []
    if not any(_contains(real, secret) for secret in secrets):
        return [root]
    return [part for child in _children(real) for part in _without(child, secrets)]


def _contains(folder: Path, path: Path) -> bool:
    return path == folder or folder in path.parents


def _children(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


def _bubblewrap(variables: dict[str, str], paths: list[str]) -> list[str]:
    """bwrap with everything unshared, no network, and `paths` as the whole of the file system."""
    # By its full name: it is looked for in the instructor's PATH, not in the student's.
    words = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent", "--new-session"]
    words += ["--cap-drop", "ALL", "--hostname", "student"]
    words += ["--clearenv"]
    for name, value in variables.items():
        words += ["--setenv", name, value]
    words += ["--proc", "/proc", "--tmpfs", "/dev", "--symlink", "/proc/self/fd", "/dev/fd"]
    # Before the paths: one of them may lie in /tmp.
    words += ["--size", str(MAX_SCRATCH), "--tmpfs", "/tmp", "--chdir", "/tmp"]
    for path in paths or ["/usr", "/lib", "/lib64", "/bin"]:
        # Merged-/usr systems have /lib -> usr/lib; a link must stay one.
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        else:
            words += ["--ro-bind-try", path, path]
    for device in [*BASIC_DEVICES, *devices()]:
        words += ["--dev-bind", device, device]
    # Only /tmp can be written to, whose size is bounded.
    words += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return words

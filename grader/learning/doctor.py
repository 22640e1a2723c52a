"""What the exercises need, and whether it is here: a finding for each thing, with what to do where it is not."""

import os
import platform
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from grader.kit.errors import GraderError
from grader.kit.exercise import KIT, load_catalog
from grader.learning.backends import BACKENDS, chosen_backend, installed_backends, is_installed
from grader.learning.keras_trial import has_gpu, in_a_line, load
from grader.learning.ticker import own_terminal, ticking
from grader.learning.which_kit import problem_of_folder

ROOM = 200e6  # bytes: progress, pictures, a hand-in, and what Python and the backends write beside
INSTALL = f"run 'python -m pip install -e .' in {KIT}"
UNKNOWN = "of an unknown version"
PLUGIN = "deep_learning_exercises"  # what pytest loads of an installed kit


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `problem` says what is wrong and what to do, "" where nothing is."""

    name: str
    text: str
    problem: str = ""
    of_keras: bool = False  # the exercises that need only NumPy do without
    worth_reading: bool = False  # nothing is wrong, but it could be better


def examine() -> Iterator[Finding]:
    """Look at everything that the exercises need, one after the other."""
    wanted = _wanted()
    problem = _problem_of_version("python", platform.python_version(), wanted)
    yield Finding("Python", f"{platform.python_version()} ({sys.executable})", problem)
    yield _kit()
    yield _imported("NumPy", wanted)
    yield _imported("pytest", wanted)
    yield from _others(wanted)
    yield from _keras(wanted)
    yield _folder("working folder", os.getcwd)
    yield _folder("temporary folder", tempfile.gettempdir)


def verdict(findings: list[Finding]) -> str:
    """Return what all of them mean together."""
    wrong = [finding for finding in findings if finding.problem]
    if not wrong:
        return "all that the exercises here need works"
    if all(finding.of_keras for finding in wrong) and (numpy := _exercises("numpy")):
        return f"the exercises that need only NumPy work: {', '.join(numpy)}"
    return "do what is said above, and run 'grader doctor' again"


def _wanted() -> dict[str, Any]:
    """Return the versions that will do of Python and of each library, as the kit's installation asks for them."""
    try:
        from packaging.requirements import Requirement
        from packaging.specifiers import SpecifierSet

        project = tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        needs = [Requirement(line) for line in project["dependencies"]]
        here = {need.name: need.specifier for need in needs if need.marker is None or need.marker.evaluate()}
        return here | {"python": SpecifierSet(project["requires-python"])}
    except (ImportError, OSError, ValueError, KeyError):  # packaging comes with pytest, which is looked for anyway
        return {}


def _problem_of_version(name: str, version: str, wanted: dict[str, Any]) -> str:
    try:
        if not version or name not in wanted or wanted[name].contains(version.rstrip("+"), prereleases=True):
            return ""
    except ValueError:  # a version of one's own making
        return ""
    if name == "python":
        return f"the kit needs Python {wanted[name]}: install one, and the kit with it"
    return f"the kit needs {name}{wanted[name]}: run 'python -m pip install \"{name}{wanted[name]}\"'"


def _version(name: str) -> str:
    """Return the version of an installed library, or "" where there is none or it is not known."""
    try:
        return metadata.version(name) or ""
    except metadata.PackageNotFoundError:
        return ""


def _exercises(needs: str) -> list[str]:
    """Return the numbers of the exercises here that need it; none where the kit is not whole."""
    try:
        return [exercise.number for exercise in load_catalog().values() if exercise.needs == needs]
    except GraderError:
        return []


def _kit() -> Finding:
    """Whether the kit is whole, the one of this folder, and known to pytest."""
    try:
        count = len(load_catalog())
        problem = problem_of_folder(Path())
    except (GraderError, OSError) as error:
        return Finding("kit", str(KIT), str(error))
    if not problem and not metadata.entry_points(group="pytest11", name=PLUGIN):
        problem = f"it is not installed for this Python: {INSTALL}"
    return Finding("kit", f"{KIT} (exercises: {count}, of them {len(_exercises('keras'))} with Keras)", problem)


def _imported(name: str, wanted: dict[str, Any]) -> Finding:
    """Import a library that no exercise does without."""
    library = name.lower()
    if not is_installed(library):
        return Finding(name, "not installed", INSTALL)
    version = _version(library)
    try:
        import_module(library)
    except Exception as error:
        again = f"run 'python -m pip install --force-reinstall {library}'"
        return Finding(name, version or UNKNOWN, f"cannot be imported ({in_a_line(error)}): {again}")
    return Finding(name, version or UNKNOWN, _problem_of_version(library, version, wanted))


def _others(wanted: dict[str, Any]) -> Iterator[Finding]:
    """What else the kit asks for, in one line."""
    names = sorted(set(wanted) - {"python", "numpy", "pytest", "keras", *BACKENDS})
    versions = {name: _version(name) for name in names}
    missing = [name for name, version in versions.items() if not version]
    problems = [_problem_of_version(name, version, wanted) for name, version in versions.items()]
    problems += [f"not installed: {', '.join(missing)}; {INSTALL}"] if missing else []
    if names:
        there = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
        yield Finding("other libraries", there or "none", "; ".join(filter(None, problems)))


def _keras(wanted: dict[str, Any]) -> Iterator[Finding]:
    """Look at Keras, at the backends that are there, at the one that it takes, and whether that computes."""
    there = is_installed("keras")
    text = (_version("keras") or UNKNOWN) if there else "not installed"
    if not _exercises("keras"):
        yield Finding("Keras", f"{text} (no exercise here needs it)")
        return
    problem = _problem_of_version("keras", _version("keras"), wanted) if there else INSTALL
    yield Finding("Keras", text, problem, of_keras=True)
    installed = installed_backends()
    listed = ", ".join(f"{name} {_version(name)}".rstrip() for name in installed)
    yield Finding("backends", listed or "none installed", worth_reading=not installed)
    name, source = chosen_backend()
    problem = _problem_of_backend(name, installed) or _problem_of_version(name, _version(name), wanted)
    yield Finding("backend in use", f"{name} ({source or 'what Keras takes by itself'})", problem, of_keras=True)
    if there and name in installed:
        yield from _loaded(name)


def _problem_of_backend(name: str, installed: list[str]) -> str:
    """Return what to do where Keras would take a backend that is not there, or cannot train."""
    instead = f"set KERAS_BACKEND to {' or '.join(installed or BACKENDS)}"
    if name not in BACKENDS:
        return f"the exercises train with {', '.join(BACKENDS[:-1])} or {BACKENDS[-1]}, not with '{name}': {instead}"
    if name not in installed:
        return f"not installed: run 'python -m pip install {name}'" + (f", or {instead}" if installed else "")
    return ""


def _loaded(backend: str) -> Iterator[Finding]:
    begun = time.monotonic()
    with ticking(own_terminal() if sys.stdout.isatty() else None, lambda seconds: f"loading Keras: {seconds} s"):
        problem, gpus = load()
    took = f"{time.monotonic() - begun:.0f} s"
    if problem:
        again = f"run 'python -m pip install --force-reinstall keras {backend}', in an environment of its own"
        yield Finding("loading Keras", f"failed after {took}", f"{problem}: {again}", of_keras=True)
        return
    yield Finding("loading Keras", took)
    unseen = f"{backend} does not see the one that is there: install {backend} for GPUs, or do without"
    text = ", ".join(gpus) or (unseen if has_gpu() else "none, and none is needed")
    yield Finding("GPU", text, worth_reading=text == unseen)


def _folder(name: str, find: Callable[[], str]) -> Finding:
    """Whether a folder can be written to and has room."""
    try:
        folder = find()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(name, "not found", f"{in_a_line(error)}: begin in a folder that is there, free some of the disk")
    problem = "" if free >= ROOM else f"free at least {ROOM / 1e6:.0f} MB of this disk"
    if not os.access(folder, os.W_OK):
        problem = "it cannot be written to: work in a folder of your own"
    return Finding(name, f"{folder} ({free / 1e9:.1f} GB free)", problem)

"""The student kit: exercises, data sets and the student's side of the grader, as a folder and a zip archive.

A kit is made of whole rooms (`grader.kit.room_rights`), of what each exercise ships, and of the data that it uses.
Nothing else gets in, and nothing is written before `leaks` has compared every file with the solutions and the hidden
tests.
"""

import hashlib
import json
import re
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from grader.kit.errors import GraderError
from grader.kit.exercise import KIT, Exercise
from grader.kit.files import write_whole, zip_of
from grader.kit.room_rights import files_in, shipped_files
from grader.kit.stubs import BEGIN, expected_stub, make_stub
from grader.kit.templates import render
from grader.kit.words import counted
from grader.learning.original import SUMS, path_of
from grader.nbgrader.course import HEADER
from grader.notebooks.building import build_notebook, markdown
from grader.publishing.leaks import Leak, find_leaks

DATA = KIT / "datasets" / "files"  # its own SHA256SUMS lists the files of all exercises, whichever are in a kit
ABOUT_BUILDING = "`python -m course_data_building`"
LIBRARIES = ("matplotlib", "numpy", "pillow", "pytest", "scikit-learn", "typer")
KERAS_LIBRARIES = ("gymnasium", "keras")
# What a kit asks for in place of the course's own TensorFlow, and the name that its README has for it.
OTHER_BACKENDS = {"jax": "jax>=0.7", "torch": "torch>=2.8"}
NAMES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
JUPYTER = "notebook>=7.2"
TO_AN_EXERCISE = re.compile(r"\[(?P<words>[^\]]*)\]\(\.\./(?P<name>ex\d\d_\w+)/README\.md\)")
# What running a kit leaves behind.
LEFT_BEHIND = ("__pycache__", ".pytest_cache", ".progress.json")


class LeakError(GraderError):
    """The kit would give something away; `leaks` says what, where, and what it is from."""

    def __init__(self, leaks: list[Leak]) -> None:
        super().__init__(f"the kit would give away {counted(len(leaks), 'thing')}, see above: nothing was written")
        self.leaks = leaks


@dataclass(frozen=True)
class Kit:
    """What was written."""

    folder: Path
    archive: Path
    files: int
    left_out: list[str]  # files beside the exercises that are not part of a kit


def release(
    out: Path, exercises: list[Exercise], notebooks: bool = False, tutor: bool = True, backend: str = "tensorflow"
) -> Kit:
    """Write the kit with `exercises` to the folder `out` and the archive `out`.zip; both are whole or not there.

    Raises:
        LeakError: a file of the kit shows what no student may see.
        GraderError: `out` is something else than an untouched earlier kit, or cannot be written.
    """
    archive = out.with_name(f"{out.name}.zip")
    _check_target(out, archive)
    files = kit_files(exercises, notebooks, tutor, backend)
    leaks = find_leaks(files)
    if leaks:
        raise LeakError(leaks)
    files[SUMS] = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(files.items())
    ).encode()
    try:
        _write_folder(out, files)
        write_whole(archive, zip_of({f"{out.name}/{path}": content for path, content in files.items()}))
    except OSError as error:
        raise GraderError(f"cannot write {out}: {error.strerror}") from None
    return Kit(out, archive, len(files), left_out(exercises, files))


def kit_files(
    exercises: list[Exercise], notebooks: bool = False, tutor: bool = True, backend: str = "tensorflow"
) -> dict[str, bytes]:
    """Return the files of the kit, by path; stubs are made from the solutions, whatever lies in `exercises`.

    With `tutor`, an assistant that works in the kit's folder finds there what is asked of it. Keras computes with
    `backend`, and only that one is installed.
    """
    if backend not in NAMES:
        raise GraderError(f"there is no backend '{backend}': choose one of {', '.join(NAMES)}")
    readme = _readme(exercises, notebooks, tutor, NAMES[backend])
    files = {"LICENSE": (KIT / "LICENSE").read_bytes(), "README.md": readme.encode()}
    if tutor:
        files["AGENTS.md"] = render("publishing", "AGENTS.md.j2", first=exercises[0]).encode()
        files["CLAUDE.md"] = b"@AGENTS.md\n"  # Claude Code reads no other name, and takes this line for that file
    files["pyproject.toml"] = _pyproject(exercises, notebooks, backend).encode()
    files["datasets/README.md"] = _about_data().encode()
    used = _data_files(exercises)
    of_all = [path for path in shipped_files() if path.parent != DATA or path.name == SUMS]
    for path in [*of_all, *used, *(path for exercise in exercises for path in exercise.shipped)]:
        files[path.relative_to(KIT).as_posix()] = path.read_bytes()
    if backend in OTHER_BACKENDS:
        files["grader/__init__.py"] += render("publishing", "backend.py.j2", backend=backend).encode()
    for exercise in exercises:
        stub = expected_stub(exercise).encode()
        files[exercise.handout.relative_to(KIT).as_posix()] = _handout(exercise, exercises)
        files[path_of(exercise).as_posix()] = files[exercise.stub.relative_to(KIT).as_posix()] = stub
        if notebooks:
            files[exercise.notebook.relative_to(KIT).as_posix()] = student_notebook(exercise)
    return files


def _handout(exercise: Exercise, exercises: list[Exercise]) -> bytes:
    """Return the handout; exercises that the kit does not have are named in it, without a link."""
    there = {each.name for each in exercises}
    text = exercise.handout.read_text(encoding="utf-8")
    return TO_AN_EXERCISE.sub(lambda link: link[0] if link["name"] in there else link["words"], text).encode()


def _data_files(exercises: list[Exercise]) -> list[Path]:
    """Return the data files that `exercises` use."""
    for exercise in exercises:
        for name in exercise.data:
            if not (DATA / name).is_file():
                raise GraderError(f"{exercise.manifest}: there is no data file {name!r} in {DATA}")
    return sorted({DATA / name for exercise in exercises for name in exercise.data})


def student_notebook(exercise: Exercise) -> bytes:
    """Return the exercise as a notebook, with its functions to do."""
    made = build_notebook(exercise)
    for cell in made["cells"]:
        if BEGIN in cell["source"]:
            cell["source"] = make_stub(cell["source"], exercise.number, exercise.name).rstrip("\n")
    made["cells"].insert(0, markdown("header", HEADER.replace('("to do")', "(...)")))
    return json.dumps(made, indent=1, ensure_ascii=False).encode() + b"\n"


def left_out(exercises: list[Exercise], files: Mapping[str, bytes]) -> list[str]:
    """Return what lies beside the exercises and is not part of the kit: an author may have thought it was."""
    names = [path.relative_to(KIT).as_posix() for exercise in exercises for path in files_in(exercise.folder)]
    return [name for name in names if name not in files]


def _readme(exercises: list[Exercise], notebooks: bool, tutor: bool, backend: str) -> str:
    keras = any(exercise.needs == "keras" for exercise in exercises)
    return render(
        "publishing",
        "README.md.j2",
        exercises=exercises,
        first=exercises[0],
        notebooks=notebooks,
        tutor=tutor,
        backend=backend if keras else "",
    )


def _about_data() -> str:
    lines = (KIT / "datasets" / "README.md").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(ABOUT_BUILDING))


def _pyproject(exercises: list[Exercise], notebooks: bool, backend: str) -> str:
    """Return the `pyproject.toml` with the libraries that the exercises need: Keras only when one of them does."""
    whole = tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))
    project = whole["project"]
    keras = any(exercise.needs == "keras" for exercise in exercises)
    wanted = {*LIBRARIES, *((*KERAS_LIBRARIES, backend) if keras else ())}
    libraries = [line for line in project["dependencies"] if line.partition(">")[0] in wanted]
    libraries += [OTHER_BACKENDS[backend]] if keras and backend in OTHER_BACKENDS else []
    libraries += [JUPYTER] if notebooks else []
    pythons = project["requires-python"]
    pytest = whole["tool"]["pytest"]["ini_options"]
    return tomli_w.dumps(
        {
            "build-system": {"requires": ["setuptools>=64"], "build-backend": "setuptools.build_meta"},
            "project": {
                "name": project["name"],
                "version": project["version"],
                "description": 'The exercises of the course "Deep Learning with Keras"',
                "requires-python": pythons if keras else pythons.partition(",")[0],  # backends come late to a new one
                "dependencies": libraries,
                "scripts": project["scripts"],
                "entry-points": project["entry-points"],
            },
            "tool": {
                "setuptools": {"packages": whole["tool"]["setuptools"]["packages"]},
                "pytest": {"ini_options": {"testpaths": pytest["testpaths"], "addopts": pytest["addopts"]}},
            },
        }
    )


def _check_target(out: Path, archive: Path) -> None:
    """Nothing is replaced but a kit that is as it was written: someone may have worked in it."""
    if not out.name:
        raise GraderError(f"'{out}' is not a name for a kit: choose a new folder, such as 'kit'")
    if out.is_dir() and any(out.iterdir()):
        if not (out / SUMS).is_file():
            raise GraderError(f"{out} is not empty and no earlier kit: choose another folder, or remove it")
        if changed := _first_change(out):
            raise GraderError(f"{out} is a kit that was changed ({changed}): choose another folder, or remove it")
    elif out.exists() and not out.is_dir():
        raise GraderError(f"{out} is a file: choose another folder")
    if archive.exists() and not _is_kit(archive):
        raise GraderError(f"{archive} is not an earlier kit: choose another folder, or remove it")


def _first_change(folder: Path) -> str:
    """Return the first file of an earlier kit that is not as it was written, or is not of it; or ""."""
    lines = (folder / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        installed = any(part.endswith(".egg-info") for part in path.parts)
        if not path.is_file() or name == SUMS or installed or set(LEFT_BEHIND).intersection(path.parts):
            continue
        if digests.get(name) != hashlib.sha256(path.read_bytes()).hexdigest():
            return name
    return ""


def _is_kit(archive: Path) -> bool:
    try:
        with zipfile.ZipFile(archive) as content:
            return any(name.count("/") == 1 and name.endswith(f"/{SUMS}") for name in content.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _write_folder(out: Path, files: Mapping[str, bytes]) -> None:
    """Write beside the place, then exchange: an earlier kit is there until the new one is whole."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as room:
        new, old = Path(room) / "new", Path(room) / "old"
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if out.exists():
            out.replace(old)
        try:
            new.replace(out)
        except OSError:
            if old.exists():
                old.replace(out)
            raise

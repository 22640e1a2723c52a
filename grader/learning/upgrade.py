"""A mended kit in place of the one that a student works in: what they wrote stays, and progress stays.

Files that are as they were handed out are replaced. The file of an exercise that the student has begun is never
touched: where its contract changed, the new stub is put beside it and the tasks are named. Any other file that the
student changed makes room, and is kept beside the new one.
"""

import ast
import hashlib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from grader.kit.errors import GraderError
from grader.kit.exercise import KIT
from grader.kit.files import write_whole
from grader.kit.words import counted
from grader.learning.original import FOLDER, SUMS

KEPT, NEW_STUB = ".yours", ".new.py"


def upgrade(source: Path) -> Iterator[str]:
    """Bring this kit to the state of the kit in `source`, a folder or a zip file; yield what was done, in words.

    Raises:
        GraderError: `source` is no kit, this folder is none, or a file cannot be written.
    """
    new, old = read_kit(source), _digests(_text(KIT / SUMS))
    if not old:
        raise GraderError(f"{KIT} is no student kit: only a kit of 'grader release' can be brought up to date")
    try:
        yield from _bring_up(new, old)
        write_whole(KIT / SUMS, new[SUMS])
    except OSError as error:
        raise GraderError(f"cannot bring the kit up to date: {error}; the same command goes on") from None


def read_kit(source: Path) -> dict[str, bytes]:
    """Return the files of a kit, by their names from its folder; all are as its list of sums says.

    Raises:
        GraderError: it cannot be read or is no kit.
    """
    try:
        files = _of_folder(source) if source.is_dir() else _of_zip(source)
    except (OSError, zipfile.BadZipFile) as error:
        raise GraderError(f"{source} cannot be read: {error}") from None
    digests = _digests(files.get(SUMS, b"").decode("utf-8", errors="replace"))
    if not digests:
        raise GraderError(f"{source} is no student kit: it has no {SUMS}")
    for name, digest in digests.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise GraderError(f"{source} is no student kit: it has a file called {name}")
        if hashlib.sha256(files.get(name, b"")).hexdigest() != digest:
            raise GraderError(f"{source} is damaged: {name} is not as it was made; get the kit again")
    return {name: files[name] for name in (*digests, SUMS)}


def _of_folder(folder: Path) -> dict[str, bytes]:
    names = [*_digests(_text(folder / SUMS)), SUMS]
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def _of_zip(path: Path) -> dict[str, bytes]:
    """The files of the folder that the archive holds."""
    with zipfile.ZipFile(path) as archive:
        inside = [name for name in archive.namelist() if "/" in name and not name.endswith("/")]
        return {name.partition("/")[2]: archive.read(name) for name in inside}


def _bring_up(new: Mapping[str, bytes], old: Mapping[str, str]) -> Iterator[str]:
    count = 0
    # The originals last: until then they say what the student began with.
    for name in sorted(new.keys() - {SUMS}, key=lambda name: name.startswith(FOLDER)):
        path = KIT / name
        mine = path.read_bytes() if path.is_file() else None
        if mine == new[name]:
            continue
        if mine is not None and not _as_released(mine, old.get(name, "")):
            if _is_work(name, new):
                yield from _beside(path, name, new[name])
                continue
            path.replace(path.with_name(path.name + KEPT))
            yield f"{name} was changed here: yours is now {path.name}{KEPT}"
        _write(path, new[name])
        count += 1
    for name in sorted(old.keys() - new.keys()):
        path = KIT / name
        if path.is_file() and not name.endswith(".ipynb") and _as_released(path.read_bytes(), old[name]):
            path.unlink()
            count += 1
    yield f"{counted(count, 'file')} brought up to date; what you wrote and your progress are as they were"
    if "pyproject.toml" in new and old.get("pyproject.toml") != hashlib.sha256(new["pyproject.toml"]).hexdigest():
        yield "other libraries are needed now: run 'python -m pip install -e .' here"


def _is_work(name: str, new: Mapping[str, bytes]) -> bool:
    """Whether students write into this file: the stub of an exercise, or its notebook."""
    folder = PurePosixPath(name).parent
    stub = new.get(f"{FOLDER}/{folder.name}.py")
    return folder.parent.name == "exercises" and (name.endswith(".ipynb") or new.get(name) == stub)


def _beside(path: Path, name: str, stub: bytes) -> Iterator[str]:
    """Keep the student's file; put the new stub beside it where it asks for something else than the one they began."""
    if path.suffix != ".py":
        return
    original = KIT / FOLDER / f"{path.parent.name}.py"
    began = original.read_bytes() if original.is_file() else b""
    changed = _other_tasks(began.decode(), stub.decode())
    if changed:
        beside = path.with_name(path.stem + NEW_STUB)
        _write(beside, stub)
        yield f"{name}: yours is kept; {', '.join(changed)} changed, see {beside.name} beside it"


def _other_tasks(old: str, new: str) -> list[str]:
    """The functions and classes of a stub that are not what they were, docstrings included."""
    before, after = (
        {node.name: ast.dump(node) for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
        for text in (old, new)
    )
    return [name for name in {**after, **before} if before.get(name) != after.get(name)]


def _as_released(content: bytes, digest: str) -> bool:
    """Whether a file is as it was handed out, whatever ends its lines."""
    return digest in (hashlib.sha256(text).hexdigest() for text in (content, content.replace(b"\r\n", b"\n")))


def _digests(text: str) -> dict[str, str]:
    return {name: digest for digest, _, name in (line.partition("  ") for line in text.splitlines()) if name}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)

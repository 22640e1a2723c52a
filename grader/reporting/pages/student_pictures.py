"""The pictures of students' own code, drawn behind the wall and kept beside the results.

`demo.py` of an exercise draws with any object that has the student's functions. Here that is the proxy of a process in
the sandbox: only numbers and text come out of it, and the drawing itself is the kit's. Each picture is drawn in a
process of its own, for so long and no longer. Equal files have equal pictures, which are drawn once.
"""

import hashlib
import io
import os
import resource
import select
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, cast

from grader.class_run.store import read_sources
from grader.grading.origins import origin_behind_the_wall
from grader.grading.result import Result
from grader.kit.exercise import Exercise, load_catalog
from grader.kit.files import write_whole
from grader.kit.quiet import quiet
from grader.learning.demo_picture import DPI, load_demo
from grader.testing.feedback import is_to_do, judge
from grader.testing.verdict import Status
from grader.wall import system
from grader.wall.client import RemoteStudent, Submission
from grader.wall.limits import GRADER_DATA_BYTES
from grader.wall.warm import WarmSandboxes
from grader.wall.zygote import Zygote, ZygoteError

FOLDER = "pictures"
# A demo asks for more than a test does: so many times what one call of a test may use.
TIMES_A_CALL = 4
PICTURE_SECONDS = 600.0
MAX_BYTES = 8 * 2**20
WIDEST = 1200
COLOURS = 255
VISIBLE = 6.0  # root mean square of what a palette changes, of 255
SEED = 0  # of the student's process: equal files draw equal pictures
NOT_DRAWN = "it was not drawn"


@dataclass(frozen=True)
class Picture:
    """A PNG or GIF file; or, without data, the reason why there is none."""

    data: bytes
    reason: str = ""


@dataclass(frozen=True)
class Wanted:
    """A picture to draw."""

    exercise: Exercise
    source_hash: str
    source: bytes


class Drawings:
    """The pictures that are kept in a results folder."""

    def __init__(self, results: Path) -> None:
        self.folder = results / FOLDER

    def get(self, exercise: Exercise, source_hash: str) -> Picture:
        path = self._path(exercise, source_hash)
        for suffix in (".png", ".gif"):
            if path.with_suffix(suffix).is_file():
                return Picture(path.with_suffix(suffix).read_bytes())
        reason = path.with_suffix(".txt")
        return Picture(b"", reason.read_text(encoding="utf-8") if reason.is_file() else NOT_DRAWN)

    def put(self, exercise: Exercise, source_hash: str, picture: Picture) -> None:
        path = self._path(exercise, source_hash)
        suffix = ".txt" if not picture.data else ".gif" if picture.data.startswith(b"GIF8") else ".png"
        write_whole(path.with_suffix(suffix), picture.data or picture.reason.encode())

    def missing(self, wanted: list[Wanted]) -> list[Wanted]:
        """Return what of `wanted` is not there yet, each once."""
        once = {(picture.exercise.name, picture.source_hash): picture for picture in wanted}
        return [
            picture for picture in once.values() if self.get(picture.exercise, picture.source_hash).reason == NOT_DRAWN
        ]

    def _path(self, exercise: Exercise, source_hash: str) -> Path:
        demo = exercise.demo.read_bytes()
        decided_by = hashlib.sha256(source_hash.encode() + demo + exercise.filename.encode()).hexdigest()
        return self.folder / f"{exercise.number}-{decided_by[:32]}"


def draw_class(results: list[Result], folder: Path, level: str, workers: int) -> tuple[int, list[str]]:
    """Draw the pictures of `results`, of the results folder `folder`, that are not there yet.

    Returns how many there were to draw, and what went wrong through no fault of a student.
    """
    drawings, catalog = Drawings(folder), load_catalog()
    sources = read_sources(folder)
    wanted = [
        Wanted(catalog[result.exercise], result.source_hash, sources[result.source_hash])
        for result in results
        if result.source_hash in sources and result.exercise in catalog
    ]
    due = drawings.missing(wanted)
    return len(due), draw_all(due, drawings, level, workers)


def draw_all(due: list[Wanted], drawings: Drawings, level: str, workers: int) -> list[str]:
    """Draw and keep every picture of `due`, in `workers` processes at once; returns what went wrong."""
    for exercise in {picture.exercise.name: picture.exercise for picture in due}.values():
        with quiet():
            load_demo(exercise)  # imports the libraries here, once for all processes that are forked below
    shares = [share for share in (due[i::workers] for i in range(workers)) if share]
    open_ends = dict(_start(share, drawings, level) for share in shares)
    problems: list[str] = []
    try:
        while open_ends:
            for connection in wait(list(open_ends)):
                try:
                    problems.append(cast(Connection, connection).recv())
                except EOFError:
                    os.waitpid(open_ends.pop(cast(Connection, connection)), 0)
    finally:
        for pid in open_ends.values():
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
    return problems


def _start(share: list[Wanted], drawings: Drawings, level: str) -> tuple[Connection, int]:
    """Fork a process that draws `share`; what comes out of the connection is what went wrong."""
    ours, theirs = Pipe(duplex=False)
    pid = os.fork()
    if pid:
        theirs.close()
        return ours, pid
    studio = Studio(level, (drawings.folder.parent.resolve(),))
    try:
        system.die_with_parent()
        signal.signal(signal.SIGTERM, lambda *_: _stop())
        for picture in share:
            try:
                drawings.put(picture.exercise, picture.source_hash, studio.draw(picture))
            except Exception as error:
                theirs.send(f"a picture of {picture.exercise.number} was not drawn: {error}")
    finally:
        studio.close()
        os._exit(0)


def _stop() -> None:
    raise SystemExit


class Studio:
    """Draws one picture after the other, with a warm sandbox for each kind of exercise."""

    def __init__(self, level: str, secrets: tuple[Path, ...] = ()) -> None:
        self._sandboxes = WarmSandboxes(level, secrets)

    def draw(self, picture: Wanted) -> Picture:
        """Draw; once more when the sandbox fails.

        Raises:
            ZygoteError: it failed twice.
        """
        try:
            return self._draw(picture)
        except ZygoteError:
            return self._draw(picture)

    def close(self) -> None:
        self._sandboxes.close()

    def _draw(self, picture: Wanted) -> Picture:
        with self._sandboxes.borrow(picture.exercise.needs) as zygote:
            return draw_once(picture, zygote)


def draw_once(picture: Wanted, zygote: Zygote) -> Picture:
    """Draw one picture in a forked process; whatever becomes of that, a picture or a reason comes back.

    Raises:
        ZygoteError: the sandbox failed.
    """
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read_end)
            system.die_with_parent()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_DATA, (GRADER_DATA_BYTES, GRADER_DATA_BYTES))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            _be_quiet()
            with os.fdopen(write_end, "wb") as pipe:
                pipe.write(_inside(picture, zygote))
        finally:
            os._exit(0)
    os.close(write_end)
    try:
        answer = _read(read_end, PICTURE_SECONDS)
    finally:
        os.close(read_end)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    if answer.startswith(b"sandbox "):
        raise ZygoteError(answer.removeprefix(b"sandbox ").decode())
    if answer.startswith(b"reason "):
        return Picture(b"", answer.removeprefix(b"reason ").decode())
    if answer.startswith((b"\x89PNG", b"GIF8")) and len(answer) <= MAX_BYTES:
        return Picture(answer)
    return Picture(b"", "drawing it took too long, or too much memory")


def _inside(picture: Wanted, zygote: Zygote) -> bytes:
    """Draw; returns the picture, or a word and a reason."""
    exercise = picture.exercise
    student = RemoteStudent(zygote, Submission(exercise.filename, picture.source, SEED))
    student.begin("picture", TIMES_A_CALL * max(task.call_seconds for task in exercise.tasks))
    try:
        return _to_bytes(load_demo(exercise).draw(student))
    except ZygoteError as error:
        return f"sandbox {error}".encode()
    except Exception as error:
        origin = origin_behind_the_wall(error, exercise.filename, student.texts)
        if is_to_do(error, origin):
            return f"reason {str(error) or 'something'} is still {Status.TODO.word}".encode()
        problem = judge(error, origin, None, reveal=False).message
        return f"reason {problem}".encode()
    finally:
        student.close()


def _to_bytes(drawn: Any) -> bytes:
    """Return a figure as PNG with few colours, an animation as GIF."""
    from PIL import Image

    if hasattr(drawn, "to_jshtml"):
        return _animation(drawn)
    raw = io.BytesIO()
    drawn.savefig(raw, format="png", dpi=DPI)
    image = Image.open(raw).convert("RGB")
    image.thumbnail((WIDEST, WIDEST))
    return _small_png(image)


def _animation(drawn: Any) -> bytes:
    """Matplotlib saves animations to files only."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="grader-picture-") as folder:
        path = Path(folder) / "picture.gif"
        drawn.save(path, writer="pillow")
        return path.read_bytes()


def first_picture(gif: bytes) -> bytes:
    """Return what stands for an animation where nothing moves, on paper too: its last picture, when all is done."""
    from PIL import Image

    image = Image.open(io.BytesIO(gif))
    image.seek(getattr(image, "n_frames", 1) - 1)
    return _small_png(image.convert("RGB"))


def _small_png(image: Any) -> bytes:
    """With a palette, a third of the size; but photos and paintings keep all of their colours."""
    from PIL import ImageChops, ImageStat
    from PIL.Image import Quantize

    few = image.quantize(COLOURS, Quantize.MAXCOVERAGE)
    lost = max(ImageStat.Stat(ImageChops.difference(image, few.convert("RGB"))).rms)
    out = io.BytesIO()
    (few if lost < VISIBLE else image).save(out, format="PNG", optimize=True)
    return out.getvalue()


def _be_quiet() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)


def _read(read_end: int, seconds: float) -> bytes:
    """Everything that comes until the other end is closed, within `seconds` and a size; else nothing."""
    import time

    deadline, answer = time.monotonic() + seconds, b""
    while len(answer) <= MAX_BYTES:
        ready, _, _ = select.select([read_end], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(read_end, 1 << 16) if ready else None
        if not chunk:
            return b"" if chunk is None else answer
        answer += chunk
    return b""

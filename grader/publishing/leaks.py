"""Does a student kit give anything away? Its files compared with solutions, hidden tests, misconceptions and answers.

Everything is compared token by token, so that neither indentation, nor line breaks, nor prose around a line of code
hides it. What counts is a run of tokens long enough to be no coincidence, or a whole line that is a little shorter.
What stubs show anyway is public, and so are the few fragments in `leaks_allowed.txt`, each with its reason.
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from grader.kit.exercise import HIDDEN, KIT, PICTURES, load_catalog
from grader.kit.room_rights import ROOMS
from grader.kit.stubs import BEGIN, END, expected_stub
from grader.misconceptions.reading import read_misconceptions

ALLOWED = Path(__file__).with_name("leaks_allowed.txt")
TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|[^\s\w]")
PRINTABLE = re.compile(rb"[\t\x20-\x7e]{8,}")
# Tokens in a run that is not a coincidence, and in the shortest line that is looked for as a whole. Visible tests look
# like hidden ones by nature, so that it takes more there.
SOLUTION_RUN, SOLUTION_LINE = 12, 8
HIDDEN_RUN, HIDDEN_LINE = 24, 14
PREFIX = 3
# What every test file has in common with every other.
SCAFFOLD = ("import ", "from ", "@", "def ", "class ", "with pytest.raises(", '"""')
# The kinds of files that a kit has, data sets aside; a file without a suffix is LICENSE.
KINDS = ("", ".py", ".md", ".toml", ".ipynb", *PICTURES)

Lines = list[tuple[str, str]]  # where, such as "line 3", and the text


@dataclass(frozen=True)
class Leak:
    """One place in a kit that gives something away, and what it is from."""

    file: str
    where: str
    text: str
    source: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{place}: {self.text} ({self.source})"


class Secrets:
    """Runs of tokens that no student may read, by their length, each with where it is from."""

    def __init__(self) -> None:
        self._runs: dict[int, dict[tuple[str, ...], str]] = {}
        self._prefixes: set[tuple[str, ...]] = set()
        self._allowed: dict[str, list[tuple[str, ...]]] = {}  # by their first token

    def add(self, name: str, lines: Lines, run: int, line: int) -> None:
        """Keep the runs of `run` tokens in `lines`, and the whole lines of at least `line` tokens."""
        tokens = list(_tokens(lines))
        words = tuple(token for token, _, _ in tokens)
        for start in range(len(words) - run + 1):
            self._keep(words[start : start + run], f"{name}, {tokens[start][1]}")
        for where, text in lines:
            words = tuple(TOKEN.findall(text))
            if line <= len(words) < run:
                self._keep(words, f"{name}, {where}")

    def forget(self, lines: Lines) -> None:
        """Forget what is in `lines`: it is public."""
        words = tuple(token for token, _, _ in _tokens(lines))
        for length, runs in self._runs.items():
            for start in range(len(words) - length + 1):
                runs.pop(words[start : start + length], None)

    def allow(self, fragment: str) -> None:
        """No run may be found in, or reach into, this fragment of a kit's file."""
        words = tuple(TOKEN.findall(fragment))
        self._allowed.setdefault(words[0], []).append(words)

    def find(self, lines: Lines) -> Iterator[tuple[str, str, str]]:
        """(where, text, source) of every run that is in `lines`; runs that overlap are one."""
        tokens = list(_tokens(lines))
        words = self._blank_allowed([token for token, _, _ in tokens])
        start = 0
        while start < len(words):
            length, source = self._longest(words, start)
            if length:
                _, where, text = tokens[start + length // 2]
                yield where, text, source
            start += length or 1

    def _keep(self, words: tuple[str, ...], source: str) -> None:
        if len(set(words)) * 3 < len(words):
            return  # zeros and brackets, or the rule of a table
        self._runs.setdefault(len(words), {}).setdefault(words, source)
        self._prefixes.add(words[:PREFIX])

    def _blank_allowed(self, words: list[str]) -> tuple[str, ...]:
        blanked = list(words)
        for start, word in enumerate(words):
            for fragment in self._allowed.get(word, ()):
                if tuple(words[start : start + len(fragment)]) == fragment:
                    blanked[start : start + len(fragment)] = [""] * len(fragment)
        return tuple(blanked)

    def _longest(self, words: tuple[str, ...], start: int) -> tuple[int, str]:
        if words[start : start + PREFIX] in self._prefixes:
            for length in sorted(self._runs, reverse=True):
                source = self._runs[length].get(words[start : start + length])
                if source:
                    return length, source
        return 0, ""


def find_leaks(files: Mapping[str, bytes]) -> list[Leak]:
    """Every place in `files` (by path) that gives away a solution, a hidden test, a misconception or an answer."""
    exercises = list(load_catalog().values())
    secrets = read_secrets()
    names = {
        wrong.name: wrong.file
        for exercise in exercises
        for wrong in read_misconceptions(exercise)
        if wrong.name.count("_") > 1  # others are words or idioms
    }
    leaks = []
    for path, content in sorted(files.items()):
        if problem := _out_of_place(path, content):
            leaks.append(Leak(path, "", problem, "no part of a kit"))
            continue
        lines = [] if _is_shipped_data(path, content) else _lines_of(path, content)
        leaks += [Leak(path, where, _excerpt(text), source) for where, text, source in secrets.find(lines)]
        leaks += [
            Leak(path, where, _excerpt(text), f"{names[token]}, {token}")
            for token, where, text in _tokens(lines)
            if token in names
        ]
    return leaks


@cache
def read_secrets() -> Secrets:
    """Return what no student may read: solutions, hidden tests, misconceptions, answers; without what stubs show."""
    exercises = list(load_catalog().values())
    secrets = Secrets()
    for exercise in exercises:
        path = exercise.solution
        secrets.add(_name(path), _regions(path.read_text(encoding="utf-8")), SOLUTION_RUN, SOLUTION_LINE)
        if exercise.answers.is_file():
            secrets.add(_name(exercise.answers), _prose(exercise.answers), HIDDEN_RUN, HIDDEN_LINE)
        for wrong in read_misconceptions(exercise):
            lines = _without_scaffold(_number(_without_hint(wrong.source)))
            secrets.add(f"{wrong.file}, {wrong.name}", lines, HIDDEN_RUN, HIDDEN_LINE)
    hidden = [path for exercise in exercises for path in (*exercise.hidden_tests, *exercise.correct)]
    for path in [*HIDDEN.glob("*.py"), *hidden]:
        lines = _without_scaffold(_number(path.read_text(encoding="utf-8")))
        secrets.add(_name(path), lines, HIDDEN_RUN, HIDDEN_LINE)
    for exercise in exercises:
        secrets.forget(_number(expected_stub(exercise)))
    for line in ALLOWED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            secrets.allow(line)
    return secrets


def _regions(source: str) -> Lines:
    """Return the lines of a solution that its stub does not have."""
    found, inside = [], False
    for where, text in _number(source):
        if text.strip() in (BEGIN, END):
            inside = text.strip() == BEGIN
        elif inside:
            found.append((where, text))
    return found


def _prose(path: Path) -> Lines:
    """Return the lines of a document, without its headings and code blocks: the handout has those, too."""
    found, inside = [], False
    for where, text in _number(path.read_text(encoding="utf-8")):
        if text.startswith("```"):
            inside = not inside
        elif not inside and not text.startswith("#"):
            found.append((where, text))
    return found


def _without_hint(source: str) -> str:
    """Return a misconception without its docstring, which is the hint that a kit has, to show it."""
    node = ast.parse(source).body[-1]
    lines = source.splitlines()
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
        first, last = node.body[0].lineno, node.body[0].end_lineno
        del lines[first - 1 : last]
    return "\n".join(lines)


def _without_scaffold(lines: Lines) -> Lines:
    return [(where, text) for where, text in lines if not text.strip().startswith(SCAFFOLD)]


def _out_of_place(path: str, content: bytes) -> str:
    """Why a file has no place in a kit, whatever is in it; or ""."""
    place = PurePosixPath(path)
    if not _is_a_students_room(place):
        return f"{place.parent} is left over or not for students"
    if _is_shipped_data(path, content):
        return ""
    if place.suffix not in KINDS:
        return f"a {place.suffix} file is left over or not for students"
    if not _is_text(content) and place.suffix not in PICTURES:
        return "neither text, nor a picture, nor a file of datasets/files/SHA256SUMS"
    return ""


def _is_a_students_room(place: PurePosixPath) -> bool:
    """Whether a kit has a folder for the file, and no part of its path is a cache or hidden."""
    if any(part.startswith(".") or part == "__pycache__" for part in place.parts):
        return False
    folder = place.parent
    exercise = len(folder.parts) == 2 and folder.parts[0] == "exercises"
    return str(folder) in (".", "datasets", "grader") or exercise or any(
        folder.is_relative_to(room.name) for room in ROOMS if room.ships
    )  # fmt: skip


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _is_shipped_data(path: str, content: bytes) -> bool:
    known = (KIT / "datasets" / "files" / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    name = path.removeprefix("datasets/files/")
    return path != name and f"{hashlib.sha256(content).hexdigest()}  {name}" in known


def _lines_of(path: str, content: bytes) -> Lines:
    """Return the text of a file by line, of a notebook by cell (outputs too), of a picture what can be read."""
    if not _is_text(content):
        return [("", run.decode("ascii")) for run in PRINTABLE.findall(content)]
    text = content.decode("utf-8")
    if path.endswith(".ipynb"):
        try:
            notebook = json.loads(text)
            cells = notebook.pop("cells", [])
        except (ValueError, AttributeError):
            return _number(text)
        found = [("the notebook's metadata", string) for string in _strings(notebook)]
        for number, cell in enumerate(cells, start=1):
            found += [(f"cell {number}", line) for string in _strings(cell) for line in string.splitlines()]
        return found
    return _number(text)


def _strings(value: object) -> Iterator[str]:
    """Every text anywhere in a JSON value; a list of lines is one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and value and all(isinstance(line, str) for line in value):
        yield "".join(value)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _strings(part)


def _tokens(lines: Lines) -> Iterator[tuple[str, str, str]]:
    for where, text in lines:
        for token in TOKEN.findall(text):
            yield token, where, text


def _number(text: str) -> Lines:
    return [(f"line {number}", line) for number, line in enumerate(text.splitlines(), start=1)]


def _name(path: Path) -> str:
    return path.relative_to(KIT).as_posix()


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 100 else text[:96] + " ..."

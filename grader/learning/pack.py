"""The hand-in: every exercise's file in one zip archive, and what will be missing or broken before anyone grades it."""

import ast
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.exercise import KIT, Exercise, load_catalog
from grader.kit.files import write_whole, zip_of
from grader.kit.handin_limits import MAX_FILE, megabytes
from grader.learning.original import original
from grader.learning.trial_import import problems_of_importing
from grader.notebooks.module_file import module_of_file
from grader.testing import models
from grader.testing.student import syntax_problem

# What can be imported where a submission is graded, beside Python's own library.
LIBRARIES = frozenset(
    {"numpy", "scipy", "sklearn", "matplotlib", "PIL", "keras", "tensorflow", "gymnasium", "course_data"}
)
KINDS_OF_MODELS = ("Layer", "Model", "Sequential", "Functional")
UNTOUCHED, PARTLY, COMPLETE, BROKEN, MISSING = "untouched", "partly", "complete", "broken", "missing"


@dataclass
class Item:
    """One exercise in the hand-in: how far it is, how many of its functions are written, what a person should know."""

    exercise: Exercise
    name: str  # of the file that is handed in: the module, or the notebook in its place
    source: bytes | None = None  # None: it cannot be handed in
    state: str = MISSING
    written: int = 0
    functions: int = 0
    problems: list[str] = field(default_factory=list)


def look_through(root: Path) -> list[Item]:
    """Every exercise of the kit as it lies in `root`; what was changed is imported, in a process of its own."""
    items = [_look_at(exercise, root / exercise.name) for exercise in load_catalog().values()]
    with tempfile.TemporaryDirectory(prefix="grader-pack-") as place:
        to_import = {
            _as_graded(item, root / item.exercise.name / item.name, Path(place)): item
            for item in items
            if item.state in (PARTLY, COMPLETE) and item.name == item.exercise.filename
        }
        for path, problem in problems_of_importing(list(to_import)).items():
            if problem:
                to_import[path].state = BROKEN
                to_import[path].problems.append(problem)
    return items


def is_written_in_notebook(exercise: Exercise) -> bool:
    """Whether functions of the exercise are written in its notebook."""
    path = exercise.notebook
    return path.is_file() and _look_at_notebook(exercise, path).state in (PARTLY, COMPLETE)


def write_hand_in(items: list[Item], out: Path) -> None:
    """Write the zip archive that `grader grade` takes.

    Raises:
        GraderError: there is nothing to hand in, or `out` cannot be written.
    """
    files = {f"{item.exercise.name}/{item.name}": item.source for item in items if item.source is not None}
    if not files:
        raise GraderError("there is no file to hand in: is this the folder of the kit?")
    if all(item.state in (UNTOUCHED, MISSING) for item in items):
        raise GraderError("nothing is written yet: there is nothing to hand in")
    write_whole(out, zip_of(files))


def _as_graded(item: Item, path: Path, place: Path) -> Path:
    """Return the file, or where Jupyter has left something in it, one below `place` as it is graded."""
    source = item.source or b""
    graded = module_of_file(path.name, source)
    if graded == source:
        return path
    item.problems.append(f"{path.name} has lines that only Jupyter understands: they are not graded")
    copy = place / item.exercise.name / path.name
    copy.parent.mkdir()
    copy.write_bytes(graded)
    return copy


def _look_at(exercise: Exercise, folder: Path) -> Item:
    """Return the exercise's file, or its notebook when it is the notebook that was worked in."""
    item = _look_at_module(exercise, folder)
    notebook = folder / exercise.notebook.name
    if not notebook.is_file():
        return item
    other = _look_at_notebook(exercise, notebook)
    if other.state == UNTOUCHED:
        return item
    if item.state in (UNTOUCHED, MISSING):
        return other
    item.problems.append(f"{notebook.name} is written, too, and is left out: only {item.name} is packed")
    return item


def _look_at_module(exercise: Exercise, folder: Path) -> Item:
    item = Item(exercise, exercise.filename)
    path = folder / exercise.filename
    try:
        exact = exercise.filename in {entry.name for entry in folder.iterdir()}  # Windows and macOS take any case
        if exact and path.is_file():
            if path.stat().st_size > MAX_FILE:
                item.problems.append(
                    f"{path.name} is larger than {megabytes(MAX_FILE)} and is left out: nobody grades that"
                )
                return item
            item.source = path.read_bytes()
    except OSError as error:
        item.problems.append(f"{path.name} cannot be read: {error.strerror}")
        return item
    if item.source is None:
        item.problems.append(_not_there(exercise, folder))
        return item
    try:
        _judge(item, module_of_file(path.name, item.source), original(exercise))
    except GraderError as error:
        item.state = BROKEN
        item.problems.append(str(error))
    return item


def _look_at_notebook(exercise: Exercise, path: Path) -> Item:
    """Return the module that the notebook's cells are; what they define is judged, nothing is run."""
    from grader.notebooks.source import module_source

    item = Item(exercise, path.name)
    try:
        item.source = path.read_bytes()
        untouched = original(exercise)
        _judge(item, module_source(exercise, item.source, untouched).text.encode(), untouched)
    except (OSError, GraderError) as error:
        item.state = BROKEN
        reason = error.strerror if isinstance(error, OSError) else error
        item.problems.append(f"{path.name} cannot be read: {reason}")
    if item.state != BROKEN and not item.written:
        item.state = UNTOUCHED
    return item


def _not_there(exercise: Exercise, folder: Path) -> str:
    """Return what to do about a file that is missing: mostly it is there, under another name."""
    known = {exercise.demo.name, exercise.visible_tests.name, exercise.notebook.name}
    others = sorted(path.name for path in folder.glob("*") if path.suffix in (".py", ".txt", ".ipynb"))
    others = [name for name in others if name not in known and ".backup-" not in name]
    if others:
        return f"{exercise.filename} is not there, but {others[0]} is: rename it to {exercise.filename}"
    return f"{exercise.filename} is not there: 'grader reset {exercise.number}' puts the untouched one back"


def _judge(item: Item, source: bytes, untouched: str) -> None:
    """Find the state of an exercise from the text of its module alone."""
    functions = _to_do(ast.parse(untouched))
    item.functions = len(functions)
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        item.state = BROKEN
        item.problems.append(syntax_problem(item.exercise.filename, error))
        return
    except (ValueError, RecursionError, MemoryError) as error:
        item.state = BROKEN
        item.problems.append(f"{item.exercise.filename} is not Python: {error}")
        return
    left, there = _to_do(tree), _definitions(tree)
    gone = [name for name in functions if name not in there]
    item.written = sum(name not in left and name in there for name in functions)
    if source.decode("utf-8", errors="replace").splitlines() == untouched.splitlines():
        item.state = UNTOUCHED
    else:
        item.state = COMPLETE if item.written == item.functions else PARTLY
    if gone:
        item.problems.append(f"{', '.join(gone)} of the original file {'is' if len(gone) == 1 else 'are'} gone")
    for name in _strangers(tree):
        item.problems.append(_about_import(name, item.exercise))
    for part in _parts_of_own(tree) if item.exercise.needs == "keras" else ():
        item.problems.append(f"it has {part}: {models.RULE}")


def _definitions(tree: ast.Module) -> dict[str, ast.AST]:
    """Functions, and methods as Class.method, by name."""
    found: dict[str, ast.AST] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{part.name}": part for part in node.body if isinstance(part, ast.FunctionDef)}
        if isinstance(node, ast.Assign):
            found |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: node for alias in node.names}
    return found


def _to_do(tree: ast.Module) -> list[str]:
    """Return the functions and methods that still raise `NotImplementedError`."""
    return [
        name
        for name, node in _definitions(tree).items()
        if isinstance(node, ast.FunctionDef) and any(_raises_to_do(inner) for inner in ast.walk(node))
    ]


def _raises_to_do(node: ast.AST) -> bool:
    match node:
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False


def _strangers(tree: ast.Module) -> list[str]:
    """Return the modules that are imported and will not be there."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level or (node.module or "").partition(".")[0])
    return sorted(names - sys.stdlib_module_names - LIBRARIES - {"__future__"})


def _parts_of_own(tree: ast.Module) -> list[str]:
    """Return what models of Keras may be made of that no grader has: classes of layers and models, Lambda layers."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(_last_name(base) in KINDS_OF_MODELS for base in node.bases):
            found.append(f"{node.name}, a class of layers or models of your own")
        elif isinstance(node, ast.Call) and _last_name(node.func) == "Lambda":
            found.append("a Lambda layer")
    return list(dict.fromkeys(found))


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _about_import(name: str, exercise: Exercise) -> str:
    own = name.startswith(".") or any((folder / f"{name}.py").is_file() for folder in (exercise.folder, KIT, Path()))
    if own:
        return f"it imports {name}: only {exercise.filename} is graded, so copy into it what you need"
    return f"it imports {name}, which is not there where it is graded"

"""Notebook -> module: the code of a student's cells as the file that the hidden tests import.

Of the cells, what the tasks need is kept: their functions and classes, and whatever these use, from whichever cell.
Plots, experiments and trainings at the top level of a cell are not needed by a task, and so they cannot fail one. A
cell that is not Python costs the tasks in it and no other.
"""

import ast
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from grader.kit.exercise import Exercise
from grader.notebooks.magics import NOT_PARSED, without_magics
from grader.notebooks.reading import Cell, code_cells

HEADING = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class ModuleSource:
    """The text of a module, and for each of its lines where in the notebook it comes from (empty: it is the kit's)."""

    text: str
    origins: list[str]

    def locate(self, message: str, filename: str) -> str:
        """`message` with the cell and its line in place of the line in the module."""

        def place(found: re.Match[str]) -> str:
            line = int(found[1])
            return (self.origins[line - 1] if 0 < line <= len(self.origins) else "") or found[0]

        return re.sub(rf"{re.escape(filename)}, line (\d{{1,9}})", place, message)


@dataclass
class Statement:
    """One statement at the top level of a cell: what it gives a value to, and which names it uses."""

    cell: Cell
    line: int
    text: str
    is_root: bool = False  # kept in any case
    binds: set[str] = field(default_factory=set)
    uses: set[str] = field(default_factory=set)


def module_source(exercise: Exercise, notebook: bytes, untouched: str | None = None) -> ModuleSource:
    """Return the module of `exercise` as the notebook's cells write it.

    `untouched` is the text of the module as it was handed out; where students work, theirs may be changed or gone.

    Raises:
        GraderError: this is not a notebook.
    """
    tasks = {task.name for task in exercise.tasks}
    statements = [statement for cell in code_cells(notebook) for statement in _statements(cell)]
    # A task counts as its solution cell writes it, whatever somebody tried elsewhere.
    settled = {name for made in statements if made.cell.is_solution for name in made.binds & tasks}
    statements = [made for made in statements if made.cell.is_solution or not made.binds & settled]
    shared = given_code(exercise, untouched)
    lines = shared.rstrip("\n").split("\n")
    origins = [""] * len(lines)
    for statement in _needed(statements, tasks):
        own = statement.text.split("\n")
        lines += ["", "", *own]
        origins += ["", "", *(f"{statement.cell.label}, line {statement.line + n}" for n in range(len(own)))]
    return ModuleSource("\n".join(lines) + "\n", origins)


def given_code(exercise: Exercise, untouched: str | None = None) -> str:
    """Return what the exercise's file gives to the student: its imports, constants and complete functions."""
    stub = exercise.stub.read_text(encoding="utf-8") if untouched is None else untouched
    lines = stub.split("\n")
    tasks = {task.name for task in exercise.tasks}
    for node in ast.parse(stub).body:
        if isinstance(node, DEFINITIONS) and node.name in tasks:
            first, last = first_line(node), node.end_lineno or node.lineno
            lines[first - 1 : last] = [""] * (last - first + 1)
    return re.sub(r"\n{3,}", "\n\n\n", "\n".join(lines)).strip() + "\n"


def first_line(node: ast.stmt) -> int:
    """Return the line on which a statement begins, its decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])


def _statements(cell: Cell) -> Iterator[Statement]:
    """Yield the statements of a cell; one that is not Python is replaced by what says so when a test calls it."""
    source = without_magics(cell.source)
    try:
        tree = ast.parse(source)
    except NOT_PARSED as error:
        yield from _broken(cell, HEADING.findall(source), error)
        return
    lines = source.split("\n")
    starts = [*map(first_line, tree.body), len(lines) + 1]
    end = 0
    for node, start, following in zip(tree.body, starts, starts[1:], strict=False):
        before, end = end, node.end_lineno or node.lineno
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue
        try:
            alone = before < start and end < following  # several on a line are taken apart
            yield _statement(cell, start, "\n".join(lines[start - 1 : end]) if alone else ast.unparse(node), node)
        except NOT_PARSED as error:
            yield from _broken(cell, [node.name] if isinstance(node, DEFINITIONS) else [], error)


def _statement(cell: Cell, line: int, text: str, node: ast.stmt) -> Statement:
    compile(text, cell.label, "exec", dont_inherit=True)
    statement = Statement(cell, line, text)
    table = symtable.symtable(text, cell.label, "exec")
    for symbol in table.get_symbols():
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            statement.binds.add(symbol.get_name())
        if symbol.is_referenced():
            statement.uses.add(symbol.get_name())
    statement.uses |= _globals_inside(table)
    if isinstance(node, DEFINITIONS):
        statement.is_root = bool(node.decorator_list)  # it may be registered somewhere
    elif isinstance(node, ast.ImportFrom):
        statement.is_root = any(alias.name == "*" for alias in node.names)
    else:
        # `table[0] = 1` and `np.pi = 3` change what they name.
        statement.binds |= {target for target in map(_changed, ast.walk(node)) if target}
    return statement


def _globals_inside(table: symtable.SymbolTable) -> set[str]:
    """Return the names of the module that functions and classes in `table` use, at any depth."""
    found = set()
    for child in table.get_children():
        found |= {symbol.get_name() for symbol in child.get_symbols() if symbol.is_global()}
        found |= _globals_inside(child)
    return found


def _changed(node: ast.AST) -> str:
    """Return the name of what a store into an item or an attribute changes; else nothing."""
    if not (isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)):
        return ""
    inner: ast.expr = node
    while isinstance(inner, ast.Subscript | ast.Attribute):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


def _broken(cell: Cell, names: Iterable[str], error: BaseException) -> Iterator[Statement]:
    """Functions that say that the cell is not Python, in place of those that it was to define."""
    what = error.msg if isinstance(error, SyntaxError) else "this cannot be read as Python"
    line = error.lineno if isinstance(error, SyntaxError) and error.lineno else 1
    message = f"{cell.label}, line {line}: {what}"
    for name in dict.fromkeys(names):
        if name.isidentifier():
            text = f"def {name}(*args, **kwargs):\n    raise SyntaxError({message!r})"
            yield Statement(cell, line, text, binds={name})


def _needed(statements: list[Statement], tasks: set[str]) -> list[Statement]:
    """Return the statements that the tasks need, directly or through others, in their order."""
    by_name: dict[str, list[Statement]] = {}
    for statement in statements:
        for name in statement.binds:
            by_name.setdefault(name, []).append(statement)
    kept = [statement for statement in statements if statement.is_root or statement.binds & tasks]
    seen = {id(statement) for statement in kept}
    for statement in kept:  # grows while it is walked through
        for name in statement.uses:
            found = [source for source in by_name.pop(name, []) if id(source) not in seen]
            seen.update(map(id, found))
            kept += found
    return [statement for statement in statements if id(statement) in seen]

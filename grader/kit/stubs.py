"""Solution -> stub: the student's file is its solution without the regions that are the answer.

A region runs from a line `### BEGIN SOLUTION` to a line `### END SOLUTION`. Inside a function it becomes
`raise NotImplementedError("ex01 precision")`; at the top level of the module (private helpers) it disappears.
"""

import ast
import difflib
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def make_stub(source: str, number: str, path: str) -> str:
    """Return the stub of a solution's `source`; `number` (ex01) goes into the to-do messages, `path` into errors."""
    try:
        functions = _functions(ast.parse(source, path))
    except SyntaxError as error:
        raise GraderError(f"{path}, line {error.lineno}: {error.msg}") from None
    lines: list[str] = []
    begin = 0
    for line_number, line in enumerate(source.splitlines(), start=1):
        if line.strip() == BEGIN:
            if begin:
                raise GraderError(f"{path}, line {line_number}: a second '{BEGIN}' before '{END}'")
            begin = line_number
            indent = line[: len(line) - len(line.lstrip())]
            if indent:
                name = _enclosing(functions, line_number)
                if not name:
                    raise GraderError(f"{path}, line {line_number}: an indented '{BEGIN}' outside a function")
                lines.append(f'{indent}raise NotImplementedError("{number} {name}")')
        elif line.strip() == END:
            if not begin:
                raise GraderError(f"{path}, line {line_number}: '{END}' without '{BEGIN}'")
            begin = 0
        elif not begin:
            lines.append(line)
    if begin:
        raise GraderError(f"{path}, line {begin}: '{BEGIN}' without '{END}'")
    return _squeeze_blank_lines(lines)


def write_stubs(exercises: list[Exercise]) -> list[Path]:
    """Regenerate the stubs of `exercises`; returns those that changed."""
    changed = []
    for exercise in exercises:
        stub, path = expected_stub(exercise), exercise.stub
        if not path.exists() or path.read_text(encoding="utf-8") != stub:
            path.write_text(stub, encoding="utf-8")
            changed.append(path)
    return changed


def drift(exercises: list[Exercise]) -> list[str]:
    """Return a unified diff for every stub that is not what its solution says; empty when all are."""
    diffs = []
    for exercise in exercises:
        path = exercise.stub
        actual = path.read_text(encoding="utf-8") if path.exists() else ""
        expected = expected_stub(exercise)
        if actual != expected:
            diffs.append(
                "".join(
                    difflib.unified_diff(
                        actual.splitlines(keepends=True),
                        expected.splitlines(keepends=True),
                        f"exercises/{exercise.name}/{exercise.filename}",
                        "made from the solution",
                    )
                )
            )
    return diffs


def expected_stub(exercise: Exercise) -> str:
    path = exercise.solution
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise GraderError(f"cannot read the solution of {exercise.name}: {error}") from None
    return make_stub(source, exercise.number, str(path))


def _functions(tree: ast.Module) -> list[tuple[int, int, str]]:
    """(first line, last line, name) of every function; a method is called Class.method."""
    found = []
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
                found.append((child.lineno, child.end_lineno or child.lineno, prefix + child.name))
    return found


def _enclosing(functions: list[tuple[int, int, str]], line: int) -> str:
    inside = [(first, name) for first, last, name in functions if first <= line <= last]
    return min(inside)[1] if inside else ""


def _squeeze_blank_lines(lines: list[str]) -> str:
    """No more than two blank lines in a row: a region that disappears leaves no hole."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or [previous.strip() for previous in kept[-2:]] != ["", ""]:
            kept.append(line)
    return "\n".join(kept).rstrip() + "\n"

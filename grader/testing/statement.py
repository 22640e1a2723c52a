"""The statement in which a visible test ended: it says what was done with a class, whose calls nobody keeps."""

import ast
from pathlib import Path
from types import TracebackType


def line_of_test(error: BaseException, path: Path) -> str:
    """Return the statement and where it stands.

    It is "" when `error` did not come through the test at `path`, or when the test raised it, in words of its own.
    """
    line, traceback = 0, error.__traceback__
    while isinstance(traceback, TracebackType):
        if traceback.tb_frame.f_code.co_filename == str(path):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    statement = _statement(ast.parse(path.read_bytes()), line) if line else None
    if statement is None or isinstance(statement, ast.Raise):
        return ""
    return f"{ast.unparse(statement)} ({path.name}, line {statement.lineno})"


def _statement(tree: ast.AST, line: int) -> ast.stmt | None:
    """Return the innermost statement on `line`; of a `with`, which ends there when nothing was raised, its body."""
    found = None
    for node in ast.walk(tree):  # outer statements come before inner ones
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            found = node
    return found.body[-1] if isinstance(found, ast.With) else found

"""A student's file -> the module that is graded: what Jupyter left in it is taken out, as it is in a notebook."""

import ast
import io
import re
import tokenize

from grader.kit.errors import GraderError
from grader.kit.source_text import encoding_problem
from grader.notebooks.magics import NOT_PARSED, PYTHON_CELLS, STATEMENT, without_magics

SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)


def module_of_file(filename: str, content: bytes) -> bytes:
    """Return the file as Python: without magics, where it is no Python otherwise, and without calls of IPython.

    Of a notebook of the kit that was exported, the checks are left out as well. Every line stays on its line, but for
    the cells that begin with `%%time` and the like, which are exported as one. Every other file comes back as it is.

    Raises:
        GraderError: it is saved in an encoding that Python does not read.
    """
    if problem := encoding_problem(filename, content):
        raise GraderError(problem)
    if not (b"get_ipython" in content or b"grader.notebooks" in content or _has_magics(content)):
        return content
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = re.sub(r"\r\n?", "\n", content.decode(encoding))
        plain = _without_jupyter(text)
        return content if plain == text else plain.encode(encoding)
    except (*NOT_PARSED, UnicodeError):
        return content  # whoever imports it says what is wrong


def _has_magics(content: bytes) -> bool:
    """Whether a line could be one of IPython's; quick, since almost no file has any."""
    for mark in (b"%", b"!", b"?"):
        end = 0
        while (found := content.find(mark, end)) >= 0:
            start, end = content.rfind(b"\n", 0, found) + 1, content.find(b"\n", found)
            end = len(content) if end < 0 else end
            if STATEMENT.match(content[start:end].decode(errors="replace").lstrip()):
                return True
    return False


def _without_jupyter(text: str) -> str:
    """Return the module without what only Jupyter understands; raises what a parser raises."""
    try:
        tree = ast.parse(text)
    except NOT_PARSED:
        text = without_magics(text)
        tree = ast.parse(text)
    if any(map(_binds_ipython, ast.walk(tree))):  # it is something of the student's own
        return text
    lines = text.encode().split(b"\n")  # a parser counts columns in bytes
    top = _of_jupyter(tree.body)
    inside = [
        node
        for statement in tree.body
        if statement not in top
        for node in ast.walk(statement)
        if isinstance(node, SIMPLE) and _uses(node, {"get_ipython"})
    ]
    for node in sorted([*top, *inside], key=lambda node: (node.lineno, node.col_offset), reverse=True):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        if node in top and not before and not after.strip():
            # No `pass`: what follows may have to be first in its module.
            lines[first : last + 1] = _cell_of(node).encode().split(b"\n") + [b""] * (last - first)
        else:
            lines[first : last + 1] = [before + b"pass" + after] + [b""] * (last - first)
    return b"\n".join(lines).decode()


def _of_jupyter(body: list[ast.stmt]) -> set[ast.stmt]:
    """Return the statements of a module that use IPython or the kit's checks, or what such a statement has made."""
    found: set[ast.stmt] = set()
    names = {"get_ipython"}
    for node in body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader.notebooks"):
            names |= {alias.asname or alias.name for alias in node.names}
            found.add(node)
        elif isinstance(node, ast.Pass):  # a magic was here
            found.add(node)
        elif isinstance(node, SIMPLE):
            stored = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and not _is_read(each)}
            if _uses(node, names):
                names |= stored
                found.add(node)
            else:
                names -= stored
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.discard(node.name)
    return found


def _uses(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(each, ast.Name) and _is_read(each) and each.id in names for each in ast.walk(node))


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _binds_ipython(node: ast.AST) -> bool:
    match node:
        case ast.FunctionDef(name="get_ipython") | ast.Name(id="get_ipython", ctx=ast.Store()):
            return True
        case ast.alias():
            return (node.asname or node.name) == "get_ipython"
    return False


def _cell_of(node: ast.stmt) -> str:
    """Return the Python of a cell that was exported as `get_ipython().run_cell_magic("time", "", "x = 1")`."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_cell_magic"),
                args=[ast.Constant(value=str(magic)), _, ast.Constant(value=str(code))],
            )
        ) if magic in PYTHON_CELLS:
            return without_magics(code.rstrip("\n"))
    return ""

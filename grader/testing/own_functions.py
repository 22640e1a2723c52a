"""What a student's file says without being run: which of its functions use which others, and which return nothing."""

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OwnFunction:
    """A function or a class at the top of the file: the others that it uses, and whether it ever returns a value."""

    uses: frozenset[str]
    returns: bool


def own_functions(path: Path) -> dict[str, OwnFunction]:
    """Return the functions and classes of the file at `path`; of a file that cannot be read, none."""
    try:
        body = ast.parse(path.read_bytes()).body
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    named = {node.name: node for node in body if isinstance(node, kinds)}
    return {name: OwnFunction(_uses(node) & named.keys() - {name}, _returns(node)) for name, node in named.items()}


def used_by(name: str, functions: dict[str, OwnFunction]) -> list[str]:
    """Return the functions that `name` uses, directly or through others, nearest first."""
    reached = [name]
    for one in reached:
        used = functions[one].uses if one in functions else frozenset()
        reached += [other for other in functions if other in used and other not in reached]
    return reached[1:]


def _uses(node: ast.AST) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _returns(node: ast.AST) -> bool:
    if isinstance(node, ast.ClassDef):
        return True
    giving = (ast.Yield, ast.YieldFrom)
    return any(isinstance(part, giving) or (isinstance(part, ast.Return) and part.value) for part in ast.walk(node))

"""Mutants: the solution with one small mistake, always inside the regions that a student writes.

They are made from the syntax tree, in its order: the same solution always gives the same mutants. A mutant is named by
the function it is in and by its line before and after, so that a list of them survives changes elsewhere.
"""

import ast
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from grader.authoring.audit.operators import UNSEEN, replacements
from grader.kit.exercise import Exercise
from grader.kit.stubs import BEGIN, END

SAMPLE_SEED = 1


@dataclass(frozen=True)
class Mutant:
    """One mistake: where, what the line was and is, the whole file, and the task that it is likely to break."""

    function: str
    original: str
    mutated: str
    source: str
    task: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.function, self.original, self.mutated

    def __str__(self) -> str:
        return f"{self.function}: {self.original}  ->  {self.mutated}"


@dataclass(frozen=True)
class _Place:
    """A node, by the field of its parent, and what it is in."""

    parent: ast.AST
    field: str
    index: int | None
    node: Any
    statement: ast.AST
    function: str
    line: int

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def make_mutants(exercise: Exercise) -> list[Mutant]:
    """Every mutant of the solution of `exercise`."""
    source = exercise.solution.read_text(encoding="utf-8")
    return mutants_of(source, [task.name for task in exercise.tasks])


def sample(mutants: list[Mutant], one_in: int) -> list[Mutant]:
    """One in so many of them, always the same."""
    count = -(-len(mutants) // one_in)
    chosen = set(random.Random(SAMPLE_SEED).sample(range(len(mutants)), count))
    return [mutant for number, mutant in enumerate(mutants) if number in chosen]


def mutants_of(source: str, tasks: list[str]) -> list[Mutant]:
    """Every mutant of `source`; a helper belongs to the first task that uses it."""
    tree = ast.parse(source)
    inside = _solution_lines(source)
    owners = _owners(tree, tasks)
    seen, times = {ast.unparse(tree)}, Counter[tuple[str, str, str]]()
    found = []
    for place in _places(tree, tree, ""):
        if place.line not in inside:
            continue
        before = ast.unparse(place.statement)
        for replacement in replacements(place.node):
            if isinstance(replacement, ast.stmt):
                ast.copy_location(replacement, place.node)  # without, it cannot be written
            place.put(replacement)
            mutated = ast.unparse(tree)
            after = ast.unparse(replacement if place.node is place.statement else place.statement)
            place.put(place.node)
            if mutated in seen or not _compiles(mutated):
                continue
            seen.add(mutated)
            key = (place.function, *_first_difference(before, after))
            times[key] += 1
            again = f"  # no. {times[key]}" if times[key] > 1 else ""
            found.append(Mutant(*key[:2], key[2] + again, mutated, owners.get(place.function.split(".")[0], "")))
    return found


def _solution_lines(source: str) -> set[int]:
    """Return the numbers of the lines between the marks of a solution."""
    inside, lines = False, set()
    for number, line in enumerate(source.splitlines(), start=1):
        if line.strip() in (BEGIN, END):
            inside = line.strip() == BEGIN
        elif inside:
            lines.add(number)
    return lines


def _places(node: ast.AST, statement: ast.AST, function: str) -> Iterator[_Place]:
    """Every node under `node` that may be replaced; texts of errors, annotations and decorators may not."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if (
                not isinstance(child, ast.AST)
                or isinstance(child, ast.JoinedStr)
                or _is_text(child)
                or _is_unseen(child)
            ):
                continue
            within = child if isinstance(child, ast.stmt) else statement
            line = getattr(child, "lineno", getattr(node, "lineno", 0))
            yield _Place(node, field, index, child, within, function, line)
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                yield from _places(child, within, f"{function}.{child.name}".lstrip("."))
            elif not isinstance(child, ast.Raise):
                yield from _places(child, within, function)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_unseen(node: ast.AST) -> bool:
    return isinstance(node, ast.keyword) and node.arg in UNSEEN


def _owners(tree: ast.Module, tasks: list[str]) -> dict[str, str]:
    """Which task a function or class of the module belongs to: itself, or the first task that uses it."""
    names: dict[str, set[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    owners = {task: task for task in tasks}
    for task in tasks:
        waiting, seen = [task], {task}
        while waiting:
            new = (names.get(waiting.pop(), set()) & names.keys()) - seen
            seen |= new
            waiting.extend(new)
        for name in seen:
            owners.setdefault(name, task)
    return owners


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _first_difference(before: str, after: str) -> tuple[str, str]:
    for old, new in zip_longest(before.splitlines(), after.splitlines(), fillvalue=""):
        if old != new:
            return old.strip(), new.strip()
    return before, after

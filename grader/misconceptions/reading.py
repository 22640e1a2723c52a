"""Wrong implementations that students really write, in `misconceptions/` of an exercise's hidden folder.

Each is the task's function under a name that says what is wrong, with a hint as its docstring:

    @misconception("precision")
    def divides_by_the_positives(y_true, y_pred, positive=1):
        \"\"\"Look at the denominator: precision asks about what was *predicted* positive.\"\"\"

The files are read as text and never imported; the names of the solution can be used freely in them, but for the
task's own, which is the wrong one by then.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

from grader.kit.errors import GraderError
from grader.kit.exercise import KIT, Exercise

DECORATOR_HOME = "grader.misconceptions"


@dataclass(frozen=True)
class Misconception:
    """One wrong implementation of one task; `source` defines the task's own name, `file` is where it is written."""

    task: str
    name: str
    hint: str
    source: str
    file: str = ""


def read_misconceptions(exercise: Exercise) -> list[Misconception]:
    """Return the misconceptions of `exercise` in the order of its tasks.

    Raises:
        GraderError: a file is not Python, or names a task that there is not.
    """
    found = [misconception for path in exercise.misconceptions for misconception in _read(path)]
    order = {task.name: number for number, task in enumerate(exercise.tasks)}
    for misconception in found:
        exercise.task(misconception.task)
    return sorted(found, key=lambda misconception: order[misconception.task])


def _read(path: Path) -> list[Misconception]:
    text = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text, str(path))
    except SyntaxError as error:
        raise GraderError(f"{path}, line {error.lineno}: {error.msg}: a file of misconceptions is Python") from None
    lines = text.splitlines()
    definitions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    marked = [(node, task) for node in definitions if (task := _marked_task(node))]
    # Imports and helpers that several wrong implementations share go in front of each.
    taken = {line for node, _ in marked for line in _lines_of(node)}
    taken |= {node.lineno for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == DECORATOR_HOME}
    shared = "\n".join(line for number, line in enumerate(lines, start=1) if number not in taken)
    found = []
    for node, task in marked:
        body = lines[node.lineno - 1 : node.end_lineno]
        body[0] = body[0].replace(node.name, task, 1)
        hint = " ".join((ast.get_docstring(node) or "").split())
        source = shared + "\n" + "\n".join(body) + "\n"
        found.append(Misconception(task, node.name, hint, source, path.relative_to(KIT).as_posix()))
    return found


def submission_with(exercise: Exercise, wrong: Misconception) -> str:
    """Return a whole student's file: the solution with one task replaced.

    The solution's functions keep their own namespace, so that the mistake reaches no other task from within.
    """
    solution = exercise.solution.read_text(encoding="utf-8")
    return (
        "_right = {'__name__': __name__}\n"
        f"exec({solution!r}, _right)\n"
        "globals().update({name: value for name, value in _right.items() if not name.startswith('__')})\n"
        f"{wrong.source}"
    )


def _lines_of(node: ast.FunctionDef | ast.ClassDef) -> range:
    first = min(decorator.lineno for decorator in node.decorator_list)
    return range(first, (node.end_lineno or first) + 1)


def _marked_task(node: ast.FunctionDef | ast.ClassDef) -> str | None:
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id="misconception"), args=[ast.Constant(value=str(task))]):
                return task
    return None

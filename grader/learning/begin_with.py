"""Which of a student's own functions to mend first: one that is wrong spoils every task that uses it."""

from collections.abc import Collection
from pathlib import Path

from grader.testing.own_functions import own_functions, used_by


def begin_with(path: Path, failed: Collection[str]) -> dict[str, str]:
    """Return, for each task in `failed` that uses another one of them in the file at `path`, a line that says so."""
    functions = own_functions(path)
    told = {}
    for task in failed:
        wrong = [name for name in used_by(task, functions) if name in failed and task not in used_by(name, functions)]
        if wrong:
            told[task] = f"put {wrong[0]} right: {task} uses it, and the tests of {wrong[0]} fail"
    return told

"""Why a student's file cannot be imported, for commands that run nothing."""

import warnings

from grader.kit.exercise import Exercise
from grader.kit.source_text import encoding_problem, notebook_problem
from grader.learning.progress import Remembered
from grader.testing.student import syntax_problem


def problem_of_file(exercise: Exercise, remembered: Remembered) -> str:
    """Return what is wrong with the file as it is now, else why the last run could not import it, or ""."""
    path = exercise.stub
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        return f"{path.name} is not there"
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror}"
    if problem := notebook_problem(path.name, source):
        return problem
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, path.name, "exec", dont_inherit=True)
    except SyntaxError as error:
        return encoding_problem(path.name, source) or syntax_problem(path.name, error)
    except (ValueError, RecursionError, MemoryError) as error:  # such as bytes of 0
        return encoding_problem(path.name, source) or f"{path.name}: {error}"
    return remembered.broken

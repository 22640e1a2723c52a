"""A stub is its solution without the answers: nothing more, and above all nothing less."""

from __future__ import annotations

import ast
import textwrap

import pytest

from grader.kit.errors import GraderError
from grader.kit.exercise import Exercise, Task, load_catalog
from grader.kit.stubs import BEGIN, END, drift, expected_stub, make_stub, write_stubs

SOURCE = '''\
"""Sums."""

import math


def add(a, b):
    """The sum of a and b."""
    ### BEGIN SOLUTION
    total = a + b
    return total
    ### END SOLUTION


### BEGIN SOLUTION
def _helper(values):
    """A private helper that a student does not get."""
    return list(values)


### END SOLUTION
class Counter:
    """Counts."""

    start = 0

    def __init__(self):
        self.count = self.start

    def step(self, by=1):
        """Count on."""
        if by < 0:
            raise ValueError("only forwards")
        ### BEGIN SOLUTION
        self.count += by
        ### END SOLUTION
        return self.count


def outer():
    def inner():
        ### BEGIN SOLUTION
        return 42
        ### END SOLUTION

    return inner()
'''

STUB = '''\
"""Sums."""

import math


def add(a, b):
    """The sum of a and b."""
    raise NotImplementedError("ex01 add")


class Counter:
    """Counts."""

    start = 0

    def __init__(self):
        self.count = self.start

    def step(self, by=1):
        """Count on."""
        if by < 0:
            raise ValueError("only forwards")
        raise NotImplementedError("ex01 Counter.step")
        return self.count


def outer():
    def inner():
        raise NotImplementedError("ex01 outer")

    return inner()
'''


def stub_of(source: str) -> str:
    return make_stub(textwrap.dedent(source), "ex01", "sums.py")


def test_a_stub_keeps_everything_outside_the_regions():
    """Functions and methods get a to-do in place of the region; regions at the top level disappear."""
    assert stub_of(SOURCE) == STUB


def test_a_source_without_regions_is_its_own_stub():
    assert stub_of(STUB) == STUB


def test_two_regions_of_one_function_are_two_to_dos():
    stub = stub_of(
        """\
        def mean(values):
            ### BEGIN SOLUTION
            total = sum(values)
            ### END SOLUTION
            print("half way")
            ### BEGIN SOLUTION
            return total / len(values)
            ### END SOLUTION
        """
    )
    to_do = '    raise NotImplementedError("ex01 mean")\n'
    assert stub == f'def mean(values):\n{to_do}    print("half way")\n{to_do}'


def test_the_to_do_is_indented_as_the_region_was():
    stub = stub_of(
        """\
        def first(values):
            for value in values:
                if value:
                    ### BEGIN SOLUTION
                    return value
                    ### END SOLUTION
        """
    )
    assert stub.splitlines()[-1] == " " * 12 + 'raise NotImplementedError("ex01 first")'


def test_a_function_with_a_decorator_or_long_signature_is_found():
    stub = stub_of(
        """\
        import functools

        @functools.cache
        def power(
            base,
            exponent=2,
        ):
            ### BEGIN SOLUTION
            return base**exponent
            ### END SOLUTION
        """
    )
    assert stub.splitlines()[-1] == '    raise NotImplementedError("ex01 power")'


def test_a_region_that_disappears_leaves_no_hole():
    stub = stub_of("a = 1\n\n\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION\n\n\n\nc = 3\n\n\n\n")
    assert stub == "a = 1\n\n\nc = 3\n"


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (
            "a = 1\n### BEGIN SOLUTION\nb = 2\n",
            "sums.py, line 2: '### BEGIN SOLUTION' without '### END SOLUTION'",
        ),
        ("a = 1\n\n### END SOLUTION\n", "sums.py, line 3: '### END SOLUTION' without '### BEGIN SOLUTION'"),
        (
            "### BEGIN SOLUTION\na = 1\n### BEGIN SOLUTION\n### END SOLUTION\n",
            "sums.py, line 3: a second '### BEGIN SOLUTION' before '### END SOLUTION'",
        ),
        ("if True:\n    ### BEGIN SOLUTION\n    a = 1\n    ### END SOLUTION\n", "line 2: an indented"),
        ("class A:\n    ### BEGIN SOLUTION\n    a = 1\n    ### END SOLUTION\n", "line 2: an indented"),
    ],
)
def test_a_region_that_is_not_right_is_an_error_with_its_line(source, complaint):
    with pytest.raises(GraderError) as error:
        stub_of(source)
    assert complaint in str(error.value)


def test_an_indented_region_outside_a_function_is_an_error_with_its_file():
    with pytest.raises(GraderError, match=r"sums\.py, line 2"):
        stub_of("if True:\n    ### BEGIN SOLUTION\n    a = 1\n    ### END SOLUTION\n")


def test_a_solution_that_is_no_python_is_a_grader_error_with_its_line():
    with pytest.raises(GraderError, match=r"sums\.py, line 2"):
        stub_of("a = 1\ndef broken(:\n    pass\n")


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """An exercise whose solution lies in a folder of its own; its stub is not written yet."""
    monkeypatch.setattr("grader.kit.exercise.SOLUTIONS", tmp_path / "solutions")
    monkeypatch.setattr("grader.kit.exercise.EXERCISES", tmp_path / "exercises")
    exercise = Exercise("ex01_sums", "Sums", "sums", (), "numpy", (Task("add", 100, 1.0),))
    for folder in (exercise.folder, exercise.solution.parent):
        folder.mkdir(parents=True)
    exercise.solution.write_text(SOURCE, encoding="utf-8")
    return exercise


def test_stubs_are_written_where_they_differ_and_only_there(made_up):
    assert write_stubs([made_up]) == [made_up.stub]
    assert made_up.stub.read_text(encoding="utf-8") == STUB
    assert write_stubs([made_up]) == []


def test_drift_shows_what_differs(made_up):
    write_stubs([made_up])
    assert drift([made_up]) == []
    made_up.stub.write_text(STUB.replace("only forwards", "just forwards"), encoding="utf-8")
    [diff] = drift([made_up])
    assert "exercises/ex01_sums/sums.py" in diff
    assert '-            raise ValueError("just forwards")' in diff
    assert '+            raise ValueError("only forwards")' in diff


def test_a_stub_that_is_missing_is_drift(made_up):
    [diff] = drift([made_up])
    assert "+def add(a, b):" in diff


def test_a_solution_that_is_missing_is_a_clear_error(made_up):
    made_up.solution.unlink()
    with pytest.raises(GraderError, match="cannot read the solution of ex01_sums"):
        expected_stub(made_up)


def real_exercises():
    return [pytest.param(exercise, id=exercise.name) for exercise in load_catalog().values()]


@pytest.mark.parametrize("exercise", real_exercises())
def test_the_stub_in_the_kit_is_up_to_date(exercise):
    assert drift([exercise]) == [], "run 'grader stubs'"


@pytest.mark.parametrize("exercise", real_exercises())
def test_no_line_of_a_solution_is_in_its_stub(exercise):
    """Apart from lines that say nothing, such as an import, and those that also stand outside the regions."""
    secret, public = regions(exercise.solution.read_text(encoding="utf-8"))
    assert secret, "a solution without a region is no exercise"
    stub = {line.strip() for line in exercise.stub.read_text(encoding="utf-8").splitlines()}
    leaked = {line for line in secret if len(line) > 12} & stub
    assert leaked - public == set()


@pytest.mark.parametrize("exercise", real_exercises())
def test_what_a_stub_defines_is_what_a_student_needs(exercise):
    """Every task is there to be filled in, with its docstring, and nothing of it works yet.

    A capstone is what the functions do together: there is nothing to fill in.
    """
    source = exercise.stub.read_text(encoding="utf-8")
    definitions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    found = {node.name: node for node in definitions}
    for task in exercise.tasks:
        if task.name == "capstone":
            continue
        assert ast.get_docstring(found[task.name])
        text = ast.get_source_segment(source, found[task.name])
        assert f'raise NotImplementedError("{exercise.number} {task.name}' in text


def regions(source: str) -> tuple[set[str], set[str]]:
    """The stripped lines inside the regions of a solution, and those outside; comments are no code."""
    secret: set[str] = set()
    public: set[str] = set()
    target = public
    for line in map(str.strip, source.splitlines()):
        if line in (BEGIN, END):
            target = secret if line == BEGIN else public
        elif line:
            target.add(line)
    return secret, public

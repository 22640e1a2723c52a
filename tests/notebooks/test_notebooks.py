"""Notebook to module: what is kept of a student's cells, what cannot hurt, and what is refused."""

from __future__ import annotations

import ast
import json
import re
import time
from typing import Any

import pytest

from grader.handins import archives as trees
from grader.handins.filenames import SKIPPED_FOLDERS
from grader.handins.hand_ins import Submitter, find_hand_ins
from grader.handins.lms_labels import Label
from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise
from grader.kit.handin_limits import MAX_NOTEBOOK
from grader.notebooks.building import build_notebook
from grader.notebooks.check import Check, NotRight
from grader.notebooks.magics import without_magics
from grader.notebooks.reading import MAX_CELLS, code_cells
from grader.notebooks.source import module_source

METRICS = find_exercise("ex01")


def cell(source: str | list[str], **marks: Any) -> dict[str, Any]:
    metadata = {"nbgrader": marks} if marks else {}
    return {"cell_type": "code", "metadata": metadata, "source": source}


def solution(task: str, source: str) -> dict[str, Any]:
    return cell(source, solution=True, grade=False, locked=False, grade_id=f"solution-{task}")


def notebook(*cells: Any) -> bytes:
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def module(*cells: Any) -> dict[str, Any]:
    """The names that the module of these cells defines, the module executed."""
    names: dict[str, Any] = {"__name__": "metrics"}
    exec(compile(module_source(METRICS, notebook(*cells)).text, "metrics.py", "exec"), names)
    return names


def test_a_solution_cell_is_the_function():
    assert module(solution("accuracy", "def accuracy(a, b):\n    return 0.5"))["accuracy"](1, 2) == 0.5


def test_what_is_given_is_there_whatever_the_notebook_lacks():
    names = module(solution("accuracy", "def accuracy(a: ArrayLike, b):\n    return np.float64(1)"))
    assert names["accuracy"](1, 2) == 1


def test_locked_cells_and_checks_do_not_count():
    locked = cell("def accuracy(a, b):\n    return 1", locked=True, grade=False, solution=False, grade_id="setup")
    check = cell("def recall(a, b):\n    return 1", locked=True, grade=True, solution=False, grade_id="recall")
    assert not {"accuracy", "recall"} & set(module(locked, check))


def test_helpers_constants_and_imports_that_a_task_needs_are_kept():
    names = module(
        cell("import math as m\nfrom statistics import fmean\nHALF = 1\nHALF /= 2\nTABLE = {}"),
        cell("TABLE['x'] = 3\ndef helper():\n    return m.sqrt(4) * HALF + TABLE['x']"),
        solution("accuracy", "def accuracy(a, b):\n    return fmean([helper()])"),
    )
    assert names["accuracy"](1, 2) == 4


def test_what_no_task_needs_cannot_hurt():
    names = module(
        cell("import no_such_library\nfrom google.colab import drive\ndrive.mount('/x')\nmodel = train(10**9)"),
        cell("def plot():\n    no_such_library.plot()\nplot()\nassert False\nraise SystemExit\n1 / 0"),
        solution("accuracy", "def accuracy(a, b):\n    model = 1\n    return model\nprint(accuracy(1, undefined))"),
    )
    assert names["accuracy"](1, 2) == 1
    assert not {"no_such_library", "model", "plot"} & set(names)


def test_a_solution_cell_counts_before_experiments_elsewhere():
    names = module(
        solution("accuracy", "def accuracy(a, b):\n    return 1"), cell("def accuracy(a, b):\n    return 'an old try'")
    )
    assert names["accuracy"](1, 2) == 1


def test_without_marks_the_last_definition_counts():
    names = module(cell("def accuracy(a, b):\n    return 1"), cell("accuracy = lambda a, b: 2"))
    assert names["accuracy"](1, 2) == 2


def test_a_decorated_helper_is_kept():
    names = module(
        cell("RULES = {}\ndef rule(f):\n    RULES['it'] = f\n    return f"),
        cell("@rule\ndef one():\n    return 1"),
        solution("accuracy", "def accuracy(a, b):\n    return RULES['it']()"),
    )
    assert names["accuracy"](1, 2) == 1


def test_several_statements_on_a_line_are_taken_apart():
    names = module(solution("accuracy", "X = 5; print(undefined); Y = 6\ndef accuracy(a, b): return X + Y"))
    assert names["accuracy"](1, 2) == 11


def test_a_cell_that_is_no_python_costs_its_own_tasks():
    names = module(
        solution("accuracy", "def accuracy(a, b):\n    return 1"),
        solution("recall", "x = 1\ndef recall(a, b):\n    return ("),
    )
    assert names["accuracy"](1, 2) == 1
    with pytest.raises(SyntaxError, match="cell solution-recall, line 3"):
        names["recall"]([1], [1])


@pytest.mark.parametrize(
    "body", ["    nonlocal x", "    break", "    return\n    yield from await 1", "    x = 1\n  y = 2"]
)
def test_a_function_that_does_not_compile_costs_itself(body):
    names = module(
        solution("accuracy", f"def accuracy(a, b):\n{body}"), solution("recall", "def recall(a, b):\n    return 1")
    )
    assert names["recall"](1, 2) == 1
    with pytest.raises(SyntaxError, match="cell solution-accuracy"):
        names["accuracy"](1, 2)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    !ls\n    y = 2", "if x:\n    pass\n    y = 2"),
        ("files = !ls\nx = %time f()\nnp.sum?\n?np\nnp.sum??", "pass\npass\npass\npass\npass"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%timeit -n 1\nx = 1", "\n\nx = 1"),
        ("%%bash\nrm -rf /", ""),
        ("%%writefile a.py\nx = 1", ""),
        ("x = (5\n  % 3)", "x = (5\n  % 3)"),
        ('"""\n%time\n!ls\n"""\n%ls', '"""\n%time\n!ls\n"""\npass'),
        ("x = 5 \\\n  % 3", "x = 5 \\\n  % 3"),
        ("x = '(' # [ ''' \n%ls", "x = '(' # [ ''' \npass"),
        ("y = x %3\nz = y != 1", "y = x %3\nz = y != 1"),
        ("x = 'a\\\\' # '\n%ls", "x = 'a\\\\' # '\npass"),
        ('x = """a\\"""" + """b\n%ls"""\n%ls', 'x = """a\\"""" + """b\n%ls"""\npass'),
        ("", ""),
    ],
)
def test_magics_are_taken_out_and_python_stays(source, expected):
    assert without_magics(source) == expected


def seconds_for(source: str) -> float:
    """The least CPU time of three."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        without_magics(source)
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.parametrize("unit", ['\\"', '"a\\', "'", "x = '\\''", "(", "' \""])
@pytest.mark.parametrize("start", ['"""', ""])
def test_four_times_the_quotes_take_four_times_as_long(start, unit):
    """Not sixteen times, as where every quote has the rest of its line read again."""
    assert seconds_for(start + unit * 40_000) < 8 * max(seconds_for(start + unit * 10_000), 0.001)


def test_a_message_names_the_cell_and_its_line():
    source = "%time\n# mine\ndef accuracy(a, b):\n    return 1 / 0"
    made = module_source(METRICS, notebook(solution("accuracy", source)))
    line = next(n for n, text in enumerate(made.text.splitlines(), 1) if "1 / 0" in text)
    message = f"ZeroDivisionError (metrics.py, line {line})"
    assert made.locate(message, "metrics.py") == "ZeroDivisionError (cell solution-accuracy, line 4)"
    assert made.locate("metrics.py, line 99999", "metrics.py") == "metrics.py, line 99999"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"cells": 5}',
        b'{"cells": {"a": 1}}',
        b"\xff\xfe\x00",
        b'{"cells": ' + b"[" * 100_000,
        b" " * (MAX_NOTEBOOK + 1),
        notebook(*[cell("x = 1")] * (MAX_CELLS + 1)),
        notebook(cell("x" * (2**20 + 1))),
    ],
)
def test_what_is_no_notebook_is_refused(content):
    with pytest.raises(GraderError):
        code_cells(content)


@pytest.mark.parametrize(
    "strange",
    [
        5,
        None,
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": 5, "metadata": []},
        {"cell_type": "code", "source": [1, None, "x = 1"], "metadata": {"nbgrader": "x"}},
        cell("\x00"),
        cell("x = '\ud800'"),
        cell("\x0c\u2028x = 1"),
        cell("(" * 5000),
        cell("x = " + "-" * 100_000 + "1"),
        cell("x = " + "+".join(["1"] * 20_000)),
        cell("x" + ".y" * 20_000),
        cell("x" + "[0]" * 20_000 + " = 1"),
        cell("lambda: " * 3000 + "1"),
        cell("await f()\nreturn 1\nyield 2"),
        cell('"""\n' * 3),
        cell("x = 1", grade_id=["a"], solution="yes", locked=0),
    ],
)
def test_a_strange_cell_takes_nothing_from_the_others(strange):
    assert module(strange, solution("accuracy", "def accuracy(a, b):\n    return 1"))["accuracy"](1, 2) == 1


def test_cells_saved_as_lists_of_lines_are_read():
    assert module(cell(["def accuracy(a, b):\r\n", "    return 1"]))["accuracy"](1, 2) == 1


def test_the_instructors_notebook_is_the_solution():
    made = module_source(METRICS, json.dumps(build_notebook(METRICS)).encode()).text
    expected = ast.parse(METRICS.solution.read_text(encoding="utf-8"))
    assert {ast.dump(node) for node in ast.parse(made).body} == {ast.dump(node) for node in expected.body}


def hand_in(folder, **files):
    for name, content in files.items():
        (folder / name.replace("_py", ".py").replace("_ipynb", ".ipynb")).write_bytes(content)
    student = Submitter("ada", Label("ada"), [lambda: trees.folder_entries(folder, SKIPPED_FOLDERS)])
    return find_hand_ins(student, [METRICS])["ex01_metrics"]


def test_a_notebook_is_handed_in_in_place_of_the_file(tmp_path):
    found = hand_in(tmp_path, metrics_ipynb=notebook(cell("def accuracy(a, b):\n    return 1")))
    assert b"def accuracy" in found.source


def test_a_notebook_and_a_file_that_are_equally_old_are_not_clear(tmp_path):
    found = hand_in(tmp_path, metrics_py=b"x = 1", metrics_ipynb=notebook(cell("def accuracy(a, b):\n    return 1")))
    assert found.source is None
    assert "not clear" in found.note


def test_a_notebook_with_thirty_megabytes_of_output_is_read(tmp_path):
    made = cell("def accuracy(a, b):\n    return 1") | {"outputs": [{"data": {"image/png": "iVBOR" * (6 * 2**20)}}]}
    found = hand_in(tmp_path, metrics_ipynb=notebook(made))
    assert b"def accuracy" in found.source


def test_a_notebook_that_cannot_be_read_is_a_reason(tmp_path):
    found = hand_in(tmp_path, metrics_ipynb=b"{}")
    assert found.source is None
    assert "metrics.ipynb: the notebook cannot be read" in found.note


def test_the_handout_links_nowhere_inside_the_repository():
    for name in ("ex01", "ex11"):
        texts = [
            made["source"] for made in build_notebook(find_exercise(name))["cells"] if made["cell_type"] == "markdown"
        ]
        assert not [text for text in texts if "](../" in text]
        assert any("![" in text for text in texts)
        assert not any("grader demo" in text for text in texts)


def checked(task: str, source: str) -> str:
    """What `check` says of a function that a cell defines."""
    names: dict[str, Any] = {}
    exec(source, names)
    with pytest.raises(NotRight) as error:
        Check("ex01", names)(task)
    return str(error.value)


def test_check_says_right(capsys):
    names: dict[str, Any] = {}
    exec(METRICS.solution.read_text(encoding="utf-8"), names)
    Check("ex01", names)("precision")
    assert re.fullmatch(r"precision: right \((\d+) of \1 tests passed\)\n", capsys.readouterr().out)


def test_check_shows_the_feedback_of_pytest():
    text = checked("precision", "def precision(a, b, positive=1):\n    print('looking')\n    return 0.25")
    assert "called    precision([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]" in text
    assert "returned  0.25" in text
    assert "expected  0.6" in text
    assert "looking" in text


def test_check_says_which_other_function_is_to_do():
    source = "def precision(a, b, positive=1):\n    raise NotImplementedError('to do')\n"
    text = checked("f1_score", source + "def f1_score(a, b, positive=1):\n    return precision(a, b, positive)")
    assert "precision is to do (line 2 of the cell in precision; f1_score calls it in line 4)" in " ".join(text.split())


def test_check_says_to_do_and_which_line():
    assert checked("precision", "def precision(a, b, positive=1):\n    raise NotImplementedError('to do')") == (
        "precision: to do"
    )
    assert "(line 2 of the cell)" in checked("precision", "def precision(a, b, positive=1):\n    return 1 / 0")
    assert "the notebook does not define precision" in checked("precision", "")

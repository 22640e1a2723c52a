"""A file that Jupyter exported is graded like the notebook, and any other file as it is."""

from __future__ import annotations

import sys

import pytest

from grader.kit.errors import GraderError
from grader.kit.exercise import find_exercise
from grader.kit.source_text import with_python_needed
from grader.notebooks.module_file import module_of_file

EX01 = find_exercise("ex01")
FUNCTION = "def accuracy(a, b):\n    return 1\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("get_ipython().run_line_magic('matplotlib', 'inline')\nx = 1\n", "\nx = 1\n"),
        ("# In[1]:\n\nget_ipython().system('pip install x')\n", "# In[1]:\n\n\n"),
        ("x = get_ipython().getoutput('ls')\nprint(x)\nx = 1\nprint(x)\n", "\n\nx = 1\nprint(x)\n"),
        ("a = 1; get_ipython().magic('time f()'); b = 2\n", "a = 1; pass; b = 2\n"),
        ("é = 1; get_ipython().magic('x'); b = 2\n", "é = 1; pass; b = 2\n"),
        ("if x:\n    get_ipython().a(\n        'ls')  # why\n    y = 1\n", "if x:\n    pass  # why\n\n    y = 1\n"),
        ("get_ipython().run_cell_magic('time', '', 'x = 1\\n%ls\\n')\n", "x = 1\npass\n"),
        ("get_ipython().run_cell_magic('bash', '', 'rm -rf /\\n')\n", "\n"),
        ("%matplotlib inline\n!ls\nif x:\n    %time f()\n", "\n\nif x:\n    pass\n"),
        ("%time get_ipython()\r\nfrom __future__ import annotations\r\n", "\nfrom __future__ import annotations\n"),
        ("from grader.notebooks.check import Check\ncheck = Check('ex01', globals())\ncheck('recall')\n", "\n\n\n"),
        ("get_ipython()\ndef f(check):\n    check = check('x')\n", "\ndef f(check):\n    check = check('x')\n"),
    ],
)
def test_what_jupyter_exports_is_python(source, expected):
    assert module_of_file("metrics.py", (source + FUNCTION).encode()).decode() == expected + FUNCTION


@pytest.mark.parametrize(
    "source",
    [
        b"",
        bytes(range(256)) + b"\r\n",
        bytes(1000),
        b'"""\n%time\nget_ipython()\n"""\r\nx = (5\r\n % 3)\r\n',
        b"def get_ipython():\n    return 1\nx = get_ipython()\n",
        b"from IPython import get_ipython\nget_ipython()\n",
        b"%time\ndef f(:\n",
        b"x = '\xff'  # get_ipython\n",
        "\ufeffx = 1  # get_ipython".encode(),
    ],
)
def test_any_other_file_stays_as_it_is(source):
    assert module_of_file("metrics.py", source) == source


def test_the_encoding_of_a_file_stays():
    source = "# -*- coding: latin-1 -*-\n%time\nx = 'é'\n"
    made = module_of_file("metrics.py", source.encode("latin-1"))
    assert made == source.replace("%time", "").encode("latin-1")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_an_encoding_that_python_does_not_read_is_named(encoding):
    name = encoding.upper()[:6]
    with pytest.raises(GraderError, match=rf"^metrics\.py is saved as {name}: save it as UTF-8$"):
        module_of_file("metrics.py", ("# Zoë's\n" + FUNCTION).encode(encoding))


@pytest.mark.parametrize("source", ['f"{d["a"]}"', "f'{\"\\n\".join(x)}'", 'f"{f"{1}"}"'])
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this version of Python reads them")
def test_an_f_string_of_a_newer_python_says_so(source):
    with pytest.raises(SyntaxError) as error:
        compile(source, "metrics.py", "exec")
    told = with_python_needed(str(error.value.msg))
    assert "it needs Python 3.12, and here it is read by 3.11" in told
    assert with_python_needed(told) == told
    assert with_python_needed("invalid syntax") == "invalid syntax"

"""Files that are Python, but not for whoever reads them: in another encoding, for a newer version, in a notebook."""

import codecs
import re
import sys

# A mark at the start says it; without one every other byte of plain English is 0.
MARKS = ((codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"),
         (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))  # fmt: skip
LOOKED_AT = 1000  # bytes
# What Python 3.11 says of the f-strings that 3.12 has learned to read.
NEWER = re.compile(r"f-string(: unmatched |: expecting '}'| expression part cannot include )")


def encoding_problem(filename: str, source: bytes) -> str:
    """Return what to do about a file in an encoding that Python does not read, or nothing."""
    encoding = next((name for mark, name in MARKS if source.startswith(mark)), "")
    start = source[:LOOKED_AT]
    if not encoding and b"\0" in start:
        fewer, more = sorted((start[::2].count(0), start[1::2].count(0)))
        if fewer < len(start) // 20 + 1 and more > len(start) // 4:
            encoding = "UTF-16"
    return f"{filename} is saved as {encoding}: save it as UTF-8" if encoding else ""


def notebook_problem(filename: str, source: bytes) -> str:
    """Return what to do about a notebook under the name of a module, or nothing."""
    if not source.lstrip().startswith(b"{") or b'"cells"' not in source:
        return ""
    return (
        f"{filename} is a notebook: rename it to end in .ipynb, or let Jupyter make the module (File, Save and Export"
        " Notebook As, Executable Script)"
    )


def with_python_needed(problem: str) -> str:
    """Return a syntax error with the version of Python that reads it, where this one is older."""
    if sys.version_info >= (3, 12) or not NEWER.search(problem) or "needs Python" in problem:
        return problem
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{problem} (if your Python takes this f-string, it needs Python 3.12, and here it is read by {version})"

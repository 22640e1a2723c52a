"""IPython's additions to Python, taken out of a cell: magics (`%time`), shell commands (`!ls`), help (`name?`)."""

import re

# What follows these cell magics is Python; what follows any other is another language.
PYTHON_CELLS = ("time", "timeit", "capture", "prun", "python", "python3", "pypy", "debug")
STATEMENT = re.compile(r"[%!?]|[\w.]+\?{1,2}\s*$|[\w.,\s]+=\s*[%!](?!=)")
# Strings, comments and brackets: where a line begins in the middle of one, it begins no statement. A string that does
# not end on the line is one all the same, so that no part of a line is looked at twice.
TOKEN = re.compile(
    r"(?P<triple>\"\"\"|''')|\"(?:\\.|[^\"\\\n])*+\"?|'(?:\\.|[^'\\\n])*+'?|#.*|(?P<open>[\[({])|(?P<close>[\])}])"
)
ENDS = {quotes: re.compile(rf"\\.|{quotes}", re.DOTALL) for quotes in ('"""', "'''")}
NOT_PARSED = (SyntaxError, ValueError, RecursionError, MemoryError)


def without_magics(source: str) -> str:
    """Return the cell as Python with as many lines: what only IPython understands becomes `pass`."""
    lines = source.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if lines[first][2:].split(" ")[0].strip() not in PYTHON_CELLS:
            return ""
        lines[first] = ""
    depth, quotes, continued = 0, "", False
    for number, line in enumerate(lines):
        words = line.lstrip()
        if not (depth or quotes or continued) and STATEMENT.match(words):
            lines[number] = line[: len(line) - len(words)] + "pass"
            continue
        depth, quotes = _scan(line, depth, quotes)
        continued = not quotes and line.endswith("\\")
    return "\n".join(lines)


def _scan(line: str, depth: int, quotes: str) -> tuple[int, str]:
    """How many brackets are open at the end of `line`, and which quotes."""
    position = 0
    while True:
        token = (ENDS[quotes] if quotes else TOKEN).search(line, position)
        if token is None:
            return depth, quotes
        position = token.end()
        if quotes:
            quotes = "" if token[0] == quotes else quotes
            continue
        quotes = token["triple"] or ""
        depth = max(0, depth + bool(token["open"]) - bool(token["close"]))

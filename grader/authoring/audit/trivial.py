"""Answers without work: every function of an exercise gives back a constant or its own argument.

Such a file must earn nothing. It earns points where a test happens to ask for that constant, or looks at each of the
things in a list that is empty.
"""

import ast

# What every function returns; `first` is its first argument.
ANSWERS = {
    "nothing": "None",
    "false": "False",
    "zero": "0",
    "half": "0.5",
    "one": "1.0",
    "an_empty_list": "[]",
    "its_argument": "{first}",
    "zeros": "numpy.zeros_like({first}, dtype=float)",
    "ones": "numpy.ones_like({first}, dtype=float)",
    "a_zero_for_each": "numpy.zeros(len({first}), dtype=int)",
    "a_one_for_each": "numpy.ones(len({first}), dtype=int)",
    "the_mean": "numpy.mean({first})",
}


def answering(stub: str, answer: str) -> str:
    """Return the source of `stub` with `answer` in place of everything that is still to do."""
    return ast.unparse(_Answering(answer).visit(ast.parse(stub))) + "\n"


class _Answering(ast.NodeTransformer):
    def __init__(self, answer: str) -> None:
        self._answer = answer
        self._first = "None"  # the first argument of the function that is looked at

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        names = [argument.arg for argument in (*node.args.args, *node.args.kwonlyargs) if argument.arg != "self"]
        self._first = names[0] if names else "None"
        if node.name == "__init__":  # must return nothing, or the other methods would not be asked
            node.body = [ast.Pass()]
        self.generic_visit(node)
        return node

    def visit_Raise(self, node: ast.Raise) -> list[ast.stmt] | ast.Raise:
        if "NotImplementedError" not in ast.unparse(node):
            return node
        return ast.parse(f"import numpy\nreturn {self._answer.format(first=self._first)}").body

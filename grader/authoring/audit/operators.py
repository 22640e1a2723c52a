"""Small mistakes: what may stand in the place of one node of a syntax tree, the slips of NumPy among them.

Mutation tools know most of the operators of the first half; an axis, a copy, a reduction or the order of arguments is
what numerical code gets wrong.
"""

import ast
import copy
from collections.abc import Callable, Iterator

COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
ARITHMETIC: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NAMES = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "argmax": "argmin",
    "argmin": "argmax",
    "any": "all",
    "all": "any",
    "zeros": "ones",
    "ones": "zeros",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "ceil": "floor",
    "floor": "ceil",
    "sin": "cos",
    "cos": "sin",
    "sqrt": "square",
    "append": "insert",
}
# Of `x.copy()` and the like, `x` is left; of `np.abs(x)`, too.
LIBRARIES = {"np", "keras", "ops", "layers", "math", "random"}
UNWRAPPED = {"abs", "sorted", "reversed", "list", "set", "int", "round", "max", "min", "sum"}

# What is printed never matters to a score, and `strict` is a safeguard for the author.
UNSEEN = {"verbose", "strict"}
SYMMETRIC = {"min", "max", "minimum", "maximum", "add", "multiply", "array_equal", "isclose"}


def replacements(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that may stand in the place of `node`; nothing for most."""
    for operator in OPERATORS.get(type(node), ()):
        yield from operator(node)


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for index, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            changed = copy.copy(node)
            changed.ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            yield changed


def _arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in ARITHMETIC and not isinstance(node.left, ast.JoinedStr):
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    if isinstance(node.op, ast.MatMult | ast.Sub | ast.Div):
        yield ast.BinOp(node.right, node.op, node.left)


def _update(node: ast.AugAssign) -> Iterator[ast.AST]:
    if type(node.op) in ARITHMETIC:
        yield ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)
    yield ast.Assign([node.target], node.value)
    yield ast.Pass()


def _logic(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for index in range(len(node.values)):
        rest = node.values[:index] + node.values[index + 1 :]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _number(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node.value, float):
        yield ast.Constant(node.value * 1.5 if node.value else 1.0)


def _condition(node: ast.If | ast.While | ast.IfExp) -> Iterator[ast.AST]:
    if not isinstance(node.test, ast.Compare):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    if isinstance(node, ast.If) and not node.orelse:
        yield ast.Pass()
    if isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse


def _statement(node: ast.stmt) -> Iterator[ast.AST]:
    yield ast.Pass()


def _assignment(node: ast.Assign) -> Iterator[ast.AST]:
    """Only where the name is there without it: otherwise it would just be a NameError."""
    read = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    for target in node.targets:
        if not isinstance(target, ast.Name | ast.Tuple) or (isinstance(target, ast.Name) and target.id in read):
            yield ast.Pass()


def _result(node: ast.Return) -> Iterator[ast.AST]:
    if isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
        yield ast.Return(ast.Tuple(node.value.elts[::-1], ast.Load()))


def _left_out(node: ast.Continue | ast.Break) -> Iterator[ast.AST]:
    yield ast.Break() if isinstance(node, ast.Continue) else ast.Continue()
    yield ast.Pass()


def _call(node: ast.Call) -> Iterator[ast.AST]:
    plain = [argument for argument in node.args if not isinstance(argument, ast.Starred)]
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if len(plain) == len(node.args) >= 2 and name not in SYMMETRIC:
        yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
    for index, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in UNSEEN:
            yield ast.Call(node.func, node.args, node.keywords[:index] + node.keywords[index + 1 :])
    match node.func:
        case ast.Attribute(value=ast.Name(id=library)) if library in LIBRARIES:
            yield from plain[:1]
        case ast.Attribute(value=receiver):
            yield receiver
        case ast.Name() if name in UNWRAPPED:
            yield from plain[:1]


def _name(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr in NAMES:
        yield ast.Attribute(node.value, NAMES[node.attr], node.ctx)
    if node.attr == "T":
        yield node.value


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    if node.lower is not None:
        yield ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield ast.Slice(node.lower, None, node.step)


def _comprehension(node: ast.comprehension) -> Iterator[ast.AST]:
    if node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)


OPERATORS: dict[type, tuple[Callable[..., Iterator[ast.AST]], ...]] = {
    ast.Compare: (_compare,),
    ast.BinOp: (_arithmetic,),
    ast.AugAssign: (_update,),
    ast.BoolOp: (_logic,),
    ast.UnaryOp: (_sign,),
    ast.Constant: (_number,),
    ast.If: (_condition,),
    ast.While: (_condition,),
    ast.IfExp: (_condition,),
    ast.Raise: (_statement,),
    ast.Expr: (_statement,),
    ast.Assign: (_assignment,),
    ast.Return: (_result,),
    ast.Continue: (_left_out,),
    ast.Break: (_left_out,),
    ast.Call: (_call,),
    ast.Attribute: (_name,),
    ast.Slice: (_slice,),
    ast.comprehension: (_comprehension,),
}

"""Examples of a docstring that can be compared: a call on literals that gives a literal."""

import ast
import doctest
import re
from dataclasses import dataclass

_PARSER = doctest.DocTestParser()
_UNLIKE = ("SKIP", "ELLIPSIS", "NORMALIZE_WHITESPACE")  # options that mean: not literally this


@dataclass(frozen=True, slots=True)
class LiteralExample:
    """`call` gives `expected`, both Python text.

    `as_shown` if the docstring has it word for word; `as_list` if it is ``list(call)`` that gives
    `expected`, as generators are shown.
    """

    call: str
    expected: str
    as_shown: bool
    as_list: bool


def literal_examples(docstring: str, name: str) -> list[LiteralExample]:
    """The doctests of `docstring` that call `name` on literals and show a literal.

    A call through a module (``textwrap.dedent(...)``) counts, and so does an argument that names a
    literal bound earlier and untouched since; both are written out and marked `as_shown=False`.
    """
    try:
        shown = _PARSER.get_examples(docstring)
    except ValueError:  # prompts or indentation that doctest refuses
        return []
    bound: dict[str, ast.expr] = {}
    found = []
    for example in shown:
        try:
            body = ast.parse(example.source).body
        except SyntaxError:
            continue
        if len(body) == 1 and isinstance(body[0], ast.Assign) and _is_literal(body[0].value):
            for target in body[0].targets:
                if isinstance(target, ast.Name):
                    bound[target.id] = body[0].value
            continue
        shown_call, as_list = _call_shown(body)
        literal = _literal_call(shown_call, name, bound)
        for node in ast.walk(ast.Module(body=body, type_ignores=[])):
            if isinstance(node, ast.Name):
                bound.pop(node.id, None)  # it may have been changed or bound anew
        want = example.want.strip()
        options = any(doctest.OPTIONFLAGS_BY_NAME[o] in example.options for o in _UNLIKE)
        if literal is None or options or not _is_literal_text(want):
            continue
        call = ast.unparse(literal)
        expected = ast.unparse(ast.parse(want, mode="eval"))
        same = _dump(example.source) == _dump(call)
        found.append(LiteralExample(call, expected, same, as_list))
    return found


def without_listed(docstring: str, name: str) -> str:
    """`docstring` without the doctests that show ``list(name(...))``."""
    lines = docstring.split("\n")
    try:
        shown = _PARSER.get_examples(docstring)
    except ValueError:
        return docstring
    for example in reversed(shown):
        try:
            call, as_list = _call_shown(ast.parse(example.source).body)
        except SyntaxError:
            continue
        if as_list and isinstance(call, ast.Call) and _name_of(call.func) == name:
            height = example.source.count("\n") + example.want.count("\n")
            del lines[example.lineno : example.lineno + height]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _name_of(node: ast.expr) -> str | None:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)


def _call_shown(body: list[ast.stmt]) -> tuple[ast.expr | None, bool]:
    """The single expression of `body`, without a ``list(...)`` around it; whether there was one."""
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return None, False
    value = body[0].value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "list":
        return (
            (value.args[0], True) if len(value.args) == 1 and not value.keywords else (None, False)
        )
    return value, False


def _literal_call(call: ast.expr | None, name: str, bound: dict[str, ast.expr]) -> ast.Call | None:
    """`call` with its arguments written out as literals, if it is a call of `name` and they are."""
    if not isinstance(call, ast.Call):
        return None
    called = call.func
    if _name_of(called) != name:
        return None
    if isinstance(called, ast.Attribute) and not isinstance(called.value, ast.Name | ast.Attribute):
        return None
    if isinstance(called, ast.Attribute) and _root(called) in bound:
        return None  # a method of a value, not a function of a module
    args = [_written_out(a, bound) for a in call.args]
    values = [_written_out(k.value, bound) for k in call.keywords]
    if any(a is None for a in args + values) or any(k.arg is None for k in call.keywords):
        return None
    keywords = [
        ast.keyword(arg=k.arg, value=v) for k, v in zip(call.keywords, values, strict=True) if v
    ]
    return ast.Call(func=ast.Name(name, ast.Load()), args=[a for a in args if a], keywords=keywords)


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _written_out(node: ast.expr, bound: dict[str, ast.expr]) -> ast.expr | None:
    if isinstance(node, ast.Name) and node.id in bound:
        return bound[node.id]
    return node if _is_literal(node) else None


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return False
    return True


def _is_literal_text(text: str) -> bool:
    try:
        return bool(text) and _is_literal(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _dump(source: str) -> str:
    return ast.dump(ast.parse(source.strip()))

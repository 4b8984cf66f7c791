"""Test cases that a row brings along: check functions, assert lists, doctests; read, never run."""

import ast
import builtins
import json
from collections import Counter
from collections.abc import Iterator

from codesieve.code.syntax import parse
from codesieve.quality.callables import callables
from codesieve.quality.cases import Example, Suite, assemble
from codesieve.quality.checks import Reader
from codesieve.quality.examples import asserts, doctests

MAX_TESTS = 400_000  # characters of a row's tests that are read
_BUILTINS = frozenset(dir(builtins))
_EQUALS = frozenset(
    f"assert{kind}"
    for kind in ("Equal", "Equals", "ListEqual", "DictEqual", "TupleEqual", "SetEqual", "Is")
)


def read_tests(tests: str, entry_point: str | None, code: str, limit: int = 50) -> Suite:
    """The tests that a row brings, as a suite of at most `limit` cases, evenly spread.

    Understood are Python programs with asserts (MBPP lists; HumanEval and LeetCodeDataset
    ``def check(candidate)``; pytest functions; unittest methods), a JSON list of such texts, and
    doctests. `entry_point` is what ``candidate`` stands for (``f``, ``Solution().f``); where it is
    missing, it is the function of the code, or else the function, that most checks call. A check
    whose arguments or value are not literal is counted in `Suite.unparsed` with its reason.
    """
    text = _joined(tests[:MAX_TESTS])
    tree = parse(text)
    for targets in _targets(tree, entry_point, code):
        aliases = _aliases(tree, entry_point, targets)
        reader = Reader("brought", targets, aliases)
        examples = list(_checks(tree, reader)) if tree is not None else _loose(text, reader)
        if examples:
            return assemble(examples, "brought", limit)
    return Suite()


def _joined(tests: str) -> str:
    """`tests`, or the texts of a JSON list, one below the other."""
    if not tests.lstrip().startswith("["):
        return tests
    try:
        items = json.loads(tests)
    except (ValueError, RecursionError):
        return tests
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        return tests
    return "\n".join(items)


def _targets(
    tree: ast.Module | None, entry_point: str | None, code: str
) -> Iterator[frozenset[str]]:
    """Sets of entry points to look for, the surest first."""
    if entry_point:
        yield frozenset([entry_point])
        return
    known = callables(code)
    if known:
        yield frozenset(known)
    if tree is not None:
        called = Counter(
            node.func.id
            for check in ast.walk(tree)
            if isinstance(check, ast.Assert)
            for node in ast.walk(check.test)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        )
        yield frozenset(called) - _BUILTINS - {"candidate"}


def _aliases(
    tree: ast.Module | None, entry_point: str | None, targets: frozenset[str]
) -> dict[str, str]:
    """What the tests call the entry point: ``candidate``, ``s`` after ``s = Solution()``."""
    aliases: dict[str, str] = {}
    candidate = entry_point or (next(iter(targets)) if len(targets) == 1 else None)
    for node in ast.walk(tree) if tree is not None else ():
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id=owner), args=[], keywords=[]),
            ):
                aliases[name] = f"{owner}()"
            case ast.Expr(value=ast.Call(func=ast.Name(id="check"), args=[ast.Name(id=name)])):
                candidate = candidate or name
    if candidate:
        aliases["candidate"] = candidate
    return aliases


def _loose(text: str, reader: Reader) -> list[Example]:
    """Examples of a text that is not a program: doctests, and asserts line by line."""
    sessions, rest = doctests(text, reader)
    return sessions + asserts(rest, reader)[0]


def _checks(tree: ast.Module, reader: Reader) -> Iterator[Example]:
    """Examples of a program's checks, in document order."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Assert | ast.With | ast.Call)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node, ast.Assert):
            yield from reader.check(node.test)
        elif isinstance(node, ast.With):
            yield from _raising_block(node, reader)
        elif isinstance(node.func, ast.Attribute):
            yield from _unittest(node, node.func.attr, reader)


def _raising_block(node: ast.With, reader: Reader) -> Iterator[Example]:
    """``with pytest.raises(E): f(x)`` and its unittest twin."""
    match node.items[0].context_expr, node.body:
        case (
            ast.Call(func=ast.Attribute(attr="raises" | "assertRaises"), args=[error, *_]),
            [ast.Expr(value=call)],
        ):
            yield from _one(reader.raised(call, _name(error), ast.unparse(call)))


def _unittest(node: ast.Call, method: str, reader: Reader) -> Iterator[Example]:
    """The checks of ``unittest.TestCase`` on a call."""
    args = node.args
    if method in _EQUALS and len(args) >= 2:
        yield from reader.check(_at(node, ast.Compare(args[0], [ast.Eq()], [args[1]])))
    elif method == "assertTrue" and args:
        yield from reader.check(args[0])
    elif method == "assertFalse" and args:
        yield from reader.check(_at(node, ast.UnaryOp(ast.Not(), args[0])))
    elif method == "assertIsNone" and args:
        none = ast.Constant(None)
        yield from reader.check(_at(node, ast.Compare(args[0], [ast.Is()], [none])))
    elif method == "assertRaises" and len(args) >= 2:
        call = _at(node, ast.Call(args[1], args[2:], node.keywords))
        yield from _one(reader.raised(call, _name(args[0]), ast.unparse(node)))


def _at(place: ast.expr, node: ast.expr) -> ast.expr:
    return ast.copy_location(node, place)


def _name(node: ast.expr) -> str:
    """Type name of an exception expression (``ValueError``, ``errors.Odd``)."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _one(example: Example | None) -> Iterator[Example]:
    if example is not None:
        yield example

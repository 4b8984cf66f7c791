"""What a program defines that a test can call."""

import ast
import re
from dataclasses import dataclass

from codesieve.code.syntax import parse

_DEF = re.compile(r"^def (\w{1,100})[ \t]{0,4}\(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Callable:
    """A function (``f``) or a method of a class built without arguments (``Solution().f``).

    `parameters` are those that can be given by position, None where unknown or variadic; the first
    `required` have no default. `returns` says whether a value is returned anywhere.
    """

    entry: str
    parameters: tuple[str, ...] | None
    required: int = 0
    returns: bool = True

    @property
    def public(self) -> bool:
        """Whether its own name has no leading underscore and is not a customary main."""
        name = self.entry.rpartition(".")[2]
        return not name.startswith("_") and name != "main"

    def accepts(self, positional: int, keywords: list[str]) -> bool:
        """Whether a call with these arguments binds, with nothing missing or given twice."""
        if self.parameters is None or positional > len(self.parameters):
            return False
        rest = self.parameters[positional:]
        if len(set(keywords)) != len(keywords) or not set(keywords) <= set(rest):
            return False
        return all(name in keywords for name in self.parameters[positional : self.required])


def callables(code: str) -> dict[str, Callable]:
    """What `code` defines at module level, by entry point; generators and coroutines left out.

    Of code that does not parse, the names of its functions.
    """
    tree = parse(code)
    if tree is None:
        return {name: Callable(name, None) for name in _DEF.findall(code)}
    found: dict[str, Callable] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            _add(found, node.name, node, bound=False)
        elif isinstance(node, ast.ClassDef) and _plain(node):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
                    bound = not any(_is_static(item) for item in method.decorator_list)
                    _add(found, f"{node.name}().{method.name}", method, bound=bound)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = _signature(target.id, node.value.args, False, True)
    return found


def _add(found: dict[str, Callable], entry: str, node: ast.FunctionDef, bound: bool) -> None:
    own = list(_own_nodes(node))
    if any(isinstance(child, ast.Yield | ast.YieldFrom) for child in own):
        return
    returns = any(isinstance(child, ast.Return) and child.value is not None for child in own)
    found[entry] = _signature(entry, node.args, bound, returns)


def _signature(entry: str, args: ast.arguments, bound: bool, returns: bool) -> Callable:
    names = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    required = len(names) - len(args.defaults)
    if args.vararg or args.kwarg or args.kwonlyargs or (bound and not names):
        return Callable(entry, None, 0, returns)
    skip = int(bound)
    return Callable(entry, tuple(names[skip:]), max(0, required - skip), returns)


def _own_nodes(node: ast.FunctionDef) -> list[ast.AST]:
    """Nodes of a function without those of functions and classes inside it."""
    found: list[ast.AST] = []
    stack: list[ast.AST] = list(node.body)
    while stack:
        child = stack.pop()
        found.append(child)
        if not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
        ):
            stack.extend(ast.iter_child_nodes(child))
    return found


def _plain(node: ast.ClassDef) -> bool:
    """Whether the class is built without arguments: no bases, no ``__init__`` that wants any."""
    if any(not (isinstance(base, ast.Name) and base.id == "object") for base in node.bases):
        return False
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            return len(method.args.args) - len(method.args.defaults) <= 1
    return True


def _is_static(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id == "staticmethod"

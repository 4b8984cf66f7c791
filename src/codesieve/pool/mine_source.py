"""A module's source as data: what each top-level statement binds, needs and reads like.

Nothing is imported or executed: `ast` gives the statements, `symtable` says which names are global.
"""

import ast
import builtins
import symtable
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Counted as the standard library: packages that need no other and are imported in milliseconds.
LIGHT_PACKAGES = frozenset(
    {"more_itertools", "toolz", "boltons", "packaging", "typing_extensions", "markupsafe", "yaml"}
)
_KNOWN = frozenset(dir(builtins)) | {"__name__", "__doc__"}


class NotSelfContained(Exception):
    """A function needs a name that nothing binds, a foreign package, or too much of its module."""


@dataclass(frozen=True)
class ModuleSource:
    """One parsed module. `name` is dotted; `is_package` decides how relative imports resolve."""

    name: str
    text: str
    is_package: bool

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; raises SyntaxError or ValueError where the text is not Python."""
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """Lines with their ends, numbered as in the syntax tree: only a line feed ends one."""
        return [line + "\n" for line in self.text.split("\n")]

    @cached_property
    def delays_annotations(self) -> bool:
        """Whether annotations are never evaluated (`from __future__ import annotations`)."""
        return any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and any(alias.name == "annotations" for alias in node.names)
            for node in self.tree.body
        )

    @cached_property
    def binders(self) -> dict[str, list[ast.stmt]]:
        """The top-level statements that bind each name, in source order."""
        found: dict[str, list[ast.stmt]] = {}
        for statement in self.tree.body:
            for name in sorted(_bound(statement)):
                found.setdefault(name, []).append(statement)
        return found

    @cached_property
    def star_imports(self) -> list[ast.ImportFrom]:
        """Imports of everything; they may bind whatever is not found elsewhere."""
        return [
            node
            for node in self.tree.body
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
        ]

    @cached_property
    def _scopes(self) -> dict[tuple[str, int], symtable.SymbolTable]:
        """Scopes of functions and classes by name and line."""
        scopes: dict[tuple[str, int], symtable.SymbolTable] = {}
        waiting = [symtable.symtable(self.text, self.name, "exec")]
        while waiting:
            table = waiting.pop()
            scopes.setdefault((table.get_name(), table.get_lineno()), table)
            waiting.extend(table.get_children())
        return scopes

    @cached_property
    def _known(self) -> dict[int, set[str]]:
        """What `needs` said, by the statement's id; helpers are asked for many times."""
        return {}

    @cached_property
    def _written(self) -> dict[int, str]:
        """What `source` said, by the statement's id."""
        return {}

    def needs(self, statement: ast.stmt) -> set[str]:
        """Names that the statement takes from the module or the builtins when it is run or called.

        Raises:
            NotSelfContained: it holds an import, of more than the standard library.
        """
        if id(statement) not in self._known:
            first, last = statement.lineno, statement.end_lineno or statement.lineno
            if any("import " in line for line in self.lines[first - 1 : last]):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Import | ast.ImportFrom):
                        self._refuse_foreign(node)
            self._known[id(statement)] = self._needs(statement)
        return self._known[id(statement)]

    def _refuse_foreign(self, statement: ast.Import | ast.ImportFrom) -> None:
        if isinstance(statement, ast.Import):
            modules = [alias.name for alias in statement.names]
        else:
            modules = [self._absolute(statement)]
        for module in modules:
            root = module.split(".")[0]
            if root not in sys.stdlib_module_names and root not in LIGHT_PACKAGES:
                raise NotSelfContained(f"{self.name}: line {statement.lineno} imports {module}")

    def _needs(self, statement: ast.stmt) -> set[str]:
        if not isinstance(statement, Function | ast.ClassDef):
            return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        names: set[str] = set()
        for part in _outer_parts(statement, annotations=not self.delays_annotations):
            names |= {n.id for n in ast.walk(part) if isinstance(n, ast.Name)}
        table = self._scopes.get((statement.name, statement.lineno))
        if table is not None:
            names |= _globals_of(table)
        if isinstance(statement, ast.ClassDef) and not self.delays_annotations:
            for inner in statement.body:
                if isinstance(inner, Function):
                    for part in _outer_parts(inner, annotations=True):
                        names |= {n.id for n in ast.walk(part) if isinstance(n, ast.Name)}
        return names

    def closure(self, statement: ast.stmt, max_statements: int) -> tuple[list[ast.stmt], set[str]]:
        """Statements that `statement` needs, transitively, in source order; and all names.

        Raises:
            NotSelfContained: a name is bound nowhere, more than `max_statements` are needed, or one
                of them imports more than the standard library.
        """
        chosen: dict[int, ast.stmt] = {}
        seen: set[str] = set()
        waiting = sorted(self.needs(statement))
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            found = self.binders.get(name) or ([] if name in _KNOWN else self.star_imports)
            if not found and name not in _KNOWN:
                raise NotSelfContained(f"{self.name}: nothing binds {name!r}")
            for needed in found:
                if id(needed) not in chosen and needed is not statement:
                    chosen[id(needed)] = needed
                    if isinstance(needed, ast.Import | ast.ImportFrom):
                        self._refuse_foreign(needed)
                    else:
                        waiting.extend(sorted(self.needs(needed)))
            if len(chosen) > max_statements:
                raise NotSelfContained(f"{self.name}: needs more than {max_statements} statements")
        return sorted(chosen.values(), key=lambda node: node.lineno), seen

    def source(self, statement: ast.stmt) -> str:
        """Source of a statement with its decorators, without docstrings of the defs in it."""
        if id(statement) not in self._written:
            self._written[id(statement)] = self._source(statement)
        return self._written[id(statement)]

    def _source(self, statement: ast.stmt) -> str:
        first = min(
            [statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))]
        )
        last = statement.end_lineno or statement.lineno
        cut: set[int] = set()
        for node in ast.walk(statement):
            if isinstance(node, Function | ast.ClassDef):
                cut |= _docstring_lines(node)
        kept = [line for n, line in enumerate(self.lines[first - 1 : last], first) if n not in cut]
        return "".join(kept).rstrip() + "\n"

    def import_lines(
        self, statement: ast.Import | ast.ImportFrom, names: set[str]
    ) -> Iterator[str]:
        """The import of those of its names that are wanted; a relative one is made absolute."""
        aliases = [
            a for a in statement.names if a.name == "*" or _alias_binds(a, statement) in names
        ]
        written = [a.name + (f" as {a.asname}" if a.asname else "") for a in aliases]
        if isinstance(statement, ast.Import):
            yield from (f"import {name}\n" for name in written)
        elif written:
            yield f"from {self._absolute(statement)} import {', '.join(written)}\n"

    def _absolute(self, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        parts = self.name.split(".")
        kept = parts[: len(parts) - statement.level + self.is_package]
        return ".".join([*kept, *([statement.module] if statement.module else [])])


def _bound(statement: ast.stmt) -> set[str]:
    """Names that a top-level statement binds in its module."""
    if isinstance(statement, Function | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {_alias_binds(alias, statement) for alias in statement.names} - {"*"}
    names: set[str] = set()
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case | ast.withitem):
            names |= _bound(child)  # type: ignore[arg-type]
        elif isinstance(child, ast.expr):
            names |= {
                n.id
                for n in ast.walk(child)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
    return names


def _alias_binds(alias: ast.alias, statement: ast.Import | ast.ImportFrom) -> str:
    plain = alias.name.split(".")[0] if isinstance(statement, ast.Import) else alias.name
    return alias.asname or plain


def _outer_parts(node: Function | ast.ClassDef, annotations: bool) -> Iterable[ast.AST]:
    """The parts of a def that are evaluated outside its own scope."""
    yield from node.decorator_list
    if isinstance(node, ast.ClassDef):
        yield from node.bases
        yield from node.keywords
        return
    every = node.args
    yield from every.defaults
    yield from (default for default in every.kw_defaults if default is not None)
    if annotations:
        arguments = [*every.posonlyargs, *every.args, *every.kwonlyargs]
        arguments += [a for a in (every.vararg, every.kwarg) if a is not None]
        yield from (a.annotation for a in arguments if a.annotation is not None)
        if node.returns is not None:
            yield node.returns


def _globals_of(table: symtable.SymbolTable) -> set[str]:
    names: set[str] = set()
    waiting = [table]
    while waiting:
        scope = waiting.pop()
        names |= {s.get_name() for s in scope.get_symbols() if s.is_global() and s.is_referenced()}
        waiting.extend(scope.get_children())
    return names


def _docstring_lines(node: Function | ast.ClassDef) -> set[int]:
    """Lines taken by the docstring alone; empty where it is all there is or shares a line."""
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if not is_text or not isinstance(first.value.value, str) or len(node.body) < 2:  # type: ignore[attr-defined]
        return set()
    last = first.end_lineno or first.lineno
    if node.body[1].lineno == last:
        return set()
    return set(range(first.lineno, last + 1))

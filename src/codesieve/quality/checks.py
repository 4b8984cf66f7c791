"""Comparisons to cases: ``f(1) == 2``, ``not f(x)``, ``abs(f(x) - y) < e`` as syntax trees."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from codesieve.quality.cases import Example, Origin, TestCase, View
from codesieve.quality.literals import CONSTANTS, LOOSE, NotData, value_of
from codesieve.sandbox import Call

MAX_SOURCE = 20_000  # characters of one example
_VIEWS = ("set", "sorted", "list", "tuple", "len", "str", "bool")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads checks of the entry points in `targets`.

    `aliases` maps other spellings of a callee to an entry point (``candidate`` -> ``f``); `origin`
    is written into the cases; `loose` literals may say ``true`` and ``null``, as prose does.
    """

    origin: Origin
    targets: frozenset[str]
    aliases: Mapping[str, str]
    loose: bool = False

    @property
    def names(self) -> Mapping[str, Any]:
        """Constants that literals may name."""
        return LOOSE if self.loose else CONSTANTS

    def check(self, node: ast.expr) -> list[Example]:
        """Examples in a condition that is claimed to hold; none if it calls no target."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
            return [example for part in node.values for example in self.check(part)]
        subjects = [child for child in ast.walk(node) if self.entry(child) is not None]
        if not subjects:
            return []
        entry = cast(str, self.entry(min(subjects, key=_place)))
        try:
            if len(subjects) > 1:
                raise NotData("several calls")
            return [self._condition(node)]
        except NotData as error:
            return [Example(entry, _key(node), None, str(error))]

    def returned(self, node: ast.expr, expected: Any, source: str = "") -> Example | None:
        """The example that a call, perhaps wrapped (``sorted(f(x))``), gives `expected`."""
        subject = self._subject(node)
        if subject is None:
            return None
        call, entry, view = subject
        try:
            return self._example(entry, call, expected, view=view, source=source)
        except NotData as error:
            return Example(entry, _key(node), None, str(error))

    def raised(self, node: ast.expr, error: str, source: str = "") -> Example | None:
        """The example that a call ends in the exception named `error`."""
        entry = self.entry(node)
        if entry is None or not isinstance(node, ast.Call):
            return None
        try:
            return self._example(entry, node, None, raises=error, source=source)
        except NotData as unread:
            return Example(entry, _key(node), None, str(unread))

    def entry(self, node: ast.AST) -> str | None:
        """Entry point that `node` calls, if it is one of the targets."""
        if not isinstance(node, ast.Call):
            return None
        name = _callee(node.func)
        if name is None:
            return None
        head, dot, method = name.partition(".")
        name = self.aliases.get(name, self.aliases.get(head, head) + dot + method)
        return name if name in self.targets else None

    def _condition(self, node: ast.expr) -> Example:
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._truth(operand, node, False)
            case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
                return self._equality(left, right, node)
            case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE()], comparators=[right]):
                return self._distance(left, right, node)
            case ast.Call(func=ast.Name(id="isclose") | ast.Attribute(attr="isclose")):
                return self._is_close(node)
            case ast.Call():
                return self._truth(node, node, True)
        raise NotData("not a comparison")

    def _truth(self, operand: ast.expr, whole: ast.expr, expected: bool) -> Example:
        entry = self.entry(operand)
        if entry is None:
            raise NotData("not a comparison")
        call = cast(ast.Call, operand)
        return self._example(entry, call, expected, view="bool", source=_source(whole))

    def _equality(self, left: ast.expr, right: ast.expr, whole: ast.expr) -> Example:
        subject = self._subject(left)
        other = right
        if subject is None:
            subject, other = self._subject(right), left
        if subject is None:
            return self._rounded(left, right, whole)
        call, entry, view = subject
        match other:
            case ast.Call(func=ast.Name(id="approx") | ast.Attribute(attr="approx"), args=[inner]):
                return self._close(entry, call, inner, 1e-6, whole)
        expected = value_of(other, self.names)
        return self._example(entry, call, expected, view=view, source=_source(whole))

    def _rounded(self, left: ast.expr, right: ast.expr, whole: ast.expr) -> Example:
        for side, other in ((left, right), (right, left)):
            match side:
                case ast.Call(func=ast.Name(id="round"), args=[call, *digits]):
                    entry = self.entry(call)
                    places = value_of(digits[0]) if digits else 0
                    if entry is None or type(places) is not int or not 0 <= places <= 12:
                        break
                    half = 0.5 * 10.0**-places * (1 + 1e-9)
                    return self._close(entry, cast(ast.Call, call), other, half, whole)
        raise NotData("not a comparison")

    def _distance(self, left: ast.expr, right: ast.expr, whole: ast.expr) -> Example:
        match left:
            case ast.Call(
                func=ast.Name(id="abs") | ast.Attribute(attr="fabs"),
                args=[ast.BinOp(left=one, op=ast.Sub(), right=two)],
            ):
                call, other = (one, two) if self.entry(one) else (two, one)
                entry = self.entry(call)
                if entry is not None:
                    tolerance = value_of(right, self.names)
                    return self._close(entry, cast(ast.Call, call), other, tolerance, whole)
        raise NotData("not a comparison")

    def _is_close(self, node: ast.Call) -> Example:
        if len(node.args) < 2:
            raise NotData("not a comparison")
        one, two = node.args[:2]
        call, other = (one, two) if self.entry(one) else (two, one)
        entry = self.entry(call)
        if entry is None:
            raise NotData("not a comparison")
        given = [value_of(keyword.value) for keyword in node.keywords if keyword.arg]
        tolerance = max([1e-6, *(value for value in given if type(value) is float)])
        return self._close(entry, cast(ast.Call, call), other, tolerance, node, relative=True)

    def _close(
        self,
        entry: str,
        call: ast.Call,
        other: ast.expr,
        tolerance: Any,
        whole: ast.expr,
        relative: bool = False,
    ) -> Example:
        expected = value_of(other, self.names)
        if type(expected) not in (int, float) or type(tolerance) not in (int, float):
            raise NotData("not literal")
        try:
            expected = float(expected)
        except OverflowError:
            raise NotData("not literal") from None
        scale = 1.0 if relative else max(1.0, abs(expected))
        return self._example(
            entry, call, expected, tolerance=float(tolerance) / scale, source=_source(whole)
        )

    def _subject(self, node: ast.expr) -> tuple[ast.Call, str, View | None] | None:
        """The call of a target that `node` is, or wraps in one of the views."""
        entry = self.entry(node)
        if entry is not None:
            return cast(ast.Call, node), entry, None
        match node:
            case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in _VIEWS:
                entry = self.entry(inner)
                if entry is not None:
                    return cast(ast.Call, inner), entry, cast(View, name)
        return None

    def _example(
        self,
        entry: str,
        call: ast.Call,
        expected: Any,
        *,
        raises: str | None = None,
        view: View | None = None,
        tolerance: float = 1e-6,
        source: str = "",
    ) -> Example:
        args = tuple(value_of(argument, self.names) for argument in call.args)
        kwargs = {}
        for keyword in call.keywords:
            if keyword.arg is None:
                raise NotData("not literal")
            kwargs[keyword.arg] = value_of(keyword.value, self.names)
        key = _source(call)
        if len(key) + len(source) > MAX_SOURCE:
            raise NotData("too long")
        case = TestCase(
            Call(args, kwargs), expected, raises, self.origin, source or key, view, tolerance
        )
        return Example(entry, f"{view}:{key}", case)


def _callee(node: ast.expr) -> str | None:
    """``f``, ``x.f`` or ``C().f``; None for any other callee."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=owner), attr=method):
            return f"{owner}.{method}"
        case ast.Attribute(
            value=ast.Call(func=ast.Name(id=owner), args=[], keywords=[]), attr=method
        ):
            return f"{owner}().{method}"
    return None


def _source(node: ast.expr) -> str:
    try:
        return ast.unparse(node)
    except (RecursionError, ValueError):
        raise NotData("too deep") from None


def _key(node: ast.expr) -> str:
    try:
        return _source(node)
    except NotData:
        return f"line {node.lineno}"


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)

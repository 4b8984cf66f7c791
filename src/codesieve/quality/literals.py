"""Values read off syntax: what `ast.literal_eval` reads, plus infinities and builtin containers.

Nothing is evaluated: no arithmetic, no repetition, no name but the few constants below.
"""

import ast
import math
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from codesieve.code.syntax import parse_expression

MAX_DEPTH = 40
MAX_INT_BITS = 14_000  # what the sandbox can send
MAX_COLLISIONS = 32  # members of a set or keys of a dict with one hash

CONSTANTS: Mapping[str, Any] = MappingProxyType({"inf": math.inf, "nan": math.nan})
# In prose and in other languages' examples these stand for Python's constants.
LOOSE: Mapping[str, Any] = MappingProxyType(
    {**CONSTANTS, "true": True, "false": False, "null": None, "none": None}
)


class NotData(ValueError):
    """The expression is not plain data."""


def read_literal(text: str, names: Mapping[str, Any] = CONSTANTS) -> Any:
    """The value that the expression `text` spells out; raises `NotData`."""
    node = parse_expression(text.strip())
    if node is None:
        raise NotData("not an expression")
    return value_of(node, names)


def value_of(node: ast.expr, names: Mapping[str, Any] = CONSTANTS, depth: int = 0) -> Any:
    """The plain value of a syntax tree; raises `NotData` for whatever would need evaluation."""
    if depth > MAX_DEPTH:
        raise NotData("too deep")
    match node:
        case ast.Constant(value=value):
            return _constant(value)
        case ast.List(elts=items):
            return [value_of(item, names, depth + 1) for item in items]
        case ast.Tuple(elts=items):
            return tuple(value_of(item, names, depth + 1) for item in items)
        case ast.Set(elts=items):
            return _build(set, [value_of(item, names, depth + 1) for item in items])
        case ast.Dict(keys=keys, values=values):
            return _dict(keys, values, names, depth)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            return _signed(sign, value_of(operand, names, depth + 1))
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.Attribute(value=ast.Name(id="math" | "np" | "numpy"), attr="inf" | "nan" as name):
            return CONSTANTS[name]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, [value_of(item, names, depth + 1) for item in args])
    raise NotData("not literal")


def _constant(value: Any) -> Any:
    if value is Ellipsis or (type(value) is int and value.bit_length() > MAX_INT_BITS):
        raise NotData("not literal")
    return value


def _dict(
    keys: list[ast.expr | None], values: list[ast.expr], names: Mapping[str, Any], depth: int
) -> Any:
    pairs = []
    for key, value in zip(keys, values, strict=True):
        if key is None:
            raise NotData("not literal")
        pairs.append((value_of(key, names, depth + 1), value_of(value, names, depth + 1)))
    return _build(dict, pairs)


def _signed(sign: ast.unaryop, value: Any) -> Any:
    if type(value) not in (int, float, complex):
        raise NotData("not literal")
    return -value if isinstance(sign, ast.USub) else value


def _call(name: str, args: list[Any]) -> Any:
    """``set()``, ``frozenset([1])``, ``tuple("ab")``, ``float("inf")``: exact and no larger."""
    kinds: dict[str, type] = {
        "set": set,
        "frozenset": frozenset,
        "list": list,
        "tuple": tuple,
        "dict": dict,
    }
    if name in kinds and not args:
        return kinds[name]()
    if name in kinds and len(args) == 1 and isinstance(args[0], list | tuple | set | dict | str):
        return _build(kinds[name], args[0])
    if name == "float" and len(args) == 1 and type(args[0]) in (str, int, float):
        return _build(float, args[0])
    raise NotData("not literal")


def _build(kind: type, value: Any) -> Any:
    """`kind` of `value`, unless its members were chosen to collide in a hash table."""
    try:
        if kind in (set, frozenset, dict) and len(value) > MAX_COLLISIONS:
            members = [pair[0] for pair in value] if kind is dict else value
            if max(Counter(map(hash, members)).values()) > MAX_COLLISIONS:
                raise NotData("colliding members")
        return kind(value)
    except (TypeError, ValueError, OverflowError) as error:  # unhashable, float("x"), too large
        raise NotData("not literal") from error

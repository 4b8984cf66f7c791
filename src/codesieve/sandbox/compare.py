"""Equality of plain values, decided outside the jail on builtin types only."""

import math
from typing import Any

_NUMBERS = (int, float, complex)
_SETS = (set, frozenset)
_LEAVES = (type(None), str, bytes)


def equal(actual: Any, expected: Any, tolerance: float = 1e-6) -> bool:
    """Whether `actual` equals `expected`, as `==` of builtins would say, with two additions.

    Where `expected` is a float or complex number, a number within
    `tolerance * max(1, |expected|)` of it is equal; NaN equals NaN. A list is not a tuple, text
    is not bytes. Members of sets and keys of dicts are compared exactly. A value of any other
    than a builtin type equals nothing, so no `__eq__` of anybody's runs. Iterative: depth is free.
    """
    stack: list[tuple[Any, Any]] = [(actual, expected)]
    while stack:
        left, right = stack.pop()
        kind = type(left)
        if isinstance(right, _NUMBERS):
            if not _numbers_equal(left, right, tolerance):
                return False
        elif kind in _SETS and type(right) in _SETS:
            if not _plain_members(left) or left != right:
                return False
        elif kind is not type(right):
            return False
        elif kind is list or kind is tuple:
            if len(left) != len(right):
                return False
            stack.extend(zip(left, right, strict=True))
        elif kind is dict:
            if len(left) != len(right) or not _plain_members(left) or left.keys() != right.keys():
                return False
            stack.extend((left[key], right[key]) for key in right)
        elif kind not in _LEAVES or left != right:
            return False
    return True


def _numbers_equal(left: Any, right: Any, tolerance: float) -> bool:
    if type(left) not in (bool, *_NUMBERS) or type(right) not in (bool, *_NUMBERS):
        return False
    if left == right:
        return True
    if type(left) is bool or type(right) in (bool, int):
        return False
    if type(left) is float and type(right) is float and math.isnan(left) and math.isnan(right):
        return True
    try:
        gap, scale = abs(left - right), abs(right)
    except OverflowError:
        return False
    return math.isfinite(scale) and gap <= tolerance * max(1.0, scale)


def _plain_members(keys: Any) -> bool:
    """Whether hashing and comparing these members runs builtin code only."""
    stack = list(keys)
    while stack:
        item = stack.pop()
        if type(item) in (tuple, frozenset):
            stack.extend(item)
        elif type(item) not in (bool, *_NUMBERS, *_LEAVES):
            return False
    return True

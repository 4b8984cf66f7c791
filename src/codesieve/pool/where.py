"""The `where:` of a source: which of its rows may be selected."""

import datetime
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from codesieve.errors import RecipeError
from codesieve.pool.templates import MISSING, lookup

_OPERATORS = ("min", "max", "in", "not", "matches")


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions on fields; all must hold."""

    conditions: tuple[tuple[str, str, Any], ...]  # field, operator, operand

    def passes(self, value: dict[str, Any]) -> bool:
        """Whether a record fulfils every condition; a field that is missing fulfils none."""
        return all(
            (found := lookup(value, path)) is not MISSING and _TESTS[operator](found, operand)
            for path, operator, operand in self.conditions
        )


def compile_where(mapping: Mapping[str, Any], *, key: str = "where") -> Where:
    """Read a recipe's `where:`. Raises RecipeError with the path of what is wrong.

    A field is given a value, a list of allowed values, or a mapping of `min`, `max` (inclusive),
    `in`, `not` (a value or a list) and `matches` (a regular expression, searched). Values are
    compared within their type: 1 equals 1.0, but neither "1" nor true; numbers are ordered among
    numbers, texts among texts, and anything else fails. A CSV holds nothing but texts.
    """
    conditions: list[tuple[str, str, Any]] = []
    for path, asked in mapping.items():
        place = f"{key}.{path}"
        if not isinstance(path, str):
            raise RecipeError(f"{place}: the name of a field must be a text")
        if isinstance(asked, Mapping):
            if not asked:
                raise RecipeError(f"{place}: empty; allowed are {', '.join(_OPERATORS)}")
            for operator, operand in asked.items():
                operand = _operand(operator, operand, f"{place}.{operator}")
                conditions.append((path, operator, operand))
        else:
            conditions.append((path, "in", _values(asked, place)))
    return Where(tuple(conditions))


def _operand(operator: Any, operand: Any, place: str) -> Any:
    if operator not in _OPERATORS:
        raise RecipeError(f"{place}: unknown; allowed are {', '.join(_OPERATORS)}")
    if operator in ("in", "not"):
        return _values(operand, place)
    if operator == "matches":
        if not isinstance(operand, str):
            raise RecipeError(f"{place}: must be a regular expression")
        try:
            return re.compile(operand)
        except re.error as error:
            raise RecipeError(f"{place}: not a regular expression: {error}") from error
    if _is_number(operand) or isinstance(operand, str | datetime.date):
        return _scalar(operand, place)
    raise RecipeError(f"{place}: must be a number or a text")


def _values(operand: Any, place: str) -> tuple[Any, ...]:
    values = operand if isinstance(operand, list | tuple) else [operand]
    if not values:
        raise RecipeError(f"{place}: an empty list lets no row pass")
    return tuple(_scalar(value, place) for value in values)


def _scalar(value: Any, place: str) -> Any:
    if isinstance(value, datetime.date):
        raise RecipeError(f'{place}: put the date in quotes: "{value}"')
    if value is not None and not isinstance(value, str | bool | int | float):
        raise RecipeError(f"{place}: must be a text, a number, true, false or null")
    if isinstance(value, float) and math.isnan(value):
        raise RecipeError(f"{place}: nothing equals .nan")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equals(found: Any, value: Any) -> bool:
    if _is_number(found) and _is_number(value):
        return bool(found == value)
    return type(found) is type(value) and bool(found == value)


def _ordered(found: Any, bound: Any) -> bool:
    numbers = _is_number(found) and _is_number(bound)
    return numbers or (isinstance(found, str) and isinstance(bound, str))


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "in": lambda found, values: any(_equals(found, value) for value in values),
    "not": lambda found, values: not any(_equals(found, value) for value in values),
    "min": lambda found, bound: _ordered(found, bound) and bool(found >= bound),
    "max": lambda found, bound: _ordered(found, bound) and bool(found <= bound),
    "matches": lambda found, pattern: isinstance(found, str) and bool(pattern.search(found)),
}

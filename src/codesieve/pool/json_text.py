"""Strict JSON: one decoder, one depth for every format, and reasons in place of exceptions."""

import json
from typing import Any, NoReturn

from codesieve.pool.outcomes import Reason

MAX_DEPTH = 100  # the same on every Python version, whatever its recursion limit


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_as_text)
_ASCII_ENCODER = json.JSONEncoder(default=_as_text)


def to_json_bytes(value: Any) -> bytes:
    """UTF-8 JSON of a value; escapes what UTF-8 cannot hold and writes other types as text."""
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except ValueError:
        return _ASCII_ENCODER.encode(value).encode("ascii")


def explain(error: ValueError | RecursionError) -> tuple[Reason, str]:
    """Reason and detail of an exception raised by DECODER."""
    if isinstance(error, RecursionError):
        return Reason.TOO_DEEP, f"nested deeper than {MAX_DEPTH}"
    if isinstance(error, json.JSONDecodeError):
        return Reason.BROKEN_JSON, f"{error.msg}, character {error.pos}"
    return Reason.BROKEN_JSON, str(error)


def objection(value: Any, raw: bytes) -> tuple[Reason, str] | None:
    """Why a decoded value cannot be a record, or None. `raw` is the JSON it came from."""
    if not isinstance(value, dict):
        return Reason.NOT_AN_OBJECT, f"a record is a JSON object, this is {json_type(value)}"
    brackets = raw.count(b"{") + raw.count(b"[")  # never less than the depth, and cheap to know
    if brackets > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        return Reason.TOO_DEEP, f"nested deeper than {MAX_DEPTH}"
    return None


def json_type(value: Any) -> str:
    """The JSON name of a value's type, for messages."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}
    names |= {int: "a number", float: "a number", type(None): "null"}
    return names.get(type(value), type(value).__name__)


def _deeper_than(value: Any, limit: int) -> bool:
    layer = [value]
    for _ in range(limit + 1):
        children: list[Any] = []
        for item in layer:
            if isinstance(item, dict):
                children.extend(item.values())
            elif isinstance(item, list):
                children.extend(item)
        if not children:
            return False
        layer = [child for child in children if isinstance(child, dict | list)]
        if not layer:
            return False
    return True

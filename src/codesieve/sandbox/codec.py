"""Plain data as tagged JSON, with caps on size and depth. Never pickle, never marshal.

Plain data: None, bool, int (up to 4,300 digits), float, complex, str, bytes, list, tuple, dict,
set, frozenset, nested at most 64 deep. Subclasses are sent as their plain base (a namedtuple as a
tuple, a Counter as a dict), numpy and pandas values as what their `tolist` gives.
Whatever is decoded may have been written by an adversary: every malformed message ends in
`Malformed`, only builtin types are built, and keys made to collide in a hash table are refused.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

MAX_DEPTH = 64
MAX_INT_BITS = 14_000  # below Python's limit of 4,300 digits, so that any decoded int prints
MAX_BYTES = 1 << 20
_MAX_COLLISIONS = 32
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEX_INT = re.compile(r"-?0x[0-9a-f]+")
_EXACT = (1 << 53) - 1
_BASES: tuple[type, ...] = (int, float, complex, str, bytes)
_CONTAINERS: tuple[type, ...] = (list, tuple, dict, set, frozenset)


class Unencodable(ValueError):
    """The value is not plain data, or too large or too deep."""


class Malformed(ValueError):
    """The bytes are not an encoding of plain data."""


def encode(value: Any, max_bytes: int = MAX_BYTES) -> bytes:
    """ASCII JSON of a plain value; raises `Unencodable`."""
    data = json.dumps(pack(value, max_bytes), separators=(",", ":")).encode("ascii")
    if len(data) > max_bytes:
        raise Unencodable("too large")
    return data


def decode(data: bytes, max_bytes: int = MAX_BYTES) -> Any:
    """The plain value in `data`; raises `Malformed`, whatever the bytes are."""
    if len(data) > max_bytes:
        raise Malformed("too large")
    return unpack(parse_json(data))


def parse_json(data: bytes) -> Any:
    """Strict JSON (no NaN, no Infinity) of hostile bytes; raises `Malformed`."""
    try:
        return json.loads(data.decode("ascii"), parse_constant=_refuse)
    except (ValueError, RecursionError, MemoryError) as error:
        raise Malformed(type(error).__name__) from None


def pack(value: Any, max_bytes: int = MAX_BYTES) -> Any:
    """JSON tree of a plain value, still to be dumped; raises `Unencodable`."""
    return _Packer(max_bytes).pack(value, 0)


def unpack(tree: Any, depth: int = 0) -> Any:
    """The plain value of a JSON tree; raises `Malformed`."""
    if depth > MAX_DEPTH:
        raise Malformed("too deep")
    if type(tree) is list:
        return [unpack(item, depth + 1) for item in tree]
    if type(tree) is not dict:
        return tree
    if len(tree) != 1:
        raise Malformed("tag")
    ((tag, body),) = tree.items()
    reader = _READERS.get(tag)
    if reader is None:
        raise Malformed("tag")
    try:
        return reader(body, depth)
    except (TypeError, ValueError, OverflowError) as error:
        raise Malformed(str(error)[:80]) from None


class _Packer:
    """Walks a value, spending one budget of bytes on all of it (so a DAG cannot explode)."""

    def __init__(self, max_bytes: int) -> None:
        self.budget = max_bytes

    def pack(self, value: Any, depth: int) -> Any:
        kind = type(value)
        self._spend(1)
        if value is None or kind is bool:
            return value
        if depth > MAX_DEPTH:
            raise Unencodable("too deep")
        if kind in _BASES:
            return self._scalar(value)
        if kind in _CONTAINERS:
            return self._container(value, depth)
        if (kind.__module__ or "").partition(".")[0] in ("numpy", "pandas"):
            if not hasattr(value, "tolist"):
                raise Unencodable(kind.__name__)
            return self.pack(value.tolist(), depth + 1)
        for base in (*_BASES, *_CONTAINERS):
            if issubclass(kind, base):
                plain: Callable[[Any], Any] = base
                return self.pack(plain(value), depth + 1)
        raise Unencodable(kind.__name__)

    def _spend(self, count: int) -> None:
        self.budget -= count
        if self.budget < 0:
            raise Unencodable("too large")

    def _scalar(self, value: Any) -> Any:
        if type(value) is int:
            if -_EXACT <= value <= _EXACT:
                return value
            if value.bit_length() > MAX_INT_BITS:
                raise Unencodable("int too large")
            self._spend(value.bit_length() // 4)
            return {"int": hex(value)}
        if type(value) is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if type(value) is complex:
            return {"complex": [repr(value.real), repr(value.imag)]}
        self._spend(len(value))
        if type(value) is bytes:
            return {"bytes": value.hex()}
        if value.isascii() or not _SURROGATE.search(value):
            return value
        return {"str": value.encode("utf-8", "surrogatepass").hex()}  # JSON would join pairs

    def _container(self, value: Any, depth: int) -> Any:
        if type(value) is dict:
            pairs = value.items()
            return {"dict": [[self.pack(k, depth + 1), self.pack(v, depth + 1)] for k, v in pairs]}
        items = [self.pack(item, depth + 1) for item in value]
        return items if type(value) is list else {type(value).__name__: items}


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _items(body: Any, depth: int) -> list[Any]:
    if type(body) is not list:
        raise Malformed("items")
    return [unpack(item, depth + 1) for item in body]


def _check_keys(keys: list[Any]) -> None:
    """Refuse keys chosen to share one hash: they would make a table quadratic."""
    if keys and max(Counter(map(hash, keys)).values()) > _MAX_COLLISIONS:
        raise Malformed("colliding keys")


def _set(body: Any, depth: int) -> frozenset[Any]:
    items = _items(body, depth)
    _check_keys(items)
    result = frozenset(items)
    if len(result) != len(items):
        raise Malformed("repeated items")
    return result


def _dict(body: Any, depth: int) -> dict[Any, Any]:
    if type(body) is not list:
        raise Malformed("items")
    pairs = [(unpack(key, depth + 1), unpack(value, depth + 1)) for key, value in body]
    _check_keys([key for key, _ in pairs])
    result = dict(pairs)
    if len(result) != len(pairs):
        raise Malformed("repeated keys")
    return result


def _int(body: Any, depth: int) -> int:
    if type(body) is not str or len(body) > MAX_INT_BITS // 4 + 8 or not _HEX_INT.fullmatch(body):
        raise Malformed("int")
    return int(body, 16)


def _float(body: Any, depth: int) -> float:
    if type(body) is not str or len(body) > 40:
        raise Malformed("float")
    return float(body)


def _complex(body: Any, depth: int) -> complex:
    real, imaginary = body
    return complex(_float(real, depth), _float(imaginary, depth))


def _bytes(body: Any, depth: int) -> bytes:
    if type(body) is not str:
        raise Malformed("bytes")
    return bytes.fromhex(body)


_READERS: dict[str, Callable[[Any, int], Any]] = {
    "int": _int,
    "float": _float,
    "complex": _complex,
    "bytes": _bytes,
    "str": lambda body, depth: _bytes(body, depth).decode("utf-8", "surrogatepass"),
    "tuple": lambda body, depth: tuple(_items(body, depth)),
    "set": lambda body, depth: set(_set(body, depth)),
    "frozenset": _set,
    "dict": _dict,
}

"""LiveCodeBench's private tests: JSON, or base64 of zlib of a pickle that holds nothing but text.

A pickle is a program. This one is never run: its opcodes are read one by one, only those that a
pickled `str` is made of are allowed, and the one text among them is taken.
"""

import base64
import json
import pickletools
import zlib
from typing import Any

LIMIT = 512 << 20  # bytes that the tests of one task may have when decompressed
TEXT = frozenset({"UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"})
AROUND = frozenset({"PROTO", "FRAME", "PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE", "STOP"})


def decode_private_tests(value: Any, limit: int = LIMIT) -> list[dict[str, Any]]:
    """The test cases of one task, each with `input` and `output`.

    Args:
        value: the field `private_test_cases`: an array of cases, its JSON, or the encoded form.
        limit: bytes that the decompressed pickle may have.

    Raises:
        ValueError: `value` is none of these, holds anything but one text, or is larger.
    """
    if isinstance(value, str):
        plain = value.lstrip()[:1] in ("[", "")
        value = _parse(value or "[]" if plain else _decode(value, limit))
    if not isinstance(value, list):
        raise ValueError("the tests are not an array")
    for number, case in enumerate(value):
        if not isinstance(case, dict) or not {"input", "output"} <= case.keys():
            raise ValueError(f"test {number} has no input and output")
    return value


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error


def _decode(text: str, limit: int) -> str:
    """The text inside base64 of zlib of a pickle."""
    try:
        packed = base64.b64decode(text, validate=True)
        inflate = zlib.decompressobj()
        pickled = inflate.decompress(packed, limit + 1)
    except (ValueError, zlib.error) as error:
        raise ValueError(f"neither JSON nor base64 of zlib ({error})") from error
    if len(pickled) > limit:
        raise ValueError(f"more than {limit} bytes when decompressed")
    if not inflate.eof or inflate.unused_data:
        raise ValueError("the zlib stream is cut off, or something follows it")
    return read_pickled_text(pickled)


def read_pickled_text(pickled: bytes) -> str:
    """The text of a pickle that holds one `str` and nothing else; nothing is executed.

    Raises:
        ValueError: another opcode, none or more than one text, or bytes behind the end.
    """
    found: list[str] = []
    end = 0
    for opcode, argument, position in pickletools.genops(pickled):
        if opcode.name in TEXT and not found:
            found.append(str(argument))
        elif opcode.name not in AROUND:
            raise ValueError(f"the pickle has {opcode.name} at byte {position}: not one text alone")
        end = (position or 0) + 1
    if not found or end != len(pickled):
        raise ValueError("the pickle holds no text, or bytes follow it")
    return found[0]

"""Cutting calls, statements and literals out of hostile text, in linear time."""

import re

_TOKEN = re.compile(
    r"'(?:[^'\\\n]|\\.)*'" r'|"(?:[^"\\\n]|\\.)*"' r"|[()\[\]{}\n'\"]",
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_ATOM = re.compile(
    r"[-+]?(?:\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?j?\b|inf\b|float\(['\"][-+]?(?:inf|nan)['\"]\))"
    r"|(?:None|True|False|none|null|true|false|nan)\b|[brBR]?'(?:[^'\\\n]|\\.)*'"
    r'|[brBR]?"(?:[^"\\\n]|\\.)*"|(?:set|frozenset|dict|list|tuple)(?=\()'
)


def bracket_end(text: str, start: int, limit: int) -> int | None:
    """Position after the bracket that closes the one at `start`, at most `limit` further on."""
    stack: list[str] = []
    for token in _TOKEN.finditer(text, start, start + limit):
        sign = token.group()
        if sign in _CLOSING:
            stack.append(_CLOSING[sign])
        elif sign in (")", "]", "}"):
            if not stack or stack.pop() != sign:
                return None
            if not stack:
                return token.end()
        elif sign in ("'", '"'):
            return None
    return None


def statement_end(text: str, start: int, limit: int) -> int:
    """Position of the first line end after `start` that stands in no bracket, within `limit`."""
    depth = 0
    for token in _TOKEN.finditer(text, start, start + limit):
        sign = token.group()
        if sign in _CLOSING:
            depth += 1
        elif sign in (")", "]", "}"):
            depth -= 1
        elif sign == "\n" and depth <= 0:
            return token.start()
    return min(len(text), start + limit)


def literal_end(text: str, start: int, limit: int) -> int | None:
    """Position after the literal that begins at `start`, None where none begins."""
    if text[start : start + 1] in _CLOSING:
        return bracket_end(text, start, limit)
    atom = _ATOM.match(text, start, start + limit)
    if atom is None:
        return None
    if text[atom.end() : atom.end() + 1] == "(":
        return bracket_end(text, atom.end(), limit)
    return atom.end()

"""Words, stems and lexemes of texts in any programming language, by regular expressions alone.

Texts are hostile: every pattern here runs in time linear in the text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

STEM = 6  # letters; "separate", "separator" and "separation" share one
_STOPWORDS = """
    a all an and any are as at be by can each for from has have if in into is it its not of on or
    our should than that the then there these this to was we which will with would you your
"""
STOPWORDS = frozenset(_STOPWORDS.split())

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:\.\d+)?")
_LEXEME = re.compile(
    r"(?P<comment>\"\"\"(?:(?!\"\"\")[\s\S]){0,20000}\"\"\"|'''(?:(?!''')[\s\S]){0,20000}'''"
    r"|//[^\n]*|/\*(?:(?!\*/)[\s\S]){0,20000}\*/|\#[^\n]*)"
    r"|(?P<string>\"(?:\\.|[^\"\\\n]){0,400}\"|'(?:\\.|[^'\\\n]){0,400}')"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<mark>[-+*/%<>=!&|^]+|[()\[\]{};:,.?~])"
)


def pieces(text: str) -> list[str]:
    """Lower-case words and numbers; snake_case and camelCase names give their parts."""
    return [piece.lower() for piece in _PIECE.findall(text)]


def stem(word: str) -> str:
    """The first letters of a word; a number as it is."""
    return word[:STEM] if word[0].isalpha() else word


def lexemes(text: str) -> list[tuple[str, str]]:
    """(kind, text) in order; kinds: comment, string, number, name, mark."""
    return [(match.lastgroup or "", match.group()) for match in _LEXEME.finditer(text)]


@lru_cache(maxsize=100_000)
def name_parts(name: str) -> tuple[str, ...]:
    """Stems of the parts of an identifier that have two letters or more."""
    return tuple(stem(part) for part in pieces(name) if len(part) > 1)


def ngrams(tokens: list[str], n: int) -> Iterator[str]:
    """Each n tokens in order, joined by a space."""
    return map(" ".join, zip(*(tokens[start:] for start in range(n)), strict=False))

"""Code in a response: its fenced blocks, or the whole response where it is nothing but code."""

import re
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt

from codesieve.code.language import detect_language
from codesieve.code.syntax import parse

MAX_RESPONSE = 1_000_000  # characters looked at

_FENCE = re.compile(r"^[ \t>*+\-\d.)]{0,40}(?:```|~~~)", re.MULTILINE)
_WRAPPED = re.compile(r"(`+)([^`]+)\1")


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A piece of code. `language` is what its tag says or its text shows, None if neither."""

    language: str | None
    text: str


def extract(response: str) -> tuple[CodeBlock, ...]:
    """The code blocks of `response`, in order; empty for prose.

    Fences are read as CommonMark has them (backticks or tildes, in lists and quotes, unclosed ones
    up to the end), at any indentation; empty blocks are left out. A response without fences, or one
    that is a Python program as a whole (whose docstrings may hold fences), is one block if a
    language is recognised in it.
    """
    text = response[:MAX_RESPONSE]
    if not _FENCE.search(text) or _is_program(text):
        whole = _unwrapped(text)
        language = detect_language(whole)
        return () if language is None else (CodeBlock(language, whole),)
    return tuple(
        CodeBlock(detect_language(token.content, token.info), _trimmed(token.content))
        for token in _parser().parse(text)
        if token.type == "fence" and token.content.strip()
    )


@cache
def _parser() -> MarkdownIt:
    """A CommonMark parser that knows blocks only: fences, and the lists and quotes around them."""
    parser = MarkdownIt("zero", {"maxNesting": 12})
    parser.enable(["fence", "list", "blockquote"])
    parser.disable(["inline", "text_join"])
    return parser


def _is_program(text: str) -> bool:
    tree = parse(text)
    return tree is not None and detect_language(text) == "python"


def _unwrapped(text: str) -> str:
    """`text` without blank lines at its ends and without single backticks around all of it."""
    wrapped = _WRAPPED.fullmatch(text.strip())
    return _trimmed(wrapped.group(2) if wrapped else text)


def _trimmed(text: str) -> str:
    """`text` without blank lines at its start and without white space at its end."""
    text = text.rstrip()
    start = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, start) + 1 :]

"""Code in text: find it, say its language, read Python's syntax; nothing is ever executed."""

from codesieve.code.blocks import CodeBlock, extract
from codesieve.code.language import detect_language
from codesieve.code.program import python_program
from codesieve.code.syntax import parse

__all__ = ["CodeBlock", "detect_language", "extract", "parse", "python_program"]

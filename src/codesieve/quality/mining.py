"""Test cases mined from an instruction: its own examples, for functions that the code defines."""

import re

from codesieve.quality.callables import Callable, callables
from codesieve.quality.cases import Example, Suite, assemble
from codesieve.quality.checks import Reader
from codesieve.quality.examples import MAX_TEXT, arrows, asserts, doctests, pairs

_NAMES = re.compile(r"(?:\bdef|\bclass)[ \t]+(\w{1,100})|^(\w{1,100})[ ]?= ?lambda", re.MULTILINE)
_INPUT = re.compile(r"\binput", re.IGNORECASE)


def mine_cases(instruction: str, code: str, limit: int = 12) -> Suite:
    """Examples in `instruction` of a function that `code` defines, as a suite of plain data.

    Read are doctests, assert statements, calls with their value (``f(1) -> 2``, ``=>``, ``==``,
    ``returns``), and, where none of these is found and the code defines exactly one public function
    that returns something, ``Input: ... Output: ...``. Values are read off the syntax, never
    evaluated; what is not plain data is counted in `Suite.unparsed`. Examples that the code itself
    brings along do not count: they share its mistakes. Of several functions the one with most
    cases is taken, of equals the one met first. At most 200,000 characters are searched.
    """
    text = instruction[:MAX_TEXT]
    names = {function or alias for function, alias in _NAMES.findall(code)}
    if not names or not (_INPUT.search(text) or any(name in text for name in names)):
        return Suite()
    known = callables(code)
    examples = _calls(text, known)
    single = [function for function in known.values() if function.public]
    if not examples and len(single) == 1 and single[0].returns:
        targets = frozenset([single[0].entry])
        examples = pairs(text, single[0], Reader("io", targets, {}, loose=True))
    return assemble(examples, "instruction", limit)


def _calls(text: str, known: dict[str, Callable]) -> list[Example]:
    targets = frozenset(
        entry for entry in known if entry.partition("(")[0].partition(".")[0] in text
    )
    if not targets:
        return []
    examples: list[Example] = []
    if ">>>" in text:
        read, text = doctests(text, Reader("doctest", targets, {}))
        examples += read
    if "assert" in text:
        read, text = asserts(text, Reader("assert", targets, {}))
        examples += read
    return examples + arrows(text, Reader("arrow", targets, {}, loose=True))

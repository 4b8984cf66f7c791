"""The one Python program that a response's code blocks amount to."""

import ast
import builtins
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from codesieve.code.blocks import CodeBlock
from codesieve.code.syntax import parse

_BUILTINS = frozenset(dir(builtins))
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A Python block: its text, what it defines, what else it binds, and the names it takes."""

    text: str
    defined: frozenset[str]
    bound: frozenset[str]
    taken: frozenset[str]


def python_program(blocks: Sequence[CodeBlock]) -> str | None:
    """Python source to run for a response, or None where no block is Python.

    A response often shows its solution, then how to use it, or explains the solution in fragments.
    So the program is not all blocks: it is the block that defines most functions and classes (the
    longest among equals, then the first), further blocks that define only new ones, and whatever
    blocks bind the names that these take (imports, constants), in document order. Blocks that
    merely use the solution, or show a part of it again, are left out. Where no Python block parses,
    the longest one stands, so that its syntax error is seen.
    """
    texts = [_level(block.text) for block in blocks if block.language == "python"]
    if len(texts) <= 1:
        return texts[0] if texts else None
    pieces = [piece for piece in map(_piece, texts) if piece is not None]
    if not pieces:
        return max(texts, key=len)
    chosen = _with_suppliers(pieces, _definers(pieces))
    return "\n\n".join(pieces[place].text for place in sorted(chosen))


def _definers(pieces: Sequence[_Piece]) -> set[int]:
    """Places of the main block and of those that add definitions without repeating any."""
    order = sorted(
        range(len(pieces)),
        key=lambda place: (-len(pieces[place].defined), -len(pieces[place].text), place),
    )
    chosen = {order[0]}
    defined = set(pieces[order[0]].defined)
    for place in order[1:]:
        new = pieces[place].defined
        if new and not new & defined:
            chosen.add(place)
            defined |= new
    return chosen


def _with_suppliers(pieces: Sequence[_Piece], chosen: set[int]) -> set[int]:
    """`chosen` and, until nothing is missing, the first other block that binds a missing name."""
    while True:
        have = frozenset().union(*(pieces[place].bound for place in chosen))
        missing = frozenset().union(*(pieces[place].taken for place in chosen)) - have
        supplier = next(
            (
                place
                for place, piece in enumerate(pieces)
                if place not in chosen and piece.bound & missing and not piece.defined
            ),
            None,
        )
        if supplier is None:
            return chosen
        chosen = chosen | {supplier}


def _piece(text: str) -> _Piece | None:
    tree = parse(text)
    if tree is None:
        return None
    bound: set[str] = set()
    taken: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (taken if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, (ast.ExceptHandler, *_DEFINITIONS)) and node.name:
            bound.add(node.name)
    defined = frozenset(node.name for node in tree.body if isinstance(node, _DEFINITIONS))
    return _Piece(text, defined, frozenset(bound), frozenset(taken - _BUILTINS))


def _level(text: str) -> str:
    """`text` without an indentation that all its lines share."""
    return textwrap.dedent(text) if text[:1] in (" ", "\t") else text

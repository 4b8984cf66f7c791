"""Python source to a syntax tree, guarded: hostile text gives None, never an exception or noise."""

import ast
import warnings

MAX_PARSED = 400_000  # characters; a longer program is not parsed in this process


def parse(text: str) -> ast.Module | None:
    """Syntax tree of `text`, or None: a syntax error, NULs, too deep, too long.

    Nothing is executed or compiled to bytecode. What the compiler alone refuses (`return` at
    module level) passes here.
    """
    if len(text) > MAX_PARSED:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def parse_expression(text: str) -> ast.expr | None:
    """The one expression that `text` is, or None."""
    tree = parse(f"({text}\n)")
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return tree.body[0].value


def parse_statement(text: str) -> ast.stmt | None:
    """The one statement that `text` is, or None."""
    tree = parse(text)
    return tree.body[0] if tree is not None and len(tree.body) == 1 else None

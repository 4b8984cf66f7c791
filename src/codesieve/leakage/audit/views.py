"""The views of a text: sets of features by which a row and a benchmark item can be alike.

A view sees one aspect and is blind to others: words, order of words, spelling, code without its
names, operations in any language, names, literals, the syntax tree, the form of examples.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from warnings import catch_warnings, simplefilter

from codesieve.leakage.audit.operations import OPERATIONS, SILENT
from codesieve.leakage.audit.tokens import (
    STOPWORDS,
    lexemes,
    name_parts,
    ngrams,
    pieces,
    stem,
)

MAX_CHARACTERS = 20_000  # of one text; what stands behind is not looked at
_SUBWORD = (3, 5)
_KEPT = """
    if else elif for while return in not and or def class import from try except lambda break
    continue pass is None True False with yield raise assert function var let const int float
    double bool char void string new this null true false switch case do public static len range
    print sorted sum min max abs append join split set list dict str map filter zip enumerate
    reverse sort pop push length size isdigit isalpha upper lower replace count index insert
    extend items keys values round ord chr any all List Dict Optional Any Tuple Set Union tuple
"""
_KEPT_NAMES = frozenset(_KEPT.split())
_FENCED = re.compile(r"```[^\n`]*\n((?:(?!```)[\s\S])*)```")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_QUOTED = re.compile(r"'([^'\n]{1,60})'|\"([^\"\n]{1,60})\"")
_EXAMPLE = re.compile(r"\)\s*(?:==|=>|➞|->|→)|^\s*assert\b|^\s*(?:Input|Output)\b")
_VALUE = re.compile(r"[\d\"'\[]|True|False")
_UNSEEN_NODES = (ast.Load, ast.Store, ast.arguments, ast.arg, ast.Import, ast.ImportFrom)


class Text:
    """A text with what several views need of it, computed once.

    Attributes:
        text: the text, cut at MAX_CHARACTERS.
        program: the part of it that may be a program.
        pieces: its words.
        lexemes: its lexemes.
    """

    def __init__(self, text: str, program: str | None = None) -> None:
        self.text = text[:MAX_CHARACTERS]
        self.program = (self.text if program is None else program)[:MAX_CHARACTERS]
        self.pieces = pieces(self.text)
        self.lexemes = lexemes(self.text)


def words(text: Text) -> set[str]:
    """Stems of its words and parts of names."""
    return {stem(word) for word in text.pieces}


def phrases(text: Text) -> set[str]:
    """Pairs of stems that follow each other once stop words are left out."""
    return set(ngrams([stem(word) for word in text.pieces if word not in STOPWORDS], 2))


def grams(text: Text) -> set[str]:
    """Runs of five words, as they stand: what verbatim copies share."""
    return set(ngrams(text.pieces, 5))


def subwords(text: Text) -> set[str]:
    """Letters of words in runs of 3 and 5, ends marked."""
    found: set[str] = set()
    return found.union(*(_letters(word) for word in set(text.pieces)))


def code(text: Text) -> set[str]:
    """Runs of five lexemes without comments, names of the author's choice replaced by one."""
    shown = []
    for kind, lexeme in text.lexemes:
        if kind == "string":
            shown.append("'")
        elif kind == "name":
            shown.append(lexeme if lexeme in _KEPT_NAMES else "V")
        elif kind != "comment":
            shown.append(lexeme)
    return set(ngrams(shown, 5))


def operations(text: Text) -> set[str]:
    """Operations and constants in words common to all languages, in runs of 1 to 3."""
    shown = []
    for kind, lexeme in text.lexemes:
        if kind == "string":
            shown.append(lexeme.lower()[:14])
        elif kind == "number":
            shown.append(_plain(lexeme))
        elif kind != "comment" and lexeme not in SILENT and lexeme in OPERATIONS:
            shown.append(OPERATIONS[lexeme])
    return {gram for n in (1, 2, 3) for gram in ngrams(shown, n)}


def names(text: Text) -> set[str]:
    """Stems of the parts of identifiers in code."""
    found: set[str] = set()
    chosen = {lexeme for kind, lexeme in text.lexemes if kind == "name"} - _KEPT_NAMES
    return found.union(*map(name_parts, chosen))


def literals(text: Text) -> set[str]:
    """Quoted strings, and numbers that stand next to each other in runs of 2 and 3."""
    found = {first or second for first, second in _QUOTED.findall(text.text)}
    run: list[str] = []
    end = -10
    for match in _NUMBER.finditer(text.text):
        run = run[-2:] if match.start() - end <= 4 else []
        run.append(_plain(match.group()))
        end = match.end()
        if len(run) > 1:
            found.add(" ".join(run[-2:]))
        if len(run) == 3:
            found.add(" ".join(run))
    return found


def syntax(text: Text) -> set[str]:
    """Runs of four node types of the Python syntax tree in pre-order; empty for other code."""
    tree = _parse(text)
    if tree is None:
        return set()
    return set(ngrams(list(_nodes(tree)), 4))


def examples(text: Text) -> set[str]:
    """The form of example calls and their results, values and names left out."""
    found: set[str] = set()
    for line in _example_lines(text.text):
        shown = []
        for kind, lexeme in lexemes(line.replace("#", " ")):
            if kind == "name" and lexeme not in ("True", "False", "None", "true", "false", "null"):
                shown.append("V")
            else:
                shown.append({"number": "N", "string": "S", "comment": "S"}.get(kind, lexeme))
        found.add(" ".join(shown))
        found.update(ngrams(shown, 5))
    return found


VIEWS: Mapping[str, Callable[[Text], set[str]]] = {
    "words": words,
    "phrases": phrases,
    "grams": grams,
    "subwords": subwords,
    "code": code,
    "operations": operations,
    "names": names,
    "literals": literals,
    "syntax": syntax,
    "examples": examples,
}


@lru_cache(maxsize=200_000)
def _letters(word: str) -> tuple[str, ...]:
    marked = f"<{word[:40]}>"
    return tuple(
        marked[start : start + n] for n in _SUBWORD for start in range(len(marked) - n + 1)
    )


def _plain(number: str) -> str:
    """A number without zeros that say nothing: 1.0 and 1 are one."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _parse(text: Text) -> ast.AST | None:
    """The tree of the text's fenced code, or of its program, if it is Python."""
    blocks = _FENCED.findall(text.text)
    source = "\n".join(blocks) if blocks else text.program
    if not any(mark in source for mark in ("def ", "return", "=")):
        return None
    try:
        with catch_warnings():
            simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _nodes(tree: ast.AST) -> Iterator[str]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, _UNSEEN_NODES):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.Constant):
            yield f"={str(node.value)[:8]}"
        else:
            yield type(node).__name__
        stack.extend(reversed(list(ast.iter_child_nodes(node))))


def _example_lines(text: str) -> Iterator[str]:
    before = ""
    for line in text.split("\n"):
        shown = line.strip()
        asked = shown.startswith(">>>") or before.startswith(">>>")
        if not asked:
            asked = (
                len(line) < 200
                and _EXAMPLE.search(line) is not None
                and _VALUE.search(line) is not None
                and not shown.startswith("def ")
            )
        if asked and 0 < len(shown) < 200:
            yield shown
        before = shown

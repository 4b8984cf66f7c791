"""Marks: which parts of a row and of a benchmark item are shared, for the eye of a person."""

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from codesieve.leakage.audit.tokens import pieces

RUN = 4  # words
LIMIT = 20_000  # characters shown of one text
MIN_DIGITS = 3
MIN_QUOTED, MAX_QUOTED = 3, 200

Piece = tuple[str, bool]
_Span = tuple[int, int]

_WORD = re.compile(r"[A-Za-z0-9_]+")
_QUOTED = re.compile(
    rf"\"([^\"\n]{{{MIN_QUOTED},{MAX_QUOTED}}})\"|'([^'\n]{{{MIN_QUOTED},{MAX_QUOTED}}})'"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """Two texts in pieces, each with whether the other text has it too.

    The pieces of a text that was not cut, joined, are the text. Where one was cut, a piece says
    how many characters are not shown.
    """

    row: tuple[Piece, ...]
    item: tuple[Piece, ...]


def mark(row_text: str, item_text: str, *, run: int = RUN, limit: int = LIMIT) -> Marked:
    """Split both texts into pieces that are shared and pieces that are not.

    Shared are runs of `run` words or more, whatever their case and the punctuation between them,
    and distinctive tokens: numbers of 3 digits or more, quoted strings of 3 characters or more,
    names of 2 parts or more (`is_prime` is `isPrime`). Time is linear in the texts for
    a given `run`.

    Args:
        row_text: of the row.
        item_text: of the item.
        run: fewest words of a run.
        limit: characters shown of each text; a longer one is cut around its first shared piece.

    Raises:
        ValueError: `run` or `limit` is below 1.
    """
    if run < 1 or limit < 1:
        raise ValueError(f"run and limit must be 1 or more, got {run} and {limit}")
    row, item = list(_features(row_text, run)), list(_features(item_text, run))
    shared = {key for key, _ in row} & {key for key, _ in item}
    return Marked(
        row=_cut(row_text, _merged([span for key, span in row if key in shared]), limit),
        item=_cut(item_text, _merged([span for key, span in item if key in shared]), limit),
    )


def _features(text: str, run: int) -> Iterator[tuple[Hashable, _Span]]:
    """What is compared, and where in the text it stands."""
    words = [(match.group(), match.span()) for match in _WORD.finditer(text)]
    folded = [word.casefold() for word, _ in words]
    for first in range(len(words) - run + 1):
        last = first + run - 1
        yield " ".join(folded[first : last + 1]), (words[first][1][0], words[last][1][1])
    for word, span in words:
        if word.isdigit():
            if len(word) >= MIN_DIGITS:
                yield ("number", word), span
        elif name := _name(word):
            yield ("name", name), span
    for match in _QUOTED.finditer(text):
        yield ("quoted", match.group(1) or match.group(2)), match.span()


def _name(word: str) -> tuple[str, ...]:
    """The parts of a name of 2 parts or more; none of a plain word."""
    if "_" not in word and word[1:].islower():
        return ()
    parts = tuple(pieces(word))
    return parts if sum(part.isalpha() for part in parts) > 1 else ()


def _merged(spans: list[_Span]) -> list[_Span]:
    """Spans in order that do not overlap and cover the same characters."""
    merged: list[_Span] = []
    for start, stop in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _cut(text: str, spans: list[_Span], limit: int) -> tuple[Piece, ...]:
    """The pieces of a text, or of `limit` characters of it around the first span."""
    start, stop = 0, len(text)
    if stop > limit:
        first = spans[0][0] if spans else 0
        start = max(0, min(first - limit // 4, stop - limit))
        stop = start + limit
    found: list[Piece] = [_note(start)] if start else []
    place = start
    for first, last in spans:
        if last <= start or first >= stop:
            continue
        first, last = max(first, start), min(last, stop)
        if first > place:
            found.append((text[place:first], False))
        found.append((text[first:last], True))
        place = last
    if place < stop:
        found.append((text[place:stop], False))
    if stop < len(text):
        found.append(_note(len(text) - stop))
    return tuple(found)


def _note(count: int) -> Piece:
    return f"\n[… {count:,} characters not shown …]\n", False

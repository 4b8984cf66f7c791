"""What a row shares with a benchmark item, in words a person can judge."""

from collections.abc import Set
from dataclasses import dataclass

from codesieve.leakage.grams import END, START, Gram, word_grams

MAX_SPANS = 3
MAX_CHARACTERS = 200  # of one span, its middle cut out


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a row resembles an item.

    Attributes:
        row: index of the row among the scanned texts.
        benchmark: name of the benchmark.
        task_id: its item most similar to the row.
        similarity: S, = shared / total.
        shared: how many of the item's distinct grams the row has.
        total: how many distinct grams the item has.
        spans: up to 3 longest runs of the row's words whose grams are all in the item. A single
            ``<start>`` or ``<end>`` marks a run that reaches the text's boundary through padding.
    """

    row: int
    benchmark: str
    task_id: str
    similarity: float
    shared: int
    total: int
    spans: tuple[str, ...]


def shared_spans(text: str, item_grams: Set[Gram], n: int, pad: bool) -> tuple[str, ...]:
    """The longest runs of the text's words whose n-grams are all in `item_grams`.

    With n the smallest gram size nothing is missed: a shared longer gram shares its n-grams.
    """
    words = text.split()
    padding = n - 1 if pad else 0
    present = [gram in item_grams for gram in word_grams(words, n, pad)]
    runs: list[tuple[int, int]] = []  # word ranges, before 0 and past the end in the padding
    start = None
    for position, shared in enumerate([*present, False]):
        if shared and start is None:
            start = position
        elif not shared and start is not None:
            runs.append((start - padding, position - 1 + n - padding))
            start = None
    rendered: dict[str, int] = {}  # span -> number of real words, first seen first
    for first, last in runs:
        inside = words[max(first, 0) : max(last, 0)]
        if inside:
            marks = ([START] if first < 0 else []) + inside + ([END] if last > len(words) else [])
            rendered.setdefault(_cut(" ".join(marks)), len(inside))
    longest = sorted(rendered, key=lambda span: -rendered[span])
    return tuple(longest[:MAX_SPANS])


def _cut(span: str) -> str:
    if len(span) <= MAX_CHARACTERS:
        return span
    half = (MAX_CHARACTERS - 3) // 2
    return f"{span[:half]} … {span[-half:]}"

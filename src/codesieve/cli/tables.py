"""Tables that read well in a terminal, a pipe and a log: no number is ever cut."""

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from codesieve.cli.harmless import harmless

MIN_WIDTH = 110  # in a file or a pipe, where no window sets the width
MIN_TEXT = 14  # a column of texts is folded down to this
GAP = 2  # between columns
HYPHEN = "\u00ad"  # in a heading: it may be broken here


def make_console() -> Console:
    """A console on standard output that takes text as it is; wide where there is no window."""
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = max(console.width, MIN_WIDTH)
    return console


def print_table(
    console: Console,
    title: str,
    texts: Sequence[str],
    numbers: Sequence[str],
    rows: Sequence[Sequence[str]],
    total: Sequence[str] | None = None,
) -> None:
    """Print a title and a table; columns that do not fit beside the others follow below.

    Args:
        console: where to.
        title: one line.
        texts: headings of the first columns, whose cells are folded where space is short.
        numbers: headings of the other columns, broken at spaces and at HYPHEN where it is.
        rows: cells, those of texts first.
        total: cells of a last row, set apart.
    """
    rows = [[harmless(cell) for cell in row] for row in rows]
    last = [total] if total else []
    columns = range(len(texts) + len(numbers))
    cells = [[row[column] for row in [*rows, *last]] for column in columns]
    first = sum(
        min(MIN_TEXT, max(map(len, [heading, *own]))) + GAP
        for heading, own in zip(texts, cells, strict=False)
    )
    console.print(title, style="bold", soft_wrap=True)
    for headings, widths, start in _fitting(numbers, cells[len(texts) :], console.width - first):
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
        for heading in texts:
            table.add_column(heading, overflow="fold")
        for heading, width in zip(headings, widths, strict=True):
            table.add_column(heading, justify="right", width=width)
        own = slice(len(texts) + start, len(texts) + start + len(headings))
        for row in rows:
            table.add_row(*row[: len(texts)], *row[own])
        for row in last:
            table.add_section()
            table.add_row(*row[: len(texts)], *row[own])
        console.print(table)
        console.print()


def _fitting(
    numbers: Sequence[str], cells: Sequence[Sequence[str]], space: int
) -> Iterator[tuple[list[str], list[int], int]]:
    """Headings, widths and first column of each table that the columns of numbers make."""
    broken: list[str] = []
    widths: list[int] = []
    for separator, soft in (("\n", ""), (" ", ""), (" ", "- ")):
        broken = [heading.replace(HYPHEN, soft) for heading in numbers]
        widths = [
            max(map(len, [*heading.split(separator), *own]))
            for heading, own in zip(broken, cells, strict=True)
        ]
        if sum(widths) + GAP * len(widths) < space:
            break
    stop = 0
    while stop < len(widths):
        start, stop, taken = stop, stop + 1, widths[stop] + GAP
        while stop < len(widths) and taken + widths[stop] + GAP < space:
            taken += widths[stop] + GAP
            stop += 1
        yield broken[start:stop], widths[start:stop], start

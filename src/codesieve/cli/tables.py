"""Tables and consoles that read well in a terminal, a pipe and a log."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

MIN_WIDTH = 110  # in a file or a pipe, where no window sets the width


def make_console() -> Console:
    """A console on standard output; wide where nobody's window sets the width."""
    console = Console()
    return console if console.is_terminal else Console(width=max(console.width, MIN_WIDTH))


def make_table(title: str, texts: Sequence[str], numbers: Sequence[str]) -> Table:
    """An empty table whose columns of text come first, those of numbers after.

    Numbers are never cut; headings break at spaces, texts anywhere.
    """
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False
    )
    for heading in texts:
        table.add_column(heading, overflow="fold")
    for heading in numbers:
        table.add_column(heading, justify="right", overflow="fold")
    return table

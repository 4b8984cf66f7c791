"""Exhibits on the terminal: a row beside the item it is like, shared words bold."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from codesieve.cli.harmless import harmless
from codesieve.leakage.audit.marks import Piece, mark
from codesieve.report import Exhibit, by_weight

CHARACTERS = 1_200  # shown of each text
MAX_NAME = 100  # characters of a name in a headline


def print_exhibits(console: Console, exhibits: Sequence[Exhibit], limit: int) -> None:
    """Print the first `limit` exhibits by weight, and how many there are besides.

    Args:
        console: where to.
        exhibits: in any order.
        limit: how many at most.
    """
    for exhibit in by_weight(exhibits)[:limit]:
        flag = exhibit.flag
        words = [f"{_name(flag.benchmark)}/{_name(flag.task_id)}", flag.verdict.value]
        words += [f"score {flag.score:.3f}", f"{_name(flag.source)}:{flag.row}"]
        words += ["textbook task"] if flag.textbook else []
        words += [f"judge: {_name(flag.judge)}"] if flag.judge is not None else []
        console.print(Text("  ".join(words), style="bold"), soft_wrap=True)
        marked = mark(exhibit.row_text, exhibit.item_text, limit=CHARACTERS)
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
        table.add_column("row", overflow="fold", ratio=1)
        table.add_column("item", overflow="fold", ratio=1)
        table.add_row(_text(marked.row), _text(marked.item))
        console.print(table)
        console.print()
    if len(exhibits) > limit:
        console.print(Text(f"{len(exhibits) - limit:,} more pairs are not shown (--show)"))


def _text(pieces: Sequence[Piece]) -> Text:
    text = Text()
    for piece, shared in pieces:
        plain = harmless(piece.replace("\r\n", "\n"), keep="\n\t")
        text.append(plain, style="bold" if shared else "")
    return text


def _name(name: str) -> str:
    """A name of hostile length or content, short and harmless."""
    half = MAX_NAME // 2
    return harmless(name if len(name) <= MAX_NAME else f"{name[:half]} … {name[-half:]}")

"""Progress of a run on the terminal, or a line a stage where there is none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class TerminalReporter:
    """Shows each stage with a bar, rows done, time gone and time left."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Progress of one stage; the function takes the rows done since the last call."""
        columns = (
            TextColumn("{task.description:<11}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console, disable=not self.console.is_terminal) as bar:
            task = bar.add_task(name, total=total)
            yield lambda rows: bar.advance(task, rows)
        if not self.console.is_terminal:
            self.console.print(f"{name}: done")

    def note(self, text: str) -> None:
        """One line of news."""
        self.console.print(text, markup=False, highlight=False)

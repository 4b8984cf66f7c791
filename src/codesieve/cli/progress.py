"""Progress of a run on the terminal, or a line a stage where there is none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from codesieve.cli.harmless import harmless


class TerminalReporter:
    """Shows each stage with a bar, rows done, time gone and time left."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, markup=False, highlight=False, emoji=False)

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Progress of one stage; the function takes the rows done since the last call."""
        if not self.console.is_terminal:
            yield lambda rows: None
            self.note(f"{name}: done")
            return
        columns = (
            TextColumn("{task.description:<11}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[said]:>20}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task(name, total=total, said="")
            done = 0

            def advance(rows: int) -> None:
                nonlocal done
                done += rows
                said = f"{done:,}" if total is None else f"{done:,}/{total:,}"
                bar.update(task, advance=rows, said=f"{said} rows")

            yield advance
            if total is None:
                bar.update(task, total=1, completed=1)

    def note(self, text: str) -> None:
        """One line of news."""
        self.console.print(harmless(text), soft_wrap=True)

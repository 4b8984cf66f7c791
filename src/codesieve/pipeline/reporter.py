"""Where a run's progress and news go; the CLI shows them, a library user may be silent."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Reporter(Protocol):
    """Told how a run goes."""

    def stage(self, name: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Enter a stage of so many rows; the function takes the rows done since the last call."""

    def note(self, text: str) -> None:
        """One line of news."""


class SilentReporter:
    """Tells nobody."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Ignore progress."""
        yield lambda rows: None

    def note(self, text: str) -> None:
        """Ignore news."""

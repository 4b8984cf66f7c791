"""TLI of rows that come in batches: counts and tops, never the rows themselves."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from codesieve.leakage.index import TliIndex, TliScan
from codesieve.leakage.report import THRESHOLD
from codesieve.leakage.top import ItemTop

_PENDING = 16  # tops kept before they are merged; for memory alone


@dataclass(frozen=True, slots=True)
class TliFacts:
    """One data set x benchmark line of the paper's Tables 2 and 8; TLI as 0..1.

    `dropped` rows have an S at or above the threshold to an item of this benchmark;
    `tli_mean_after` is over the others, 0 when none is left.
    """

    benchmark: str
    rows: int
    items: int
    tli_mean: float
    tli_max: float
    dropped: int
    tli_mean_after: float


class TliTally:
    """Adds up scans of batches of one data set; what it holds does not grow with the rows.

    Attributes:
        rows: how many were added.
        leaked: how many are at or above the threshold for any of the benchmarks.
    """

    def __init__(
        self, index: TliIndex, top: int = 1, threshold: float = THRESHOLD, threads: int = 1
    ) -> None:
        self.index = index
        self.top = top
        self.threshold = threshold
        self.threads = threads
        self.rows = 0
        self.leaked = 0
        self._highest = np.zeros(len(index.benchmarks))
        self._dropped = np.zeros(len(index.benchmarks), dtype=np.int64)
        nothing = index.scan([], top=top).tops
        self._tops: list[list[ItemTop]] = [[one] for one in nothing]

    def add(self, texts: Sequence[str], *, evidence: bool = False) -> TliScan:
        """Scan a batch and add it; the scan's rows count from 0.

        With `evidence` the scan has an entry for each row and benchmark at or above the threshold.
        """
        floor = self.threshold if evidence else math.inf
        scan = self.index.scan(texts, top=self.top, evidence_floor=floor, threads=self.threads)
        over = scan.similarity >= self.threshold
        self._add(
            len(texts),
            int(over.any(axis=1).sum()),
            scan.similarity.max(axis=0, initial=0.0),
            over.sum(axis=0),
            scan.tops,
        )
        return scan

    def include(self, other: "TliTally") -> None:
        """Add what another tally of the same index, top and threshold holds."""
        tops = [ItemTop.merge(parts) for parts in other._tops]
        self._add(other.rows, other.leaked, other._highest, other._dropped, tops)

    def facts(self) -> tuple[TliFacts, ...]:
        """The line of each benchmark for the rows added so far."""
        lines = []
        for column, benchmark in enumerate(self.index.benchmarks):
            top = ItemTop.merge(self._tops[column])
            dropped = int(self._dropped[column])
            lines.append(
                TliFacts(
                    benchmark=benchmark.name,
                    rows=self.rows,
                    items=len(benchmark.items),
                    tli_mean=top.mean(self.rows),
                    tli_max=float(self._highest[column]),
                    dropped=dropped,
                    tli_mean_after=top.mean(self.rows - dropped, self.threshold),
                )
            )
        return tuple(lines)

    def _add(
        self,
        rows: int,
        leaked: int,
        highest: "np.ndarray[tuple[int], np.dtype[np.float64]]",
        dropped: "np.ndarray[tuple[int], np.dtype[np.int64]]",
        tops: Iterable[ItemTop],
    ) -> None:
        self._highest = np.maximum(self._highest, highest)
        self._dropped += dropped
        for parts, top in zip(self._tops, tops, strict=True):
            parts.append(top.shifted(self.rows))
            if len(parts) > _PENDING:
                parts[:] = [ItemTop.merge(parts)]
        self.rows += rows
        self.leaked += leaked

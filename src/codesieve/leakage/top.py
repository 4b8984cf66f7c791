"""Each item's highest similarities over the rows, mergeable, and exact at every threshold."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codesieve.leakage.kernel import in_skyband


@dataclass(frozen=True, slots=True)
class ItemTop:
    """What is needed to know, for any threshold t, each item's k highest S over rows kept at t.

    A row is kept at t when `row_best`, its highest S to any item of the benchmark, is below t. So
    an entry (item, row) can matter unless k others of its item have at least its S and are kept
    whenever it is. The entries that can matter are the k-skyband; that of a union is that of the
    union of skybands, so parts merge in any order to the same arrays. S = 0 is implied.

    Attributes:
        items: number of items of the benchmark.
        k: how many highest S an item needs.
        item: (m,) int32, index of the item; entries are sorted by (item, row_best, row).
        row: (m,) int64, index of the row.
        similarity: (m,) float64, S of the pair.
        row_best: (m,) float64, the row's highest S to any item.
    """

    items: int
    k: int
    item: NDArray[np.int32]
    row: NDArray[np.int64]
    similarity: NDArray[np.float64]
    row_best: NDArray[np.float64]

    @classmethod
    def merge(cls, tops: Iterable[Self]) -> Self:
        """The ItemTop of all rows of the parts; rows must be numbered apart (see `shifted`)."""
        tops = list(tops)
        if len({(top.items, top.k) for top in tops}) != 1:
            raise ValueError("merge needs parts of one benchmark and one k, and at least one part")
        item = np.concatenate([top.item for top in tops])
        row = np.concatenate([top.row for top in tops])
        similarity = np.concatenate([top.similarity for top in tops])
        row_best = np.concatenate([top.row_best for top in tops])
        order = np.lexsort((row, row_best, item))
        keep = np.empty(len(order), dtype=np.bool_)
        in_skyband(item[order], similarity[order], tops[0].k, keep)
        order = order[keep]
        return cls(
            tops[0].items, tops[0].k, item[order], row[order], similarity[order], row_best[order]
        )

    def shifted(self, offset: int) -> Self:
        """The same with `offset` added to the row indices."""
        return replace(self, row=self.row + offset)

    def highest(self, below: float = math.inf) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The k highest S of each item over rows whose `row_best` is under `below`, and their rows.

        Returns:
            (items, k) float64 descending, 0 where rows share nothing, and (items, k) int64, -1
            there. Equal S: first the row with the lower `row_best`, then the lower index.
        """
        values = np.zeros((self.items, self.k))
        rows = np.full((self.items, self.k), -1, dtype=np.int64)
        kept = np.flatnonzero(self.row_best < below)
        kept = kept[np.lexsort((-self.similarity[kept], self.item[kept]))]
        item = self.item[kept]
        rank = np.arange(len(kept)) - np.searchsorted(item, item)
        kept, item, rank = kept[rank < self.k], item[rank < self.k], rank[rank < self.k]
        values[item, rank] = self.similarity[kept]
        rows[item, rank] = self.row[kept]
        return values, rows

    def mean(self, rows: int, below: float = math.inf) -> float:
        """TLI-mean@k, 0..1: mean over items of the mean of their k highest S (METHOD 1).

        Sums are exact before they are rounded. With fewer than k rows it is the mean over those;
        with none left it is 0.

        Args:
            rows: how many rows have a `row_best` under `below`.
            below: the threshold; every row counts by default.
        """
        width = min(self.k, rows)
        if width == 0 or self.items == 0:
            return 0.0
        values, _ = self.highest(below)
        return math.fsum(math.fsum(best[:width]) / width for best in values.tolist()) / self.items

    def to_table(self) -> pa.Table:
        """Arrow table of the entries; `items` and `k` are not in it."""
        columns: dict[str, NDArray[Any]] = {
            "item": self.item,
            "row": self.row,
            "similarity": self.similarity,
            "row_best": self.row_best,
        }
        return pa.table(columns)

    @classmethod
    def from_table(cls, table: pa.Table, items: int, k: int) -> Self:
        """Read what `to_table` wrote."""
        names = ("item", "row", "similarity", "row_best")
        return cls(items, k, *(table[name].to_numpy() for name in names))

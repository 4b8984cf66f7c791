"""The leakage of one data set into one benchmark, and the verb that measures it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codesieve.benchmarks import Benchmark, BenchmarkItem
from codesieve.leakage.evidence import Evidence
from codesieve.leakage.grams import NGRAMS
from codesieve.leakage.index import EVIDENCE_FLOOR, TliIndex
from codesieve.leakage.top import ItemTop

THRESHOLD = 0.05  # the official one


@dataclass(frozen=True, slots=True)
class LeakageReport:
    """TLI of a data set on a benchmark, before cleaning and at a threshold.

    Attributes:
        benchmark: its name.
        rows: number of rows.
        items: number of benchmark items.
        top: k of TLI-mean@k.
        threshold: a row is dropped when its highest S is at or above it.
        tli_mean: TLI-mean@k, 0..1.
        tli_max: highest S of any pair, 0..1.
        dropped_rows: how many rows the threshold drops.
        tli_mean_after: TLI-mean@k over the kept rows; 0 when none is left.
        similarity: (rows,) float64, each row's highest S.
        item: (rows,) int32, index of that item, -1 where S is 0.
        task_ids: (items,) names of the items.
        best_row: (items,) int64, the row most similar to each item, -1 where none shares a gram.
        best_similarity: (items,) float64, its S.
        item_top: what any other threshold needs.
        evidence: by row, for rows above the evidence floor of the scan.
    """

    benchmark: str
    rows: int
    items: int
    top: int
    threshold: float
    tli_mean: float
    tli_max: float
    dropped_rows: int
    tli_mean_after: float
    similarity: NDArray[np.float64]
    item: NDArray[np.int32]
    task_ids: tuple[str, ...]
    best_row: NDArray[np.int64]
    best_similarity: NDArray[np.float64]
    item_top: ItemTop
    evidence: dict[int, Evidence]

    def dropped(self, threshold: float | None = None) -> NDArray[np.int64]:
        """Indices of the rows at or above the threshold (the report's own by default)."""
        return np.flatnonzero(self.similarity >= self._or_own(threshold))

    def kept(self, threshold: float | None = None) -> NDArray[np.int64]:
        """Indices of the rows below the threshold (the report's own by default)."""
        return np.flatnonzero(self.similarity < self._or_own(threshold))

    def mean_after(self, threshold: float) -> float:
        """TLI-mean@k over the rows kept at another threshold; nothing is scanned again."""
        return self.item_top.mean(len(self.kept(threshold)), threshold)

    def why(self, row: int) -> str:
        """One line on a row: its nearest item, S, and what they share."""
        value = self.similarity[row]
        if self.item[row] < 0:
            return f"kept: shares no gram with {self.benchmark}"
        verdict, sign = ("dropped", ">=") if value >= self.threshold else ("kept", "<")
        line = (
            f"{verdict}: S = {value:.4f} {sign} {self.threshold} to {self.task_ids[self.item[row]]}"
        )
        found = self.evidence.get(row)
        if found is None:
            return line
        spans = "; ".join(repr(span) for span in found.spans) or "only padding"
        return f"{line}, {found.shared} of its {found.total} grams, among them: {spans}"

    def _or_own(self, threshold: float | None) -> float:
        return self.threshold if threshold is None else threshold


def summarise(
    benchmark: Benchmark,
    similarity: NDArray[np.float64],
    item: NDArray[np.int32],
    item_top: ItemTop,
    *,
    threshold: float = THRESHOLD,
    evidence: Sequence[Evidence] = (),
) -> LeakageReport:
    """Report on one benchmark from its columns of a scan, or of many merged ones.

    Args:
        benchmark: what was scanned against.
        similarity: (rows,) float64, each row's highest S (`TliScan.similarity[:, column]`).
        item: (rows,) int32 (`TliScan.item[:, column]`).
        item_top: `ItemTop.merge` of the parts' tops.
        threshold: rows at or above it count as dropped.
        evidence: the scans' entries; those of other benchmarks are left out.
    """
    best, rows = item_top.highest()
    kept = int(np.count_nonzero(similarity < threshold))
    return LeakageReport(
        benchmark=benchmark.name,
        rows=len(similarity),
        items=len(benchmark.items),
        top=item_top.k,
        threshold=threshold,
        tli_mean=item_top.mean(len(similarity)),
        tli_max=float(similarity.max(initial=0.0)),
        dropped_rows=len(similarity) - kept,
        tli_mean_after=item_top.mean(kept, threshold),
        similarity=similarity,
        item=item,
        task_ids=tuple(entry.task_id for entry in benchmark.items),
        best_row=rows[:, 0],
        best_similarity=best[:, 0],
        item_top=item_top,
        evidence={e.row: e for e in evidence if e.benchmark == benchmark.name},
    )


def tli(
    train: Sequence[str],
    test: Sequence[str] | Benchmark,
    *,
    ngrams: Sequence[int] = NGRAMS,
    pad: bool = True,
    top: int = 1,
    threshold: float = THRESHOLD,
) -> LeakageReport:
    """Official Test Leakage Index of training texts on test prompts (METHOD 1).

    Args:
        train: one text a row: user turns joined by a space, instruction + input for Alpaca rows.
        test: prompts, or a benchmark.
        ngrams: gram sizes.
        pad: pad as the official script does.
        top: k of TLI-mean@k; with fewer rows than k the mean is over all rows.
        threshold: of the report's `kept` and `dropped`.

    Raises:
        ValueError: `ngrams` or `top` below 1, or `ngrams` empty.
        SourceError: `test` is empty.
    """
    if not isinstance(test, Benchmark):
        items = (BenchmarkItem(str(number), text) for number, text in enumerate(test))
        test = Benchmark.from_items("test", items)
    scan = TliIndex([test], ngrams, pad).scan(
        train, top=top, evidence_floor=min(threshold, EVIDENCE_FLOOR)
    )
    return summarise(
        test,
        scan.similarity[:, 0],
        scan.item[:, 0],
        scan.tops[0],
        threshold=threshold,
        evidence=scan.evidence,
    )

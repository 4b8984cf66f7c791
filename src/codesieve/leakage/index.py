"""One inverted index from word grams to the items of all benchmarks, and the scan of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from codesieve.benchmarks import Benchmark
from codesieve.leakage.evidence import Evidence, shared_spans
from codesieve.leakage.grams import NGRAMS, Gram, check_ngrams, grams, word_grams
from codesieve.leakage.top import ItemTop

EVIDENCE_FLOOR = 0.02
BLOCK_CELLS = 1_000_000  # rows x items held dense at a time; for memory alone


@dataclass(frozen=True, slots=True)
class TliScan:
    """What a scan found in n rows against b benchmarks.

    Attributes:
        similarity: (n, b) float64, the row's highest S to any item of the benchmark.
        item: (n, b) int32, index of that item, the lowest of equals; -1 where S is 0.
        evidence: one entry for each row and benchmark with S at or above the evidence floor, by row
            and then by benchmark; `Evidence.row` counts from `first_row`.
        tops: one `ItemTop` a benchmark, rows counted from `first_row`.
    """

    similarity: NDArray[np.float64]
    item: NDArray[np.int32]
    evidence: tuple[Evidence, ...]
    tops: tuple[ItemTop, ...]


class TliIndex:
    """Official TLI of rows against the items of several benchmarks in one pass (METHOD 1).

    S(item, row) = |grams(item) & grams(row)| / |grams(item)|, equal to the last bit to the same
    line on Python sets: words are compared, hashes decide nothing, and the counts are integers. An
    item without grams (possible without padding, a prompt of under n words) has S = 0 to all rows.

    Attributes:
        benchmarks: in the order of the columns of a scan.
        ngrams: gram sizes, ascending.
        pad: whether texts are padded; on for the official number.
    """

    def __init__(
        self,
        benchmarks: Sequence[Benchmark],
        ngrams: Sequence[int] = NGRAMS,
        pad: bool = True,
    ) -> None:
        self.benchmarks = tuple(benchmarks)
        self.ngrams = check_ngrams(ngrams)
        self.pad = pad
        ends = list(accumulate((len(b.items) for b in benchmarks), initial=0))
        self._ranges = tuple(pairwise(ends))
        item_grams = [grams(item.prompt, self.ngrams, pad) for b in benchmarks for item in b.items]
        self._number: dict[Gram, int] = {}
        columns = [
            self._number.setdefault(gram, len(self._number))
            for found in item_grams
            for gram in found
        ]
        self._totals = np.array([len(found) for found in item_grams], dtype=np.int64)
        owners = np.repeat(np.arange(ends[-1]), self._totals)
        self._postings = sparse.csr_array(
            (np.ones(len(columns), dtype=np.int32), (columns, owners)),
            shape=(len(self._number), ends[-1]),
        )
        smallest = self.ngrams[0]
        self._short = [{gram for gram in found if len(gram) == smallest} for found in item_grams]

    def scan(
        self,
        texts: Sequence[str],
        *,
        top: int = 1,
        first_row: int = 0,
        evidence_floor: float = EVIDENCE_FLOOR,
    ) -> TliScan:
        """Compare rows with all items; a row's result depends on its own text alone.

        Args:
            texts: one a row, user turns joined by a space.
            top: k of TLI-mean@k, how many rows an item's `ItemTop` is exact for.
            first_row: number of the first row, for scans that are merged later.
            evidence_floor: lowest S that gets an evidence entry.
        """
        if top < 1:
            raise ValueError(f"top must be 1 or more, got {top}")
        count = len(self.benchmarks)
        similarity = np.zeros((len(texts), count))
        item = np.full((len(texts), count), -1, dtype=np.int32)
        tops = [
            [ItemTop.from_block(np.zeros((0, end - start)), 0, top)] for start, end in self._ranges
        ]
        step = max(1, BLOCK_CELLS // max(1, len(self._totals)))
        for begin in range(0, len(texts), step):
            rows = slice(begin, begin + step)
            block = self._shared(texts[rows]) / np.maximum(self._totals, 1)
            for column, (start, end) in enumerate(self._ranges):
                part = block[:, start:end]
                best = part.argmax(axis=1)
                value = part[np.arange(len(part)), best]
                similarity[rows, column] = value
                item[rows, column] = np.where(value > 0, best, -1)
                tops[column].append(ItemTop.from_block(part, first_row + begin, top))
        flagged = np.argwhere((item >= 0) & (similarity >= evidence_floor)).tolist()
        evidence = tuple(
            self._evidence(
                texts[row],
                first_row + row,
                column,
                int(item[row, column]),
                float(similarity[row, column]),
            )
            for row, column in flagged
        )
        return TliScan(similarity, item, evidence, tuple(ItemTop.merge(parts) for parts in tops))

    def _shared(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """(rows, items) int32: how many distinct grams each row shares with each item."""
        indices: list[int] = []
        ends = [0]
        for text in texts:
            words = text.split()
            for n in self.ngrams:
                known = self._number.keys() & word_grams(words, n, self.pad)
                indices.extend(self._number[gram] for gram in known)
            ends.append(len(indices))
        present = sparse.csr_array(
            (np.ones(len(indices), dtype=np.int32), indices, ends),
            shape=(len(texts), len(self._number)),
        )
        return np.asarray((present @ self._postings).toarray())

    def _evidence(self, text: str, row: int, column: int, item: int, similarity: float) -> Evidence:
        benchmark = self.benchmarks[column]
        owner = self._ranges[column][0] + item
        total = int(self._totals[owner])
        return Evidence(
            row=row,
            benchmark=benchmark.name,
            task_id=benchmark.items[item].task_id,
            similarity=similarity,
            shared=round(similarity * total),
            total=total,
            spans=shared_spans(text, self._short[owner], self.ngrams[0], self.pad),
        )

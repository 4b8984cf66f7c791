"""One index from word grams to the items of all benchmarks, and the scan of rows."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codesieve.benchmarks import Benchmark
from codesieve.leakage import kernel
from codesieve.leakage.evidence import Evidence, shared_spans
from codesieve.leakage.grams import NGRAMS, Gram, check_ngrams, word_grams
from codesieve.leakage.tables import Texts, Trie, buffers
from codesieve.leakage.top import ItemTop

EVIDENCE_FLOOR = 0.02
CHUNK_ROWS = 8_192  # rows a thread takes at a time; no result depends on it
KEPT = 1 << 18  # entries of items' tops held before they are merged


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
        self._prompts = [item.prompt for b in benchmarks for item in b.items]
        self._trie = Trie.of(self._prompts, self.ngrams, pad)
        self._bounds = np.array(ends, np.int64)
        self._is_size = np.zeros(self.ngrams[-1] + 1, np.bool_)
        self._is_size[list(self.ngrams)] = True

    def scan(
        self,
        texts: Texts,
        *,
        top: int = 1,
        first_row: int = 0,
        evidence_floor: float = EVIDENCE_FLOOR,
        threads: int = 1,
    ) -> TliScan:
        """Compare rows with all items; a row's result depends on its own text alone.

        Args:
            texts: one a row, user turns joined by a space; an Arrow array is read in place.
            top: k of TLI-mean@k, how many rows an item's `ItemTop` is exact for.
            first_row: number of the first row, for scans that are merged later.
            evidence_floor: lowest S that gets an evidence entry.
            threads: how many work at once; the result does not depend on it.
        """
        if top < 1 or threads < 1:
            raise ValueError(f"top and threads must be 1 or more, got {top} and {threads}")
        rows = len(texts)
        similarity = np.zeros((rows, len(self.benchmarks)))
        item = np.full((rows, len(self.benchmarks)), -1, dtype=np.int32)
        jobs: list[_Chunk] = []
        start = 0
        for text, offsets in buffers(texts):
            for begin in range(0, len(offsets) - 1, CHUNK_ROWS):
                own = offsets[begin : begin + CHUNK_ROWS + 1]
                place = slice(start + begin, start + begin + len(own) - 1)
                jobs.append(_Chunk(text, own, similarity[place], item[place], place.start))
            start += len(offsets) - 1
        found = self._run(jobs, top, threads)
        base = np.array([begin for begin, _ in self._ranges], dtype=np.int32)
        item -= np.where(item < 0, 0, base)
        tops = tuple(
            ItemTop.merge([parts[column].shifted(first_row) for parts in found])
            for column in range(len(self.benchmarks))
        )
        evidence = tuple(self._explain(texts, similarity, item, evidence_floor, first_row))
        return TliScan(similarity, item, evidence, tops)

    def _run(self, jobs: Sequence["_Chunk"], top: int, threads: int) -> list[list[ItemTop]]:
        """Each thread takes chunks in turn; what it found of the items' tops."""
        count = max(1, min(threads, len(jobs)))
        scratches = [_Scratch(self._trie, top) for _ in range(count)]

        def work(number: int) -> list[ItemTop]:
            for job in jobs[number::count]:
                self._scan_chunk(job, scratches[number], top)
            return self._tops(scratches[number], top)

        if count == 1:
            return [work(0)]
        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(work, range(count)))

    def _scan_chunk(self, job: "_Chunk", scratch: "_Scratch", top: int) -> None:
        trie = self._trie
        longest = int(np.diff(job.offsets).max(initial=0))
        scratch.reserve(longest + 2 * self.ngrams[-1] + 2)
        row, rows = 0, len(job.offsets) - 1
        while row < rows:
            row, scratch.epoch, scratch.count = kernel.scan_rows(
                job.text, job.offsets, row, rows,
                trie.words, trie.starts, trie.table, trie.gate, trie.edges, trie.bits,
                trie.size_of, trie.post_start, trie.post_item, trie.common, scratch.total,
                scratch.inverse, self._bounds, self._is_size, self.pad,
                scratch.numbers, scratch.stamp, scratch.epoch, scratch.shared,
                scratch.highest, scratch.kth, scratch.farthest,
                job.similarity, job.item, scratch.kept, scratch.count,
            )  # fmt: skip
            self._settle(job, scratch, top)

    def _settle(self, job: "_Chunk", scratch: "_Scratch", top: int) -> None:
        """Turn the entries of a chunk into the benchmarks' tops, merged with those before."""
        entries, scratch.count = scratch.kept[: scratch.count], 0
        row, item = entries[:, 0], entries[:, 1]
        value = entries[:, 2] / scratch.total[item]
        for column, (begin, end) in enumerate(self._ranges):
            own = (item >= begin) & (item < end)
            scratch.add(
                column,
                ItemTop(
                    end - begin,
                    top,
                    (item[own] - begin).astype(np.int32),
                    row[own] + job.first,
                    value[own],
                    job.similarity[row[own], column],
                ),
            )

    def _tops(self, scratch: "_Scratch", top: int) -> list[ItemTop]:
        nothing = np.zeros(0)
        return [
            ItemTop.merge(
                [
                    ItemTop(
                        end - begin,
                        top,
                        nothing.astype(np.int32),
                        nothing.astype(np.int64),
                        nothing,
                        nothing,
                    ),
                    *scratch.tops.get(column, ()),
                ]
            )
            for column, (begin, end) in enumerate(self._ranges)
        ]

    def _explain(
        self,
        texts: Texts,
        similarity: NDArray[np.float64],
        item: NDArray[np.int32],
        floor: float,
        first_row: int,
    ) -> Iterator[Evidence]:
        for row, column in np.argwhere((item >= 0) & (similarity >= floor)).tolist():
            text = texts[row]
            benchmark = self.benchmarks[column]
            number = int(item[row, column])
            total = int(self._trie.total[self._ranges[column][0] + number])
            prompt = benchmark.items[number].prompt
            smallest = self.ngrams[0]
            grams: set[Gram] = set(word_grams(prompt.split(), smallest, self.pad))
            value = float(similarity[row, column])
            yield Evidence(
                row=first_row + row,
                benchmark=benchmark.name,
                task_id=benchmark.items[number].task_id,
                similarity=value,
                shared=round(value * total),
                total=total,
                spans=shared_spans(
                    text.as_py() if isinstance(text, pa.Scalar) else text,
                    grams,
                    smallest,
                    self.pad,
                ),
            )


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rows that a thread takes at once: `first` is the first one's place among all."""

    text: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    similarity: NDArray[np.float64]
    item: NDArray[np.int32]
    first: int


class _Scratch:
    """What a thread needs and keeps from chunk to chunk."""

    def __init__(self, trie: Trie, top: int) -> None:
        items = len(trie.total)
        self.total = np.maximum(trie.total, 1)
        self.inverse = np.nextafter(1 / self.total, np.inf) * (1 + 1e-12)
        self.numbers = np.zeros(1 << 12, np.int32)
        self.stamp = np.zeros(len(trie.size_of), np.int64)
        self.shared = np.zeros(items, np.int32)
        self.highest = np.zeros((kernel.LEVELS, items, top), np.int32)
        self.kth = np.zeros((kernel.LEVELS, items), np.int32)
        self.farthest = np.zeros((kernel.LEVELS, items))
        self.kept = np.zeros((max(KEPT, 2 * items), 3), np.int64)
        self.epoch = 0
        self.count = 0
        self.tops: dict[int, list[ItemTop]] = {}

    def reserve(self, words: int) -> None:
        """Make room for the words of a row."""
        if words > len(self.numbers):
            self.numbers = np.zeros(2 * words, np.int32)

    def add(self, column: int, top: ItemTop) -> None:
        """Merge what was found of a benchmark."""
        before = self.tops.get(column, [])
        self.tops[column] = [ItemTop.merge([*before, top])]

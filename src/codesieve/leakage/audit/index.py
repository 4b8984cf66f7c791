"""The audit's inverted indexes over one benchmark, and what is ordinary for each of its items."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codesieve.benchmarks import Benchmark, BenchmarkItem
from codesieve.leakage.audit import kernel
from codesieve.leakage.audit.views import VIEWS, Text

TOTAL_FLOOR = 20.0  # bits; texts of less information are no more alike for sharing all of it
COMMON = 0.05  # share of the items; a feature of more items, and of more than 50, is left out
COMMON_LEAST = 200
FULL = 4_000  # rows of a sample; a smaller one knows less of how rare a feature is: bits are scaled
HIGH = 0.005  # share of the cohort's rows above an item's "high" value, one row at least

WHOLE, PROMPT, SOLUTION = "whole", "prompt", "solution"
CHANNELS: tuple[tuple[str, str], ...] = (
    ("words", WHOLE), ("words", PROMPT),
    ("phrases", WHOLE), ("phrases", PROMPT), ("phrases", SOLUTION),
    ("grams", WHOLE), ("grams", PROMPT),
    ("subwords", WHOLE), ("subwords", PROMPT),
    ("code", WHOLE), ("code", SOLUTION),
    ("operations", WHOLE), ("operations", SOLUTION),
    ("names", WHOLE),
    ("literals", WHOLE), ("literals", PROMPT),
    ("syntax", WHOLE), ("syntax", SOLUTION),
    ("examples", WHOLE),
)  # fmt: skip
FEATURES_PER_CHANNEL = 8


@dataclass(frozen=True, slots=True)
class Packed:
    """Features of rows, as numbers: the ids that the index knows, and all features' bits.

    Attributes:
        ids: int32, rows one after the other.
        start: (rows + 1,) int64.
        total: (rows, views) float32, bits of all features of a view, known or not.
    """

    ids: NDArray[np.int32]
    start: NDArray[np.int64]
    total: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cohort:
    """What is ordinary: of each item over unrelated rows, of each channel over rows' values."""

    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    high: NDArray[np.float32]
    row_floor: NDArray[np.float32]


Features = Sequence[set[str]]  # of one text, a set for each view


def features_of(text: Text) -> list[set[str]]:
    """The features of a text, view by view."""
    return [view(text) for view in VIEWS.values()]


def row_text(instruction: str, response: str) -> Text:
    """A training row as the views see it."""
    return Text(f"{instruction}\n{response}", response or instruction)


def _parts(item: BenchmarkItem) -> dict[str, Text]:
    prompt, solution = item.prompt, item.solution or ""
    whole = f"{prompt}{solution}"
    return {
        WHOLE: Text(whole, item.program or whole),
        PROMPT: Text(prompt),
        SOLUTION: Text(solution),
    }


class AuditIndex:
    """Inverted indexes of every channel over the items of one benchmark.

    Attributes:
        benchmark: the benchmark.
        cohort: set by `fit`.
    """

    def __init__(self, benchmark: Benchmark, sample: Iterable[Features]) -> None:
        """Index the items.

        Args:
            benchmark: its items.
            sample: features of rows of the training data, for document frequencies.
        """
        self.benchmark = benchmark
        self.items = len(benchmark.items)
        parts = [_parts(item) for item in benchmark.items]
        found = [{part: features_of(text) for part, text in texts.items()} for texts in parts]
        self._vocabulary: list[dict[str, int]] = []
        frequency: list[Counter[str]] = []
        rare = max(COMMON_LEAST, int(COMMON * self.items))
        for view in range(len(VIEWS)):
            owners = Counter(feature for item in found for feature in item[WHOLE][view])
            for item in found:  # features at the seam of prompt and solution are in neither
                owners.update((item[PROMPT][view] | item[SOLUTION][view]) - item[WHOLE][view])
            chosen = sorted(feature for feature, count in owners.items() if count <= rare)
            self._vocabulary.append({feature: number for number, feature in enumerate(chosen)})
            frequency.append(Counter({feature: owners[feature] for feature in chosen}))
        documents = self.items
        for row in sample:
            documents += 1
            for view, features in enumerate(row):
                frequency[view].update(self._vocabulary[view].keys() & features)
        few = math.log((FULL + self.items) / 0.5) / math.log((documents + 1) / 0.5)
        self._bits = [
            max(few, 1.0)
            * np.log(
                (documents + 1)
                / (np.array([frequency[view][f] for f in vocabulary], np.float64) + 0.5)
            ).astype(np.float32)
            for view, vocabulary in enumerate(self._vocabulary)
        ]
        self._unseen = [float(bits.mean()) if len(bits) else 0.0 for bits in self._bits]
        self._offset = np.cumsum([0, *map(len, self._vocabulary)])
        self._post(found)

    def _post(self, found: Sequence[dict[str, list[set[str]]]]) -> None:
        names = list(VIEWS)
        features, columns = [], []
        for channel, (view_name, part) in enumerate(CHANNELS):
            view = names.index(view_name)
            vocabulary = self._vocabulary[view]
            for item, texts in enumerate(found):
                ids = [vocabulary[f] for f in vocabulary.keys() & texts[part][view]]
                features.append(np.array(ids, np.int64) + self._offset[view])
                columns.append(np.full(len(ids), channel * self.items + item, np.int64))
        feature, column = np.concatenate(features), np.concatenate(columns)
        order = np.argsort(feature, kind="stable")
        all_bits = np.concatenate(self._bits)
        self._post_column = column[order].astype(np.int32)
        self._post_bits = all_bits[feature[order]]
        self._post_start = np.searchsorted(feature[order], np.arange(len(all_bits) + 1))
        total = np.bincount(column, all_bits[feature], len(CHANNELS) * self.items)
        self.item_total = np.maximum(total, TOTAL_FLOOR).astype(np.float32)
        self.item_total = self.item_total.reshape(len(CHANNELS), self.items)
        self._view_of = np.array([names.index(view) for view, _ in CHANNELS])
        self._by_item = np.array([part != WHOLE for _, part in CHANNELS])

    def pack(self, rows: Iterable[Features]) -> Packed:
        """Number the rows' features."""
        ids: list[NDArray[np.int32]] = []
        start = [0]
        totals: list[list[float]] = []
        for row in rows:
            count = 0
            total = []
            for view, features in enumerate(row):
                vocabulary = self._vocabulary[view]
                numbers = [vocabulary[f] for f in vocabulary.keys() & features]
                known = np.sort(np.array(numbers, np.int64))  # sums in one order, so equal bits
                ids.append((known + self._offset[view]).astype(np.int32))
                count += len(known)
                unseen = (len(features) - len(known)) * self._unseen[view]
                total.append(float(self._bits[view][known].sum()) + unseen)
            start.append(start[-1] + count)
            totals.append(total)
        flat = np.concatenate(ids) if ids else np.zeros(0, np.int32)
        table = np.array(totals, np.float32).reshape(len(totals), len(VIEWS))
        return Packed(flat, np.array(start, np.int64), table)

    def fit(self, rows: Packed) -> Cohort:
        """What is ordinary for each item, from rows most of which are unrelated to it."""
        count = len(rows.start) - 1
        channels = len(CHANNELS)
        aside = max(1, int(HIGH * count))
        total = np.zeros((channels, self.items))
        squares = np.zeros((channels, self.items))
        tops = np.zeros((channels, self.items, aside + 1), np.float32)
        bits = np.empty(channels * self.items, np.float32)
        values = np.empty((channels, self.items), np.float32)
        spread = np.zeros((count, channels))
        cohort = np.empty(4)
        row_total = rows.total[:, self._view_of]
        for row in range(count):
            known = rows.ids[rows.start[row] : rows.start[row + 1]]
            kernel.gather_bits(known, self._post_start, self._post_column, self._post_bits, bits)
            table = bits.reshape(channels, self.items)
            kernel.likeness(table, row_total[row], self.item_total, self._by_item, values)
            kernel.item_cohort(values, total, squares, tops)
            for channel in range(channels):
                kernel.row_cohort(values[channel], cohort)
                spread[row, channel] = cohort[3]
        left = max(count - aside, 1)
        aside_sum = tops[:, :, :aside].sum(axis=2)
        aside_squares = np.square(tops[:, :, :aside], dtype=np.float64).sum(axis=2)
        mean = np.maximum(total - aside_sum, 0.0) / left
        variance = np.maximum(squares - aside_squares, 0.0) / left
        deviation = np.sqrt(np.maximum(variance - mean**2, 0.0))
        high = tops[:, :, -1].astype(np.float64)
        least = 0.01 + 0.5 * np.median(deviation, axis=1, keepdims=True)
        floor = 0.02 + 0.5 * np.median(high, axis=1, keepdims=True)
        row_floor = 0.01 + 0.5 * np.median(spread, axis=0) if count else np.full(channels, 0.01)
        return Cohort(
            mean.astype(np.float32),
            np.maximum(deviation, least).astype(np.float32),
            np.maximum(high, floor).astype(np.float32),
            row_floor.astype(np.float32),
        )

    def candidates(
        self,
        rows: Packed,
        cohort: Cohort,
        k: int = 8,
        excluded: NDArray[np.int32] | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The k items most alike to each row, and the pairs' features.

        Returns:
            (rows, k) int32, -1 where there is none, and (rows, k, features) float32.
        """
        count = len(rows.start) - 1
        k = min(k, self.items)
        found = np.empty((count, k), np.int32)
        features = np.empty((count, k, len(feature_names())), np.float32)
        kernel.scan_rows(
            rows.ids, rows.start, rows.total[:, self._view_of],
            self._post_start, self._post_column, self._post_bits,
            self.item_total, self._by_item,
            cohort.mean, cohort.deviation, cohort.high, cohort.row_floor,
            np.full(count, -1, np.int32) if excluded is None else excluded,
            found, features,
        )  # fmt: skip
        return found, features


def feature_names() -> list[str]:
    """Names of the pair features, in order."""
    facts = ("bits", "containment", "gap", "row_z", "item_z", "of_high", "likeness", "of_row")
    named = [f"{view}.{part}.{fact}" for view, part in CHANNELS for fact in facts]
    context = [f"row.{view}" for view, part in CHANNELS if part == WHOLE]
    context += [f"item.{view}.{part}" for view, part in CHANNELS]
    return [*named, "rough", *context]

"""The auditor: scores rows against benchmarks by several views and gives verdicts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from codesieve.benchmarks import Benchmark
from codesieve.leakage.audit.flags import Flag, Verdict
from codesieve.leakage.audit.index import (
    CHANNELS,
    FEATURES_PER_CHANNEL,
    WHOLE,
    AuditIndex,
    Cohort,
    feature_names,
    features_of,
    row_text,
)
from codesieve.leakage.audit.model import PairModel

FALSE_POSITIVE_RATE = 0.003
SAMPLE_ROWS = 4_000  # for document frequencies and what is ordinary
CANDIDATES = 8
FIRST = 2  # candidates of every row that are scored
NEAR = 1.0  # rows whose first ones are this far under the floor have the others scored too
BELOW = 3.0  # scores this far under the threshold are still recorded
VERBATIM = 0.8  # containment of the item's prompt or code from which a row holds it
VERBATIM_BITS = 60.0
TEXTBOOK_ROWS = 5
TEXTBOOK_SHARE = 0.0005


@dataclass(frozen=True, slots=True)
class Row:
    """A training row: its user turns joined, its answers joined."""

    instruction: str
    response: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair above the floor, as `Auditor.scan` finds it.

    Attributes:
        row: index among the scanned rows.
        benchmark: index of the benchmark.
        item: index of the item.
        score: fused.
        verbatim: whether the row holds the item's prompt or solution.
        views: value of each view, 0..1.
    """

    row: int
    benchmark: int
    item: int
    score: float
    verbatim: bool
    views: dict[str, float]


class Auditor:
    """Audits rows against benchmarks; what is ordinary comes from a sample of the rows.

    A row's result depends on its text, the sample and the benchmark alone.

    Attributes:
        benchmarks: in the order asked for.
        rate: share of unrelated rows that may be flagged, for each benchmark.
        threshold: score from which a pair is flagged.
        floor: score from which a pair is recorded.
    """

    def __init__(
        self,
        benchmarks: Sequence[Benchmark],
        sample: Sequence[Row],
        *,
        rate: float = FALSE_POSITIVE_RATE,
    ) -> None:
        """Index the benchmarks and learn what is ordinary.

        Args:
            benchmarks: what may have leaked.
            sample: rows drawn from the training data; SAMPLE_ROWS are enough.
            rate: the false-positive rate asked for.

        Raises:
            ValueError: the rate is outside what was measured.
        """
        self.benchmarks = tuple(benchmarks)
        self.rate = rate
        self._model = PairModel.shipped()
        known = feature_names()
        self._used = np.array([known.index(name) for name in self._model.names])
        self.threshold = self._model.threshold_at(rate)
        self.floor = self.threshold - BELOW
        drawn = [_features(row) for row in sample]
        self._indexes: list[tuple[AuditIndex, Cohort]] = []
        for benchmark in self.benchmarks:
            index = AuditIndex(benchmark, drawn)
            self._indexes.append((index, index.fit(index.pack(drawn))))

    def scan(self, rows: Sequence[Row]) -> list[Pair]:
        """Pairs above the floor, by row, then benchmark, then descending score."""
        features = [_features(row) for row in rows]
        found = []
        for number, (index, cohort) in enumerate(self._indexes):
            items, facts = index.candidates(index.pack(features), cohort, CANDIDATES)
            scores = self._score(facts)
            scores[items < 0] = -np.inf
            for row, place in np.argwhere(scores >= self.floor).tolist():
                found.append(
                    Pair(
                        row,
                        number,
                        int(items[row, place]),
                        round(float(scores[row, place]), 4),
                        _is_verbatim(facts[row, place]),
                        _views(facts[row, place]),
                    )
                )
        return sorted(found, key=lambda pair: (pair.row, pair.benchmark, -pair.score))

    def _score(self, facts: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fused scores of the candidates; of rows far under the floor those of the first two.

        Args:
            facts: (rows, k, features), the likeliest first.
        """
        scores = np.full(facts.shape[:2], -np.inf, np.float32)
        scores[:, :FIRST] = self._score_pairs(facts[:, :FIRST])
        more = np.flatnonzero(scores.max(axis=1, initial=-np.inf) >= self.floor - NEAR)
        scores[more, FIRST:] = self._score_pairs(facts[more, FIRST:])
        return scores

    def _score_pairs(self, facts: NDArray[np.float32]) -> NDArray[np.float32]:
        flat = np.ascontiguousarray(facts.reshape(-1, facts.shape[-1])[:, self._used])
        return self._model.score(flat).reshape(facts.shape[:2])

    def verdict(self, pair: Pair) -> Verdict:
        """What is to be done with the pair's row."""
        if pair.score < self.threshold:
            return Verdict.KEEP
        return Verdict.DROP if pair.verbatim else Verdict.ASK

    def flag(self, pair: Pair, row_id: str, source: str) -> Flag:
        """The pair as a flag."""
        benchmark = self.benchmarks[pair.benchmark]
        return Flag(
            row=pair.row,
            row_id=row_id,
            source=source,
            benchmark=benchmark.name,
            task_id=benchmark.items[pair.item].task_id,
            score=pair.score,
            verdict=self.verdict(pair),
            views=pair.views,
        )


def mark_textbook(flags: Sequence[Flag], rows: int) -> list[Flag]:
    """Mark flags of tasks that many rows of the data are like, without being copies.

    Args:
        flags: of all rows.
        rows: how many rows there are.
    """
    alike = Counter((flag.benchmark, flag.task_id) for flag in flags if flag.verdict is Verdict.ASK)
    many = max(TEXTBOOK_ROWS, TEXTBOOK_SHARE * rows)
    return [
        replace(flag, textbook=True)
        if flag.verdict is not Verdict.DROP and alike[flag.benchmark, flag.task_id] >= many
        else flag
        for flag in flags
    ]


def _features(row: Row) -> list[set[str]]:
    return features_of(row_text(row.instruction, row.response))


_FACTS = {name: place for place, name in enumerate(feature_names())}


def _is_verbatim(facts: NDArray[np.float32]) -> bool:
    for channel in ("grams.whole", "grams.prompt", "code.whole", "code.solution"):
        contained = facts[_FACTS[f"{channel}.containment"]]
        if contained >= VERBATIM and facts[_FACTS[f"{channel}.bits"]] >= VERBATIM_BITS:
            return True
    return False


def _views(facts: NDArray[np.float32]) -> dict[str, float]:
    shown = {}
    for channel, (view, part) in enumerate(CHANNELS):
        if part == WHOLE:
            place = channel * FEATURES_PER_CHANNEL + 6
            shown[view] = round(min(float(facts[place]), 1.0), 4)
    return shown

"""Verdicts and the ledger: every rule's word on every row, and one line a row."""

from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Status(StrEnum):
    """What became of a row; every value but the first says which rule was the first to drop it."""

    SELECTED = "selected"
    FILTERED = "filtered"  # its source's `where` does not hold
    DUPLICATE = "duplicate"  # equal to a row seen before
    LEAKED = "leaked"  # shares too much with a benchmark item
    NO_COMPLEXITY = "no_complexity"  # the scorer failed, with a reason
    NO_EVIDENCE = "no_evidence"  # unknown quality, where the recipe drops such rows
    WORSE_IN_GROUP = "worse_in_group"  # another response to the same instruction ranks higher
    TOO_SIMILAR = "too_similar"  # to a row kept before
    OVER_BUDGET = "over_budget"  # passed everything; the budget was full
    NOT_REACHED = "not_reached"  # never compared: the budget was full before its turn


STATUSES = tuple(Status)

VERDICT_SCHEMA = pa.schema(
    [
        ("row_id", pa.string()),
        ("rule", pa.string()),
        ("keep", pa.bool_()),
        ("value", pa.float64()),
        ("threshold", pa.float64()),
        ("counterpart", pa.string()),  # a row_id, or a benchmark's task_id
        ("note", pa.string()),
    ]
)

LEDGER_SCHEMA = pa.schema(
    [
        ("row_id", pa.string()),
        ("content_id", pa.string()),
        ("source", pa.string()),
        ("status", pa.string()),
        ("rule", pa.string()),  # of the first fatal verdict
        ("value", pa.float64()),
        ("threshold", pa.float64()),
        ("counterpart", pa.string()),
        ("complexity", pa.float64()),
        ("quality", pa.float64()),
        ("score", pa.float64()),  # combined, over the rows that were ranked
        ("rank", pa.int64()),  # 1 is the best of the ranked rows
    ]
)

MAX_GROUP_ROWS = 1 << 20  # rows of a Parquet row group, so that files do not depend on parts


class Judgement:
    """Collects verdicts on n rows in the order of the rules; the first fatal one stays."""

    def __init__(self, row_ids: pa.Array) -> None:
        self._row_ids = row_ids
        self.alive: NDArray[np.bool_] = np.ones(len(row_ids), dtype=bool)
        self._verdicts: list[pa.Table] = []
        self._status = np.zeros(len(row_ids), dtype=np.int8)
        self._fatal: dict[str, Any] = {
            "rule": np.full(len(row_ids), None, dtype=object),
            "value": np.full(len(row_ids), np.nan),
            "threshold": np.full(len(row_ids), np.nan),
            "counterpart": np.full(len(row_ids), None, dtype=object),
        }

    def rule(
        self,
        name: str,
        status: Status,
        rows: NDArray[np.int64],
        keep: NDArray[np.bool_],
        *,
        value: NDArray[np.float64] | None = None,
        threshold: float | None = None,
        counterpart: pa.Array | None = None,
        note: pa.Array | None = None,
    ) -> None:
        """Record a rule's word on `rows`; of those not kept, the living get `status`.

        Args:
            name: of the rule.
            status: of rows that it drops.
            rows: (m,) int64 indices of the rows judged.
            keep: (m,) bool.
            value: (m,) float64 that was compared, NaN for none.
            threshold: that it was compared with.
            counterpart: (m,) strings or nulls.
            note: (m,) strings or nulls.
        """
        values = np.full(len(rows), np.nan) if value is None else value
        nulls = pa.nulls(len(rows), pa.string())
        table = pa.table(
            [
                self._row_ids.take(pa.array(rows)),
                pa.array([name]).take(pa.array(np.zeros(len(rows), dtype=np.int64))),
                pa.array(keep),
                _nullable(values),
                pa.array(np.full(len(rows), threshold), pa.float64())
                if threshold is not None
                else pa.nulls(len(rows), pa.float64()),
                nulls if counterpart is None else counterpart,
                nulls if note is None else note,
            ],
            schema=VERDICT_SCHEMA,
        )
        self._verdicts.append(table)
        fatal = ~keep & self.alive[rows]
        dropped = rows[fatal]
        self._status[dropped] = STATUSES.index(status)
        self._fatal["rule"][dropped] = name
        self._fatal["value"][dropped] = values[fatal]
        if threshold is not None:
            self._fatal["threshold"][dropped] = threshold
        if counterpart is not None:
            self._fatal["counterpart"][dropped] = np.asarray(counterpart, dtype=object)[fatal]
        self.alive[dropped] = False

    def verdicts(self) -> pa.Table:
        """All verdicts, VERDICT_SCHEMA, rule after rule, in pool order within a rule."""
        return pa.concat_tables(self._verdicts).combine_chunks()

    def ledger(
        self,
        content_ids: pa.Array,
        sources: pa.Array,
        complexity: NDArray[np.float64],
        quality: NDArray[np.float64],
        score: NDArray[np.float64],
        rank: NDArray[np.int64],
    ) -> pa.Table:
        """One line a row, LEDGER_SCHEMA; a rank of 0 is none."""
        names = pa.array([str(status) for status in STATUSES])
        return pa.table(
            [
                self._row_ids,
                content_ids,
                sources,
                names.take(pa.array(self._status)),
                pa.array(self._fatal["rule"], pa.string()),
                _nullable(self._fatal["value"]),
                _nullable(self._fatal["threshold"]),
                pa.array(self._fatal["counterpart"], pa.string()),
                _nullable(complexity),
                _nullable(quality),
                _nullable(score),
                pa.array(rank, pa.int64(), mask=rank == 0),
            ],
            schema=LEDGER_SCHEMA,
        )


def _nullable(values: NDArray[np.float64]) -> pa.Array:
    return pa.array(values, pa.float64(), mask=np.isnan(values))

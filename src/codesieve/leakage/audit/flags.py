"""Flags: what the audit says of one pair of a training row and a benchmark item."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Verdict(StrEnum):
    """What is to be done with a pair's row.

    DROP: the row holds the item, word for word or nearly. ASK: it is too alike for unrelated texts;
    a person or a model should judge it. KEEP: no more alike than unrelated texts are.
    """

    DROP = "drop"
    ASK = "ask"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Flag:
    """One pair above the floor.

    Attributes:
        row: 0-based index of the row in its input file.
        row_id: names the input row across files.
        source: name of the row's source.
        benchmark: name of the benchmark.
        task_id: its item.
        score: fused, log-odds; `PairModel.rate_at` says what share of unrelated rows reaches it.
        verdict: drop, ask or keep.
        views: value of each view of the pair, 0..1.
        textbook: whether the task is common in the training data (gcd, is_prime, ...), so that a
            like row need not be a copy.
        judge: what an LLM judge said of the pair; None if it was not asked or gave no answer.
    """

    row: int
    row_id: str
    source: str
    benchmark: str
    task_id: str
    score: float
    verdict: Verdict
    views: Mapping[str, float]
    textbook: bool = False
    judge: str | None = None

    @property
    def flagged(self) -> bool:
        """Whether the verdict is drop or ask."""
        return self.verdict is not Verdict.KEEP

    def to_json(self) -> str:
        """One line of flags.jsonl."""
        return json.dumps(asdict(self), ensure_ascii=True)

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Read a line of flags.jsonl.

        Raises:
            ValueError: it is none.
        """
        fields: dict[str, Any] = json.loads(line)
        return cls(**{**fields, "verdict": Verdict(fields["verdict"])})

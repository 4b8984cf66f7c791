"""What a complexity scorer offers, its result, and the score of a conversation."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

TurnAggregation = Literal["sum", "mean", "max"]


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of n texts; a text that could not be scored has a reason and no default value.

    Attributes:
        values: (n,) float64, finite; NaN exactly at the failures.
        failures: index -> reason.
    """

    values: NDArray[np.float64]
    failures: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = np.flatnonzero(~np.isfinite(self.values)).tolist()
        if unknown != sorted(self.failures):
            raise ValueError(
                f"scores not finite at {unknown} but failures at {sorted(self.failures)}"
            )

    def to_arrow(self) -> pa.Array:
        """Float64 array with nulls, not NaN, at the failures."""
        return pa.array(self.values, mask=np.isnan(self.values))


class ComplexityScorer(Protocol):
    """Scores one user turn at a time; a score depends on the text and the scorer's state alone."""

    @property
    def name(self) -> str:
        """As in the recipe."""

    @property
    def version(self) -> int:
        """Raised by hand when the same state would give other scores."""

    @property
    def state(self) -> str:
        """What else decides a score: a seed or a hash of the weights; empty for none."""

    def score(self, texts: Sequence[str]) -> Scores:
        """One score a text, higher is more complex, the same at any batch size and order."""


def aggregate(turn_scores: Sequence[float], how: TurnAggregation) -> float:
    """The score of a conversation from those of its user turns (METHOD 3: sum).

    Raises:
        ValueError: there is no turn.
    """
    if not turn_scores:
        raise ValueError("a conversation without user turns has no score")
    if how == "max":
        return max(turn_scores)
    total = math.fsum(turn_scores)
    return total / len(turn_scores) if how == "mean" else total


def score_turns(
    scorer: ComplexityScorer, conversations: Sequence[Sequence[str]], how: TurnAggregation = "sum"
) -> Scores:
    """Score each user turn alone, then aggregate; a conversation fails when one turn does.

    Args:
        scorer: of single turns.
        conversations: the user turns of each row.
        how: METHOD 3 takes the sum, which rewards many turns.
    """
    scored = scorer.score([turn for turns in conversations for turn in turns])
    values = np.full(len(conversations), np.nan)
    failures: dict[int, str] = {}
    start = 0
    for row, turns in enumerate(conversations):
        failed = [turn for turn in range(len(turns)) if start + turn in scored.failures]
        if not turns:
            failures[row] = "no user turn"
        elif failed:
            failures[row] = f"user turn {failed[0]}: {scored.failures[start + failed[0]]}"
        else:
            values[row] = aggregate(scored.values[start : start + len(turns)].tolist(), how)
        start += len(turns)
    return Scores(values, failures)

"""Bring a score onto a scale that can be added to another (METHOD 6)."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Method = Literal["clipped_minmax", "minmax", "rank", "zscore"]
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class Normalised:
    """Normalised values and what was used to get them, for the manifest.

    Attributes:
        values: (n,) float64; NaN where the score was NaN.
        used: the numbers the formula took from the pool.
    """

    values: NDArray[np.float64]
    used: dict[str, float]


def normalise(scores: NDArray[np.float64], method: Method = "clipped_minmax") -> Normalised:
    """Normalise over the known (not NaN) scores of a pool.

    `clipped_minmax` clips to the 1st and 99th percentile first, so that one row of forty turns does
    not flatten all others; `minmax` does not; `rank` gives average ranks over 0..1; `zscore` is not
    bounded. A constant column, or a single row, becomes 0.5 (0 for `zscore`).
    """
    known = ~np.isnan(scores)
    values = np.full(len(scores), np.nan)
    if not known.any():
        return Normalised(values, {"known": 0.0})
    column = scores[known]
    match method:
        case "clipped_minmax":
            values[known], used = _minmax(column, *np.percentile(column, [1.0, 99.0]))
        case "minmax":
            values[known], used = _minmax(column, column.min(), column.max())
        case "rank":
            values[known], used = _ranks(column), {}
        case "zscore":
            mean, deviation = float(column.mean()), float(column.std())
            values[known] = (column - mean) / deviation if deviation > 0 else 0.0
            used = {"mean": mean, "std": deviation}
    return Normalised(values, {"known": float(known.sum()), **used})


def _minmax(
    column: NDArray[np.float64], low: float, high: float
) -> tuple[NDArray[np.float64], dict[str, float]]:
    used = {"low": float(low), "high": float(high)}
    if high <= low:
        return np.full(len(column), 0.5), used
    return (np.clip(column, low, high) - low) / (high - low), used


def _ranks(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average ranks of equal values, over 0..1."""
    if len(column) == 1:
        return np.full(1, 0.5)
    _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
    last = np.cumsum(counts) - 1
    average = last - (counts - 1) / 2
    return np.asarray(average[inverse] / (len(column) - 1), dtype=np.float64)

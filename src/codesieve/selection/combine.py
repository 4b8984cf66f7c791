"""Algorithm 1's score s = alpha c' + (1 - alpha) q', and the order it gives (METHOD 6)."""

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def fill_unknown(
    values: NDArray[np.float64], policy: Literal["median", "drop"]
) -> tuple[NDArray[np.float64], float | None]:
    """Give unknown (NaN) values the median of the known, 0.5 when none is; `drop` leaves them.

    Returns:
        The (n,) float64 values, and the value filled in (None for `drop`).
    """
    if policy == "drop":
        return values, None
    unknown = np.isnan(values)
    median = 0.5 if unknown.all() else float(np.median(values[~unknown]))
    return np.where(unknown, median, values), median


def combine(
    complexity: NDArray[np.float64], quality: NDArray[np.float64], alpha: float
) -> NDArray[np.float64]:
    """(n,) float64 combined score; NaN where either is NaN and carries weight."""
    if alpha == 1.0:
        return complexity
    if alpha == 0.0:
        return quality
    return alpha * complexity + (1.0 - alpha) * quality


def ranking(
    score: NDArray[np.float64], content_ids: pa.ChunkedArray, row_ids: pa.ChunkedArray
) -> NDArray[np.int64]:
    """Indices by descending score, ties by (content_id, row_id); NaN scores come last."""
    table = pa.table({"score": score, "content_id": content_ids, "row_id": row_ids})
    keys = [("score", "descending"), ("content_id", "ascending"), ("row_id", "ascending")]
    order = pc.sort_indices(table, sort_keys=keys)
    return np.asarray(order.to_numpy(zero_copy_only=False), dtype=np.int64)

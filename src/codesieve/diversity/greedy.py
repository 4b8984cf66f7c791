"""The exact greedy filter (METHOD 5): walk down a ranking, keep what is unlike all kept before."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codesieve.diversity.products import as_float, product_limit, similarity

TILE = 4096  # kept vectors a product: bounds memory at block x TILE floats


@dataclass(frozen=True, slots=True)
class DiverseSelection:
    """What the walk did with each of the n ranked rows; arrays are indexed by rank.

    Attributes:
        kept: (k,) int64, ranks of the kept rows, ascending.
        reached: how many ranks were judged; later ones were never compared.
        similarity: (n,) float64, cosine to the nearest row kept before; 0 for the first, NaN when
            not reached.
        counterpart: (n,) int64, rank of that nearest row (the earliest of equals), or -1.
        max_similarity: the threshold.
    """

    kept: NDArray[np.int64]
    reached: int
    similarity: NDArray[np.float64]
    counterpart: NDArray[np.int64]
    max_similarity: float

    @property
    def dropped(self) -> NDArray[np.int64]:
        """(m,) int64, ranks that were judged too similar."""
        return np.setdiff1d(np.arange(self.reached), self.kept, assume_unique=True)

    def why(self, rank: int) -> str:
        """One line on what happened to a rank."""
        if rank >= self.reached:
            return "not reached: the budget was filled by higher-ranked rows"
        value, other = self.similarity[rank], self.counterpart[rank]
        if rank in self.kept:
            return f"kept: nearest row kept before has similarity {value:.4f}"
        return f"too similar: {value:.4f} > {self.max_similarity} to rank {other}"


def select(
    embeddings: NDArray[np.int16],
    order: NDArray[np.int64],
    max_similarity: float,
    budget: int | None = None,
    *,
    block: int = 512,
    progress: Callable[[int, int], None] | None = None,
) -> DiverseSelection:
    """Keep a row iff its nearest neighbour among the rows kept before is at most so similar.

    Exact and order-stable: the result, similarities and counterparts included, is that of the
    one-by-one walk at every block size and thread count, because products are exact integers.

    Args:
        embeddings: (rows, d) int16 fixed-point vectors (`embedding.to_fixed_point`).
        order: (n,) int64 indices of rows, best first; the ranking to walk down.
        max_similarity: cosine above which a row is dropped; from 1.0 on nothing is.
        budget: stop when so many are kept; None walks to the end.
        block: rows judged together, for speed alone.
        progress: called with (rows judged, rows kept) after each block.
    """
    total, dims = len(order), embeddings.shape[1]
    room = total if budget is None else min(budget, total)
    limit = product_limit(max_similarity, dims)
    kept_vectors = np.empty((room, dims), dtype=np.float32)
    kept = np.empty(room, dtype=np.int64)
    best = np.full(total, np.nan)
    counterpart = np.full(total, -1, dtype=np.int64)
    count = reached = 0
    while reached < total and count < room:
        rows = as_float(embeddings[order[reached : reached + block]])
        nearest, where = _nearest_kept(rows, kept_vectors[:count], kept[:count])
        taken, judged = _walk_block(rows, nearest, where, limit, room - count, reached)
        best[reached : reached + judged] = nearest[:judged]
        counterpart[reached : reached + judged] = where[:judged]
        kept[count : count + len(taken)] = reached + taken
        kept_vectors[count : count + len(taken)] = rows[taken]
        count += len(taken)
        reached += judged
        if progress is not None:
            progress(reached, count)
    best[:reached] = similarity(np.where(counterpart[:reached] < 0, 0.0, best[:reached]), dims)
    return DiverseSelection(kept[:count], reached, best, counterpart, max_similarity)


def _nearest_kept(
    rows: NDArray[np.float32], vectors: NDArray[np.float32], ranks: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Largest product of each row with the kept vectors and its rank; (-inf, -1) without any."""
    nearest = np.full(len(rows), -np.inf)
    where = np.full(len(rows), -1, dtype=np.int64)
    for start in range(0, len(vectors), TILE):
        products = rows @ vectors[start : start + TILE].T
        index = products.argmax(axis=1)
        value = products[np.arange(len(rows)), index]
        better = value > nearest
        nearest[better] = value[better]
        where[better] = ranks[start + index[better]]
    return nearest, where


def _walk_block(
    rows: NDArray[np.float32],
    nearest: NDArray[np.float64],
    where: NDArray[np.int64],
    limit: float,
    room: int,
    offset: int,
) -> tuple[NDArray[np.int64], int]:
    """Judge a block in order, updating `nearest` and `where`; ranks kept in it, rows judged."""
    products = rows @ rows.T
    taken: list[int] = []
    for index in range(len(rows)):
        if nearest[index] > limit:
            continue
        taken.append(index)
        if len(taken) == room:
            return np.array(taken, dtype=np.int64), index + 1
        later = products[index, index + 1 :]
        closer = later > nearest[index + 1 :]
        nearest[index + 1 :][closer] = later[closer]
        where[index + 1 :][closer] = offset + index
    return np.array(taken, dtype=np.int64), len(rows)

"""The greedy filter one row at a time, in integers: what the fast one must equal."""

import math

from codesieve.embedding import nominal_norm


def greedy(vectors, max_similarity, budget):
    """Kept ranks, ranks reached, and (product, rank) of the nearest row kept before, or None."""
    rows = [[int(x) for x in row] for row in vectors]
    limit = math.inf
    if max_similarity < 1.0 and rows:
        limit = math.floor(max_similarity * nominal_norm(len(rows[0])) ** 2)
    kept, nearest = [], []
    for rank, row in enumerate(rows):
        if len(kept) == budget:
            break
        products = [(sum(a * b for a, b in zip(row, rows[k], strict=True)), k) for k in kept]
        best = max(products, key=lambda pair: (pair[0], -pair[1]), default=None)
        nearest.append(best)
        if best is None or best[0] <= limit:
            kept.append(rank)
    return kept, nearest

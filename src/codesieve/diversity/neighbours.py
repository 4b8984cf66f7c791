"""How alike a pool is in itself: nearest-neighbour similarities, the scale for a quantile."""

import numpy as np
from numpy.typing import NDArray

from codesieve.diversity.products import as_float, similarity


def nearest_similarities(
    embeddings: NDArray[np.int16], queries: NDArray[np.int64], *, block: int = 512, tile: int = 8192
) -> NDArray[np.float64]:
    """Cosine of each query row to its nearest other row of the pool.

    Args:
        embeddings: (n, d) int16 fixed-point vectors.
        queries: (q,) int64 indices of rows to ask for.
        block: query rows a product.
        tile: pool rows a product.

    Returns:
        (q,) float64; 0 for a pool of one row.
    """
    nearest = np.full(len(queries), -np.inf)
    for start in range(0, len(embeddings), tile):
        columns = as_float(embeddings[start : start + tile]).T
        for first in range(0, len(queries), block):
            rows = queries[first : first + block]
            products = as_float(embeddings[rows]) @ columns
            own = (rows >= start) & (rows < start + columns.shape[1])
            products[np.flatnonzero(own), rows[own] - start] = -np.inf
            part = nearest[first : first + block]
            np.maximum(part, products.max(axis=1), out=part)
    return similarity(np.where(np.isfinite(nearest), nearest, 0.0), embeddings.shape[1])

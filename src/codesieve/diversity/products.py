"""Exact dot products of fixed-point vectors, and what they mean as similarities."""

import math

import numpy as np
from numpy.typing import NDArray

from codesieve.embedding import nominal_norm


def as_float(vectors: NDArray[np.int16]) -> NDArray[np.float32]:
    """(n, d) float32 of the same integers: products of these are exact (embedding.fixed_point)."""
    return np.ascontiguousarray(vectors, dtype=np.float32)


def similarity(products: NDArray[np.floating], dims: int) -> NDArray[np.float64]:
    """Cosine similarity of integer products, at most 1 (rounding is within 5e-4 of the cosine)."""
    return np.minimum(np.asarray(products, dtype=np.float64) / nominal_norm(dims) ** 2, 1.0)


def product_limit(max_similarity: float, dims: int) -> float:
    """Largest integer product that is not "too similar"; infinite from 1.0 on (nothing is)."""
    if max_similarity >= 1.0:
        return math.inf
    return float(math.floor(max_similarity * nominal_norm(dims) ** 2))

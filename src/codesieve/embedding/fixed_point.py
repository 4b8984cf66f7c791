"""Unit vectors as small integers, so that similarities are exact on every machine.

A unit vector is stored as int16 with a Euclidean norm of at most ``SCALE`` = 2**12. By
Cauchy-Schwarz every partial sum of a dot product of two such vectors, in any order of addition, is
an integer of magnitude at most 2**24, and float32 holds all of those exactly. A plain float32
matrix product therefore *is* the integer product, whatever the library, block size or thread
count.
"""

import math

import numpy as np
from numpy.typing import NDArray

SCALE = 4096


def nominal_norm(dims: int) -> float:
    """Norm that a stored unit vector has before rounding: SCALE less the worst rounding error."""
    return SCALE - math.sqrt(dims) / 2


def to_fixed_point(vectors: NDArray[np.floating]) -> NDArray[np.int16]:
    """Normalise rows and round them to integers.

    Args:
        vectors: (n, d) floats; a zero or non-finite row becomes all zero, similar to nothing.

    Returns:
        (n, d) int16 with row norms of at most `SCALE`.
    """
    wide = np.asarray(vectors, dtype=np.float64)
    norms = np.sqrt((wide * wide).sum(axis=1, keepdims=True))
    usable = np.isfinite(norms) & (norms > 0)
    unit = np.divide(wide, norms, out=np.zeros_like(wide), where=usable)
    fixed: NDArray[np.int16] = np.rint(unit * nominal_norm(wide.shape[1])).astype(np.int16)
    return fixed

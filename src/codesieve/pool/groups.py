"""Exact duplicates and instruction groups (METHOD 2): who was seen first, who shares a task."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Groups:
    """Relations between the n rows of a pool, as row indices.

    Attributes:
        duplicate_of: (n,) int64, the first row with the same content; -1 for that row itself and
            for rows that take no part.
        group: (n,) int64, the first row with the same instruction; -1 for rows that take no part.
        group_size: (n,) int64, distinct (not duplicate) rows of the group; 0 likewise.
    """

    duplicate_of: NDArray[np.int64]
    group: NDArray[np.int64]
    group_size: NDArray[np.int64]


def find_groups(
    duplicate_keys: NDArray[np.bytes_],
    group_keys: NDArray[np.bytes_],
    takes_part: NDArray[np.bool_],
) -> Groups:
    """Relate rows by the keys of `schema.duplicate_key` and `schema.group_key`.

    Args:
        duplicate_keys: (n,) S16.
        group_keys: (n,) S16.
        takes_part: (n,) bool, False for rows that are filtered out.
    """
    rows = np.flatnonzero(takes_part)
    duplicate_of = np.full(len(takes_part), -1, dtype=np.int64)
    group = np.full(len(takes_part), -1, dtype=np.int64)
    size = np.zeros(len(takes_part), dtype=np.int64)
    first = rows[_first_equal(duplicate_keys[rows])]
    later = first != rows
    duplicate_of[rows[later]] = first[later]
    group[rows] = rows[_first_equal(group_keys[rows])]
    distinct = rows[~later]
    counts = np.bincount(group[distinct], minlength=len(takes_part))
    size[rows] = counts[group[rows]]
    return Groups(duplicate_of, group, size)


def _first_equal(keys: NDArray[np.bytes_]) -> NDArray[np.int64]:
    """(m,) int64, index of the first equal key of each key."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return np.asarray(first[inverse], dtype=np.int64)

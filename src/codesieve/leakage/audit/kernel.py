"""Compiled loops of the audit: evidence gathered through inverted indexes, row by row.

`bits` are sums of the information (inverse document frequency) of features a row shares with an
item. A channel is a view of one part of the items. Only postings of the row's own features are
walked; no pair without a shared feature costs anything but a zero.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[Any]
Floats = NDArray[Any]

CLIP_LOW, CLIP_HIGH = -3.0, 30.0
ROW_FLOOR = 20.0  # bits
TAKEN = -1e9  # marks items not to be chosen
SET_ASIDE = 3  # of a row's highest values, before its mean and deviation are taken


@njit(cache=True, nogil=True)
def gather_bits(
    ids: Ints, post_start: Ints, post_column: Ints, post_bits: Floats, out: Floats
) -> None:
    """Add the bits of a row's features (ids) to `out` (channels x items, flat, zeroed here)."""
    out[:] = 0.0
    for feature in ids:
        for posting in range(post_start[feature], post_start[feature + 1]):
            out[post_column[posting]] += post_bits[posting]


@njit(cache=True, nogil=True)
def likeness(
    bits: Floats, row_total: Floats, item_total: Floats, by_item: Ints, out: Floats
) -> None:
    """Bits as 0..1: shared by the geometric mean of both totals, or by the item's alone.

    Args:
        bits: (channels, items).
        row_total: (channels,) bits of all features of the row.
        item_total: (channels, items), floored above 0.
        by_item: (channels,) whether only the item's total counts (containment).
        out: (channels, items) written.
    """
    channels, items = bits.shape
    for channel in range(channels):
        root = np.sqrt(max(row_total[channel], 1.0))
        for item in range(items):
            value = bits[channel, item]
            if value == 0.0:
                out[channel, item] = 0.0
            elif by_item[channel]:
                out[channel, item] = value / item_total[channel, item]
            else:
                out[channel, item] = value / (root * np.sqrt(item_total[channel, item]))


@njit(cache=True, nogil=True)
def row_cohort(values: Floats, out: Floats) -> None:
    """Highest, second highest, mean and deviation (highest few set aside) of a row's values."""
    items = len(values)
    tops = np.full(SET_ASIDE, -1.0)
    total = 0.0
    squares = 0.0
    for item in range(items):
        value = values[item]
        if value > tops[SET_ASIDE - 1]:
            place = SET_ASIDE - 1
            while place > 0 and tops[place - 1] < value:
                tops[place] = tops[place - 1]
                place -= 1
            tops[place] = value
        total += value
        squares += value * value
    count = items
    if items > 2 * SET_ASIDE:
        for value in tops:
            total -= value
            squares -= value * value
        count = items - SET_ASIDE
    mean = total / count
    out[0] = tops[0]
    out[1] = max(tops[1], 0.0)
    out[2] = mean
    out[3] = np.sqrt(max(squares / count - mean * mean, 0.0))


@njit(cache=True, nogil=True)
def item_cohort(values: Floats, total: Floats, squares: Floats, tops: Floats) -> None:
    """Add a row's values to the items' sums, squares and descending highest values.

    Args:
        values: (channels, items).
        total: (channels, items) changed.
        squares: (channels, items) changed.
        tops: (channels, items, m) changed.
    """
    channels, items = values.shape
    m = tops.shape[2]
    for channel in range(channels):
        for item in range(items):
            value = values[channel, item]
            if value == 0.0:
                continue
            total[channel, item] += value
            squares[channel, item] += value * value
            if value > tops[channel, item, m - 1]:
                place = m - 1
                while place > 0 and tops[channel, item, place - 1] < value:
                    tops[channel, item, place] = tops[channel, item, place - 1]
                    place -= 1
                tops[channel, item, place] = value


@njit(cache=True, nogil=True)
def rough_sums(
    values: Floats, cohort: Floats, row_floor: Floats,
    item_mean: Floats, item_deviation: Floats, out: Floats,
) -> None:  # fmt: skip
    """Sum over channels of the values normalised by row and item, clipped; for the first choice.

    Args:
        values: (channels, items).
        cohort: (channels, 4) from `row_cohort`.
        row_floor: (channels,) lowest deviation of a row's values.
        item_mean: (channels, items).
        item_deviation: (channels, items).
        out: (items,) written.
    """
    channels, items = values.shape
    out[:] = 0.0
    for channel in range(channels):
        if cohort[channel, 0] <= 0.0:
            continue  # the row shares nothing with any item here
        mean = cohort[channel, 2]
        spread = max(cohort[channel, 3], row_floor[channel])
        for item in range(items):
            value = values[channel, item]
            of_item = (value - item_mean[channel, item]) / item_deviation[channel, item]
            z = 0.5 * (of_item + (value - mean) / spread)
            out[item] += min(max(z, CLIP_LOW), CLIP_HIGH)


@njit(cache=True, nogil=True)
def highest(sums: Floats, out: Ints) -> None:
    """Indices of the highest sums, descending, the first of equals first; -1 where none is left.

    Taken ones, and those not to be taken, are marked in `sums` by TAKEN.
    """
    for place in range(len(out)):
        best = -1
        for item in range(len(sums)):
            if sums[item] > TAKEN and (best < 0 or sums[item] > sums[best]):
                best = item
        out[place] = best
        if best >= 0:
            sums[best] = TAKEN


@njit(cache=True, nogil=True)
def describe(
    item: int, bits: Floats, values: Floats, cohort: Floats, row_floor: Floats, row_total: Floats,
    item_total: Floats, by_item: Ints, item_mean: Floats, item_deviation: Floats,
    item_high: Floats, out: Floats,
) -> None:  # fmt: skip
    """The features of one pair, in the order of `index.feature_names`, but for the rough sum."""
    channels = values.shape[0]
    at = 0
    for channel in range(channels):
        value = values[channel, item]
        second = cohort[channel, 1] if value >= cohort[channel, 0] else cohort[channel, 0]
        spread = max(cohort[channel, 3], row_floor[channel])
        out[at] = bits[channel, item]
        out[at + 1] = bits[channel, item] / item_total[channel, item]
        out[at + 2] = value - second
        out[at + 3] = (value - cohort[channel, 2]) / spread
        out[at + 4] = (value - item_mean[channel, item]) / item_deviation[channel, item]
        out[at + 5] = value / item_high[channel, item]
        out[at + 6] = value
        out[at + 7] = bits[channel, item] / max(row_total[channel], ROW_FLOOR)
        at += 8
    at += 1  # the rough sum
    for channel in range(channels):
        if not by_item[channel]:
            out[at] = row_total[channel]
            at += 1
    for channel in range(channels):
        out[at] = item_total[channel, item]
        at += 1


@njit(cache=True, nogil=True)
def scan_rows(
    ids: Ints, row_start: Ints, row_total: Floats,
    post_start: Ints, post_column: Ints, post_bits: Floats,
    item_total: Floats, by_item: Ints,
    item_mean: Floats, item_deviation: Floats, item_high: Floats, row_floor: Floats,
    excluded: Ints, candidates: Ints, features: Floats,
) -> None:  # fmt: skip
    """For each row the most alike items by a rough sum of normalised views, and their features.

    Args:
        ids: features of all rows, one after the other.
        row_start: (rows + 1,) where each row's begin.
        row_total: (rows, channels).
        post_start: (features + 1,) of the inverted index.
        post_column: channel * items + item of each posting.
        post_bits: information of each posting.
        item_total: (channels, items).
        by_item: (channels,) see `likeness`.
        item_mean: (channels, items) cohort mean.
        item_deviation: (channels, items) cohort deviation, floored.
        item_high: (channels, items) value only few of the cohort's rows pass, floored.
        row_floor: (channels,) lowest deviation of a row's values.
        excluded: (rows,) an item each that is taken for not there; -1 for none.
        candidates: (rows, k) int32 written, descending by rough sum; -1 where there is none.
        features: (rows, k, features) float32 written.
    """
    channels, items = item_total.shape
    bits = np.empty(channels * items, np.float32)
    values = np.empty((channels, items), np.float32)
    cohort = np.empty((channels, 4))
    sums = np.empty(items, np.float32)
    left = np.empty(items, np.float32)
    for row in range(len(row_start) - 1):
        known = ids[row_start[row] : row_start[row + 1]]
        gather_bits(known, post_start, post_column, post_bits, bits)
        table = bits.reshape(channels, items)
        if excluded[row] >= 0:
            table[:, excluded[row]] = 0.0
        likeness(table, row_total[row], item_total, by_item, values)
        for channel in range(channels):
            row_cohort(values[channel], cohort[channel])
        rough_sums(values, cohort, row_floor, item_mean, item_deviation, sums)
        left[:] = sums
        if excluded[row] >= 0:
            left[excluded[row]] = TAKEN
        highest(left, candidates[row])
        for place in range(candidates.shape[1]):
            item = candidates[row, place]
            out = features[row, place]
            if item < 0:
                out[:] = 0.0
                continue
            describe(
                item, table, values, cohort, row_floor, row_total[row], item_total, by_item,
                item_mean, item_deviation, item_high, out,
            )  # fmt: skip
            out[channels * 8] = sums[item]

"""Compiled loops of the audit: evidence gathered through inverted indexes, row by row.

`bits` are sums of the information (inverse document frequency) of features a row shares with an
item. A channel is a view of one part of the items. Only postings of the row's own features are
walked; no pair without a shared feature costs anything but a zero.
"""

import numpy as np
from numba import njit

CLIP_LOW, CLIP_HIGH = -3.0, 30.0
ROW_FLOOR = 20.0  # bits
SET_ASIDE = 3  # of a row's highest values, before its mean and deviation are taken


@njit(cache=True, nogil=True)
def gather_bits(ids, post_start, post_column, post_bits, out):  # type: ignore[no-untyped-def]
    """Add the bits of a row's features (ids) to `out` (channels x items, flat, zeroed here)."""
    out[:] = 0.0
    for feature in ids:
        for posting in range(post_start[feature], post_start[feature + 1]):
            out[post_column[posting]] += post_bits[posting]


@njit(cache=True, nogil=True)
def likeness(bits, row_total, item_total, by_item, out):  # type: ignore[no-untyped-def]
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
def row_cohort(values, out):  # type: ignore[no-untyped-def]
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
def item_cohort(values, total, squares, tops):  # type: ignore[no-untyped-def]
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
def scan_rows(  # type: ignore[no-untyped-def]
    ids, row_start, row_total,
    post_start, post_column, post_bits,
    item_total, by_item, weight,
    item_mean, item_deviation, item_high, row_floor,
    excluded, candidates, features, rough,
):  # fmt: skip
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
        weight: (channels,) of the rough sum.
        item_mean: (channels, items) cohort mean.
        item_deviation: (channels, items) cohort deviation, floored.
        item_high: (channels, items) value only few of the cohort's rows pass, floored.
        row_floor: (channels,) lowest deviation of a row's values.
        excluded: (rows,) an item each that is taken for not there; -1 for none.
        candidates: (rows, k) int32 written, descending by rough score; -1 where there is none.
        features: (rows, k, channels * 8 + 1 + context) float32 written.
        rough: (rows, k) float32 written.
    """
    channels, items = item_total.shape
    kept = candidates.shape[1]
    bits = np.empty(channels * items, np.float32)
    values = np.empty((channels, items), np.float32)
    cohort = np.empty((channels, 4))
    sums = np.empty(items, np.float32)
    for row in range(len(row_start) - 1):
        gather_bits(
            ids[row_start[row] : row_start[row + 1]], post_start, post_column, post_bits, bits
        )
        table = bits.reshape(channels, items)
        if excluded[row] >= 0:
            table[:, excluded[row]] = 0.0
        likeness(table, row_total[row], item_total, by_item, values)
        sums[:] = 0.0
        for channel in range(channels):
            row_cohort(values[channel], cohort[channel])
            if weight[channel] == 0.0 or cohort[channel, 0] <= 0.0:
                continue
            mean = cohort[channel, 2]
            spread = max(cohort[channel, 3], row_floor[channel])
            for item in range(items):
                value = values[channel, item]
                of_item = (value - item_mean[channel, item]) / item_deviation[channel, item]
                z = 0.5 * (of_item + (value - mean) / spread)
                sums[item] += weight[channel] * min(max(z, CLIP_LOW), CLIP_HIGH)
        if excluded[row] >= 0:
            sums[excluded[row]] = -1e9
        for place in range(kept):
            best = -1
            for item in range(items):
                if sums[item] > -1e8 and (best < 0 or sums[item] > sums[best]):
                    best = item
            candidates[row, place] = best
            if best < 0:
                rough[row, place] = -1e9
                features[row, place] = 0.0
                continue
            rough[row, place] = sums[best]
            out = features[row, place]
            out[channels * 8] = sums[best]
            at = channels * 8 + 1
            for channel in range(channels):
                if not by_item[channel]:
                    out[at] = row_total[row, channel]
                    at += 1
            for channel in range(channels):
                out[at] = item_total[channel, best]
                at += 1
            for channel in range(channels):
                value = values[channel, best]
                second = cohort[channel, 1] if value >= cohort[channel, 0] else cohort[channel, 0]
                spread = max(cohort[channel, 3], row_floor[channel])
                at = channel * 8
                out[at] = table[channel, best]
                out[at + 1] = table[channel, best] / item_total[channel, best]
                out[at + 2] = value - second
                out[at + 3] = (value - cohort[channel, 2]) / spread
                out[at + 4] = (value - item_mean[channel, best]) / item_deviation[channel, best]
                out[at + 5] = value / item_high[channel, best]
                out[at + 6] = value
                out[at + 7] = table[channel, best] / max(row_total[row, channel], ROW_FLOOR)
            sums[best] = -1e9

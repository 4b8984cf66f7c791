"""Compiled loops of the TLI: words of UTF-8 texts, walks in a trie of grams, counts per item.

Nothing is decided by a hash: a word is known by its bytes, an edge of the trie by its pair
(node, word). A filter of bits only says early where no edge can be.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

Array = NDArray[Any]
START_ID, END_ID = 0, 1
EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
COMMON = 100  # items from which a gram's owners are added as a vector
STRIDE = 64  # items looked at together
TINY = 1e-300  # below any similarity but 0
LEVELS = 64  # of a row's best similarity, coarse, for the skyband
_LOW = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_SPACE_NEXT = np.uint64(0x2121212121212121)
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def _load8(typing_context: Any, array: Any, place: Any) -> Any:
    """The eight bytes at a place, little-endian, wherever it stands; the caller checks bounds."""
    signature = types.uint64(array, types.int64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.gep(view.data, [arguments[1]])
        loaded = builder.load(builder.bitcast(pointer, ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return signature, generate


load8: Any = intrinsic(_load8)


@njit(cache=True, inline="always")
def mix(value: Any) -> Any:
    """Spread a 64-bit key."""
    value = (value ^ (value >> np.uint64(32))) * _MIX
    return value ^ (value >> np.uint64(29))


@njit(cache=True, inline="always")
def first_bytes(text: Array, start: int, length: int, limit: int) -> Any:
    """Up to eight first bytes of a word, as a number."""
    if start + 8 <= limit:
        value = load8(text, start)
        if length < 8:
            value &= (np.uint64(1) << np.uint64(8 * length)) - np.uint64(1)
        return value
    value = np.uint64(0)
    for place in range(min(length, 8)):
        value |= np.uint64(text[start + place]) << np.uint64(8 * place)
    return value


@njit(cache=True, inline="always")
def word_hash(head: Any, text: Array, start: int, length: int) -> Any:
    """Where a word's search begins; equal words begin at the same place."""
    value = head ^ (np.uint64(length) * _ODD)
    if length > 8:
        for place in range(8, length - 7, 8):
            value = (value ^ load8(text, start + place)) * _MIX
            value ^= value >> np.uint64(31)
        value = (value ^ load8(text, start + length - 8)) * _MIX  # may overlap
    return mix(value)


@njit(cache=True)
def wide_space(text: Array, place: int, end: int) -> int:
    """Bytes of the Unicode space that starts here; 0 if none does."""
    first = text[place]
    if first == 0xC2:
        if place + 1 < end and (text[place + 1] == 0x85 or text[place + 1] == 0xA0):
            return 2
        return 0
    if place + 2 >= end:
        return 0
    second, third = text[place + 1], text[place + 2]
    if first == 0xE2:
        if second == 0x80:
            if third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF:
                return 3
        elif second == 0x81 and third == 0x9F:
            return 3
    elif first == 0xE1:
        if second == 0x9A and third == 0x80:
            return 3
    elif first == 0xE3 and second == 0x80 and third == 0x80:
        return 3
    return 0


@njit(cache=True, inline="always")
def is_space(byte: int) -> bool:
    """Whether a byte below 128 is a space for str.split."""
    return byte == 32 or (9 <= byte <= 13) or (28 <= byte <= 31)


@njit(cache=True, inline="always")
def word_end(text: Array, place: Any, end: int, limit: int) -> Any:
    """Where the word that starts here ends: eight bytes at a time, looking only at odd ones."""
    while True:
        if place + 8 <= limit:
            seen = load8(text, place)
            odd = (((seen - _SPACE_NEXT) & ~seen) | seen) & _HIGH  # below 33, or 128 and above
            if odd == np.uint64(0):
                place += 8
                if place >= end:
                    return end
                continue
            lowest = (odd & (~odd + np.uint64(1))) >> np.uint64(7)
            before = lowest - np.uint64(1)
            place += np.int64(((before & _LOW) * _LOW) >> np.uint64(56))
        if place >= end:
            return end
        byte = text[place]
        if byte < 128:
            if is_space(byte):
                return place
        elif wide_space(text, place, end) > 0:
            return place
        place += 1


@njit(cache=True, inline="always")
def skip_spaces(text: Array, place: int, end: int) -> int:
    """The next byte that is no space."""
    while place < end:
        byte = text[place]
        if byte < 128:
            if not is_space(byte):
                return place
            place += 1
        else:
            width = wide_space(text, place, end)
            if width == 0:
                return place
            place += width
    return place


@njit(cache=True)
def add_words(text: Array, starts: Array, table: Array) -> None:
    """Fill the vocabulary's table; words are those between `starts`, numbered in order.

    Args:
        text: uint8, the words one after the other.
        starts: (words + 1,) int64.
        table: (size, 2) uint64, a power of two, zeroed: first bytes; number + 1, length above.
    """
    mask = np.uint64(len(table) - 1)
    for word in range(len(starts) - 1):
        start = starts[word]
        length = starts[word + 1] - start
        head = first_bytes(text, start, length, len(text))
        place = np.int64(word_hash(head, text, start, length) & mask)
        while table[place, 1] != np.uint64(0):
            place = np.int64(np.uint64(place + 1) & mask)
        table[place, 0] = head
        table[place, 1] = np.uint64(word + 1) | (np.uint64(length) << np.uint64(32))


@njit(cache=True, inline="always")
def find_word(
    text: Array, start: int, length: int, words: Array, starts: Array, table: Array
) -> Any:
    """Number of a word, -1 if it is in no item; all its bytes are compared."""
    mask = np.uint64(len(table) - 1)
    head = first_bytes(text, start, length, len(text))
    place = np.int64(word_hash(head, text, start, length) & mask)
    while True:
        entry = table[place, 1]
        if entry == np.uint64(0):
            return -1
        if table[place, 0] == head and np.int64(entry >> np.uint64(32)) == length:
            word = np.int64(entry & np.uint64(0xFFFFFFFF)) - 1
            own = starts[word]
            same = length <= 8 or load8(words, own + length - 8) == load8(text, start + length - 8)
            for byte in range(8, length - 7, 8):
                same = same and load8(words, own + byte) == load8(text, start + byte)
            if same:
                return word
        place = np.int64(np.uint64(place + 1) & mask)


@njit(cache=True, inline="always")
def edge_key(node: int, word: int) -> Any:
    """A pair as one number."""
    return (np.uint64(node) << np.uint64(32)) | np.uint64(word)


@njit(cache=True)
def add_edges(keys: Array, nodes: Array, table: Array, bits: Array) -> None:
    """Fill the table of edges, (size, 2) uint64 of EMPTY, and the filter before it."""
    mask = np.uint64(len(table) - 1)
    bit_mask = np.uint64(64 * len(bits) - 1)
    for edge in range(len(keys)):
        spread = mix(keys[edge])
        bit = (spread >> np.uint64(36)) & bit_mask
        bits[np.int64(bit >> np.uint64(6))] |= np.uint64(1) << (bit & np.uint64(63))
        place = np.int64(spread & mask)
        while table[place, 0] != EMPTY:
            place = np.int64(np.uint64(place + 1) & mask)
        table[place, 0] = keys[edge]
        table[place, 1] = np.uint64(nodes[edge])


@njit(cache=True, inline="always")
def follow(node: int, word: int, table: Array, bits: Array) -> Any:
    """The node behind an edge, -1 if there is none."""
    key = edge_key(node, word)
    spread = mix(key)
    bit = (spread >> np.uint64(36)) & np.uint64(64 * len(bits) - 1)
    if (bits[np.int64(bit >> np.uint64(6))] >> (bit & np.uint64(63))) & np.uint64(1) == 0:
        return -1
    mask = np.uint64(len(table) - 1)
    place = np.int64(spread & mask)
    while True:
        found = table[place, 0]
        if found == key:
            return np.int64(table[place, 1])
        if found == EMPTY:
            return -1
        place = np.int64(np.uint64(place + 1) & mask)


@njit(cache=True, inline="always")
def window_bit(numbers: Array, begin: int, size: int, gate: Array) -> Any:
    """The filter's bit of the words from `begin` on."""
    value = np.uint64(0)
    for place in range(begin, begin + size):
        value = (value ^ np.uint64(numbers[place])) * _ODD
    return mix(value) & np.uint64(64 * len(gate) - 1)


@njit(cache=True)
def add_windows(numbers: Array, begins: Array, size: int, gate: Array) -> None:
    """Set the bits of the windows of `size` words that begin at `begins`."""
    for begin in begins:
        bit = window_bit(numbers, begin, size, gate)
        gate[np.int64(bit >> np.uint64(6))] |= np.uint64(1) << (bit & np.uint64(63))


@njit(cache=True, nogil=True)
def read_words(
    text: Array, start: int, end: int, pads: int,
    words: Array, starts: Array, table: Array, out: Array,
) -> int:  # fmt: skip
    """Write the numbers of a text's words, padding around them; how many there are."""
    count = 0
    for _ in range(pads):
        out[count] = START_ID
        count += 1
    limit = len(text)
    place = skip_spaces(text, start, end)
    while place < end:
        stop = word_end(text, place, end, limit)
        out[count] = find_word(text, place, stop - place, words, starts, table)
        count += 1
        place = skip_spaces(text, stop, end)
    for _ in range(pads):
        out[count] = END_ID
        count += 1
    return count


@njit(cache=True)
def add_common(shared: Array, owners: Array) -> None:
    """Count a gram of many items; a loop that compilers turn into vectors."""
    for item in range(len(shared)):
        shared[item] += np.int32(owners[item])


@njit(cache=True, nogil=True)
def count_shared(
    numbers: Array, count: int, shortest: int, longest: int, is_size: Array, pad: bool,
    gate: Array, edges: Array, bits: Array, size_of: Array, post_start: Array, post_item: Array,
    common: Array, stamp: Array, epoch: int, shared: Array,
) -> bool:  # fmt: skip
    """Add how many distinct grams of a text each item has; whether any has one.

    Args:
        numbers: words, -1 for unknown ones, padded for the longest size.
        count: how many.
        shortest: smallest gram size.
        longest: largest gram size.
        is_size: (longest + 1,) whether a size counts.
        pad: whether there is padding; a smaller size has less of it than stands there.
        gate: filter of the runs of `shortest` words that begin a gram.
        edges: table of the trie's edges.
        bits: filter before it.
        size_of: (nodes,) unused sizes are 0: length of the gram that ends there.
        post_start: (nodes + 1,) postings of each node.
        post_item: items; for a gram of COMMON or more, at its first posting a row of `common`.
        common: (grams, items) int8, 1 for each item that has the gram.
        stamp: (nodes,) epoch of the last visit.
        epoch: of this row.
        shared: (items,) int32, zero; counts are added.
    """
    found = False
    known = 0  # words in a row up to the window's end
    for last in range(count):
        known = known + 1 if numbers[last] >= 0 else 0
        if known < shortest:
            continue
        begin = last - shortest + 1
        bit = window_bit(numbers, begin, shortest, gate)
        if (gate[np.int64(bit >> np.uint64(6))] >> (bit & np.uint64(63))) & np.uint64(1) == 0:
            continue
        word = numbers[begin]
        node = word + 1  # the root's children stand in the order of words
        size = 1
        while True:
            if is_size[size] and size_of[node] == size and stamp[node] != epoch:
                spare = longest - size if pad else 0
                if begin >= spare and begin + size <= count - spare:
                    stamp[node] = epoch
                    found = True
                    first_posting, end_posting = post_start[node], post_start[node + 1]
                    if end_posting - first_posting >= COMMON:
                        add_common(shared, common[post_item[first_posting]])
                    else:
                        for posting in range(first_posting, end_posting):
                            shared[post_item[posting]] += 1
            if size == longest or begin + size >= count:
                break
            word = numbers[begin + size]
            if word < 0:
                break
            node = follow(node, word, edges, bits)
            if node < 0:
                break
            size += 1
    return found


@njit(cache=True, inline="always")
def level_of(similarity: float) -> int:
    """Rank of a similarity among LEVELS, eight an octave; higher ones never rank lower."""
    level = LEVELS - 1
    bound = 0.917004043204671  # 2 ** -(1 / 8)
    while level > 0 and similarity < bound:
        bound *= 0.917004043204671
        level -= 1
    return level


@njit(cache=True)
def reaches(shared: Array, inverse: Array, bound: float) -> bool:
    """Whether any of some items reaches a bound; a loop that compilers turn into vectors."""
    hits = np.int32(0)
    for item in range(len(shared)):
        hits += np.int32(shared[item] * inverse[item] >= bound)
    return bool(hits > 0)


@njit(cache=True)
def nearest_item(
    shared: Array, total: Array, inverse: Array, low: int, high: int
) -> tuple[float, int]:
    """The highest S of the items from `low` to `high`, and the first that has it; 0 and -1.

    Args:
        shared: (items,) int32 counts.
        total: (items,) grams of each item, 1 where it has none.
        inverse: (items,) 1 / total, a little more: nothing that is equal or above is passed over.
        low: first item.
        high: item to end before.
    """
    best, found = 0.0, -1
    for start in range(low, high, STRIDE):
        end = min(start + STRIDE, high)
        if not reaches(shared[start:end], inverse[start:end], max(best, TINY)):
            continue
        for item in range(start, end):
            value = shared[item] / total[item]
            if value > best:
                best, found = value, item
    return best, found


@njit(cache=True)
def may_matter(shared: Array, kth: Array, farthest: Array, best: float) -> bool:
    """Whether any of some items may need this row; a loop that compilers turn into vectors."""
    hits = np.int32(0)
    for item in range(len(shared)):
        nearer = np.int32(farthest[item] > best) & np.int32(shared[item] > 0)
        hits += np.int32(kth[item] < shared[item]) | nearer
    return bool(hits > 0)


@njit(cache=True)
def note_count(
    item: int, level: int, count: int, best: float,
    highest: Array, kth: Array, farthest: Array,
) -> None:  # fmt: skip
    """Put a count among an item's k highest of its level and all above.

    Args:
        item: the item.
        level: of the row's best similarity.
        count: grams shared.
        best: the row's best similarity.
        highest: (LEVELS, items, k) int32 changed: descending highest counts up to each level.
        kth: (LEVELS, items) int32 changed: the last of them.
        farthest: (LEVELS, items) float64 changed: none of the rows behind those has a best above.
    """
    k = highest.shape[2]
    for upper in range(level, LEVELS):
        if kth[upper, item] >= count:
            break
        place = k - 1
        while place > 0 and highest[upper, item, place - 1] < count:
            highest[upper, item, place] = highest[upper, item, place - 1]
            place -= 1
        highest[upper, item, place] = count
        kth[upper, item] = highest[upper, item, k - 1]
        farthest[upper, item] = best if k == 1 else max(best, farthest[upper, item])


@njit(cache=True)
def keep_entries(
    row: int, low: int, high: int, best: float, shared: Array,
    highest: Array, kth: Array, farthest: Array, kept: Array, kept_count: int,
) -> int:  # fmt: skip
    """Write the entries of a row that may matter to some threshold; how many are kept now.

    An entry cannot matter when k rows before it share as much with the item and have no higher
    best: whenever this row is kept, they are.

    Args:
        row: the row.
        low: first item of the benchmark.
        high: item to end before.
        best: the row's best similarity.
        shared: (items,) int32 counts.
        highest: see `note_count`.
        kth: see `note_count`.
        farthest: see `note_count`.
        kept: (capacity, 3) int64: row, item and count of entries.
        kept_count: how many stand there.
    """
    level = level_of(best)
    for start in range(low, high, STRIDE):
        end = min(start + STRIDE, high)
        own = slice(start, end)
        if not may_matter(shared[own], kth[level, own], farthest[level, own], best):
            continue
        for item in range(start, end):
            count = shared[item]
            if count == 0 or (kth[level, item] >= count and farthest[level, item] <= best):
                continue
            note_count(item, level, count, best, highest, kth, farthest)
            kept[kept_count, 0] = row
            kept[kept_count, 1] = item
            kept[kept_count, 2] = count
            kept_count += 1
    return kept_count


@njit(cache=True, nogil=True)
def scan_rows(
    text: Array, offsets: Array, first: int, last: int,
    words: Array, starts: Array, table: Array, gate: Array, edges: Array, bits: Array,
    size_of: Array, post_start: Array, post_item: Array, common: Array, total: Array,
    inverse: Array, bounds: Array, is_size: Array, pad: bool,
    numbers: Array, stamp: Array, epoch: int, shared: Array,
    highest: Array, kth: Array, farthest: Array,
    similarity: Array, best_item: Array, kept: Array, kept_count: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Scan rows from `first` until all are done or a buffer is too small.

    Args:
        text: uint8 of all rows.
        offsets: (rows + 1,) int64.
        first: row to begin with.
        last: row to end before.
        words: see `add_words`.
        starts: see `add_words`.
        table: see `add_words`.
        gate: see `count_shared`.
        edges: see `count_shared`.
        bits: see `count_shared`.
        size_of: see `count_shared`.
        post_start: see `count_shared`.
        post_item: see `count_shared`.
        common: see `count_shared`.
        total: see `nearest_item`.
        inverse: see `nearest_item`.
        bounds: (benchmarks + 1,) where each benchmark's items begin.
        is_size: see `count_shared`.
        pad: see `count_shared`.
        numbers: int32 buffer for a row's words.
        stamp: scratch, kept between calls, as the next five.
        epoch: of the last row.
        shared: see `count_shared`.
        highest: see `note_count`.
        kth: see `note_count`.
        farthest: see `note_count`.
        similarity: (rows, benchmarks) float64 written.
        best_item: (rows, benchmarks) int32 written, -1 where nothing is shared.
        kept: see `keep_entries`.
        kept_count: how many stand there.

    Returns:
        The row to go on with, the epoch, and how many entries are kept.
    """
    longest = len(is_size) - 1
    shortest = longest
    for size in range(longest, 0, -1):
        if is_size[size]:
            shortest = size
    pads = longest - 1 if pad else 0
    for row in range(first, last):
        start, end = offsets[row], offsets[row + 1]
        if end - start + 2 * pads + 2 > len(numbers) or kept_count + len(total) > len(kept):
            return row, epoch, kept_count
        epoch += 1
        count = read_words(text, start, end, pads, words, starts, table, numbers)
        found = count_shared(
            numbers, count, shortest, longest, is_size, pad, gate, edges, bits, size_of,
            post_start, post_item, common, stamp, epoch, shared,
        )  # fmt: skip
        for column in range(len(bounds) - 1):
            similarity[row, column] = 0.0
            best_item[row, column] = -1
            if not found:
                continue
            low, high = bounds[column], bounds[column + 1]
            best, item = nearest_item(shared, total, inverse, low, high)
            if item < 0:
                continue
            similarity[row, column] = best
            best_item[row, column] = item
            kept_count = keep_entries(
                row, low, high, best, shared, highest, kth, farthest, kept, kept_count
            )
        if found:
            shared[:] = 0
    return last, epoch, kept_count


@njit(cache=True)
def in_skyband(item: Array, similarity: Array, k: int, keep: Array) -> None:
    """Which entries, sorted by item, the row's best and row, have under k earlier ones as high.

    Args:
        item: (n,) ascending.
        similarity: (n,).
        k: rows.
        keep: (n,) bool written.
    """
    highest = np.empty(k)
    held = 0
    for place in range(len(item)):
        if place == 0 or item[place] != item[place - 1]:
            held = 0
        value = similarity[place]
        keep[place] = held < k or highest[k - 1] < value
        if not keep[place]:
            continue
        at = held if held < k else k - 1
        while at > 0 and highest[at - 1] < value:
            highest[at] = highest[at - 1]
            at -= 1
        highest[at] = value
        held = min(held + 1, k)

"""The trie of all items' grams as arrays, and texts as Arrow buffers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codesieve.leakage import kernel
from codesieve.leakage.grams import END, START

Texts: TypeAlias = Sequence[str] | Any  # or a pyarrow Array or ChunkedArray of strings


@dataclass(frozen=True, slots=True)
class Trie:
    """Every gram of every item as a path of words; the node at its end has postings.

    Node 0 is the root, its children stand in the order of words. Attributes are described in
    `kernel.scan_rows`; `total` counts each item's distinct grams.
    """

    words: NDArray[np.uint8]
    starts: NDArray[np.int64]
    table: NDArray[np.uint64]
    gate: NDArray[np.uint64]
    edges: NDArray[np.uint64]
    bits: NDArray[np.uint64]
    size_of: NDArray[np.int16]
    post_start: NDArray[np.int64]
    post_item: NDArray[np.int32]
    common: NDArray[np.int8]
    total: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str], ngrams: Sequence[int], pad: bool) -> "Trie":
        """Build it.

        Args:
            texts: the items' prompts.
            ngrams: sizes, ascending.
            pad: whether texts are padded.
        """
        vocabulary = {START: kernel.START_ID, END: kernel.END_ID}
        numbered = [
            np.array(
                [vocabulary.setdefault(word, len(vocabulary)) for word in text.split()], np.int64
            )
            for text in texts
        ]
        words, starts, table = _word_table(vocabulary)
        longest = ngrams[-1]
        pads = longest - 1 if pad else 0
        padded = [
            np.concatenate([np.full(pads, kernel.START_ID), one, np.full(pads, kernel.END_ID)])
            for one in numbered
        ]
        item = np.repeat(np.arange(len(texts)), [len(one) for one in padded])
        word = np.concatenate(padded) if padded else np.zeros(0, np.int64)
        ends = np.repeat(np.cumsum([len(one) for one in padded]), [len(one) for one in padded])
        begins = ends - np.repeat([len(one) for one in padded], [len(one) for one in padded])
        return _grow(
            item, word, begins, ends, len(texts), ngrams, pad, (words, starts, table, vocabulary)
        )


def _grow(
    item: NDArray[np.int64],
    word: NDArray[np.int64],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    items: int,
    ngrams: Sequence[int],
    pad: bool,
    vocabulary: tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint64], dict[str, int]],
) -> Trie:
    """The trie, depth by depth; every array has one entry a position of the padded items."""
    words, starts, table, numbers = vocabulary
    place = np.arange(len(word))
    node = word + 1
    nodes = len(numbers) + 1
    longest = ngrams[-1]
    keys: list[NDArray[np.uint64]] = []
    size_of = [np.ones(nodes, np.int16)]
    grams: list[NDArray[np.int64]] = []  # node * items + item of each gram's occurrence
    for size in range(1, longest + 1):
        if size > 1:
            alive = place + size <= ends[place]
            place, node = place[alive], node[alive]
            key = (node.astype(np.uint64) << np.uint64(32)) | word[place + size - 1].astype(
                np.uint64
            )
            distinct, inverse = np.unique(key, return_inverse=True)
            keys.append(distinct)
            node = nodes + inverse
            nodes += len(distinct)
            size_of.append(np.full(len(distinct), size, np.int16))
        if size == ngrams[0]:
            gate = np.zeros(max(1, _power_of_two(16 * len(place)) // 64), np.uint64)
            kernel.add_windows(word, place, size, gate)
        if size in ngrams:
            spare = longest - size if pad else 0
            counts = (place - begins[place] >= spare) & (place + size <= ends[place] - spare)
            counts &= place + size <= ends[place]
            grams.append(node[counts] * max(items, 1) + item[place[counts]])
    found, owner = np.divmod(np.unique(np.concatenate(grams)), max(items, 1))
    edge_keys = np.concatenate(keys) if keys else np.zeros(0, np.uint64)
    edges, bits = _edge_table(edge_keys, len(numbers) + 1)
    post_start = np.searchsorted(found, np.arange(nodes + 1)).astype(np.int64)
    total = np.bincount(owner, minlength=items).astype(np.int64)
    often = np.flatnonzero(np.diff(post_start) >= kernel.COMMON)
    common = np.zeros((max(1, len(often)), items), np.int8)
    for number, one in enumerate(often):
        common[number, owner[post_start[one] : post_start[one + 1]]] = 1
        owner[post_start[one]] = number
    return Trie(
        words,
        starts,
        table,
        gate,
        edges,
        bits,
        np.concatenate(size_of),
        post_start,
        owner.astype(np.int32),
        common,
        total,
    )


def _word_table(
    vocabulary: Iterable[str],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint64]]:
    encoded = [word.encode("utf-8", "surrogatepass") for word in vocabulary]
    words = np.frombuffer(b"".join(encoded), np.uint8)
    starts = np.concatenate([[0], np.cumsum([len(word) for word in encoded])]).astype(np.int64)
    table = np.zeros((_power_of_two(2 * len(encoded)), 2), np.uint64)
    kernel.add_words(words, starts, table)
    return words, starts, table


def _edge_table(
    keys: NDArray[np.uint64], first: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    table = np.full((_power_of_two(2 * len(keys)), 2), kernel.EMPTY, np.uint64)
    bits = np.zeros(max(1, _power_of_two(8 * len(keys)) // 64), np.uint64)
    kernel.add_edges(keys, np.arange(first, first + len(keys), dtype=np.int64), table, bits)
    return table, bits


def _power_of_two(least: int) -> int:
    return 1 << max(4, (least - 1).bit_length())


def buffers(texts: Texts) -> list[tuple[NDArray[np.uint8], NDArray[np.int64]]]:
    """The texts as (bytes, offsets) pairs, one a chunk; Arrow's own bytes are not copied.

    Raises:
        ValueError: the Arrow array has nulls, or is not of strings.
    """
    if isinstance(texts, pa.ChunkedArray):
        return [pair for chunk in texts.chunks for pair in buffers(chunk)]
    if not isinstance(texts, pa.Array):
        return [_encoded(texts)]
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        raise ValueError(f"texts must be strings, got {texts.type}")
    if texts.null_count:
        raise ValueError(f"texts has {texts.null_count} nulls")
    kind = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, offsets, data = texts.buffers()
    if len(texts) == 0:
        return [(np.zeros(0, np.uint8), np.zeros(1, np.int64))]
    bounds = np.frombuffer(offsets, kind)[texts.offset : texts.offset + len(texts) + 1]
    content = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return [(content, bounds.astype(np.int64))]


def _encoded(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Lone surrogates, which Arrow refuses, are encoded like any other character."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), np.uint8), ends

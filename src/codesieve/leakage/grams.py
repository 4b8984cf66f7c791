"""Word n-grams as the official TLI script counts them."""

from collections.abc import Sequence

START, END = "<start>", "<end>"
NGRAMS = (4, 5)

Gram = tuple[str, ...]


def grams(text: str, ngrams: Sequence[int] = NGRAMS, pad: bool = True) -> set[Gram]:
    """The set of word n-grams of a text for every n (METHOD 1).

    Words are `text.split()`. With `pad`, n-1 ``<start>`` and ``<end>`` symbols stand around the
    words for each n; a text that holds these words literally shares grams with the padding, as in
    the official script. Without padding a text of fewer than n words has no n-grams.
    """
    words = text.split()
    return {gram for n in ngrams for gram in word_grams(words, n, pad)}


def word_grams(words: Sequence[str], n: int, pad: bool) -> list[Gram]:
    """The n-grams of a word list in order, repeated ones repeated."""
    if pad:
        words = [START] * (n - 1) + list(words) + [END] * (n - 1)
    return list(zip(*(words[offset:] for offset in range(n)), strict=False))


def check_ngrams(ngrams: Sequence[int]) -> tuple[int, ...]:
    """The sizes without repeats, ascending.

    Raises:
        ValueError: there is none, or one is below 1.
    """
    sizes = tuple(sorted(set(ngrams)))
    if not sizes or sizes[0] < 1:
        raise ValueError(f"ngrams must be one or more sizes from 1 on, got {list(ngrams)}")
    return sizes

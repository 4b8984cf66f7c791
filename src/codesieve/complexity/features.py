"""Features of an instruction for a linear model: hashed words and word pairs, and densities."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

MAX_CHARACTERS = 20_000  # of a text that are looked at
TOKEN = r"(?u)\w+|[^\w\s]"  # words, and single signs


def hashed_words(texts: Sequence[str], dims: int) -> Any:
    """(n, dims) float64 CSR: 1 + log count of each hashed word and word pair, rows of unit length.

    MurmurHash3 of scikit-learn's HashingVectorizer, lower-cased, unsigned. A row is empty iff the
    text has neither a word nor a sign.
    """
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.preprocessing import normalize

    if not texts:
        return sparse.csr_array((0, dims), dtype=np.float64)
    vectorizer = HashingVectorizer(
        n_features=dims, ngram_range=(1, 2), token_pattern=TOKEN, alternate_sign=False, norm=None
    )
    clean = [text[:MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8") for text in texts]
    counts = sparse.csr_array(vectorizer.transform(clean))
    counts.data = 1.0 + np.log(counts.data)
    return sparse.csr_array(normalize(counts, copy=False))


def densities(texts: Sequence[str]) -> NDArray[np.float64]:
    """(n, len(DENSITIES)) float64, the features of DENSITIES in order."""
    rows = np.zeros((len(texts), len(DENSITIES)))
    for index, text in enumerate(texts):
        data = text[:MAX_CHARACTERS].encode("utf-8", "replace")
        words = data.split()
        rows[index] = [feature(data, words) for feature in DENSITIES.values()]
    return rows


def _share(signs: bytes) -> Callable[[bytes, list[bytes]], float]:
    def share(data: bytes, words: list[bytes]) -> float:
        return (len(data) - len(data.translate(None, signs))) / max(len(data), 1)

    return share


def _per_word(sign: bytes) -> Callable[[bytes, list[bytes]], float]:
    return lambda data, words: data.count(sign) / max(len(words), 1)


# Of the UTF-8 bytes and the words of a text; all zero for an empty one.
DENSITIES: Mapping[str, Callable[[bytes, list[bytes]], float]] = {
    "log_bytes": lambda data, words: float(np.log1p(len(data))),
    "log_words": lambda data, words: float(np.log1p(len(words))),
    "bytes_per_word": lambda data, words: len(data) / max(len(words), 1),
    "share_of_long_words": lambda data, words: (
        sum(len(word) > 9 for word in words) / max(len(words), 1)
    ),
    "share_of_new_words": lambda data, words: len(set(words)) / max(len(words), 1),
    "share_of_digits": _share(b"0123456789"),
    "share_of_capitals": _share(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "share_of_brackets": _share(b"(){}[]"),
    "share_of_operators": _share(b"=;<>+*/_"),
    "share_of_newlines": _share(b"\n"),
    "commas_per_word": _per_word(b","),
    "stops_per_word": _per_word(b"."),
}

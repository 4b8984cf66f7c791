"""The default embedder: TF-IDF of words and word pairs, projected by a truncated SVD."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from codesieve.errors import CodesieveError

MAX_CHARACTERS = 20_000  # of a text; what follows does not change what the task is about
TOKEN = r"(?u)\w+|[^\w\s]{2,}"  # words, numbers and operators of two or more signs


@dataclass(frozen=True, slots=True)
class TfidfSvd:
    """Fitted state: vocabulary (v), inverse document frequencies (v,), projection (d, v) float32.

    The first rows of the projection are the leading right singular vectors (latent semantic
    analysis, Deerwester et al. 1990, with sublinear term frequency). They hold what many texts
    share, on Code-Alpaca a quarter of a text's energy; normalising them alone makes different tasks
    alike, because the words that tell tasks apart lie outside. So the rest is not thrown away: its
    inner products are kept, without bias, by random signs (Achlioptas 2003) on the complement.
    Needs no model hub, no torch and no GPU; knows nothing beyond the pool it was fitted on.
    """

    vocabulary: tuple[str, ...]
    idf: NDArray[np.float32]
    projection: NDArray[np.float32]

    name: ClassVar[str] = "tfidf-svd"
    version: ClassVar[int] = 1

    @property
    def dims(self) -> int:
        """Length of a vector."""
        return int(self.projection.shape[0])

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        *,
        dims: int = 128,
        residual_dims: int = 256,
        vocabulary: int = 32_768,
        seed: int = 0,
    ) -> Self:
        """Fit on the pool, single-threaded so that the result is the same at any worker count.

        Args:
            texts: the pool, or a sample of it.
            dims: singular vectors (fewer where the pool has fewer texts or words).
            residual_dims: random signs for what the singular vectors leave out.
            vocabulary: most frequent words and word pairs to keep.
            seed: of the randomised SVD and the signs.

        Raises:
            CodesieveError: no text has a word.
        """
        from sklearn.feature_extraction.text import TfidfTransformer
        from sklearn.utils.extmath import randomized_svd
        from threadpoolctl import threadpool_limits

        counter = _counter(None, vocabulary)
        try:
            counts = counter.fit_transform([text[:MAX_CHARACTERS] for text in texts])
        except ValueError as error:
            raise CodesieveError(
                "the embedder found no words to fit on: no row has any, or none passes its `where`"
            ) from error
        transformer = TfidfTransformer(sublinear_tf=True)
        weighted = transformer.fit_transform(counts)
        rank = max(1, min(dims, min(weighted.shape) - 1))
        with threadpool_limits(limits=1):
            _, _, singular = randomized_svd(weighted, rank, n_iter=4, random_state=seed)
            signs = _signs(residual_dims, weighted.shape[1], seed)
            residual = signs - (signs @ singular.T) @ singular
        return cls(
            vocabulary=tuple(str(word) for word in counter.get_feature_names_out()),
            idf=np.asarray(transformer.idf_, dtype=np.float32),
            projection=np.vstack([singular, residual]).astype(np.float32),
        )

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dims) float32 of n texts; each row is computed from its own text alone."""
        from scipy import sparse

        counts = _counter(self.vocabulary, None).transform([t[:MAX_CHARACTERS] for t in texts])
        values = (1 + np.log(counts.data, dtype=np.float32)) * self.idf[counts.indices]
        weighted = sparse.csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)
        return np.asarray(weighted @ self.projection.T, dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write a zip of three arrays with fixed time stamps."""
        arrays: dict[str, NDArray[Any]] = {
            "vocabulary": np.frombuffer("\0".join(self.vocabulary).encode(), dtype=np.uint8),
            "idf": self.idf,
            "projection": self.projection,
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for name, array in arrays.items():
                buffer = io.BytesIO()
                np.lib.format.write_array(buffer, array, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote; nothing is unpickled."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(
                vocabulary=tuple(arrays["vocabulary"].tobytes().decode().split("\0")),
                idf=arrays["idf"],
                projection=arrays["projection"],
            )


def _signs(rows: int, columns: int, seed: int) -> NDArray[np.float64]:
    """(rows, columns) of +-1/sqrt(rows), from a bit generator whose stream NumPy guarantees."""
    words = np.random.PCG64(seed).random_raw((rows * columns + 63) // 64)
    bits = np.unpackbits(np.asarray(words, dtype="<u8").view(np.uint8))[: rows * columns]
    signs: NDArray[np.float64] = (bits.reshape(rows, columns) * 2.0 - 1.0) / np.sqrt(max(rows, 1))
    return signs


def _counter(vocabulary: Sequence[str] | None, size: int | None) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(
        ngram_range=(1, 2), token_pattern=TOKEN, max_features=size, vocabulary=vocabulary
    )

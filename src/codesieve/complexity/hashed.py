"""The first trained scorer: a linear model on hashed words, small enough to ship in the package."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from codesieve.complexity.features import DENSITIES, densities, hashed_words
from codesieve.complexity.scores import Scores
from codesieve.errors import SourceError

WEIGHTS = Path(__file__).parent / "weights" / "hashed.npz"
CLIP = 3.0  # standard deviations that a density may lie from the training mean
DENSITY_SCALE = 0.3  # weight of a standardised density beside the unit vector of words


@dataclass(frozen=True, slots=True)
class HashedScorer:
    """Predicts the evolution round of an instruction: 0 a seed, 1, 2, ... evolved once, twice, ...

    The unit is rounds, not cut at 0 or at the last round seen; no text can drive it far, because
    word features have unit length and densities are clipped. weights/CARD.md says what the shipped
    weights were trained on and what they are worth.

    Attributes:
        weights: (dims + densities,) float32.
        bias: of the model.
        center: (densities,) float32, training mean.
        spread: (densities,) float32, training standard deviation.
    """

    weights: NDArray[np.float32]
    bias: float
    center: NDArray[np.float32]
    spread: NDArray[np.float32]

    name: ClassVar[str] = "hashed"
    version: ClassVar[int] = 1

    @property
    def state(self) -> str:
        """SHA-256 of the weights."""
        digest = hashlib.sha256()
        for array in self._arrays().values():
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def score(self, texts: Sequence[str]) -> Scores:
        """(n,) expected rounds; a text without a word or sign is a failure."""
        dims = len(self.weights) - len(self.center)
        features = design(texts, dims, self.center, self.spread)
        values = features @ self.weights.astype(np.float64) + self.bias
        empty = np.flatnonzero([not text.strip() for text in texts])
        values[empty] = np.nan
        return Scores(values, {int(index): "no words to score" for index in empty})

    def save(self, path: Path) -> None:
        """Write the weights, the same bytes for the same weights."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **self._arrays())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote; nothing is unpickled.

        Raises:
            SourceError: the file is missing or not of this kind.
        """
        try:
            with np.load(path, allow_pickle=False) as arrays:
                scorer = cls(
                    weights=arrays["weights"],
                    bias=float(arrays["bias"]),
                    center=arrays["center"],
                    spread=arrays["spread"],
                )
        except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile) as error:
            raise SourceError(f"{path}: not the weights of a hashed scorer ({error})") from error
        sizes = {len(DENSITIES)} == {*scorer.center.shape, *scorer.spread.shape}
        if not sizes or scorer.weights.ndim != 1 or len(scorer.weights) <= len(DENSITIES):
            raise SourceError(f"{path}: weights of other features than this version computes")
        return scorer

    @classmethod
    def load_default(cls) -> Self:
        """The scorer that ships with the package."""
        return cls.load(WEIGHTS)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "weights": self.weights,
            "bias": np.array(self.bias),
            "center": self.center,
            "spread": self.spread,
        }


def design(
    texts: Sequence[str], dims: int, center: NDArray[np.float32], spread: NDArray[np.float32]
) -> Any:
    """(n, dims + densities) float64 CSR of hashed words and scaled, clipped densities.

    One sparse matrix, because its product with the weights adds up each row in order: the same
    bits at any batch size.
    """
    standardised = (densities(texts) - center) / spread
    scaled = DENSITY_SCALE * np.clip(standardised, -CLIP, CLIP)
    return sparse.csr_array(
        sparse.hstack([hashed_words(texts, dims), sparse.csr_array(scaled)], format="csr")
    )

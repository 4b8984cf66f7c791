"""What an embedder must offer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Maps texts to vectors; a row's vector depends on its text and the fitted state alone."""

    name: str
    version: int

    @property
    def dims(self) -> int:
        """Length of a vector."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dims) float32; rows need not be normalised, a text without features is all zero."""

    def save(self, path: Path) -> None:
        """Write the fitted state, the same bytes for the same state."""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""

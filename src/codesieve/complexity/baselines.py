"""The baselines that stand beside every scorer: chance and length (the paper's Table 5)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from codesieve.complexity.scores import Scores


@dataclass(frozen=True, slots=True)
class RandomScorer:
    """Uniform in [0, 1), from a hash of seed and text: independent of order; equal texts tie."""

    seed: int = 0

    name: ClassVar[str] = "random"
    version: ClassVar[int] = 1

    @property
    def state(self) -> str:
        """The seed."""
        return str(self.seed)

    def score(self, texts: Sequence[str]) -> Scores:
        """(n,) scores, one a text."""
        key = hashlib.blake2b(str(self.seed).encode(), digest_size=16).digest()
        words = (
            hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
            for text in texts
        )
        return Scores(
            np.array([(int.from_bytes(word, "big") >> 11) / 2**53 for word in words], dtype=float)
        )


@dataclass(frozen=True, slots=True)
class LengthScorer:
    """Characters (Unicode code points) of the text."""

    name: ClassVar[str] = "length"
    version: ClassVar[int] = 1
    state: ClassVar[str] = ""

    def score(self, texts: Sequence[str]) -> Scores:
        """(n,) scores, one a text."""
        return Scores(np.array([len(text) for text in texts], dtype=float))

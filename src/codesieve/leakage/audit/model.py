"""The fused score of a pair: an average of boosted decision trees, shipped as plain arrays.

Trained by benchmarks/audit_training.py; weights/CARD.md says on what.
"""

from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Any, Self

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _sum_trees(
    pairs: NDArray[Any], root: NDArray[Any], feature: NDArray[Any], threshold: NDArray[Any],
    left: NDArray[Any], right: NDArray[Any], value: NDArray[Any], out: NDArray[Any],
) -> None:  # fmt: skip
    for pair in range(len(pairs)):
        total = 0.0
        for tree in range(len(root)):
            node = root[tree]
            while feature[node] >= 0:
                low = pairs[pair, feature[node]] <= threshold[node]
                node = left[node] if low else right[node]
            total += value[node]
        out[pair] = total


@dataclass(frozen=True, slots=True)
class PairModel:
    """Trees as arrays over nodes, and what unrelated pairs score.

    Attributes:
        root: (trees,) int32, first node of each tree.
        feature: (nodes,) int16, feature compared; -1 at a leaf.
        threshold: (nodes,) float32; up to it, go left.
        left: (nodes,) int32.
        right: (nodes,) int32.
        value: (nodes,) float32, what a leaf adds.
        names: names of the features, in the order they are given.
        rates: (n,) descending false-positive rates.
        scores: (n,) score that this share of unrelated rows reaches with any item.
    """

    root: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]
    names: tuple[str, ...]
    rates: NDArray[np.float64]
    scores: NDArray[np.float64]

    def score(self, pairs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) fused scores (log-odds) of (n, features) pairs."""
        out = np.empty(len(pairs), np.float32)
        _sum_trees(
            pairs, self.root, self.feature, self.threshold, self.left, self.right, self.value, out
        )
        return out

    def threshold_at(self, rate: float) -> float:
        """The score that a share `rate` of unrelated rows reaches; linear in the rate's logarithm.

        Raises:
            ValueError: the rate is outside what was measured.
        """
        if not self.rates[-1] <= rate <= self.rates[0]:
            raise ValueError(
                f"false-positive rate {rate:g} is outside {self.rates[-1]:g} to {self.rates[0]:g}"
            )
        return float(np.interp(-np.log(rate), -np.log(self.rates), self.scores))

    def rate_at(self, score: float) -> float:
        """The share of unrelated rows that reach a score, within what was measured."""
        return float(np.exp(-np.interp(score, self.scores, -np.log(self.rates))))

    @classmethod
    def shipped(cls) -> Self:
        """The model that comes with the package."""
        content = (files("codesieve.leakage.audit") / "weights" / "pairs.npz").read_bytes()
        with np.load(BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return cls(names=tuple(arrays.pop("names").tolist()), **arrays)

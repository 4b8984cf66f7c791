"""Does a score mean anything: agreement with round labels, with intervals, beside the baselines."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LENGTH_TOLERANCE = 0.1  # of the longer text's characters: pairs this close count as equal in length


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured value, its 95% bootstrap interval over roots, and how many rows or pairs."""

    value: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Validity:
    """Agreement of a score with round labels; None where the rows offer no such pair.

    Pairs are ordered by round; a pair counts 1 when the later round scores higher, 0.5 on a tie.

    Attributes:
        spearman: rank correlation with the round, over rows.
        within_root: pairs of the same root. Length alone is nearly perfect here.
        matched: pairs of any roots equal in length within 10%.
        matched_1_2: of those, round 1 against round 2: the clean test.
    """

    spearman: Interval | None
    within_root: Interval | None
    matched: Interval | None
    matched_1_2: Interval | None


def validate(
    texts: Sequence[str],
    rounds: Sequence[int],
    roots: Sequence[str],
    scores: NDArray[np.float64],
    *,
    draws: int = 1000,
    seed: int = 0,
) -> Validity:
    """Measure n scored rows that the scorer was not trained on; looks at all n² pairs.

    Args:
        texts: n instructions.
        rounds: their labels.
        roots: the seed each descends from; the bootstrap draws roots, not rows.
        scores: (n,) float64.
        draws: bootstrap draws.
        seed: of the draws.
    """
    label = np.asarray(rounds, dtype=np.int64)
    length = np.array([len(text) for text in texts])
    root = np.unique(np.asarray(roots, dtype=object).astype(str), return_inverse=True)[1]
    families = int(root.max(initial=-1)) + 1
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(families, np.full(families, 1 / max(families, 1)), draws)
    high, low = np.nonzero(label[:, None] > label[None, :])
    longer = np.maximum(length[high], length[low])
    matched = np.abs(length[high] - length[low]) <= LENGTH_TOLERANCE * longer
    clean = matched & (label[high] == 2) & (label[low] == 1)
    win = (scores[high] > scores[low]) + 0.5 * (scores[high] == scores[low])

    def pairs(chosen: NDArray[np.bool_]) -> Interval | None:
        if not chosen.any():
            return None
        first, second, won = root[high[chosen]], root[low[chosen]], win[chosen]
        values = [
            float(np.average(won, weights=weight))
            for draw in weights
            if (weight := np.where(first == second, draw[first], draw[first] * draw[second])).any()
        ]
        return _interval(float(won.mean()), values, len(won))

    return Validity(
        spearman=_spearman(label, scores, root, weights),
        within_root=pairs(root[high] == root[low]),
        matched=pairs(matched),
        matched_1_2=pairs(clean),
    )


def _spearman(
    label: NDArray[np.int64],
    scores: NDArray[np.float64],
    root: NDArray[np.int64],
    weights: NDArray[np.int64],
) -> Interval | None:
    from scipy.stats import rankdata

    def correlation(rows: NDArray[np.int64]) -> float | None:
        x, y = rankdata(label[rows]), rankdata(scores[rows])
        if not len(rows) or np.ptp(x) == 0 or np.ptp(y) == 0:
            return None
        return float(np.corrcoef(x, y)[0, 1])

    everything = np.arange(len(label))
    value = correlation(everything)
    if value is None:
        return None
    drawn = (correlation(np.repeat(everything, draw[root])) for draw in weights)
    return _interval(value, [one for one in drawn if one is not None], len(label))


def _interval(value: float, values: list[float], count: int) -> Interval:
    low, high = np.quantile(values, [0.025, 0.975]) if values else (value, value)
    return Interval(value, float(low), float(high), count)

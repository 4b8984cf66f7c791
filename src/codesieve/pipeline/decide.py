"""Turn stored scores into verdicts: seconds, whatever the scores cost (DESIGN, A run)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codesieve.diversity import select
from codesieve.leakage.audit.model import PairModel
from codesieve.pipeline.recipe import BenchmarkOptions, Recipe
from codesieve.pipeline.verdicts import Judgement, Status
from codesieve.selection import combine, fill_unknown, normalise, ranking


@dataclass(frozen=True, slots=True)
class Leakage:
    """One benchmark's word on the n rows.

    Attributes:
        similarity: (n,) float64, largest S over the items; NaN where not measured.
        item: (n,) task_id of that item or null.
        shared: (n,) the word spans shared with it, joined by " | ", or null.
    """

    similarity: NDArray[np.float64]
    item: pa.Array
    shared: pa.Array


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything that the stages stored about the n rows of the pool, in pool order.

    Attributes:
        row_id, content_id, source: strings.
        passes_where: (n,) bool.
        duplicate_of: row_id of the first equal row or null.
        group: row_id of the first row with the same instruction, null where filtered.
        leakage: by benchmark.
        complexity: (n,) float64, NaN where the scorer failed.
        complexity_failure: its reason or null.
        quality: (n,) float64, NaN where nothing is known.
        quality_status: strings.
        embeddings: (n, d) int16.
        neighbours: (q,) float64, nearest-neighbour similarities of the pool, ascending.
    """

    row_id: pa.Array
    content_id: pa.Array
    source: pa.Array
    passes_where: NDArray[np.bool_]
    duplicate_of: pa.Array
    group: pa.Array
    leakage: dict[str, Leakage]
    complexity: NDArray[np.float64]
    complexity_failure: pa.Array
    quality: NDArray[np.float64]
    quality_status: pa.Array
    embeddings: NDArray[np.int16]
    neighbours: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Decision:
    """Verdicts, ledger, indices of the selected rows best first, and the numbers used."""

    verdicts: pa.Table
    ledger: pa.Table
    selected: NDArray[np.int64]
    used: dict[str, Any]


def decide(
    scores: Scores, recipe: Recipe, progress: Callable[[int, int], None] | None = None
) -> Decision:
    """Apply every rule in order; the same scores and recipe give the same decision."""
    judgement = Judgement(scores.row_id)
    judged = _exclusions(judgement, scores, recipe)
    _unscored(judgement, scores, recipe, judged)
    eligible = np.flatnonzero(judgement.alive)
    score, used = _combined(scores, recipe, eligible)
    order = eligible[
        ranking(score[eligible], scores.content_id.take(pa.array(eligible)),
                scores.row_id.take(pa.array(eligible)))
    ]  # fmt: skip
    order = _best_of_groups(judgement, scores, order, score)
    rank = np.zeros(len(scores.row_id), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    selected, limit = _diverse(judgement, scores, recipe, order, progress)
    used["max_similarity"] = limit
    ledger = judgement.ledger(
        scores.content_id, scores.source, scores.complexity, scores.quality, score, rank
    )
    return Decision(judgement.verdicts(), ledger, selected, used)


def _exclusions(judgement: Judgement, scores: Scores, recipe: Recipe) -> NDArray[np.int64]:
    """Rules that need no score: where, duplicate, leakage; the rows that the latter judged."""
    every = np.arange(len(scores.row_id))
    judgement.rule("where", Status.FILTERED, every, scores.passes_where)
    judged = np.flatnonzero(scores.passes_where)
    index = pa.array(judged)
    first = scores.duplicate_of.take(index)
    judgement.rule(
        "duplicate", Status.DUPLICATE, judged, first.is_null().to_numpy(zero_copy_only=False),
        counterpart=first,
    )  # fmt: skip
    for benchmark in recipe.benchmarks:
        leakage, threshold = scores.leakage[benchmark.name], _threshold(recipe, benchmark)
        value = leakage.similarity[judged]
        judgement.rule(
            f"leakage.{benchmark.name}",
            Status.LEAKED,
            judged,
            ~(value >= threshold),
            value=value,
            threshold=threshold,
            counterpart=leakage.item.take(index),
            note=leakage.shared.take(index),
        )
    return judged


def _threshold(recipe: Recipe, benchmark: BenchmarkOptions) -> float:
    """Of the official similarity, or of the audit's score."""
    if recipe.leakage.by == "tli":
        return recipe.threshold(benchmark)
    return PairModel.shipped().threshold_at(recipe.leakage.false_positive_rate)


def _unscored(
    judgement: Judgement, scores: Scores, recipe: Recipe, judged: NDArray[np.int64]
) -> None:
    """Rows that cannot be ranked: no complexity, and no evidence where the recipe says drop."""
    index = pa.array(judged)
    complexity, quality = scores.complexity[judged], scores.quality[judged]
    judgement.rule(
        "complexity", Status.NO_COMPLEXITY, judged, ~np.isnan(complexity),
        value=complexity, note=scores.complexity_failure.take(index),
    )  # fmt: skip
    tolerated = recipe.selection.unknown == "median"
    judgement.rule(
        "quality", Status.NO_EVIDENCE, judged, ~np.isnan(quality) | tolerated,
        value=quality, note=scores.quality_status.take(index),
    )  # fmt: skip


def _combined(
    scores: Scores, recipe: Recipe, eligible: NDArray[np.int64]
) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """(n,) float64 combined score, NaN where not eligible; and the numbers taken from the pool."""
    options = recipe.selection
    complexity = normalise(scores.complexity[eligible], options.normalise)
    quality = normalise(scores.quality[eligible], options.normalise)
    filled, median = fill_unknown(quality.values, options.unknown)
    score = np.full(len(scores.row_id), np.nan)
    score[eligible] = combine(complexity.values, filled, options.alpha)
    used = {"eligible": len(eligible), "complexity": complexity.used, "quality": quality.used}
    return score, {**used, "unknown_quality": median}


def _best_of_groups(
    judgement: Judgement,
    scores: Scores,
    order: NDArray[np.int64],
    score: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Drop all but the best-ranked row of each instruction group; the order of the rest."""
    groups = scores.group.take(pa.array(order)).dictionary_encode().indices.to_numpy()
    _, first, inverse, counts = np.unique(
        groups, return_index=True, return_inverse=True, return_counts=True
    )
    best = first[inverse] == np.arange(len(order))
    shared = np.flatnonzero(counts[inverse] > 1)
    rows, heads = order[shared], order[first[inverse[shared]]]
    place = np.argsort(rows)
    judgement.rule(
        "group",
        Status.WORSE_IN_GROUP,
        rows[place],
        best[shared][place],
        value=score[rows[place]],
        counterpart=scores.row_id.take(pa.array(heads[place])),
    )
    return order[best]


def _diverse(
    judgement: Judgement,
    scores: Scores,
    recipe: Recipe,
    order: NDArray[np.int64],
    progress: Callable[[int, int], None] | None,
) -> tuple[NDArray[np.int64], float]:
    """Walk down the ranking; rows selected, best first, and the similarity limit in force."""
    budget = recipe.selection.budget
    quantile = recipe.diversity.quantile
    limit = recipe.diversity.max_similarity or float(np.quantile(scores.neighbours, quantile or 0))
    if limit >= 1.0:
        kept = np.arange(len(order)) < budget
        judgement.rule("budget", Status.OVER_BUDGET, order, kept, threshold=float(budget))
        return order[kept], limit
    walk = select(scores.embeddings, order, limit, budget, progress=progress)
    reached = np.arange(walk.reached)
    keep = np.isin(reached, walk.kept)
    nearest = walk.counterpart[: walk.reached]
    others = pa.array(order[nearest], mask=nearest < 0)
    judgement.rule(
        "diversity", Status.TOO_SIMILAR, order[reached], keep,
        value=walk.similarity[: walk.reached], threshold=limit,
        counterpart=scores.row_id.take(others),
    )  # fmt: skip
    left = np.concatenate([order[walk.kept], order[walk.reached :]])
    within = np.arange(len(left)) < len(walk.kept)
    judgement.rule("budget", Status.NOT_REACHED, left, within, threshold=float(budget))
    return order[walk.kept], limit


def status_counts(ledger: pa.Table) -> dict[str, dict[str, int]]:
    """Rows by source and status, sources in order of appearance."""
    counts: dict[str, dict[str, int]] = {}
    grouped = ledger.group_by(["source", "status"], use_threads=False).aggregate(
        [("row_id", "count")]
    )
    for row in grouped.to_pylist():
        counts.setdefault(row["source"], {})[row["status"]] = row["row_id_count"]
    return counts

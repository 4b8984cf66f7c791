"""What a run found out besides the ledger: leakage before and after, scores, evidence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from codesieve.leakage import ItemTop, TliIndex
from codesieve.pipeline.decide import Decision, Scores
from codesieve.pipeline.gather import read_columns
from codesieve.pipeline.leakage import LeakageStage, leakage_facts
from codesieve.pipeline.parts import Part, Parts
from codesieve.pipeline.plan import Plan
from codesieve.pipeline.pool import FileEntry


def findings(
    plan: Plan,
    entries: Sequence[FileEntry],
    parts: Parts,
    scores: Scores,
    decision: Decision,
    selected: Sequence[float],
) -> dict[str, Any]:
    """Facts for the manifest, the card and the terminal."""
    return {
        "leakage": _leakage(plan, entries, parts, selected),
        "complexity": _complexity(plan, parts, scores, decision),
        "quality": _quality(plan, parts, scores, decision),
    }


class SelectedLeakage:
    """Measures TLI on the selected set while it is written."""

    def __init__(self, stage: LeakageStage) -> None:
        self._top = stage.top
        self._index = TliIndex(stage.benchmarks, stage.ngrams, stage.pad)
        self._tops: list[tuple[ItemTop, ...]] = []
        self._rows = 0

    def watch(self, slices: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """Pass tables with `messages` on, having scanned their user turns."""
        for table in slices:
            for batch in table.to_batches(max_chunksize=5_000):
                cells = batch["messages"].to_pylist()
                texts = [" ".join(m["content"] for m in c if m["role"] == "user") for c in cells]
                scan = self._index.scan(
                    texts, top=self._top, first_row=self._rows, evidence_floor=2.0
                )
                self._tops.append(scan.tops)
                self._rows += len(texts)
            yield table

    def means(self) -> list[float]:
        """TLI-mean@k, 0..1, of all that was passed on, one a benchmark."""
        if not self._tops:
            return [0.0 for _ in self._index.benchmarks]
        return [ItemTop.merge(tops).mean(self._rows) for tops in zip(*self._tops, strict=True)]


def _leakage(
    plan: Plan, pooled: Sequence[FileEntry], parts: Parts, selected: Sequence[float]
) -> list[dict[str, Any]]:
    """Of the pool, of what each threshold leaves, and of the selected set, measured on it."""
    stage, recipe = plan.leakage, plan.recipe
    thresholds = {one.name: recipe.threshold(one) for one in recipe.benchmarks}
    facts = leakage_facts(plan.folder, parts["leakage"], stage, thresholds)
    by_source = _leakage_by_source(plan, pooled, parts["leakage"], thresholds)
    for fact, mean in zip(facts, selected, strict=True):
        fact["tli_mean_selected"] = mean
        fact["by_source"] = by_source[fact["benchmark"]]
    return facts


def _leakage_by_source(
    plan: Plan,
    entries: Sequence[FileEntry],
    parts: Sequence[Part],
    thresholds: Mapping[str, float],
) -> dict[str, dict[str, dict[str, Any]]]:
    """Benchmark -> source -> TLI and rows dropped: which source contains the exam (Table 8)."""
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in thresholds}
    for source in plan.recipe.sources:
        names = {p.name for e in entries if e.source == source.name for p in e.parts}
        own = [part for part in parts if part.name in names]
        for fact in leakage_facts(plan.folder, own, plan.leakage, thresholds) if own else ():
            kept = {name: fact[name] for name in ("rows", "tli_mean", "tli_max", "dropped")}
            found[fact["benchmark"]][source.name] = kept
    return found


def _complexity(plan: Plan, parts: Parts, scores: Scores, decision: Decision) -> dict[str, Any]:
    """The scorer beside its baselines (METHOD 3): rank correlation, and what each would choose."""
    columns = read_columns(
        plan.folder, "complexity", parts, ["complexity_length", "complexity_random"]
    )
    ranked = np.flatnonzero(~np.isnan(decision.ledger["score"].to_numpy()))
    own = scores.complexity[ranked]
    budget = min(plan.recipe.selection.budget, len(ranked))
    facts: dict[str, Any] = {"scorer": plan.recipe.complexity.scorer, "ranked": len(ranked)}
    for name in ("length", "random"):
        other = columns[f"complexity_{name}"].to_numpy()[ranked]
        facts[name] = {
            "spearman": spearman(own, other),
            "share_of_top_in_common": _overlap(own, other, budget),
        }
    facts["failures"] = int(np.isnan(scores.complexity[scores.passes_where]).sum())
    return facts


def _quality(plan: Plan, parts: Parts, scores: Scores, decision: Decision) -> dict[str, Any]:
    """Rows by status and by isolation level, for the pool and for the selected set."""
    isolation = read_columns(plan.folder, "quality", parts, ["isolation"])["isolation"]
    judged = pa.array(np.flatnonzero(scores.passes_where))
    chosen = pa.array(decision.selected)
    return {
        "pool": _counts(scores.quality_status.take(judged)),
        "selected": _counts(scores.quality_status.take(chosen)),
        "isolation": _counts(isolation.take(judged), "not executed"),
    }


def _counts(values: pa.Array | pa.ChunkedArray, null: str = "none") -> dict[str, int]:
    counted = values.value_counts().to_pylist()
    return {
        str(one["values"] or null): one["counts"]
        for one in sorted(counted, key=lambda one: (-one["counts"], str(one["values"])))
    }


def spearman(left: NDArray[np.float64], right: NDArray[np.float64]) -> float | None:
    """Rank correlation, ties averaged; None where a side is constant."""
    from scipy.stats import rankdata

    if len(left) < 2 or np.ptp(left) == 0 or np.ptp(right) == 0:
        return None
    return round(float(np.corrcoef(rankdata(left), rankdata(right))[0, 1]), 4)


def _overlap(left: NDArray[np.float64], right: NDArray[np.float64], top: int) -> float:
    """Share of the `top` highest of one that are also among those of the other."""
    if top == 0:
        return 0.0
    first = np.argsort(-left, kind="stable")[:top]
    second = np.argsort(-right, kind="stable")[:top]
    return round(len(np.intersect1d(first, second)) / top, 4)

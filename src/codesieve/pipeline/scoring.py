"""The stages `complexity` and `quality`: the two scores that a ranking is made of."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from codesieve.complexity import (
    ComplexityScorer,
    HashedScorer,
    LengthScorer,
    RandomScorer,
    Scores,
    TurnAggregation,
    score_turns,
)
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.inputs import naming
from codesieve.pipeline.recipe import QualityOptions, Recipe
from codesieve.pipeline.stage import Compute, MapStage
from codesieve.quality import Evidence, ExecutionStore, assess
from codesieve.sandbox import DEFAULT_PREIMPORT, Limits, Sandbox, probe
from codesieve.schema import Sample, samples_from_table


@dataclass(frozen=True)
class ComplexityStage(MapStage):
    """`complexity` and `complexity_failure`; `complexity_length`, `complexity_random` beside it."""

    name: ClassVar[str] = "complexity"
    version: ClassVar[int] = 1

    scorer: ComplexityScorer
    seed: int
    turns: TurnAggregation

    @classmethod
    def of(cls, root: Path, recipe: Recipe, base: Path) -> Self:
        """The stage of a recipe."""
        options = recipe.complexity
        match options.scorer:
            case "random":
                scorer: ComplexityScorer = RandomScorer(recipe.seed)
            case "length":
                scorer = LengthScorer()
            case "hashed" if options.weights is not None:
                with naming("complexity.weights"):
                    scorer = HashedScorer.load(base / options.weights / "hashed.npz")
            case "hashed":
                scorer = HashedScorer.load_default()
        return cls(root=root, scorer=scorer, seed=recipe.seed, turns=options.turns)

    def parameters(self) -> dict[str, Any]:
        """The scorer by its state, and the aggregation."""
        scorer = [self.scorer.name, self.scorer.version, self.scorer.state]
        return {"scorer": scorer, "seed": self.seed, "turns": self.turns}

    def compute(self, stack: ExitStack) -> Compute:
        """Score the rows that pass `where`; the others are null."""

        def score(table: pa.Table) -> pa.Table:
            samples, rows = passing_samples(table)
            conversations = [sample.user_turns for sample in samples]
            own = score_turns(self.scorer, conversations, self.turns)
            columns = {"complexity": _spread(own, rows, len(table))}
            failures = np.full(len(table), None, dtype=object)
            for index, reason in own.failures.items():
                failures[rows[index]] = reason
            for baseline in (LengthScorer(), RandomScorer(self.seed)):
                scored = score_turns(baseline, conversations, self.turns)
                columns[f"complexity_{baseline.name}"] = _spread(scored, rows, len(table))
            failed = pa.array(failures, pa.string())
            return pa.table({"row_id": table["row_id"], **columns, "complexity_failure": failed})

        return score


@dataclass(frozen=True)
class QualityStage(MapStage):
    """What execution says about each response (`quality.Evidence`), under the jail really there."""

    name: ClassVar[str] = "quality"
    version: ClassVar[int] = 1

    options: QualityOptions
    executes: bool

    @classmethod
    def of(cls, root: Path, options: QualityOptions) -> Self:
        """The stage of a recipe on this machine."""
        return cls(root, options, options.execute and probe().level != "none")

    def parameters(self) -> dict[str, Any]:
        """The options, and whether anything can be executed here."""
        asked = self.options.model_dump(exclude={"execute"})
        return {**asked, "executes": self.executes, "preimport": _installed(self.options.preimport)}

    def compute(self, stack: ExitStack) -> Compute:
        """Start the jail and open the store of executions, once a worker."""
        sandbox = store = None
        if self.executes:
            limits = Limits(wall_s=self.options.wall_s, memory_mb=self.options.memory_mb)
            ready = (*DEFAULT_PREIMPORT, *_installed(self.options.preimport))
            sandbox = stack.enter_context(Sandbox(limits, preimport=ready))
            store = stack.enter_context(ExecutionStore(RunFolder(self.root).executions, limits))

        def judge(table: pa.Table) -> pa.Table:
            samples, rows = passing_samples(table)
            evidence = assess(
                samples,
                sandbox,
                store=store,
                mined_limit=self.options.cases,
                brought_limit=self.options.brought_cases,
            )
            return _evidence_table(table["row_id"], rows, list(evidence))

        return judge


def _installed(modules: Sequence[str]) -> list[str]:
    """Those of the modules whose package is installed here; nothing is imported."""
    return [name for name in modules if find_spec(name.partition(".")[0]) is not None]


def passing_samples(table: pa.Table) -> tuple[list[Sample], np.ndarray]:
    """Samples of the rows that pass `where`, and their indices in the table."""
    rows = np.flatnonzero(table["passes_where"].to_numpy())
    return samples_from_table(table.take(pa.array(rows))), rows


def _spread(scores: Scores, rows: np.ndarray, total: int) -> pa.Array:
    values = np.full(total, np.nan)
    values[rows] = scores.values
    return pa.array(values, mask=np.isnan(values))


EVIDENCE_SCHEMA = pa.schema(
    [
        ("row_id", pa.string()),
        ("quality", pa.float64()),  # null: no evidence
        ("quality_status", pa.string()),
        ("cases_requested", pa.int32()),
        ("cases_parsed", pa.int32()),
        ("cases_run", pa.int32()),
        ("cases_passed", pa.int32()),
        ("cases_origin", pa.string()),
        ("forgeable", pa.bool_()),  # the response could have faked this
        ("isolation", pa.string()),
        ("quality_detail", pa.string()),
    ]
)


def _evidence_table(
    row_ids: pa.ChunkedArray, rows: np.ndarray, evidence: Sequence[Evidence]
) -> pa.Table:
    lines: list[dict[str, Any]] = [{"row_id": row_id} for row_id in row_ids.to_pylist()]
    for row, one in zip(rows.tolist(), evidence, strict=True):
        lines[row].update(
            quality=one.score,
            quality_status=str(one.status),
            cases_requested=one.requested,
            cases_parsed=one.parsed,
            cases_run=one.run,
            cases_passed=one.passed,
            cases_origin=one.origin,
            forgeable=one.forgeable,
            isolation=one.isolation,
            quality_detail=one.detail,
        )
    return pa.Table.from_pylist(lines, schema=EVIDENCE_SCHEMA)

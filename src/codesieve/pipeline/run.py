"""Run a recipe: every stage in order, then the decision, the training set and the manifest."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from codesieve.errors import RunError
from codesieve.pipeline.atomic import remove, replacing, write_json, write_text
from codesieve.pipeline.audit_stage import audit_stage, fit_audit_sample
from codesieve.pipeline.card import write_card
from codesieve.pipeline.decide import Decision, decide
from codesieve.pipeline.embed import EmbeddingStage
from codesieve.pipeline.engine import LocalEngine
from codesieve.pipeline.export import FACTS, Selected, write_selected
from codesieve.pipeline.failures import one_line
from codesieve.pipeline.findings import SelectedLeakage, findings
from codesieve.pipeline.fit import fit_embedder, fit_neighbours
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.gather import gather
from codesieve.pipeline.groups import run_groups
from codesieve.pipeline.manifest import build_manifest, hashes_of
from codesieve.pipeline.parts import Part
from codesieve.pipeline.plan import Plan, make_plan, sampled
from codesieve.pipeline.pool import FileEntry, run_pool
from codesieve.pipeline.recipe import LoadedRecipe
from codesieve.pipeline.reporter import Reporter, SilentReporter
from codesieve.pipeline.stage import MapStage, run_stage
from codesieve.pipeline.telemetry import Telemetry
from codesieve.pipeline.verdicts import MAX_GROUP_ROWS


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run: its folder, its manifest, and whether anything had to be computed."""

    folder: RunFolder
    manifest: dict[str, Any]
    fresh: bool


def run(
    loaded: LoadedRecipe,
    *,
    jobs: int = 1,
    sample: float = 1.0,
    reporter: Reporter | None = None,
) -> RunResult:
    """Do what is missing of a run; a finished one is found to be so and left alone.

    Args:
        loaded: the recipe.
        jobs: worker processes; the result does not depend on it.
        sample: share of the records to take, a seeded draw, in a folder of its own.
        reporter: told how it goes.

    Raises:
        CodesieveError: with one line on what is wrong and what to do.
    """
    if sample < 1.0:
        loaded = sampled(loaded, sample)
    folder = RunFolder(loaded.folder)
    with one_line(loaded.folder), folder.locked():
        plan = make_plan(loaded, sample)
        manifest = plan.finished()
        if manifest is not None:
            return RunResult(folder, manifest, fresh=False)
        with LocalEngine(jobs) as engine:
            work = _Work(
                plan, engine, reporter or SilentReporter(), Telemetry(folder.telemetry, jobs)
            )
            return RunResult(folder, work.run(), fresh=True)


@dataclass(frozen=True, slots=True)
class _Work:
    plan: Plan
    engine: LocalEngine
    reporter: Reporter
    telemetry: Telemetry

    def run(self) -> dict[str, Any]:
        """Every stage, the decision, the output; the manifest comes last."""
        plan, folder = self.plan, self.plan.folder
        remove(folder.manifest)  # what stands here from now on is not what it describes
        write_text(folder.recipe, plan.loaded.text)
        self.telemetry.save_machine()
        for one in plan.inputs:
            self.reporter.note(f"{one.source.name}: {one.file}: {one.shape_name}")
        with self.reporter.stage("pool", None) as progress, self.telemetry.timed("pool") as clock:
            pooled = run_pool(plan, self.engine, progress)
            clock.rows = pooled.computed
        parts: dict[str, Sequence[Part]] = {"pool": pooled.parts}
        rows = sum(part.rows for part in pooled.parts)
        if rows == 0:
            read = sum(entry.records for entry in pooled.entries)
            raise RunError(
                f"no sample among the {read:,} records read; why: {folder.stage('quarantine')}"
            )
        with self._step("groups", rows, "groups/part-all.parquet"):
            parts["groups"] = (run_groups(folder, pooled.parts),)
        for stage in plan.stages:
            parts[stage.name] = self._map(stage, pooled.parts)
        fitted: list[Path] = []
        audit = audit_stage(plan)
        if audit is not None:
            with self._step("audit sample", rows, "audit/sample.jsonl"):
                fitted.append(fit_audit_sample(folder, plan.recipe.seed, parts))
            parts[audit.name] = self._map(audit, pooled.parts)
        with self._step("embedder", rows, "embedding/embedder.npz"):
            artifact = fit_embedder(folder, plan.recipe.embedding, plan.recipe.seed, parts)
        embed = EmbeddingStage(root=folder.root, artifact=artifact)
        parts[embed.name] = self._map(embed, pooled.parts)
        with self._step("neighbours", rows, "diversity/neighbours.npy"):
            neighbours = fit_neighbours(folder, plan.recipe.seed, parts)
        parts["quarantine"] = pooled.refused
        return self._conclude(pooled.entries, parts, (neighbours, artifact, *fitted))

    def _map(self, stage: MapStage, pool: Sequence[Part]) -> tuple[Part, ...]:
        total = sum(part.rows for part in pool)
        with (
            self.reporter.stage(stage.name, total) as progress,
            self.telemetry.timed(stage.name) as clock,
        ):
            parts, clock.rows = run_stage(self.plan.folder, stage, pool, self.engine, progress)
        return parts

    def _conclude(
        self,
        entries: Sequence[FileEntry],
        parts: dict[str, Sequence[Part]],
        artifacts: tuple[Path, ...],
    ) -> dict[str, Any]:
        plan, folder = self.plan, self.plan.folder
        neighbours = artifacts[0]
        rows = sum(part.rows for part in parts["pool"])
        with self._step("decide", rows):
            names = [benchmark.name for benchmark in plan.recipe.benchmarks]
            scores = gather(folder, parts, names, neighbours, plan.recipe.leakage.drops)
            decision = decide(scores, plan.recipe)
        with self._step("export", rows):
            self._write_decision(decision)
            known = decision.ledger.append_column("quality_status", scores.quality_status)
            chosen = Selected(folder, parts["pool"], known.select(FACTS), decision.selected)
            exposure = SelectedLeakage(plan.leakage)
            write_selected(folder, exposure.watch(chosen.slices()))
            facts = findings(plan, entries, parts, scores, decision, exposure.means())
            manifest = build_manifest(plan, entries, parts, decision, facts)
            write_card(folder, manifest, plan.loaded.text)
            manifest["artifacts"] = hashes_of(folder, artifacts)
            manifest["outputs"] = hashes_of(folder, folder.outputs)
            write_json(folder.manifest, manifest)
        return manifest

    def _write_decision(self, decision: Decision) -> None:
        folder = self.plan.folder
        for path, table in ((folder.verdicts, decision.verdicts), (folder.ledger, decision.ledger)):
            with replacing(path) as temporary:
                pq.write_table(table, temporary, compression="zstd", row_group_size=MAX_GROUP_ROWS)

    @contextmanager
    def _step(self, name: str, rows: int, target: str | None = None) -> Iterator[None]:
        """Report and time a step; one that finds its `target` file current computed no row."""
        path = self.plan.folder.root / target if target else None
        before = path.stat().st_mtime_ns if path and path.exists() else None
        with self.reporter.stage(name, None), self.telemetry.timed(name, rows) as clock:
            yield
            if path and before == path.stat().st_mtime_ns:
                clock.rows = 0

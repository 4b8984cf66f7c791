"""The stage `audit`: leakage seen from several sides, where the recipe asks for it."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from json import dumps, loads
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from codesieve.benchmarks import Benchmark
from codesieve.leakage.audit import Auditor, Pair, Row, Verdict
from codesieve.leakage.audit.auditor import SAMPLE_ROWS
from codesieve.pipeline.atomic import replacing
from codesieve.pipeline.decide import Leakage
from codesieve.pipeline.fingerprint import fingerprint
from codesieve.pipeline.fit import Artifact, artifact_mark, drawn_turns, instruction_of
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.parts import Part, Parts, read_part
from codesieve.pipeline.plan import Plan
from codesieve.pipeline.stage import Compute, MapStage
from codesieve.pipeline.versions import AUDIT_SAMPLE
from codesieve.schema import turns_from_rows

SAMPLE = "sample.jsonl"
MILD = {Verdict.KEEP: 0, Verdict.ASK: 1, Verdict.DROP: 2}


def fit_audit_sample(folder: RunFolder, seed: int, parts: Parts) -> Path:
    """A seeded draw of rows, by which the audit knows what is ordinary; the artifact."""
    path = folder.stage("audit") / SAMPLE
    groups = parts["groups"][0].fingerprint
    artifact = Artifact(path, fingerprint("audit", AUDIT_SAMPLE, SAMPLE_ROWS, seed, groups))
    if not artifact.current:
        rows = [_row(cell) for cell in drawn_turns(folder, SAMPLE_ROWS, seed, parts)]
        lines = [dumps([row.instruction, row.response]) for row in rows]
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        artifact.close()
    return path


@dataclass(frozen=True)
class AuditStage(MapStage):
    """For each benchmark B the row's highest pair: `B.score`, `B.item`, `B.verdict`, `B.views`.

    Null where no pair is above the floor. `views` is a JSON object.
    """

    name: ClassVar[str] = "audit"
    version: ClassVar[int] = 1

    benchmarks: tuple[Benchmark, ...]
    rate: float
    sample: Path

    def parameters(self) -> dict[str, Any]:
        """Benchmarks by content, the rate, and the sample."""
        items = [[one.name, one.content_digest] for one in self.benchmarks]
        return {"benchmarks": items, "rate": self.rate, "sample": artifact_mark(self.sample)}

    def compute(self, stack: ExitStack) -> Compute:
        """Build the auditor once a worker."""
        lines = self.sample.read_text(encoding="utf-8").split("\n")
        drawn = [Row(*loads(line)) for line in lines if line]
        auditor = Auditor(self.benchmarks, drawn, rate=self.rate)

        def scan(table: pa.Table) -> pa.Table:
            rows = np.flatnonzero(table["passes_where"].to_numpy())
            cells = table["turns"].take(pa.array(rows)).to_pylist()
            pairs = auditor.scan([_row(cell) for cell in cells])
            return self._table(table["row_id"], rows, pairs, auditor)

        return scan

    def _table(
        self, row_ids: pa.ChunkedArray, rows: np.ndarray, pairs: Sequence[Pair], auditor: Auditor
    ) -> pa.Table:
        columns: dict[str, Any] = {"row_id": row_ids}
        for number, benchmark in enumerate(self.benchmarks):
            best = {one.row: one for one in reversed(pairs) if one.benchmark == number}
            told: list[Pair | None] = [None] * len(row_ids)
            for row, pair in best.items():
                told[int(rows[row])] = pair
            ids = [one.task_id for one in benchmark.items]
            columns[f"{benchmark.name}.score"] = pa.array(
                [pair and pair.score for pair in told], pa.float64()
            )
            columns[f"{benchmark.name}.item"] = pa.array(
                [pair and ids[pair.item] for pair in told], pa.string()
            )
            columns[f"{benchmark.name}.verdict"] = pa.array(
                [pair and str(auditor.verdict(pair)) for pair in told], pa.string()
            )
            columns[f"{benchmark.name}.views"] = pa.array(
                [pair and dumps(pair.views) for pair in told], pa.string()
            )
        return pa.table(columns)


def audit_stage(plan: Plan) -> AuditStage | None:
    """The stage of a plan whose recipe lets the audit drop rows; its sample need not be there."""
    options = plan.recipe.leakage
    if options.by != "audit":
        return None
    return AuditStage(
        root=plan.folder.root,
        benchmarks=plan.leakage.benchmarks,
        rate=options.false_positive_rate,
        sample=plan.folder.stage(AuditStage.name) / SAMPLE,
    )


def read_audit(folder: RunFolder, parts: Sequence[Part], benchmark: str, drops: str) -> Leakage:
    """A benchmark's columns of all rows as a leakage rule: `similarity` is the score.

    Rows whose verdict is milder than `drops` get the score -inf, so that no threshold takes them.
    """
    names = [f"{benchmark}.{column}" for column in ("score", "item", "verdict", "views")]
    table = pa.concat_tables(read_part(folder.stage("audit"), p.name, names) for p in parts)
    score, item, verdict, views = (column.combine_chunks() for column in table.columns)
    least = MILD[Verdict(drops)]
    taken = [one is not None and MILD[Verdict(one)] >= least for one in verdict.to_pylist()]
    value = np.where(taken, score.to_numpy(zero_copy_only=False), -np.inf)
    return Leakage(value, item, views)


def _row(cell: list[dict[str, Any]]) -> Row:
    answers = [turn.content for turn in turns_from_rows(cell) if turn.role == "assistant"]
    return Row(instruction_of(cell), "\n".join(answers))

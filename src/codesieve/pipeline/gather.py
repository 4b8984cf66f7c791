"""Bring the columns of all stages together, in pool order, for the decision."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from codesieve.pipeline.audit_stage import read_audit
from codesieve.pipeline.decide import Scores
from codesieve.pipeline.fit import load_embeddings
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.leakage import read_leakage
from codesieve.pipeline.parts import Parts, read_part


def read_columns(folder: RunFolder, stage: str, parts: Parts, columns: list[str]) -> pa.Table:
    """Some columns of a stage, all rows, each as one array."""
    tables = [read_part(folder.stage(stage), part.name, columns) for part in parts[stage]]
    return pa.concat_tables(tables).combine_chunks()


def gather(
    folder: RunFolder,
    parts: Parts,
    benchmarks: Sequence[str],
    neighbours: Path,
    drops: str = "ask",
) -> Scores:
    """Read what `decide` needs; text stays on disk. Where the audit ran, it judges leakage."""
    leakage = {name: read_leakage(folder, parts["leakage"], name) for name in benchmarks}
    if "audit" in parts:
        leakage = {name: read_audit(folder, parts["audit"], name, drops) for name in benchmarks}
    pool = read_columns(folder, "pool", parts, ["row_id", "content_id", "source", "passes_where"])
    groups = read_columns(folder, "groups", parts, ["duplicate_of", "group"])
    complexity = read_columns(folder, "complexity", parts, ["complexity", "complexity_failure"])
    quality = read_columns(folder, "quality", parts, ["quality", "quality_status"])
    return Scores(
        row_id=_one(pool["row_id"]),
        content_id=_one(pool["content_id"]),
        source=_one(pool["source"]),
        passes_where=pool["passes_where"].to_numpy(),
        duplicate_of=_one(groups["duplicate_of"]),
        group=_one(groups["group"]),
        leakage=leakage,
        complexity=complexity["complexity"].to_numpy(),
        complexity_failure=_one(complexity["complexity_failure"]),
        quality=quality["quality"].to_numpy(),
        quality_status=_one(quality["quality_status"]),
        embeddings=load_embeddings(folder, parts["embedding"]),
        neighbours=np.load(neighbours, allow_pickle=False),
    )


def _one(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array; large strings where 2 GiB do not suffice."""
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)

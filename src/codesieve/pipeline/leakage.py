"""The stage `leakage`: official TLI of every row against every benchmark, with evidence."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from codesieve.benchmarks import Benchmark, open_benchmark
from codesieve.leakage import ItemTop, TliIndex, TliScan
from codesieve.pipeline.decide import Leakage
from codesieve.pipeline.fit import instruction_of
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.inputs import naming
from codesieve.pipeline.parts import Part, part_metadata, read_part
from codesieve.pipeline.recipe import LoadedRecipe
from codesieve.pipeline.stage import Compute, MapStage

ITEMS = "codesieve.items."  # metadata key: the part's ItemTop of a benchmark, as Arrow IPC


def load_benchmarks(loaded: LoadedRecipe) -> tuple[Benchmark, ...]:
    """The recipe's benchmarks, in order, without LiveCodeBench's private tests."""
    found = []
    for number, one in enumerate(loaded.recipe.benchmarks):
        with naming(f"benchmarks[{number}].files"):
            benchmark = open_benchmark(
                one.files[0] if len(one.files) == 1 else one.files,
                loaded.base,
                one.name,
                prompt_field=one.prompt_field,
                solution_field=one.solution_field,
                tests_field=one.tests_field,
                id_field=one.id_field,
                release=one.release,
                start_date=one.start_date,
                end_date=one.end_date,
                private_tests=False,
            )
            found.append(benchmark)
    return tuple(found)


@dataclass(frozen=True)
class LeakageStage(MapStage):
    """For each benchmark B: `B.similarity` float64, `B.item` task_id, `B.shared` word spans."""

    name: ClassVar[str] = "leakage"
    version: ClassVar[int] = 1

    benchmarks: tuple[Benchmark, ...]
    ngrams: tuple[int, ...]
    pad: bool
    top: int

    def parameters(self) -> dict[str, Any]:
        """Benchmarks by content, and the grams."""
        digests = [[benchmark.name, benchmark.digest] for benchmark in self.benchmarks]
        return {"benchmarks": digests, "ngrams": self.ngrams, "pad": self.pad, "top": self.top}

    def compute(self, stack: ExitStack) -> Compute:
        """Build the index once a worker."""
        index = TliIndex(self.benchmarks, self.ngrams, self.pad)

        def scan(table: pa.Table) -> pa.Table:
            rows = np.flatnonzero(table["passes_where"].to_numpy())
            cells = table["turns"].take(pa.array(rows)).to_pylist()
            found = index.scan([instruction_of(cell) for cell in cells], top=self.top)
            return self._table(table["row_id"], rows, found)

        return scan

    def _table(self, row_ids: pa.ChunkedArray, rows: np.ndarray, scan: TliScan) -> pa.Table:
        """Columns of all rows; those that were not scanned are null."""
        columns: dict[str, Any] = {"row_id": row_ids}
        metadata: dict[bytes, bytes] = {}
        spans = {(one.row, one.benchmark): " | ".join(one.spans) for one in scan.evidence}
        for column, benchmark in enumerate(self.benchmarks):
            name = benchmark.name
            similarity = np.full(len(row_ids), np.nan)
            similarity[rows] = scan.similarity[:, column]
            item = np.full(len(row_ids), -1)
            item[rows] = scan.item[:, column]
            shared = np.full(len(row_ids), None, dtype=object)
            shared[rows] = [spans.get((row, name)) for row in range(len(rows))]
            ids = pa.array([one.task_id for one in benchmark.items])
            columns[f"{name}.similarity"] = pa.array(similarity, mask=np.isnan(similarity))
            columns[f"{name}.item"] = ids.take(pa.array(item, mask=item < 0))
            columns[f"{name}.shared"] = pa.array(shared, pa.string())
            top = scan.tops[column]
            metadata[f"{ITEMS}{name}".encode()] = _pack(replace(top, row=rows[top.row]))
        return pa.table(columns).replace_schema_metadata(metadata)


def read_leakage(folder: RunFolder, parts: Sequence[Part], benchmark: str) -> Leakage:
    """A benchmark's columns of all rows, in pool order."""
    names = [f"{benchmark}.{column}" for column in ("similarity", "item", "shared")]
    table = pa.concat_tables(read_part(folder.stage("leakage"), p.name, names) for p in parts)
    similarity, item, shared = (column.combine_chunks() for column in table.columns)
    return Leakage(similarity.to_numpy(zero_copy_only=False), item, shared)


def leakage_facts(
    folder: RunFolder,
    parts: Sequence[Part],
    stage: LeakageStage,
    thresholds: Mapping[str, float],
) -> list[dict[str, Any]]:
    """TLI of some parts' rows (those that pass `where`) on each benchmark, before and after.

    TLI as 0..1; `dropped` counts rows at or above the threshold, `tli_mean_after` is over the rest.
    """
    facts = []
    for benchmark in stage.benchmarks:
        tops, start = [], 0
        for part in parts:
            packed = part_metadata(folder.stage(stage.name), part.name)
            entries = pa.ipc.open_stream(packed[f"{ITEMS}{benchmark.name}".encode()]).read_all()
            top = ItemTop.from_table(entries, len(benchmark.items), stage.top)
            tops.append(top.shifted(start))
            start += part.rows
        merged, threshold = ItemTop.merge(tops), thresholds[benchmark.name]
        values = read_leakage(folder, parts, benchmark.name).similarity
        values = values[~np.isnan(values)]
        kept = int((values < threshold).sum())
        facts.append(
            {
                "benchmark": benchmark.name,
                "rows": len(values),
                "items": len(benchmark.items),
                "ngrams": list(stage.ngrams),
                "padded": stage.pad,
                "top": stage.top,
                "tli_mean": merged.mean(len(values)),
                "tli_max": float(values.max(initial=0.0)),
                "threshold": threshold,
                "dropped": len(values) - kept,
                "tli_mean_after": merged.mean(kept, threshold),
            }
        )
    return facts


def _pack(top: ItemTop) -> bytes:
    """Arrow IPC stream of the entries."""
    table = top.to_table()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()

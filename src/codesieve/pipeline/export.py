"""Write selected/: the training set in two formats, a slice of the ranking at a time."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from codesieve.pipeline.atomic import replacing
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.parts import Part, part_path, read_part

SLICE_ROWS = 100_000  # selected rows whose text is held at a time; each slice reads all parts once
FACTS = ["source", "content_id", "complexity", "quality", "quality_status", "score", "rank"]


@dataclass(frozen=True, slots=True)
class Selected:
    """The selected rows, readable in slices of the ranking.

    Attributes:
        folder: the run folder.
        pool: parts of the pool, in order.
        facts: FACTS of all rows, in pool order.
        order: (k,) int64 indices of the selected rows, best first.
    """

    folder: RunFolder
    pool: Sequence[Part]
    facts: pa.Table
    order: NDArray[np.int64]

    def slices(self) -> Iterator[pa.Table]:
        """Tables of at most SLICE_ROWS rows, best first; one empty table if nothing is selected."""
        thinks = self._any_reasoning()
        for start in range(0, max(1, len(self.order)), SLICE_ROWS):
            yield self._slice(self.order[start : start + SLICE_ROWS], thinks)

    def _slice(self, rows: NDArray[np.int64], thinks: bool) -> pa.Table:
        text = self._take(rows, ["row_id", "turns", "language"])
        facts = self.facts.take(pa.array(rows))
        columns = {"row_id": text["row_id"], "messages": _messages(text["turns"], thinks)}
        columns |= {"language": text["language"], **{name: facts[name] for name in FACTS}}
        return pa.table(columns)

    def _take(self, rows: NDArray[np.int64], columns: list[str]) -> pa.Table:
        """Columns of the pool for some rows, in their order."""
        ascending = np.sort(rows)
        tables: list[pa.Table] = []
        start = 0
        for part in self.pool:
            own = ascending[(ascending >= start) & (ascending < start + part.rows)] - start
            start += part.rows
            if len(own) or not tables:
                table = read_part(self.folder.stage("pool"), part.name, columns)
                tables.append(table.take(pa.array(own)))
        place = pa.array(np.searchsorted(ascending, rows))
        return pa.concat_tables(tables).replace_schema_metadata(None).combine_chunks().take(place)

    def _any_reasoning(self) -> bool:
        chosen = np.zeros(sum(part.rows for part in self.pool), dtype=bool)
        chosen[self.order] = True
        start = 0
        for part in self.pool:
            path = part_path(self.folder.stage("pool"), part.name)
            table = pq.ParquetFile(path).read(columns=["turns.list.element.reasoning"])
            cells = table["turns"].filter(pa.array(chosen[start : start + part.rows]))
            start += part.rows
            flat = pc.list_flatten(cells)
            if pc.struct_field(flat, "reasoning").null_count < len(flat):
                return True
        return False


def write_selected(folder: RunFolder, slices: Iterable[pa.Table]) -> None:
    """Write train.parquet and train.jsonl, each whole or not at all."""
    with (
        replacing(folder.selected / "train.parquet") as columns,
        replacing(folder.selected / "train.jsonl") as lines,
        lines.open("w", encoding="utf-8", newline="\n") as file,
    ):
        writer: pq.ParquetWriter | None = None
        for table in slices:
            writer = writer or pq.ParquetWriter(columns, table.schema, compression="zstd")
            writer.write_table(table.combine_chunks())
            for batch in table.to_batches(max_chunksize=1000):
                for row in batch.to_pylist():
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        if writer is not None:
            writer.close()


def _messages(turns: pa.ChunkedArray, thinks: bool) -> pa.Array:
    """Turns as chat messages, with `reasoning_content` (null for most) where any row has some."""
    cells = turns.combine_chunks()
    flat = cells.flatten()
    names = {"role": "role", "content": "content"}
    if thinks:
        names["reasoning_content"] = "reasoning"
    fields = [pc.struct_field(flat, field) for field in names.values()]
    structs = pa.StructArray.from_arrays(fields, names=list(names))
    lengths = np.asarray(pc.list_value_length(cells).to_numpy(), dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), structs)

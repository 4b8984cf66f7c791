"""Write selected/: the training set in two formats, with its card."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codesieve.pipeline.atomic import replacing
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.parts import Part, read_part

COLUMNS = ["source", "content_id", "language", "complexity", "quality", "quality_status"]


def selected_rows(
    folder: RunFolder, pool: Sequence[Part], ledger: pa.Table, quality: pa.Array, order: np.ndarray
) -> pa.Table:
    """The selected rows, best first: row_id, messages, COLUMNS, score, rank.

    Args:
        folder: the run folder.
        pool: parts of the pool, in order.
        ledger: of the decision, in pool order.
        quality: quality status of all rows, in pool order.
        order: (k,) indices of the selected rows, best first.
    """
    ascending = np.sort(order)
    tables = []
    start = 0
    for part in pool:
        own = ascending[(ascending >= start) & (ascending < start + part.rows)] - start
        columns = ["row_id", "turns", "language"]
        tables.append(read_part(folder.stage("pool"), part.name, columns).take(pa.array(own)))
        start += part.rows
    place = pa.array(np.searchsorted(ascending, order))
    text = pa.concat_tables(tables).combine_chunks().take(place)
    facts = ledger.take(pa.array(order)).append_column(
        "quality_status", quality.take(pa.array(order))
    )
    table = text.select(["row_id"]).append_column("messages", _messages(text["turns"]))
    for name in COLUMNS:
        table = table.append_column(name, (text if name == "language" else facts)[name])
    for name in ("score", "rank"):
        table = table.append_column(name, facts[name])
    return table.replace_schema_metadata(None).combine_chunks()


def write_selected(folder: RunFolder, rows: pa.Table) -> None:
    """Write train.parquet and train.jsonl, each in one step."""
    with replacing(folder.selected / "train.parquet") as temporary:
        pq.write_table(rows, temporary, compression="zstd")
    with replacing(folder.selected / "train.jsonl") as temporary:
        _write_jsonl(temporary, rows)


def _messages(turns: pa.ChunkedArray) -> pa.Array:
    """Turns as chat messages; `reasoning_content` stands there only if any turn has some."""
    cells = turns.combine_chunks()
    flat = cells.flatten()
    columns = {
        "role": pc.struct_field(flat, "role"),
        "content": pc.struct_field(flat, "content"),
        "reasoning_content": pc.struct_field(flat, "reasoning"),
    }
    if columns["reasoning_content"].null_count == len(flat):
        del columns["reasoning_content"]
    structs = pa.StructArray.from_arrays(list(columns.values()), names=list(columns))
    lengths = np.asarray(pc.list_value_length(cells).to_numpy(), dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), structs)


def _write_jsonl(path: Path, rows: pa.Table) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for batch in rows.to_batches(max_chunksize=1000):
            for row in batch.to_pylist():
                file.write(json.dumps(_compact(row), ensure_ascii=False) + "\n")


def _compact(row: dict[str, Any]) -> dict[str, Any]:
    """The row without the reasoning of messages that have none."""
    messages = [
        {key: value for key, value in message.items() if value is not None}
        for message in row["messages"]
    ]
    return {**row, "messages": messages}

"""The global stage `groups`: duplicates and instruction groups over the whole pool."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from codesieve.pipeline.fingerprint import fingerprint
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.parts import Part, read_part, write_part
from codesieve.pipeline.versions import GROUPS as VERSION
from codesieve.pool.groups import find_groups

NAME = "groups"
PART = "part-all"


def groups_fingerprint(pool: Sequence[Part]) -> str:
    """Changes with any part of the pool."""
    return fingerprint(NAME, VERSION, [part.fingerprint for part in pool])


def run_groups(folder: RunFolder, pool: Sequence[Part]) -> Part:
    """Write groups/part-all.parquet: row_id, duplicate_of, group, group_size, in pool order."""
    mark = groups_fingerprint(pool)
    stored = folder.stored_parts(NAME, {PART: mark})
    if stored:
        folder.close_stage(NAME, [stored[PART]], version=VERSION)
        return stored[PART]
    columns = ["row_id", "duplicate_key", "group_key", "passes_where"]
    keys = pa.concat_tables(read_part(folder.stage("pool"), p.name, columns) for p in pool)
    groups = find_groups(
        _bytes_array(keys["duplicate_key"]),
        _bytes_array(keys["group_key"]),
        keys["passes_where"].to_numpy(),
    )
    row_ids = keys["row_id"].combine_chunks()
    table = pa.table(
        {
            "row_id": row_ids,
            "duplicate_of": _take_or_null(row_ids, groups.duplicate_of),
            "group": _take_or_null(row_ids, groups.group),
            "group_size": groups.group_size,
        }
    )
    part = write_part(folder.stage(NAME), PART, table, mark)
    folder.close_stage(NAME, [part], version=VERSION)
    return part


def _bytes_array(column: pa.ChunkedArray) -> np.ndarray:
    """(n,) S16 of a fixed-size binary column without nulls."""
    buffers = [
        np.frombuffer(chunk.buffers()[1], dtype="S16", count=len(chunk), offset=16 * chunk.offset)
        for chunk in column.chunks
        if len(chunk)
    ]
    return np.concatenate(buffers) if buffers else np.empty(0, dtype="S16")


def _take_or_null(values: pa.Array, indices: np.ndarray) -> pa.Array:
    """Values at indices, null where the index is negative."""
    return values.take(pa.array(indices, mask=indices < 0))

"""Reads Parquet in small batches; a row group that cannot be decoded is refused as rows a to b."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from codesieve.pool.json_text import to_json_bytes
from codesieve.pool.opening import Stream
from codesieve.pool.outcomes import Reason, Record, Refusal

_BATCH_ROWS = 256
# What pyarrow raises on bytes that are not what they claim to be.
_UNREADABLE: tuple[type[Exception], ...] = (pa.ArrowException, OSError, ValueError, TypeError)
_UNREADABLE += (KeyError, ArithmeticError, MemoryError)


def read_parquet(path: Path, limit: int) -> Iterator[Record | Refusal]:
    """Rows as records; `ordinal` is the number of the row, also behind a refused range of rows.

    Dates and times become texts. A range of rows is refused without its bytes: where they lie says
    the file's index, and pyarrow aborts the process when asked for a damaged part of that. A
    compressed file is unpacked to a temporary file first; one that breaks off is refused as a
    whole, since the index stands at the end.
    """
    with Stream(path) as stream, tempfile.TemporaryFile() as spooled:
        if stream.compressed:
            shutil.copyfileobj(stream, spooled)
            yield from _read_file(spooled, stream, limit)
        else:
            with path.open("rb") as file:
                yield from _read_file(file, stream, limit)


def _read_file(file: IO[bytes], stream: Stream, limit: int) -> Iterator[Record | Refusal]:
    reason, detail = Reason.NOT_PARQUET, ""
    if stream.damage:
        reason, detail = stream.damage.reason, stream.damage.detail
    else:
        try:
            parquet = pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20)
            names = parquet.schema_arrow.names
        except _UNREADABLE as error:
            detail = _first_line(error)
        else:
            if names and len(set(names)) == len(names):
                yield from _read_groups(parquet, limit)
                return
            reason, detail = Reason.BAD_HEADER, "no columns, or two columns of the same name"
    size = file.seek(0, 2)
    file.seek(0)
    yield Refusal(0, f"bytes 0-{size}", reason, detail, file.read(limit), size)


def _read_groups(parquet: pq.ParquetFile, limit: int) -> Iterator[Record | Refusal]:
    row = 0
    for group in range(parquet.num_row_groups):
        end = row + max(0, parquet.metadata.row_group(group).num_rows)
        problem = ""
        batches = parquet.iter_batches(_BATCH_ROWS, row_groups=[group], use_threads=False)
        while not problem:
            try:
                batch = next(batches, None)
            except _UNREADABLE as error:
                problem = _first_line(error)
                break
            if batch is None:
                problem = f"the row group has fewer than its {end} rows" if row < end else ""
                break
            for value in _values(batch):
                yield _outcome(row, value, limit)
                row += 1
        if problem:
            place = f"rows {row}-{max(row, end - 1)}"
            yield Refusal(row, place, Reason.CORRUPT_ROWS, problem, b"", 0)
        row = max(row, end)


def _outcome(row: int, value: "dict[str, Any] | _Unreadable", limit: int) -> Record | Refusal:
    problem = None
    if isinstance(value, _Unreadable):
        problem, value = (value.reason, value.detail), value.cells
    raw = to_json_bytes(value)
    if len(raw) > limit:
        problem = Reason.TOO_LARGE, f"{len(raw)} bytes as JSON, the limit is {limit}"
    if problem is None:
        return Record(row, f"row {row}", value, len(raw))
    return Refusal(row, f"row {row}", *problem, raw[:limit], len(raw))


class _Unreadable:
    """A row of which some cell has no Python value."""

    def __init__(self, batch: pa.RecordBatch, error: Exception) -> None:
        bad_text = isinstance(error, UnicodeDecodeError)
        self.reason = Reason.INVALID_UTF8 if bad_text else Reason.BAD_ROW
        self.detail = _first_line(error)
        columns = zip(batch.schema.names, batch.columns, strict=True)
        self.cells = {name: _any_cell(column) for name, column in columns}


def _values(batch: pa.RecordBatch) -> "Iterator[dict[str, Any] | _Unreadable]":
    """The rows of a batch, one by one where the batch as a whole cannot be converted."""
    columns = [_without_time(column) for column in batch.columns]
    batch = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    try:
        yield from batch.to_pylist()
    except _UNREADABLE:
        for index in range(batch.num_rows):
            one = batch.slice(index, 1)
            try:
                value = one.to_pylist()[0]
            except _UNREADABLE as error:
                yield _Unreadable(one, error)
            else:
                yield value


def _without_time(column: pa.Array) -> pa.Array:
    """Dates and times as texts, or as numbers where Arrow has no text for them."""
    if not pa.types.is_temporal(column.type):
        return column
    for target in (pa.string(), pa.int64()):
        try:
            return column.cast(target)
        except pa.ArrowException:
            continue
    return column


def _any_cell(column: pa.Array) -> Any:
    """The value of a one-row column; texts that are not UTF-8 as bytes."""
    for candidate in (column.type, _with_bytes(column.type)):
        try:
            return column.cast(candidate)[0].as_py()
        except _UNREADABLE:
            continue
    return "(unreadable)"


def _with_bytes(kind: pa.DataType) -> pa.DataType:
    """The same type with binary in the place of every text."""
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pa.large_binary() if pa.types.is_large_string(kind) else pa.binary()
    if pa.types.is_list(kind):
        return pa.list_(_with_bytes(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _with_bytes(field.type)) for field in kind])
    return kind


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]

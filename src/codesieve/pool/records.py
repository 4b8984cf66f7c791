"""Any source file as records: JSON lines, JSON arrays, CSV, Parquet, each also compressed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from codesieve.errors import SourceError
from codesieve.pool.csv_rows import read_csv
from codesieve.pool.jsonl import read_json, read_jsonl
from codesieve.pool.opening import COMPRESSIONS, Stream
from codesieve.pool.outcomes import MAX_RECORD_BYTES, Reason, Record, Refusal
from codesieve.pool.parquet_rows import read_parquet

__all__ = ["MAX_RECORD_BYTES", "Format", "Reason", "Record", "Refusal", "read_records"]

Format = Literal["auto", "jsonl", "json", "csv", "parquet"]
_SUFFIXES: dict[str, Format] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}
_SUFFIXES |= {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}
_TEXT_READERS = {"jsonl": read_jsonl, "json": read_json, "csv": read_csv}


def read_records(
    path: Path, *, format: Format = "auto", max_record_bytes: int = MAX_RECORD_BYTES
) -> Iterator[Record | Refusal]:
    """Every record of a file, in order: a Record, or a Refusal that says why not.

    `format` "auto" goes by the suffix, with `.gz`, `.zst` or `.zstd` behind it for a compressed
    file; the compression always does. Memory stays within a small multiple of `max_record_bytes`.
    No bytes are left out in silence: what is not a record is blank, or between records, or refused.

    Raises SourceError where the file cannot be opened or its format is not known.
    """
    chosen = format_of(path) if format == "auto" else format
    if chosen not in get_args(Format):
        raise SourceError(f"{path}: format must be one of {', '.join(get_args(Format))}")
    return _read(path, chosen, max_record_bytes)


def _read(path: Path, format: Format, limit: int) -> Iterator[Record | Refusal]:
    if format == "parquet":
        yield from read_parquet(path, limit)
        return
    with Stream(path) as stream:
        yield from _TEXT_READERS[format](stream, limit)


def format_of(path: Path) -> Format:
    """The format that a file's suffix tells. Raises SourceError if it tells none."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    format = _SUFFIXES.get(suffixes[-1]) if suffixes else None
    if format is None:
        known = ", ".join(_SUFFIXES)
        raise SourceError(f"{path}: the suffix tells no format ({known}); write `format:`")
    return format

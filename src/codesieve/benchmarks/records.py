"""Reads the records of a benchmark file: JSON lines, JSON, Parquet."""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from codesieve.errors import RecipeError, SourceError

SUFFIXES = (".jsonl", ".json", ".jsonl.gz", ".json.gz", ".parquet")
LIMIT = 1 << 30  # bytes of one line, or of one .json file, decompressed
BATCH_ROWS = 64


def read_records(path: Path, where: str) -> Iterator[dict[str, Any]]:
    """Records in order; of JSON lines and Parquet only a few are in memory at a time.

    Args:
        path: .jsonl, .json (an array, or an object of records), both also .gz; or .parquet.
        where: named in errors.

    Raises:
        RecipeError: the name ends in nothing of these.
        SourceError: the file is missing or broken, or a record is not an object.
    """
    if not path.name.endswith(SUFFIXES):
        raise RecipeError(f"{where}: the name must end in one of {', '.join(SUFFIXES)}")
    ordinal = 0
    try:
        for record in _values(path, where):
            if not isinstance(record, dict):
                raise SourceError(f"{where}: item {ordinal} is not a JSON object")
            yield record
            ordinal += 1
    except FileNotFoundError as error:
        raise SourceError(f"{where}: no such file") from error
    except (OSError, EOFError, zlib.error) as error:
        said = str(error).partition("\n")[0]
        raise SourceError(f"{where}: cannot be read ({said})") from error


def _values(path: Path, where: str) -> Iterator[Any]:
    if path.suffix == ".parquet":
        yield from _parquet_values(path)
        return
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        if path.name.removesuffix(".gz").endswith(".jsonl"):
            yield from _lines(file, where)
        else:
            content = _parse(_bounded(file.read(LIMIT + 1), where), where)
            if not isinstance(content, list | dict):
                raise SourceError(f"{where}: neither an array nor an object of records")
            yield from content.values() if isinstance(content, dict) else content


def _lines(file: IO[bytes] | gzip.GzipFile, where: str) -> Iterator[Any]:
    number = 0
    while raw := file.readline(LIMIT + 1):
        number += 1
        if raw.strip():
            here = f"{where}: line {number}"
            yield _parse(_bounded(raw, here), here)


def _bounded(raw: bytes, where: str) -> bytes:
    if len(raw) > LIMIT:
        raise SourceError(f"{where}: longer than {LIMIT >> 20} MiB")
    return raw


def _parse(raw: bytes, where: str) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{where}: not UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where}: broken JSON ({error})") from error


def _parquet_values(path: Path) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        try:
            parquet = pq.ParquetFile(file, pre_buffer=False)
            for batch in parquet.iter_batches(BATCH_ROWS, use_threads=False):
                yield from batch.to_pylist()
        except (pa.ArrowException, ValueError, TypeError, ArithmeticError) as error:
            raise OSError(f"broken Parquet: {error}") from error

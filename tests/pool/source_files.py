"""Helpers of these tests: writing records in every format, and an account of a file's bytes."""

import csv
import gzip
import io
import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from codesieve.pool import Record, Refusal, read_records

FORMATS = (".jsonl", ".json", ".csv", ".parquet")
COMPRESSIONS = ("", ".gz", ".zst")


def encode(rows: list[dict], suffix: str) -> bytes:
    """Records as the bytes of a file; `suffix` is a format's."""
    if suffix == ".jsonl":
        return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    if suffix == ".json":
        return json.dumps(rows, ensure_ascii=False, indent=1).encode()
    if suffix == ".csv":
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink, row_group_size=4)
    return sink.getvalue()


def compress(data: bytes, suffix: str) -> bytes:
    if suffix == ".gz":
        return gzip.compress(data, mtime=0)
    if suffix == ".zst":
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as file:
            file.write(data)
        return sink.getvalue().to_pybytes()
    return data


def read_all(path: Path, data: bytes, **options) -> list[Record | Refusal]:
    path.write_bytes(data)
    return list(read_records(path, **options))


def records_of(outcomes: list[Record | Refusal]) -> list[Record]:
    return [one for one in outcomes if isinstance(one, Record)]


def refusals_of(outcomes: list[Record | Refusal]) -> list[Refusal]:
    return [one for one in outcomes if isinstance(one, Refusal)]


def size_of(outcome: Record | Refusal) -> int:
    return outcome.raw_size if isinstance(outcome, Record) else outcome.byte_count


def assert_ordinals_count(outcomes: list[Record | Refusal]) -> None:
    assert [one.ordinal for one in outcomes] == list(range(len(outcomes)))


def assert_every_byte_is_accounted_for(data: bytes, outcomes: list, limit: int) -> None:
    """What no outcome covers is white space, a line feed, or stands between the elements."""
    covered = bytearray(len(data))
    marked = data.startswith(b"\xef\xbb\xbf")
    starts = [3 if marked else 0]
    for position in (found.end() for found in re.finditer(rb"\n", data)):
        starts.append(position)
    starts.append(len(data) + 1)
    before = 0
    for one in outcomes:
        unit, numbers = one.place.split(" ")[0], [int(n) for n in re.findall(r"\d+", one.place)]
        if unit == "bytes":
            begin, end = numbers
            assert end - begin == size_of(one)
        else:
            begin, end = starts[numbers[0] - 1], min(len(data), starts[numbers[-1]])
            assert 0 <= end - begin - size_of(one) <= 1  # the last line feed may not be counted
        assert begin >= before
        before = end
        if isinstance(one, Refusal):
            assert one.raw == data[begin : begin + min(limit, one.byte_count)]
        covered[begin:end] = b"\1" * (end - begin)
    rest = bytes(byte for byte, seen in zip(data, covered, strict=True) if not seen)
    assert not rest.removeprefix(b"\xef\xbb\xbf").translate(None, b" \t\r\n\v\f,[]")

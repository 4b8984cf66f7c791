"""A damaged record is refused alone; a file that was cut gives all that stands before the cut."""

import json
import zlib

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.pool.source_files import (
    FORMATS,
    compress,
    encode,
    read_all,
    records_of,
    refusals_of,
)

MODEST = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# Code in texts is full of brackets, quotes and commas: what a way back must not stumble over.
CODE = st.sampled_from(
    ["def f(a, b): return {a: [b]}", 'print("hi, {x}")', "}, {", '"', "[1, 2", "\\", "", "]}", "é"]
)
ROWS = st.lists(CODE, min_size=3, max_size=6).map(
    lambda texts: [
        {
            "instruction": f"task {n} {text}",
            "turns": [{"role": text}, {"role": "x"}],
            "output": text,
        }
        for n, text in enumerate(texts)
    ]
)


def layouts(rows):
    """The rows as a JSON array in three layouts, and as lines; each as a list of pieces."""
    for indent, separators in ((None, (", ", ": ")), (None, (",", ":")), (4, None)):
        texts = [json.dumps(row, indent=indent, separators=separators) for row in rows]
        yield ".json", "[", ",\n" if indent else ",", "]\n", [text.encode() for text in texts]
    yield ".jsonl", "", "\n", "\n", [json.dumps(row).encode() for row in rows]


@MODEST
@given(
    rows=ROWS,
    layout=st.integers(0, 3),
    victim=st.integers(0, 100),
    position=st.integers(0, 10_000),
    byte=st.none() | st.sampled_from(b'"{}[],:\\ \n\xff0x') | st.integers(0, 255),
)
@example(rows=[{"a": 1}] * 3, layout=0, victim=0, position=0, byte=ord("]"))
def test_one_mutated_byte_in_a_record_costs_no_other_record(
    tmp_path, rows, layout, victim, position, byte
):
    suffix, head, between, tail, pieces = list(layouts(rows))[layout]
    victim %= len(rows)
    piece = bytearray(pieces[victim])
    position %= len(piece)
    piece[position : position + 1] = b"" if byte is None else bytes([byte])
    pieces[victim] = bytes(piece)
    data = head.encode() + between.encode().join(pieces) + tail.encode()
    outcomes = read_all(tmp_path / f"rows{suffix}", data)
    found = [one.value for one in records_of(outcomes)]
    others = [row for n, row in enumerate(rows) if n != victim]
    remaining = iter(found)
    assert all(row in remaining for row in others), (data, outcomes)
    assert len(outcomes) >= len(rows) - (not piece.strip())


@MODEST
@given(rows=ROWS, layout=st.integers(0, 3), cut=st.integers(0, 10_000))
def test_a_cut_file_gives_all_records_before_the_cut_and_one_refusal(tmp_path, rows, layout, cut):
    suffix, head, between, tail, pieces = list(layouts(rows))[layout]
    data = head.encode() + between.encode().join(pieces) + tail.encode()
    cut %= len(data)
    outcomes = read_all(tmp_path / f"rows{suffix}", data[:cut])
    end, whole = len(head), 0
    for piece in pieces:
        end += len(piece)
        whole += end <= cut
        end += len(between)
    assert [one.value for one in records_of(outcomes)][:whole] == rows[:whole]
    assert len(records_of(outcomes)) == whole
    at_line_end = suffix == ".jsonl" and data[:cut].count(b"}\n") == whole
    line_whole = suffix == ".jsonl" and data[:cut].endswith(b"}") and not refusals_of(outcomes)
    array_closed = suffix == ".json" and cut == len(data) - 1
    assert at_line_end or line_whole or array_closed or cut == 0 or len(refusals_of(outcomes)) == 1


@pytest.mark.parametrize("suffix", [".jsonl", ".json", ".csv"])
@MODEST
@given(rows=ROWS, cut=st.integers(0, 10_000))
def test_a_cut_gzip_gives_every_record_it_still_holds_and_one_refusal(tmp_path, suffix, rows, cut):
    if suffix == ".csv":
        rows = [{"a": row["instruction"], "b": row["output"] or "-"} for row in rows]
    data = encode(rows, suffix)
    packed = compress(data, ".gz")
    packed = packed[: cut % len(packed)]
    held = zlib.decompressobj(31).decompress(packed)
    plain = records_of(read_all(tmp_path / f"rows{suffix}", held))
    outcomes = read_all(tmp_path / f"rows{suffix}.gz", packed)
    found = records_of(outcomes)
    assert [one.value for one in found] == rows[: len(found)]
    assert len(plain) - len(found) <= (suffix == ".csv")  # a last row may be cut within a cell
    (refusal,) = refusals_of(outcomes)
    assert refusal.reason == "truncated_archive"
    assert outcomes[-1] is refusal
    assert held.endswith(refusal.raw)


@MODEST
@given(cut=st.integers(0, 100_000), pack=st.sampled_from(["", ".gz", ".zst"]))
def test_a_cut_parquet_file_is_refused_as_a_whole(tmp_path, cut, pack):
    packed = compress(encode([{"a": "x" * n} for n in range(9)], ".parquet"), pack)
    packed = packed[: cut % len(packed)]
    (refusal,) = read_all(tmp_path / f"rows.parquet{pack}", packed)
    assert refusal.reason == ("truncated_archive" if pack else "not_parquet")
    assert refusal.place == f"bytes 0-{refusal.byte_count}"


def test_a_row_group_that_cannot_be_decoded_is_refused_as_a_range_of_rows(tmp_path):
    rows = [{"a": f"text {n} " * 20} for n in range(12)]
    data = bytearray(encode(rows, ".parquet"))  # row groups of 4
    path = tmp_path / "rows.parquet"
    path.write_bytes(data)
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    start = column.dictionary_page_offset
    data[start : start + column.total_compressed_size] = b"\xa5" * column.total_compressed_size
    outcomes = read_all(path, bytes(data))
    (refusal,) = refusals_of(outcomes)
    assert (refusal.place, refusal.reason, refusal.ordinal) == ("rows 4-7", "corrupt_rows", 4)
    assert [one.ordinal for one in records_of(outcomes)] == [0, 1, 2, 3, 8, 9, 10, 11]
    assert [one.value for one in records_of(outcomes)] == rows[:4] + rows[8:]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("pack", [".gz", ".zst"])
def test_bytes_behind_an_archive_are_said_to_be_there(tmp_path, suffix, pack):
    packed = compress(encode([{"a": "x"}, {"a": "y"}], suffix), pack) + b"garbage"
    outcomes = read_all(tmp_path / f"rows{suffix}{pack}", packed)
    assert outcomes[-1].reason == "corrupt_archive"
    assert len(records_of(outcomes)) == (0 if suffix == ".parquet" else 2)

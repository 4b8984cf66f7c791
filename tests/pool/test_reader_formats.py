"""What each reader refuses, where it says it stands, and that it goes on behind it."""

import json
import tracemalloc

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.pool.source_files import compress, read_all, records_of, refusals_of

from codesieve.pool import Record, read_records
from codesieve.pool.parquet_rows import read_parquet

GOOD = b'{"instruction": "a", "output": "b"}'
HOSTILE = {
    b'{"a": tru}': "broken_json",
    b'{"a": NaN}': "broken_json",
    b'{"a": -Infinity}': "broken_json",
    b'{"a": "tab\tin text"}': "broken_json",
    b'{"a": 1' + b"0" * 5000 + b"}": "broken_json",
    b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}": "too_deep",
    b'{"a": ' + b"[" * 120 + b"]" * 120 + b"}": "too_deep",
    b'{"a": "\xff"}': "invalid_utf8",
    b'{"a": "\xed\xa0\x80"}': "invalid_utf8",
    b"[1, 2]": "not_an_object",
    b'"text"': "not_an_object",
    b"12": "not_an_object",
    b"null": "not_an_object",
}


@pytest.mark.parametrize("layout", ["lines", "array"])
@pytest.mark.parametrize("bad", HOSTILE, ids=range(len(HOSTILE)))
def test_a_bad_record_is_refused_alone_with_its_reason_and_bytes(tmp_path, bad, layout):
    if layout == "lines":
        outcomes = read_all(tmp_path / "x.jsonl", GOOD + b"\n" + bad + b"\n" + GOOD)
    else:
        outcomes = read_all(tmp_path / "x.json", b"[" + b", ".join([GOOD, bad, GOOD]) + b"]")
    first, refusal, last = outcomes
    assert first.value == last.value == json.loads(GOOD)
    assert (refusal.reason, refusal.raw, refusal.byte_count) == (HOSTILE[bad], bad, len(bad))
    assert refusal.place == ("line 2" if layout == "lines" else f"bytes 38-{38 + len(bad)}")
    assert refusal.ordinal == 1


def test_brackets_in_texts_do_not_count_as_depth(tmp_path):
    row = {"a": "[{" * 200, "b": [{"c": [n]} for n in range(200)]}
    (record,) = read_all(tmp_path / "x.jsonl", json.dumps(row).encode())
    assert record.value == row


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.csv", "x.json.gz", "x.jsonl.zst"])
def test_a_record_over_the_limit_is_refused_and_the_next_is_read(tmp_path, name):
    limit = 1000
    texts = ["x" * 10, "y" * 500_000, "z" * 10]
    if ".csv" in name:
        data = "a\n" + "".join(f'"{text}"\n' for text in texts)
    else:
        rows = [json.dumps({"a": text}) for text in texts]
        data = "\n".join(rows) if "jsonl" in name else f"[{','.join(rows)}]"
    packed = compress(data.encode(), name[name.rfind(".") :])
    first, refusal, last = read_all(tmp_path / name, packed, max_record_bytes=limit)
    assert (first.value["a"], last.value["a"]) == (texts[0], texts[2])
    assert (refusal.reason, len(refusal.raw)) == ("too_large", limit)
    assert 500_000 < refusal.byte_count < 500_020


@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x.csv", "x.jsonl.gz"])
def test_memory_stays_within_a_few_records_however_large_the_file_or_one_record(tmp_path, name):
    limit = 1 << 18
    rows = [{"a": "x" * 20_000}] * 400 + [{"a": "y" * (8 << 20)}] + [{"a": "z"}] * 10
    if ".csv" in name:
        data = "a\n" + "".join(row["a"] + "\n" for row in rows)
    else:
        lines = [json.dumps(row) for row in rows]
        data = "\n".join(lines) if "jsonl" in name else f"[{','.join(lines)}]"
    path = tmp_path / name
    path.write_bytes(compress(data.encode(), path.suffix))
    del data, rows
    tracemalloc.start()
    outcomes = [one.place for one in read_records(path, max_record_bytes=limit)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(outcomes) == 411
    assert peak < 16 * limit


def test_a_million_broken_elements_are_one_pass(tmp_path):
    data = b"[" + b"x," * 200_000 + GOOD + b"]"
    outcomes = read_all(tmp_path / "x.json", data)
    assert outcomes[-1].value == json.loads(GOOD)
    assert len(outcomes) < 10


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"12", "not_a_json_array"), (b'{\n "data": [\n{"a": 1},\n2]\n}\n', "not_a_json_array")],
)
def test_a_json_file_without_an_array_is_refused_as_a_whole(tmp_path, data, reason):
    (refusal,) = read_all(tmp_path / "x.json", data)
    assert (refusal.reason, refusal.place) == (reason, f"bytes 0-{len(data)}")
    assert refusal.raw == data


@pytest.mark.parametrize("data", [b"", b" \n\n", b"\xef\xbb\xbf", b"[]", b"[ ]\n"])
def test_a_json_file_of_nothing_has_no_records(tmp_path, data):
    assert read_all(tmp_path / "x.json", data) == []


def test_text_behind_an_array_is_refused_and_a_second_array_is_still_read(tmp_path):
    array = b"[" + GOOD + b"]"
    outcomes = read_all(tmp_path / "x.json", array + b"\n" + array + b" trailing")
    assert len(records_of(outcomes)) == 2
    assert [one.raw for one in refusals_of(outcomes)] == [b"]\n[", b"] trailing"]


def test_an_array_that_is_not_closed_says_so(tmp_path):
    record, refusal = read_all(tmp_path / "x.json", b"[" + GOOD)
    assert isinstance(record, Record)
    assert (refusal.place, refusal.byte_count) == ("bytes 36-36", 0)
    assert refusal.detail == "the array is not closed"


def test_commas_too_many_or_missing_touch_no_record(tmp_path):
    data = b"[" + GOOD + b",,\n" + GOOD + b" " + GOOD + b",]"
    assert len(records_of(read_all(tmp_path / "x.json", data))) == 3


def test_a_csv_row_that_does_not_fit_is_refused_with_its_lines(tmp_path):
    data = b'a,b\r\n1,2\r\n\r\n1\r\n1,2,3\r\n"x\ny",2\r\n"q"z,1\r\n'
    data += b'\xff,1\r\n\0,1\r\n3,4\r\n"open,\n5,6'
    outcomes = read_all(tmp_path / "x.csv", data)
    assert [(one.place, one.value) for one in records_of(outcomes)] == [
        ("line 2", {"a": "1", "b": "2"}),
        ("lines 6-7", {"a": "x\ny", "b": "2"}),
        ("line 11", {"a": "3", "b": "4"}),
    ]
    assert [(one.place, one.reason, one.raw) for one in refusals_of(outcomes)] == [
        ("line 4", "bad_row", b"1\r\n"),
        ("line 5", "bad_row", b"1,2,3\r\n"),
        ("line 8", "bad_row", b'"q"z,1\r\n'),
        ("line 9", "invalid_utf8", b"\xff,1\r\n"),
        ("line 10", "bad_row", b"\0,1\r\n"),
        ("lines 12-13", "bad_row", b'"open,\n5,6'),
    ]


@pytest.mark.parametrize("header", [b"a,a\n", b"a,\n", b'"a', b"\xff,b\n", b'"a"b\n'])
def test_a_csv_with_an_unusable_header_is_refused_as_a_whole(tmp_path, header):
    data = header + b"1,2\n3,4\n"
    (refusal,) = read_all(tmp_path / "x.csv", data)
    assert (refusal.reason, refusal.raw) == ("bad_header", data)
    assert refusal.place == f"bytes 0-{len(data)}"


def test_a_csv_cell_may_be_larger_than_the_parsers_own_limit(tmp_path):
    text = "x" * 300_000
    (record,) = read_all(tmp_path / "x.csv", f"a,b\n1,{text}\n".encode())
    assert record.value["b"] == text


def test_a_parquet_text_that_is_not_utf8_costs_its_row(tmp_path):
    offsets = pa.array([0, 1, 2, 3], pa.int32()).buffers()[1]
    texts = pa.StringArray.from_buffers(3, offsets, pa.py_buffer(b"a\xffc"))
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": texts, "n": [1, 2, 3]}), path)
    first, refusal, last = read_parquet(path, 1000)
    assert (first.value["a"], last.value["a"], last.ordinal) == ("a", "c", 2)
    assert (refusal.reason, refusal.place) == ("invalid_utf8", "row 1")
    assert json.loads(refusal.raw) == {"a": "\\xff", "n": 2}


def test_a_parquet_file_with_two_columns_of_a_name_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), path)
    (refusal,) = read_records(path)
    assert (refusal.reason, refusal.byte_count) == ("bad_header", path.stat().st_size)


def test_a_parquet_row_over_the_limit_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": ["x", "y" * 500]}), path)
    first, refusal = read_records(path, max_record_bytes=100)
    assert first.value == {"a": "x"}
    assert (refusal.reason, refusal.place, len(refusal.raw)) == ("too_large", "row 1", 100)

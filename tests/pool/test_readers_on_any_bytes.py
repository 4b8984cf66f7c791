"""Whatever bytes a file holds, reading it ends in records and refusals that account for them."""

import gzip
import zlib

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pool.source_files import (
    COMPRESSIONS,
    FORMATS,
    assert_every_byte_is_accounted_for,
    assert_ordinals_count,
    compress,
    read_all,
    refusals_of,
)

from codesieve.pool import Record
from codesieve.pool.csv_rows import read_csv
from codesieve.pool.json_array import read_json_array
from codesieve.pool.jsonl import read_jsonl
from codesieve.pool.opening import Stream

FRAGMENTS = [
    b'{"a": "x", "b": 1}', b'{"a": "y"}',
    b'{"a": ', b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":",
    b"\n", b"\r\n", b" ", b"\xff", b"\xc3", "é".encode(), b"\xef\xbb\xbf", b"\0", b"1", b"1e999",
    b"NaN", b"null", b"tru", b'"a"', b'{"b": [{"a": 2}]}', b'"\\ud800"', b"x" * 40, b"a,b", b'"c""',
]  # fmt: skip
ANY_BYTES = st.binary(max_size=200) | st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(
    b"".join
)
ARRAYS = ANY_BYTES.map(lambda data: b"[" + data) | ANY_BYTES.map(lambda data: b"[" + data + b"]")
LIMITS = st.sampled_from([8, 30, 1 << 16])
MODEST = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("suffix", FORMATS)
@MODEST
@given(data=ANY_BYTES | ARRAYS, limit=LIMITS)
def test_any_bytes_in_any_format_give_records_or_refusals_and_no_traceback(
    tmp_path, suffix, compression, data, limit
):
    path = tmp_path / f"any{suffix}{compression}"
    outcomes = read_all(path, compress(data, compression), max_record_bytes=limit)
    assert_ordinals_count(outcomes)
    if suffix in (".jsonl", ".json"):
        assert_every_byte_is_accounted_for(data, outcomes, limit)


@MODEST
@given(data=ANY_BYTES, limit=LIMITS)
def test_a_csv_accounts_for_every_byte_but_the_header(tmp_path, data, limit):
    data = b"a,b\n" + data
    outcomes = read_all(tmp_path / "any.csv", data, max_record_bytes=limit)
    blank_header = b"   \n" + data[4:]
    assert_every_byte_is_accounted_for(blank_header, outcomes, limit)


@pytest.mark.parametrize("compression", [".gz", ".zst"])
@pytest.mark.parametrize("suffix", FORMATS)
@MODEST
@given(data=st.binary(max_size=100))
def test_bytes_that_are_no_archive_are_refused(tmp_path, suffix, compression, data):
    outcomes = read_all(tmp_path / f"any{suffix}{compression}", data)
    reasons = {one.reason for one in refusals_of(outcomes)}
    assert reasons & {"truncated_archive", "corrupt_archive"}


@MODEST
@given(data=ANY_BYTES | ARRAYS, chunk_bytes=st.integers(1, 20))
@pytest.mark.parametrize("reader", [read_jsonl, read_json_array, read_csv])
def test_where_the_chunks_of_a_file_end_makes_no_difference(tmp_path, reader, data, chunk_bytes):
    path = tmp_path / "data"
    path.write_bytes(data)
    with Stream(path) as whole, Stream(path, chunk_bytes) as pieces:
        assert list(reader(pieces, 1 << 16)) == list(reader(whole, 1 << 16))


@MODEST
@given(data=st.binary(max_size=3000), cut=st.integers(0, 3000), flip=st.none() | st.integers(0, 99))
@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_broken_archive_gives_a_prefix_of_its_bytes_and_says_so(
    tmp_path, suffix, data, cut, flip
):
    packed = bytearray(compress(data[:1500], suffix) + compress(data[1500:], suffix))
    if flip is not None:
        packed[flip * (len(packed) - 1) // 99] ^= 0x55
    path = tmp_path / f"data{suffix}"
    path.write_bytes(packed[:cut])
    with Stream(path, 64) as stream:
        read = b"".join(iter(stream.read, b""))
    if flip is None:
        assert data.startswith(read)
    if suffix == ".gz":
        assert (stream.damage is None) == gunzips(bytes(packed[:cut]))
    if stream.damage is None and flip is None:
        assert read in (data, data[:1500])


def gunzips(packed: bytes) -> bool:
    try:
        gzip.decompress(packed)
    except (EOFError, zlib.error, OSError):
        return False
    return bool(packed)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 200_000])
def test_a_truncated_zstandard_stream_loses_nothing_that_pyarrow_can_decode(tmp_path, size):
    data = bytes(range(256)) * 800
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as file:
        for start in range(0, len(data), 50_000):
            file.write(data[start : start + 50_000])
            file.flush()
    path = tmp_path / "data.zst"
    packed = sink.getvalue().to_pybytes()
    path.write_bytes(packed[: len(packed) - 1 - size % len(packed) // 2])
    single = pa.CompressedInputStream(pa.BufferReader(path.read_bytes()), "zstd")
    expected = bytearray()
    with pytest.raises(OSError, match="Truncated"):
        while True:
            expected += single.read(1)
    with Stream(path) as stream:
        assert b"".join(iter(stream.read, b"")) == expected
    assert stream.damage is not None


def test_a_record_is_what_the_readers_give_for_an_object(tmp_path):
    (outcome,) = read_all(tmp_path / "one.jsonl", b'{"a": 1}')
    assert outcome == Record(0, "line 1", {"a": 1}, 8)

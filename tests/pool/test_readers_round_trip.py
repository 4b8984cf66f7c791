"""Good records come out of every format and compression as they went in."""

import datetime
import decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pool.source_files import (
    COMPRESSIONS,
    FORMATS,
    assert_ordinals_count,
    compress,
    encode,
    read_all,
    records_of,
)

from codesieve.errors import SourceError
from codesieve.pool import read_records

MODEST = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=30)
ROWS = st.lists(st.fixed_dictionaries({"a": TEXTS, "b": TEXTS}), min_size=1, max_size=20)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("suffix", FORMATS)
@MODEST
@given(rows=ROWS)
def test_records_come_out_as_they_went_in(tmp_path, suffix, compression, rows):
    path = tmp_path / f"rows{suffix}{compression}"
    outcomes = read_all(path, compress(encode(rows, suffix), compression))
    assert [one.value for one in records_of(outcomes)] == rows
    assert_ordinals_count(outcomes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@pytest.mark.parametrize("suffix", [".jsonl", ".json"])
@MODEST
@given(rows=st.lists(st.dictionaries(TEXTS, JSON, max_size=4), min_size=1, max_size=8))
def test_nested_records_come_out_as_they_went_in(tmp_path, suffix, rows):
    outcomes = read_all(tmp_path / f"rows{suffix}", encode(rows, suffix))
    assert [one.value for one in outcomes] == rows


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".json"])
@pytest.mark.parametrize("compression", [".gz", ".zst"])
def test_an_archive_of_several_members_is_read_to_its_end(tmp_path, suffix, compression):
    rows = [{"a": str(number), "b": "x" * number} for number in range(50)]
    data = encode(rows, suffix)
    packed = compress(data[:700], compression) + compress(data[700:], compression)
    outcomes = read_all(tmp_path / f"rows{suffix}{compression}", packed)
    assert [one.value for one in outcomes] == rows


def test_a_json_file_of_lines_is_read_as_lines(tmp_path):
    data = b'\xef\xbb\xbf\n{"a": 1}\r\n\r\n{"a": 2}'
    outcomes = read_all(tmp_path / "rows.json", data)
    assert [(one.place, one.value["a"]) for one in outcomes] == [("line 2", 1), ("line 4", 2)]


def test_a_format_that_the_suffix_does_not_tell_must_be_said(tmp_path):
    path = tmp_path / "rows.txt.gz"
    path.write_bytes(compress(b'{"a": 1}\n', ".gz"))
    with pytest.raises(SourceError, match="write `format:`"):
        read_records(path)
    assert records_of(list(read_records(path, format="jsonl")))[0].value == {"a": 1}


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_missing_file_or_a_folder_is_the_users_error(tmp_path, suffix):
    (tmp_path / f"folder{suffix}").mkdir()
    for name in (f"missing{suffix}", f"folder{suffix}", f"missing{suffix}.zst"):
        with pytest.raises(SourceError, match=name):
            list(read_records(tmp_path / name))


def test_parquet_keeps_nested_messages_and_turns_times_into_texts(tmp_path):
    rows = [
        {
            "messages": [{"role": "user", "content": "hello"}],
            "when": datetime.datetime(2024, 5, 1, 12),
            "day": datetime.date(2024, 5, 1),
            "price": decimal.Decimal("1.50"),
            "blob": b"\xff",
            "nothing": None,
        }
    ]
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    (record,) = read_records(path)
    assert record.value["messages"] == [{"role": "user", "content": "hello"}]
    assert record.value["when"].startswith("2024-05-01 12:00:00")
    assert record.value["day"] == "2024-05-01"
    assert record.value["nothing"] is None
    assert record.place == "row 0"

"""What reading one record gives: a Record, or a Refusal with its place, reason and bytes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MAX_RECORD_BYTES = 4 << 20


class Reason(StrEnum):
    """Why a record went to quarantine. The values are written to disk: they do not change."""

    BROKEN_JSON = "broken_json"  # not JSON, or JSON that RFC 8259 does not allow (NaN)
    TOO_DEEP = "too_deep"  # nested deeper than MAX_DEPTH
    INVALID_UTF8 = "invalid_utf8"  # bytes that are not UTF-8, or a lone surrogate in a used text
    TOO_LARGE = "too_large"  # over max_record_bytes
    NOT_AN_OBJECT = "not_an_object"  # valid JSON, but a number, a text or a list
    NOT_A_JSON_ARRAY = "not_a_json_array"  # a .json file that is neither an array nor JSON lines
    TRUNCATED_ARCHIVE = "truncated_archive"
    CORRUPT_ARCHIVE = "corrupt_archive"
    BAD_HEADER = "bad_header"  # column names missing or written twice
    BAD_ROW = "bad_row"  # a CSV or Parquet row that does not fit its header or cannot be read
    NOT_PARQUET = "not_parquet"
    CORRUPT_ROWS = "corrupt_rows"  # rows of a Parquet row group that cannot be decoded
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    EMPTY_INSTRUCTION = "empty_instruction"
    EMPTY_RESPONSE = "empty_response"
    NO_ANSWER = "no_answer"  # a conversation without an assistant turn after a user turn


@dataclass(frozen=True, slots=True)
class Record:
    """One record as its file has it.

    `ordinal` counts the records of the file from 0, refused ones included. `place` is "line 7",
    "lines 7-9", "bytes 120-388" (end not included, counted after decompression) or "row 5".
    `raw_size` is its length in bytes; for Parquet, of its JSON.
    """

    ordinal: int
    place: str
    value: dict[str, Any]
    raw_size: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """One record, or one range that cannot be split into records, and why it is not used.

    `raw` holds at most max_record_bytes of it, `byte_count` is its whole length in bytes.
    """

    ordinal: int
    place: str
    reason: Reason
    detail: str
    raw: bytes
    byte_count: int

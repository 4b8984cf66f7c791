"""Turn and Sample, their identity, and the Arrow schemas of the pool on disk."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

Role = Literal["system", "user", "assistant", "tool"]
ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `reasoning` is what a model thought before it answered, kept apart from it."""

    role: Role
    content: str
    reasoning: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One training sample: a conversation that ends with an assistant turn.

    `row_id` names the input row, ``SOURCE/FILE#ORDINAL`` (ordinal counts records from 0).
    `content_id` is a hash of the turns, so equal rows share it. `tests`, `entry_point` and `setup`
    are what a row brings along for its own execution; all of it is hostile input. `meta` holds
    the remaining fields of the input record.
    """

    row_id: str
    content_id: str
    source: str
    turns: tuple[Turn, ...]
    language: str | None = None
    tests: str | None = None
    entry_point: str | None = None
    setup: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def user_turns(self) -> tuple[str, ...]:
        """Contents of the user turns, in order."""
        return tuple(turn.content for turn in self.turns if turn.role == "user")

    @property
    def instruction(self) -> str:
        """User turns joined by a space: the text that TLI and the scorers read (METHOD 1)."""
        return " ".join(self.user_turns)

    @property
    def response(self) -> str:
        """Content of the last assistant turn."""
        return next(t.content for t in reversed(self.turns) if t.role == "assistant")


def content_id(turns: Iterable[Turn]) -> str:
    """128-bit hash (32 hex digits) of roles and contents, to the letter."""
    payload = json.dumps([[t.role, t.content] for t in turns], ensure_ascii=False)
    return _digest(payload).hex()


def duplicate_key(turns: Iterable[Turn]) -> bytes:
    """16-byte key shared by rows equal in all turns after NFKC, casefold, collapsed spaces."""
    return _digest(json.dumps([[t.role, _normalise(t.content)] for t in turns]))


def group_key(turns: Iterable[Turn]) -> bytes:
    """16-byte key shared by rows whose user turns are equal after the same normalisation."""
    return _digest(json.dumps([_normalise(t.content) for t in turns if t.role == "user"]))


def _normalise(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8"), digest_size=16).digest()


TURN_TYPE = pa.struct([("role", pa.string()), ("content", pa.string()), ("reasoning", pa.string())])

POOL_SCHEMA = pa.schema(
    [
        ("row_id", pa.string()),
        ("content_id", pa.string()),
        ("source", pa.string()),
        ("turns", pa.list_(TURN_TYPE)),
        ("language", pa.string()),
        ("tests", pa.string()),
        ("entry_point", pa.string()),
        ("setup", pa.string()),
        ("meta", pa.string()),  # JSON object
        ("repairs", pa.list_(pa.string())),  # names of the repairs made on the turns
        ("passes_where", pa.bool_()),  # False: the source's `where` filters this row out
        ("duplicate_key", pa.binary(16)),
        ("group_key", pa.binary(16)),
    ]
)

QUARANTINE_SCHEMA = pa.schema(
    [
        ("row_id", pa.string()),  # SOURCE/FILE#ORDINAL: the ordinal a good record would have had
        ("source", pa.string()),
        ("file", pa.string()),
        ("place", pa.string()),  # "line 7", "bytes 120-388", "row 5"
        ("reason", pa.string()),
        ("detail", pa.string()),
        ("bytes", pa.binary()),  # the refused bytes, at most the record size limit
        ("byte_count", pa.int64()),  # how many bytes the refused range has
    ]
)


def samples_from_table(table: pa.Table) -> list[Sample]:
    """Samples of the rows of a pool table (POOL_SCHEMA), in order."""
    columns = ["row_id", "content_id", "source", "turns", "language"]
    columns += ["tests", "entry_point", "setup", "meta"]
    return [
        Sample(
            row_id=row["row_id"],
            content_id=row["content_id"],
            source=row["source"],
            turns=turns_from_rows(row["turns"]),
            language=row["language"],
            tests=row["tests"],
            entry_point=row["entry_point"],
            setup=row["setup"],
            meta=json.loads(row["meta"]),
        )
        for row in table.select(columns).to_pylist()
    ]


def turns_from_rows(rows: Sequence[dict[str, Any]]) -> tuple[Turn, ...]:
    """Turns of one `turns` cell."""
    return tuple(Turn(row["role"], row["content"], row["reasoning"]) for row in rows)

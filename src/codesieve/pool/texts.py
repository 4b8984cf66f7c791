"""The user's text of every record of a training file: what the leakage verbs read, as a stream."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from codesieve.errors import RecipeError, SourceError
from codesieve.pool.json_text import to_json_bytes
from codesieve.pool.lines import physical_lines
from codesieve.pool.opening import Stream
from codesieve.pool.outcomes import MAX_RECORD_BYTES, Reason, Record, Refusal
from codesieve.pool.records import format_of, read_records
from codesieve.pool.shapes import shapes_of
from codesieve.pool.templates import MISSING, Unusable, lookup, wrong_type
from codesieve.pool.turns import chat_turns

# Where a record that has no answer keeps its question; the first of them that it has.
_QUESTIONS = ("instruction", "prompt", "question", "query", "problem")
_LOOKED_AT = 1_000  # good records of a file


@dataclass(frozen=True, slots=True)
class UserText:
    """Which fields of a record make its text: in order, joined by a space (METHOD 1).

    A field is a text or a list of messages, of which the user turns count; dots reach into objects.
    One that is missing or null adds nothing; a record without any of them is refused. A blank text
    is a text: official TLI counts rows whether or not they ask or answer anything.
    """

    fields: tuple[str, ...]

    def of(self, record: dict[str, Any]) -> str:
        """The text of a record. Raises Unusable where there is none, or it is no text."""
        found = [(name, lookup(record, name)) for name in self.fields]
        parts = [
            part for name, value in found if value not in (MISSING, None)
            for part in _parts(name, value)
        ]  # fmt: skip
        if not parts and all(value in (MISSING, None) for _, value in found):
            raise Unusable(Reason.MISSING_FIELD, f"no field {' or '.join(map(repr, self.fields))}")
        text = " ".join(parts)
        if not text.isascii():
            _refuse_surrogates(text)
        return text

    def __str__(self) -> str:
        return " + ".join(self.fields)


@dataclass(frozen=True, slots=True)
class TextRow:
    """One record with its text.

    `ordinal` counts the records of the file from 0, refused ones included; `place` says where it
    stands. `raw` is its line without the line feed, to the byte, for JSON lines; the record as JSON
    for other formats; empty where it was not asked for.
    """

    ordinal: int
    place: str
    text: str
    raw: bytes


def find_text(path: Path, fields: Sequence[str] = ()) -> UserText:
    """Which fields hold the text of a file's records: those named, or what their shape tells.

    Instruction and input for Alpaca rows, the user turns of messages, the question of a pair. Rows
    need no answer, and two shapes that agree on the text are no contradiction.

    Raises:
        SourceError: the file cannot be read or has no usable record, or its text is not clear.
        RecipeError: none of the first records has a field that was named.
    """
    outcomes = read_records(path)
    refused: list[Refusal] = []
    records = islice(_good(outcomes, refused), _LOOKED_AT)
    texts: dict[UserText, None] = {}
    keys: dict[str, None] = {}
    missing = set(fields)
    seen = 0
    for seen, record in enumerate(records, start=1):  # noqa: B007 - is counted
        keys.update(dict.fromkeys(record.value))
        missing -= {name for name in missing if lookup(record.value, name) is not MISSING}
        if not fields:
            texts.update(dict.fromkeys(_texts_of(record.value)))
        elif not missing:
            break
    if not seen:
        raise SourceError(f"{path}: {_why_empty(refused)}")
    if missing:
        name = next(name for name in fields if name in missing)
        raise RecipeError(f"{path}: no field {name!r} (--fields); has: {_listed(keys)}")
    if fields:
        return UserText(tuple(fields))
    if len(texts) != 1:
        what = "no known field holds the user's text"
        if texts:
            what = f"rows hold the user's text in {' or in '.join(map(str, texts))}"
        raise SourceError(f"{path}: {what}; say which with --fields; has: {_listed(keys)}")
    return next(iter(texts))


def read_texts(path: Path, text: UserText, *, raw: bool = False) -> Iterator[TextRow | Refusal]:
    """Every record of a file in order with its text, or the refusal that says why it has none.

    Memory stays within a small multiple of MAX_RECORD_BYTES.

    Args:
        path: the file; its suffix tells the format.
        text: from `find_text`.
        raw: whether rows bring the record's bytes.
    """
    lines = _Lines(path) if raw and format_of(path) in ("jsonl", "json") else None
    for outcome in read_records(path):
        if isinstance(outcome, Refusal):
            yield outcome
            continue
        value = outcome.value
        try:
            found = text.of(value)
        except Unusable as error:
            shown = to_json_bytes(value)[:MAX_RECORD_BYTES]
            where = (outcome.ordinal, outcome.place)
            yield Refusal(*where, error.reason, error.detail, shown, outcome.raw_size)
            continue
        line = lines.get(outcome.place) if lines else None
        kept = line if line is not None or not raw else to_json_bytes(value)
        yield TextRow(outcome.ordinal, outcome.place, found, kept or b"")


class _Lines:
    """The bytes of a file's lines, read beside its records, which do not bring theirs."""

    def __init__(self, path: Path) -> None:
        self._lines = physical_lines(Stream(path), MAX_RECORD_BYTES)

    def get(self, place: str) -> bytes | None:
        """The line of a place such as "line 7", behind those asked for before; None if no line."""
        word, _, number = place.partition(" ")
        if word != "line":
            return None
        return next(line.data for line in self._lines if line.number == int(number))


def _good(outcomes: Iterator[Record | Refusal], refused: list[Refusal]) -> Iterator[Record]:
    """The records among the outcomes; of the refusals the first is kept."""
    for outcome in outcomes:
        if isinstance(outcome, Record):
            yield outcome
        elif not refused:
            refused.append(outcome)


def _texts_of(value: dict[str, Any]) -> Iterator[UserText]:
    """The texts that the record's shapes tell; without any shape, its question."""
    answered = False
    for shape in shapes_of(value):
        answered = True
        if shape.messages is not None:
            yield UserText((shape.messages,))
        else:
            yield UserText(tuple(part.source for part in (shape.instruction, shape.input) if part))
    if not answered:
        name = next((name for name in _QUESTIONS if isinstance(value.get(name), str)), None)
        if name is not None:
            yield UserText(("instruction", "input") if name == "instruction" else (name,))


def _parts(name: str, value: Any) -> list[str]:
    """The texts of one field: itself, or the user turns of its messages."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise wrong_type(name, value)
    sharegpt = bool(value) and isinstance(value[0], dict) and "from" in value[0]
    role, content = ("from", "value") if sharegpt else ("role", "content")
    turns = chat_turns(value, name=name, role=role, content=content)
    return [turn.content for turn in turns if turn.role == "user"]


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        detail = f"a lone surrogate at character {error.start} of the text"
        raise Unusable(Reason.INVALID_UTF8, detail) from None


def _why_empty(refused: Sequence[Refusal]) -> str:
    if not refused:
        return "no records; the file is empty"
    first = refused[0]
    return f"no usable record; the first, {first.place}: {first.reason}: {first.detail}"


def _listed(keys: dict[str, None]) -> str:
    return ", ".join(key if key.isidentifier() else repr(key[:40]) for key in list(keys)[:20])

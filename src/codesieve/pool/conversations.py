"""What a record of any shape asks and answers: all of it, for verbs that search it for copies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codesieve.pool.json_text import to_json_bytes
from codesieve.pool.outcomes import MAX_RECORD_BYTES, Reason, Record, Refusal
from codesieve.pool.records import read_records
from codesieve.pool.templates import Unusable, lookup
from codesieve.pool.turns import chat_turns

_QUESTIONS = ("instruction", "input", "prompt", "question", "query", "problem")
_ANSWERS = ("output", "response", "completion", "answer", "solution", "canonical_solution")
_CHATS = ("messages", "conversations", "conversation")


@dataclass(frozen=True, slots=True)
class Conversation:
    """One record: `ordinal` counts the file's records from 0, refused ones included.

    `instruction` joins what users say, `response` what assistants answer.
    """

    ordinal: int
    instruction: str
    response: str


def read_conversations(path: Path, fields: Sequence[str] = ()) -> Iterator[Conversation | Refusal]:
    """Every record of a file in order, or the refusal that says why it has no text.

    Args:
        path: the file; its suffix tells the format.
        fields: fields that make the instruction (the response is then empty); if none are named,
            every list of messages and every known question and answer field that is a text.
    """
    for outcome in read_records(path):
        if isinstance(outcome, Refusal):
            yield outcome
            continue
        try:
            yield Conversation(outcome.ordinal, *_texts(outcome.value, fields))
        except Unusable as error:
            yield _refused(outcome, error)


def _texts(value: dict[str, Any], fields: Sequence[str]) -> tuple[str, str]:
    if fields:
        named = [found for name in fields if isinstance(found := lookup(value, name), str)]
        if not named:
            raise Unusable(Reason.MISSING_FIELD, f"no text in {' or '.join(map(repr, fields))}")
        return _joined(named), ""
    asked: list[str] = []
    answered: list[str] = []
    for name in _CHATS:
        if isinstance(value.get(name), list):
            _add_turns(value[name], name, asked, answered)
    asked += [value[name] for name in _QUESTIONS if isinstance(value.get(name), str)]
    answered += [value[name] for name in _ANSWERS if isinstance(value.get(name), str)]
    if not asked and not answered and isinstance(value.get("text"), str):
        asked.append(value["text"])
    if not asked and not answered:
        raise Unusable(Reason.MISSING_FIELD, "no messages, question or answer; name --fields")
    return _joined(asked), _joined(answered)


def _add_turns(messages: list[Any], name: str, asked: list[str], answered: list[str]) -> None:
    sharegpt = bool(messages) and isinstance(messages[0], dict) and "from" in messages[0]
    role, content = ("from", "value") if sharegpt else ("role", "content")
    for turn in chat_turns(messages, name=name, role=role, content=content):
        if turn.role == "user":
            asked.append(turn.content)
        elif turn.role == "assistant":
            answered.append(turn.content)


def _joined(texts: Sequence[str]) -> str:
    """Texts by line feeds, each once; what UTF-8 cannot hold is replaced."""
    joined = "\n".join(dict.fromkeys(texts))
    return joined if joined.isascii() else joined.encode("utf-8", "replace").decode("utf-8")


def _refused(record: Record, error: Unusable) -> Refusal:
    shown = to_json_bytes(record.value)[:MAX_RECORD_BYTES]
    return Refusal(record.ordinal, record.place, error.reason, error.detail, shown, record.raw_size)

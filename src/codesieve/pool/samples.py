"""One record and the shape of its file make a Sample, or a Refusal that names a field."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from codesieve.pool.json_text import to_json_bytes
from codesieve.pool.outcomes import MAX_RECORD_BYTES, Reason, Record, Refusal
from codesieve.pool.shapes import Shape
from codesieve.pool.templates import MISSING, Template, Unusable, lookup
from codesieve.pool.turns import REASONING_KEYS, answer, chat_turns, repair
from codesieve.schema import Sample, Turn, content_id

_STRICT = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A sample, and the names of the repairs made on its turns."""

    sample: Sample
    repairs: tuple[str, ...]


def to_sample(
    record: Record,
    *,
    source: str,
    file: str,
    shape: Shape,
    detect: Callable[[str], str | None] | None = None,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Parsed | Refusal:
    """The sample of a record.

    The user text of an instruction with a non-blank input is the two joined by a line feed. A
    `system` field and the fields of REASONING_KEYS are used where a shape was recognised; with
    `fields:` only the latter. `detect` gets the response and names its language. `meta` holds
    what is left of the record, as JSON values: others as texts, lone surrogates replaced.
    A refusal carries the JSON of the record.
    """
    value = record.value
    try:
        extras = _Extras.of(value, shape)
        turns, repairs = repair(_turns(value, shape, extras))
        if shape.messages and extras.reasoning:
            turns = (*turns[:-1], _with_reasoning(turns[-1], extras.reasoning))
        tests = shape.tests.structured(value) if shape.tests else None
        entry_point = shape.entry_point.optional(value) if shape.entry_point else None
        setup = shape.setup.structured(value) if shape.setup else None
        _refuse_surrogates(turns, tests=tests, entry_point=entry_point, setup=setup)
    except Unusable as error:
        raw = to_json_bytes(value)[:max_record_bytes]
        place = (record.ordinal, record.place)
        return Refusal(*place, error.reason, error.detail, raw, record.raw_size)
    sample = Sample(
        row_id=f"{source}/{file}#{record.ordinal}",
        content_id=content_id(turns),
        source=source,
        turns=turns,
        language=detect(turns[-1].content) if detect else None,
        tests=tests,
        entry_point=entry_point,
        setup=setup,
        meta=_meta(value, shape, extras),
    )
    return Parsed(sample, repairs)


@dataclass(frozen=True, slots=True)
class _Extras:
    """What stands beside the conversation, and the fields it came from."""

    system: str | None
    reasoning: tuple[str, ...]
    keys: tuple[str, ...]

    @staticmethod
    def of(value: dict[str, Any], shape: Shape) -> "_Extras":
        keys: list[str] = []
        system = shape.system.optional(value) if shape.system else None
        if shape.name != "fields" and isinstance(value.get("system"), str):
            system = value["system"]
            keys.append("system")
        if shape.reasoning:
            given = shape.reasoning.optional(value)
            return _Extras(system, (given,) if given else (), tuple(keys))
        found = [
            key
            for key in REASONING_KEYS
            if key in value and isinstance(value[key], str) and key not in shape.used
        ]
        return _Extras(system, tuple(value[key] for key in found), (*keys, *found))


def _turns(value: dict[str, Any], shape: Shape, extras: _Extras) -> list[Turn]:
    system = [Turn("system", extras.system)] if extras.system and extras.system.strip() else []
    if shape.messages is not None:
        messages = lookup(value, shape.messages)
        if messages is MISSING:
            raise Unusable(Reason.MISSING_FIELD, f"field {shape.messages!r} is missing")
        keys = {"name": shape.messages, "role": shape.role, "content": shape.content}
        return system + chat_turns(messages, **keys)
    assert shape.instruction and shape.response
    instruction = _text(shape.instruction, value, Reason.EMPTY_INSTRUCTION)
    response = _text(shape.response, value, Reason.EMPTY_RESPONSE)
    extra = shape.input.optional(value) if shape.input else None
    user = f"{instruction}\n{extra}" if extra else instruction
    return [*system, Turn("user", user), answer(response, extras.reasoning)]


def _text(template: Template, value: dict[str, Any], if_blank: Reason) -> str:
    text = template.required(value)
    if not text.strip():
        raise Unusable(if_blank, f"field {template.source!r} is blank")
    return text


def _with_reasoning(turn: Turn, reasoning: tuple[str, ...]) -> Turn:
    thoughts = [turn.reasoning or "", *reasoning]
    joined = "\n\n".join(thought.strip() for thought in thoughts if thought.strip())
    return replace(turn, reasoning=joined or None)


def _refuse_surrogates(turns: tuple[Turn, ...], **texts: str | None) -> None:
    texts |= {f"{turn.role} turn {number}": turn.content for number, turn in enumerate(turns)}
    texts |= {f"reasoning {number}": turn.reasoning for number, turn in enumerate(turns)}
    for name, text in texts.items():
        try:
            if text and not text.isascii():
                text.encode("utf-8")
        except UnicodeEncodeError as error:
            detail = f"{name}: a lone surrogate at character {error.start}"
            raise Unusable(Reason.INVALID_UTF8, detail) from None


def _meta(value: dict[str, Any], shape: Shape, extras: _Extras) -> dict[str, Any]:
    meta = value
    for path in (*shape.used, *extras.keys):
        meta = _without(meta, path)
    if shape.id and (name := shape.id.optional(value)):
        meta = {**meta, "id": name}
    try:
        _STRICT.encode(meta).encode("utf-8")
    except (TypeError, ValueError):
        return {_clean_text(key): _clean(item) for key, item in meta.items()}
    return dict(meta)


def _without(value: dict[str, Any], path: str) -> dict[str, Any]:
    """The object without the field that `lookup` finds under `path`."""
    if path in value:
        return {key: item for key, item in value.items() if key != path}
    head, dot, tail = path.partition(".")
    if dot and isinstance(value.get(head), dict):
        return {**value, head: _without(value[head], tail)}
    return value


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {_clean_text(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _clean_text(str(value))


def _clean_text(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")

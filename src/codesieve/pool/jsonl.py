"""Reads JSON lines: one JSON object a line, and a broken line costs that line only."""

from collections.abc import Iterator
from typing import Any

from codesieve.pool.json_array import read_json_array
from codesieve.pool.json_text import DECODER, explain, objection
from codesieve.pool.lines import BOM, Line, damage_refusal, physical_lines, refuse_whole
from codesieve.pool.opening import Stream
from codesieve.pool.outcomes import Reason, Record, Refusal


def read_jsonl(stream: Stream, limit: int) -> Iterator[Record | Refusal]:
    """Records of JSON lines. Blank lines are not records.

    A line that a broken archive leaves unfinished belongs to the archive's refusal, unless it is a
    whole record already.
    """
    ordinal, end = 0, 0
    rest: Line | None = None
    for line in physical_lines(stream, limit):
        end = line.start + line.size
        if not line.data.strip() and line.size <= limit:
            continue
        outcome = _read_line(line, ordinal, limit)
        if isinstance(outcome, Refusal) and stream.damage and not line.closed:
            rest = line
            break
        yield outcome
        ordinal += 1
    if stream.damage:
        start, raw, size = (rest.start, rest.data, rest.size) if rest else (end, b"", 0)
        yield damage_refusal(stream, ordinal, start, raw, size)


def _read_line(line: Line, ordinal: int, limit: int) -> Record | Refusal:
    value: Any = None
    if line.size > limit:
        place = f"bytes {line.start}-{line.start + line.size}"
        detail = f"line {line.number} has {line.size} bytes, the limit is {limit}"
        return Refusal(ordinal, place, Reason.TOO_LARGE, detail, line.data, line.size)
    try:
        value = DECODER.decode(line.data.decode("utf-8"))
        problem = objection(value, line.data)
    except UnicodeDecodeError as error:
        problem = Reason.INVALID_UTF8, f"{error.reason}, byte {error.start} of the line"
    except (ValueError, RecursionError) as error:
        problem = explain(error)
    place = f"line {line.number}"
    if problem is None:
        return Record(ordinal, place, value, line.size)
    return Refusal(ordinal, place, *problem, line.data, line.size)


def read_json(stream: Stream, limit: int) -> Iterator[Record | Refusal]:
    """Records of a .json file: an array, or JSON lines if an object comes first.

    Of a file that begins with "{", one line of its first chunk must be a whole object with nothing
    before it; otherwise it is one object over many lines, which is refused as a whole.
    """
    head = b""
    while len(head) < min(stream.chunk_bytes, limit) and (more := stream.read()):
        head += more
    if head:
        stream.unread(head)
    if not head.removeprefix(BOM).lstrip().startswith(b"{"):
        yield from read_json_array(stream, limit)
    elif _looks_like_lines(head.removeprefix(BOM)):
        yield from read_jsonl(stream, limit)
    else:
        detail = "one object over several lines, neither an array nor JSON lines"
        yield refuse_whole(stream, limit, 0, Reason.NOT_A_JSON_ARRAY, detail)


def _looks_like_lines(head: bytes) -> bool:
    lines = head.lstrip().split(b"\n")
    if len(lines) == 1:
        return True
    return any(line.startswith(b"{") and _is_object(line) for line in lines)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(DECODER.decode(line.decode("utf-8")), dict)
    except (ValueError, RecursionError):
        return False

"""Reads a JSON array of records as a stream, one element at a time.

Not with ijson: the window of text here gives every element its exact byte range, confines a byte
that is not UTF-8 or a broken element to one record, and finds its way back behind it. What reading
forgives without a word, because no record is touched: commas too many or missing between elements.
"""

from collections.abc import Iterator
from typing import Any

from codesieve.pool.json_scan import (
    SLACK,
    Scan,
    first_key,
    guess_key,
    is_sure,
    skip_broken,
    skip_element,
)
from codesieve.pool.json_text import DECODER, explain, objection
from codesieve.pool.json_window import Window
from codesieve.pool.lines import damage_refusal
from codesieve.pool.opening import Stream
from codesieve.pool.outcomes import Reason, Record, Refusal


def read_json_array(stream: Stream, limit: int) -> Iterator[Record | Refusal]:
    """Records of the array; an empty file has none.

    Text behind the array is refused, and read on if it holds further records like the ones before.
    """
    window = Window(stream)
    if window.fill() and window.text.startswith("\ufeff"):
        window.take(1)
    if window.skip_space() not in ("[", ""):
        yield _refuse_rest(window, stream, limit)
        return
    elements = _Elements(window, limit)
    closed = not window.available
    window.take(window.position + 1)
    ordinal = 0
    while head := window.skip_space():
        if head == "," or (head == "]" and not window.after(1)):
            closed = head == "]"
            window.take(window.position + 1)
            continue
        start = window.offset
        outcome = elements.read(ordinal)
        if isinstance(outcome, Refusal) and not window.skip_space():  # the end of the file cut it
            if stream.damage:
                yield damage_refusal(stream, ordinal, start, outcome.raw, outcome.byte_count)
            else:
                yield outcome
            return
        yield outcome
        ordinal += 1
    if stream.damage:
        yield damage_refusal(stream, ordinal, window.offset, b"", 0)
    elif not closed:
        place = f"bytes {window.offset}-{window.offset}"
        yield Refusal(ordinal, place, Reason.BROKEN_JSON, "the array is not closed", b"", 0)


def _refuse_rest(window: Window, stream: Stream, limit: int) -> Refusal:
    start = window.offset
    raw, count = window.take_all(limit)
    if stream.damage:
        return damage_refusal(stream, 0, start, raw, count)
    detail = "the file begins neither with [ nor with an object"
    place = f"bytes {start}-{start + count}"
    return Refusal(0, place, Reason.NOT_A_JSON_ARRAY, detail, raw, count)


class _Elements:
    """Reads the elements of one array; remembers the first key of the last good one."""

    def __init__(self, window: Window, limit: int) -> None:
        self.window = window
        self.limit = limit
        self.key = ""
        self.guessed = False

    def read(self, ordinal: int) -> Record | Refusal:
        """The element at the window's position, or why and up to where it is refused."""
        window = self.window
        while True:
            value: Any = None
            length = 0
            try:
                value, end = DECODER.raw_decode(window.text, window.position)
                length = end - window.position
                growing = 0 if isinstance(value, dict) else SLACK  # a number may go on
                if end >= len(window.text) - growing and window.fill(window.available):
                    continue
                problem = self._unless_closed(value, length)
                sure = True
            except (ValueError, RecursionError) as error:
                problem = explain(error)
                sure = window.ended or is_sure(error, len(window.text))
            if problem is None:
                return self._accept(ordinal, value, length)
            if sure or self._end_in_sight():
                return self._refuse(ordinal, problem)
            if window.available > self.limit + SLACK:
                return self._refuse_large(ordinal)
            window.fill(window.available)

    def _unless_closed(self, value: Any, length: int) -> tuple[Reason, str] | None:
        follow = self.window.after(length)
        if follow in (",", "]", "") or (follow == "{" and isinstance(value, dict)):
            return None
        return Reason.BROKEN_JSON, "neither a comma nor the end of the array after an element"

    def _end_in_sight(self) -> bool:
        """Whether the brackets close within the window, so that more text would mend nothing."""
        text = self.window.text
        return next(Scan().ends(text, self.window.position, len(text)), None) is not None

    def _accept(self, ordinal: int, value: Any, length: int) -> Record | Refusal:
        window, start = self.window, self.window.offset
        segment = window.text[window.position : window.position + length]
        if isinstance(value, dict):
            self.key = first_key(segment, 0) or self.key
        raw = window.take(window.position + length)
        place = f"bytes {start}-{start + len(raw)}"
        problem = objection(value, raw)
        if len(raw) > self.limit:
            problem = _too_large(len(raw), self.limit)
        elif not segment.isascii() and not _is_utf8(raw):
            problem = Reason.INVALID_UTF8, "bytes that are not UTF-8"
        if problem is None:
            return Record(ordinal, place, value, len(raw))
        return Refusal(ordinal, place, *problem, raw[: self.limit], len(raw))

    def _refuse(self, ordinal: int, problem: tuple[Reason, str]) -> Refusal:
        window, start = self.window, self.window.offset
        detail = problem[1].split(", character")[0]
        if window.text[window.position] == "]":
            scan, detail = None, "text after the end of the array"
        else:
            scan = Scan()
        own_key = first_key(window.text, window.position)
        if not self.key and not own_key and not self.guessed:
            self.key, self.guessed = guess_key(window), True
        raw, count = skip_broken(window, self.limit, (self.key, own_key), scan=scan)
        return Refusal(ordinal, f"bytes {start}-{start + count}", problem[0], detail, raw, count)

    def _refuse_large(self, ordinal: int) -> Refusal:
        start = self.window.offset
        raw, count = skip_element(self.window, self.limit)
        place = f"bytes {start}-{start + count}"
        return Refusal(ordinal, place, *_too_large(count, self.limit), raw, count)


def _too_large(size: int, limit: int) -> tuple[Reason, str]:
    return Reason.TOO_LARGE, f"{size} bytes, the limit is {limit}"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

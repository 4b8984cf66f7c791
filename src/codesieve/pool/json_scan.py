"""Finds where a broken element of a JSON array ends, so that it is refused alone.

Two witnesses are asked. The scan counts brackets outside texts; it is right unless the damage hit a
quote, because then it takes texts for structure. The landmark is the start of a next record: a
comma, a brace and the first key of the record before; whole elements may hold one too, so it is
asked only once the decoder is sure that the element is broken. An end that the scan finds before
the landmark is believed if whole records stand between the two.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from codesieve.pool.json_text import DECODER
from codesieve.pool.json_window import Window

SLACK = 16  # an error this close to the end of a text may only mean that more is to come
_INSIDE = re.compile(r'["\\]')
_OUTSIDE = re.compile(r'["{}\[\],]')
_FIRST_KEY = re.compile(r'\{[ \t\r\n]{0,200}("[^"\\]{0,200}")(?=[ \t\r\n]{0,200}:)')
_OBJECT = re.compile(r'[,\[\]][ \t\r\n]{0,200}(\{[ \t\r\n]{0,200}")')
_GAP = re.compile(r"[ \t\r\n,]*")
_GAP_BEFORE_COMMA = re.compile(r"[ \t\r\n]*")
_MARGIN = 1024  # characters that a landmark may need
_STEP = 4096  # characters that are searched at a time
_REACH = 1 << 16  # characters that are read ahead to see whether records follow
_ENOUGH = 8  # so many records in a row are no part of another one
_GUESSES = 1000  # objects that are looked at to guess what a record begins with


@dataclass(slots=True)
class Scan:
    """Where the bracket count stands; it may be carried from one piece of text to the next."""

    depth: int = 0
    inside: bool = False  # within a text
    escaped: bool = False  # the piece before ended with a backslash within a text

    def ends(self, text: str, start: int, stop: int) -> Iterator[int]:
        """Indices in [start, stop) of the commas and brackets that may end the element."""
        position = start
        if self.escaped and position < stop:
            position, self.escaped = position + 1, False
        while match := (_INSIDE if self.inside else _OUTSIDE).search(text, position, stop):
            position = match.end()
            found = match.group()
            if found == '"':
                self.inside = not self.inside
            elif found == "\\":
                self.escaped = position >= stop
                position += 1
            elif found in "{[":
                self.depth += 1
            elif self.depth:
                self.depth -= found != ","
            elif found != "}":
                yield match.start()


def skip_element(window: Window, limit: int) -> tuple[bytes, int]:
    """Take an element of any size up to its end by the scan, in bounded memory.

    Returns its first `limit` bytes and its length in bytes.
    """
    raw, count, scan = bytearray(), 0, Scan()
    while window.available or window.fill():
        end = next(scan.ends(window.text, window.position, len(window.text)), None)
        piece = window.take(len(window.text) if end is None else end)
        raw += piece[: max(0, limit - len(raw))]
        count += len(piece)
        if end is not None:
            break
    return bytes(raw), count


def skip_broken(
    window: Window, limit: int, keys: Iterable[str], *, scan: Scan | None
) -> tuple[bytes, int]:
    """Take a broken element up to the next record, the end of the array, or the end of the file.

    `keys` are first keys of records, with their quotes; without any only `scan` counts, and without
    `scan` only they do. Returns the first `limit` bytes taken and their number.
    """
    raw, count = bytearray(), 0
    mark = _landmark(keys)
    while True:
        if window.available < _STEP + _REACH:  # so that what is found does not depend on the chunks
            window.fill(_STEP + _REACH)
        end, found = _next_end(window, mark, scan)
        piece = window.take(end)
        raw += piece[: max(0, limit - len(raw))]
        count += len(piece)
        if found or not window.available:
            return bytes(raw), count


def _next_end(window: Window, mark: re.Pattern[str] | None, scan: Scan | None) -> tuple[int, bool]:
    """Index in the window up to which to take, and whether one can go on reading from there."""
    text, begin = window.text, window.position
    stop = min(begin + _STEP, len(text))
    found = mark.search(text, begin, stop + _MARGIN) if mark else None
    if found and found.start() >= stop:
        found = None
    goal = found.start(1) if found else -1
    hopeless = begin  # records up to here lead nowhere
    for end in scan.ends(text, begin, found.start() if found else stop) if scan else ():
        if end >= hopeless:
            hopeless, resumes = _follow(window, end, goal)
            if resumes:
                return end, True
    if found is None:
        return stop, False
    return (found.start() if found.group()[0] == "," else found.start(1)), True


def _follow(window: Window, end: int, goal: int) -> tuple[int, bool]:
    """Read whole records behind the comma or bracket at `end`: where that stops, and if it is well.

    It is well at the `goal`, at the end of the file, after many records, and after one if the next
    is broken too; but not at a bracket, for then the records were part of a larger one.
    """
    base, text = end, window.text[end : end + _REACH]
    whole = window.ended and base + len(text) == len(window.text)  # the file ends with `text`
    index = records = 0
    while text.startswith(",", index):
        gap = _GAP.match(text, index)
        index = gap.end() if gap else index
        if base + index == goal or records == _ENOUGH:
            return base + index, True
        if not text.startswith("{", index):
            break
        try:
            after = DECODER.raw_decode(text, index)[1]
        except (ValueError, RecursionError) as error:
            return base + index, records > 0 or not (whole or is_sure(error, len(text)))
        gap = _GAP_BEFORE_COMMA.match(text, after)
        index, records = gap.end() if gap else after, records + 1
    if index >= len(text):
        return base + index, records > 0
    closed = text[index] == "]" and not text[index + 1 :].strip(" \t\r\n")
    return base + index, whole and closed


def is_sure(error: ValueError | RecursionError, length: int) -> bool:
    """Whether the decoder's error stands however a text of `length` characters goes on."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return not error.msg.startswith("Unterminated string") and error.pos < length - SLACK


def first_key(text: str, position: int) -> str:
    """The first key, with its quotes, of the object that begins at `position`, or ""."""
    match = _FIRST_KEY.match(text, position)
    return match.group(1) if match else ""


def guess_key(window: Window) -> str:
    """The first key of records, where the first record is broken at its very start, or "".

    Of the objects ahead, one for each first key, the longest is taken for a record: the others
    are likely to be parts of one. At least half of its key must stand where the broken one begins.
    """
    if window.available < _REACH:
        window.fill(_REACH)
    text = window.text[window.position : window.position + _REACH]
    start = text.lstrip("{[ \t\r\n")
    lengths: dict[str, int] = {}
    for match in islice(_OBJECT.finditer(text), _GUESSES):
        begin = match.start(1)
        key = first_key(text, begin)
        half, head = (len(key) - 1) // 2, start[: len(key) + 2]
        if key in lengths or (key[1 : 1 + half] not in head and key[-1 - half : -1] not in head):
            continue
        try:
            lengths[key] = DECODER.raw_decode(text, begin)[1] - begin
        except (ValueError, RecursionError):
            continue
    return max(lengths, key=lengths.__getitem__, default="")


def _landmark(keys: Iterable[str]) -> re.Pattern[str] | None:
    """Pattern of the start of a next record; group 1 begins at its brace."""
    known = "|".join(re.escape(key) for key in dict.fromkeys(keys) if key)
    if not known:
        return None
    return re.compile(r"[,\[\]][ \t\r\n]{0,200}(\{[ \t\r\n]{0,200}(?:" + known + "))")

"""Reads CSV with a header line: each row becomes a record of texts under the header's names.

The standard library's strict parser decides what a row is. A row that it cannot take is refused
with its physical lines, and reading goes on with the next line. A quote that is never closed takes
the rest of the file with it: guessing where it should have ended would turn lines of a long cell
into records.
"""

import csv
from collections.abc import Iterator

from codesieve.pool.lines import Line, damage_refusal, physical_lines
from codesieve.pool.opening import Stream
from codesieve.pool.outcomes import Reason, Record, Refusal


class _TooLargeError(Exception):
    """The row under way has more bytes than the limit."""


class _RowLines:
    """Feeds the parser line by line and keeps place and bytes of the row under way."""

    def __init__(self, stream: Stream, limit: int) -> None:
        self.limit = limit
        self.lines = physical_lines(stream, limit)
        self.begin_row()
        self.start = self.end = 0  # offsets of the row's bytes

    def begin_row(self) -> None:
        self.raw = bytearray()  # at most `limit` bytes of the row, line feeds included
        self.size = 0  # all bytes of the row
        self.quotes = 0
        self.first = self.last = 0  # numbers of its physical lines
        self.is_utf8 = True
        self.unfinished = False  # the file ended within it or without a line feed

    def __iter__(self) -> "_RowLines":
        return self

    def __next__(self) -> str:
        line = self._take_line()
        if self.size > self.limit:
            raise _TooLargeError
        try:
            text = line.data.decode("utf-8")
        except UnicodeDecodeError:
            text = line.data.decode("utf-8", "surrogateescape")
            self.is_utf8 = False
        return text + "\n" if line.closed else text

    def _take_line(self) -> Line:
        try:
            line = next(self.lines)
        except StopIteration:
            self.unfinished = True
            raise
        if not self.first:
            self.first, self.start = line.number, line.start
        feed = b"\n" if line.closed else b""
        self.raw += (line.data + feed)[: max(0, self.limit - len(self.raw))]
        self.size += line.size + len(feed)
        self.quotes += line.data.count(b'"') + line.quotes_cut
        self.last, self.end = line.number, line.start + line.size + len(feed)
        self.unfinished = not line.closed
        return line

    def skip(self, *, all_rows: bool = False) -> None:
        """Go on to the line in which the quotes of the row are even in number, or to the end."""
        while (all_rows or self.quotes % 2) and not self.unfinished:
            try:
                self._take_line()
            except StopIteration:
                return

    def refusal(self, ordinal: int, reason: Reason, detail: str) -> Refusal:
        return Refusal(ordinal, self.place, reason, detail, bytes(self.raw), self.size)

    @property
    def place(self) -> str:
        one = self.first == self.last
        return f"line {self.first}" if one else f"lines {self.first}-{self.last}"


def read_csv(stream: Stream, limit: int) -> Iterator[Record | Refusal]:
    """Rows under a header line, separated by commas; lines of white space are not records.

    Raises csv's process-wide limit on a cell to `limit` where it is lower: `limit` is the guard.
    """
    csv.field_size_limit(max(csv.field_size_limit(), limit))
    rows = _RowLines(stream, limit)
    reader = csv.reader(rows, strict=True)
    header: list[str] = []
    objection = ""
    ordinal = 0
    while True:
        rows.begin_row()
        try:
            cells = _next_row(reader, rows)
        except StopIteration:
            break
        if not rows.raw.strip():
            continue
        if not header:
            header, objection = _header(cells, rows)
            if objection:
                rows.skip(all_rows=True)
                break
            continue
        if stream.damage and rows.unfinished:
            break
        yield _read_row(cells, header, rows, ordinal)
        ordinal += 1
    if stream.damage:
        start = rows.start if rows.size else rows.end
        yield damage_refusal(stream, ordinal, start, bytes(rows.raw), rows.size)
    elif not header and rows.size:
        place = f"bytes {rows.start}-{rows.end}"
        yield Refusal(0, place, Reason.BAD_HEADER, objection, bytes(rows.raw), rows.size)


def _next_row(reader: Iterator[list[str]], rows: _RowLines) -> list[str] | tuple[Reason, str]:
    """The cells of the next row, or why it is refused."""
    try:
        cells = next(reader)
    except csv.Error as error:
        return Reason.BAD_ROW, str(error)
    except _TooLargeError:
        rows.skip()
        return Reason.TOO_LARGE, f"{rows.size} bytes, the limit is {rows.limit}"
    if not rows.is_utf8:
        return Reason.INVALID_UTF8, "bytes that are not UTF-8"
    if b"\0" in rows.raw:
        return Reason.BAD_ROW, "a NUL byte"
    return cells


def _header(cells: list[str] | tuple[Reason, str], rows: _RowLines) -> tuple[list[str], str]:
    """The column names, or an empty list and what is wrong with the header line."""
    if isinstance(cells, tuple):
        return [], f"header line: {cells[1]}"
    names = [cell.strip() for cell in cells]
    if "" in names:
        return [], f"column {names.index('') + 1} of the header has no name"
    if len(set(names)) < len(names):
        return [], "two columns of the header have the same name"
    return names, ""


def _read_row(
    cells: list[str] | tuple[Reason, str], header: list[str], rows: _RowLines, ordinal: int
) -> Record | Refusal:
    if isinstance(cells, tuple):
        return rows.refusal(ordinal, *cells)
    if len(cells) != len(header):
        detail = f"{len(cells)} cells, the header has {len(header)}"
        return rows.refusal(ordinal, Reason.BAD_ROW, detail)
    value = dict(zip(header, cells, strict=True))
    return Record(ordinal, rows.place, value, rows.size)

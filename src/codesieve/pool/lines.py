"""Physical lines of a stream with their place, in bounded memory however long a line is."""

from collections.abc import Iterator
from typing import NamedTuple

from codesieve.pool.opening import Stream
from codesieve.pool.outcomes import Reason, Refusal

BOM = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line. `data` is it without its line feed, cut at the limit; `size` its whole length."""

    number: int  # counts from 1
    start: int  # offset of its first byte in the decompressed file
    data: bytes
    size: int
    closed: bool  # it ended with a line feed, not with the file
    quotes_cut: int = 0  # quotation marks in the part beyond the limit


def physical_lines(stream: Stream, limit: int) -> Iterator[Line]:
    """Lines of a stream, split at line feeds only; a byte order mark at the start is left out."""
    number, size, quotes_cut = 1, 0, 0
    held = bytearray()
    chunk = _first_chunk(stream)
    start = len(BOM) if chunk.startswith(BOM) else 0
    chunk = chunk[start:]
    while chunk:
        pieces = chunk.split(b"\n")
        last = pieces.pop()
        for piece in pieces:
            if size or len(piece) > limit:
                quotes_cut += _hold(held, piece, limit)
                size += len(piece)
                yield Line(number, start, bytes(held), size, True, quotes_cut)
                held.clear()
            else:
                size = len(piece)
                yield Line(number, start, piece, size, True)
            number, start, size, quotes_cut = number + 1, start + size + 1, 0, 0
        size += len(last)
        quotes_cut += _hold(held, last, limit)
        chunk = stream.read()
    if size:
        yield Line(number, start, bytes(held), size, False, quotes_cut)


def _hold(held: bytearray, piece: bytes, limit: int) -> int:
    """Keep of `piece` what the limit leaves room for; returns the quotation marks cut off."""
    room = max(0, limit - len(held))
    held += piece[:room]
    return piece.count(b'"', room)


def _first_chunk(stream: Stream) -> bytes:
    """The first chunk, long enough to tell a byte order mark from the text behind it."""
    chunk = stream.read()
    while 0 < len(chunk) <= len(BOM) and (more := stream.read()):
        chunk += more
    return chunk


def damage_refusal(
    stream: Stream, ordinal: int, start: int, raw: bytes, byte_count: int
) -> Refusal:
    """The refusal of what a broken archive holds from decompressed offset `start` on."""
    assert stream.damage is not None
    detail = f"{stream.damage.detail}; nothing after decompressed byte {start + byte_count}"
    place = f"bytes {start}-{start + byte_count}"
    return Refusal(ordinal, place, stream.damage.reason, detail, raw, byte_count)


def refuse_whole(
    stream: Stream, limit: int, ordinal: int, reason: Reason, detail: str, head: bytes = b""
) -> Refusal:
    """Refuse a file from its start: `head` is what was read already, the rest is counted here."""
    raw, count = bytearray(head[:limit]), len(head)
    while chunk := stream.read():
        count += len(chunk)
        raw += chunk[: max(0, limit - len(raw))]
    if stream.damage:
        reason, detail = stream.damage.reason, stream.damage.detail
    return Refusal(ordinal, f"bytes 0-{count}", reason, detail, bytes(raw), count)

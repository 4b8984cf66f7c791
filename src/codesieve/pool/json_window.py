"""The part of a JSON file that is in memory, and where in the file it begins."""

import codecs
import re

from codesieve.pool.opening import Stream

_SPACE = re.compile(r"[ \t\r\n]*")
_MAX_SPACE = 1 << 16  # characters that `after` looks ahead at most


class Window:
    """A sliding window over the text of a stream.

    Bytes that are not UTF-8 stand in it as lone surrogates (surrogateescape), so that they spoil
    only the element they are in and every stretch of text can be turned back into its bytes.
    """

    def __init__(self, stream: Stream) -> None:
        self.text = ""
        self.position = 0  # index in `text` of the next character to read
        self.offset = 0  # offset in the decompressed file of that character
        self.ended = False  # the stream has given all it has
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def fill(self, characters: int = 1) -> bool:
        """Read at least `characters` more, if there are as many; False if there was nothing."""
        pieces = [self.text[self.position :]]
        added = 0
        while added < characters and not self.ended:
            chunk = self._stream.read()
            self.ended = not chunk
            pieces.append(self._decoder.decode(chunk, final=self.ended))
            added += len(pieces[-1])
        self.text, self.position = "".join(pieces), 0
        return added > 0

    @property
    def available(self) -> int:
        """Characters of the window that are not read yet."""
        return len(self.text) - self.position

    def skip_space(self) -> str:
        """Go to the next character that is not white space and return it, or "" at the end."""
        while True:
            end = self.space_end(self.position)
            self.offset += end - self.position
            self.position = end
            if end < len(self.text):
                return self.text[end]
            if not self.fill():
                return ""

    def space_end(self, index: int) -> int:
        """Index of the first character from `index` on that is not white space."""
        match = _SPACE.match(self.text, index)
        return match.end() if match else index

    def after(self, length: int) -> str:
        """The first character that is not white space from `length` characters ahead on.

        Does not move; "" at the end of the file, " " where there is nothing but white space for
        long. May read on, and with it change `text` and `position`.
        """
        while True:
            end = self.space_end(self.position + length)
            if end < len(self.text):
                return self.text[end]
            if end - self.position - length > _MAX_SPACE:
                return " "
            if not self.fill():
                return ""

    def take(self, end: int) -> bytes:
        """The bytes up to index `end` of the text; the window moves behind them."""
        raw = self.text[self.position : end].encode("utf-8", "surrogateescape")
        self.position, self.offset = end, self.offset + len(raw)
        return raw

    def take_all(self, limit: int) -> tuple[bytes, int]:
        """The first `limit` bytes of all that is left, and how many bytes that is."""
        raw, count = bytearray(), 0
        while self.available or self.fill():
            piece = self.take(len(self.text))
            raw += piece[: max(0, limit - len(raw))]
            count += len(piece)
        return bytes(raw), count

"""Opens plain, gzip and Zstandard files as one stream of bytes that says when an archive breaks.

gzip is read by the standard library, which checks every member's CRC, takes several members and
zero padding, and hands out what it decoded before an error. Zstandard is read by pyarrow, which
raises on a truncated stream but then forgets up to one read of decoded bytes; those are fetched by
reading the file a second time, byte by byte at the end.
"""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from codesieve.errors import SourceError
from codesieve.pool.outcomes import Reason

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Damage:
    """Why an archive could not be read to its end."""

    reason: Reason
    detail: str


class Stream:
    """The decompressed bytes of one file, in chunks of `chunk_bytes` but for the last.

    After `read` has returned no bytes, `damage` says whether that was the end or a break; all that
    could be decoded before a break has been handed out. An archive of no bytes at all is a break.
    """

    def __init__(self, path: Path, chunk_bytes: int = CHUNK_BYTES) -> None:
        self.path = path
        self.damage: Damage | None = None
        self.chunk_bytes = chunk_bytes
        self._compression = COMPRESSIONS.get(path.suffix.lower())
        self._pending: list[bytes] = []
        self._done = 0
        self._file: Any = None
        try:
            self.file_bytes = path.stat().st_size
            self._file = self._open()
        except OSError as error:
            raise _unreadable(path, error) from error
        if self._compression and self.file_bytes == 0:
            self.damage = Damage(Reason.TRUNCATED_ARCHIVE, "the archive has no bytes")

    def _open(self) -> Any:
        if self._compression == "gzip":
            return gzip.open(self.path, "rb")
        plain = self.path.open("rb", buffering=0)
        return pa.CompressedInputStream(plain, "zstd") if self._compression else plain

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    @property
    def compressed(self) -> bool:
        """Whether the file's last suffix names a compression."""
        return self._compression is not None

    def unread(self, chunk: bytes) -> None:
        """Put `chunk` back: the next `read` returns it."""
        self._pending.append(chunk)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, or b"" at the end or at a break; `size` is not looked at.

        Raises SourceError if the disk fails.
        """
        if self._pending:
            return self._pending.pop()
        if self.damage:
            return b""
        chunk = bytearray()
        try:
            while len(chunk) < self.chunk_bytes and (piece := self._read_piece(len(chunk))):
                chunk += piece
        except (EOFError, zlib.error, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise _unreadable(self.path, error) from error
            self.damage = _damage(error)
            if self._compression == "zstd":
                chunk += self._replay(self._done + len(chunk))
        self._done += len(chunk)
        return bytes(chunk)

    def _read_piece(self, have: int) -> bytes:
        read = self._file.read1 if self._compression == "gzip" else self._file.read
        return bytes(read(self.chunk_bytes - have))

    def _replay(self, done: int) -> bytes:
        """What a Zstandard stream gives between the first `done` bytes and the break."""
        rest = bytearray()
        with self.path.open("rb", buffering=0) as plain:
            file = pa.CompressedInputStream(plain, "zstd")
            skipped = 0
            try:
                while skipped < done:
                    skipped += len(file.read(min(self.chunk_bytes, done - skipped)))
                while byte := file.read(1):
                    rest += byte
            except OSError as error:
                if error.errno is not None:
                    raise
        return bytes(rest)


def _damage(error: Exception) -> Damage:
    text = str(error)
    cut = isinstance(error, EOFError) or "Truncated" in text or text.endswith(r"(b'\x1f')")
    return Damage(Reason.TRUNCATED_ARCHIVE if cut else Reason.CORRUPT_ARCHIVE, text)


def _unreadable(path: Path, error: OSError) -> SourceError:
    return SourceError(f"{path}: cannot be read: {error.strerror or error}")

"""Hashes that say whether stored work is still what would be computed."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def fingerprint(*values: Any) -> str:
    """128-bit hex digest of JSON values."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(text.encode("utf-8"), digest_size=16).hexdigest()


def sha256_of(path: Path) -> str:
    """SHA-256 hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def draw(ids: list[str], seed: int) -> NDArray[np.uint64]:
    """(n,) uint64, a seeded uniform draw for each id, whatever the others are."""
    key = seed.to_bytes(8, "little")
    digests = b"".join(
        hashlib.blake2b(one.encode("utf-8"), key=key, digest_size=8).digest() for one in ids
    )
    return np.frombuffer(digests, dtype="<u8")


class FileHashes:
    """SHA-256 of input files, remembered by path, size and modification time."""

    def __init__(self, store: Path) -> None:
        self._store = store
        try:
            self._known: dict[str, list[Any]] = json.loads(store.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def sha256(self, path: Path) -> str:
        """Digest of a file, computed only if the file changed since it was last asked for."""
        status = path.stat()
        key = os.fspath(path.resolve())
        mark = [status.st_size, status.st_mtime_ns, status.st_ino]
        known = self._known.get(key)
        if known is None or known[:3] != mark:
            self._known[key] = known = [*mark, sha256_of(path)]
        return str(known[3])

    def save(self) -> None:
        """Remember for the next run."""
        from codesieve.pipeline.atomic import write_json

        write_json(self._store, self._known)

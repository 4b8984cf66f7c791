"""Parts: Parquet files that carry the fingerprint of what they were computed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codesieve.pipeline.atomic import replacing
from codesieve.pipeline.failures import damaged
from codesieve.pipeline.fingerprint import fingerprint, sha256_of

FINGERPRINT = b"codesieve.fingerprint"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of one stage, as its manifest lists it."""

    name: str
    rows: int
    fingerprint: str
    sha256: str
    size: int

    def as_dict(self) -> dict[str, Any]:
        """The manifest's entry."""
        return asdict(self)


Parts = Mapping[str, Sequence[Part]]  # of every stage, in pool order


def parts_fingerprint(parts: Iterable[Part]) -> str:
    """One fingerprint for all parts of a stage, in order."""
    return fingerprint([part.fingerprint for part in parts])


def part_path(folder: Path, name: str) -> Path:
    """Path of a part in a stage's folder."""
    return folder / f"{name}.parquet"


def write_part(
    folder: Path,
    name: str,
    table: pa.Table,
    fingerprint: str,
    metadata: Mapping[bytes, bytes] | None = None,
) -> Part:
    """Write a part in one step; the same table gives the same bytes."""
    marks = {**(table.schema.metadata or {}), **(metadata or {}), FINGERPRINT: fingerprint.encode()}
    path = part_path(folder, name)
    with replacing(path) as temporary:
        table = table.replace_schema_metadata(marks)
        pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)
    return _describe(path, name, table.num_rows, fingerprint)


def existing_part(
    folder: Path, name: str, fingerprint: str, known: Part | None = None
) -> Part | None:
    """The part if it is on disk, whole, and its footer has this fingerprint.

    `known` is what a manifest says of it: if that holds, the file is not read through. A manifest
    alone is not believed: a run with another recipe may have been killed since.
    """
    path = part_path(folder, name)
    try:
        footer = pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid):
        return None
    if (footer.metadata or {}).get(FINGERPRINT) != fingerprint.encode():
        return None
    if known is not None and known.fingerprint == fingerprint and known.size == path.stat().st_size:
        return known
    return _describe(path, name, footer.num_rows, fingerprint)


def listed_parts(entries: Any) -> list[Part]:
    """Parts as a manifest lists them; none where it is not of this kind (older, or damaged)."""
    try:
        return [Part(**entry) for entry in entries]
    except TypeError:
        return []


def part_metadata(folder: Path, name: str) -> dict[bytes, bytes]:
    """Key-value metadata of a part."""
    path = part_path(folder, name)
    with damaged(path):
        return dict(pq.read_metadata(path).metadata or {})


def read_part(folder: Path, name: str, columns: list[str] | None = None) -> pa.Table:
    """A part's table, or some of its columns."""
    path = part_path(folder, name)
    with damaged(path):
        return pq.read_table(
            path, columns=columns, use_threads=False, page_checksum_verification=True
        )


def _describe(path: Path, name: str, rows: int, fingerprint: str) -> Part:
    return Part(name, rows, fingerprint, sha256_of(path), path.stat().st_size)

"""One row's whole story, from what a run left on disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from codesieve.errors import RunError
from codesieve.pipeline.folder import RunFolder

SCORES = ("complexity", "quality")


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a run knows about one input row.

    Attributes:
        row_id: of the row.
        quarantine: the quarantine entry if the record was refused; then the rest is empty.
        ledger: the row's line of the ledger.
        verdicts: every rule's word on it, in the order of the rules.
        sample: its line of the pool (turns, language, repairs, meta).
        columns: what the scoring stages stored.
        equals: row_ids with the same content.
    """

    row_id: str
    quarantine: dict[str, Any] | None
    ledger: dict[str, Any]
    verdicts: tuple[dict[str, Any], ...]
    sample: dict[str, Any]
    columns: dict[str, Any]
    equals: tuple[str, ...]


def find_story(root: Path, row: str) -> Story:
    """The story of a row, by row_id or content_id.

    Raises:
        RunError: the folder is no finished run, or has no such row.
    """
    folder = RunFolder(root)
    if not folder.ledger.exists() or not folder.manifest.exists():
        raise RunError(f"{root}: no finished run here; codesieve run makes one")
    wanted = (pc.field("row_id") == row) | (pc.field("content_id") == row)
    lines = pq.read_table(folder.ledger, filters=wanted).to_pylist()
    if not lines:
        refused = _rows(folder.stage("quarantine"), row)
        if not refused:
            raise RunError(
                f"{root}: no row {row!r}; a row_id is SOURCE/FILE#ORDINAL, ordinals count from 0"
            )
        return Story(row, refused[0], {}, (), {}, {}, ())
    ledger = lines[0]
    row_id = ledger["row_id"]
    same = pq.read_table(
        folder.ledger, columns=["row_id"], filters=pc.field("content_id") == ledger["content_id"]
    )
    columns: dict[str, Any] = {}
    for stage in SCORES:
        columns.update(_rows(folder.stage(stage), row_id)[0])
    return Story(
        row_id=row_id,
        quarantine=None,
        ledger=ledger,
        verdicts=tuple(
            pq.read_table(folder.verdicts, filters=pc.field("row_id") == row_id).to_pylist()
        ),
        sample=_rows(folder.stage("pool"), row_id)[0],
        columns=columns,
        equals=tuple(other for other in same["row_id"].to_pylist() if other != row_id),
    )


def _rows(folder: Path, row_id: str) -> list[dict[str, Any]]:
    """Lines of a stage's parts that have this row_id."""
    files = sorted(folder.glob("part-*.parquet"))
    if not files:
        return []
    table: pa.Table = ds.dataset(files).to_table(filter=pc.field("row_id") == row_id)
    return table.to_pylist()

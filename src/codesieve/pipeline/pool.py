"""The stage `pool`: every record of every file becomes a sample or goes to quarantine."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from codesieve.code import extract
from codesieve.pipeline.atomic import read_json
from codesieve.pipeline.engine import LocalEngine
from codesieve.pipeline.fingerprint import draw, fingerprint
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.inputs import InputFile
from codesieve.pipeline.parts import Part, existing_part, write_part
from codesieve.pipeline.plan import Plan
from codesieve.pipeline.stage import Progress
from codesieve.pipeline.versions import POOL as VERSION
from codesieve.pool.outcomes import Record, Refusal
from codesieve.pool.records import read_records
from codesieve.pool.samples import Parsed, to_sample
from codesieve.pool.shapes import Shape
from codesieve.pool.where import compile_where
from codesieve.schema import POOL_SCHEMA, QUARANTINE_SCHEMA, duplicate_key, group_key

NAME = "pool"
QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What reading one file gave: its line in the stage's manifest.

    records = samples + quarantined; `filtered` samples do not pass the source's `where`.
    """

    source: str
    file: str
    sha256: str
    bytes: int
    fingerprint: str
    shape: str
    records: int
    samples: int
    filtered: int
    quarantined: int
    repairs: dict[str, int]
    parts: tuple[Part, ...]
    refused: tuple[Part, ...]

    def facts(self) -> dict[str, Any]:
        """The entry without its parts, for the run's manifest."""
        return {
            name: getattr(self, name)
            for name in self.__slots__
            if name not in ("parts", "refused", "fingerprint")
        }

    @classmethod
    def from_json(cls, entry: dict[str, Any]) -> Self:
        """Read what a stage's manifest lists."""
        parts, refused = (
            tuple(Part(**one) for one in entry[name]) for name in ("parts", "refused")
        )
        return cls(**{**entry, "parts": parts, "refused": refused})


@dataclass(frozen=True, slots=True)
class Pooled:
    """The pool: entries, parts and quarantine in recipe order, and how many records were read."""

    entries: tuple[FileEntry, ...]
    parts: tuple[Part, ...]
    refused: tuple[Part, ...]
    computed: int


@dataclass(frozen=True, slots=True)
class FileTask:
    """One input file to read, and the fingerprint of its parts."""

    file: InputFile
    fingerprint: str

    def part_name(self, number: int) -> str:
        """Name of the file's part of that number."""
        mark = hashlib.blake2b(self.file.file.encode("utf-8"), digest_size=4).hexdigest()
        return f"part-{self.file.source.name}-{mark}-{number:05d}"


@dataclass(frozen=True, slots=True)
class PoolWork:
    """Reads files into parts; the engine's view of the stage.

    `sample` is the share of records to take, drawn by row_id and seed; 1.0 takes all.
    """

    root: Path
    part_rows: int
    max_record_bytes: int
    seed: int
    sample: float

    def task(self, file: InputFile) -> FileTask:
        """What a file asks for."""
        asked = [VERSION, self.part_rows, self.max_record_bytes]
        drawn = [self.seed, self.sample] if self.sample < 1.0 else None
        return FileTask(file, fingerprint(NAME, asked, drawn, file.fingerprint))

    def opened(self, stack: ExitStack) -> Callable[[FileTask], FileEntry]:
        """The engine's view of the stage."""
        return self.read

    def read(self, task: FileTask) -> FileEntry:
        """Read a file into parts, leaving alone those that are there already."""
        folder, file = RunFolder(self.root), task.file
        counts: Counter[str] = Counter()
        repairs: Counter[str] = Counter()
        parts: list[Part] = []
        refused: list[Part] = []
        for number, outcomes in enumerate(self._batches(file)):
            good = [one for one in outcomes if isinstance(one, _Row)]
            bad = [one for one in outcomes if isinstance(one, Refusal)]
            name, mark = task.part_name(number), fingerprint(task.fingerprint, number)
            if bad:
                table = _quarantine_table(file, bad)
                refused.append(_keep_or_write(folder.stage(QUARANTINE), name, table, mark))
            table = _pool_table(good)
            parts.append(_keep_or_write(folder.stage(NAME), name, table, mark))
            counts.update(records=len(outcomes), samples=len(good), quarantined=len(bad))
            counts["filtered"] += sum(not row.passes_where for row in good)
            repairs.update(repair for row in good for repair in row.parsed.repairs)
        return FileEntry(
            source=file.source.name,
            file=file.file,
            sha256=file.sha256,
            bytes=file.size,
            fingerprint=task.fingerprint,
            shape=file.shape_name,
            records=counts["records"],
            samples=counts["samples"],
            filtered=counts["filtered"],
            quarantined=counts["quarantined"],
            repairs=dict(sorted(repairs.items())),
            parts=tuple(parts),
            refused=tuple(refused),
        )

    def _batches(self, file: InputFile) -> Iterator[list["_Row | Refusal"]]:
        """The file's records as samples or refusals, `part_rows` at a time."""
        batch: list[_Row | Refusal] = []
        for outcome in self._outcomes(file):
            batch.append(outcome)
            if len(batch) == self.part_rows:
                yield batch
                batch = []
        if batch:
            yield batch

    def _outcomes(self, file: InputFile) -> Iterator["_Row | Refusal"]:
        """Each drawn record as a sample or a refusal."""
        where = compile_where(file.source.where)
        for record in self._drawn(file):
            if isinstance(record, Refusal):
                yield record
                continue
            outcome = to_sample(
                record,
                source=file.source.name,
                file=file.file,
                shape=file.shape or Shape("none"),
                detect=code_language,
                max_record_bytes=self.max_record_bytes,
            )
            if isinstance(outcome, Refusal):
                yield outcome
            else:
                yield _Row(outcome, where.passes(record.value))

    def _drawn(self, file: InputFile) -> Iterator[Record | Refusal]:
        """The file's records, or the share of them that is drawn."""
        limit = int(self.sample * 2.0**64)
        for record in read_records(
            file.path, format=file.source.format, max_record_bytes=self.max_record_bytes
        ):
            if self.sample >= 1.0 or int(draw([file.row_id(record.ordinal)], self.seed)[0]) < limit:
                yield record


@dataclass(frozen=True, slots=True)
class _Row:
    parsed: Parsed
    passes_where: bool


def code_language(response: str) -> str | None:
    """Language of the first code block of a response whose language is known."""
    return next((block.language for block in extract(response) if block.language), None)


def pool_work(plan: Plan) -> PoolWork:
    """The stage's work for a plan."""
    recipe = plan.recipe
    return PoolWork(
        plan.folder.root, recipe.part_rows, recipe.max_record_bytes, recipe.seed, plan.sample
    )


def stored_entries(plan: Plan) -> tuple[FileEntry, ...]:
    """Entries of the input files that are read already and whose parts are all there."""
    known = {entry.fingerprint: entry for entry in _listed_entries(plan.folder)}
    work = pool_work(plan)
    asked = [known.get(work.task(file).fingerprint) for file in plan.inputs]
    return tuple(entry for entry in asked if entry and all(_is_there(plan.folder, entry)))


def run_pool(plan: Plan, engine: LocalEngine, progress: Progress) -> Pooled:
    """Read the files that are not read yet; close the stage."""
    work, folder = pool_work(plan), plan.folder
    done = {entry.fingerprint: entry for entry in stored_entries(plan)}
    tasks = [work.task(file) for file in plan.inputs]
    missing = [task for task in tasks if task.fingerprint not in done]
    for task, entry in engine.map(work, missing):
        done[task.fingerprint] = entry
        progress(entry.records)
    entries = tuple(done[task.fingerprint] for task in tasks)
    parts = tuple(part for entry in entries for part in entry.parts)
    refused = tuple(part for entry in entries for part in entry.refused)
    folder.close_stage(QUARANTINE, refused, version=VERSION)
    folder.close_stage(NAME, parts, version=VERSION, files=[asdict(entry) for entry in entries])
    computed = sum(done[task.fingerprint].records for task in missing)
    return Pooled(entries, parts, refused, computed)


def _listed_entries(folder: RunFolder) -> list[FileEntry]:
    """The entries of the stage's manifest; none where it is damaged, or of another make."""
    manifest = read_json(folder.stage(NAME) / "manifest.json")
    if not isinstance(manifest, dict):
        return []
    try:
        return [FileEntry.from_json(entry) for entry in manifest["files"]]
    except (KeyError, TypeError):
        return []


def _is_there(folder: RunFolder, entry: FileEntry) -> Iterator[bool]:
    for stage, parts in ((NAME, entry.parts), (QUARANTINE, entry.refused)):
        for part in parts:
            yield existing_part(folder.stage(stage), part.name, part.fingerprint, part) == part


def _keep_or_write(folder: Path, name: str, table: pa.Table, mark: str) -> Part:
    return existing_part(folder, name, mark) or write_part(folder, name, table, mark)


def _quarantine_table(file: InputFile, refusals: Sequence[Refusal]) -> pa.Table:
    rows = [
        {
            "row_id": file.row_id(one.ordinal),
            "source": file.source.name,
            "file": file.file,
            "place": one.place,
            "reason": str(one.reason),
            "detail": one.detail,
            "bytes": one.raw,
            "byte_count": one.byte_count,
        }
        for one in refusals
    ]
    return pa.Table.from_pylist(rows, schema=QUARANTINE_SCHEMA)


def _pool_table(rows: Sequence[_Row]) -> pa.Table:
    return pa.Table.from_pylist([_pool_row(row) for row in rows], schema=POOL_SCHEMA)


def _pool_row(row: _Row) -> dict[str, Any]:
    sample = row.parsed.sample
    return {
        "row_id": sample.row_id,
        "content_id": sample.content_id,
        "source": sample.source,
        "turns": [asdict(turn) for turn in sample.turns],
        "language": sample.language,
        "tests": sample.tests,
        "entry_point": sample.entry_point,
        "setup": sample.setup,
        "meta": json.dumps(sample.meta, ensure_ascii=False),
        "repairs": list(row.parsed.repairs),
        "passes_where": row.passes_where,
        "duplicate_key": duplicate_key(sample.turns),
        "group_key": group_key(sample.turns),
    }

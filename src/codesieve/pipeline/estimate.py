"""What a run would cost: rows, disk and time, from what is stored and what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from codesieve.pipeline.audit_stage import audit_stage
from codesieve.pipeline.embed import EmbeddingStage
from codesieve.pipeline.fit import embedder_artifact, neighbours_artifact
from codesieve.pipeline.groups import NAME as GROUPS
from codesieve.pipeline.groups import PART as GROUPS_PART
from codesieve.pipeline.groups import groups_fingerprint
from codesieve.pipeline.inputs import InputFile
from codesieve.pipeline.parts import Part
from codesieve.pipeline.plan import Plan
from codesieve.pipeline.pool import FileEntry, stored_entries
from codesieve.pipeline.stage import MapStage
from codesieve.pipeline.telemetry import Telemetry
from codesieve.pool.opening import COMPRESSIONS
from codesieve.pool.outcomes import Record
from codesieve.pool.records import read_records

# Seconds a row and process, measured on 2 shared cores on the real recipe (docs/real-run.md); used
# until this machine has telemetry of its own.
SECONDS_PER_ROW = {
    "pool": 3e-4,
    "leakage": 3e-5,
    "audit": 1.5e-3,
    "complexity": 1.5e-4,
    "quality": 1.1e-2,
    "embedder": 2.6e-4,
    "embedding": 1.4e-4,
    "neighbours": 3e-5,
    "decide": 7e-5,
    "export": 9e-5,
}
PROCESS_BOUND = ("embedder", "neighbours", "decide", "export")  # one process whatever --jobs says
COUNTED_BYTES = 32 << 20  # files up to this size are read through to count their records
COMPRESSION_RATIO = 4.0  # text bytes a byte of .gz or .zst
BYTES_PER_ROW = 1_200  # of parts besides text: embeddings, verdicts, scores


@dataclass(frozen=True, slots=True)
class FileEstimate:
    """One input file; `exact` says whether a former run counted its records."""

    source: str
    file: str
    shape: str
    size: int
    records: int
    exact: bool


@dataclass(frozen=True, slots=True)
class StageEstimate:
    """One stage: rows, how many of them are in stored parts, seconds for the others."""

    name: str
    rows: int
    stored: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Costs of a run; `basis` says what the times rest on."""

    files: tuple[FileEstimate, ...]
    stages: tuple[StageEstimate, ...]
    megabytes: float
    seconds: float
    basis: str


def estimate(plan: Plan, jobs: int) -> Estimate:
    """Estimate a run; reads files that no run has counted, large ones in part."""
    entries = stored_entries(plan)
    known = {f"{one.source}/{one.file}": one for one in entries}
    files = tuple(_file(plan, one, known) for one in plan.inputs)
    records = sum(one.records for one in files)
    refused = sum(one.quarantined for one in entries)
    measured = Telemetry(plan.folder.telemetry, jobs).seconds_per_row()
    stored = _stored_rows(plan, entries)
    stages = []
    for name, default in SECONDS_PER_ROW.items():
        if name == "audit" and plan.recipe.leakage.by != "audit":
            continue
        rate = measured.get(name, default / (1 if name in PROCESS_BOUND else jobs))
        rows = records if name == "pool" else records - refused
        have = min(rows, stored.get(name, 0))
        stages.append(StageEstimate(name, rows, have, rate * (rows - have)))
    text = sum(one.size * (COMPRESSION_RATIO if _packed(one.file) else 1) for one in files)
    return Estimate(
        files,
        tuple(stages),
        (text / 2 * plan.sample + records * BYTES_PER_ROW) / 1e6,
        sum(one.seconds for one in stages),
        "from the last run in this folder" if measured else "from another machine, so roughly",
    )


def _file(plan: Plan, one: InputFile, known: Mapping[str, FileEntry]) -> FileEstimate:
    entry = known.get(f"{one.source.name}/{one.file}")
    if entry is not None:
        records, exact = entry.records, True
    else:
        counted, exact = _count(plan, one)
        records, exact = round(counted * plan.sample), exact and plan.sample >= 1.0
    return FileEstimate(one.source.name, one.file, one.shape_name, one.size, records, exact)


def _count(plan: Plan, one: InputFile) -> tuple[int, bool]:
    """Records of a file, and whether all were counted; else from the mean size of the first."""
    reader = read_records(
        one.path, format=one.source.format, max_record_bytes=plan.recipe.max_record_bytes
    )
    if one.size <= COUNTED_BYTES:
        return sum(1 for _ in reader), True
    first = list(islice(reader, 10_000))
    sizes = [record.raw_size for record in first if isinstance(record, Record)]
    ratio = COMPRESSION_RATIO if _packed(one.file) or ".parquet" in one.file else 1.0
    return round(one.size * ratio / max(1.0, sum(sizes) / max(1, len(sizes)))), False


def _packed(file: str) -> bool:
    return file.lower().endswith(tuple(COMPRESSIONS))


def _stored_rows(plan: Plan, entries: Sequence[FileEntry]) -> dict[str, int]:
    """Rows of parts and artifacts that are on disk and still what would be computed."""
    pool = [part for entry in entries for part in entry.parts]
    rows = sum(part.rows for part in pool)
    stored = {"pool": sum(entry.records for entry in entries)}
    for stage in plan.stages:
        stored[stage.name] = rows_of(_stored_parts(plan, stage, pool))
    if len(entries) < len(plan.inputs):
        return stored  # what is fitted on the whole pool is fitted anew
    folder, recipe = plan.folder, plan.recipe
    groups = folder.stored_parts(GROUPS, {GROUPS_PART: groups_fingerprint(pool)}).get(GROUPS_PART)
    if groups is None:
        return stored
    audit = audit_stage(plan)
    if audit is not None and audit.sample.exists():
        stored[audit.name] = rows_of(_stored_parts(plan, audit, pool))
    embedder = embedder_artifact(folder, recipe.embedding, recipe.seed, groups)
    if embedder.current:
        embed = EmbeddingStage(root=folder.root, artifact=embedder.path)
        embedding = _stored_parts(plan, embed, pool)
        neighbours = neighbours_artifact(folder, recipe.seed, groups, embedding)
        stored |= {"embedder": rows, embed.name: rows_of(embedding)}
        stored |= {"neighbours": rows} if neighbours.current else {}
    if plan.finished() is not None:
        stored |= {"decide": rows, "export": rows}
    return stored


def _stored_parts(plan: Plan, stage: MapStage, pool: Sequence[Part]) -> list[Part]:
    wanted = {task.name: task.fingerprint for task in stage.tasks(pool)}
    return list(plan.folder.stored_parts(stage.name, wanted).values())


def rows_of(parts: Sequence[Part]) -> int:
    """Rows of some parts."""
    return sum(part.rows for part in parts)
